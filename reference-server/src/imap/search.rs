//! SEARCH (RFC 3501 section 6.4.4).

use jiff::civil::Date;

use super::command::{Numbering, ReturnOption, SearchKey};
use super::esearch;
use super::response::{Code, Data};
use super::saved;
use super::session::{Completion, Session, Step};
use crate::message::{
    Header, Part, body_contains, casemap, day_of_header, day_of_internal_date, field_contains,
};
use crate::net::Transport;
use crate::store::{SelectedMessage, Uid};

impl<T: Transport> Session<'_, T> {
    pub(super) async fn search(
        &mut self,
        tag: &str,
        by: Numbering,
        returns: Option<&[ReturnOption]>,
        charset: Option<Vec<u8>>,
        key: &SearchKey,
    ) -> Step<Completion> {
        let save = returns.is_some_and(|options| options.contains(&ReturnOption::Save));
        if charset.is_some_and(|charset| !is_known(&charset)) {
            if save {
                self.saved.clear();
            }
            return Ok(unknown_charset());
        }
        let found = self.matching(key);
        let numbers: Vec<u32> = found.iter().map(|message| numbered(message, by)).collect();
        let uids = found.iter().map(|message| message.uid);
        let uids = returns.filter(|_| save).map(|options| saved::kept(options, uids.collect()));
        if let Some(uids) = uids {
            self.saved = uids;
        }
        let data = match returns {
            Some(options) => esearch::response(tag, by, options, &numbers),
            None => Some(Data::Search(numbers)),
        };
        if let Some(data) = data {
            self.data(data).await?;
        }
        Ok(Completion::ok("SEARCH completed"))
    }

    /// The messages of the selected mailbox that match, in ascending order.
    pub(super) fn matching(&self, key: &SearchKey) -> Vec<SelectedMessage> {
        let Some(selected) = &self.selected else { return Vec::new() };
        let messages: Vec<SelectedMessage> =
            (1..=selected.count()).filter_map(|number| selected.message(number)).collect();
        let scope = Scope { last: messages.last(), saved: &self.saved };
        let found = narrow(key, messages.iter().collect(), &scope);
        found.into_iter().cloned().collect()
    }
}

/// Whether the texts of keys may be in this charset.
pub(super) fn is_known(charset: &[u8]) -> bool {
    [&b"US-ASCII"[..], b"UTF-8"].iter().any(|known| charset.eq_ignore_ascii_case(known))
}

pub(super) fn unknown_charset() -> Completion {
    Completion::no("the charset is not known").with(Code::BadCharset)
}

/// The number of a message that the client wants to hear.
pub(super) fn numbered(message: &SelectedMessage, by: Numbering) -> u32 {
    match by {
        Numbering::Sequence => message.number,
        Numbering::Uid => message.uid,
    }
}

/// What the meaning of a key may depend on.
struct Scope<'m> {
    /// The last message, which `*` stands for.
    last: Option<&'m SelectedMessage>,
    /// The UIDs that `$` stands for, in ascending order.
    saved: &'m [Uid],
}

/// Those of the candidates that match, in order. Each key looks only at what the keys before it left over.
fn narrow<'m>(
    key: &SearchKey,
    candidates: Vec<&'m SelectedMessage>,
    scope: &Scope<'_>,
) -> Vec<&'m SelectedMessage> {
    let keep =
        |holds: &dyn Fn(&SelectedMessage) -> bool| candidates.iter().copied().filter(|m| holds(m)).collect();
    let last = scope.last;
    match key {
        SearchKey::And(keys) => keys.iter().fold(candidates, |left, key| narrow(key, left, scope)),
        SearchKey::Or(first, second) => {
            let mut found = narrow(first, candidates.clone(), scope);
            found.extend(narrow(second, without(candidates, &found), scope));
            found.sort_unstable_by_key(|message| message.number);
            found
        }
        SearchKey::Not(key) => {
            let found = narrow(key, candidates.clone(), scope);
            without(candidates, &found)
        }
        SearchKey::Flag(flag) => keep(&|m| m.message.flags.has(*flag)),
        SearchKey::Keyword(keyword) => keep(&|m| m.message.flags.has_keyword(keyword)),
        SearchKey::Recent => keep(&|m| m.recent),
        SearchKey::Numbers(set) => {
            let ranges = set.ranges(last.map_or(0, |m| m.number));
            keep(&|m| ranges.contains(m.number))
        }
        SearchKey::Saved => keep(&|m| scope.saved.binary_search(&m.uid).is_ok()),
        SearchKey::Uids(set) => {
            let ranges = set.ranges(last.map_or(0, |m| m.uid));
            keep(&|m| ranges.contains(m.uid))
        }
        SearchKey::Larger(size) => keep(&|m| m.message.size() > *size),
        SearchKey::Smaller(size) => keep(&|m| m.message.size() < *size),
        SearchKey::Before { day, sent } => keep(&|m| day_of(m, *sent).is_some_and(|found| found < *day)),
        SearchKey::On { day, sent } => keep(&|m| day_of(m, *sent).is_some_and(|found| found == *day)),
        SearchKey::Since { day, sent } => keep(&|m| day_of(m, *sent).is_some_and(|found| found >= *day)),
        SearchKey::Header { field, text } => {
            let needle = needle(text);
            keep(&|m| header_contains(m, Some(field), &needle))
        }
        SearchKey::Body(text) => {
            let needle = needle(text);
            keep(&|m| whole_body_contains(m, &needle))
        }
        SearchKey::Text(text) => {
            let needle = needle(text);
            keep(&|m| header_contains(m, None, &needle) || whole_body_contains(m, &needle))
        }
    }
}

/// Both lists are in order.
fn without<'m>(candidates: Vec<&'m SelectedMessage>, found: &[&SelectedMessage]) -> Vec<&'m SelectedMessage> {
    let is_found = |number: u32| found.binary_search_by_key(&number, |message| message.number).is_ok();
    candidates.into_iter().filter(|message| !is_found(message.number)).collect()
}

/// Texts in UTF-8 and in US-ASCII read alike; what is neither matches nothing that is.
fn needle(text: &[u8]) -> String {
    casemap(&String::from_utf8_lossy(text))
}

fn day_of(message: &SelectedMessage, sent: bool) -> Option<Date> {
    if !sent {
        return day_of_internal_date(message.message.internal_date);
    }
    let octets = &message.message.octets;
    day_of_header(&Header::scan(octets, 0..octets.len()).text(octets, "date")?)
}

/// Whether a field with this name, or the text of any field with its name, contains the text.
fn header_contains(message: &SelectedMessage, name: Option<&[u8]>, needle: &str) -> bool {
    let octets = &message.message.octets;
    Header::scan(octets, 0..octets.len()).fields(octets).any(|field| match name {
        Some(name) => field.is(name) && field_contains(&field, needle),
        None => field_contains(&field, needle) || needle_in_name(field.name, needle),
    })
}

fn needle_in_name(name: &[u8], needle: &str) -> bool {
    casemap(&String::from_utf8_lossy(name)).contains(needle)
}

fn whole_body_contains(message: &SelectedMessage, needle: &str) -> bool {
    let octets = &message.message.octets;
    body_contains(octets, &Part::of_message(octets), needle)
}
