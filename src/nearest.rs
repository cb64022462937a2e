//! The known name that a mistyped one is nearest to, for hints in messages.

/// The candidate nearest to `wanted`, if any is near enough that it may have been meant.
///
/// Near enough is an edit distance (insert, remove, replace, swap neighbours) of at most a third of the length of `wanted`,
/// and at least 1. Of equally near candidates the first is taken.
pub fn nearest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = wanted.chars().take(MAX_LENGTH).collect();
    let limit = (wanted.len() / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let distance = distance(&wanted, &candidate.chars().take(MAX_LENGTH).collect::<Vec<_>>());
        if distance <= limit && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Longer names are compared by their beginnings only, which bounds the work.
const MAX_LENGTH: usize = 128;

/// The optimal string alignment distance, row by row.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before = vec![0; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut row = vec![i + 1; b.len() + 1];
        for (j, &y) in b.iter().enumerate() {
            row[j + 1] = (above[j] + usize::from(x != y)).min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && x == b[j - 1] && a[i - 1] == y {
                row[j + 1] = row[j + 1].min(before[j - 1] + 1);
            }
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

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
            ("palin", Some("plain")),
            ("something else altogether", None),
            ("", None),
        ] {
            assert_eq!(nearest(wanted, known), found, "{wanted}");
        }
    }

    #[test]
    fn distances() {
        for (a, b, expected) in
            [("", "", 0), ("", "ab", 2), ("ab", "ba", 1), ("kitten", "sitting", 3), ("abc", "abc", 0)]
        {
            let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            assert_eq!(distance(&a, &b), expected, "{a:?} {b:?}");
            assert_eq!(distance(&b, &a), expected, "{b:?} {a:?}");
        }
    }
}
