//! i;unicode-casemap (RFC 5051): the form in which two texts are compared, for equality, for order and in search.

use unicode_normalization::char::decompose_compatible;

/// The text in the form whose octets are compared: each character in titlecase, then taken apart into its components.
/// The empty text stays empty and so comes first.
#[must_use]
pub fn casemap(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_uppercase();
    }
    let mut mapped = String::with_capacity(text.len());
    for character in text.chars() {
        decompose_compatible(titlecase(character), |part| mapped.push(part));
    }
    mapped
}

/// The simple titlecase mapping (RFC 5051 section 2): one character for one. It is the simple uppercase mapping but for
/// the characters named here, whose titlecase is another or whose uppercase is more than one character.
fn titlecase(character: char) -> char {
    let code = u32::from(character);
    let mapped = match code {
        // Digraphs have a titlecase between capital and small letter.
        0x1c4..=0x1c6 => 0x1c5,
        0x1c7..=0x1c9 => 0x1c8,
        0x1ca..=0x1cc => 0x1cb,
        0x1f1..=0x1f3 => 0x1f2,
        // Georgian has capitals, and no titlecase.
        0x10d0..=0x10fa | 0x10fd..=0x10ff => code,
        // Greek with a subscript iota.
        0x1f80..=0x1f87 | 0x1f90..=0x1f97 | 0x1fa0..=0x1fa7 => code + 8,
        0x1fb3 | 0x1fc3 | 0x1ff3 => code + 9,
        _ => {
            let mut upper = character.to_uppercase();
            return match (upper.next(), upper.next()) {
                (Some(only), None) => only,
                _ => character,
            };
        }
    };
    char::from_u32(mapped).unwrap_or(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_case_and_composition_do_not_count() {
        for (one, other) in [
            ("Animal", "aNIMAL"),
            ("\u{e9}t\u{e9}", "\u{c9}T\u{c9}"),
            ("e\u{301}", "\u{c9}"),
            ("\u{1c6}", "\u{1c4}"),
            ("\u{1fb3}", "\u{1fbc}"),
            ("\u{ff21}", "A"),
            ("\u{3c3}", "\u{3a3}"),
        ] {
            assert_eq!(casemap(one), casemap(other), "{one} {other}");
        }
        for (one, other) in [("a", "b"), ("stra\u{df}e", "strasse"), ("a", "a "), ("", " ")] {
            assert_ne!(casemap(one), casemap(other), "{one} {other}");
        }
    }

    #[test]
    fn order_is_that_of_the_mapped_octets() {
        let sorted = ["", " ", "1", "a", "AB", "b", "_", "\u{3b1}", "\u{434}"];
        for pair in sorted.windows(2) {
            assert!(casemap(pair[0]) < casemap(pair[1]), "{pair:?}");
        }
    }
}
