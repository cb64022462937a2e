//! Sets of message sequence numbers or UIDs (RFC 3501 section 9, `sequence-set`).

use super::cursor::{Cursor, Parsed, Stop};
use crate::imap::extension::Extension;

/// A number of a set; `None` is `*`, the highest there is.
pub(crate) type Number = Option<u32>;

/// A set of messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SequenceSet {
    Listed(NumberSet),
    /// `$`: the saved result of a SEARCH (RFC 5182).
    Saved,
}

/// Numbers as the client wrote them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NumberSet(Vec<(Number, Number)>);

/// Ranges of numbers, both ends included, in ascending order and without overlap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ranges(Vec<(u32, u32)>);

impl Ranges {
    pub(crate) fn contains(&self, number: u32) -> bool {
        let at = self.0.partition_point(|(_, last)| *last < number);
        self.0.get(at).is_some_and(|(first, _)| *first <= number)
    }

    pub(in crate::imap) fn iter(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.0.iter().copied()
    }

    /// The highest number.
    pub(crate) fn last(&self) -> Option<u32> {
        self.0.last().map(|(_, last)| *last)
    }
}

impl NumberSet {
    /// What the set names where `*` is `highest`; that may reach beyond `highest`. In an empty mailbox (`highest` is 0)
    /// `*` stands for nothing.
    pub(crate) fn ranges(&self, highest: u32) -> Ranges {
        let value = |number: Number| number.unwrap_or(highest);
        let mut ranges: Vec<(u32, u32)> = self
            .0
            .iter()
            .filter(|(first, last)| highest > 0 || (first.is_some() && last.is_some()))
            .map(|(first, last)| (value(*first).min(value(*last)), value(*first).max(value(*last))))
            .collect();
        ranges.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (first, last) in ranges {
            match merged.last_mut() {
                Some(before) if first <= before.1 => before.1 = before.1.max(last),
                _ => merged.push((first, last)),
            }
        }
        Ranges(merged)
    }

    /// Whether it names a number more than once.
    pub(crate) fn overlaps(&self) -> bool {
        let ranges = self.0.iter().map(|(first, last)| {
            let (first, last) = (first.unwrap_or(u32::MAX), last.unwrap_or(u32::MAX));
            (first.min(last), first.max(last))
        });
        let mut ranges: Vec<(u32, u32)> = ranges.collect();
        ranges.sort_unstable();
        ranges.windows(2).any(|pair| pair[1].0 <= pair[0].1)
    }

    /// Whether the set needs a message to exist: `*` in an empty mailbox stands for none.
    pub(in crate::imap) fn has_asterisk(&self) -> bool {
        self.0.iter().any(|(first, last)| first.is_none() || last.is_none())
    }
}

pub(super) fn set(cursor: &mut Cursor<'_>) -> Parsed<SequenceSet> {
    match cursor.has(Extension::SearchRes) && cursor.take(b'$') {
        true => Ok(SequenceSet::Saved),
        false => number_set(cursor).map(SequenceSet::Listed),
    }
}

pub(super) fn number_set(cursor: &mut Cursor<'_>) -> Parsed<NumberSet> {
    let mut ranges = Vec::new();
    loop {
        let first = number(cursor)?;
        let last = if cursor.take(b':') { number(cursor)? } else { first };
        ranges.push((first, last));
        if !cursor.take(b',') {
            return Ok(NumberSet(ranges));
        }
    }
}

/// Whether a set may begin here.
pub(super) fn is_next(cursor: &Cursor<'_>) -> bool {
    cursor.peek().is_some_and(|octet| octet.is_ascii_digit() || b"*$".contains(&octet))
}

fn number(cursor: &mut Cursor<'_>) -> Parsed<Number> {
    match cursor.peek() {
        Some(b'*') => {
            cursor.take(b'*');
            Ok(None)
        }
        Some(b'0'..=b'9') => cursor.nonzero().map(Some),
        _ => Err(Stop::Syntax("a set of numbers is wanted, such as 1,3:5,7:*")),
    }
}
