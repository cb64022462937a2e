//! Text that SEARCH looks at: transfer encodings, encoded words and charsets resolved, letter case folded.

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;

use super::header::{Field, Header};
use super::structure::{Content, Part};

/// Text in the form in which two texts are compared.
#[must_use]
pub fn folded(text: &str) -> String {
    text.to_lowercase()
}

/// Whether the text of the field contains `needle`, which is [`folded`].
#[must_use]
pub fn field_contains(field: &Field<'_>, needle: &str) -> bool {
    folded(&decoded_field(field)).contains(needle)
}

/// The text of a field with its encoded words decoded.
#[must_use]
fn decoded_field(field: &Field<'_>) -> String {
    let text = field.text();
    if !text.windows(2).any(|pair| pair == b"=?") {
        return String::from_utf8_lossy(&text).into_owned();
    }
    let header = [b"Subject: ".as_slice(), &text, b"\r\n\r\n"].concat();
    let message = mail_parser::MessageParser::new().parse_headers(&header);
    let decoded = message.as_ref().and_then(|message| message.subject());
    decoded.map_or_else(|| String::from_utf8_lossy(&text).into_owned(), str::to_owned)
}

/// Whether the body of a part contains `needle`, which is [`folded`]: in a part of type text, or in the header or body
/// of an enclosed message.
#[must_use]
pub fn body_contains(octets: &[u8], part: &Part, needle: &str) -> bool {
    match &part.content {
        Content::Multipart(parts) => parts.iter().any(|part| body_contains(octets, part, needle)),
        Content::Message(enclosed) => {
            header_contains(octets, &enclosed.header, needle) || body_contains(octets, enclosed, needle)
        }
        Content::Leaf if part.media.is_kind("text") => folded(&decoded_body(octets, part)).contains(needle),
        Content::Leaf => false,
    }
}

fn header_contains(octets: &[u8], header: &Header, needle: &str) -> bool {
    header.fields(octets).any(|field| {
        folded(&format!("{}: {}", String::from_utf8_lossy(field.name), decoded_field(&field)))
            .contains(needle)
    })
}

fn decoded_body(octets: &[u8], part: &Part) -> String {
    let body = &octets[part.body.clone()];
    let decoded = if part.encoding.eq_ignore_ascii_case(b"base64") {
        base64_decode(body)
    } else if part.encoding.eq_ignore_ascii_case(b"quoted-printable") {
        quoted_printable_decode(body)
    } else {
        None
    };
    let body = decoded.as_deref().unwrap_or(body);
    match part.media.parameter("charset").and_then(charset_decoder) {
        Some(decode) => decode(body),
        None => String::from_utf8_lossy(body).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(message: &str, needle: &str) -> bool {
        body_contains(message.as_bytes(), &Part::of_message(message.as_bytes()), &folded(needle))
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
        assert!(field_contains(&field, "grüße folded"), "{}", decoded_field(&field));
    }
}
