//! Where two strings of octets part.

use crate::scenario::evaluate::display::escaped;

/// Octets shown before and behind the first difference.
const BEFORE: usize = 16;
const BEHIND: usize = 24;

/// Names the first octet (from 0) at which what came differs from what was expected, and shows both sides around it.
#[must_use]
pub fn difference(expected: &[u8], came: &[u8]) -> String {
    let at = first_difference(expected, came);
    if at == expected.len() && at == came.len() {
        return format!("no difference in {at} octets");
    }
    format!(
        "octet {at} is the first to differ: expected {} octets with {}, came {} with {}",
        expected.len(),
        around(expected, at),
        came.len(),
        around(came, at)
    )
}

/// The index of the first octet that differs; the shorter length where one begins with the other.
pub(super) fn first_difference(expected: &[u8], came: &[u8]) -> usize {
    expected.iter().zip(came).take_while(|(a, b)| a == b).count()
}

fn around(octets: &[u8], at: usize) -> String {
    let from = at.saturating_sub(BEFORE);
    let until = octets.len().min(at + BEHIND);
    let (before, behind) = (if from > 0 { "…" } else { "" }, if until < octets.len() { "…" } else { "" });
    if at == octets.len() {
        return format!("{before}\"{}\" and no more", escaped(&octets[from..at]));
    }
    format!("{before}\"{}»{}\"{behind}", escaped(&octets[from..at]), escaped(&octets[at..until]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_both_sides_of_the_first_difference() {
        let table: [(&[u8], &[u8], &str); 6] = [
            (
                b"abc",
                b"abd",
                "octet 2 is the first to differ: expected 3 octets with \"ab»c\", came 3 with \"ab»d\"",
            ),
            (
                b"abc",
                b"ab",
                "octet 2 is the first to differ: expected 3 octets with \"ab»c\", came 2 with \"ab\" and no more",
            ),
            (
                b"",
                b"\r\n",
                "octet 0 is the first to differ: expected 0 octets with \"\" and no more, came 2 with \"»\\r\\n\"",
            ),
            (
                b"\xff\0",
                b"\xfe\0",
                "octet 0 is the first to differ: expected 2 octets with \"»\\xff\\0\", came 2 with \"»\\xfe\\0\"",
            ),
            (
                b"0123456789012345678901234567890123456789 and some more text",
                b"0123456789012345678901234567890123456789 und some more text",
                "octet 41 is the first to differ: expected 59 octets with …\"567890123456789 »and some more text\", came 59 with \
                 …\"567890123456789 »und some more text\"",
            ),
            (b"a", b"a", "no difference in 1 octets"),
        ];
        for (expected, came, text) in table {
            assert_eq!(difference(expected, came), text);
        }
    }
}
