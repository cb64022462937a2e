//! The UIDs of expunged messages, and when they went (RFC 7162 sections 3.2 and 5.3).

use std::collections::VecDeque;

use super::message::{ModSequence, Uid};
use super::uid_ranges::UidRanges;

/// How many ranges of UIDs are remembered; each takes 16 octets.
const MOST_RANGES: usize = 10_000;

/// UIDs that went at one time: the mod-sequence of that time, the first of them and the last, without a gap.
pub(super) type Record = (ModSequence, Uid, Uid);

/// A queue of expunges. Where it grows too long the oldest are forgotten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Expunged {
    /// In ascending order of mod-sequences.
    records: VecDeque<Record>,
    /// The highest mod-sequence among the forgotten expunges; 0 if there are none.
    forgotten: ModSequence,
}

impl Expunged {
    /// These records, in ascending order of mod-sequences, and what was forgotten before them.
    pub(super) fn restored(records: Vec<Record>, forgotten: ModSequence) -> Self {
        Self { records: records.into(), forgotten }
    }

    /// The highest mod-sequence of a forgotten expunge; 0 if there is none.
    pub(super) fn forgotten(&self) -> ModSequence {
        self.forgotten
    }

    /// Notes that these UIDs went at `mod_sequence`, which is above all before it.
    pub(super) fn note(&mut self, mod_sequence: ModSequence, uids: &UidRanges) {
        self.records.extend(uids.iter().map(|(first, last)| (mod_sequence, first, last)));
        self.forget_surplus();
    }

    fn forget_surplus(&mut self) {
        let surplus = self.records.len().saturating_sub(MOST_RANGES);
        if let Some((mod_sequence, ..)) = surplus.checked_sub(1).and_then(|last| self.records.get(last)) {
            self.forgotten = *mod_sequence;
            // What is forgotten in part is of no use.
            let forgotten = self.records.partition_point(|(at, ..)| *at <= self.forgotten);
            self.records.drain(..forgotten);
        }
    }

    /// The UIDs that went after `mod_sequence`; `None` if some of those are forgotten.
    pub(super) fn since(&self, mod_sequence: ModSequence) -> Option<UidRanges> {
        if mod_sequence < self.forgotten {
            return None;
        }
        let later = self.records.iter().rev().take_while(|(at, ..)| *at > mod_sequence);
        Some(UidRanges::merged(later.map(|(_, first, last)| (*first, *last)).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uids(uids: &[Uid]) -> UidRanges {
        UidRanges::of(uids.iter().copied())
    }

    #[test]
    fn what_went_later_is_known() {
        let mut expunged = Expunged::default();
        expunged.note(4, &uids(&[7]));
        expunged.note(5, &uids(&[2, 3, 9]));
        expunged.note(8, &uids(&[1, 8]));
        for (since, ranges) in [
            (8, vec![]),
            (7, vec![(1, 1), (8, 8)]),
            (5, vec![(1, 1), (8, 8)]),
            (4, vec![(1, 3), (8, 9)]),
            (0, vec![(1, 3), (7, 9)]),
        ] {
            assert_eq!(expunged.since(since).unwrap().iter().collect::<Vec<_>>(), ranges, "{since}");
        }
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let mut expunged = Expunged::default();
        let most = Uid::try_from(MOST_RANGES).unwrap();
        for uid in 1..=most {
            expunged.note(ModSequence::from(10 + uid), &uids(&[2 * uid]));
        }
        assert!(expunged.since(0).is_some());
        expunged.note(1_000_000, &uids(&[1]));
        assert_eq!(expunged.since(10), None);
        assert_eq!(expunged.since(11).unwrap().iter().next(), Some((1, 1)));
        // One expunge of more ranges than are kept is forgotten in part, and so as a whole.
        let odd: Vec<Uid> = (0..=most).map(|index| 100_001 + 2 * index).collect();
        expunged.note(2_000_000, &uids(&odd));
        assert_eq!(expunged.since(1_999_999), None);
        assert!(expunged.since(2_000_000).is_some());
    }
}
