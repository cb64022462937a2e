//! BINARY: parts without their transfer encoding (RFC 3516 sections 4.2 and 4.3).

use std::borrow::Cow;

use super::section::SectionSource;
use crate::imap::command::{BinaryItem, FetchItem};
use crate::imap::response::Attribute;
use crate::message::{Content, Part, decoded};
use crate::store::Selected;

/// Whether one of the items asks for a part of the message whose transfer encoding nobody knows.
pub(super) fn is_undecodable(selected: &Selected, number: u32, items: &[FetchItem]) -> bool {
    let parts: Vec<&[u32]> = items
        .iter()
        .filter_map(|item| match item {
            FetchItem::Binary { part, .. } => Some(part.as_slice()),
            _ => None,
        })
        .collect();
    if parts.is_empty() {
        return false;
    }
    let Some(message) = selected.message(number) else { return false };
    let source = SectionSource::new(&message.message.octets);
    parts.into_iter().any(|part| content(&source, part).is_err())
}

/// The answer to an item.
pub(super) fn binary(source: &SectionSource<'_>, part: &[u32], item: BinaryItem) -> Attribute {
    let content = content(source, part).unwrap_or_default();
    let part = part.to_vec();
    match item {
        BinaryItem::Size => Attribute::BinarySize { part, size: content.map_or(0, |content| content.len()) },
        BinaryItem::Content { partial, .. } => {
            let content = content.map(|content| slice(&content, partial).to_vec());
            Attribute::Binary { part, origin: partial.map(|(origin, _)| origin), content }
        }
    }
}

/// Nobody knows the transfer encoding of the part.
#[derive(Debug)]
struct Unknown;

/// The decoded content of a part; `None` if there is no such part. The whole message is given as it is: its header says
/// how it is encoded.
fn content<'m>(source: &SectionSource<'m>, numbers: &[u32]) -> Result<Option<Cow<'m, [u8]>>, Unknown> {
    if numbers.is_empty() {
        return Ok(Some(Cow::Borrowed(source.octets())));
    }
    let Some(part) = source.structure().numbered(numbers) else { return Ok(None) };
    let body = &source.octets()[part.body.clone()];
    if !matches!(part.content, Content::Leaf) {
        // RFC 2045 section 6.4: what is put together of parts has no encoding of its own.
        return Ok(Some(Cow::Borrowed(body)));
    }
    let octets = decoded(&part.encoding, body).ok_or(Unknown)?;
    Ok(Some(if is_lines(part) { with_crlf(octets) } else { octets }))
}

/// Whether it is text whose lines are those of the message.
fn is_lines(part: &Part) -> bool {
    part.media.is_kind("text")
        && ["7bit", "8bit"].iter().any(|e| part.encoding.eq_ignore_ascii_case(e.as_bytes()))
}

/// Lines of text end in CRLF, however they are stored (RFC 3516 section 6).
fn with_crlf(octets: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    let bare = |at: usize| octets[at] == b'\n' && (at == 0 || octets[at - 1] != b'\r');
    let feeds: Vec<usize> = (0..octets.len()).filter(|at| bare(*at)).collect();
    if feeds.is_empty() {
        return octets;
    }
    let (mut lines, mut at) = (Vec::with_capacity(octets.len() + feeds.len()), 0);
    for feed in feeds {
        lines.extend_from_slice(&octets[at..feed]);
        lines.push(b'\r');
        at = feed;
    }
    lines.extend_from_slice(&octets[at..]);
    Cow::Owned(lines)
}

/// The octets from an origin on, at most so many.
fn slice(octets: &[u8], partial: Option<(u32, u32)>) -> &[u8] {
    let Some((origin, size)) = partial else { return octets };
    let start = usize::try_from(origin).unwrap_or(usize::MAX).min(octets.len());
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    &octets[start..start.saturating_add(size).min(octets.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_get_the_carriage_returns_they_lack() {
        for (text, wanted) in
            [("a\nb\r\n\nc", "a\r\nb\r\n\r\nc"), ("\n", "\r\n"), ("\r\n", "\r\n"), ("", ""), ("a\r", "a\r")]
        {
            assert_eq!(with_crlf(Cow::Borrowed(text.as_bytes())), wanted.as_bytes(), "{text:?}");
        }
    }
}
