//! Templates to the octets that are sent.

use super::{Unknown, Value, World, display, evaluate, in_place};
use crate::scenario::{
    captures::Captures,
    expression::Expression,
    template::{Piece, Template},
};

/// A part of what is sent, in order. Neighbouring octets are one segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// Octets as they are.
    Octets(Vec<u8>),
    /// A literal: `{n}` CRLF is sent, the server's `+` awaited, then these octets (RFC 3501 section 7.5).
    SynchronizingLiteral(Vec<u8>),
    /// A fresh tag, which opens an exchange.
    Tag,
}

/// What a template sends at this moment. Tag and CRLF of a command are not in it, except for `$tag` in raw octets.
///
/// # Errors
/// Where a value is not known.
pub fn render(template: &Template, world: &dyn World, captures: &Captures) -> Result<Vec<Segment>, Unknown> {
    let octets = |expression: &Expression| {
        let value = evaluate(expression, world, captures)?;
        in_place(&value).ok_or_else(|| {
            Unknown::Value(format!("{} cannot be sent", display::expression(expression, captures)))
        })
    };
    let mut segments = Vec::new();
    for piece in &template.pieces {
        match piece {
            Piece::Octets(plain) => push(&mut segments, plain),
            Piece::Value(expression) => push(&mut segments, &octets(expression)?),
            Piece::Astring(expression) => match evaluate(expression, world, captures)? {
                Value::Octets(name) => push_astring(&mut segments, name),
                _ => push(&mut segments, &octets(expression)?),
            },
            Piece::QuotedValue(expression) => push(&mut segments, &escape_quoted(&octets(expression)?)),
            Piece::Literal { value, synchronizing: true } => {
                segments.push(Segment::SynchronizingLiteral(octets(value)?));
            }
            Piece::Literal { value, synchronizing: false } => {
                let content = octets(value)?;
                push(&mut segments, format!("{{{}+}}\r\n", content.len()).as_bytes());
                push(&mut segments, &content);
            }
            Piece::Tag => segments.push(Segment::Tag),
        }
    }
    Ok(segments)
}

/// `astring` of RFC 3501: an atom if every octet may stand in one, else quoted, else a literal. `NIL` is quoted, because some
/// parsers take the atom for no string at all.
fn push_astring(segments: &mut Vec<Segment>, name: Vec<u8>) {
    if !name.is_empty()
        && name.iter().all(|&octet| is_astring_char(octet))
        && !name.eq_ignore_ascii_case(b"NIL")
    {
        push(segments, &name);
    } else if name.iter().all(|&octet| octet.is_ascii() && !matches!(octet, b'\r' | b'\n' | 0)) {
        push(segments, b"\"");
        push(segments, &escape_quoted(&name));
        push(segments, b"\"");
    } else {
        segments.push(Segment::SynchronizingLiteral(name));
    }
}

/// ASTRING-CHAR of RFC 3501 section 9.
fn is_astring_char(octet: u8) -> bool {
    octet.is_ascii_graphic() && !matches!(octet, b'(' | b')' | b'{' | b'%' | b'*' | b'"' | b'\\')
}

fn escape_quoted(octets: &[u8]) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(octets.len());
    for &octet in octets {
        if matches!(octet, b'"' | b'\\') {
            escaped.push(b'\\');
        }
        escaped.push(octet);
    }
    escaped
}

fn push(segments: &mut Vec<Segment>, octets: &[u8]) {
    if octets.is_empty() {
        return;
    }
    if let Some(Segment::Octets(last)) = segments.last_mut() {
        last.extend_from_slice(octets);
    } else {
        segments.push(Segment::Octets(octets.to_vec()));
    }
}
