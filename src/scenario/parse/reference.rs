//! References to fixtures: `{plain}`, `{plain[10..30]}`, `{nested:2.MIME}`; and text as octets: `{"text"}`.

use std::borrow::Cow;

use super::{
    mistake::{Parsed, Trouble},
    text::{Cursor, begins_name, in_name},
};
use crate::fixtures::{Fixtures, section};

/// Does a reference to a fixture, or text as a literal, begin here? `{12}` and a lone brace are plain text.
pub(super) fn begins_octets(cursor: &Cursor<'_>) -> bool {
    cursor.peek() == Some(b'{') && (begins_name(cursor.peek_at(1)) || cursor.peek_at(1) == Some(b'"'))
}

/// Octets in braces.
pub(super) struct Braced {
    pub(super) octets: Vec<u8>,
    /// From given text, not from a fixture.
    pub(super) text: bool,
    /// `+` stands at the end.
    pub(super) plus: bool,
}

/// Reads `{plain}` and its kin, `{"text"}`, each perhaps with `+` at its end.
pub(super) fn braced(cursor: &mut Cursor<'_>, fixtures: &Fixtures) -> Parsed<Braced> {
    let start = cursor.at;
    cursor.eat("{");
    let (octets, text) = if cursor.peek() == Some(b'"') {
        (super::octets::quoted(cursor)?, true)
    } else {
        (reference(cursor, fixtures)?, false)
    };
    // The documented form of text is `{"text"+}`.
    let plus = cursor.eat("+");
    if !cursor.eat("}") {
        return Err(Trouble::new(cursor.since(start), "this brace is never closed", "opened here")
            .hint("`{plain}`, `{plain[10..30]}`, `{plain:HEADER}`, `{\"text\"}`"));
    }
    Ok(Braced { octets, text, plus })
}

fn reference(cursor: &mut Cursor<'_>, fixtures: &Fixtures) -> Parsed<Vec<u8>> {
    let start = cursor.at;
    let name = cursor.take_while(in_name);
    let Some(whole) = fixtures.get(name) else {
        let trouble =
            Trouble::new(cursor.since(start), format!("there is no fixture `{name}`"), "unknown fixture");
        return Err(trouble.suggest(name, fixtures.names()));
    };
    let mut octets = Cow::Borrowed(whole);
    if cursor.eat(":") {
        let start = cursor.at;
        let specifier = cursor.take_while(|character| !matches!(character, '[' | '}' | '+'));
        octets = section(whole, specifier).ok_or_else(|| {
            Trouble::new(
                cursor.since(start),
                format!("`{name}` has no section `{specifier}`"),
                "no such section",
            )
            .hint("`HEADER`, `TEXT`, `1`, `2.MIME`, `2.HEADER`, … as in FETCH BODY[…]")
        })?;
    }
    if cursor.peek() == Some(b'[') {
        return Ok(slice(cursor, &octets)?.to_vec());
    }
    Ok(octets.into_owned())
}

fn slice<'o>(cursor: &mut Cursor<'_>, octets: &'o [u8]) -> Parsed<&'o [u8]> {
    let start = cursor.at;
    cursor.eat("[");
    let first = cursor.take_while(|character| character.is_ascii_digit());
    let dots = cursor.eat("..");
    let last = cursor.take_while(|character| character.is_ascii_digit());
    if !dots || !cursor.eat("]") {
        return Err(Trouble::new(cursor.since(start), "this is not a slice", "not `[FROM..TO]`")
            .hint("`[10..30]` are the 20 octets from offset 10 on"));
    }
    let bound = |digits: &str, open: usize| if digits.is_empty() { Some(open) } else { digits.parse().ok() };
    let (from, to) = (bound(first, 0), bound(last, octets.len()));
    from.zip(to).and_then(|(from, to)| octets.get(from..to)).ok_or_else(|| {
        let size = octets.len();
        Trouble::new(
            cursor.since(start),
            "this slice lies beyond the end",
            format!("there are {size} octets"),
        )
        .hint(format!("offsets go from 0 to {size}, the end excluded"))
    })
}
