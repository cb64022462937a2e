//! What happened in one second.

use std::{sync::Arc, time::Duration};

use super::{
    histogram::Packed,
    plan::CommandNames,
    tally::{Tally, occurred},
    worker::INTERVAL,
};

/// One interval of a run, over all threads.
#[derive(Debug, Clone)]
pub struct Interval {
    /// When it began, since the run began.
    pub from: Duration,
    /// How long it was; the last one may be short.
    pub length: Duration,
    /// Commands that were answered in it, and those that went wrong.
    pub count: u64,
    /// Those that went wrong, connections and sessions included.
    pub errors: u64,
    /// Commands without an answer at its end.
    pub outstanding: u64,
    /// How long ago the oldest of them had been planned.
    pub oldest: Duration,
    /// Sessions begun in it.
    pub begun: u64,
    /// Moments of the open model that have come in it.
    pub planned: u64,
    /// By how much the generator was late in it: 99 of 100 times by no more. None where nothing was planned.
    pub late: Option<Duration>,
    /// By command, those that occurred.
    pub commands: Vec<CommandInterval>,
}

/// One command in one interval.
#[derive(Debug, Clone)]
pub struct CommandInterval {
    /// Its name.
    pub name: Arc<str>,
    /// How many were answered or went wrong.
    pub count: u64,
    /// How many went wrong.
    pub errors: u64,
    /// Latency that half of them did not exceed.
    pub p50: Duration,
    /// Latency that 99 of 100 did not exceed.
    pub p99: Duration,
    /// The longest latency.
    pub max: Duration,
    /// All latencies.
    pub latency: Packed,
    /// All service times.
    pub service: Packed,
}

impl Interval {
    pub(super) fn of(number: usize, tally: &Tally, names: &CommandNames, duration: Duration) -> Self {
        let from = INTERVAL * u32::try_from(number).unwrap_or(u32::MAX);
        let commands = occurred(tally, names).map(|(name, command)| CommandInterval {
            name: Arc::clone(name),
            count: command.count,
            errors: command.errors,
            p50: command.latency.quantile(0.5),
            p99: command.latency.quantile(0.99),
            max: command.latency.max(),
            latency: command.latency.pack(),
            service: command.service.pack(),
        });
        Self {
            from,
            length: duration.saturating_sub(from).min(INTERVAL),
            count: tally.count(),
            errors: tally.errors(),
            outstanding: tally.outstanding,
            oldest: tally.oldest,
            begun: tally.begun,
            planned: tally.planned,
            late: (tally.lateness.count() > 0).then(|| tally.lateness.quantile(0.99)),
            commands: commands.collect(),
        }
    }

    /// The slowest of the commands by its p99, connections and sessions left out.
    #[must_use]
    pub fn slowest(&self) -> Option<&CommandInterval> {
        let own = self.commands.iter().filter(|command| !matches!(&*command.name, "connect" | "session"));
        own.max_by_key(|command| command.p99)
    }
}
