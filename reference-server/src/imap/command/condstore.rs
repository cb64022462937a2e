//! What CONDSTORE and QRESYNC add to the arguments of commands (RFC 7162 section 7).

use super::cursor::{Cursor, Parsed, Stop};
use super::sequence::{self, NumberSet};
use crate::imap::extension::Extension;
use crate::store::ModSequence;

/// The highest mod-sequence there can be.
const HIGHEST: ModSequence = (1 << 63) - 1;

/// The parameters of SELECT and EXAMINE.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SelectParameters {
    pub(crate) condstore: bool,
    pub(crate) resync: Option<Resync>,
}

/// The QRESYNC parameter: what the client knows of the mailbox (section 3.2.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resync {
    pub(crate) uid_validity: u32,
    pub(crate) mod_sequence: ModSequence,
    /// UIDs.
    pub(crate) known: Option<NumberSet>,
    /// Message sequence numbers and their UIDs.
    pub(crate) matched: Option<(NumberSet, NumberSet)>,
}

/// The modifiers of FETCH (sections 3.1.4.1 and 3.2.6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FetchModifiers {
    pub(crate) changed_since: Option<ModSequence>,
    pub(crate) vanished: bool,
}

/// The parameters of SELECT, where there are any.
pub(super) fn select_parameters(cursor: &mut Cursor<'_>) -> Parsed<SelectParameters> {
    let mut parameters = SelectParameters::default();
    modifiers(cursor, |cursor, name| {
        match name {
            "CONDSTORE" => parameters.condstore = true,
            "QRESYNC" if cursor.has(Extension::Qresync) && parameters.resync.is_none() => {
                cursor.space()?;
                parameters.resync = Some(resync(cursor)?);
            }
            _ => return Err(Stop::Syntax("no such parameter, or one given twice")),
        }
        Ok(())
    })?;
    Ok(parameters)
}

fn resync(cursor: &mut Cursor<'_>) -> Parsed<Resync> {
    cursor.expect(b'(', "QRESYNC (uidvalidity mod-sequence ...) is wanted")?;
    let uid_validity = cursor.nonzero()?;
    cursor.space()?;
    let mut resync =
        Resync { uid_validity, mod_sequence: mod_sequence_value(cursor)?, known: None, matched: None };
    while !cursor.take(b')') {
        cursor.space()?;
        if resync.matched.is_none() && cursor.take(b'(') {
            let numbers = known_set(cursor)?;
            cursor.space()?;
            resync.matched = Some((numbers, known_set(cursor)?));
            cursor.expect(b')', "the message sequence match data are not closed")?;
        } else if resync.known.is_none() && resync.matched.is_none() {
            resync.known = Some(known_set(cursor)?);
        } else {
            return Err(Stop::Syntax("QRESYNC has four arguments at most"));
        }
    }
    Ok(resync)
}

fn known_set(cursor: &mut Cursor<'_>) -> Parsed<NumberSet> {
    let set = sequence::number_set(cursor)?;
    if set.has_asterisk() { Err(Stop::Syntax("* is not allowed in a set of known numbers")) } else { Ok(set) }
}

/// The modifiers of FETCH, where there are any. That VANISHED goes with UID FETCH and CHANGEDSINCE only is up to the
/// caller.
pub(super) fn fetch_modifiers(cursor: &mut Cursor<'_>) -> Parsed<FetchModifiers> {
    let mut found = FetchModifiers::default();
    modifiers(cursor, |cursor, name| {
        match name {
            "CHANGEDSINCE" if found.changed_since.is_none() => {
                cursor.space()?;
                found.changed_since = Some(mod_sequence_value(cursor)?);
            }
            "VANISHED" if cursor.has(Extension::Qresync) => found.vanished = true,
            _ => return Err(Stop::Syntax("no such modifier, or one given twice")),
        }
        Ok(())
    })?;
    Ok(found)
}

/// The UNCHANGEDSINCE of STORE, where there is one, with the space that follows (section 3.1.3).
pub(super) fn unchanged_since(cursor: &mut Cursor<'_>) -> Parsed<Option<ModSequence>> {
    if !cursor.has(Extension::Condstore) || cursor.peek() != Some(b'(') {
        return Ok(None);
    }
    let found = cursor.list("a list of modifiers is wanted", |cursor| match cursor.item()?.as_str() {
        "UNCHANGEDSINCE" => {
            cursor.space()?;
            mod_sequence_valzer(cursor)
        }
        _ => Err(Stop::Syntax("no such modifier")),
    })?;
    cursor.space()?;
    match found.as_slice() {
        [since] => Ok(Some(*since)),
        _ => Err(Stop::Syntax("one UNCHANGEDSINCE is wanted")),
    }
}

/// The arguments of the search key MODSEQ. A name of a flag and a type are read and ignored, as section 3.1.5 wants of
/// a server with one mod-sequence for each message.
pub(super) fn search_key(cursor: &mut Cursor<'_>) -> Parsed<ModSequence> {
    if cursor.peek() == Some(b'"') {
        if !cursor.quoted()?.to_ascii_lowercase().starts_with(b"/flags/") {
            return Err(Stop::Syntax("the name of an entry is \"/flags/\" and a flag"));
        }
        cursor.space()?;
        match cursor.item()?.as_str() {
            "PRIV" | "SHARED" | "ALL" => cursor.space()?,
            _ => return Err(Stop::Syntax("the type of an entry is priv, shared or all")),
        }
    }
    mod_sequence_valzer(cursor)
}

/// A space and modifiers in parentheses, at least one, unless the command ends here.
fn modifiers(
    cursor: &mut Cursor<'_>,
    mut modifier: impl FnMut(&mut Cursor<'_>, &str) -> Parsed<()>,
) -> Parsed<()> {
    if cursor.at_end() || !cursor.has(Extension::Condstore) {
        return Ok(());
    }
    cursor.space()?;
    let found = cursor.list("parameters in parentheses are wanted", |cursor| {
        let name = cursor.item()?;
        modifier(cursor, &name)
    })?;
    if found.is_empty() { Err(Stop::Syntax("a parameter is wanted")) } else { Ok(()) }
}

fn mod_sequence_value(cursor: &mut Cursor<'_>) -> Parsed<ModSequence> {
    match mod_sequence_valzer(cursor)? {
        0 => Err(Stop::Syntax("a mod-sequence from 1 on is wanted")),
        value => Ok(value),
    }
}

/// A mod-sequence or 0.
fn mod_sequence_valzer(cursor: &mut Cursor<'_>) -> Parsed<ModSequence> {
    match cursor.number64()? {
        value if value <= HIGHEST => Ok(value),
        _ => Err(Stop::Syntax("a mod-sequence has 63 bits at most")),
    }
}
