//! The base subject (RFC 5256 section 2.1): what is left of a subject without the marks of replies and forwards.

/// What the extraction makes of a subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BaseSubject {
    /// The text that is sorted and threaded by.
    pub text: String,
    /// Whether a mark of a reply or forward was removed (RFC 5256 section 3, THREAD).
    pub is_reply: bool,
}

impl BaseSubject {
    /// Takes a subject apart, step by step as the RFC has it. Encoded words in it are already decoded: that is half of
    /// step 1.
    #[must_use]
    pub fn of(subject: &str) -> Self {
        let spaced = single_spaced(subject);
        let mut is_reply = false;
        let mut text = spaced.as_str();
        loop {
            text = without_trailers(text, &mut is_reply);
            text = without_leaders_and_blobs(text, &mut is_reply);
            match forwarded(text) {
                Some(inner) => (text, is_reply) = (inner, true),
                None => return Self { text: text.to_owned(), is_reply },
            }
        }
    }
}

/// Step 1: tabs and what continuations leave become spaces, several spaces one.
fn single_spaced(subject: &str) -> String {
    let mut spaced = String::with_capacity(subject.len());
    for character in subject.chars() {
        match character {
            ' ' | '\t' | '\r' | '\n' if spaced.ends_with(' ') => {}
            ' ' | '\t' | '\r' | '\n' => spaced.push(' '),
            other => spaced.push(other),
        }
    }
    spaced
}

/// Step 2: `subj-trailer`, as often as there is one.
fn without_trailers<'s>(mut text: &'s str, is_reply: &mut bool) -> &'s str {
    loop {
        text = text.trim_end_matches(' ');
        match text.len().checked_sub("(fwd)".len()).and_then(|at| text.split_at_checked(at)) {
            Some((before, end)) if end.eq_ignore_ascii_case("(fwd)") => (text, *is_reply) = (before, true),
            _ => return text,
        }
    }
}

/// Steps 3 to 5: `subj-leader`, and `subj-blob` where something is left behind it.
fn without_leaders_and_blobs<'s>(mut text: &'s str, is_reply: &mut bool) -> &'s str {
    loop {
        text = text.trim_start_matches(' ');
        if let Some(rest) = behind_leader(text) {
            (text, *is_reply) = (rest, true);
            continue;
        }
        match behind_blob(text) {
            Some(rest) if !rest.is_empty() => text = rest,
            _ => return text,
        }
    }
}

/// Behind `*subj-blob subj-refwd`.
fn behind_leader(mut text: &str) -> Option<&str> {
    while let Some(rest) = behind_blob(text) {
        text = rest;
    }
    let rest = ["re", "fwd", "fw"].iter().find_map(|mark| behind_ignoring_case(text, mark))?;
    let rest = rest.trim_start_matches(' ');
    behind_blob(rest).unwrap_or(rest).strip_prefix(':')
}

/// Behind `subj-blob`.
fn behind_blob(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('[')?;
    let end = inner.find(['[', ']'])?;
    Some(inner[end..].strip_prefix(']')?.trim_start_matches(' '))
}

/// Step 6: what stands between `subj-fwd-hdr` and `subj-fwd-trl`.
fn forwarded(text: &str) -> Option<&str> {
    behind_ignoring_case(text, "[fwd:")?.strip_suffix(']')
}

fn behind_ignoring_case<'s>(text: &'s str, prefix: &str) -> Option<&'s str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn subjects_lose_what_the_procedure_removes() {
        for (subject, base, is_reply) in [
            ("x", "x", false),
            ("", "", false),
            (" \t ", "", false),
            ("a \t  b", "a b", false),
            ("Re: x", "x", true),
            ("RE : x", "x", true),
            ("re:x", "x", true),
            ("Re[3]: x", "x", true),
            ("Re [3] : x", "x", true),
            ("Re:", "", true),
            ("Fwd: x", "x", true),
            ("FW: x", "x", true),
            ("fwd [a]: x", "x", true),
            ("Re: Fwd: Re: x", "x", true),
            ("Reply: x", "Reply: x", false),
            ("Re x", "Re x", false),
            ("Aw: x", "Aw: x", false),
            ("[list] x", "x", false),
            ("[list] [more] x", "x", false),
            ("[list] Re: x", "x", true),
            ("Re: [list] Re: x", "x", true),
            ("[a][b]Re: x", "x", true),
            ("[only]", "[only]", false),
            ("[one] [two]", "[two]", false),
            ("Re: [only]", "[only]", true),
            ("[only] (fwd)", "[only]", true),
            ("[a[b]] x", "[a[b]] x", false),
            ("[open x", "[open x", false),
            ("x [list]", "x [list]", false),
            ("x (fwd)", "x", true),
            ("x (FWD) (fwd) ", "x", true),
            ("(fwd)", "", true),
            ("x (fwd) y", "x (fwd) y", false),
            ("[fwd: x]", "x", true),
            ("[FWD: Re: x (fwd)]", "x", true),
            ("Re: [Fwd: [Fwd: x] (fwd)]", "x", true),
            ("[fwd:]", "", true),
            ("[fwd: x", "[fwd: x", false),
            ("[fwd: x] y", "y", false),
            ("[list] [fwd: x]", "x", true),
            ("Re: x: Re: y", "x: Re: y", true),
            ("R\u{e9}: x", "R\u{e9}: x", false),
        ] {
            let wanted = BaseSubject { text: base.to_owned(), is_reply };
            assert_eq!(BaseSubject::of(subject), wanted, "{subject:?}");
        }
    }

    proptest! {
        #[test]
        fn a_base_subject_is_its_own(subject in "([Rr]e|fwd?|\\[|\\]|\\(fwd\\)|:| |x|\u{e9}){0,12}") {
            let base = BaseSubject::of(&subject).text;
            prop_assert_eq!(&BaseSubject::of(&base).text, &base);
        }
    }
}
