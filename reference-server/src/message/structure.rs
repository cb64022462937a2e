//! The MIME structure of a message (RFC 2045, RFC 2046), as ranges of its octets.

use std::ops::Range;

use super::header::{Header, line_end};
use super::media::{self, Disposition, MediaType};

/// Deepest nesting of parts; what lies deeper is not taken apart.
const DEEPEST: usize = 30;

/// Most parts of one message; further ones are left out.
const MOST_PARTS: usize = 10_000;

/// A message or a body part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its header.
    pub header: Header,
    /// What follows the header.
    pub body: Range<usize>,
    /// Its media type, or the default one.
    pub media: MediaType,
    /// Content-Transfer-Encoding; `7BIT` by default.
    pub encoding: Vec<u8>,
    /// Content-ID.
    pub id: Option<Vec<u8>>,
    /// Content-Description.
    pub description: Option<Vec<u8>>,
    /// Content-MD5.
    pub md5: Option<Vec<u8>>,
    /// Content-Disposition.
    pub disposition: Option<Disposition>,
    /// Content-Language.
    pub languages: Vec<Vec<u8>>,
    /// Content-Location.
    pub location: Option<Vec<u8>>,
    /// What it consists of.
    pub content: Content,
}

/// What a part consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing that can be taken apart.
    Leaf,
    /// At least one part.
    Multipart(Vec<Part>),
    /// An enclosed message (message/rfc822).
    Message(Box<Part>),
}

impl Part {
    /// The structure of a whole message.
    #[must_use]
    pub fn of_message(octets: &[u8]) -> Self {
        Scan { octets, parts: 0 }.part(0..octets.len(), 0, &MediaType::plain_text())
    }

    /// The part with this number below this message (RFC 3501 section 6.4.5): parts of a multipart count from 1, and
    /// a message that is no multipart has its text as part 1.
    #[must_use]
    pub fn numbered(&self, numbers: &[u32]) -> Option<&Self> {
        let Some((number, rest)) = numbers.split_first() else { return Some(self) };
        let child = self.child(*number)?;
        match &child.content {
            _ if rest.is_empty() => Some(child),
            Content::Message(enclosed) => enclosed.numbered(rest),
            Content::Multipart(_) => child.numbered(rest),
            Content::Leaf => None,
        }
    }

    fn child(&self, number: u32) -> Option<&Self> {
        match &self.content {
            Content::Multipart(parts) => parts.get(usize::try_from(number).ok()?.checked_sub(1)?),
            _ if number == 1 => Some(self),
            _ => None,
        }
    }
}

struct Scan<'m> {
    octets: &'m [u8],
    parts: usize,
}

impl Scan<'_> {
    fn part(&mut self, within: Range<usize>, depth: usize, default: &MediaType) -> Part {
        self.parts += 1;
        let header = Header::scan(self.octets, within.clone());
        let body = header.blank.end..within.end;
        let text = |name: &str| header.text(self.octets, name);
        let mut media = match text("content-type") {
            Some(text) => MediaType::parse(&text).unwrap_or_else(MediaType::plain_text),
            None => default.clone(),
        };
        let encoding = text("content-transfer-encoding").and_then(|text| media::token(&text));
        let (id, description, md5) = (text("content-id"), text("content-description"), text("content-md5"));
        let disposition = text("content-disposition").and_then(|text| Disposition::parse(&text));
        let languages = text("content-language").map(|text| media::languages(&text)).unwrap_or_default();
        let location = text("content-location");
        let content = self.content(&mut media, body.clone(), depth);
        Part {
            header,
            body,
            media,
            encoding: encoding.unwrap_or_else(|| b"7BIT".to_vec()),
            id,
            description,
            md5,
            disposition,
            languages,
            location,
            content,
        }
    }

    /// Takes the body apart. A type that promises more than there is becomes one that fits.
    fn content(&mut self, media: &mut MediaType, body: Range<usize>, depth: usize) -> Content {
        if media.is("message", "rfc822") {
            if depth < DEEPEST {
                return Content::Message(Box::new(self.part(body, depth + 1, &MediaType::plain_text())));
            }
            *media = MediaType {
                kind: b"APPLICATION".into(),
                subtype: b"OCTET-STREAM".into(),
                parameters: vec![],
            };
        } else if media.is_kind("multipart") {
            // RFC 2046 section 5.1.1: a boundary is never empty, and nobody can find parts without one.
            match media.parameter("boundary").filter(|boundary| !boundary.is_empty()) {
                Some(boundary) if depth < DEEPEST => {
                    let default = match media.is("multipart", "digest") {
                        true => MediaType::enclosed_message(),
                        false => MediaType::plain_text(),
                    };
                    let ranges = body_parts(self.octets, body, boundary);
                    let room = MOST_PARTS.saturating_sub(self.parts).max(1);
                    let ranges = ranges.into_iter().take(room);
                    return Content::Multipart(
                        ranges.map(|range| self.part(range, depth + 1, &default)).collect(),
                    );
                }
                _ => *media = MediaType::plain_text(),
            }
        }
        Content::Leaf
    }
}

/// The ranges between the delimiter lines of a multipart body; the line end before a delimiter belongs to it. Where
/// no part is found there is one empty part, since IMAP knows no multipart without parts.
fn body_parts(octets: &[u8], body: Range<usize>, boundary: &[u8]) -> Vec<Range<usize>> {
    let (mut ranges, mut open, mut at) = (Vec::new(), None, body.start);
    while at < body.end {
        let next = line_end(octets, at, body.end);
        if let Some(last) = delimiter(&octets[at..next], boundary) {
            if let Some(start) = open.take() {
                ranges.push(start..without_line_end(octets, start, at));
            }
            if last {
                break;
            }
            open = Some(next);
        }
        at = next;
    }
    ranges.extend(open.map(|start| start..body.end));
    if ranges.is_empty() {
        ranges.push(body.end..body.end);
    }
    ranges
}

/// Whether the line is a delimiter of this boundary; `Some(true)` for the closing one.
fn delimiter(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?;
    if rest.trim_ascii().is_empty() {
        return Some(false);
    }
    rest.strip_prefix(b"--").filter(|rest| rest.trim_ascii().is_empty()).map(|_| true)
}

fn without_line_end(octets: &[u8], start: usize, end: usize) -> usize {
    let content = &octets[start..end];
    let content =
        content.strip_suffix(b"\n").map_or(content, |content| content.strip_suffix(b"\r").unwrap_or(content));
    start + content.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NESTED: &[u8] = b"Content-Type: multipart/mixed; boundary=o\r\n\r\npreamble\r\n--o\r\n\r\none\r\n--o \r\n\
        Content-Type: message/rfc822\r\n\r\nSubject: in\r\nContent-Type: multipart/alternative; boundary=\"i i\"\r\n\r\n\
        --i i\r\nContent-Type: text/html\r\n\r\n<p>\r\n\r\n--i i--\r\n\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n\
        Subject: plain\r\n\r\ntext\r\n--o--\r\nepilogue";

    fn text(numbers: &[u32]) -> Option<&'static str> {
        let message = Part::of_message(NESTED);
        let part = message.numbered(numbers)?;
        std::str::from_utf8(&NESTED[part.body.clone()]).ok()
    }

    #[test]
    fn parts_are_found_by_number() {
        assert_eq!(text(&[1]), Some("one"));
        assert!(text(&[2]).unwrap().starts_with("Subject: in"));
        assert_eq!(text(&[2, 1]), Some("<p>\r\n"));
        assert_eq!(text(&[3]), Some("Subject: plain\r\n\r\ntext"));
        assert_eq!(text(&[3, 1]), Some("text"));
        for missing in [&[4][..], &[1, 1], &[2, 2], &[2, 1, 1], &[3, 2], &[3, 1, 1], &[0]] {
            assert_eq!(text(missing), None, "{missing:?}");
        }
    }

    #[test]
    fn malformed_structure_gets_a_reading() {
        for (octets, is_multipart, parts) in [
            ("Content-Type: multipart/mixed\r\n\r\nx", false, 0),
            ("Content-Type: multipart/mixed; boundary=b\r\n\r\nno delimiter", true, 1),
            ("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n--b--\r\n", true, 1),
            ("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\na\r\n--b\r\n\r\nunclosed", true, 2),
            ("Content-Type: multipart/mixed; boundary=b\r\n\r\n--bb\r\n\r\na", true, 1),
            ("Content-Type: ;;;\r\n\r\nx", false, 0),
            ("", false, 0),
        ] {
            match Part::of_message(octets.as_bytes()).content {
                Content::Multipart(found) => {
                    assert_eq!((true, found.len()), (is_multipart, parts), "{octets}");
                }
                _ => assert!(!is_multipart, "{octets}"),
            }
        }
    }

    #[test]
    fn depth_is_bounded() {
        let octets = "Content-Type: message/rfc822\r\n\r\n".repeat(1000);
        let message = Part::of_message(octets.as_bytes());
        assert!(message.numbered(&[1; 10]).is_some());
        assert!(message.numbered(&[1; 60]).is_none());
    }
}
