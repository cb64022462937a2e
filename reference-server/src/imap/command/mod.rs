//! Commands as values, and the parser that makes them (RFC 3501 sections 6 and 9).
//!
//! [`parse`] looks at all of a command that has arrived. Where it comes to a literal whose octets are not there yet it
//! stops with [`Stop::Literal`], so that a command which is wrong before its literal is refused before the client is
//! invited to send it.

mod condstore;
mod cursor;
mod date;
mod fetch;
#[cfg(fuzzing)]
mod fuzz;
mod list;
mod mailbox;
mod search;
mod sequence;
mod sort;
#[cfg(test)]
mod tests;
mod thread;

pub(crate) use condstore::{FetchModifiers, Resync, SelectParameters};
pub(super) use cursor::is_atom;
pub(crate) use cursor::{Segment, Stop};
pub(crate) use fetch::{BinaryItem, FetchItem, Section, SectionText};
#[cfg(fuzzing)]
pub(crate) use fuzz::fuzz;
pub(crate) use list::{ExtendedList, ListReturn, ListSelection};
pub(crate) use mailbox::Appended;
pub(crate) use search::{ReturnOption, SearchKey};
pub(crate) use sequence::{NumberSet, SequenceSet};
pub(crate) use sort::{Criterion, SortKey};
pub(crate) use thread::Algorithm;

use super::extension::{Extension, Extensions};
use crate::auth::Secret;
use crate::store::{Access, FlagChange, Flags, ModSequence};
use cursor::Cursor;

/// A command of a client.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Command {
    Capability,
    Noop,
    Logout,
    Id,
    Enable { names: Vec<String> },
    StartTls,
    Login { user: Vec<u8>, password: Secret<Vec<u8>> },
    Authenticate { mechanism: String, initial: Option<Secret<Vec<u8>>> },
    Select { mailbox: String, access: Access, parameters: SelectParameters },
    Create { mailbox: String },
    Delete { mailbox: String },
    Rename { from: String, to: String },
    Subscribe { mailbox: String },
    Unsubscribe { mailbox: String },
    List { reference: String, pattern: String },
    ExtendedList(ExtendedList),
    Lsub { reference: String, pattern: String },
    Status { mailbox: String, items: Vec<StatusItem> },
    Append { mailbox: String, messages: Vec<Appended> },
    Namespace,
    Idle,
    Check,
    Close,
    Unselect,
    Expunge { uids: Option<SequenceSet> },
    Search { by: Numbering, returns: Option<Vec<ReturnOption>>, charset: Option<Vec<u8>>, key: SearchKey },
    Sort { by: Numbering, criteria: Vec<Criterion>, charset: Vec<u8>, key: SearchKey },
    Thread { by: Numbering, algorithm: Algorithm, charset: Vec<u8>, key: SearchKey },
    Fetch { by: Numbering, set: SequenceSet, items: Vec<FetchItem>, modifiers: FetchModifiers },
    Store { by: Numbering, set: SequenceSet, store: StoreFlags },
    Copy { by: Numbering, set: SequenceSet, mailbox: String },
    Move { by: Numbering, set: SequenceSet, mailbox: String },
}

/// What the numbers of a command are, and those of its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Numbering {
    /// Message sequence numbers.
    Sequence,
    /// Unique identifiers: the command came with `UID`.
    Uid,
}

/// What STORE does (RFC 3501 section 6.4.6).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StoreFlags {
    pub(crate) change: FlagChange,
    pub(crate) silent: bool,
    pub(crate) flags: Flags,
    /// Only to messages that have not changed after this mod-sequence (RFC 7162 section 3.1.3).
    pub(crate) unchanged_since: Option<ModSequence>,
}

/// An item of STATUS (RFC 3501 section 6.3.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StatusItem {
    /// RFC 7162 section 3.1.7.
    HighestModSeq,
    Messages,
    Recent,
    /// RFC 8438.
    Size,
    UidNext,
    UidValidity,
    Unseen,
}

/// How far a session has come (RFC 3501 section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    NotAuthenticated,
    Authenticated,
    Selected,
}

/// Reads the tag of a command (RFC 3501 section 9, `tag`). A word that goes on with something else is none.
pub(super) fn tag(segments: &[Segment]) -> Option<String> {
    let extensions = Extensions::default();
    let mut cursor = Cursor::new(segments, &extensions);
    let tag = cursor.tag().ok()?;
    matches!(cursor.peek(), None | Some(b' ')).then_some(tag)
}

/// Reads a command in a session that is in `state` and offers `extensions`.
pub(super) fn parse(
    segments: &[Segment],
    state: State,
    extensions: &Extensions,
) -> Result<(String, Command), Stop> {
    let mut cursor = Cursor::new(segments, extensions);
    let tag = cursor.tag()?;
    cursor.space()?;
    let name = cursor.word()?;
    let (name, by) = match name.as_str() {
        "UID" => {
            cursor.space()?;
            (cursor.word()?, Numbering::Uid)
        }
        _ => (name, Numbering::Sequence),
    };
    let uid = by == Numbering::Uid;
    if uid && !WITH_UID.contains(&name.as_str()) {
        return Err(Stop::Syntax("UID goes with COPY, EXPUNGE, FETCH, MOVE, SEARCH, SORT, STORE and THREAD"));
    }
    let of = of_extensions(&name, by);
    if !of.is_empty() && !of.iter().any(|extension| extensions.has(*extension)) {
        return Err(Stop::Syntax("unknown command"));
    }
    check_state(&name, state)?;
    let command = arguments(&mut cursor, &name, by)?;
    cursor.end()?;
    Ok((tag, command))
}

/// The commands that may stand behind `UID`.
const WITH_UID: [&str; 8] = ["COPY", "MOVE", "FETCH", "SEARCH", "SORT", "STORE", "THREAD", "EXPUNGE"];

/// The extensions that brought this command; none if it is of the base.
fn of_extensions(name: &str, by: Numbering) -> &'static [Extension] {
    match (name, by) {
        ("ENABLE", _) => &[Extension::Enable],
        ("ID", _) => &[Extension::Id],
        ("IDLE", _) => &[Extension::Idle],
        ("MOVE", _) => &[Extension::Move],
        ("NAMESPACE", _) => &[Extension::Namespace],
        ("SORT", _) => &[Extension::Sort],
        ("THREAD", _) => &[Extension::ThreadOrderedSubject, Extension::ThreadReferences],
        ("UNSELECT", _) => &[Extension::Unselect],
        ("EXPUNGE", Numbering::Uid) => &[Extension::UidPlus],
        _ => &[],
    }
}

/// Refuses a command in a state in which it is not valid, and one that nobody knows.
fn check_state(name: &str, state: State) -> Result<(), Stop> {
    let (from, to) = match name {
        "CAPABILITY" | "NOOP" | "LOGOUT" | "ID" => return Ok(()),
        "STARTTLS" | "LOGIN" | "AUTHENTICATE" => (State::NotAuthenticated, State::NotAuthenticated),
        "ENABLE" => (State::Authenticated, State::Authenticated),
        "SELECT" | "EXAMINE" | "CREATE" | "DELETE" | "RENAME" | "SUBSCRIBE" | "UNSUBSCRIBE" | "LIST"
        | "LSUB" | "STATUS" | "APPEND" | "NAMESPACE" | "IDLE" => (State::Authenticated, State::Selected),
        "CHECK" | "CLOSE" | "UNSELECT" | "EXPUNGE" | "SEARCH" | "SORT" | "THREAD" | "FETCH" | "STORE"
        | "COPY" | "MOVE" => (State::Selected, State::Selected),
        _ => return Err(Stop::Syntax("unknown command")),
    };
    if state < from {
        return Err(Stop::State(match from {
            State::Selected if state == State::Authenticated => "no mailbox is selected",
            _ => "log in first",
        }));
    }
    match state > to {
        false => Ok(()),
        true if to == State::Authenticated => Err(Stop::State("too late: a mailbox is selected")),
        true => Err(Stop::State("already logged in")),
    }
}

fn arguments(cursor: &mut Cursor<'_>, name: &str, by: Numbering) -> Result<Command, Stop> {
    Ok(match name {
        "CAPABILITY" => Command::Capability,
        "NOOP" => Command::Noop,
        "LOGOUT" => Command::Logout,
        "STARTTLS" => Command::StartTls,
        "NAMESPACE" => Command::Namespace,
        "IDLE" => Command::Idle,
        "CHECK" => Command::Check,
        "CLOSE" => Command::Close,
        "UNSELECT" => Command::Unselect,
        "ID" => {
            cursor.space()?;
            mailbox::id(cursor)?
        }
        "ENABLE" => enable(cursor)?,
        "EXPUNGE" => match by {
            Numbering::Sequence => Command::Expunge { uids: None },
            Numbering::Uid => {
                cursor.space()?;
                Command::Expunge { uids: Some(sequence::set(cursor)?) }
            }
        },
        _ => {
            cursor.space()?;
            match name {
                "LOGIN" | "AUTHENTICATE" => login(cursor, name)?,
                "SEARCH" => search::command(cursor, by)?,
                "SORT" => sort::command(cursor, by)?,
                "THREAD" => thread::command(cursor, by)?,
                "FETCH" => fetch::command(cursor, by)?,
                "LIST" => list::list(cursor)?,
                "LSUB" => list::lsub(cursor)?,
                "STORE" | "COPY" | "MOVE" => on_messages(cursor, name, by)?,
                _ => mailbox::command(cursor, name)?,
            }
        }
    })
}

fn enable(cursor: &mut Cursor<'_>) -> Result<Command, Stop> {
    let mut names = Vec::new();
    loop {
        cursor.space()?;
        names.push(cursor.atom("the name of an extension is wanted")?);
        if cursor.at_end() {
            return Ok(Command::Enable { names });
        }
    }
}

fn login(cursor: &mut Cursor<'_>, name: &str) -> Result<Command, Stop> {
    if name == "LOGIN" {
        let user = cursor.astring()?;
        cursor.space()?;
        return Ok(Command::Login { user, password: Secret::new(cursor.astring()?) });
    }
    let mechanism = cursor.atom("a SASL mechanism is wanted")?;
    let initial = match cursor.at_end() {
        true => None,
        false if !cursor.has(Extension::SaslIr) => None,
        false => {
            cursor.space()?;
            // RFC 4959 section 3: base64, or a single "=". What it means is up to the exchange.
            Some(Secret::new(cursor.rest_of_line("an initial response is wanted")?))
        }
    };
    Ok(Command::Authenticate { mechanism, initial })
}

fn on_messages(cursor: &mut Cursor<'_>, name: &str, by: Numbering) -> Result<Command, Stop> {
    let set = sequence::set(cursor)?;
    cursor.space()?;
    if name != "STORE" {
        let mailbox = cursor.mailbox()?;
        return Ok(match name {
            "COPY" => Command::Copy { by, set, mailbox },
            _ => Command::Move { by, set, mailbox },
        });
    }
    let unchanged_since = condstore::unchanged_since(cursor)?;
    let (change, silent) = match cursor.item()?.as_str() {
        "FLAGS" => (FlagChange::Replace, false),
        "FLAGS.SILENT" => (FlagChange::Replace, true),
        "+FLAGS" => (FlagChange::Add, false),
        "+FLAGS.SILENT" => (FlagChange::Add, true),
        "-FLAGS" => (FlagChange::Remove, false),
        "-FLAGS.SILENT" => (FlagChange::Remove, true),
        _ => return Err(Stop::Syntax("STORE knows FLAGS, +FLAGS and -FLAGS, each with .SILENT")),
    };
    cursor.space()?;
    let flags = cursor.store_flags()?;
    Ok(Command::Store { by, set, store: StoreFlags { change, silent, flags, unchanged_since } })
}
