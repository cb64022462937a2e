//! The arguments of FETCH (RFC 3501 section 6.4.5).

use super::cursor::{Cursor, Parsed, Stop};
use super::{Command, Numbering, condstore, sequence};
use crate::imap::extension::Extension;

/// What FETCH asks of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FetchItem {
    Flags,
    InternalDate,
    Size,
    Uid,
    /// RFC 7162 section 3.1.4.2.
    ModSeq,
    Envelope,
    /// `BODY` or, `extensible`, `BODYSTRUCTURE`.
    Structure {
        extensible: bool,
    },
    Rfc822,
    Rfc822Header,
    Rfc822Text,
    /// `BODY[...]`
    Section {
        section: Section,
        peek: bool,
        partial: Option<(u32, u32)>,
    },
    /// `BINARY[...]` (RFC 3516 section 4.2)
    Binary {
        part: Vec<u32>,
        item: BinaryItem,
    },
}

/// What BINARY asks of the decoded content of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BinaryItem {
    Content { peek: bool, partial: Option<(u32, u32)> },
    Size,
}

/// What stands between the brackets of `BODY[...]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) part: Vec<u32>,
    pub(crate) text: Option<SectionText>,
}

/// The end of a section specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SectionText {
    Header,
    /// `HEADER.FIELDS` or, with `not`, `HEADER.FIELDS.NOT`.
    Fields {
        not: bool,
        names: Vec<Vec<u8>>,
    },
    Text,
    Mime,
}

pub(super) fn command(cursor: &mut Cursor<'_>, by: Numbering) -> Parsed<Command> {
    let set = sequence::set(cursor)?;
    cursor.space()?;
    let mut items = Vec::new();
    if cursor.take(b'(') {
        loop {
            items.push(item(cursor)?);
            if cursor.take(b')') {
                break;
            }
            cursor.space()?;
        }
    } else {
        match macro_items(cursor) {
            Some(found) => items = found,
            None => items.push(item(cursor)?),
        }
    }
    let modifiers = condstore::fetch_modifiers(cursor)?;
    if modifiers.vanished && (by == Numbering::Sequence || modifiers.changed_since.is_none()) {
        return Err(Stop::Syntax("VANISHED goes with UID FETCH and CHANGEDSINCE only"));
    }
    Ok(Command::Fetch { by, set, items, modifiers })
}

fn macro_items(cursor: &mut Cursor<'_>) -> Option<Vec<FetchItem>> {
    let mut ahead = cursor.clone();
    let mut items = vec![FetchItem::Flags, FetchItem::InternalDate, FetchItem::Size];
    match ahead.item().ok()?.as_str() {
        "FAST" => {}
        "ALL" => items.push(FetchItem::Envelope),
        "FULL" => items.extend([FetchItem::Envelope, FetchItem::Structure { extensible: false }]),
        _ => return None,
    }
    *cursor = ahead;
    Some(items)
}

fn item(cursor: &mut Cursor<'_>) -> Parsed<FetchItem> {
    Ok(match cursor.item()?.as_str() {
        "FLAGS" => FetchItem::Flags,
        "INTERNALDATE" => FetchItem::InternalDate,
        "RFC822.SIZE" => FetchItem::Size,
        "UID" => FetchItem::Uid,
        "MODSEQ" if cursor.has(Extension::Condstore) => FetchItem::ModSeq,
        "ENVELOPE" => FetchItem::Envelope,
        "BODYSTRUCTURE" => FetchItem::Structure { extensible: true },
        "RFC822" => FetchItem::Rfc822,
        "RFC822.HEADER" => FetchItem::Rfc822Header,
        "RFC822.TEXT" => FetchItem::Rfc822Text,
        "BODY" if cursor.peek() != Some(b'[') => FetchItem::Structure { extensible: false },
        "BODY" => body_section(cursor, false)?,
        "BODY.PEEK" => body_section(cursor, true)?,
        name @ ("BINARY" | "BINARY.PEEK" | "BINARY.SIZE") if cursor.has(Extension::Binary) => {
            binary(cursor, name)?
        }
        _ => return Err(Stop::Syntax("no such FETCH item, or a macro in a list")),
    })
}

fn body_section(cursor: &mut Cursor<'_>, peek: bool) -> Parsed<FetchItem> {
    let section = in_brackets(cursor, section)?;
    Ok(FetchItem::Section { section, peek, partial: partial(cursor)? })
}

/// `section-binary` and, but for the size, `partial` (RFC 3516 section 7).
fn binary(cursor: &mut Cursor<'_>, name: &str) -> Parsed<FetchItem> {
    let part = in_brackets(cursor, |cursor| {
        let mut part = Vec::new();
        while cursor.peek() != Some(b']') {
            if !part.is_empty() {
                cursor.expect(b'.', "the numbers of a part are joined by periods")?;
            }
            part.push(cursor.nonzero()?);
        }
        Ok(part)
    })?;
    let item = match name {
        "BINARY.SIZE" => BinaryItem::Size,
        _ => BinaryItem::Content { peek: name == "BINARY.PEEK", partial: partial(cursor)? },
    };
    Ok(FetchItem::Binary { part, item })
}

fn in_brackets<V>(cursor: &mut Cursor<'_>, read: impl FnOnce(&mut Cursor<'_>) -> Parsed<V>) -> Parsed<V> {
    cursor.expect(b'[', "a section is wanted")?;
    let inner = read(cursor)?;
    cursor.expect(b']', "a section is not closed")?;
    Ok(inner)
}

/// `<origin.size>`, if that is next.
fn partial(cursor: &mut Cursor<'_>) -> Parsed<Option<(u32, u32)>> {
    if !cursor.take(b'<') {
        return Ok(None);
    }
    let origin = cursor.number()?;
    cursor.expect(b'.', "a partial fetch is <origin.size>")?;
    let size = cursor.nonzero()?;
    cursor.expect(b'>', "a partial fetch is <origin.size>")?;
    Ok(Some((origin, size)))
}

fn section(cursor: &mut Cursor<'_>) -> Parsed<Section> {
    let mut section = Section::default();
    if cursor.peek() == Some(b']') {
        return Ok(section);
    }
    while cursor.peek().is_some_and(|octet| octet.is_ascii_digit()) {
        section.part.push(cursor.nonzero()?);
        if !cursor.take(b'.') {
            return Ok(section);
        }
    }
    section.text = Some(match cursor.item()?.as_str() {
        "HEADER" => SectionText::Header,
        "HEADER.FIELDS" => SectionText::Fields { not: false, names: field_names(cursor)? },
        "HEADER.FIELDS.NOT" => SectionText::Fields { not: true, names: field_names(cursor)? },
        "TEXT" => SectionText::Text,
        "MIME" if !section.part.is_empty() => SectionText::Mime,
        _ => return Err(Stop::Syntax("no such section")),
    });
    Ok(section)
}

fn field_names(cursor: &mut Cursor<'_>) -> Parsed<Vec<Vec<u8>>> {
    cursor.space()?;
    cursor.expect(b'(', "a list of field names is wanted")?;
    let mut names = Vec::new();
    loop {
        names.push(cursor.astring()?);
        if cursor.take(b')') {
            return Ok(names);
        }
        cursor.space()?;
    }
}
