//! The items of BINARY in a FETCH response (RFC 3516 section 7).

use super::Rules;
use super::fetch::part_number;
use crate::fault::Span;
use crate::imap::node::{Node, NodeKind};

impl Rules<'_> {
    /// `"BINARY" section-binary SP (nstring / literal8)`
    pub(super) fn binary(&mut self, section: Span, value: &Node) {
        self.section_binary(section);
        self.nstring(value, FORM, "the content of a part is a string, a binary literal or NIL");
        let NodeKind::Literal { content } = value.kind else { return };
        let is_binary = value.raw(self.octets).starts_with(b"~");
        if is_binary && !content.of(self.octets).contains(&0) {
            let header = Span { start: value.span.start, end: content.start };
            self.fault("rfc3516-4.3-01", header, "a binary literal that holds no NUL");
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

/// Sections of BINARY are numbers of parts.
const FORM: &str = "rfc3516-7-01";
