//! From broken claims to a verdict.

use std::{collections::BTreeMap, sync::Arc};

use super::verdict::{Broken, Verdict};
use crate::{
    clauses::{Catalogue, Severity},
    scenario::program::Place,
};

/// Collects what a talk shows.
pub(crate) struct Judge<'a> {
    catalogue: &'a Catalogue,
    clauses: BTreeMap<Arc<str>, Verdict>,
    broken: Vec<Broken>,
    notes: Vec<String>,
    worst: Verdict,
}

/// What a claim was about, for the one who reads the failure.
pub(crate) struct Account {
    /// The line of the scenario.
    pub place: Place,
    /// What was expected.
    pub expected: String,
    /// What came instead.
    pub came: String,
    /// How far the transcript had come.
    pub transcript_position: usize,
}

impl<'a> Judge<'a> {
    /// A judge who has seen nothing yet.
    #[must_use]
    pub(crate) fn new(catalogue: &'a Catalogue) -> Self {
        Self {
            catalogue,
            clauses: BTreeMap::new(),
            broken: Vec::new(),
            notes: Vec::new(),
            worst: Verdict::Pass,
        }
    }

    /// What breaking a clause costs: by its level, and not more than a contested clause accepts.
    #[must_use]
    pub(crate) fn price(&self, clause: &str) -> Verdict {
        match self.catalogue.get(clause).map(crate::clauses::Clause::severity) {
            Some(Severity::Note) => Verdict::Note,
            Some(Severity::Nonstrict) => Verdict::Nonstrict,
            // A clause that the catalogue lacks is a mistake found when scenarios are compiled; rules are tested for it.
            Some(Severity::Fail) | None => Verdict::Fail,
        }
    }

    /// A claim of this clause held.
    pub(crate) fn held(&mut self, clause: &Arc<str>) {
        self.weigh(clause, Verdict::Pass);
    }

    /// A claim of this clause is broken. Returns what that costs.
    pub(crate) fn broken(&mut self, clause: &Arc<str>, account: Account) -> Verdict {
        let verdict = self.price(clause);
        self.weigh(clause, verdict);
        self.push(verdict, Some(Arc::clone(clause)), account);
        verdict
    }

    /// A branch was taken that costs the verdict `nonstrict`.
    pub(crate) fn nonstrict(&mut self, clause: &Arc<str>, account: Account) {
        let verdict = Verdict::Nonstrict.min(self.price(clause));
        self.weigh(clause, verdict);
        self.push(verdict, Some(Arc::clone(clause)), account);
    }

    /// A precondition was refused.
    pub(crate) fn blocked(&mut self, account: Account) {
        self.push(Verdict::Blocked, None, account);
    }

    /// Something worth telling that costs nothing.
    pub(crate) fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn weigh(&mut self, clause: &Arc<str>, verdict: Verdict) {
        let entry = self.clauses.entry(Arc::clone(clause)).or_insert(Verdict::Pass);
        *entry = verdict.max(*entry);
        self.worst = self.worst.max(verdict);
    }

    fn push(&mut self, verdict: Verdict, clause: Option<Arc<str>>, account: Account) {
        let Account { place, expected, came, transcript_position } = account;
        self.worst = self.worst.max(verdict);
        self.broken.push(Broken { verdict, clause, place, expected, came, transcript_position });
    }

    /// The verdict and all that stands behind it.
    #[must_use]
    pub(crate) fn decide(self) -> Decision {
        let verdict =
            if self.worst == Verdict::Pass && !self.notes.is_empty() { Verdict::Note } else { self.worst };
        Decision {
            verdict,
            broken: self.broken,
            notes: self.notes,
            clauses: self.clauses.into_iter().collect(),
        }
    }
}

/// What a scenario's claims come to.
#[derive(Debug)]
pub(crate) struct Decision {
    /// The worst of them.
    pub(crate) verdict: Verdict,
    /// Those that were broken.
    pub(crate) broken: Vec<Broken>,
    /// What is worth telling beside.
    pub(crate) notes: Vec<String>,
    /// The worst for each clause.
    pub(crate) clauses: Vec<(Arc<str>, Verdict)>,
}
