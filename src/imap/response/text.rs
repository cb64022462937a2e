//! The text of a status response, and its response code (RFC 3501 section 7.1).

use super::super::node::{Node, NodeKind, Reader, tell};
use super::{Code, Text};
use crate::fault::{Fault, Span};

/// The text after the word of a status.
pub(super) fn status_text(reader: &mut Reader<'_>, faults: &mut Vec<Fault>) -> Text {
    if reader.peek() == Some(b' ') {
        reader.at += 1;
    }
    text(reader, faults)
}

/// A response code, if there is one, and what follows.
pub(super) fn text(reader: &mut Reader<'_>, faults: &mut Vec<Fault>) -> Text {
    let code = if reader.peek() == Some(b'[') { code(reader, faults) } else { None };
    if code.is_some() && reader.peek() == Some(b' ') {
        reader.at += 1;
    }
    Text { code, text: Span::new(reader.at, reader.end) }
}

fn code(reader: &mut Reader<'_>, faults: &mut Vec<Fault>) -> Option<Code> {
    let open = reader.at;
    reader.at += 1;
    reader.in_code = true;
    let name = reader.node(0, faults);
    let known = name.is_word() && is_made_of_nodes(name.raw(reader.octets));
    let arguments_at = reader.at;
    let mut heard = Vec::new();
    let mut arguments = Vec::new();
    if reader.peek() == Some(b' ') {
        reader.space(&mut heard);
        arguments = reader.nodes(&mut heard);
    }
    reader.in_code = false;
    if known && reader.peek() == Some(b']') {
        reader.at += 1;
        faults.append(&mut heard);
        return Some(Code { name, arguments, span: Span::new(open, reader.at) });
    }
    if !known && reader.peek() == Some(b']') && heard.is_empty() {
        reader.at += 1;
        return Some(Code { name, arguments, span: Span::new(open, reader.at) });
    }
    // Of any other code only this much is known: it ends at the first closing bracket.
    reader.at = arguments_at;
    let Some(length) = memchr::memchr(b']', reader.rest()) else {
        tell(
            faults,
            Fault::new(CODE, Span::new(open, open + 1), "a response code without its closing bracket"),
        );
        reader.at = open;
        return None;
    };
    let from = arguments_at + usize::from(length > 0 && reader.peek() == Some(b' '));
    let span = Span::new(from, arguments_at + length);
    reader.at = arguments_at + length + 1;
    let arguments = if span.is_empty() { Vec::new() } else { vec![Node { span, kind: NodeKind::Atom }] };
    Some(Code { name, arguments, span: Span::new(open, reader.at) })
}

/// Whether the arguments of this response code are words, strings and lists, rather than any text.
fn is_made_of_nodes(name: &[u8]) -> bool {
    let codes = [
        "BADCHARSET",
        "CAPABILITY",
        "PERMANENTFLAGS",
        "UIDNEXT",
        "UIDVALIDITY",
        "UNSEEN",
        "APPENDUID",
        "COPYUID",
        "HIGHESTMODSEQ",
        "MODIFIED",
        "MAILBOXID",
    ];
    codes.iter().any(|code| name.eq_ignore_ascii_case(code.as_bytes()))
}

/// Response codes fit their grammar.
const CODE: &str = "rfc3501-9-62";
