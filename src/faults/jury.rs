//! Hears what a run with a fault has shown, and says who has noticed.

use std::collections::{BTreeMap, BTreeSet};

use reference_server::faults::Fault;

use crate::{
    check::{
        probe::Facts,
        verdict::{Outcome, Verdict},
    },
    clauses::{Catalogue, Severity},
    report::{Sink, event::Event},
};

/// How one fault fared.
#[derive(Debug)]
pub struct Trial {
    /// The fault.
    pub fault: &'static Fault,
    /// The rows and rules (`rule/NAME`) that fail by a clause of the fault; where the fault is an attack, the rows that fail or are
    /// blocked by it, which the harness has then survived. None: the fault survives.
    pub noticed_by: BTreeSet<String>,
    /// Those that fail by other clauses only, and which ones.
    pub shaken: BTreeMap<String, BTreeSet<String>>,
    /// Rows that cite a clause of the fault and did not notice: how they ended.
    pub undecided: BTreeMap<String, String>,
    /// What kept scenarios from being run.
    pub troubles: BTreeSet<String>,
    /// How many rows ran.
    pub ran: usize,
    /// Whether all scenarios ran that the fault can show in.
    pub complete: bool,
}

impl Trial {
    pub(super) fn of(fault: &'static Fault) -> Self {
        Self {
            fault,
            noticed_by: BTreeSet::new(),
            shaken: BTreeMap::new(),
            undecided: BTreeMap::new(),
            troubles: BTreeSet::new(),
            ran: 0,
            complete: false,
        }
    }

    /// Nothing has noticed it.
    #[must_use]
    pub fn survives(&self) -> bool {
        self.noticed_by.is_empty()
    }

    /// All rows and rules that it makes fail, by whichever clause.
    pub fn failing(&self) -> impl Iterator<Item = &str> {
        self.noticed_by.iter().chain(self.shaken.keys()).map(String::as_str)
    }
}

/// What a run without faults shows: nothing fails, and what is noted then proves nothing.
#[derive(Debug, Default)]
pub struct Baseline {
    /// What the server says of itself.
    pub(super) facts: Facts,
    /// Row or rule and clause of all that is no pass.
    pub(super) breaches: BTreeSet<(String, String)>,
    /// Rows and rules that fail.
    pub failing: BTreeSet<String>,
    /// The rows that ran: those that are supported here.
    pub ran: BTreeSet<String>,
}

/// A clause found broken, by a row or a rule, and what it costs.
struct Breach<'o> {
    by: String,
    clause: &'o str,
    verdict: Verdict,
}

fn breaches<'o>(outcome: &'o Outcome, catalogue: &'o Catalogue) -> impl Iterator<Item = Breach<'o>> {
    let claims = outcome.broken.iter().filter_map(|broken| {
        Some(Breach { by: outcome.id(), clause: broken.clause.as_deref()?, verdict: broken.verdict })
    });
    let findings = outcome.findings.iter().filter_map(|finding| {
        let price = match catalogue.get(finding.clause)?.severity() {
            Severity::Note => Verdict::Note,
            Severity::Nonstrict => Verdict::Nonstrict,
            Severity::Fail => Verdict::Fail,
        };
        let verdict = finding.at_most.map_or(price, |most| most.min(price));
        Some(Breach { by: format!("rule/{}", finding.rule), clause: finding.clause, verdict })
    });
    claims.chain(findings)
}

/// Whether the breach counts: a MUST or a SHOULD is broken, or a MAY or what is contested, which costs no more than a note.
fn counts(breach: &Breach<'_>) -> bool {
    matches!(breach.verdict, Verdict::Fail | Verdict::Nonstrict | Verdict::Note)
}

/// Whether a row was run at all.
fn has_run(outcome: &Outcome) -> bool {
    !matches!(outcome.verdict, Verdict::Unsupported | Verdict::Skipped)
}

/// Looks on while the suite runs without faults.
pub(super) struct Witness<'s> {
    pub(super) catalogue: &'s Catalogue,
    pub(super) baseline: Baseline,
}

impl Sink for Witness<'_> {
    fn take(&mut self, event: &Event) {
        let Event::Ended(outcome) = event else { return };
        if has_run(outcome) {
            self.baseline.ran.insert(outcome.id());
        }
        if matches!(outcome.verdict, Verdict::Blocked | Verdict::Error) {
            self.baseline.failing.insert(outcome.id());
        }
        for breach in breaches(outcome, self.catalogue) {
            if matches!(breach.verdict, Verdict::Fail | Verdict::Nonstrict) {
                self.baseline.failing.insert(breach.by.clone());
            }
            self.baseline.breaches.insert((breach.by, breach.clause.to_owned()));
        }
    }
}

/// Looks on while the suite runs with a fault.
pub(super) struct Jury<'s> {
    pub(super) catalogue: &'s Catalogue,
    pub(super) baseline: &'s Baseline,
    /// The carriers of the fault's clauses.
    pub(super) carriers: BTreeSet<&'s str>,
    pub(super) trial: Trial,
}

impl Jury<'_> {
    fn cites(&self, clause: &str) -> bool {
        self.catalogue.carrier(clause).is_ok_and(|carrier| self.carriers.contains(carrier.id.as_str()))
    }

    fn hear(&mut self, outcome: &Outcome) {
        if has_run(outcome) {
            self.trial.ran += 1;
        }
        for breach in breaches(outcome, self.catalogue) {
            let known = (breach.by.clone(), breach.clause.to_owned());
            if !counts(&breach) || self.baseline.breaches.contains(&known) {
                continue;
            }
            if self.cites(breach.clause) {
                self.trial.noticed_by.insert(breach.by);
            } else {
                self.trial.shaken.entry(breach.by).or_default().insert(breach.clause.to_owned());
            }
        }
        let id = outcome.id();
        if self.trial.fault.is_attack && matches!(outcome.verdict, Verdict::Fail | Verdict::Blocked) {
            self.trial.noticed_by.insert(id.clone());
        }
        if self.trial.noticed_by.contains(&id) {
            self.trial.undecided.remove(&id);
        } else if outcome.scenario.clauses.iter().any(|clause| self.cites(clause)) {
            let reason = outcome.reason.as_deref().unwrap_or_default();
            self.trial
                .undecided
                .insert(id, format!("{} {reason}", outcome.verdict.name()).trim_end().to_owned());
        }
    }
}

impl Sink for Jury<'_> {
    fn take(&mut self, event: &Event) {
        match event {
            Event::Ended(outcome) => self.hear(outcome),
            Event::Finished { cut_short: Some(why), .. } => {
                self.trial.troubles.insert(why.clone());
            }
            _ => {}
        }
    }
}
