//! LIST, LSUB (RFC 3501 sections 6.3.8 and 6.3.9) and NAMESPACE (RFC 2342).

use std::collections::BTreeMap;

use super::extension::Extension;
use super::response::Data;
use super::session::{Completion, Session, Step};
use crate::net::Transport;
use crate::store::{DELIMITER, INBOX, Listed};

impl<T: Transport> Session<'_, T> {
    pub(super) async fn list(&mut self, reference: &str, pattern: &str) -> Step<Completion> {
        if pattern.is_empty() {
            let attributes = vec!["\\Noselect"];
            self.data(Data::List { name: String::new(), attributes, child_info: false }).await?;
            return Ok(Completion::ok("LIST completed"));
        }
        let pattern = Pattern::new(reference, pattern);
        let tell_children = self.extensions().has(Extension::Children);
        let names = self.account.as_ref().map(|account| account.list()).unwrap_or_default();
        for Listed { name, selectable, has_children } in names {
            if pattern.matches(&name) {
                let mut attributes = Vec::new();
                if !selectable {
                    attributes.push("\\Noselect");
                }
                if tell_children {
                    attributes.push(if has_children { "\\HasChildren" } else { "\\HasNoChildren" });
                }
                self.data(Data::List { name, attributes, child_info: false }).await?;
            }
        }
        Ok(Completion::ok("LIST completed"))
    }

    /// The subscribed names. Where `%` hides a subscribed name, the level above it stands for it with `\Noselect`.
    pub(super) async fn lsub(&mut self, reference: &str, pattern: &str) -> Step<Completion> {
        let pattern = Pattern::new(reference, pattern);
        let subscriptions = self.account.as_ref().map(|account| account.subscriptions()).unwrap_or_default();
        let mut found: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
        for (name, selectable) in subscriptions {
            if pattern.matches(&name) {
                found.insert(name, if selectable { vec![] } else { vec!["\\Noselect"] });
            } else if pattern.ends_with_percent() {
                let levels = name.match_indices(DELIMITER).map(|(at, _)| &name[..at]);
                for level in levels.filter(|level| pattern.matches(level)) {
                    found.entry(level.to_owned()).or_insert_with(|| vec!["\\Noselect"]);
                }
            }
        }
        for (name, attributes) in found {
            self.data(Data::Lsub { name, attributes }).await?;
        }
        Ok(Completion::ok("LSUB completed"))
    }

    pub(super) async fn namespace(&mut self) -> Step<Completion> {
        self.data(Data::Namespace).await?;
        Ok(Completion::ok("NAMESPACE completed"))
    }
}

/// A mailbox name with wildcards.
pub(super) struct Pattern(Vec<Symbol>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Symbol {
    Character(char),
    /// `*`: anything.
    Star,
    /// `%`: anything but the delimiter.
    Percent,
}

impl Pattern {
    /// The reference is put before the pattern as it is.
    pub(super) fn new(reference: &str, pattern: &str) -> Self {
        let mut symbols: Vec<Symbol> = Vec::new();
        for character in reference.chars().chain(pattern.chars()) {
            let symbol = match character {
                '*' => Symbol::Star,
                '%' => Symbol::Percent,
                character => Symbol::Character(character),
            };
            // Neighbouring wildcards match what the wider one does.
            match (symbols.last_mut(), symbol) {
                (Some(Symbol::Star), Symbol::Star | Symbol::Percent)
                | (Some(Symbol::Percent), Symbol::Percent) => {}
                (Some(last @ Symbol::Percent), Symbol::Star) => *last = Symbol::Star,
                _ => symbols.push(symbol),
            }
        }
        Self(symbols)
    }

    fn ends_with_percent(&self) -> bool {
        self.0.last() == Some(&Symbol::Percent)
    }

    /// Whether the name matches. INBOX does so in any letter case.
    pub(super) fn matches(&self, name: &str) -> bool {
        let characters = self.0.iter().filter(|symbol| matches!(symbol, Symbol::Character(_))).count();
        if characters > name.len() {
            return false;
        }
        let inbox = name.split(DELIMITER).next() == Some(INBOX);
        // The places in the pattern that the name read so far can have reached: at most one step per place and character.
        let mut reached = vec![false; self.0.len() + 1];
        reached[0] = true;
        self.skip_wildcards(&mut reached);
        for (index, character) in name.chars().enumerate() {
            let mut next = vec![false; reached.len()];
            for (place, symbol) in self.0.iter().enumerate().filter(|(place, _)| reached[*place]) {
                match symbol {
                    Symbol::Star => next[place] = true,
                    Symbol::Percent => next[place] |= character != DELIMITER,
                    Symbol::Character(wanted) => {
                        let folds = inbox && index < INBOX.len();
                        let same = *wanted == character || (folds && wanted.eq_ignore_ascii_case(&character));
                        next[place + 1] |= same;
                    }
                }
            }
            self.skip_wildcards(&mut next);
            reached = next;
        }
        reached.last().copied().unwrap_or(false)
    }

    /// A wildcard matches nothing, too.
    fn skip_wildcards(&self, reached: &mut [bool]) {
        for (place, symbol) in self.0.iter().enumerate() {
            if reached[place] && matches!(symbol, Symbol::Star | Symbol::Percent) {
                reached[place + 1] = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_as_section_6_3_8_says() {
        for (reference, pattern, name, matches) in [
            ("", "*", "a/b/c", true),
            ("", "%", "a/b", false),
            ("", "%", "a", true),
            ("", "a/%", "a/b", true),
            ("", "a/%", "a", false),
            ("a/", "%", "a/b", true),
            ("a/", "*", "a/b/c", true),
            ("", "a*c", "ac", true),
            ("", "a*c", "a/b/c", true),
            ("", "a%c", "a/b/c", false),
            ("", "%%", "a", true),
            ("", "%*", "a/b", true),
            ("", "*b*", "abc/bcd", true),
            ("", "%/%", "a/b", true),
            ("", "inbox", "INBOX", true),
            ("", "InB%", "INBOX", true),
            ("", "inbox/a", "INBOX/a", true),
            ("", "inbox/A", "INBOX/a", false),
            ("", "A", "a", false),
            ("", "a.b", "aXb", false),
            ("", "aa", "a", false),
        ] {
            assert_eq!(
                Pattern::new(reference, pattern).matches(name),
                matches,
                "{reference:?} {pattern:?} {name:?}"
            );
        }
    }
}
