//! Which clauses are tested, by a scenario or a watch rule, and which could be and are not.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Catalogue, Clause};
use crate::scenario::program::Scenario;
use crate::watch::RuleInfo;

/// What tests which clause.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// Ids of scenarios and names of rules, by carrier.
    tests: BTreeMap<String, Vec<String>>,
}

impl Coverage {
    /// What `scenarios` and the watch rules cover of `catalogue`. To cite an entry with `same_as` counts for its carrier.
    pub fn of(catalogue: &Catalogue, scenarios: &[Arc<Scenario>], rules: &[RuleInfo]) -> Self {
        let mut coverage = Self::default();
        for rule in rules {
            for clause in rule.clauses {
                coverage.add(catalogue, clause, &format!("rule/{}", rule.name));
            }
        }
        for scenario in scenarios {
            let rows = scenario.rows.iter().filter_map(|row| row.clause.as_ref());
            for clause in scenario.clauses.iter().chain(rows) {
                coverage.add(catalogue, clause, &scenario.id);
            }
        }
        coverage
    }

    fn add(&mut self, catalogue: &Catalogue, clause: &str, test: &str) {
        let carrier = catalogue.carrier(clause).map_or(clause, |carrier| carrier.id.as_str());
        let known = self.tests.entry(carrier.to_owned()).or_default();
        if known.last().is_none_or(|last| last != test) {
            known.push(test.to_owned());
        }
    }

    /// What tests `clause` or its carrier: `rule/NAME` for watch rules, then ids of scenarios.
    pub fn tests(&self, clause: &Clause) -> &[String] {
        let carrier = clause.same_as.as_ref().unwrap_or(&clause.id);
        self.tests.get(carrier).map_or(&[], Vec::as_slice)
    }

    /// Whether a test is wanted and there is none.
    pub fn is_gap(&self, clause: &Clause) -> bool {
        clause.is_testable() && self.tests(clause).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_rule_tests_is_no_gap() {
        let catalogue = Catalogue::load(None).unwrap();
        let [tested, alias, carrier] = ["rfc3501-7.4.1-05", "rfc3501-2.2.1-02", "rfc3501-9-03a"]
            .map(|id| catalogue.require(id).unwrap());
        assert_eq!(alias.same_as.as_ref(), Some(&carrier.id));
        let untested = Coverage::of(&catalogue, &[], &[]);
        assert!(untested.is_gap(tested) && untested.tests(tested).is_empty());

        let clauses = &["rfc3501-7.4.1-05", "rfc3501-2.2.1-02"];
        let rule = RuleInfo { name: "one", clauses, protocol: None, title: "" };
        let coverage = Coverage::of(&catalogue, &[], &[rule, rule]);
        for clause in [tested, alias, carrier] {
            assert_eq!(coverage.tests(clause), ["rule/one"], "{}", clause.id);
            assert!(!coverage.is_gap(clause));
        }
    }
}
