//! Fault by scenario.

use std::collections::{BTreeMap, BTreeSet};

use reference_server::faults::Fault;

use super::{
    jury::{Baseline, Trial},
    sweep::Extent,
};
use crate::watch;

/// What all faults came to.
#[derive(Debug)]
pub struct Matrix {
    /// Without a fault.
    pub baseline: Baseline,
    /// With each, in the order of their table.
    pub trials: Vec<Trial>,
    /// How many scenarios ran for each.
    pub extent: Extent,
}

impl Matrix {
    /// The faults that nothing notices.
    pub fn survivors(&self) -> impl Iterator<Item = &Trial> {
        self.trials.iter().filter(|trial| trial.survives())
    }

    /// The faults that only one row or rule notices, and which one.
    pub fn noticed_once(&self) -> impl Iterator<Item = (&Trial, &str)> {
        self.trials.iter().filter_map(|trial| {
            let mut by = trial.noticed_by.iter();
            by.next().filter(|_| by.next().is_none()).map(|by| (trial, by.as_str()))
        })
    }

    /// The rows and rules that no fault makes fail, of those that run without faults.
    #[must_use]
    pub fn idle(&self) -> Vec<String> {
        let failing: BTreeSet<&str> = self.trials.iter().flat_map(Trial::failing).collect();
        let rules = watch::rules().iter().map(|rule| format!("rule/{}", rule.name));
        self.baseline.ran.iter().cloned().chain(rules).filter(|by| !failing.contains(by.as_str())).collect()
    }

    /// Whether all faults were tried on all that may notice them: only then the idle are known.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.extent == Extent::Full && self.trials.len() == Fault::all().count()
    }

    /// How many faults each row or rule notices by a clause of theirs.
    #[must_use]
    pub fn by_witness(&self) -> BTreeMap<&str, Vec<&'static str>> {
        let mut witnesses: BTreeMap<&str, Vec<&'static str>> = BTreeMap::new();
        for trial in &self.trials {
            for by in &trial.noticed_by {
                witnesses.entry(by).or_default().push(trial.fault.name);
            }
        }
        witnesses
    }
}
