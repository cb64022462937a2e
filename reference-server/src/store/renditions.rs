//! What responses say about a message again and again.

use std::borrow::Cow;
use std::sync::OnceLock;

/// The largest rendition that is kept. Usual ones have some hundred octets; no message takes more memory than thrice this.
const MOST_KEPT: usize = 4 * 1024;

/// Something about a message that depends on its octets alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rendition {
    /// The ENVELOPE of RFC 3501 section 7.4.2.
    Envelope,
    /// Its BODY, the structure without extension data.
    Body,
    /// Its BODYSTRUCTURE.
    BodyStructure,
}

/// The renditions of one message, each made when it is first asked for: the octets of a message never change.
#[derive(Debug, Default)]
pub struct Renditions([OnceLock<Box<[u8]>>; 3]);

impl Renditions {
    /// The rendition, which `make` makes if it is not at hand.
    pub fn get(&self, what: Rendition, make: impl FnOnce() -> Vec<u8>) -> Cow<'_, [u8]> {
        let slot = &self.0[what as usize];
        if let Some(kept) = slot.get() {
            return Cow::Borrowed(kept);
        }
        let made = make();
        match made.len() <= MOST_KEPT {
            true => Cow::Borrowed(slot.get_or_init(|| made.into())),
            false => Cow::Owned(made),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_small_is_made_once_and_what_is_large_each_time() {
        let renditions = Renditions::default();
        for (what, size, made) in [
            (Rendition::Envelope, MOST_KEPT, 1),
            (Rendition::Body, MOST_KEPT + 1, 3),
            (Rendition::BodyStructure, 0, 1),
        ] {
            let mut count = 0;
            for _ in 0..3 {
                let make = || {
                    count += 1;
                    vec![b'x'; size]
                };
                assert_eq!(renditions.get(what, make).len(), size, "{what:?}");
            }
            assert_eq!(count, made, "{what:?}");
        }
    }
}
