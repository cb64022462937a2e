//! The arguments of THREAD (RFC 5256 section 3).

use super::cursor::{Cursor, Parsed, Stop};
use super::{Command, Numbering, search};
use crate::imap::extension::Extension;

/// A threading algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    OrderedSubject,
    References,
}

pub(super) fn command(cursor: &mut Cursor<'_>, by: Numbering) -> Parsed<Command> {
    let name = cursor.atom("a threading algorithm is wanted")?.to_ascii_uppercase();
    let algorithm = match name.as_str() {
        "ORDEREDSUBJECT" if cursor.has(Extension::ThreadOrderedSubject) => Algorithm::OrderedSubject,
        "REFERENCES" if cursor.has(Extension::ThreadReferences) => Algorithm::References,
        _ => return Err(Stop::Syntax("no such threading algorithm")),
    };
    cursor.space()?;
    let (charset, key) = search::criteria(cursor)?;
    Ok(Command::Thread { by, algorithm, charset, key })
}
