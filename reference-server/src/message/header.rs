//! Header fields (RFC 5322 section 2.2).

use std::ops::Range;

use memchr::{memchr, memchr2};

/// A header within the octets of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The fields, without the blank line.
    pub fields: Range<usize>,
    /// The blank line that ends the header; empty if there is none.
    pub blank: Range<usize>,
}

/// One field of a header. A line that is no field has an empty name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<'m> {
    /// The name before the colon.
    pub name: &'m [u8],
    /// The octets after the colon, with folds and the last line end.
    pub body: &'m [u8],
    /// The whole field with its last line end.
    pub octets: &'m [u8],
}

impl Header {
    /// The header at the start of `within`. Without a blank line all of it is header.
    #[must_use]
    pub fn scan(octets: &[u8], within: Range<usize>) -> Self {
        let mut at = within.start;
        while at < within.end {
            let next = line_end(octets, at, within.end);
            if matches!(&octets[at..next], b"\r\n" | b"\n") {
                return Self { fields: within.start..at, blank: at..next };
            }
            at = next;
        }
        Self { fields: within.clone(), blank: within.end..within.end }
    }

    /// Fields and blank line.
    #[must_use]
    pub fn whole(&self) -> Range<usize> {
        self.fields.start..self.blank.end
    }

    /// The fields, in order.
    pub fn fields<'m>(&self, octets: &'m [u8]) -> impl Iterator<Item = Field<'m>> + use<'m> {
        let Range { start: mut at, end } = self.fields;
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let start = at;
            at = line_end(octets, at, end);
            while at < end && matches!(octets[at], b' ' | b'\t') {
                at = line_end(octets, at, end);
            }
            let whole = &octets[start..at];
            let colon = memchr(b':', whole).filter(|colon| {
                let name = whole[..*colon].trim_ascii_end();
                // All octets are looked at, which takes less time than to stop at the first that does not fit.
                !name.is_empty() && name.iter().fold(true, |fits, octet| fits & (0x21..0x7f).contains(octet))
            });
            Some(match colon {
                Some(colon) => {
                    Field { name: whole[..colon].trim_ascii_end(), body: &whole[colon + 1..], octets: whole }
                }
                None => Field { name: b"", body: whole, octets: whole },
            })
        })
    }

    /// The text of the first field with this name.
    #[must_use]
    pub fn text(&self, octets: &[u8], name: &str) -> Option<Vec<u8>> {
        self.fields(octets).find(|field| field.is(name.as_bytes())).map(|field| field.text())
    }
}

impl Field<'_> {
    /// Whether the field has this name, in any letter case.
    #[must_use]
    pub fn is(&self, name: &[u8]) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The body unfolded, without space around it.
    #[must_use]
    pub fn text(&self) -> Vec<u8> {
        let body = self.body.trim_ascii();
        match memchr2(b'\r', b'\n', body) {
            None => body.to_vec(),
            Some(_) => body.iter().copied().filter(|octet| !matches!(octet, b'\r' | b'\n')).collect(),
        }
    }
}

/// Where the line that begins at `at` ends, line end included.
pub(super) fn line_end(octets: &[u8], at: usize, end: usize) -> usize {
    memchr(b'\n', &octets[at..end]).map_or(end, |len| at + len + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_their_folds_and_lose_them_as_text() {
        let octets = b"Subject: one\r\n two\r\nno field\r\nX : y\r\n\r\nbody";
        let header = Header::scan(octets, 0..octets.len());
        assert_eq!(&octets[header.blank.end..], b"body");
        let names: Vec<_> = header.fields(octets).map(|field| field.name).collect();
        assert_eq!(names, [&b"Subject"[..], b"", b"X"]);
        assert_eq!(header.text(octets, "subject").unwrap(), b"one two");
        assert_eq!(header.fields(octets).next().unwrap().octets, b"Subject: one\r\n two\r\n");
    }

    #[test]
    fn a_header_may_lack_its_blank_line_or_its_fields() {
        let octets = b"Subject: x\r\n";
        assert_eq!(Header::scan(octets, 0..12), Header { fields: 0..12, blank: 12..12 });
        assert_eq!(Header::scan(b"\r\nbody", 0..6), Header { fields: 0..0, blank: 0..2 });
        assert_eq!(Header::scan(b"", 0..0), Header { fields: 0..0, blank: 0..0 });
    }
}
