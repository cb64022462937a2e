//! The arguments of LIST and LSUB (RFC 3501 sections 6.3.8 and 6.3.9), and of the extended LIST (RFC 5258).

use super::cursor::{Cursor, Parsed, Stop};
use super::{Command, StatusItem, mailbox};
use crate::imap::extension::Extension;

/// Most patterns in one LIST: each is held against each name.
const MOST_PATTERNS: usize = 100;

/// A LIST with anything that the basic one does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExtendedList {
    pub(crate) selection: Vec<ListSelection>,
    pub(crate) reference: String,
    pub(crate) patterns: Vec<String>,
    pub(crate) returns: Vec<ListReturn>,
}

/// A selection option (RFC 5258 section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListSelection {
    Subscribed,
    /// There are no remote mailboxes here: it changes nothing.
    Remote,
    RecursiveMatch,
    /// RFC 6154 section 2.
    SpecialUse,
}

/// A return option (RFC 5258 section 3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ListReturn {
    Subscribed,
    Children,
    /// RFC 6154 section 2.
    SpecialUse,
    /// RFC 5819.
    Status(Vec<StatusItem>),
}

pub(super) fn lsub(cursor: &mut Cursor<'_>) -> Parsed<Command> {
    let reference = cursor.mailbox()?;
    cursor.space()?;
    Ok(Command::Lsub { reference, pattern: cursor.list_mailbox()? })
}

pub(super) fn list(cursor: &mut Cursor<'_>) -> Parsed<Command> {
    let extended = cursor.has(Extension::ListExtended);
    let selection = match cursor.peek() {
        Some(b'(') if extended => {
            let options = selection(cursor)?;
            cursor.space()?;
            Some(options)
        }
        _ => None,
    };
    let reference = cursor.mailbox()?;
    cursor.space()?;
    let several = extended && cursor.peek() == Some(b'(');
    let patterns = if several { patterns(cursor)? } else { vec![cursor.list_mailbox()?] };
    let returns = if extended && !cursor.at_end() { Some(returns(cursor)?) } else { None };
    Ok(match (selection, returns, <[String; 1]>::try_from(patterns)) {
        (None, None, Ok([pattern])) if !several => Command::List { reference, pattern },
        (selection, returns, patterns) => Command::ExtendedList(ExtendedList {
            selection: selection.unwrap_or_default(),
            reference,
            patterns: patterns.map_or_else(|several| several, Vec::from),
            returns: returns.unwrap_or_default(),
        }),
    })
}

fn selection(cursor: &mut Cursor<'_>) -> Parsed<Vec<ListSelection>> {
    let options = cursor.list("a list of selection options is wanted", |cursor| {
        Ok(match cursor.item()?.as_str() {
            "SUBSCRIBED" => ListSelection::Subscribed,
            "REMOTE" => ListSelection::Remote,
            "RECURSIVEMATCH" => ListSelection::RecursiveMatch,
            "SPECIAL-USE" if cursor.has(Extension::SpecialUse) => ListSelection::SpecialUse,
            _ => return Err(Stop::Syntax("no such selection option")),
        })
    })?;
    if options.contains(&ListSelection::RecursiveMatch) && !options.contains(&ListSelection::Subscribed) {
        return Err(Stop::Syntax("RECURSIVEMATCH goes with SUBSCRIBED"));
    }
    Ok(options)
}

fn patterns(cursor: &mut Cursor<'_>) -> Parsed<Vec<String>> {
    let patterns = cursor.list("a list of patterns is wanted", Cursor::list_mailbox)?;
    match patterns.len() {
        0 => Err(Stop::Syntax("a pattern is wanted")),
        1..=MOST_PATTERNS => Ok(patterns),
        _ => Err(Stop::Syntax("too many patterns in one LIST")),
    }
}

fn returns(cursor: &mut Cursor<'_>) -> Parsed<Vec<ListReturn>> {
    cursor.space()?;
    if cursor.item()? != "RETURN" {
        return Err(Stop::Syntax("RETURN and its options are all that may follow"));
    }
    cursor.space()?;
    cursor.list("a list of return options is wanted", |cursor| {
        Ok(match cursor.item()?.as_str() {
            "SUBSCRIBED" => ListReturn::Subscribed,
            "CHILDREN" => ListReturn::Children,
            "SPECIAL-USE" if cursor.has(Extension::SpecialUse) => ListReturn::SpecialUse,
            "STATUS" if cursor.has(Extension::ListStatus) => {
                cursor.space()?;
                ListReturn::Status(mailbox::status_items(cursor)?)
            }
            _ => return Err(Stop::Syntax("no such return option")),
        })
    })
}
