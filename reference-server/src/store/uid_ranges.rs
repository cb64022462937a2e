//! Sets of UIDs as ranges.

use super::message::Uid;

/// Ranges of UIDs, both ends included, in ascending order, without overlap and not touching.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UidRanges(Vec<(Uid, Uid)>);

impl UidRanges {
    /// These UIDs, which are in ascending order.
    pub fn of(uids: impl IntoIterator<Item = Uid>) -> Self {
        let mut ranges = Self::default();
        for uid in uids {
            ranges.push(uid, uid);
        }
        ranges
    }

    /// These ranges, which are in no order and may overlap.
    #[must_use]
    pub fn merged(mut ranges: Vec<(Uid, Uid)>) -> Self {
        ranges.sort_unstable();
        let mut merged = Self::default();
        for (first, last) in ranges {
            merged.push(first, last);
        }
        merged
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `uid` is in one of them.
    #[must_use]
    pub fn contains(&self, uid: Uid) -> bool {
        let at = self.0.partition_point(|(_, last)| *last < uid);
        self.0.get(at).is_some_and(|(first, _)| *first <= uid)
    }

    /// The ranges: the first UID of each and the last.
    pub fn iter(&self) -> impl Iterator<Item = (Uid, Uid)> + '_ {
        self.0.iter().copied()
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let (mut here, mut there) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut both = Self::default();
        while let (Some(one), Some(two)) = (here.peek(), there.peek()) {
            let (first, last) = (one.0.max(two.0), one.1.min(two.1));
            if first <= last {
                both.push(first, last);
            }
            if one.1 < two.1 {
                here.next()
            } else {
                there.next()
            };
        }
        both
    }

    /// What is here but not among `uids`, which are in ascending order.
    #[must_use]
    pub fn without(&self, uids: impl IntoIterator<Item = Uid>) -> Self {
        let mut uids = uids.into_iter().peekable();
        let mut left = Self::default();
        for (first, last) in self.iter() {
            let mut start = Some(first);
            while let Some(uid) = uids.next_if(|uid| *uid <= last) {
                if let Some(from) = start.filter(|from| *from <= uid) {
                    if from < uid {
                        left.push(from, uid - 1);
                    }
                    start = uid.checked_add(1);
                }
            }
            if let Some(from) = start.filter(|from| *from <= last) {
                left.push(from, last);
            }
        }
        left
    }

    /// Adds a range that begins no lower than any before it.
    fn push(&mut self, first: Uid, last: Uid) {
        match self.0.last_mut() {
            Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
            _ => self.0.push((first, last)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn members(ranges: &UidRanges) -> Vec<Uid> {
        ranges.iter().flat_map(|(first, last)| first..=last).collect()
    }

    #[test]
    fn neighbours_become_ranges() {
        assert_eq!(UidRanges::of([1, 2, 3, 5, 6, 9]).0, [(1, 3), (5, 6), (9, 9)]);
        assert_eq!(UidRanges::merged(vec![(5, 9), (1, 1), (2, 3), (7, 11)]).0, [(1, 3), (5, 11)]);
        assert_eq!(UidRanges::merged(vec![(1, Uid::MAX), (3, 4)]).without([Uid::MAX]).0, [(1, Uid::MAX - 1)]);
    }

    proptest! {
        #[test]
        fn ranges_are_sets(
            one in prop::collection::btree_set(1_u32..60, 0..30),
            two in prop::collection::btree_set(1_u32..60, 0..30),
        ) {
            let (here, there) = (UidRanges::of(one.iter().copied()), UidRanges::of(two.iter().copied()));
            prop_assert_eq!(members(&here), one.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(members(&here.intersection(&there)), one.intersection(&two).copied().collect::<Vec<_>>());
            prop_assert_eq!(members(&here.without(two.iter().copied())), one.difference(&two).copied().collect::<Vec<_>>());
        }
    }
}
