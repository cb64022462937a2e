//! The `hlog` report: an interval log of version 1.3, as HdrHistogram's own tools read it. For each second and command it has two lines:
//! the latencies, whose tag is the command, and the service times, whose tag ends in `.service`.

use std::{
    io,
    time::{Duration, SystemTime},
};

use hdrhistogram::serialization::{
    V2DeflateSerializer,
    interval_log::{IntervalLogWriterBuilder, Tag},
};
use jiff::Timestamp;

use super::record::Record;

/// Values are nanoseconds; the column for people shows milliseconds.
const DIVISOR: f64 = 1e6;

/// The report as an interval log.
///
/// # Errors
/// Never, as far as we know: it is written into memory.
pub fn render(record: &Record) -> io::Result<String> {
    let began = began(record);
    let mut log = Vec::new();
    let mut serializer = V2DeflateSerializer::new();
    let mut writer = IntervalLogWriterBuilder::new()
        .add_comment(&format!("[mailspec load {}: {}]", record.workload.name, record.workload.title))
        .add_comment("[Values are nanoseconds, Interval_Max is in milliseconds]")
        .add_comment("[Histogram log format version 1.3]")
        .with_start_time(began)
        .with_base_time(began)
        .with_max_value_divisor(DIVISOR)
        .begin_log_with(&mut log, &mut serializer)?;
    for interval in &record.intervals {
        let (from, length) = (seconds(interval.from_s), seconds(interval.length_s));
        for command in &interval.commands {
            for (packed, suffix) in [(&command.latency, ""), (&command.service, ".service")] {
                let durations = packed.unpack();
                if durations.count() == 0 {
                    continue;
                }
                let name = tag(&command.name) + suffix;
                writer
                    .write_histogram(durations.histogram(), from, length, Tag::new(&name))
                    .map_err(|error| io::Error::other(error.to_string()))?;
            }
        }
    }
    drop(writer);
    let log = String::from_utf8(log).map_err(io::Error::other)?;
    // The tools tell a log with tags by this line, and some want it there.
    let head = "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n";
    let at = log.lines().take_while(|line| line.starts_with('#')).map(|line| line.len() + 1).sum::<usize>();
    Ok([&log[..at], head, &log[at..]].concat())
}

/// When the run began, on the clock of the machine.
fn began(record: &Record) -> SystemTime {
    let began = record.environment.began.parse::<Timestamp>();
    began.map_or(SystemTime::UNIX_EPOCH, SystemTime::from)
}

fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

/// A tag has neither spaces nor commas nor line ends.
fn tag(name: &str) -> String {
    name.chars().map(|c| if c.is_whitespace() || c.is_control() || c == ',' { '_' } else { c }).collect()
}
