//! The arguments of SORT (RFC 5256 section 3).

use super::cursor::{Cursor, Parsed, Stop};
use super::{Command, Numbering, search};

/// A sort criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Criterion {
    pub(crate) reverse: bool,
    pub(crate) key: SortKey,
}

/// What of a message a criterion compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SortKey {
    /// The internal date.
    Arrival,
    Cc,
    /// The sent date.
    Date,
    From,
    Size,
    /// The base subject.
    Subject,
    To,
}

pub(super) fn command(cursor: &mut Cursor<'_>, by: Numbering) -> Parsed<Command> {
    let criteria = cursor.list("a list of sort criteria is wanted", criterion)?;
    if criteria.is_empty() {
        return Err(Stop::Syntax("a sort criterion is wanted"));
    }
    cursor.space()?;
    let (charset, key) = search::criteria(cursor)?;
    Ok(Command::Sort { by, criteria, charset, key })
}

fn criterion(cursor: &mut Cursor<'_>) -> Parsed<Criterion> {
    let first = cursor.item()?;
    let reverse = first == "REVERSE";
    let name = if reverse {
        cursor.space()?;
        cursor.item()?
    } else {
        first
    };
    let key = match name.as_str() {
        "ARRIVAL" => SortKey::Arrival,
        "CC" => SortKey::Cc,
        "DATE" => SortKey::Date,
        "FROM" => SortKey::From,
        "SIZE" => SortKey::Size,
        "SUBJECT" => SortKey::Subject,
        "TO" => SortKey::To,
        _ => return Err(Stop::Syntax("no such sort criterion")),
    };
    Ok(Criterion { reverse, key })
}
