//! The languages of reply texts (RFC 6856 section 3).
//!
//! All texts are English; `i-default` (RFC 2277 section 4.5) is the language of a session that has chosen none.

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Language {
    /// What everybody can be expected to read.
    #[default]
    Default,
    /// English.
    English,
}

impl Language {
    /// All of them.
    pub(super) const ALL: [Self; 2] = [Self::Default, Self::English];

    /// The language tag (RFC 5646).
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::Default => "i-default",
            Self::English => "en",
        }
    }

    /// What the listing says about it, in the language itself.
    pub(super) fn description(self) -> &'static str {
        match self {
            Self::Default => "English for everybody",
            Self::English => "English",
        }
    }

    /// The language that matches a basic language range (RFC 4647 section 3.3.1). `*` is the one that the administrator
    /// prefers, and has nothing to do with the user.
    pub(super) fn matching(range: &str) -> Option<Self> {
        if range == "*" {
            return Some(Self::Default);
        }
        Self::ALL.into_iter().find(|language| {
            let (head, rest) = language.tag().split_at_checked(range.len()).unwrap_or_default();
            !range.is_empty()
                && head.eq_ignore_ascii_case(range)
                && (rest.is_empty() || rest.starts_with('-'))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_matches_a_tag_or_its_beginning_before_a_hyphen() {
        for (range, tag) in [
            ("en", Some("en")),
            ("EN", Some("en")),
            ("i-default", Some("i-default")),
            ("i", Some("i-default")),
            ("*", Some("i-default")),
            ("en-GB", None),
            ("e", None),
            ("i-", None),
            ("de", None),
            ("", None),
            ("\u{fc}", None),
        ] {
            assert_eq!(Language::matching(range).map(Language::tag), tag, "{range:?}");
        }
    }
}
