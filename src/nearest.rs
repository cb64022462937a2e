//! The known name that a mistyped one is nearest to, for hints in messages.

use strsim::osa_distance;

/// The candidate nearest to `wanted`, if any is near enough that it may have been meant.
///
/// Near enough is an edit distance (insert, remove, replace, swap neighbours) of at most a third of the length of `wanted`,
/// and at least 1. Of equally near candidates the first is taken.
pub fn nearest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let beginning = |name: &str| name.chars().take(MAX_LENGTH).collect::<String>();
    let wanted = beginning(wanted);
    let limit = (wanted.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (osa_distance(&wanted, &beginning(candidate)), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Longer names are compared by their beginnings only, which bounds the work.
const MAX_LENGTH: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let known = ["rfc3501-6.4.3-01", "rfc3501-6.4.3-02", "rfc1939-5-RETR-02", "plain"];
        for (wanted, found) in [
            ("rfc3501-6.4.3-02", Some("rfc3501-6.4.3-02")),
            ("rfc3501-6.4.3-2", Some("rfc3501-6.4.3-02")),
            ("rfc1939-RETR-02", Some("rfc1939-5-RETR-02")),
            ("rfc3501-6.4.3-03", Some("rfc3501-6.4.3-01")),
            ("palin", Some("plain")),
            ("pl", None),
            ("pla", None),
            ("plan", Some("plain")),
            (&"x".repeat(10_000), None),
            ("something else altogether", None),
            ("", None),
        ] {
            assert_eq!(nearest(wanted, known), found, "{wanted}");
        }
    }
}
