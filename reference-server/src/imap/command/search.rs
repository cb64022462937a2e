//! The arguments of SEARCH (RFC 3501 section 6.4.4).

use jiff::civil::Date;

use super::cursor::{Cursor, Parsed, Stop};
use super::sequence::{self, NumberSet, SequenceSet};
use super::{Command, Numbering, condstore, date};
use crate::imap::extension::Extension;
use crate::store::{Flag, Keyword, ModSequence};

/// How deep keys may nest.
const DEEPEST: usize = 100;

/// A search key. The keys that others define are written with those: `NEW` is `And[Recent, Not(Flag(Seen))]`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SearchKey {
    /// Matches if all do; without any it matches everything (`ALL`).
    And(Vec<SearchKey>),
    Or(Box<SearchKey>, Box<SearchKey>),
    Not(Box<SearchKey>),
    Flag(Flag),
    Keyword(Keyword),
    Recent,
    Numbers(NumberSet),
    Uids(NumberSet),
    /// `$`, with or without `UID`.
    Saved,
    /// The mod-sequence is this or a higher one (RFC 7162 section 3.1.5).
    ModSeq(ModSequence),
    Larger(u32),
    Smaller(u32),
    /// The internal date or, with `sent`, the Date field lies before the day.
    Before {
        day: Date,
        sent: bool,
    },
    On {
        day: Date,
        sent: bool,
    },
    /// The day or later.
    Since {
        day: Date,
        sent: bool,
    },
    /// A field holds the text.
    Header {
        field: Vec<u8>,
        text: Vec<u8>,
    },
    Body(Vec<u8>),
    Text(Vec<u8>),
}

impl SearchKey {
    /// Whether this key, or one within it, is such a one.
    pub(crate) fn holds(&self, is: &impl Fn(&Self) -> bool) -> bool {
        is(self)
            || match self {
                Self::And(keys) => keys.iter().any(|key| key.holds(is)),
                Self::Or(first, second) => first.holds(is) || second.holds(is),
                Self::Not(key) => key.holds(is),
                _ => false,
            }
    }
}

/// A result option (RFC 4731 section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReturnOption {
    Min,
    Max,
    All,
    Count,
    /// RFC 5182 section 2.1.
    Save,
}

pub(super) fn command(cursor: &mut Cursor<'_>, by: Numbering) -> Parsed<Command> {
    let returns = return_options(cursor)?;
    let mut charset = None;
    let mut ahead = cursor.clone();
    if ahead.item().is_ok_and(|word| word == "CHARSET") {
        *cursor = ahead;
        cursor.space()?;
        charset = Some(cursor.astring()?);
        cursor.space()?;
    }
    Ok(Command::Search { by, returns, charset, key: keys(cursor)? })
}

/// The charset of SORT and THREAD, which stands before the keys, and the keys (RFC 5256 section 5, `search-criteria`).
pub(super) fn criteria(cursor: &mut Cursor<'_>) -> Parsed<(Vec<u8>, SearchKey)> {
    let charset = match cursor.peek() {
        Some(b'"') => cursor.quoted()?,
        _ => cursor.atom("a charset is wanted")?.into_bytes(),
    };
    cursor.space()?;
    Ok((charset, keys(cursor)?))
}

/// Search keys up to the end of the command.
fn keys(cursor: &mut Cursor<'_>) -> Parsed<SearchKey> {
    let mut keys = vec![key(cursor, 0)?];
    while !cursor.at_end() {
        cursor.space()?;
        keys.push(key(cursor, 0)?);
    }
    Ok(all_of(keys))
}

/// `RETURN` with its options, if that is next.
fn return_options(cursor: &mut Cursor<'_>) -> Parsed<Option<Vec<ReturnOption>>> {
    let mut ahead = cursor.clone();
    if !cursor.has(Extension::Esearch) || !ahead.item().is_ok_and(|word| word == "RETURN") {
        return Ok(None);
    }
    *cursor = ahead;
    cursor.space()?;
    let options = cursor.list("a list of result options is wanted", |cursor| {
        Ok(match cursor.item()?.as_str() {
            "MIN" => ReturnOption::Min,
            "MAX" => ReturnOption::Max,
            "ALL" => ReturnOption::All,
            "COUNT" => ReturnOption::Count,
            "SAVE" if cursor.has(Extension::SearchRes) => ReturnOption::Save,
            _ => return Err(Stop::Syntax("no such result option")),
        })
    })?;
    cursor.space()?;
    Ok(Some(options))
}

fn key(cursor: &mut Cursor<'_>, depth: usize) -> Parsed<SearchKey> {
    if depth > DEEPEST {
        return Err(Stop::Syntax("search keys are nested too deep"));
    }
    if cursor.take(b'(') {
        let mut keys = vec![key(cursor, depth + 1)?];
        while !cursor.take(b')') {
            cursor.space()?;
            keys.push(key(cursor, depth + 1)?);
        }
        return Ok(all_of(keys));
    }
    if sequence::is_next(cursor) {
        return sequence::set(cursor).map(|set| messages(set, SearchKey::Numbers));
    }
    let name = cursor.item()?;
    if let Some(key) = without_argument(&name) {
        return Ok(key);
    }
    cursor.space()?;
    Ok(match name.as_str() {
        "NOT" => not(key(cursor, depth + 1)?),
        "OR" => {
            let first = key(cursor, depth + 1)?;
            cursor.space()?;
            SearchKey::Or(Box::new(first), Box::new(key(cursor, depth + 1)?))
        }
        "KEYWORD" => SearchKey::Keyword(Keyword::new(cursor.atom("a keyword is wanted")?)),
        "UNKEYWORD" => not(SearchKey::Keyword(Keyword::new(cursor.atom("a keyword is wanted")?))),
        "UID" => messages(sequence::set(cursor)?, SearchKey::Uids),
        "MODSEQ" if cursor.has(Extension::Condstore) => SearchKey::ModSeq(condstore::search_key(cursor)?),
        "LARGER" => SearchKey::Larger(cursor.number()?),
        "SMALLER" => SearchKey::Smaller(cursor.number()?),
        "BEFORE" | "SENTBEFORE" => SearchKey::Before { sent: is_sent(&name), day: date::date(cursor)? },
        "ON" | "SENTON" => SearchKey::On { sent: is_sent(&name), day: date::date(cursor)? },
        "SINCE" | "SENTSINCE" => SearchKey::Since { sent: is_sent(&name), day: date::date(cursor)? },
        "BCC" | "CC" | "FROM" | "SUBJECT" | "TO" => {
            SearchKey::Header { field: name.into_bytes(), text: cursor.astring()? }
        }
        "HEADER" => {
            let field = cursor.astring()?;
            cursor.space()?;
            SearchKey::Header { field, text: cursor.astring()? }
        }
        "BODY" => SearchKey::Body(cursor.astring()?),
        "TEXT" => SearchKey::Text(cursor.astring()?),
        _ => return Err(Stop::Syntax("no such search key")),
    })
}

fn messages(set: SequenceSet, listed: impl Fn(NumberSet) -> SearchKey) -> SearchKey {
    match set {
        SequenceSet::Listed(numbers) => listed(numbers),
        SequenceSet::Saved => SearchKey::Saved,
    }
}

fn without_argument(name: &str) -> Option<SearchKey> {
    let flag = SearchKey::Flag;
    Some(match name {
        "ALL" => SearchKey::And(Vec::new()),
        "ANSWERED" => flag(Flag::Answered),
        "DELETED" => flag(Flag::Deleted),
        "DRAFT" => flag(Flag::Draft),
        "FLAGGED" => flag(Flag::Flagged),
        "SEEN" => flag(Flag::Seen),
        "UNANSWERED" => not(flag(Flag::Answered)),
        "UNDELETED" => not(flag(Flag::Deleted)),
        "UNDRAFT" => not(flag(Flag::Draft)),
        "UNFLAGGED" => not(flag(Flag::Flagged)),
        "UNSEEN" => not(flag(Flag::Seen)),
        "RECENT" => SearchKey::Recent,
        "OLD" => not(SearchKey::Recent),
        "NEW" => SearchKey::And(vec![SearchKey::Recent, not(flag(Flag::Seen))]),
        _ => return None,
    })
}

fn is_sent(name: &str) -> bool {
    name.starts_with("SENT")
}

fn not(key: SearchKey) -> SearchKey {
    SearchKey::Not(Box::new(key))
}

fn all_of(mut keys: Vec<SearchKey>) -> SearchKey {
    match keys.pop() {
        Some(only) if keys.is_empty() => only,
        last => {
            keys.extend(last);
            SearchKey::And(keys)
        }
    }
}
