//! Message identifiers (RFC 5322 section 3.6.4) in the normal form that threading compares (RFC 5256 section 3).

/// The valid message identifiers in the text of a field, in order, without angle brackets and quoting. Letter case counts.
#[must_use]
pub fn message_ids(text: &[u8]) -> Vec<Vec<u8>> {
    let mut ids = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.iter().position(|octet| *octet == b'<') {
        rest = &rest[open + 1..];
        if let Some((id, len)) = normalized(rest) {
            ids.push(id);
            rest = &rest[len..];
        }
    }
    ids
}

/// What stands before the closing bracket, without quotes and space, and how many octets that took.
fn normalized(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let (mut id, mut quoted, mut at_sign) = (Vec::new(), false, None);
    let mut octets = text.iter().enumerate();
    while let Some((index, &octet)) = octets.next() {
        match octet {
            b'"' => quoted = !quoted,
            b'\\' => id.push(*octets.next()?.1),
            _ if quoted => id.push(octet),
            b' ' | b'\t' => {}
            b'<' => return None,
            b'>' => {
                let valid = at_sign.is_some_and(|at| at > 0 && at + 1 < id.len());
                return valid.then_some((id, index + 1));
            }
            b'@' => {
                at_sign = Some(id.len());
                id.push(octet);
            }
            _ => id.push(octet),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_found_in_their_normal_form() {
        for (text, wanted) in [
            ("<a@b>", &["a@b"][..]),
            ("<\"a.b\"@x.test> <a.b@x.test>", &["a.b@x.test", "a.b@x.test"]),
            ("<\"a\\\"b\"@x>", &["a\"b@x"]),
            ("<A@b><a@B>", &["A@b", "a@B"]),
            ("< a @ b >", &["a@b"]),
            ("<a@[192.0.2.1]>", &["a@[192.0.2.1]"]),
            ("Your message of \"Monday\" <a@b> (ann <c@d>)", &["a@b", "c@d"]),
            ("<no at sign> <@b> <a@> <> <a@b", &[]),
            ("<broken <a@b>", &["a@b"]),
            ("<\"open@b> <a@b>", &["a@b"]),
            ("", &[]),
        ] {
            let found = message_ids(text.as_bytes());
            let found: Vec<_> = found.iter().map(|id| String::from_utf8_lossy(id)).collect();
            assert_eq!(found, wanted, "{text}");
        }
    }
}
