//! Sets of numbers as servers send them: `sequence-set` and `uid-set` without `*` (RFC 3501 section 9, RFC 4315 section 4).

/// The ranges of a set in its order, the smaller end first; `None` in place of what is none, as is one with `*`.
pub fn ranges(set: &[u8]) -> impl Iterator<Item = Option<(u64, u64)>> {
    let number = |text: &str| text.parse::<u32>().ok().map(u64::from);
    set.split(|&octet| octet == b',').map(move |range| {
        let range = std::str::from_utf8(range).ok()?;
        let (from, to) = range.split_once(':').unwrap_or((range, range));
        let (from, to) = (number(from)?, number(to)?);
        Some((from.min(to), from.max(to)))
    })
}

/// How many numbers a set names, those of ranges that overlap more than once; `None` for what is no set, as is one with 0
/// or `*`.
#[must_use]
pub fn size(set: &[u8]) -> Option<u64> {
    ranges(set).try_fold(0_u64, |size, range| {
        let (least, most) = range.filter(|(least, _)| *least > 0)?;
        Some(size.saturating_add(most - least + 1))
    })
}

/// Is `number` in a range of the set?
#[must_use]
pub fn holds(set: &[u8], number: u64) -> bool {
    ranges(set).flatten().any(|(least, most)| (least..=most).contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_sets() {
        for (set, expected) in
            [("1", Some(1)), ("9:7,1", Some(4)), ("1:*", None), ("0", None), ("", None), ("1,", None)]
        {
            assert_eq!(size(set.as_bytes()), expected, "{set}");
        }
    }

    #[test]
    fn sets() {
        for (number, set, expected) in [
            (3, "1:5", true),
            (3, "5:1", true),
            (3, "1,3", true),
            (3, "4:5", false),
            (3, "x", false),
            (3, "x,1:*,3", true),
            (3, "1:2:5", false),
        ] {
            assert_eq!(holds(set.as_bytes(), number), expected, "{number} {set}");
        }
    }
}
