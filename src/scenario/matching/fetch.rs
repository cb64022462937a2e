//! FETCH lines of one message, merged.

use super::{
    Content, Line, Mismatch,
    line::{RIGHT_KIND, leading_number},
    matcher::{Match, Matcher},
    position::Position,
};
use crate::{
    imap::response::{FetchItem, Kind},
    scenario::{
        captures::Captures,
        evaluate::{World, decimal},
        pattern::{ItemPattern, ItemsPattern, ValuePattern},
    },
};

/// Holds the FETCH lines of one message, merged, against the parts of a [`Pattern::Fetch`](crate::scenario::pattern::Pattern::Fetch).
///
/// Each item of the pattern must be satisfied by some line's item, the last occurrence being asked first. Gives the indices of the
/// lines that did.
///
/// # Errors
/// Why they do not match; nothing is captured then.
pub fn match_fetch(
    number: &ValuePattern,
    items: &ItemsPattern,
    lines: &[&Line<'_>],
    world: &dyn World,
    captures: &mut Captures,
) -> Result<Vec<usize>, Mismatch> {
    fetch_lines(number, items, lines, world, captures).map_err(|(_, mismatch)| mismatch)
}

/// As [`match_fetch`]; a mismatch comes with the index of its line.
pub(super) fn fetch_lines(
    number: &ValuePattern,
    items: &ItemsPattern,
    lines: &[&Line<'_>],
    world: &dyn World,
    captures: &mut Captures,
) -> Result<Vec<usize>, (usize, Mismatch)> {
    let mark = captures.mark();
    let result = merged(number, items, lines, world, captures);
    if result.is_err() {
        captures.rewind(mark);
    }
    result
}

/// What is satisfied when the message is the right one.
const RIGHT_MESSAGE: u32 = 200;

fn merged(
    number: &ValuePattern,
    items: &ItemsPattern,
    lines: &[&Line<'_>],
    world: &dyn World,
    captures: &mut Captures,
) -> Result<Vec<usize>, (usize, Mismatch)> {
    let mut nearest: Option<(usize, Mismatch)> = None;
    let mut of_message = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Content::Imap(response) = line.content else { continue };
        let Kind::Fetch { number: came, items } = &response.kind else { continue };
        let mut matcher = Matcher::new(line, world, captures);
        matcher.satisfied = RIGHT_KIND;
        let node = leading_number(*came, line.octets);
        match matcher.attempt(|matcher| matcher.value(number, &node, Position::Exact)) {
            Ok(()) => of_message.push((index, *line, items)),
            Err(mismatch) => nearest = Some((index, mismatch)),
        }
    }
    let Some(&(last, ..)) = of_message.last() else {
        return Err(nearest.unwrap_or_else(|| (0, none("expected FETCH, came none".into(), number, 0))));
    };
    let mut used = Vec::new();
    let mut satisfied = RIGHT_MESSAGE;
    for item in &items.items {
        let mut nearest = None;
        let found = of_message.iter().rev().find(|(index, line, nodes)| {
            let mut matcher = Matcher::new(line, world, captures);
            matcher.satisfied = satisfied;
            matcher.item(item, nodes).map_err(|new| nearer(&mut nearest, *index, new)).is_ok()
        });
        match found {
            Some((index, ..)) => used.push(*index),
            None => {
                let otherwise =
                    || (last, none(format!("expected the item {}", item.name), &item.value, satisfied));
                return Err(nearest.unwrap_or_else(otherwise));
            }
        }
        satisfied += 10;
    }
    for (index, line, nodes) in &of_message {
        let mut matcher = Matcher::new(line, world, captures);
        matcher.satisfied = satisfied;
        matcher.no_others(items, nodes).map_err(|mismatch| (*index, mismatch))?;
        if items.items.is_empty() {
            used.push(*index);
        }
    }
    used.sort_unstable();
    used.dedup();
    Ok(used)
}

/// The items of one line.
pub(super) fn match_items(matcher: &mut Matcher<'_>, items: &ItemsPattern, nodes: &[FetchItem]) -> Match {
    for item in &items.items {
        matcher.item(item, nodes)?;
        matcher.satisfied += 1;
    }
    matcher.no_others(items, nodes)
}

impl Matcher<'_> {
    /// One item, whose last occurrence is asked first.
    fn item(&mut self, item: &ItemPattern, nodes: &[FetchItem]) -> Match {
        let wanted = ItemName::read(item.name.as_bytes());
        let mut nearest = None;
        for node in nodes.iter().rev() {
            let name = ItemName::of(node, self.octets);
            if name != wanted {
                continue;
            }
            let plain = name.section.is_none();
            let position = if plain { Position::of_item(&name.name) } else { Position::Exact };
            let tried = self.attempt(|this| {
                this.satisfied += 1;
                this.value(&item.value, &node.value, position)
            });
            match tried {
                Ok(()) => return Ok(()),
                Err(mismatch) => nearer(&mut nearest, 0, mismatch),
            }
        }
        let nearest = nearest.map(|(_, mismatch)| mismatch);
        Err(nearest.unwrap_or_else(|| {
            let came: Vec<_> =
                nodes.iter().map(|node| String::from_utf8_lossy(node.name.of(self.octets))).collect();
            let came = if came.is_empty() { "none".into() } else { came.join(", ") };
            self.mismatch(
                format!("expected the item {}, came {came}", item.name),
                None,
                Some(item.value.place),
            )
        }))
    }

    fn no_others(&mut self, items: &ItemsPattern, nodes: &[FetchItem]) -> Match {
        if !items.exact {
            return Ok(());
        }
        let wanted: Vec<_> = items.items.iter().map(|item| ItemName::read(item.name.as_bytes())).collect();
        match nodes.iter().find(|node| !wanted.contains(&ItemName::of(node, self.octets))) {
            None => Ok(()),
            Some(node) => {
                let what = format!(
                    "expected no other items, came {}",
                    String::from_utf8_lossy(node.name.of(self.octets))
                );
                Err(self.mismatch(what, Some(node.name), None))
            }
        }
    }
}

fn nearer(nearest: &mut Option<(usize, Mismatch)>, line: usize, new: Mismatch) {
    if nearest.as_ref().is_none_or(|(_, old)| new.is_nearer_than(old)) {
        *nearest = Some((line, new));
    }
}

fn none(what: String, value: &ValuePattern, closeness: u32) -> Mismatch {
    Mismatch { what, at: None, place: Some(value.place), closeness, trouble: false }
}

/// The name of an item in a form that can be compared: upper case, the names of header fields sorted and unquoted.
#[derive(PartialEq, Eq)]
struct ItemName {
    name: Vec<u8>,
    section: Option<(Vec<u8>, Vec<Vec<u8>>)>,
    origin: Option<u64>,
}

impl ItemName {
    fn of(item: &FetchItem, octets: &[u8]) -> Self {
        Self {
            name: item.name.of(octets).to_ascii_uppercase(),
            section: item.section.map(|section| section_name(section.of(octets))),
            origin: item.origin,
        }
    }

    /// As written in a pattern: `BODY[HEADER.FIELDS (FROM)]<10>`.
    fn read(text: &[u8]) -> Self {
        let open = text.iter().position(|&octet| octet == b'[');
        let close = text.iter().rposition(|&octet| octet == b']');
        let (Some(open), Some(close)) = (open, close) else {
            return Self { name: text.to_ascii_uppercase(), section: None, origin: None };
        };
        let origin = text[close + 1..].strip_prefix(b"<").and_then(|rest| rest.strip_suffix(b">"));
        Self {
            name: text[..open].to_ascii_uppercase(),
            section: text.get(open + 1..close).map(section_name),
            origin: origin.and_then(decimal),
        }
    }
}

fn section_name(section: &[u8]) -> (Vec<u8>, Vec<Vec<u8>>) {
    let upper = section.to_ascii_uppercase();
    let mut words = upper
        .split(|octet| matches!(octet, b' ' | b'(' | b')' | b'"'))
        .filter(|word| !word.is_empty())
        .map(<[u8]>::to_vec);
    let specifier = words.next().unwrap_or_default();
    let mut fields: Vec<_> = words.collect();
    fields.sort_unstable();
    (specifier, fields)
}
