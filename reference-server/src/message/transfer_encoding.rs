//! Content-Transfer-Encoding (RFC 2045 section 6): how a body is written.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::NO_PAD;

/// The octets that a body stands for, as far as it is well-formed. `None` if nobody knows the encoding.
#[must_use]
pub fn decoded<'b>(encoding: &[u8], body: &'b [u8]) -> Option<Cow<'b, [u8]>> {
    let is = |name: &str| encoding.eq_ignore_ascii_case(name.as_bytes());
    if ["7bit", "8bit", "binary"].into_iter().any(is) {
        Some(Cow::Borrowed(body))
    } else if is("base64") {
        Some(Cow::Owned(base64(body)))
    } else if is("quoted-printable") {
        Some(Cow::Owned(quoted_printable(body)))
    } else {
        None
    }
}

/// Digits alone, whatever bits are left over behind the last octet.
const DIGITS: GeneralPurpose = GeneralPurpose::new(&STANDARD, NO_PAD.with_decode_allow_trailing_bits(true));

/// RFC 2045 section 6.8: what is no digit is ignored, and padding is the end.
fn base64(body: &[u8]) -> Vec<u8> {
    let is_digit = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/');
    let mut digits: Vec<u8> =
        body.iter().copied().take_while(|octet| *octet != b'=').filter(is_digit).collect();
    if digits.len() % 4 == 1 {
        // Six bits make no octet.
        digits.pop();
    }
    // Nothing is left that could be an error.
    DIGITS.decode(digits).unwrap_or_default()
}

/// RFC 2045 section 6.7: space at the end of a line is dropped, a `=` there joins it with the next, and lines end in
/// CRLF. A `=` before anything but two hexadecimal digits stands for itself.
fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut octets = Vec::with_capacity(body.len());
    for line in body.split_inclusive(|octet| *octet == b'\n') {
        let ends = line.ends_with(b"\n");
        let text = line.trim_ascii_end();
        let text = if ends { text } else { line };
        let (text, joined) = match text.trim_ascii_end().strip_suffix(b"=") {
            Some(text) => (text, true),
            None => (text, false),
        };
        let mut at = 0;
        while let Some(&octet) = text.get(at) {
            let escaped = match text[at..] {
                [b'=', high, low, ..] => hexadecimal(high).zip(hexadecimal(low)),
                _ => None,
            };
            match escaped {
                Some((high, low)) => octets.push(high << 4 | low),
                None => octets.push(octet),
            }
            at += if escaped.is_some() { 3 } else { 1 };
        }
        if ends && !joined {
            octets.extend_from_slice(b"\r\n");
        }
    }
    octets
}

fn hexadecimal(octet: u8) -> Option<u8> {
    char::from(octet).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bodies_are_decoded() {
        for (encoding, body, wanted) in [
            ("7BIT", "a=3D", Some("a=3D")),
            ("8bit", "", Some("")),
            ("binary", "x\n", Some("x\n")),
            ("BASE64", "aGVs\r\nbG8=\r\n", Some("hello")),
            ("base64", "aGV!s bG8", Some("hello")),
            ("base64", "aGVsbG8=ignored", Some("hello")),
            ("base64", "", Some("")),
            ("base64", "Z", Some("")),
            ("base64", "aGVsbG8=\r\naGVsbG8=", Some("hello")),
            ("base64", "aGVsbG9Z\nQ", Some("helloY")),
            ("base64", "/+9=", Some("\u{fffd}\u{fffd}")),
            ("quoted-printable", "a=3Db=\r\nc  \r\nd", Some("a=bc\r\nd")),
            ("Quoted-Printable", "a \n=\r\n\r\nb= \r\nc=", Some("a\r\n\r\nbc")),
            ("quoted-printable", "=zz =4 =e9", Some("=zz =4 \u{fffd}")),
            ("x-uuencode", "x", None),
        ] {
            let found = decoded(encoding.as_bytes(), body.as_bytes());
            let found = found.map(|octets| String::from_utf8_lossy(&octets).into_owned());
            assert_eq!(found.as_deref(), wanted, "{encoding} {body:?}");
        }
    }

    proptest! {
        #[test]
        fn base64_comes_back(octets in any::<Vec<u8>>()) {
            let encoded = base64::engine::general_purpose::STANDARD.encode(&octets);
            prop_assert_eq!(base64(encoded.as_bytes()), octets);
        }

        /// Each four digits bring three octets, whatever stands between them.
        #[test]
        fn base64_is_read_as_far_as_it_goes(body in "[A-Za-z0-9+/ =!\r\n]{0,30}") {
            let digits = body.split('=').next().unwrap().bytes().filter(|o| o.is_ascii_alphanumeric() || b"+/".contains(o));
            prop_assert_eq!(base64(body.as_bytes()).len(), digits.count() * 6 / 8);
        }
    }
}
