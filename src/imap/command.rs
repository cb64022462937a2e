//! What is needed to write commands: strings, mailbox names and tags.

use std::fmt::Write as _;

/// `text` as a quoted string, or `None` if only a literal can carry it: with CR, LF, NUL or 8-bit octets (RFC 3501
/// section 4.3).
#[must_use]
pub fn quoted(text: &[u8]) -> Option<Vec<u8>> {
    if text.iter().any(|&octet| matches!(octet, 0 | b'\r' | b'\n' | 0x80..)) {
        return None;
    }
    let mut out = Vec::with_capacity(text.len() + 2);
    out.push(b'"');
    for &octet in text {
        if matches!(octet, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(octet);
    }
    out.push(b'"');
    Some(out)
}

/// `name` in the modified UTF-7 of mailbox names (RFC 3501 section 5.1.3).
#[must_use]
pub fn modified_utf7(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut units: Vec<u16> = Vec::new();
    for character in name.chars() {
        if matches!(character, ' '..='~') {
            flush(&mut units, &mut out);
            out.push(character);
            if character == '&' {
                out.push('-');
            }
        } else {
            units.extend_from_slice(character.encode_utf16(&mut [0; 2]));
        }
    }
    flush(&mut units, &mut out);
    out
}

fn flush(units: &mut Vec<u16>, out: &mut String) {
    if units.is_empty() {
        return;
    }
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
    out.push('&');
    let mut bits = 0u32;
    let mut count = 0;
    for unit in units.drain(..) {
        for octet in unit.to_be_bytes() {
            bits = (bits << 8) | u32::from(octet);
            count += 8;
            while count >= 6 {
                count -= 6;
                out.push(char::from(DIGITS[(bits >> count) as usize & 63]));
            }
            bits &= (1 << count) - 1;
        }
    }
    if count > 0 {
        out.push(char::from(DIGITS[(bits << (6 - count)) as usize & 63]));
    }
    out.push('-');
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

    /// Appends the next tag to a command under way, without an allocation of its own.
    pub fn write_tag(&mut self, to: &mut String) {
        self.last += 1;
        to.push_str(&self.prefix);
        // Writing to a String does not fail.
        let _ = write!(to, "{}", self.last);
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
    fn mailbox_names_in_modified_utf7() {
        let cases = [
            ("INBOX", "INBOX"),
            ("&", "&-"),
            ("~peter/mail/\u{53F0}\u{5317}/\u{65E5}\u{672C}\u{8A9E}", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("\u{E9}ok", "&AOk-ok"),
            ("\u{1F600}", "&2D3eAA-"),
            ("tab\t", "tab&AAk-"),
            ("\u{E9}&\u{E9}", "&AOk-&-&AOk-"),
        ];
        for (name, encoded) in cases {
            assert_eq!(modified_utf7(name), encoded);
        }
    }

    #[test]
    fn tags_never_repeat() {
        let mut tags = Tags::new("a");
        let mut line = String::new();
        assert_eq!(tags.tag(), "a1");
        tags.write_tag(&mut line);
        assert_eq!(line, "a2");
        assert_eq!(tags.tag(), "a3");
    }
}
