//! Records the events of a run as a [`Report`], from which the reports in files are made.

mod clauses;
mod model;
mod transcript;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

pub use model::*;

use super::Sink;
use super::event::{Event, Server};
use crate::check::exit::Require;
use crate::check::summary::{self, Summary, cost};
use crate::check::verdict::{self, Outcome, Verdict};
use crate::check::waivers;
use crate::clauses::{Catalogue, Coverage, Level};
use crate::scenario::program::Place;
use clauses::Tally;
use transcript::{Budget, index_of_entry};

/// Records the events of a run. Bounded: what was said is kept for what is no pass, the end of it, and no more than
/// fits into some 64 MiB.
pub struct Recorder<'a> {
    environment: Environment,
    require: Require,
    catalogue: &'a Catalogue,
    coverage: &'a Coverage,
    target: Target,
    planned: usize,
    summary: Summary,
    results: Vec<Entry>,
    tally: Tally,
    budget: Budget,
    finished: bool,
}

impl<'a> Recorder<'a> {
    /// Begins a record of a run on `target`, held to `require`, that tests what `coverage` says.
    #[must_use]
    pub fn new(
        environment: Environment,
        require: Require,
        target: String,
        catalogue: &'a Catalogue,
        coverage: &'a Coverage,
    ) -> Self {
        Self {
            environment,
            require,
            catalogue,
            coverage,
            target: Target { title: target, ..Target::default() },
            planned: 0,
            summary: Summary::default(),
            results: Vec::new(),
            tally: Tally::default(),
            budget: Budget::default(),
            finished: false,
        }
    }

    /// The record of a run that ended with this exit code. `failure` says why it could not begin, if it could not.
    #[must_use]
    pub fn report(self, exit_code: u8, failure: Option<String>) -> Report {
        let summary = self.summary;
        let unfinished = (!self.finished).then(|| "the run was not finished".to_owned());
        let cut_short = failure.or(summary.cut_short).or(unfinished);
        let quantile = |share| summary.replies.quantile(share).map(milliseconds);
        let rules = summary.rules.iter().map(|rule| Rule {
            rule: rule_id(rule.finding.rule),
            clause: rule.finding.clause.to_owned(),
            verdict: rule.verdict,
            fails_run: self.require.fails(rule.verdict),
            count: rule.count,
            message: rule.finding.message.clone(),
            first: rule.outcome.id(),
        });
        let sections = summary.sections.iter().map(|(section, counts)| Section {
            rfc: section.rfc.clone(),
            file: section.file.clone(),
            counts: counts.into(),
        });
        let used = summary.waived.iter();
        Report {
            mailspec_report: VERSION,
            environment: self.environment,
            target: self.target,
            require: match self.require {
                Require::Must => Level::Must,
                Require::Should => Level::Should,
            },
            complete: cut_short.is_none(),
            cut_short,
            exit_code,
            planned: self.planned,
            took_ms: milliseconds(summary.took),
            commands: summary.commands,
            replies: quantile(0.5).zip(quantile(0.99)).map(|(p50_ms, p99_ms)| Replies { p50_ms, p99_ms }),
            counts: (&summary.counts).into(),
            sections: sections.collect(),
            rules: rules.collect(),
            waivers: Waivers {
                used: used.map(|(own, failures)| Used { waiver: waiver(own), failures: *failures }).collect(),
                useless: summary.complaints.iter().map(Into::into).collect(),
            },
            clauses: self.tally.clauses(self.catalogue, self.coverage),
            results: self.results,
        }
    }

    fn ended(&mut self, outcome: &Arc<Outcome>, known_rules: usize) {
        let unexpected = outcome.waived.is_none() && self.require.fails(outcome.verdict);
        let passed = outcome.verdict == Verdict::Pass;
        let told = !passed || self.summary.rules.len() > known_rules;
        let positions = outcome.broken.iter().map(|broken| broken.transcript_position);
        let positions = positions.chain(outcome.findings.iter().map(|finding| finding.transcript_position));
        let mut kept = None;
        if told && !outcome.transcript.entries().is_empty() {
            kept = Some(transcript::keep(&outcome.transcript, positions.max(), &mut self.budget));
        }
        let mut broken: Vec<&verdict::Broken> = outcome.broken.iter().collect();
        broken.sort_by_key(|broken| std::cmp::Reverse(broken.verdict));
        let broken = broken.into_iter().map(|broken| self.broken(outcome, broken, kept.as_mut())).collect();
        let findings =
            outcome.findings.iter().map(|finding| self.finding(outcome, finding, kept.as_mut())).collect();
        self.tally.add(outcome, self.catalogue);
        let id = outcome.id();
        let scenario = &outcome.scenario;
        self.results.push(Entry {
            row: outcome.row.clone(),
            file: scenario.source.path.clone(),
            line: line_number(&scenario.source.text, scenario.place.start),
            protocol: scenario.protocol,
            title: scenario.title.clone(),
            verdict: outcome.verdict,
            rounds: outcome.rounds.clone(),
            flaky: outcome.is_flaky(),
            fails_run: unexpected || outcome.is_flaky(),
            reason: outcome.reason.clone(),
            waiver: outcome.waived.as_deref().map(waiver),
            took_ms: milliseconds(outcome.took),
            commands: outcome.commands,
            clauses: self.cited(outcome),
            broken,
            findings,
            notes: outcome.notes.clone(),
            transcript: kept,
            again: (!passed).then(|| self.again(&id, outcome)),
            id,
        });
    }

    fn broken(&self, outcome: &Outcome, broken: &verdict::Broken, kept: Option<&mut Transcript>) -> Broken {
        let text = &outcome.scenario.source.text;
        let entries = kept
            .as_ref()
            .map_or(0, |kept| index_of_entry(&outcome.transcript, broken.transcript_position, kept));
        Broken {
            verdict: broken.verdict,
            clause: broken.clause.as_deref().map(str::to_owned),
            line: line_number(text, broken.place.start),
            source: line_of(text, broken.place),
            expected: broken.expected.clone(),
            came: broken.came.clone(),
            entries,
            blame: kept.and_then(|kept| transcript::blame(&broken.came, entries, kept)),
        }
    }

    fn finding(
        &self,
        outcome: &Outcome,
        finding: &verdict::Finding,
        kept: Option<&mut Transcript>,
    ) -> Finding {
        let entries = kept
            .as_ref()
            .map_or(0, |kept| index_of_entry(&outcome.transcript, finding.transcript_position, kept));
        Finding {
            rule: rule_id(finding.rule),
            clause: finding.clause.to_owned(),
            verdict: cost(finding, self.catalogue),
            waiver: finding.waived.as_deref().map(waiver),
            message: finding.message.clone(),
            entries,
            blame: kept.and_then(|kept| transcript::blame(&finding.message, entries, kept)),
        }
    }

    fn cited(&self, outcome: &Outcome) -> Vec<Cited> {
        let level = |id: &str| self.catalogue.get(id).map(|clause| clause.level);
        if outcome.clauses.is_empty() {
            let of_row = outcome.scenario.rows.iter().find(|row| row.name == outcome.row);
            let of_row = of_row.and_then(|row| row.clause.as_ref());
            let all = outcome.scenario.clauses.iter().chain(of_row);
            return all.map(|id| Cited { id: id.to_string(), level: level(id), verdict: None }).collect();
        }
        let cited = outcome.clauses.iter();
        cited
            .map(|(id, verdict)| Cited { id: id.to_string(), level: level(id), verdict: Some(*verdict) })
            .collect()
    }

    fn again(&self, id: &str, outcome: &Outcome) -> String {
        let arguments = &self.environment.arguments;
        let space = if arguments.is_empty() { "" } else { " " };
        let repeat =
            if outcome.is_flaky() { format!(" --repeat {}", outcome.rounds.len()) } else { String::new() };
        format!("mailspec check --filter {id}{repeat}{space}{arguments}")
    }
}

impl Sink for Recorder<'_> {
    fn take(&mut self, event: &Event) {
        let known_rules = self.summary.rules.len();
        self.summary.take(event, self.catalogue);
        match event {
            Event::Started { target, server, planned } => {
                self.target = target_of(target, server);
                self.planned = *planned;
            }
            Event::Ended(outcome) => self.ended(outcome, known_rules),
            Event::Finished { .. } => self.finished = true,
            _ => {}
        }
    }
}

fn target_of(title: &str, server: &Server) -> Target {
    Target {
        title: title.to_owned(),
        name: server.name.clone(),
        addresses: server.addresses.clone(),
        accounts: server.accounts,
        delivery: server.delivery.to_owned(),
        identity: server.identity.iter().cloned().collect::<BTreeMap<_, _>>(),
        capabilities: Capabilities { imap: server.imap.clone(), pop3: server.pop3.clone() },
        prefix: server.prefix.clone(),
        delimiter: server.delimiter.clone(),
    }
}

fn rule_id(name: &str) -> String {
    format!("rule/{name}")
}

fn waiver(waiver: &waivers::Waiver) -> Waiver {
    Waiver { id: waiver.id.clone(), reason: waiver.reason.clone(), link: waiver.link.clone() }
}

impl std::convert::From<&waivers::Complaint> for Useless {
    fn from(complaint: &waivers::Complaint) -> Self {
        Self {
            file: complaint.path.clone(),
            line: complaint.line,
            id: complaint.id.clone(),
            lost: complaint.lost.name().to_owned(),
            message: complaint.message.clone(),
        }
    }
}

impl std::convert::From<&summary::Counts> for Counts {
    fn from(counts: &summary::Counts) -> Self {
        Self {
            total: counts.total(),
            pass: counts.of(Verdict::Pass),
            note: counts.of(Verdict::Note),
            unsupported: counts.of(Verdict::Unsupported),
            skipped: counts.of(Verdict::Skipped),
            nonstrict: counts.of(Verdict::Nonstrict),
            blocked: counts.of(Verdict::Blocked),
            error: counts.of(Verdict::Error),
            fail: counts.of(Verdict::Fail),
            xfail: counts.expected,
        }
    }
}

/// With microseconds behind the point.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

/// The number of the line at `offset`, from 1.
fn line_number(text: &str, offset: usize) -> usize {
    let before = &text.as_bytes()[..offset.min(text.len())];
    1 + memchr::memchr_iter(b'\n', before).count()
}

/// The first line at `place`, as it is written there.
fn line_of(text: &str, place: Place) -> String {
    let written = text.get(place.start..place.end).unwrap_or_default();
    written.lines().next().unwrap_or_default().trim().to_owned()
}
