//! How responses are spelled (RFC 3501 sections 2.2, 4, 7 and 9).

use super::fault::Fault;
use super::imap::replace;
use crate::imap::command::State;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("bare-lf", &["rfc3501-2.2-02"], "Lines end with LF alone").octets(|_, octets| {
        if octets.ends_with(b"\r\n") {
            octets.truncate(octets.len() - 2);
            octets.push(b'\n');
        }
    }),
    Fault::new(
        "trailing-space",
        &["rfc3501-9-03b", "rfc3501-7.2.5-01"],
        "Lists of numbers and FETCH lines end with a space",
    )
    .octets(|_, octets| {
        if octets.starts_with(b"* SEARCH") || octets.ends_with(b")\r\n") {
            replace_end(octets, b" \r\n");
        }
    }),
    Fault::new("two-spaces", &["rfc3501-9-03b"], "Two spaces stand behind the asterisk").octets(
        |_, octets| {
            if octets.starts_with(b"* ") {
                octets.insert(1, b' ');
            }
        },
    ),
    Fault::new(
        "tag-in-capitals",
        &["rfc3501-2.2.2-03"],
        "The tag comes back in capitals while a mailbox is selected",
    )
    .octets(|scene, octets| {
        if scene.state == State::Selected && !octets.starts_with(b"* ") && !octets.starts_with(b"+") {
            let end = octets.iter().position(|octet| *octet == b' ').unwrap_or(0);
            octets[..end].make_ascii_uppercase();
        }
    }),
    Fault::new(
        "tag-cut",
        &["rfc3501-2.2.2-03", "rfc3501-2.2.1-01"],
        "The tag comes back with at most three letters",
    )
    .octets(|_, octets| {
        if !octets.starts_with(b"* ") && !octets.starts_with(b"+") {
            let end = octets.iter().position(|octet| *octet == b' ').unwrap_or(0);
            octets.drain(end.min(3)..end);
        }
    }),
    Fault::new("literal-count-low", &["rfc3501-4.3-02"], "Literals are announced one octet too short")
        .octets(|_, octets| count(octets, -1)),
    Fault::new("literal-count-high", &["rfc3501-4.3-02"], "Literals are announced one octet too long")
        .octets(|_, octets| count(octets, 1)),
    Fault::new(
        "quotes-unescaped",
        &["rfc3501-9-59"],
        "Quotes and backslashes in quoted strings are not escaped",
    )
    .octets(|_, octets| {
        if octets.windows(9).any(|window| window == b"ENVELOPE ") {
            let mut escaped = false;
            octets.retain(|octet| {
                escaped = *octet == b'\\' && !escaped;
                !escaped
            });
        }
    }),
    Fault::new("envelope-empty-lists", &["rfc3501-9-37"], "Absent addresses in ENVELOPE are () and not NIL")
        .octets(|_, octets| {
            if octets.windows(9).any(|window| window == b"ENVELOPE ") {
                replace(octets, b")) NIL ", b")) () ");
            }
        }),
    Fault::new("size-negative", &["rfc3501-4.2-01", "rfc3501-6.4.5-42"], "RFC822.SIZE is negative")
        .octets(|_, octets| replace(octets, b"RFC822.SIZE ", b"RFC822.SIZE -")),
    Fault::new("capability-without-imap4rev1", &["rfc3501-6.1.1-02"], "CAPABILITY does not list IMAP4rev1")
        .octets(|_, octets| replace(octets, b"* CAPABILITY IMAP4rev1", b"* CAPABILITY IMAP4")),
    Fault::new("capability-with-space", &["rfc3501-7.2.1-05"], "LITERAL+ is listed as LITERAL +")
        .octets(|_, octets| replace(octets, b"LITERAL+", b"LITERAL +")),
    Fault::new(
        "flags-with-comma",
        &["rfc3501-4.4-01", "rfc3501-7.2.6-01"],
        "FLAGS separates flags by commas",
    )
    .octets(|_, octets| {
        if octets.starts_with(b"* FLAGS (") {
            let end = octets.len();
            octets[9..end].iter_mut().filter(|octet| **octet == b' ').for_each(|octet| *octet = b',');
        }
    }),
    Fault::new(
        "flags-with-recent",
        &["rfc3501-7.2.6-03", "rfc3501-2.3.2-05", "rfc3501-9-22"],
        "FLAGS lists \\Recent",
    )
    .octets(|_, octets| replace(octets, b"* FLAGS (", b"* FLAGS (\\Recent ")),
    Fault::new(
        "delimiter-unquoted",
        &["rfc3501-9-50", "rfc3501-7.2.2-06"],
        "The delimiter in LIST is not quoted",
    )
    .octets(|_, octets| {
        if octets.starts_with(b"* LIST ") {
            replace(octets, b" \"/\" ", b" / ");
        }
    }),
    Fault::new(
        "date-one-digit",
        &["rfc3501-7.4.2-43"],
        "INTERNALDATE has days of one digit without the space",
    )
    .octets(|_, octets| {
        replace(octets, b"INTERNALDATE \" ", b"INTERNALDATE \"");
    }),
    Fault::new(
        "tagged-ok-lost-star",
        &["rfc3501-2.2.2-01", "rfc3501-2.2.2-04"],
        "Untagged status lines lack the asterisk",
    )
    .octets(|_, octets| {
        if octets.starts_with(b"* OK [UID") {
            octets.drain(..2);
        }
    }),
    Fault::new("envelope-8-bit", &["rfc3501-1.2-01", "rfc3501-7.4.2-37"], "ENVELOPE has octets above 127")
        .octets(|_, octets| {
            replace(octets, b"ENVELOPE (\"", b"ENVELOPE (\"\xc3\xa4");
        }),
];

fn replace_end(octets: &mut Vec<u8>, end: &[u8]) {
    octets.truncate(octets.len() - 2);
    octets.extend_from_slice(end);
}

/// Changes the count of the first literal.
fn count(octets: &mut Vec<u8>, by: i64) {
    let Some(end) = octets.windows(3).position(|window| window == b"}\r\n") else { return };
    let Some(start) = octets[..end].iter().rposition(|octet| *octet == b'{').map(|at| at + 1) else { return };
    let digits = std::str::from_utf8(&octets[start..end]).ok().and_then(|digits| digits.parse::<i64>().ok());
    if let Some(announced) = digits.filter(|count| count + by >= 0) {
        octets.splice(start..end, (announced + by).to_string().into_bytes());
    }
}
