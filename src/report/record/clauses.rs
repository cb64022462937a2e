//! What a run says of each clause.

use std::collections::BTreeMap;

use super::model::Clause;
use crate::check::summary::cost;
use crate::check::verdict::{Outcome, Verdict};
use crate::clauses::{Catalogue, Coverage};

/// The worst verdict of each clause, by its carrier.
#[derive(Debug, Default)]
pub(super) struct Tally {
    seen: BTreeMap<String, Seen>,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    worst: Verdict,
    /// Is every violation waived?
    waived: bool,
}

impl Tally {
    /// Adds the claims and findings of a result.
    pub(super) fn add(&mut self, outcome: &Outcome, catalogue: &Catalogue) {
        for (clause, verdict) in &outcome.clauses {
            self.see(clause, *verdict, outcome.waived.is_some(), catalogue);
        }
        for finding in &outcome.findings {
            self.see(finding.clause, cost(finding, catalogue), finding.waived.is_some(), catalogue);
        }
    }

    fn see(&mut self, clause: &str, verdict: Verdict, waived: bool, catalogue: &Catalogue) {
        let carrier = catalogue.carrier(clause).map_or(clause, |carrier| carrier.id.as_str());
        let violation = verdict > Verdict::Skipped;
        match self.seen.get_mut(carrier) {
            Some(seen) => {
                if violation {
                    seen.waived = waived && (seen.waived || seen.worst <= Verdict::Skipped);
                }
                seen.worst = seen.worst.max(verdict);
            }
            None => {
                let seen = Seen { worst: verdict, waived: violation && waived };
                self.seen.insert(carrier.to_owned(), seen);
            }
        }
    }

    /// The clauses of the catalogue, in its order.
    pub(super) fn clauses(&self, catalogue: &Catalogue, coverage: &Coverage) -> Vec<Clause> {
        let entry = |clause: &crate::clauses::Clause| {
            let seen = self.seen.get(&clause.id).filter(|_| clause.is_carrier());
            Clause {
                id: clause.id.clone(),
                rfc: clause.rfc,
                section: clause.section.clone(),
                level: clause.level,
                text: clause.text.clone(),
                same_as: clause.same_as.clone(),
                testable: clause.is_testable(),
                verdict: seen.map(|seen| seen.worst),
                waived: seen.is_some_and(|seen| seen.waived),
                tests: if clause.is_carrier() { coverage.tests(clause).to_vec() } else { Vec::new() },
            }
        };
        catalogue.iter().map(entry).collect()
    }
}
