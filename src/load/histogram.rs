//! How long things took.

use std::time::Duration;

use hdrhistogram::{Histogram, RecordError};

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

    /// The histogram, in nanoseconds.
    #[must_use]
    pub fn histogram(&self) -> &Histogram<u64> {
        &self.0
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
        all.record(Duration::from_secs(1 << 40));
        near(all.max(), 3_600_000.0);
    }
}
