//! Keeps out of the transcript what a command that logs in carries, whatever it is: passwords too short to be looked for, digests,
//! and what SASL encodes.

use std::borrow::Cow;

use crate::scenario::program::Protocol;

/// What stands for a secret.
const MASK: &[u8] = b"***";

/// The octets of commands, with `***` for the credentials in LOGIN (RFC 3501 section 6.2.3), PASS and APOP (RFC 1939 section 7), and
/// for the initial response of AUTHENTICATE and AUTH (RFC 4959 section 3, RFC 5034 section 4).
pub(super) fn hidden(protocol: Protocol, octets: &[u8]) -> Cow<'_, [u8]> {
    let mut shown = Vec::with_capacity(octets.len());
    for line in octets.split_inclusive(|&octet| octet == b'\n') {
        match credentials(protocol, line) {
            Some((from, until)) => {
                shown.extend_from_slice(&line[..from]);
                shown.extend_from_slice(MASK);
                shown.extend_from_slice(&line[until..]);
            }
            None => shown.extend_from_slice(line),
        }
    }
    if shown == octets { Cow::Borrowed(octets) } else { Cow::Owned(shown) }
}

/// Where in a line of a command its credentials stand.
fn credentials(protocol: Protocol, line: &[u8]) -> Option<(usize, usize)> {
    let end = line.trim_ascii_end().len();
    let text = &line[..end];
    let command = if protocol == Protocol::Imap { behind_word(text, 0)? } else { 0 };
    let arguments = behind_word(text, command)?;
    let name = text[command..arguments].trim_ascii_end().to_ascii_uppercase();
    let from = match (protocol, name.as_slice()) {
        (Protocol::Imap, b"LOGIN") => behind_astring(text, arguments)?,
        (Protocol::Pop3, b"PASS") => arguments,
        (Protocol::Pop3, b"APOP" | b"AUTH") | (Protocol::Imap, b"AUTHENTICATE") => {
            behind_word(text, arguments)?
        }
        _ => return None,
    };
    match &text[from..] {
        // An empty response, or a literal, which is announced here and comes later.
        [] | b"=" | [b'{', .., b'}'] => None,
        [b'"', inner @ .., b'"'] => Some((from + 1, from + 1 + inner.len())),
        _ => Some((from, end)),
    }
}

/// Where the next word begins behind the one at `from`.
fn behind_word(text: &[u8], from: usize) -> Option<usize> {
    let length = text[from..].iter().position(|&octet| octet == b' ')?;
    let spaces = text[from + length..].iter().take_while(|&&octet| octet == b' ').count();
    (from + length + spaces < text.len()).then_some(from + length + spaces)
}

/// Where the next argument begins behind the astring at `from`.
fn behind_astring(text: &[u8], from: usize) -> Option<usize> {
    if text.get(from) != Some(&b'"') {
        return behind_word(text, from);
    }
    let mut at = from + 1;
    while let Some(octet) = text.get(at) {
        match octet {
            b'\\' => at += 2,
            b'"' => return behind_word(text, at),
            _ => at += 1,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_hidden_by_their_place() {
        use Protocol::{Imap, Pop3};
        for (protocol, said, shown) in [
            (Imap, "a1 LOGIN u1 x\r\n", "a1 LOGIN u1 ***\r\n"),
            (Imap, "a1 login \"u \\\" 1\" \"x \\\"\"\r\n", "a1 login \"u \\\" 1\" \"***\"\r\n"),
            (Imap, "a1 LOGIN u1 {1}\r\n", "a1 LOGIN u1 {1}\r\n"),
            (Imap, "a1 LOGIN\r\n", "a1 LOGIN\r\n"),
            (Imap, "a1 LOGIN \"u1\r\n", "a1 LOGIN \"u1\r\n"),
            (Imap, "a1 AUTHENTICATE PLAIN AHUxAHg=\r\n", "a1 AUTHENTICATE PLAIN ***\r\n"),
            (Imap, "a1 AUTHENTICATE EXTERNAL =\r\n", "a1 AUTHENTICATE EXTERNAL =\r\n"),
            (Imap, "a1 AUTHENTICATE CRAM-MD5\r\n", "a1 AUTHENTICATE CRAM-MD5\r\n"),
            (Imap, "a1 NOOP\r\na2 LOGIN u1 x\r\n", "a1 NOOP\r\na2 LOGIN u1 ***\r\n"),
            (Imap, "a1 SELECT LOGIN x\r\n", "a1 SELECT LOGIN x\r\n"),
            (Pop3, "USER u1\r\nPASS x y\r\n", "USER u1\r\nPASS ***\r\n"),
            (Pop3, "APOP u1 c4c9334bac560ecc979e58001b3e22fb\r\n", "APOP u1 ***\r\n"),
            (Pop3, "AUTH PLAIN AHUxAHg=\r\n", "AUTH PLAIN ***\r\n"),
            (Pop3, "auth scram-sha-256 biws\r\n", "auth scram-sha-256 ***\r\n"),
            (Pop3, "PASS\r\n", "PASS\r\n"),
            (Pop3, "LOGIN u1 x\r\n", "LOGIN u1 x\r\n"),
        ] {
            assert_eq!(String::from_utf8_lossy(&hidden(protocol, said.as_bytes())), shown);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_octets_will_do(octets in proptest::collection::vec(0_u8.., 0..60)) {
            for protocol in [Protocol::Imap, Protocol::Pop3] {
                let _ = hidden(protocol, &octets);
                let login = [b"a1 LOGIN ", octets.as_slice()].concat();
                let _ = hidden(protocol, &login);
            }
        }
    }
}
