//! Quoted text and its escapes: `\r \n \t \0 \\ \" \xHH`.

use super::{
    mistake::{Parsed, Trouble},
    text::Cursor,
};

/// Reads `"text"`.
pub(super) fn quoted(cursor: &mut Cursor<'_>) -> Parsed<Vec<u8>> {
    let start = cursor.at;
    cursor.eat("\"");
    let mut octets = Vec::new();
    loop {
        match cursor.peek() {
            Some(b'"') => {
                cursor.eat("\"");
                return Ok(octets);
            }
            Some(b'\\') => octets.push(escape(cursor)?),
            _ => match cursor.take_char() {
                Some(character) => octets.extend_from_slice(character.as_bytes()),
                None => {
                    return Err(Trouble::new(
                        cursor.since(start),
                        "this quote is never closed",
                        "opened here",
                    ));
                }
            },
        }
    }
}

/// Reads one escape, its backslash being next.
pub(super) fn escape(cursor: &mut Cursor<'_>) -> Parsed<u8> {
    let start = cursor.at;
    cursor.eat("\\");
    let octet = match cursor.take_char() {
        Some("r") => b'\r',
        Some("n") => b'\n',
        Some("t") => b'\t',
        Some("0") => 0,
        Some("\\") => b'\\',
        Some("\"") => b'"',
        Some("x") => {
            let digits =
                cursor.rest().get(..2).filter(|digits| digits.bytes().all(|d| d.is_ascii_hexdigit()));
            let octet = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
            let Some(octet) = octet else {
                return Err(Trouble::new(
                    cursor.since(start),
                    "`\\x` needs two hexadecimal digits",
                    "as in `\\x0D`",
                ));
            };
            cursor.at += 2;
            octet
        }
        _ => {
            return Err(Trouble::new(cursor.since(start), "this is no escape", "unknown escape")
                .hint("`\\r \\n \\t \\0 \\\\ \\\" \\xHH`; a backslash itself is written `\\\\`"));
        }
    };
    Ok(octet)
}
