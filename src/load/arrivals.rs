//! The planned moments of the open model.

use rand::{RngExt, rngs::SmallRng};

use crate::session::Time;

/// How planned moments are spaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Arrivals {
    /// By chance, each independent of all others, as many users are.
    Poisson,
    /// At equal distances.
    Constant,
}

/// The planned moments of one thread, in order, without end.
#[derive(Debug)]
pub(super) struct Schedule {
    arrivals: Arrivals,
    /// Seconds between two, on average.
    gap: f64,
    /// Seconds from the beginning of the run to the next.
    next: f64,
    rng: SmallRng,
}

impl Schedule {
    /// The share of one thread of several in `rate` moments per second.
    pub(super) fn of(
        rate: f64,
        arrivals: Arrivals,
        thread: usize,
        threads: usize,
        mut rng: SmallRng,
    ) -> Self {
        let as_real = |number: usize| u32::try_from(number).map_or(f64::MAX, f64::from);
        let gap = as_real(threads) / rate;
        let next = match arrivals {
            // The threads take turns.
            Arrivals::Constant => as_real(thread) / rate,
            Arrivals::Poisson => exponential(&mut rng) * gap,
        };
        Self { arrivals, gap, next, rng }
    }
}

impl Iterator for Schedule {
    type Item = Time;

    fn next(&mut self) -> Option<Time> {
        let planned = Time::try_from_secs_f64(self.next).ok()?;
        self.next += match self.arrivals {
            Arrivals::Constant => self.gap,
            Arrivals::Poisson => exponential(&mut self.rng) * self.gap,
        };
        Some(planned)
    }
}

/// Exponentially distributed with the mean 1.
fn exponential(rng: &mut SmallRng) -> f64 {
    -(1.0 - rng.random::<f64>()).ln()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn threads_share_a_rate() {
        for (arrivals, slack) in [(Arrivals::Constant, 1), (Arrivals::Poisson, 300)] {
            let mut all: Vec<Time> = (0..3)
                .flat_map(|thread| {
                    let schedule =
                        Schedule::of(1000.0, arrivals, thread, 3, SmallRng::seed_from_u64(thread as u64));
                    schedule.take_while(|planned| *planned < Time::from_secs(10))
                })
                .collect();
            all.sort_unstable();
            assert!(all.len().abs_diff(10_000) <= slack, "{arrivals:?}: {}", all.len());
            let gaps: Vec<f64> = all.windows(2).map(|two| (two[1] - two[0]).as_secs_f64() * 1e3).collect();
            let mean = gaps.iter().sum::<f64>() / 9_999.0;
            let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / 9_999.0;
            // Of an exponential distribution mean and deviation are the same.
            let expected = if arrivals == Arrivals::Poisson { 1.0 } else { 0.0 };
            assert!((variance.sqrt() - expected).abs() < 0.1, "{arrivals:?}: {variance}");
        }
    }
}
