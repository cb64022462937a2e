//! What is needed to write commands: strings and tags.

/// `text` as a quoted string, or `None` if only a literal can carry it: with CR, LF, NUL or 8-bit octets (RFC 3501
/// section 4.3).
#[must_use]
pub fn quoted(text: &[u8]) -> Option<Vec<u8>> {
    if text.iter().any(|&octet| matches!(octet, 0 | b'\r' | b'\n' | 0x80..)) {
        return None;
    }
    Some(in_quotes(text))
}

/// `text` between quotes, quotes and backslashes escaped, whether a quoted string can carry it or not.
#[must_use]
pub fn in_quotes(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 2);
    out.push(b'"');
    for &octet in text {
        if matches!(octet, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(octet);
    }
    out.push(b'"');
    out
}

/// Gives each command of a session its own tag: a prefix and a number.
#[derive(Clone, Debug)]
pub struct Tags {
    prefix: String,
    last: u64,
}

impl Tags {
    /// Tags that begin with `prefix`, which must be made of tag characters and be free of digits at its end.
    #[must_use]
    pub fn new(prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), last: 0 }
    }

    /// The next tag.
    #[must_use]
    pub fn tag(&mut self) -> String {
        self.last += 1;
        format!("{}{}", self.prefix, self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_strings_escape_what_they_can_carry() {
        let cases: &[(&[u8], Option<&[u8]>)] = &[
            (b"", Some(b"\"\"")),
            (b"plain text", Some(b"\"plain text\"")),
            (b"a\"b\\c", Some(b"\"a\\\"b\\\\c\"")),
            (b"tab\tis fine", Some(b"\"tab\tis fine\"")),
            (b"line\r\n", None),
            (b"\0", None),
            (b"\xC3\xA9", None),
        ];
        for (text, expected) in cases {
            assert_eq!(quoted(text).as_deref(), *expected);
        }
    }

    #[test]
    fn tags_never_repeat() {
        let mut tags = Tags::new("a");
        assert_eq!([tags.tag(), tags.tag(), tags.tag()], ["a1", "a2", "a3"]);
    }
}
