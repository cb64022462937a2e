//! How long things took.

use std::time::Duration;

use base64::Engine;
use hdrhistogram::{
    Histogram, RecordError,
    serialization::{Deserializer, Serializer, V2DeflateSerializer, V2Serializer},
};

/// Durations in nanoseconds, from a microsecond to an hour, with three significant digits.
#[derive(Debug, Clone)]
pub struct Durations(Histogram<u64>);

/// Longer ones count as an hour.
const LONGEST: u64 = 3_600_000_000_000;

/// Shorter ones can't be told apart.
const SHORTEST: u64 = 1_000;

impl Default for Durations {
    fn default() -> Self {
        let mut histogram = Histogram::new_with_bounds(SHORTEST, 2 * SHORTEST, 3)
            .expect("bounds that the crate's documentation allows");
        histogram.auto(true);
        Self(histogram)
    }
}

impl Durations {
    /// Counts one more.
    pub fn record(&mut self, duration: Duration) {
        let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(LONGEST).min(LONGEST);
        // An hour fits into a histogram that grows.
        let _: Result<(), RecordError> = self.0.record(nanoseconds);
    }

    /// Counts all of `other` too.
    pub fn add(&mut self, other: &Self) {
        if !other.0.is_empty() {
            // It grows to what the other holds.
            let _ = self.0.add(&other.0);
        }
    }

    /// Forgets all, and keeps the memory.
    pub fn clear(&mut self) {
        if !self.0.is_empty() {
            self.0.reset();
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// The duration that this share (0 to 1) of them does not exceed.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Duration {
        Duration::from_nanos(self.0.value_at_quantile(share))
    }

    /// The longest.
    #[must_use]
    pub fn max(&self) -> Duration {
        Duration::from_nanos(self.0.max())
    }

    /// Their mean.
    #[must_use]
    pub fn mean(&self) -> Duration {
        Duration::from_secs_f64(self.0.mean() / 1e9)
    }

    /// The histogram in few octets, without loss.
    #[must_use]
    pub fn pack(&self) -> Packed {
        let mut octets = Vec::new();
        // Memory takes what is written to it, and such a histogram is smaller than the format's limit.
        let _ = V2Serializer::new().serialize(&self.0, &mut octets);
        Packed(octets)
    }

    /// The histogram in version 2 of HdrHistogram's format, compressed and in base64, as in an interval log.
    #[must_use]
    pub fn base64(&self) -> String {
        let mut octets = Vec::new();
        // As above.
        let _ = V2DeflateSerializer::new().serialize(&self.0, &mut octets);
        base64::engine::general_purpose::STANDARD.encode(octets)
    }

    /// Reads what [`base64`](Self::base64) has written; of anything else there are none.
    #[must_use]
    pub fn from_base64(text: &str) -> Self {
        let octets = base64::engine::general_purpose::STANDARD.decode(text).unwrap_or_default();
        Packed(octets).unpack()
    }

    /// The histogram, in nanoseconds.
    #[must_use]
    pub fn histogram(&self) -> &Histogram<u64> {
        &self.0
    }
}

/// A histogram in few octets: HdrHistogram's format, version 2. None of it is none of durations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Packed(Vec<u8>);

impl Packed {
    /// The histogram again.
    #[must_use]
    pub fn unpack(&self) -> Durations {
        Deserializer::new().deserialize(&mut self.0.as_slice()).map_or_else(
            |_| Durations::default(),
            |mut histogram: Histogram<u64>| {
                histogram.auto(true);
                Durations(histogram)
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_counted_and_merged() {
        let mut all = Durations::default();
        for part in 0..4 {
            let mut durations = Durations::default();
            (1..=25).for_each(|n| durations.record(Duration::from_millis(part * 25 + n)));
            all.add(&durations);
            durations.clear();
            assert_eq!(durations.count(), 0);
        }
        let near = |found: Duration, milliseconds: f64| {
            let error = (found.as_secs_f64() * 1e3 / milliseconds - 1.0).abs();
            assert!(error < 0.001, "{found:?} is not {milliseconds} ms");
        };
        assert_eq!(all.count(), 100);
        near(all.quantile(0.5), 50.0);
        near(all.quantile(0.99), 99.0);
        near(all.max(), 100.0);
        near(all.mean(), 50.5);
        let unpacked = all.pack().unpack();
        assert_eq!((unpacked.count(), unpacked.max()), (all.count(), all.max()));
        assert_eq!(Durations::from_base64(&all.base64()).count(), all.count());
        assert_eq!(Durations::from_base64("SEND").count(), 0);
        assert_eq!(Durations::default().pack().unpack().count(), 0);
        assert_eq!(Packed::default().unpack().count(), 0);
        all.record(Duration::from_secs(1 << 40));
        near(all.max(), 3_600_000.0);
    }
}
