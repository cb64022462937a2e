//! The items of a FETCH response (RFC 3501 section 7.4.2).

use super::super::node::{Node, NodeKind, Reader, tell};
use super::{FetchItem, SPACING, SYNTAX, nothing_more};
use crate::fault::{Fault, Span};

/// `(NAME value NAME value)`.
pub(super) fn fetch_items(reader: &mut Reader<'_>, faults: &mut Vec<Fault>) -> Vec<FetchItem> {
    let mut items = Vec::new();
    if reader.at < reader.end {
        reader.space(faults);
    }
    if reader.peek() != Some(b'(') {
        let span = Span::new(reader.at.min(reader.end.saturating_sub(1)), reader.end);
        tell(faults, Fault::new("rfc3501-9-54", span, "the message data do not stand in parentheses"));
        reader.at = reader.end;
        return items;
    }
    let open = reader.at;
    reader.at += 1;
    let mut spaced = true;
    loop {
        match reader.peek() {
            None => {
                tell(
                    faults,
                    Fault::new(SYNTAX, Span::new(open, open + 1), "a parenthesis that is not closed"),
                );
                return items;
            }
            Some(b')') => {
                reader.at += 1;
                break;
            }
            Some(b' ') => {
                let start = reader.at;
                while reader.peek() == Some(b' ') {
                    reader.at += 1;
                }
                spaced = true;
                let misplaced = items.is_empty() || reader.peek() == Some(b')') || reader.at - start > 1;
                if misplaced {
                    tell(
                        faults,
                        Fault::new(SPACING, Span::new(start, reader.at), "a space where none may stand"),
                    );
                }
            }
            Some(_) => {
                if !spaced {
                    let span = Span::new(reader.at, reader.at + 1);
                    tell(faults, Fault::new(SPACING, span, "a space is missing here"));
                }
                items.push(fetch_item(reader, faults));
                spaced = false;
            }
        }
    }
    nothing_more(reader, faults);
    items
}

fn fetch_item(reader: &mut Reader<'_>, faults: &mut Vec<Fault>) -> FetchItem {
    let start = reader.at;
    while reader.peek().is_some_and(|octet| !matches!(octet, b' ' | b'[' | b'(' | b')' | b'<' | b'"' | b'{'))
    {
        reader.at += 1;
    }
    let name = Span::new(start, reader.at);
    let section = (reader.peek() == Some(b'[')).then(|| section(reader, faults));
    let origin = if reader.peek() == Some(b'<') { origin(reader, faults) } else { None };
    let here = Span::at(reader.at);
    if let Some(section) = section.filter(|_| name.is_empty()) {
        tell(
            faults,
            Fault::new("rfc3501-9-54", Span::new(start, section.end as usize), "a section without a name"),
        );
    }
    if name.is_empty() && section.is_none() {
        // A value without a name: taken as an item's value, so that reading goes on.
        let value = reader.node(0, faults);
        tell(
            faults,
            Fault::new(
                "rfc3501-9-54",
                Span::new(start, reader.at),
                "a value where the name of an item should stand",
            ),
        );
        return FetchItem { name, section: None, origin, value };
    }
    if reader.peek() == Some(b' ') {
        reader.space(faults);
        if reader.peek() != Some(b')') && reader.peek().is_some() {
            let value = reader.node(0, faults);
            return FetchItem { name, section, origin, value };
        }
    } else if reader.peek() == Some(b'(') {
        let span = Span::new(reader.at, reader.at + 1);
        tell(faults, Fault::new(SPACING, span, "a space is missing here"));
        let value = reader.node(0, faults);
        return FetchItem { name, section, origin, value };
    }
    tell(faults, Fault::new("rfc3501-9-54", Span::new(start, reader.at), "an item without a value"));
    FetchItem { name, section, origin, value: Node { span: here, kind: NodeKind::Atom } }
}

/// The octets between the brackets that begin here. Strings and the names of fields may hold brackets of their own.
fn section(reader: &mut Reader<'_>, faults: &mut Vec<Fault>) -> Span {
    let open = reader.at;
    reader.at += 1;
    let start = reader.at;
    if !reader.unclosed_section {
        pass_section(reader);
    }
    if reader.unclosed_section || reader.peek() != Some(b']') {
        // Its parentheses or quotes do not match. Only once per response is so much read in vain.
        reader.unclosed_section = true;
        reader.at = start + memchr::memchr2(b']', b'\r', &reader.octets[start..reader.end]).unwrap_or(0);
    }
    let inner = Span::new(start, reader.at);
    if reader.peek() == Some(b']') {
        reader.at += 1;
    } else {
        tell(faults, Fault::new(SYNTAX, Span::new(open, open + 1), "a section without its closing bracket"));
    }
    inner
}

fn pass_section(reader: &mut Reader<'_>) {
    // The strict grammar reads it again and tells its faults.
    let mut unheard = Vec::new();
    let mut depth = 0u32;
    while let Some(octet) = reader.peek() {
        match octet {
            b']' if depth == 0 => break,
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b' ' => {}
            _ => {
                reader.in_code = depth == 0;
                reader.node(0, &mut unheard);
                reader.in_code = false;
                continue;
            }
        }
        reader.at += 1;
    }
}

fn origin(reader: &mut Reader<'_>, faults: &mut Vec<Fault>) -> Option<u64> {
    let start = reader.at;
    reader.at += 1;
    let mut value = Some(0u64);
    while let Some(digit @ b'0'..=b'9') = reader.peek() {
        value = value.and_then(|v| v.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
        reader.at += 1;
    }
    let digits = reader.at - start > 1;
    if reader.peek() == Some(b'>') && digits && value.is_some() {
        reader.at += 1;
        return value;
    }
    while reader.peek().is_some_and(|octet| !matches!(octet, b' ' | b')')) {
        reader.at += 1;
    }
    tell(
        faults,
        Fault::new(SYNTAX, Span::new(start, reader.at), "an origin that is not a number in angle brackets"),
    );
    None
}
