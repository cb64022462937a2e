//! The forms of a string (RFC 3501 section 4.3).

use crate::imap::command_atom;

/// Longest quoted string; a longer one is sent as a literal.
const LONGEST_QUOTED: usize = 1024;

/// An atom where possible, otherwise a string.
pub(super) fn astring(octets: &[u8], out: &mut Vec<u8>) {
    let plain = !octets.is_empty() && octets.iter().all(|octet| command_atom(*octet));
    if plain && !octets.eq_ignore_ascii_case(b"NIL") {
        out.extend_from_slice(octets);
    } else {
        string(octets, out);
    }
}

/// A quoted string where possible, otherwise a literal.
pub(super) fn string(octets: &[u8], out: &mut Vec<u8>) {
    let quotable = |octet: &u8| matches!(octet, 1..=0x7f) && !matches!(octet, b'\r' | b'\n');
    if octets.len() <= LONGEST_QUOTED && octets.iter().all(quotable) {
        quoted(octets, out);
    } else {
        literal(octets, out);
    }
}

/// A string, or NIL if it is absent.
pub(super) fn nstring(octets: Option<&[u8]>, out: &mut Vec<u8>) {
    match octets {
        Some(octets) => string(octets, out),
        None => out.extend_from_slice(b"NIL"),
    }
}

/// A quoted string; the octets must be 7-bit and hold neither CR, LF nor NUL.
pub(super) fn quoted(octets: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for &octet in octets {
        if matches!(octet, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(octet);
    }
    out.push(b'"');
}

/// A literal.
pub(super) fn literal(octets: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(format!("{{{}}}\r\n", octets.len()).as_bytes());
    out.extend_from_slice(octets);
}

/// A literal that may hold NUL (RFC 3516 section 7, `literal8`).
pub(super) fn literal8(octets: &[u8], out: &mut Vec<u8>) {
    out.push(b'~');
    literal(octets, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_string_gets_a_form_that_holds_it() {
        for (octets, wanted) in [
            (&b"INBOX"[..], "INBOX"),
            (b"", "\"\""),
            (b"nil", "\"nil\""),
            (b"a b", "\"a b\""),
            (b"a\"b\\", "\"a\\\"b\\\\\""),
            (b"a\r\nb", "{4}\r\na\r\nb"),
            ("\u{fc}".as_bytes(), "{2}\r\n\u{fc}"),
        ] {
            let mut out = Vec::new();
            astring(octets, &mut out);
            assert_eq!(out, wanted.as_bytes());
        }
    }
}
