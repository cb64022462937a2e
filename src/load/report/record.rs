//! A finished run as data: what the `json` report is, what every other report in a file is made from, and what `compare` reads.
//! `docs/load.md` explains it, and `mailspec schema load-report` prints its schema, with the descriptions that stand here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{load::histogram::Packed, report::record::Environment};

/// The version of the schema. It grows when a reader of the one before would go wrong; keys that are added do not count.
pub const VERSION: u32 = 1;

/// A run of `mailspec load`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Record {
    /// The version of this schema: 1.
    #[schemars(range(min = 1))]
    pub mailspec_load_report: u32,
    /// The program and where it ran.
    pub environment: Environment,
    /// What the sessions did.
    pub workload: Workload,
    /// The server.
    pub target: String,
    /// When sessions and commands started.
    pub model: Model,
    /// The generator.
    pub generator: Generator,
    /// How long new commands were to be started, in seconds.
    pub planned_s: f64,
    /// How long they were.
    pub lasted_s: f64,
    /// The exit code that the run earned.
    pub exit_code: u8,
    /// Why the figures are those of the generator, not of the server; empty: the run is valid.
    pub limits: Vec<String>,
    /// What the gates came to.
    pub gates: Vec<Gate>,
    /// The planned moments of the open model.
    pub starts: Option<Starts>,
    /// Sessions.
    pub sessions: Sessions,
    /// All commands together, connections and sessions left out; `errors` counts theirs too.
    pub total: Measured,
    /// By command, in the order of the workload, those that never occurred included; `connect` and `session` come first, `delivery` last.
    pub commands: Vec<Command>,
    /// What went wrong, the most frequent first.
    pub errors: Vec<ErrorKind>,
    /// Watch rules that were broken.
    pub findings: Vec<Finding>,
    /// Second by second.
    pub intervals: Vec<Interval>,
}

/// What the sessions did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Workload {
    /// Its name.
    pub name: String,
    /// Whom it stands for.
    pub title: String,
    /// SHA-256 of its file: runs of different workloads can't be compared.
    pub sha256: String,
}

/// When sessions and commands started.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// In words; equal models have equal words.
    pub description: String,
    /// The most sessions at the same time.
    pub sessions: usize,
    /// How many sessions or commands were to be started in a second; absent in the closed model.
    pub rate: Option<f64>,
}

/// The generator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Generator {
    /// Its threads.
    pub threads: usize,
    /// What chance followed from.
    pub seed: u64,
    /// The share of the run for which its busiest thread used a processor.
    pub busiest: f64,
    /// By how much it was late, from the planned moment to sending; absent where nothing was sent at a planned moment.
    pub lateness: Option<Distribution>,
}

/// What a gate came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Gate {
    /// The gate as written.
    pub gate: String,
    /// What was measured; absent without samples.
    pub measured: Option<String>,
    /// It held.
    pub held: bool,
}

/// The planned moments of the open model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Starts {
    /// Those that have come.
    pub planned: u64,
    /// Those for which no session was free at once.
    pub queued: u64,
    /// Those for which none became free before the run was over.
    pub unsent: u64,
}

/// Sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sessions {
    /// Those that were begun.
    pub begun: u64,
    /// Those that came to the end of their script.
    pub completed: u64,
    /// Those that ended before, by an error.
    pub failed: u64,
}

/// What was measured of one command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Command {
    /// Its name: `FETCH`, or `connect`, `session` and `delivery`.
    pub name: String,
    /// What was measured.
    #[serde(flatten)]
    pub measured: Measured,
}

impl Command {
    /// See [`is_command`].
    #[must_use]
    pub fn is_command(&self) -> bool {
        is_command(&self.name)
    }
}

/// `connect`, `session` and `delivery` are measured, and no commands.
#[must_use]
pub fn is_command(name: &str) -> bool {
    !matches!(name, "connect" | "session" | "delivery")
}

/// How many, and how long they took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Measured {
    /// How many were answered or went wrong.
    pub count: u64,
    /// How many went wrong.
    pub errors: u64,
    /// `count` for each second of the run.
    pub per_second: f64,
    /// From the planned moment to the end of the answer; absent if none was answered.
    pub latency: Option<Distribution>,
    /// From sending to the end of the answer; absent if none was answered.
    pub service: Option<Distribution>,
}

/// How long things took, in milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Distribution {
    /// How many were measured.
    pub count: u64,
    /// The shortest.
    pub min_ms: f64,
    /// The mean.
    pub mean_ms: f64,
    /// The standard deviation.
    pub stddev_ms: f64,
    /// The duration that half of them did not exceed.
    pub p50_ms: f64,
    /// That 90 of 100 did not exceed.
    pub p90_ms: f64,
    /// That 95 of 100 did not exceed.
    pub p95_ms: f64,
    /// That 99 of 100 did not exceed.
    pub p99_ms: f64,
    /// That 999 of 1,000 did not exceed.
    pub p99_9_ms: f64,
    /// That 9,999 of 10,000 did not exceed.
    pub p99_99_ms: f64,
    /// The longest.
    pub max_ms: f64,
    /// The whole histogram, in nanoseconds: HdrHistogram's format, version 2, compressed, in base64.
    pub histogram: String,
}

/// An error and its first occurrence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorKind {
    /// The command.
    pub command: String,
    /// What went wrong.
    pub reason: String,
    /// How often.
    pub count: u64,
    /// What was said before the first.
    pub exchange: String,
}

/// A broken watch rule and its first occurrence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The rule.
    pub rule: String,
    /// The clause that it cites.
    pub clause: String,
    /// What it costs: `fail`, `nonstrict` or `note`.
    pub verdict: String,
    /// How often.
    pub count: u64,
    /// What was found.
    pub message: String,
    /// What was said before it.
    pub exchange: String,
}

/// One interval of the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Interval {
    /// When it began, in seconds since the run began.
    pub from_s: f64,
    /// How long it was, in seconds; what was answered after the end of the run is counted with the last one.
    pub length_s: f64,
    /// Commands that were answered in it, and those that went wrong.
    pub count: u64,
    /// Those that went wrong, connections and sessions included.
    pub errors: u64,
    /// Commands without an answer at its end.
    pub outstanding: u64,
    /// How long ago the oldest of them had been planned, in milliseconds.
    pub oldest_ms: f64,
    /// Sessions begun in it.
    pub begun: u64,
    /// Moments of the open model that have come in it.
    pub planned_starts: u64,
    /// By how much the generator was late, from the planned moment to sending: 99 of 100 times by no more, in milliseconds.
    pub lateness_p99_ms: Option<f64>,
    /// By command, those that occurred.
    pub commands: Vec<CommandInterval>,
}

/// One command in one interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CommandInterval {
    /// Its name.
    pub name: String,
    /// How many were answered or went wrong.
    pub count: u64,
    /// How many went wrong.
    pub errors: u64,
    /// Latency that half of them did not exceed, in milliseconds.
    pub p50_ms: f64,
    /// Latency that 99 of 100 did not exceed.
    pub p99_ms: f64,
    /// The longest latency.
    pub max_ms: f64,
    /// All latencies; the interval log has them.
    #[serde(skip)]
    pub latency: Packed,
    /// All service times; the interval log has them.
    #[serde(skip)]
    pub service: Packed,
}
