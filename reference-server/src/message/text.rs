//! Text that SEARCH looks at: transfer encodings, encoded words and charsets resolved, and mapped by [`casemap`].

use std::borrow::Cow;

use mail_parser::decoders::charsets::map::charset_decoder;
use memchr::memmem;

use super::collation::casemap;
use super::header::{Field, Header};
use super::structure::{Content, Part};
use super::transfer_encoding;

/// Whether the text of the field contains `needle`, as [`casemap`] makes it.
#[must_use]
pub fn field_contains(field: &Field<'_>, needle: &str) -> bool {
    casemap(&decoded_field(field)).contains(needle)
}

/// The text of a field with its encoded words decoded.
#[must_use]
pub fn decoded_field(field: &Field<'_>) -> String {
    let text = field.text();
    if memmem::find(&text, b"=?").is_none() {
        return String::from_utf8(text)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    }
    let header = [b"Subject: ".as_slice(), &text, b"\r\n\r\n"].concat();
    let message = mail_parser::MessageParser::new().parse_headers(&header);
    let decoded = message.as_ref().and_then(|message| message.subject());
    decoded.map_or_else(|| String::from_utf8_lossy(&text).into_owned(), str::to_owned)
}

/// Whether the body of a part contains `needle`, as [`casemap`] makes it: in a part of type text, or in the header or body
/// of an enclosed message.
#[must_use]
pub fn body_contains(octets: &[u8], part: &Part, needle: &str) -> bool {
    match &part.content {
        Content::Multipart(parts) => parts.iter().any(|part| body_contains(octets, part, needle)),
        Content::Message(enclosed) => {
            header_contains(octets, &enclosed.header, needle) || body_contains(octets, enclosed, needle)
        }
        Content::Leaf if part.media.is_kind("text") => casemap(&decoded_body(octets, part)).contains(needle),
        Content::Leaf => false,
    }
}

fn header_contains(octets: &[u8], header: &Header, needle: &str) -> bool {
    header.fields(octets).any(|field| {
        casemap(&format!("{}: {}", String::from_utf8_lossy(field.name), decoded_field(&field)))
            .contains(needle)
    })
}

fn decoded_body(octets: &[u8], part: &Part) -> String {
    let body = &octets[part.body.clone()];
    let body = transfer_encoding::decoded(&part.encoding, body).unwrap_or(Cow::Borrowed(body));
    match part.media.parameter("charset").and_then(charset_decoder) {
        Some(decode) => decode(&body),
        None => String::from_utf8_lossy(&body).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(message: &str, needle: &str) -> bool {
        body_contains(message.as_bytes(), &Part::of_message(message.as_bytes()), &casemap(needle))
    }

    #[test]
    fn bodies_are_searched_decoded() {
        let base64 = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nR3LDvMOfZQ==\r\n";
        assert!(contains(base64, "GRÜSSE") || contains(base64, "GRÜßE"));
        let quoted = "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
                      Gr=FC=\r\n=DFe\r\n";
        assert!(contains(quoted, "grüße"));
        assert!(!contains("Subject: word\r\n\r\nbody", "word"));
        assert!(contains("Content-Type: message/rfc822\r\n\r\nSubject: word\r\n\r\nbody", "subject: WORD"));
        assert!(!contains("Content-Type: application/pdf\r\n\r\nword", "word"));
    }

    #[test]
    fn fields_are_searched_decoded() {
        let octets = b"Subject: =?utf-8?Q?Gr=C3=BC?=\r\n =?utf-8?B?w59l?= folded\r\n\r\n";
        let header = Header::scan(octets, 0..octets.len());
        let field = header.fields(octets).next().unwrap();
        assert!(field_contains(&field, &casemap("grüße folded")), "{}", decoded_field(&field));
    }
}
