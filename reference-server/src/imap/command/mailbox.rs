//! The arguments of the commands on mailboxes (RFC 3501 section 6.3) and of ID (RFC 2971).

use super::cursor::{Cursor, Parsed, Stop};
use super::{Command, StatusItem, condstore, date};
use crate::imap::extension::Extension;
use crate::store::{Access, Flags, NewMessage};

/// A message of APPEND.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Appended {
    pub(crate) message: NewMessage,
    /// It came as a `literal8` (RFC 3516 section 4.4): its parts may be binary.
    pub(crate) binary: bool,
}

pub(super) fn command(cursor: &mut Cursor<'_>, name: &str) -> Parsed<Command> {
    let mailbox = cursor.mailbox()?;
    Ok(match name {
        "SELECT" | "EXAMINE" => {
            let access = if name == "SELECT" { Access::ReadWrite } else { Access::ReadOnly };
            Command::Select { mailbox, access, parameters: condstore::select_parameters(cursor)? }
        }
        "CREATE" => Command::Create { mailbox },
        "DELETE" => Command::Delete { mailbox },
        "SUBSCRIBE" => Command::Subscribe { mailbox },
        "UNSUBSCRIBE" => Command::Unsubscribe { mailbox },
        "RENAME" => {
            cursor.space()?;
            Command::Rename { from: mailbox, to: cursor.mailbox()? }
        }
        "STATUS" => {
            cursor.space()?;
            Command::Status { mailbox, items: status_items(cursor)? }
        }
        "APPEND" => append(cursor, mailbox)?,
        _ => return Err(Stop::Syntax("unknown command")),
    })
}

/// Items of STATUS in parentheses, each once.
pub(super) fn status_items(cursor: &mut Cursor<'_>) -> Parsed<Vec<StatusItem>> {
    let mut items = Vec::new();
    cursor.list("a list of STATUS items is wanted", |cursor| {
        let item = match cursor.item()?.as_str() {
            "MESSAGES" => StatusItem::Messages,
            "RECENT" => StatusItem::Recent,
            "UIDNEXT" => StatusItem::UidNext,
            "UIDVALIDITY" => StatusItem::UidValidity,
            "UNSEEN" => StatusItem::Unseen,
            "HIGHESTMODSEQ" if cursor.has(Extension::Condstore) => StatusItem::HighestModSeq,
            "SIZE" if cursor.has(Extension::StatusSize) => StatusItem::Size,
            _ => return Err(Stop::Syntax("no such STATUS item")),
        };
        if !items.contains(&item) {
            items.push(item);
        }
        Ok(())
    })?;
    if items.is_empty() { Err(Stop::Syntax("a STATUS item is wanted")) } else { Ok(items) }
}

/// One message, or several (RFC 3502 section 6.3.11).
fn append(cursor: &mut Cursor<'_>, mailbox: String) -> Parsed<Command> {
    let mut messages = Vec::new();
    loop {
        cursor.space()?;
        messages.push(message(cursor, &mailbox)?);
        if cursor.at_end() || !cursor.has(Extension::MultiAppend) {
            return Ok(Command::Append { mailbox, messages });
        }
    }
}

fn message(cursor: &mut Cursor<'_>, mailbox: &str) -> Parsed<Appended> {
    let mut flags = Flags::default();
    if cursor.peek() == Some(b'(') {
        flags = cursor.flag_list()?;
        cursor.space()?;
    }
    let mut internal_date = None;
    if cursor.peek() == Some(b'"') {
        internal_date =
            Some(date::date_time(&cursor.quoted()?).ok_or(Stop::Syntax("no such date and time"))?);
        cursor.space()?;
    }
    let binary = cursor.has(Extension::Binary) && cursor.take(b'~');
    let octets = cursor.literal(Some(mailbox))?;
    Ok(Appended { message: NewMessage { octets, flags, internal_date }, binary })
}

/// The parameters of ID are read and forgotten: they alter nothing (RFC 2971 section 3).
pub(super) fn id(cursor: &mut Cursor<'_>) -> Parsed<Command> {
    if !cursor.take(b'(') {
        nil(cursor)?;
        return Ok(Command::Id);
    }
    while !cursor.take(b')') {
        cursor.string()?;
        cursor.space()?;
        match cursor.peek() {
            Some(b'"' | b'{') => cursor.string().map(|_| ())?,
            _ => nil(cursor)?,
        }
        if cursor.peek() != Some(b')') {
            cursor.space()?;
            if cursor.peek() == Some(b')') {
                return Err(Stop::Syntax("a pair of strings is wanted"));
            }
        }
    }
    Ok(Command::Id)
}

fn nil(cursor: &mut Cursor<'_>) -> Parsed<()> {
    match cursor.atom("a list or NIL is wanted")?.eq_ignore_ascii_case("NIL") {
        true => Ok(()),
        false => Err(Stop::Syntax("a list or NIL is wanted")),
    }
}
