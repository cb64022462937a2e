//! Which mailbox a name means (RFC 3501 section 5.1).

/// The name to compare by: INBOX is written in any letter case, and every other name means itself, octet by octet.
#[must_use]
pub fn canonical(name: &[u8]) -> &[u8] {
    if name.eq_ignore_ascii_case(b"INBOX") { b"INBOX" } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_inbox_is_written_in_any_letter_case() {
        for (one, other, same) in [
            ("INBOX", "inBox", true),
            ("Inbox", "Inbox", true),
            ("box", "Box", false),
            ("box", "box", true),
            ("INBOX/x", "inbox/x", false),
            ("INBOX", "box", false),
            ("", "", true),
        ] {
            assert_eq!(canonical(one.as_bytes()) == canonical(other.as_bytes()), same, "{one} {other}");
        }
    }
}
