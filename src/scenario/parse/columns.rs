//! Columns of `cases`: text that stands in place of `$column`.

use super::{
    lines::{Line, Marker},
    talk::Setup,
    text::{Text, begins_name, in_capture},
};
use crate::scenario::program::Place;

/// Columns of a row and their values.
pub(super) type Columns = Vec<(String, String)>;

/// The text of a line, with columns replaced where the language says so.
pub(super) fn text_of(line: &Line<'_>, setup: &Setup<'_>) -> Text {
    let replaced = matches!(line.marker, Marker::Send { .. } | Marker::Expect { .. } | Marker::Clause);
    let columns: &[(String, String)] = if replaced { setup.columns } else { &[] };
    let mut text = Text::default();
    for (index, (part, source)) in line.parts.iter().enumerate() {
        if index > 0 {
            // The space belongs to the line end before.
            text.push(" ", source.saturating_sub(1));
        }
        replace(part, *source, columns, setup.row, &mut text);
    }
    text
}

fn replace(part: &str, source: usize, columns: &[(String, String)], row: Option<&str>, text: &mut Text) {
    let octets = part.as_bytes();
    // What is copied next begins here.
    let mut from = 0;
    let mut at = 0;
    while at < part.len() {
        if octets[at] != b'$' {
            at += 1;
        } else if octets.get(at + 1) == Some(&b'(') {
            at = behind_expression(octets, at + 1);
        } else if begins_name(octets.get(at + 1).copied()) {
            let rest = &part[at + 1..];
            let name = &rest[..rest.find(|character| !in_capture(character)).unwrap_or(rest.len())];
            let end = at + 1 + name.len();
            if let Some((_, value)) = columns.iter().find(|(column, _)| column == name) {
                text.push(&part[from..at], source + from);
                let place = Place { start: source + at, end: source + end };
                let row = row.unwrap_or_default();
                text.push_replaced(value, place, format!("in row `{row}`, `${name}` is `{value}`"));
                from = end;
            }
            at = end;
        } else {
            at += 1;
        }
    }
    text.push(&part[from..], source + from);
}

/// The offset behind the parenthesis that closes the one at `open`; quoted text hides parentheses.
fn behind_expression(octets: &[u8], open: usize) -> usize {
    let (mut depth, mut quoted, mut at) = (0_usize, false, open);
    while let Some(&octet) = octets.get(at) {
        match octet {
            b'\\' if quoted => at += 1,
            b'"' => quoted = !quoted,
            b'(' if !quoted => depth += 1,
            b')' if !quoted => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    octets.len()
}
