//! Search keys as a test that messages pass or fail (RFC 3501 section 6.4.4).
//!
//! What a key wants to know is either a fact at hand, such as a flag, or in the text of the message. Facts are looked at
//! first, under the lock of the account; text is read without it, and only where the facts leave the question open.

use jiff::civil::Date;

use super::command::SearchKey;
use crate::message::{
    Header, Part, body_contains, casemap, day_of_header, day_of_internal_date, field_contains,
};
use crate::store::{Candidate, Selected, SelectedMessage, Uid};

type FactTest<'k> = Box<dyn Fn(&Candidate<'_>) -> bool + 'k>;

type TextTest<'k> = Box<dyn Fn(&[u8]) -> bool + 'k>;

/// A test made of search keys.
enum Criterion<'k> {
    All(Vec<Self>),
    Either(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Fact(FactTest<'k>),
    Text(TextTest<'k>),
}

/// The messages of a selected mailbox that match, in ascending order. `saved` are the UIDs that `$` stands for, in
/// ascending order.
pub(super) fn matching(selected: &Selected, key: &SearchKey, saved: &[Uid]) -> Vec<SelectedMessage> {
    let criterion = criterion(key, selected, saved);
    let mut found = selected.messages(|candidate| criterion.by_facts(candidate) != Some(false));
    found.retain(|message| criterion.by_text(&message.as_candidate()));
    found
}

impl Criterion<'_> {
    /// Whether the message passes, as far as facts tell.
    fn by_facts(&self, candidate: &Candidate<'_>) -> Option<bool> {
        match self {
            Self::All(criteria) => {
                let mut all = Some(true);
                for criterion in criteria {
                    match criterion.by_facts(candidate) {
                        Some(true) => {}
                        Some(false) => return Some(false),
                        None => all = None,
                    }
                }
                all
            }
            Self::Either(first, second) => match (first.by_facts(candidate), second.by_facts(candidate)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Self::Not(criterion) => criterion.by_facts(candidate).map(|passes| !passes),
            Self::Fact(holds) => Some(holds(candidate)),
            Self::Text(_) => None,
        }
    }

    /// Whether the message passes; text is read where facts leave that open.
    fn by_text(&self, candidate: &Candidate<'_>) -> bool {
        self.by_facts(candidate).unwrap_or_else(|| match self {
            Self::All(criteria) => criteria.iter().all(|criterion| criterion.by_text(candidate)),
            Self::Either(first, second) => first.by_text(candidate) || second.by_text(candidate),
            Self::Not(criterion) => !criterion.by_text(candidate),
            Self::Fact(holds) => holds(candidate),
            Self::Text(holds) => holds(&candidate.message.octets),
        })
    }
}

fn criterion<'k>(key: &'k SearchKey, selected: &Selected, saved: &'k [Uid]) -> Criterion<'k> {
    let of = |key: &'k SearchKey| criterion(key, selected, saved);
    match key {
        SearchKey::And(keys) => Criterion::All(keys.iter().map(of).collect()),
        SearchKey::Or(first, second) => Criterion::Either(Box::new(of(first)), Box::new(of(second))),
        SearchKey::Not(key) => Criterion::Not(Box::new(of(key))),
        SearchKey::Flag(flag) => fact(|m| m.message.flags.has(*flag)),
        SearchKey::Keyword(keyword) => fact(|m| m.message.flags.has_keyword(keyword)),
        SearchKey::Recent => fact(|m| m.recent),
        SearchKey::Numbers(set) => {
            let ranges = set.ranges(selected.count());
            fact(move |m| ranges.contains(m.number))
        }
        SearchKey::Saved => fact(|m| saved.binary_search(&m.uid).is_ok()),
        SearchKey::Uids(set) => {
            let ranges = set.ranges(selected.last_uid().unwrap_or(0));
            fact(move |m| ranges.contains(m.uid))
        }
        SearchKey::ModSeq(least) => fact(|m| m.mod_sequence >= *least),
        SearchKey::Larger(size) => fact(|m| m.message.size() > *size),
        SearchKey::Smaller(size) => fact(|m| m.message.size() < *size),
        SearchKey::Before { day, sent } => dated(*sent, |found| found < *day),
        SearchKey::On { day, sent } => dated(*sent, |found| found == *day),
        SearchKey::Since { day, sent } => dated(*sent, |found| found >= *day),
        SearchKey::Header { field, text } => {
            let needle = needle(text);
            in_text(move |octets| header_contains(octets, Some(field), &needle))
        }
        SearchKey::Body(text) => {
            let needle = needle(text);
            in_text(move |octets| whole_body_contains(octets, &needle))
        }
        SearchKey::Text(text) => {
            let needle = needle(text);
            in_text(move |octets| {
                header_contains(octets, None, &needle) || whole_body_contains(octets, &needle)
            })
        }
    }
}

fn fact<'k>(holds: impl Fn(&Candidate<'_>) -> bool + 'k) -> Criterion<'k> {
    Criterion::Fact(Box::new(holds))
}

fn in_text<'k>(holds: impl Fn(&[u8]) -> bool + 'k) -> Criterion<'k> {
    Criterion::Text(Box::new(holds))
}

/// A test of the internal date or, with `sent`, of the Date field.
fn dated<'k>(sent: bool, holds: impl Fn(Date) -> bool + 'k) -> Criterion<'k> {
    match sent {
        false => fact(move |m| day_of_internal_date(m.message.internal_date).is_some_and(&holds)),
        true => in_text(move |octets| {
            let date = Header::scan(octets, 0..octets.len()).text(octets, "date");
            date.and_then(|date| day_of_header(&date)).is_some_and(&holds)
        }),
    }
}

/// Texts in UTF-8 and in US-ASCII read alike; what is neither matches nothing that is.
fn needle(text: &[u8]) -> String {
    casemap(&String::from_utf8_lossy(text))
}

/// Whether a field with this name, or the text of any field with its name, contains the text.
fn header_contains(octets: &[u8], name: Option<&[u8]>, needle: &str) -> bool {
    Header::scan(octets, 0..octets.len()).fields(octets).any(|field| match name {
        Some(name) => field.is(name) && field_contains(&field, needle),
        None => field_contains(&field, needle) || needle_in_name(field.name, needle),
    })
}

fn needle_in_name(name: &[u8], needle: &str) -> bool {
    casemap(&String::from_utf8_lossy(name)).contains(needle)
}

fn whole_body_contains(octets: &[u8], needle: &str) -> bool {
    body_contains(octets, &Part::of_message(octets), needle)
}
