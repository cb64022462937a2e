//! REFERENCES (RFC 5256 section 3): replies below what they reply to. The steps are the RFC's.
//!
//! Nothing here is recursive, for a thread may be as deep as there are messages.

use std::collections::HashMap;

use super::Member;
use crate::imap::response::Thread;

/// Where a message or dummy is in the forest.
type Index = usize;

pub(super) fn threads(members: &[Member]) -> Vec<Thread> {
    let parents = linked(members);
    let mut forest = Forest::of(members, &parents);
    forest.prune();
    forest.merge_subjects();
    forest.into_threads()
}

/// Step 1: the parents of messages and of the dummies behind them.
fn linked(members: &[Member]) -> Vec<Option<Index>> {
    let mut known: HashMap<&[u8], Index> = HashMap::new();
    for (index, member) in members.iter().enumerate() {
        // Of a Message-ID that stands twice, the first message keeps it.
        if let Some(id) = &member.id {
            known.entry(id).or_insert(index);
        }
    }
    let mut links = Links { parents: vec![None; members.len()], children: vec![0; members.len()] };
    for (index, member) in members.iter().enumerate() {
        let mut last = None;
        for id in &member.references {
            let referred = *known.entry(id).or_insert_with(|| links.dummy());
            if let Some(parent) = last
                && links.parents[referred].is_none()
            {
                links.link(parent, referred);
            }
            last = Some(referred);
        }
        links.cut(index);
        if let Some(parent) = last {
            links.link(parent, index);
        }
    }
    links.parents
}

struct Links {
    parents: Vec<Option<Index>>,
    /// How many children each has.
    children: Vec<u32>,
}

impl Links {
    fn dummy(&mut self) -> Index {
        self.parents.push(None);
        self.children.push(0);
        self.parents.len() - 1
    }

    /// Links them unless that would introduce a loop; the child has no parent yet.
    fn link(&mut self, parent: Index, child: Index) {
        let ancestors = std::iter::successors(Some(parent), |index| self.parents[*index]);
        // Without children it is nobody's ancestor.
        let looped =
            parent == child || (self.children[child] > 0 && ancestors.into_iter().any(|i| i == child));
        if !looped {
            self.parents[child] = Some(parent);
            self.children[parent] += 1;
        }
    }

    fn cut(&mut self, child: Index) {
        if let Some(parent) = self.parents[child].take() {
            self.children[parent] -= 1;
        }
    }
}

/// Messages and, behind them, dummies.
struct Forest<'m> {
    members: &'m [Member],
    children: Vec<Vec<Index>>,
    /// The children of the root (step 2).
    roots: Vec<Index>,
}

impl<'m> Forest<'m> {
    fn of(members: &'m [Member], parents: &[Option<Index>]) -> Self {
        let mut forest = Self { members, children: vec![Vec::new(); parents.len()], roots: Vec::new() };
        for (index, parent) in parents.iter().enumerate() {
            match parent {
                Some(parent) => forest.children[*parent].push(index),
                None => forest.roots.push(index),
            }
        }
        forest
    }

    /// The message, or `None` for a dummy.
    fn member(&self, index: Index) -> Option<&'m Member> {
        self.members.get(index)
    }

    /// All that hangs below the root, parents before their children.
    fn downwards(&self) -> Vec<Index> {
        let mut found = self.roots.clone();
        let mut at = 0;
        while let Some(index) = found.get(at) {
            found.extend_from_slice(&self.children[*index]);
            at += 1;
        }
        found
    }

    /// Step 3: dummies give their children to their parents, but at the top only if there is just one.
    fn prune(&mut self) {
        for index in self.downwards().into_iter().rev() {
            let mut kept = Vec::new();
            for child in std::mem::take(&mut self.children[index]) {
                if self.member(child).is_some() {
                    kept.push(child);
                } else {
                    let mut promoted = std::mem::take(&mut self.children[child]);
                    // The order is made later; so the longer list may stay where it is.
                    if promoted.len() > kept.len() {
                        std::mem::swap(&mut promoted, &mut kept);
                    }
                    kept.append(&mut promoted);
                }
            }
            self.children[index] = kept;
        }
        let roots = std::mem::take(&mut self.roots);
        self.roots = roots
            .into_iter()
            .filter_map(|index| match self.children[index].as_slice() {
                _ if self.member(index).is_some() => Some(index),
                [] => None,
                [only] => Some(*only),
                _ => Some(index),
            })
            .collect();
    }

    /// Steps 4 and 5: threads with the same subject become one.
    fn merge_subjects(&mut self) {
        self.sort();
        let roots = self.roots.clone();
        let mut table: HashMap<&'m str, Index> = HashMap::new();
        for &index in &roots {
            let Some(subject) = self.subject(index) else { continue };
            let listed = table.entry(subject).or_insert(index);
            let replaced = match (self.member(*listed), self.member(index)) {
                (Some(_), None) => true,
                (Some(listed), Some(member)) => listed.is_reply && !member.is_reply,
                (None, _) => false,
            };
            if replaced {
                *listed = index;
            }
        }
        // Those that have become children of others.
        let mut moved = vec![false; self.children.len()];
        for index in roots {
            let Some(subject) = self.subject(index) else { continue };
            let Some(&listed) = table.get(subject) else { continue };
            if listed == index || moved[index] {
                continue;
            }
            moved[index] = true;
            match (self.member(listed), self.member(index)) {
                (None, None) => {
                    let mut children = std::mem::take(&mut self.children[index]);
                    self.children[listed].append(&mut children);
                }
                (None, Some(_)) => self.children[listed].push(index),
                (Some(listed_member), Some(member)) if member.is_reply && !listed_member.is_reply => {
                    self.children[listed].push(index);
                }
                _ => {
                    moved[listed] = true;
                    let dummy = self.children.len();
                    self.children.push(vec![listed, index]);
                    moved.push(false);
                    self.roots.push(dummy);
                    table.insert(subject, dummy);
                }
            }
        }
        self.roots.retain(|index| !moved[*index]);
    }

    /// The subject of a thread; `None` if it is empty.
    fn subject(&self, index: Index) -> Option<&'m str> {
        let member = self.member(index).or_else(|| self.member(*self.children[index].first()?))?;
        Some(member.subject.as_str()).filter(|subject| !subject.is_empty())
    }

    /// Steps 4 and 6: all siblings by sent date, a dummy by its first child.
    fn sort(&mut self) {
        let members = self.members;
        let order = |index: Index| members.get(index).map(Member::order);
        for siblings in &mut self.children {
            siblings.sort_by_key(|index| order(*index));
        }
        let children = &self.children;
        self.roots.sort_by_key(|index| order(*index).or_else(|| order(*children[*index].first()?)));
    }

    fn into_threads(mut self) -> Vec<Thread> {
        self.sort();
        let mut made: HashMap<Index, Thread> = HashMap::new();
        for index in self.downwards().into_iter().rev() {
            let children = self.children[index].iter().filter_map(|child| made.remove(child)).collect();
            let number = self.member(index).map(|member| member.number);
            made.insert(index, Thread { number, children });
        }
        self.roots.iter().filter_map(|index| made.remove(index)).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `id refs subject date` of a message each; `-` for none. A subject with `Re:` is a reply's.
    fn members(lines: &[&str]) -> Vec<Member> {
        let member = |(index, line): (usize, &&str)| {
            let words: Vec<&str> = line.split(' ').collect();
            let some = |word: &str| Some(word.to_owned()).filter(|word| word != "-");
            let references = some(words[1]).unwrap_or_default();
            let subject = some(words[2]).unwrap_or_default();
            Member {
                number: u32::try_from(index + 1).unwrap(),
                sent: words[3].parse().unwrap(),
                subject: subject.trim_start_matches("Re:").to_owned(),
                is_reply: subject.starts_with("Re:"),
                id: some(words[0]).map(String::into_bytes),
                references: references.split_terminator(',').map(|id| id.as_bytes().to_vec()).collect(),
            }
        };
        lines.iter().enumerate().map(member).collect()
    }

    fn shown(threads: &[Thread]) -> String {
        let list = |thread: &Thread| format!("({})", inner(thread));
        threads.iter().map(list).collect()
    }

    fn inner(thread: &Thread) -> String {
        let number = thread.number.map(|number| number.to_string());
        let children = match thread.children.as_slice() {
            [] => None,
            [only] => Some(inner(only)),
            siblings => Some(shown(siblings)),
        };
        [number, children].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn messages_are_threaded_as_the_rfc_has_it() {
        for (lines, wanted) in [
            (&["a - x 1", "b a y 2", "c a,b z 3"][..], "(1 2 3)"),
            (&["c a,b x 3", "b a y 2", "a - z 1"], "(3 2 1)"),
            (&["a - x 1", "b a y 3", "c a z 2"], "(1 (3)(2))"),
            // A missing parent: one child takes its place, several are siblings.
            (&["b a x 1"], "(1)"),
            (&["b a x 2", "c a y 1"], "((2)(1))"),
            (&["a - x 1", "c a,b y 2", "d a,b z 3"], "(1 (2)(3))"),
            (&["d a,b,c x 1", "e a,b,c y 2"], "((1)(2))"),
            // Identifiers: none, twice, of itself.
            (&["- - x 1", "- - y 2"], "(1)(2)"),
            (&["a - x 1", "a - y 2", "b a z 3"], "(1 3)(2)"),
            (&["a a x 1"], "(1)"),
            // Loops are not closed.
            (&["a b x 1", "b a y 2"], "(2 1)"),
            (&["a c x 1", "b a y 2", "c b z 3"], "(3 1 2)"),
            // The last reference is the parent, whatever another message says.
            (&["a - x 1", "c a,b,c y 2", "b - z 3"], "(1)(2)(3)"),
            (&["z q,a x 1", "a - y 2"], "(2 1)"),
            // Subjects.
            (&["a - x 1", "b - Re:x 2"], "(1 2)"),
            (&["b - Re:x 1", "a - x 2"], "(2 1)"),
            (&["a - x 1", "b - x 2"], "((1)(2))"),
            (&["a - x 1", "b - x 2", "c - x 3"], "((1)(2)(3))"),
            (&["a - Re:x 1", "b - Re:x 2"], "((1)(2))"),
            (&["a - x 1", "b - Re:x 2", "c - x 3"], "((1 2)(3))"),
            (&["a - - 1", "b - - 2"], "(1)(2)"),
            (&["b a x 1", "c a y 2", "d - Re:x 3"], "((1)(2)(3))"),
            (&["b a x 1", "c a y 2", "e d x 3", "f d z 4"], "((1)(2)(3)(4))"),
            (&["d - x 1", "b a x 2", "c a y 3"], "((1)(2)(3))"),
            // Dates order threads and siblings; ties are broken by the mailbox.
            (&["a - x 3", "b - y 1", "c - z 2"], "(2)(3)(1)"),
            (&["b a w 9", "c a x 2", "d - y 5"], "((2)(1))(3)"),
            (&["a - x 1", "b a y 2", "c a z 2"], "(1 (2)(3))"),
            (&[], ""),
        ] {
            assert_eq!(shown(&threads(&members(lines))), wanted, "{lines:?}");
        }
    }

    #[test]
    fn depth_needs_no_stack() {
        let id = |index: u32| format!("{index}@x").into_bytes();
        let chained = (1..=50_000).map(|number| Member {
            number,
            id: Some(id(number)),
            references: vec![id(number - 1)],
            ..Member::default()
        });
        let mut found = threads(&chained.collect::<Vec<_>>());
        assert_eq!((found.len(), found.pop().unwrap().number), (1, Some(1)));
    }

    proptest! {
        #[test]
        fn each_message_comes_once(
            messages in prop::collection::vec(
                (prop::option::of(0u8..8), prop::collection::vec(0u8..8, 0..5), "(Re:)?[xy]?", 0i64..4),
                0..12,
            ),
        ) {
            let lines: Vec<String> = messages.iter().map(|(id, references, subject, sent)| {
                let id = id.map_or("-".to_owned(), |id| id.to_string());
                let references: Vec<String> = references.iter().map(u8::to_string).collect();
                let references = if references.is_empty() { "-".to_owned() } else { references.join(",") };
                let subject = if subject.is_empty() { "-" } else { subject };
                format!("{id} {references} {subject} {sent}")
            }).collect();
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let shown = shown(&threads(&members(&lines)));
            let mut numbers: Vec<usize> = shown
                .split(|c: char| !c.is_ascii_digit())
                .filter_map(|digits| digits.parse().ok())
                .collect();
            numbers.sort_unstable();
            prop_assert_eq!(numbers, (1..=messages.len()).collect::<Vec<_>>());
        }
    }
}
