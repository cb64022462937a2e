//! The items of BINARY in a FETCH response (RFC 3516 section 7).

use super::Rules;
use super::fetch::part_number;
use crate::fault::Span;
use crate::imap::node::{Node, NodeKind};

impl Rules<'_> {
    /// `"BINARY" section-binary SP (nstring / literal8)`
    pub(super) fn binary(&mut self, section: Span, value: &Node, partial: bool) {
        self.section_binary(section);
        self.nstring(value, FORM, "the content of a part is a string, a binary literal or NIL");
        let NodeKind::Literal { content } = value.kind else { return };
        let is_binary = value.raw(self.octets).starts_with(b"~");
        // A part of the content says nothing about the rest.
        if is_binary && !partial && is_eight_bit(content.of(self.octets)) {
            let header = Span { start: value.span.start, end: content.start };
            self.fault("rfc3516-4.3-01", header, "a binary literal of 8bit data without NUL");
        }
    }

    /// `"BINARY.SIZE" section-binary SP number`
    pub(super) fn binary_size(&mut self, section: Span, value: &Node) {
        self.section_binary(section);
        self.number(value, "a size is a number below 4294967296");
    }

    /// The number of a part, or nothing.
    fn section_binary(&mut self, section: Span) {
        let octets = section.of(self.octets);
        let fits = |number: &[u8]| part_number(number) == Some(number.len());
        if !octets.is_empty() && !octets.split(|octet| *octet == b'.').all(fits) {
            self.fault(FORM, section, "a section of BINARY is the number of a part");
        }
    }
}

/// Whether this is data of the domain 8bit (RFC 2045 section 2.8).
fn is_eight_bit(octets: &[u8]) -> bool {
    octets.split_inclusive(|octet| *octet == b'\n').all(|line| {
        let text = if line.ends_with(b"\n") { line.strip_suffix(b"\r\n") } else { Some(line) };
        text.is_some_and(|text| text.len() <= LONGEST_LINE && !text.contains(&0) && !text.contains(&b'\r'))
    })
}

/// Octets of a line of 8bit data, without CRLF.
const LONGEST_LINE: usize = 998;

/// Sections of BINARY are numbers of parts.
const FORM: &str = "rfc3516-7-01";
