//! The report for people: progress while it runs, then what failed and why, then the sums.

pub(crate) mod exchange;
mod failure;
mod layout;
mod progress;
mod sums;

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use super::Sink;
use super::event::Event;
use crate::check::exit::Require;
use crate::check::summary::Summary;
use crate::check::verdict::{Outcome, Verdict};
use crate::clauses::Catalogue;
use crate::session::transcript::Entry;
pub(super) use layout::tame;
pub(crate) use layout::wrapped;
use progress::Progress;

/// How the report looks.
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// With colours.
    pub colour: bool,
    /// Each result as it comes, and whole exchanges.
    pub verbose: bool,
    /// What fails the run.
    pub require: Require,
    /// Each line as it is said, once; what failed then shows no exchange.
    pub telling: bool,
    /// Progress is drawn on standard error, which is a terminal; otherwise it is written in lines.
    pub live: bool,
    /// The arguments that name the target, for the command that runs one scenario again; secrets masked.
    pub target: String,
}

/// Writes the report for people.
pub struct Terminal<'a, W: Write> {
    out: W,
    look: Look,
    catalogue: &'a Catalogue,
    progress: Progress,
    summary: Summary,
    /// When the first line of what runs was said.
    zero: Option<Duration>,
    /// What is told of in the end: all but what passed.
    remarkable: Vec<Arc<Outcome>>,
}

impl<'a, W: Write> Terminal<'a, W> {
    /// A report on `out`.
    pub fn new(out: W, look: Look, catalogue: &'a Catalogue) -> Self {
        let progress = Progress::new(look.live);
        let (summary, remarkable) = (Summary::default(), Vec::new());
        Self { out, look, catalogue, progress, summary, zero: None, remarkable }
    }

    /// What the run came to so far.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    fn ended(&mut self, outcome: &Arc<Outcome>) {
        let id = outcome.id();
        let alarming = self.look.require.fails(outcome.verdict) && outcome.waived.is_none();
        let line = (self.look.verbose || (alarming && !self.look.live)).then(|| {
            // The bundled server runs in virtual time, in which most things take none.
            let took = match outcome.took {
                Duration::ZERO => String::new(),
                took => format!(" ({})", layout::duration(took)),
            };
            let reason =
                outcome.reason.as_ref().map(|reason| format!(": {}", tame(reason))).unwrap_or_default();
            let name = match &outcome.waived {
                Some(_) => self.look.paint(layout::style(Verdict::Skipped), "xfail", 11),
                None => self.look.paint(layout::style(outcome.verdict), outcome.verdict.name(), 11),
            };
            format!("{name} {id}{took}{reason}")
        });
        let verdicts = [Verdict::Fail, Verdict::Blocked, Verdict::Error, Verdict::Nonstrict].into_iter();
        let failing = verdicts.filter(|verdict| self.look.require.fails(*verdict));
        let failed = failing.map(|verdict| self.summary.counts.of(verdict)).sum();
        let counts = (self.summary.counts.total(), failed);
        let out = &mut self.out;
        for line in line.into_iter().chain(self.progress.ended(counts)) {
            self.progress.above(|| say(out, &line));
        }
    }

    fn said(&mut self, id: &str, entry: &Entry) {
        let out = &mut self.out;
        let zero = self.zero.unwrap_or_else(|| {
            self.progress.above(|| say(out, &format!("running     {id}")));
            entry.at
        });
        self.zero = Some(zero);
        let mut text = String::new();
        exchange::line(entry, zero, 0, &self.look, &mut text);
        self.progress.above(|| say(out, text.trim_end()));
    }

    fn report(&mut self) {
        // An empty line parts what was told while the run went on from the report on it.
        let mut text = String::from("\n");
        for verdict in [Verdict::Note, Verdict::Nonstrict, Verdict::Error, Verdict::Blocked, Verdict::Fail] {
            if verdict == Verdict::Note && !self.look.verbose {
                continue;
            }
            let those: Vec<&Arc<Outcome>> =
                self.remarkable.iter().filter(|outcome| outcome.verdict == verdict).collect();
            text += &if verdict == Verdict::Error {
                failure::errors(&those, self.catalogue, &self.look)
            } else {
                those.iter().map(|outcome| failure::outcome(outcome, self.catalogue, &self.look)).collect()
            };
        }
        for rule in &self.summary.rules {
            if rule.verdict != Verdict::Note || self.look.verbose {
                text += &failure::rule(rule, self.catalogue, &self.look);
            }
        }
        text += &sums::flaky(&self.summary, &self.look);
        text += &sums::not_run(&self.remarkable);
        text += &sums::waived(&self.summary, &self.look);
        text += &sums::table(&self.summary, &self.look);
        text += &sums::closing(&self.summary, &self.look);
        say(&mut self.out, text.trim_end());
    }
}

impl<W: Write> Sink for Terminal<'_, W> {
    fn take(&mut self, event: &Event) {
        self.summary.take(event, self.catalogue);
        match event {
            Event::Started { target, planned, .. } => {
                say(&mut self.out, &format!("{target}: {} to run", layout::counted(*planned, "scenario")));
                self.progress.started(*planned);
            }
            Event::Begun { id } => {
                self.progress.begun(id);
                self.zero = None;
            }
            Event::Said { id, entry } => self.said(id, entry),
            Event::Ended(outcome) => {
                if outcome.verdict != Verdict::Pass && outcome.waived.is_none() {
                    self.remarkable.push(Arc::clone(outcome));
                }
                self.ended(outcome);
            }
            Event::Finished { .. } => {
                self.progress.finished();
                self.report();
            }
        }
    }
}

/// Nobody is left to be told when the reader of our output has gone, and the exit code is still right.
fn say(out: &mut impl Write, text: &str) {
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

#[cfg(test)]
mod tests;
