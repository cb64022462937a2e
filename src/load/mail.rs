//! Messages made for the moment: of the sizes that the workload wants.

use rand::{RngExt, rngs::SmallRng};

use crate::scenario::workload::Size;

/// What bodies are made of.
const LINES: [&str; 4] = [
    "The quick brown fox jumps over the lazy dog while the mail goes round.",
    "Ten lines of text say less than one, but they take ten times the room.",
    "Whoever reads this reads a message that was made to be counted, not read.",
    ".A line that begins with a dot keeps the stuffing of POP3 at work.",
];

/// A message of about one of these sizes: within a range, each order of magnitude is equally likely.
pub(super) fn message(rng: &mut SmallRng, sizes: &[Size], user: &str) -> Vec<u8> {
    let wanted = size(rng, sizes);
    let id: u64 = rng.random();
    let mut message = format!(
        "Return-Path: <load@example.org>\r\nDate: Mon, 2 Nov 2026 10:15:30 +0000\r\nFrom: Load <load@example.org>\r\n\
         To: {user}\r\nSubject: Message {id:016x}\r\nMessage-ID: <{id:016x}@load.example.org>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=us-ascii\r\n\r\n"
    )
    .into_bytes();
    message.reserve(wanted.saturating_sub(message.len()) + 80);
    for line in LINES.iter().cycle() {
        if message.len() >= wanted {
            break;
        }
        message.extend_from_slice(line.as_bytes());
        message.extend_from_slice(b"\r\n");
    }
    message
}

fn size(rng: &mut SmallRng, sizes: &[Size]) -> usize {
    let weights = sizes.iter().map(|size| size.weight);
    let Some(size) = sizes.get(weighted(rng, weights)) else { return 0 };
    let (low, high) = (f64::from(size.low).ln(), f64::from(size.high).ln());
    let octets = (low + (high - low) * rng.random::<f64>()).exp();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between two numbers of 32 bits"
    )]
    let octets = octets.round() as usize;
    octets
}

/// An index, each as likely as its weight says.
pub(super) fn weighted(rng: &mut SmallRng, weights: impl Iterator<Item = u32> + Clone) -> usize {
    let sum: u64 = weights.clone().map(u64::from).sum();
    if sum == 0 {
        return 0;
    }
    let mut left = rng.random_range(0..sum);
    for (index, weight) in weights.enumerate() {
        match left.checked_sub(u64::from(weight)) {
            Some(less) => left = less,
            None => return index,
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn messages_have_the_sizes_that_were_asked_for() {
        let mut rng = SmallRng::seed_from_u64(7);
        let sizes =
            [Size { weight: 3, low: 1_000, high: 2_000 }, Size { weight: 1, low: 10_000, high: 20_000 }];
        let mut small = 0;
        for _ in 0..400 {
            let message = message(&mut rng, &sizes, "u1");
            let lengths = [1_000..2_080, 10_000..20_080];
            let which = lengths.iter().position(|range| range.contains(&message.len()));
            small += usize::from(which.expect("a size between the limits") == 0);
            assert!(message.ends_with(b"\r\n") && message.windows(4).any(|octets| octets == b"\r\n\r\n"));
        }
        assert!((250..350).contains(&small), "{small} of 400 small, 300 expected");
    }

    #[test]
    fn weights_are_kept() {
        let mut rng = SmallRng::seed_from_u64(7);
        let mut counts = [0; 3];
        for _ in 0..1000 {
            counts[weighted(&mut rng, [1, 0, 3].into_iter())] += 1;
        }
        assert!(counts[1] == 0 && (200..300).contains(&counts[0]), "{counts:?}");
        assert_eq!(weighted(&mut rng, std::iter::empty()), 0);
    }
}
