//! Reverse-paths and forward-paths (RFC 5321 section 4.1.2).

/// The longest path (RFC 5321 section 4.5.3.1.3).
const LONGEST: usize = 256;

/// A path with its brackets taken away, and what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    /// The address as written, without a source route.
    pub(super) address: String,
    /// The local part, unquoted; empty in the null path.
    pub(super) local: String,
    /// The domain, if there is one.
    pub(super) domain: Option<String>,
}

impl Path {
    /// Reads a path at the start of `text`; gives what follows it as well.
    pub(super) fn read(text: &str) -> Option<(Self, &str)> {
        let inner = text.strip_prefix('<')?;
        let end = end_of_path(inner)?;
        let (mut address, rest) = (&inner[..end], &inner[end + 1..]);
        if address.len() > LONGEST {
            return None;
        }
        // A source route is to be ignored (RFC 5321 appendix C).
        if address.starts_with('@') {
            address = address.split_once(':')?.1;
        }
        if address.is_empty() {
            return Some((Self { address: String::new(), local: String::new(), domain: None }, rest));
        }
        let (local, domain) = match address.strip_prefix('"') {
            Some(quoted) => unquoted(quoted)?,
            // A name may hold an at sign of its own; a domain cannot.
            None => match address.rsplit_once('@') {
                Some((local, domain)) => (local.to_owned(), Some(domain)),
                None => (address.to_owned(), None),
            },
        };
        let graphic = |text: &str| text.chars().all(|character| !character.is_control() && character != ' ');
        let bare = address.starts_with('"') || graphic(&local);
        let domain_holds =
            domain.is_none_or(|domain| !domain.is_empty() && graphic(domain) && !domain.contains(['<', '"']));
        if local.is_empty() || !bare || !domain_holds {
            return None;
        }
        Some((Self { address: address.to_owned(), local, domain: domain.map(str::to_owned) }, rest))
    }
}

/// Where the closing bracket is; one in a quoted string closes nothing.
fn end_of_path(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '>' if !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

/// The content of a quoted string whose first quote is gone, and the domain behind it.
fn unquoted(text: &str) -> Option<(String, Option<&str>)> {
    let mut local = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => {
                let rest = &text[at + 1..];
                return match rest.strip_prefix('@') {
                    Some(domain) => Some((local, Some(domain))),
                    None => rest.is_empty().then_some((local, None)),
                };
            }
            '\\' => local.push(characters.next()?.1),
            character if character.is_control() => return None,
            character => local.push(character),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_are_taken_apart() {
        for (text, expected) in [
            ("<alice>", Some(("alice", None, ""))),
            ("<alice@example.org> SIZE=3", Some(("alice", Some("example.org"), " SIZE=3"))),
            ("<>", Some(("", None, ""))),
            ("<@a.example,@b.example:alice@example.org>", Some(("alice", Some("example.org"), ""))),
            ("<\"a b\\\"c>\"@example.org>", Some(("a b\"c>", Some("example.org"), ""))),
            ("<a@b@example.org>", Some(("a@b", Some("example.org"), ""))),
            ("<alice@[127.0.0.1]>", Some(("alice", Some("[127.0.0.1]"), ""))),
            ("<j\u{fc}rgen@example.org>", Some(("j\u{fc}rgen", Some("example.org"), ""))),
            ("alice@example.org", None),
            ("<alice@example.org", None),
            ("<alice@>", None),
            ("<@example.org>", None),
            ("<a b@example.org>", None),
            ("<\"a\"b@example.org>", None),
            ("<\"a\\\">", None),
            ("", None),
        ] {
            let read = Path::read(text);
            let found =
                read.as_ref().map(|(path, rest)| (path.local.as_str(), path.domain.as_deref(), *rest));
            assert_eq!(found, expected, "{text:?}");
        }
        assert_eq!(Path::read(&format!("<{}>", "a".repeat(257))), None);
    }

    proptest! {
        #[test]
        fn any_text_is_a_path_or_none(text in "<?[@:\"\\\\<> a-z\u{fc}\0.]{0,20}>?") {
            let _ = Path::read(&text);
        }
    }
}
