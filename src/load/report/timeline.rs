//! The intervals of a run as the columns of a plot: no more than can be told apart.

use std::collections::BTreeMap;

use super::record::{Interval, Record, is_command};
use crate::load::histogram::Durations;

/// Rows of a heat map for each factor of ten.
pub(super) const ROWS: i32 = 6;

/// A few intervals as one.
#[derive(Debug)]
pub(super) struct Column {
    /// Seconds since the run began.
    pub(super) from: f64,
    pub(super) to: f64,
    /// Commands and errors in a second.
    pub(super) rate: f64,
    pub(super) errors: f64,
    /// The most of them, and of the oldest the oldest, in milliseconds.
    pub(super) outstanding: u64,
    pub(super) oldest: f64,
    /// Of all commands, in milliseconds: p50, p99, max.
    pub(super) latency: Option<[f64; 3]>,
    /// The p99 of each command, in milliseconds.
    pub(super) commands: BTreeMap<String, f64>,
    /// How many latencies lie in which row: `ROWS * log10(ms)`, rounded down.
    pub(super) heat: BTreeMap<i32, u64>,
}

impl Column {
    pub(super) fn middle(&self) -> f64 {
        f64::midpoint(self.from, self.to)
    }
}

/// The columns of a run, at most so many.
pub(super) fn columns(record: &Record, most: usize) -> Vec<Column> {
    let mut groups: Vec<Vec<&Interval>> = Vec::new();
    let each = record.intervals.len().div_ceil(most.max(1)).max(1);
    for interval in &record.intervals {
        match groups.last_mut() {
            // What comes after the end has no length of its own.
            Some(group) if group.len() < each || interval.length_s < 0.05 => group.push(interval),
            _ => groups.push(vec![interval]),
        }
    }
    groups.iter().map(|group| column(group)).collect()
}

fn column(group: &[&Interval]) -> Column {
    let from = group.first().map_or(0.0, |first| first.from_s);
    let length: f64 = group.iter().map(|interval| interval.length_s).sum();
    let mut all = Durations::default();
    let mut commands: BTreeMap<&str, Durations> = BTreeMap::new();
    for command in group.iter().flat_map(|interval| &interval.commands) {
        let latency = command.latency.unpack();
        if is_command(&command.name) {
            all.add(&latency);
        }
        commands.entry(&command.name).or_default().add(&latency);
    }
    commands.retain(|_, durations| durations.count() > 0);
    let ms = |durations: &Durations, share| durations.quantile(share).as_secs_f64() * 1e3;
    let per_second = |count: u64| if length > 0.0 { real(count) / length } else { 0.0 };
    Column {
        from,
        to: from + length,
        rate: per_second(group.iter().map(|interval| interval.count).sum()),
        errors: per_second(group.iter().map(|interval| interval.errors).sum()),
        outstanding: group.iter().map(|interval| interval.outstanding).max().unwrap_or(0),
        oldest: group.iter().map(|interval| interval.oldest_ms).fold(0.0, f64::max),
        latency: (all.count() > 0).then(|| [0.5, 0.99, 1.0].map(|share| ms(&all, share))),
        commands: commands.iter().map(|(name, one)| ((*name).to_owned(), ms(one, 0.99))).collect(),
        heat: heat(&all),
    }
}

fn heat(durations: &Durations) -> BTreeMap<i32, u64> {
    let mut rows = BTreeMap::new();
    for value in durations.histogram().iter_recorded() {
        let ms = (real(value.value_iterated_to()) / 1e6).max(1e-3);
        #[expect(clippy::cast_possible_truncation, reason = "between -18 and 40")]
        let row = (ms.log10() * f64::from(ROWS)).floor() as i32;
        *rows.entry(row).or_insert(0) += value.count_since_last_iteration();
    }
    rows
}

/// As near as a plot can show.
#[expect(clippy::cast_precision_loss, reason = "a plot does not show the sixteenth digit")]
pub(in crate::load) fn real(count: u64) -> f64 {
    count as f64
}
