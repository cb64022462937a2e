//! The text of a message: header fields and text parts, decoded.

use base64::{Engine as _, engine::general_purpose};
use mail_parser::{MessageParser, PartType, decoders::charsets::map::charset_decoder};

use crate::fixtures::{fields, section};

/// Whether the text, in any letter case, holds `wanted`, which is in lower case.
pub(super) fn holds(text: &str, wanted: &str) -> bool {
    text.to_lowercase().contains(wanted)
}

/// The values of all fields with this name: unfolded, without the space behind the colon, encoded words decoded.
pub(super) fn values(message: &[u8], name: &str) -> Vec<String> {
    let header = section(message, "HEADER").unwrap_or_default();
    let named = |(found, _): &(&[u8], &[u8])| found.eq_ignore_ascii_case(name.as_bytes());
    let value = |(_, field): (&[u8], &[u8])| {
        let colon = field.iter().position(|&octet| octet == b':').map_or(field.len(), |colon| colon + 1);
        decoded(&field[colon..]).trim().to_owned()
    };
    fields(&header).into_iter().filter(named).map(value).collect()
}

/// The whole fields of the header, names included, decoded.
pub(super) fn header(message: &[u8]) -> Vec<String> {
    let header = section(message, "HEADER").unwrap_or_default();
    fields(&header).into_iter().map(|(_, field)| decoded(field)).collect()
}

/// The texts of the body: of text parts, and of the headers and bodies of messages within.
pub(super) fn body(message: &[u8]) -> Vec<String> {
    let mut texts = Vec::new();
    if let Some(parsed) = MessageParser::new().parse(message) {
        collect(&parsed, &mut texts, 0);
    } else {
        // A message without header fields is text.
        let text = section(message, "TEXT").unwrap_or_default();
        texts.push(String::from_utf8_lossy(&text).into_owned());
    }
    texts
}

/// Messages within messages are followed this deep.
const MAX_DEPTH: usize = 50;

fn collect(message: &mail_parser::Message<'_>, texts: &mut Vec<String>, depth: usize) {
    for part in &message.parts {
        match &part.body {
            PartType::Text(text) | PartType::Html(text) => texts.push(text.to_string()),
            PartType::Message(inner) if depth < MAX_DEPTH => {
                let range =
                    inner.parts.first().map(|root| root.offset_header as usize..root.offset_body as usize);
                let octets = range.and_then(|range| inner.raw_message.get(range)).unwrap_or_default();
                texts.extend(header(octets));
                collect(inner, texts, depth + 1);
            }
            PartType::Message(_)
            | PartType::Binary(_)
            | PartType::InlineBinary(_)
            | PartType::Multipart(_) => {}
        }
    }
}

/// Unfolds a field and decodes its encoded words (RFC 2047). White space between two of them is none.
fn decoded(field: &[u8]) -> String {
    let unfolded: Vec<u8> = field.iter().copied().filter(|octet| !matches!(octet, b'\r' | b'\n')).collect();
    let text = String::from_utf8_lossy(&unfolded);
    let mut out = String::new();
    let mut rest: &str = &text;
    let mut behind_encoded = false;
    while let Some(start) = rest.find("=?") {
        let (before, from) = rest.split_at(start);
        let Some((word, length)) = encoded_word(from) else {
            out.push_str(before);
            out.push_str("=?");
            rest = &from[2..];
            behind_encoded = false;
            continue;
        };
        if !(behind_encoded && before.chars().all(|character| matches!(character, ' ' | '\t'))) {
            out.push_str(before);
        }
        out.push_str(&word);
        rest = &from[length..];
        behind_encoded = true;
    }
    out.push_str(rest);
    out
}

/// The encoded word that `text` begins with, decoded, and its length.
fn encoded_word(text: &str) -> Option<(String, usize)> {
    let mut pieces = text.strip_prefix("=?")?.splitn(4, '?');
    let (charset, encoding, encoded) = (pieces.next()?, pieces.next()?, pieces.next()?);
    if !pieces.next()?.starts_with('=') || encoded.contains([' ', '\t']) {
        return None;
    }
    let octets = match encoding {
        "b" | "B" => general_purpose::STANDARD_NO_PAD.decode(encoded.trim_end_matches('=')).ok()?,
        "q" | "Q" => q_decoded(encoded.as_bytes())?,
        _ => return None,
    };
    let length = "=?".len() + charset.len() + 1 + encoding.len() + 1 + encoded.len() + "?=".len();
    // RFC 2231 section 5: a language may stand behind the charset.
    let charset = charset.split('*').next().unwrap_or_default();
    let word = match charset_decoder(charset.as_bytes()) {
        Some(decode) => decode(&octets),
        None => String::from_utf8_lossy(&octets).into_owned(),
    };
    Some((word, length))
}

fn q_decoded(encoded: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut octets = encoded.iter();
    while let Some(&octet) = octets.next() {
        out.push(match octet {
            b'_' => b' ',
            b'=' => {
                let digits = [*octets.next()?, *octets.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            other => other,
        });
    }
    Some(out)
}
