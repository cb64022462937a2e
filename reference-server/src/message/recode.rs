//! Messages with binary parts (RFC 3516 section 4.4), rewritten so that base IMAP can carry them (section 6).

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::header::Header;
use super::structure::{Content, Part};

/// Longest line of base64 (RFC 2045 section 6.8).
const LINE: usize = 76;

/// The message with each part of encoding `binary` in base64 instead; nothing else is touched. A NUL elsewhere stays
/// where it is.
#[must_use]
pub fn without_binary(octets: Vec<u8>) -> Vec<u8> {
    let mut edits = Vec::new();
    collect(&octets, &Part::of_message(&octets), &mut edits);
    if edits.is_empty() {
        return octets;
    }
    let (mut rewritten, mut at) = (Vec::with_capacity(octets.len() / 3 * 4), 0);
    for (range, replacement) in edits {
        rewritten.extend_from_slice(&octets[at..range.start]);
        rewritten.extend_from_slice(&replacement);
        at = range.end;
    }
    rewritten.extend_from_slice(&octets[at..]);
    rewritten
}

/// The ranges to be replaced, in order.
fn collect(octets: &[u8], part: &Part, edits: &mut Vec<(Range<usize>, Vec<u8>)>) {
    let binary = part.encoding.eq_ignore_ascii_case(b"binary");
    let field = if binary { encoding_field(octets, &part.header) } else { None };
    let mut declare = |encoding: &str| {
        let Some(range) = field.clone() else { return };
        let field = format!("Content-Transfer-Encoding: {encoding}\r\n");
        edits.push((range, field.into_bytes()));
    };
    match &part.content {
        Content::Leaf if binary => {
            declare("base64");
            edits.push((part.body.clone(), in_base64(&octets[part.body.clone()])));
        }
        Content::Leaf => {}
        // RFC 2045 section 6.4: what is put together declares what its parts need, and their lines are now short.
        Content::Multipart(parts) => {
            declare("8bit");
            parts.iter().for_each(|part| collect(octets, part, edits));
        }
        Content::Message(enclosed) => {
            declare("8bit");
            collect(octets, enclosed, edits);
        }
    }
}

/// Where the field that [`Part::encoding`] was read from stands.
fn encoding_field(octets: &[u8], header: &Header) -> Option<Range<usize>> {
    let mut start = header.fields.start;
    for field in header.fields(octets) {
        let end = start + field.octets.len();
        if field.is(b"content-transfer-encoding") {
            return Some(start..end);
        }
        start = end;
    }
    None
}

fn in_base64(body: &[u8]) -> Vec<u8> {
    let digits = STANDARD.encode(body);
    let mut lines: Vec<u8> = Vec::with_capacity(digits.len() / LINE * (LINE + 2) + LINE);
    for line in digits.as_bytes().chunks(LINE) {
        lines.extend_from_slice(line);
        lines.extend_from_slice(b"\r\n");
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_parts_become_base64_and_all_else_stays() {
        for (message, wanted) in [
            ("Subject: x\r\n\r\ntext\r\n", "Subject: x\r\n\r\ntext\r\n"),
            ("A: b\r\n\r\nwith \0", "A: b\r\n\r\nwith \0"),
            (
                "A: b\r\ncontent-transfer-encoding: BINARY\r\nC: d\r\n\r\na\0b",
                "A: b\r\nContent-Transfer-Encoding: base64\r\nC: d\r\n\r\nYQBi\r\n",
            ),
            ("Content-Transfer-Encoding: binary\r\n\r\n", "Content-Transfer-Encoding: base64\r\n\r\n"),
            (
                "Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: binary\r\n\r\npre\r\n--b\r\n\
                 \r\none\r\n--b\r\nContent-Transfer-Encoding: binary\r\n\r\n\0\r\n--b--\r\nend",
                "Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: 8bit\r\n\r\npre\r\n--b\r\n\
                 \r\none\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\nAA==\r\n\r\n--b--\r\nend",
            ),
        ] {
            let found = without_binary(message.as_bytes().to_vec());
            assert_eq!(String::from_utf8_lossy(&found), wanted);
        }
    }

    #[test]
    fn nothing_is_lost() {
        let body: Vec<u8> = (0..=255).cycle().take(1000).collect();
        let message = [b"Content-Transfer-Encoding: binary\r\n\r\n".as_slice(), &body].concat();
        let rewritten = without_binary(message);
        let part = Part::of_message(&rewritten);
        assert!(rewritten.split(|octet| *octet == b'\n').all(|line| line.len() <= LINE + 1));
        assert_eq!(super::super::decoded(&part.encoding, &rewritten[part.body]).unwrap(), body);
    }
}
