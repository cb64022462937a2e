//! The `csv` report: for each second a row with the sums, whose command is `*`, and one for each command.

use std::fmt::Write;

use super::{
    record::{Interval, Record, is_command},
    recording::distribution,
};
use crate::load::histogram::{Durations, Packed};

const HEAD: &str = "from_s,length_s,command,count,errors,\
latency_p50_ms,latency_p90_ms,latency_p99_ms,latency_p99_9_ms,latency_max_ms,\
service_p50_ms,service_p90_ms,service_p99_ms,service_p99_9_ms,service_max_ms,\
outstanding,oldest_ms,sessions_begun,planned_starts,lateness_p99_ms\r\n";

/// The report as comma-separated values (RFC 4180).
#[must_use]
pub fn render(record: &Record) -> String {
    let mut text = HEAD.to_owned();
    for interval in &record.intervals {
        let place = format!("{},{}", interval.from_s, interval.length_s);
        let (latency, service) = (sum(interval, |c| &c.latency), sum(interval, |c| &c.service));
        let _ = writeln!(
            text,
            "{place},*,{},{},{},{},{},{},{},{},{}\r",
            interval.count,
            interval.errors,
            cells(&latency),
            cells(&service),
            interval.outstanding,
            interval.oldest_ms,
            interval.begun,
            interval.planned_starts,
            interval.lateness_p99_ms.map(|late| late.to_string()).unwrap_or_default()
        );
        for command in &interval.commands {
            let _ = writeln!(
                text,
                "{place},{},{},{},{},{},,,,,\r",
                quoted(&command.name),
                command.count,
                command.errors,
                cells(&command.latency.unpack()),
                cells(&command.service.unpack())
            );
        }
    }
    text
}

/// All commands of an interval, connections and sessions left out.
fn sum(interval: &Interval, of: impl Fn(&super::record::CommandInterval) -> &Packed) -> Durations {
    let mut all = Durations::default();
    let commands = interval.commands.iter().filter(|command| is_command(&command.name));
    commands.for_each(|command| all.add(&of(command).unpack()));
    all
}

/// Nothing where nothing was measured.
fn cells(durations: &Durations) -> String {
    distribution(durations).map_or(",,,,".to_owned(), |found| {
        [found.p50_ms, found.p90_ms, found.p99_ms, found.p99_9_ms, found.max_ms]
            .map(|value| value.to_string())
            .join(",")
    })
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
