//! Which clauses are tested by a scenario, and which could be and are not.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Catalogue, Clause};
use crate::scenario::program::Scenario;

/// Which scenarios test which clause.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// By carrier.
    scenarios: BTreeMap<String, Vec<String>>,
}

impl Coverage {
    /// What `scenarios` cover of `catalogue`. To cite an entry with `same_as` counts for its carrier.
    pub fn of(catalogue: &Catalogue, scenarios: &[Arc<Scenario>]) -> Self {
        let mut coverage = Self::default();
        for scenario in scenarios {
            let rows = scenario.rows.iter().filter_map(|row| row.clause.as_ref());
            for clause in scenario.clauses.iter().chain(rows) {
                let carrier = catalogue.carrier(clause).map_or(&**clause, |carrier| carrier.id.as_str());
                let known = coverage.scenarios.entry(carrier.to_owned()).or_default();
                if known.last() != Some(&scenario.id) {
                    known.push(scenario.id.clone());
                }
            }
        }
        coverage
    }

    /// The ids of the scenarios that test `clause` or its carrier.
    pub fn scenarios(&self, clause: &Clause) -> &[String] {
        let carrier = clause.same_as.as_ref().unwrap_or(&clause.id);
        self.scenarios.get(carrier).map_or(&[], Vec::as_slice)
    }

    /// Whether a scenario is wanted and there is none.
    pub fn is_gap(&self, clause: &Clause) -> bool {
        clause.is_testable() && self.scenarios(clause).is_empty()
    }
}
