//! What has been counted: by each thread for itself, then merged.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::{
    histogram::Durations,
    plan::{CommandIndex, CommandNames},
    trouble::Trouble,
};
use crate::{check::verdict::Finding, session::transcript::Transcript};

/// What was counted in one interval or over a whole run, by one thread or all.
#[derive(Debug, Default)]
pub struct Tally {
    /// By command.
    pub commands: Vec<CommandTally>,
    /// Sessions that were begun.
    pub begun: u64,
    /// Sessions that came to the end of their script.
    pub completed: u64,
    /// Sessions that ended before, by an error.
    pub failed: u64,
    /// Moments of the open model that have come.
    pub planned: u64,
    /// Those for which no session was free at once.
    pub queued: u64,
    /// Those for which none became free before the run was over.
    pub unsent: u64,
    /// By how much the generator was late: from the planned moment to sending, where a session was free.
    pub lateness: Durations,
    /// Commands without an answer at the end of the interval.
    pub outstanding: u64,
    /// How long the oldest of them had been sent.
    pub oldest: Duration,
    /// How much of the run the tally covers; known at its end.
    pub measured: Duration,
    /// The share of the run for which the busiest thread used a processor; known at its end.
    pub busiest: f64,
    /// What went wrong.
    pub errors: BTreeMap<(CommandIndex, Trouble), ErrorTally>,
    /// What the watch rules found, by rule and clause.
    pub findings: BTreeMap<(&'static str, &'static str), FindingTally>,
}

/// What was counted of one command.
#[derive(Debug, Default, Clone)]
pub struct CommandTally {
    /// From the planned moment to the end of the answer.
    pub latency: Durations,
    /// From sending to the end of the answer.
    pub service: Durations,
    /// Those that went wrong; they are in the histograms if they were answered.
    pub errors: u64,
    /// Those that were answered, and those that went wrong.
    pub count: u64,
}

/// An error, and its first occurrence.
#[derive(Debug)]
pub struct ErrorTally {
    /// How often.
    pub count: u64,
    /// What was said before the first.
    pub transcript: Transcript,
}

/// A breach of a rule, and its first occurrence.
#[derive(Debug)]
pub struct FindingTally {
    /// How often.
    pub count: u64,
    /// The first.
    pub finding: Finding,
    /// What was said before it.
    pub transcript: Transcript,
}

/// Different errors that are kept with their transcripts.
const KEPT: usize = 64;

impl Tally {
    /// An empty one for these commands.
    #[must_use]
    pub fn of(names: &CommandNames) -> Self {
        Self { commands: vec![CommandTally::default(); names.count()], ..Self::default() }
    }

    /// Counts an error of a command; one that was answered is counted itself already.
    pub fn error(
        &mut self,
        command: CommandIndex,
        answered: bool,
        trouble: Trouble,
        transcript: impl FnOnce() -> Transcript,
    ) {
        let tally = &mut self.commands[command.0];
        tally.count += u64::from(!answered);
        tally.errors += 1;
        if let Some(known) = self.errors.get_mut(&(command, trouble.clone())) {
            known.count += 1;
        } else if self.errors.len() < KEPT {
            self.errors.insert((command, trouble), ErrorTally { count: 1, transcript: transcript() });
        }
    }

    /// Counts a finding.
    pub fn finding(&mut self, finding: Finding, transcript: impl FnOnce() -> Transcript) {
        let key = (finding.rule, finding.clause);
        match self.findings.get_mut(&key) {
            Some(known) => known.count += 1,
            None => {
                let transcript = transcript();
                self.findings.insert(key, FindingTally { count: 1, finding, transcript });
            }
        }
    }

    /// Counts all of `other` too.
    pub fn add(&mut self, other: Self) {
        for (own, other) in self.commands.iter_mut().zip(&other.commands) {
            own.latency.add(&other.latency);
            own.service.add(&other.service);
            own.errors += other.errors;
            own.count += other.count;
        }
        self.begun += other.begun;
        self.completed += other.completed;
        self.failed += other.failed;
        self.planned += other.planned;
        self.queued += other.queued;
        self.unsent += other.unsent;
        self.lateness.add(&other.lateness);
        self.outstanding += other.outstanding;
        self.oldest = self.oldest.max(other.oldest);
        self.measured = self.measured.max(other.measured);
        self.busiest = self.busiest.max(other.busiest);
        for (key, error) in other.errors {
            if let Some(known) = self.errors.get_mut(&key) {
                known.count += error.count;
            } else if self.errors.len() < KEPT {
                self.errors.insert(key, error);
            }
        }
        for (key, finding) in other.findings {
            match self.findings.get_mut(&key) {
                Some(known) => known.count += finding.count,
                None => drop(self.findings.insert(key, finding)),
            }
        }
    }

    /// Commands that were sent, but for connections and whole sessions.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.commands.iter().skip(super::plan::SESSION.0 + 1).map(|command| command.count).sum()
    }

    /// All errors.
    #[must_use]
    pub fn errors(&self) -> u64 {
        self.commands.iter().map(|command| command.errors).sum()
    }
}

/// The names of a command and its tally, of those that occurred.
pub fn occurred<'t>(
    tally: &'t Tally,
    names: &'t CommandNames,
) -> impl Iterator<Item = (&'t Arc<str>, &'t CommandTally)> {
    names
        .iter()
        .map(|(index, name)| (name, &tally.commands[index.0]))
        .filter(|(_, command)| command.count > 0)
}
