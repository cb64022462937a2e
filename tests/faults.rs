//! The suite notices each fault of the bundled server: some scenario, or a watch rule, fails and cites a clause of the
//! fault. A fault that survives is a hole in the suite.
//!
//! Scenarios that cite such a clause come first, then the others, until one notices.

#![allow(clippy::print_stderr)] // There is no other place to tell why there are no tests.

mod suite;

use std::{collections::BTreeSet, process::ExitCode, sync::Arc};

use libtest_mimic::{Arguments, Failed, Trial};
use mailspec::{
    check::verdict::{Outcome, Verdict},
    clauses::{Catalogue, Severity},
    report::{Sink, event::Event},
    scenario::{Scenario, program::Protocol},
    target::Target,
};
use reference_server::faults::{Fault, Faults, Rate};
use suite::Suite;

/// How many scenarios run before it is asked whether one has noticed.
const AT_ONCE: usize = 50;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let suite = match Suite::load() {
        Ok(suite) => Arc::new(suite),
        Err(mistakes) => {
            eprintln!("{mistakes}");
            return ExitCode::FAILURE;
        }
    };
    let trial = |fault: &'static Fault| {
        let suite = Arc::clone(&suite);
        Trial::test(fault.name, move || notices(&suite, fault))
    };
    libtest_mimic::run(&arguments, Fault::all().map(trial).collect()).exit_code()
}

fn notices(suite: &Suite, fault: &'static Fault) -> Result<(), Failed> {
    if let Some(unknown) = fault.clauses.iter().find(|clause| suite.catalogue.get(clause).is_none()) {
        return Err(format!("there is no clause {unknown}").into());
    }
    let cites =
        |scenario: &Scenario| scenario.clauses.iter().any(|clause| fault.clauses.contains(&clause.as_ref()));
    let of_protocol = |scenario: &&Arc<Scenario>| scenario.protocol == protocol(fault);
    let (first, rest): (Vec<_>, Vec<_>) =
        suite.scenarios.iter().filter(of_protocol).partition(|scenario| cites(scenario));
    let mut jury = Jury {
        catalogue: &suite.catalogue,
        fault,
        noticed: None,
        others: BTreeSet::new(),
        undecided: BTreeSet::new(),
    };
    let mut troubles = BTreeSet::new();
    for some in first.chunks(AT_ONCE).chain(rest.chunks(AT_ONCE)) {
        let faults = Faults::new(&[fault], Rate::default()).ok_or("a fault is there")?;
        let plan = suite.plan(Target::bundled(), some.iter().copied());
        if let Err(trouble) = plan.carry_out_with_faults(faults, &mut jury) {
            troubles.insert(trouble.to_string());
        }
        if jury.noticed.is_some() {
            return Ok(());
        }
    }
    let Jury { others, undecided, .. } = jury;
    Err(format!(
        "nothing notices that {:?} ({})\nclauses that failed instead: {others:?}\nof those that cite it: {undecided:?}\ntrouble: {troubles:?}",
        fault.does, fault.clauses[0]
    )
    .into())
}

/// The protocol that a fault is seen in.
fn protocol(fault: &Fault) -> Protocol {
    let pop3 = ["rfc1939", "rfc2449", "rfc3206", "rfc5034", "rfc6856", "rfc1734"];
    match pop3.iter().any(|rfc| fault.clauses[0].starts_with(rfc)) {
        true => Protocol::Pop3,
        false => Protocol::Imap,
    }
}

/// Looks for the result that convicts a fault.
struct Jury<'s> {
    catalogue: &'s Catalogue,
    fault: &'static Fault,
    /// The scenario or rule that did.
    noticed: Option<String>,
    /// Clauses that failed and are none of the fault's.
    others: BTreeSet<String>,
    /// How scenarios ended that cite a clause of the fault and did not find it broken.
    undecided: BTreeSet<String>,
}

impl Jury<'_> {
    fn hear(&mut self, outcome: &Outcome) {
        if outcome.scenario.clauses.iter().any(|clause| self.fault.clauses.contains(&clause.as_ref())) {
            let reason = outcome.reason.as_deref().unwrap_or_default();
            self.undecided.insert(format!("{} {} {reason}", outcome.id(), outcome.verdict.name()));
        }
        let broken = outcome.broken.iter().filter_map(|broken| {
            let clause = broken.clause.as_deref()?;
            // A contested clause costs no more than a note, and can be broken as well.
            let contested = self.catalogue.get(clause)?.severity() == Severity::Note;
            let counts = match broken.verdict {
                Verdict::Fail | Verdict::Nonstrict => true,
                verdict => contested && verdict == Verdict::Note,
            };
            counts.then(|| (clause, outcome.id()))
        });
        let found = outcome.findings.iter().filter_map(|finding| {
            let severity = self.catalogue.get(finding.clause)?.severity();
            let counts =
                severity != Severity::Note && finding.at_most.is_none_or(|most| most > Verdict::Note);
            counts.then(|| (finding.clause, format!("rule/{}", finding.rule)))
        });
        let all: Vec<(&str, String)> = broken.chain(found).collect();
        for (clause, by) in all {
            if self.fault.clauses.contains(&clause) {
                self.noticed.get_or_insert(by);
            } else {
                self.others.insert(format!("{clause} ({by})"));
            }
        }
    }
}

impl Sink for Jury<'_> {
    fn take(&mut self, event: &Event) {
        if let Event::Ended(outcome) = event {
            self.hear(outcome);
        }
    }
}
