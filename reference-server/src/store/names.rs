//! The rules for mailbox names (RFC 3501 section 5.1).
//!
//! Names are kept as they travel: printable US-ASCII in modified UTF-7. INBOX in any letter case is `INBOX`.

use super::error::StoreError;

/// The hierarchy delimiter.
pub const DELIMITER: char = '/';

/// The name of the mailbox that everybody has.
pub const INBOX: &str = "INBOX";

/// Longest name in octets.
const LONGEST: usize = 1000;

/// Deepest hierarchy.
const DEEPEST: usize = 50;

/// The name that is meant by `name`: INBOX in any letter case becomes `INBOX`, also as first level.
#[must_use]
pub(super) fn canonical(name: &str) -> String {
    let (first, rest) = match name.find(DELIMITER) {
        Some(at) => name.split_at(at),
        None => (name, ""),
    };
    if first.eq_ignore_ascii_case(INBOX) { format!("{INBOX}{rest}") } else { name.to_owned() }
}

/// Checks that a mailbox may be given this (canonical) name.
pub(super) fn check(name: &str) -> Result<(), StoreError> {
    let fits = !name.is_empty()
        && name.len() <= LONGEST
        && name.bytes().all(|octet| (0x20..0x7f).contains(&octet) && octet != b'*' && octet != b'%')
        && !name.starts_with('#')
        && name.split(DELIMITER).count() <= DEEPEST
        && name.split(DELIMITER).all(|level| !level.is_empty() && is_modified_utf7(level));
    if fits { Ok(()) } else { Err(StoreError::MalformedName) }
}

/// The names above `name`, outermost first.
pub(super) fn superiors(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices(DELIMITER).map(|(at, _)| &name[..at])
}

/// The range of all names below `name`: from the first string to the first that is out of it.
pub(super) fn inferiors(name: &str) -> (String, String) {
    // '0' is the character after the delimiter '/'.
    (format!("{name}/"), format!("{name}0"))
}

/// Whether `level` is in modified UTF-7 as section 5.1.3 wants it: every shift closed, no printable US-ASCII encoded,
/// no superfluous shift, no stray bits, no half of a surrogate pair.
fn is_modified_utf7(level: &str) -> bool {
    let mut rest = level;
    while let Some(at) = rest.find('&') {
        let Some(end) = rest[at..].find('-').map(|len| at + len) else { return false };
        let encoded = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if encoded.is_empty() {
            continue;
        }
        // "&...-&...-" could have been one run: that is a superfluous shift, unless "&-" follows.
        if !is_encoded_text(encoded) || (rest.starts_with('&') && !rest.starts_with("&-")) {
            return false;
        }
    }
    true
}

fn is_encoded_text(encoded: &str) -> bool {
    let mut units: Vec<u16> = Vec::new();
    let (mut bits, mut held) = (0_u32, 0_u32);
    for octet in encoded.bytes() {
        let value = match octet {
            b'A'..=b'Z' => octet - b'A',
            b'a'..=b'z' => octet - b'a' + 26,
            b'0'..=b'9' => octet - b'0' + 52,
            b'+' => 62,
            b',' => 63,
            _ => return false,
        };
        bits = (bits << 6) | u32::from(value);
        held += 6;
        if held >= 16 {
            held -= 16;
            // The mask leaves 16 bits.
            units.push(u16::try_from((bits >> held) & 0xffff).unwrap_or(0));
            bits &= (1 << held) - 1;
        }
    }
    held < 6
        && bits == 0
        && char::decode_utf16(units)
            .all(|decoded| decoded.is_ok_and(|c| !(' '..='~').contains(&c) && c != '\0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rules_of_section_5_1() {
        for (name, good) in [
            ("Entw&APw-rfe", true),
            ("~peter/mail/&U,BTFw-/&ZeVnLIqe-", true),
            ("a&-b", true),
            ("&-&-", true),
            ("a]b", true),
            ("INBOXes", true),
            ("", false),
            ("a//b", false),
            ("/a", false),
            ("a*", false),
            ("a%", false),
            ("a\tb", false),
            ("Entw\u{fc}rfe", false),
            ("a&b", false),
            ("&APw", false),
            ("&AGE-", false),
            ("&U,BTFw-&ZeVnLIqe-", false),
            ("&APx-", false),
            ("&2D0-", false),
            ("#news.comp", false),
        ] {
            assert_eq!(check(name).is_ok(), good, "{name:?}");
        }
    }

    #[test]
    fn inbox_is_known_in_any_letter_case() {
        for (name, meant) in
            [("inbox", "INBOX"), ("InBox/a", "INBOX/a"), ("inboxes", "inboxes"), ("a/inbox", "a/inbox")]
        {
            assert_eq!(canonical(name), meant);
        }
    }
}
