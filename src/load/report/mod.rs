//! What a run has come to.

pub mod csv;
pub mod format;
pub mod hgrm;
pub mod hlog;
pub mod html;
pub mod json;
pub mod record;
pub mod recording;
pub mod table;
pub(super) mod timeline;

#[cfg(test)]
pub(crate) mod tests;

use std::{fmt, sync::Arc, time::Duration};

use super::{
    arrivals::Arrivals,
    gates::Passage,
    histogram::Durations,
    interval::Interval,
    own,
    plan::{CommandIndex, Model},
    stage::Arena,
    tally::{CommandTally, ErrorTally, FindingTally, Tally},
    trouble::Trouble,
};
use crate::{
    check::{exit::Exit, summary::cost, verdict::Verdict},
    clauses::Catalogue,
    scenario::workload::Starts,
};

/// The result of a run.
#[derive(Debug)]
pub struct Report {
    /// The workload's name.
    pub workload: String,
    /// Whom it stands for.
    pub title: String,
    /// Its file.
    pub source: String,
    /// The server.
    pub target: String,
    /// When sessions and commands started.
    pub model: Model,
    /// Threads of the generator.
    pub threads: usize,
    /// What chance followed from.
    pub seed: u64,
    /// How long new commands were started.
    pub lasted: Duration,
    /// How long that was to be.
    pub planned: Duration,
    /// By command, in the order of the workload: those that occurred, and those that never did.
    pub commands: Vec<CommandReport>,
    /// Moments of the open model that have come, those that found no session free at once, and those that never did.
    pub planned_starts: u64,
    /// See [`planned_starts`](Self::planned_starts).
    pub queued: u64,
    /// See [`planned_starts`](Self::planned_starts).
    pub unsent: u64,
    /// By how much the generator was late: from the planned moment to sending.
    pub lateness: Durations,
    /// Sessions that were begun.
    pub begun: u64,
    /// Sessions that came to the end of their script.
    pub completed: u64,
    /// Sessions that ended before, by an error.
    pub failed: u64,
    /// What went wrong: the most frequent first.
    pub errors: Vec<(Arc<str>, Trouble, ErrorTally)>,
    /// What the watch rules found.
    pub findings: Vec<FindingTally>,
    /// Second by second.
    pub intervals: Vec<Interval>,
    /// The share of the run for which the busiest thread of the generator used a processor.
    pub busiest: f64,
    /// Why the figures are those of the generator, not the server; empty: the run is valid.
    pub limits: Vec<String>,
    /// What the gates came to.
    pub gates: Vec<Passage>,
}

/// What was measured of one command.
#[derive(Debug)]
pub struct CommandReport {
    /// Its name; `connect`, `session` and `delivery` are no commands.
    pub name: Arc<str>,
    /// How many were answered or went wrong.
    pub count: u64,
    /// How many went wrong.
    pub errors: u64,
    /// From the planned moment to the end of the answer.
    pub latency: Durations,
    /// From sending to the end of the answer.
    pub service: Durations,
}

impl CommandReport {
    /// See [`record::is_command`].
    #[must_use]
    pub fn is_command(&self) -> bool {
        record::is_command(&self.name)
    }
}

impl Report {
    pub(super) fn of(
        arena: &Arena,
        target: &str,
        total: Tally,
        intervals: Vec<Interval>,
        delivered: Option<CommandTally>,
    ) -> Self {
        let Tally {
            commands,
            begun,
            completed,
            failed,
            errors,
            findings,
            measured,
            planned,
            queued,
            unsent,
            lateness,
            busiest,
            ..
        } = total;
        let plan = &arena.plan;
        let name = |index: CommandIndex| Arc::clone(arena.names.name(index));
        let named = arena.names.iter().map(|(_, name)| Arc::clone(name)).zip(commands);
        let delivered = delivered.map(|delivered| ("delivery".into(), delivered));
        let commands = named.chain(delivered).map(|(name, command)| CommandReport {
            name,
            count: command.count,
            errors: command.errors,
            latency: command.latency,
            service: command.service,
        });
        let mut errors: Vec<_> =
            errors.into_iter().map(|((command, trouble), error)| (name(command), trouble, error)).collect();
        errors.sort_by_key(|(_, _, error)| std::cmp::Reverse(error.count));
        let limits = own::limits(busiest, &lateness, errors.iter().map(|(_, trouble, _)| trouble));
        let mut report = Self {
            workload: plan.workload.name.clone(),
            title: plan.workload.title.clone(),
            source: plan.workload.source.text.clone(),
            target: target.to_owned(),
            model: plan.model,
            threads: plan.threads,
            seed: plan.seed,
            lasted: measured,
            planned: plan.duration,
            commands: commands.collect(),
            planned_starts: planned,
            queued,
            unsent,
            lateness,
            begun,
            completed,
            failed,
            errors,
            findings: findings.into_values().collect(),
            intervals,
            busiest,
            limits,
            gates: Vec::new(),
        };
        report.gates = plan.gates.iter().map(|gate| gate.judge(&report)).collect();
        report
    }

    /// Commands that were answered or went wrong, connections and sessions left out.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.commands.iter().filter(|command| command.is_command()).map(|command| command.count).sum()
    }

    /// All errors, those of connections included.
    #[must_use]
    pub fn error_count(&self) -> u64 {
        self.commands.iter().map(|command| command.errors).sum()
    }

    /// Connections, sessions and deliveries.
    #[must_use]
    pub fn other_count(&self) -> u64 {
        self.commands.iter().filter(|command| !command.is_command()).map(|command| command.count).sum()
    }

    /// Errors of commands.
    #[must_use]
    pub fn command_errors(&self) -> u64 {
        self.commands.iter().filter(|command| command.is_command()).map(|command| command.errors).sum()
    }

    /// Of the planned starts of the open model those that came to a good end.
    #[must_use]
    pub fn fulfilled(&self) -> u64 {
        match self.model {
            Model::Open { starts: Starts::Sessions, .. } => self.completed,
            _ => self.planned_starts.saturating_sub(self.unsent + self.command_errors()),
        }
    }

    /// What the run earns: violations and failed gates come first, unless the generator was the limit.
    #[must_use]
    pub fn exit(&self, catalogue: &Catalogue) -> Exit {
        let violated = self.findings.iter().any(|tally| cost(&tally.finding, catalogue) == Verdict::Fail);
        match () {
            () if violated => Exit::Violations,
            () if !self.limits.is_empty() => Exit::Errors,
            () if self.gates.iter().any(|gate| !gate.held) => Exit::Violations,
            () if self.error_count() > 0 && self.count() <= self.error_count() => Exit::Errors,
            () if self.count() == 0 => Exit::Nothing,
            () => Exit::Expected,
        }
    }

    /// So many in each second of the run.
    #[must_use]
    pub fn rate(&self, count: u64) -> f64 {
        let seconds = self.lasted.as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a rate is shown with few digits")]
        let count = count as f64;
        if seconds > 0.0 { count / seconds } else { 0.0 }
    }
}

/// The latencies of all commands of a record, connections and sessions left out.
fn all_commands(record: &record::Record) -> Durations {
    record
        .total
        .latency
        .as_ref()
        .map_or_else(Durations::default, |latency| Durations::from_base64(&latency.histogram))
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed { sessions: 1 } => f.write_str("closed model: 1 session"),
            Self::Closed { sessions } => write!(f, "closed model: {sessions} sessions"),
            Self::Open { starts, rate, arrivals, sessions } => {
                let what = if *starts == Starts::Commands { "commands" } else { "sessions" };
                let spaced =
                    if *arrivals == Arrivals::Poisson { "at random moments" } else { "evenly spaced" };
                write!(f, "open model: {rate} {what} a second, {spaced}, up to {sessions} sessions at a time")
            }
        }
    }
}
