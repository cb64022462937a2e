//! Waivers: failures that are known and accepted for now, each with a reason and a link. `docs/waivers.md` explains them.
//!
//! A result that a waiver covers is an expected failure, and does not fail the run. A waiver that has lost its use does.

mod complaint;
mod draft;
mod file;
mod ledger;

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;

pub use complaint::{Complaint, Lost};
pub use draft::{Draft, DraftError, Drafted};
pub(crate) use ledger::Ledger;

use super::select::{Filter, Selection, row_id};
use super::verdict::{Finding, Outcome, Verdict};
use crate::scenario::program::Scenario;

/// One entry of a file of waivers.
#[derive(Debug, Clone)]
pub struct Waiver {
    /// What it covers: the id of a scenario with all its rows, of one row, a glob over ids, or `rule/NAME`.
    pub id: String,
    /// Why the failure is accepted.
    pub reason: String,
    /// Where that is told in full: a page of a manual, a bug report.
    pub link: String,
    /// Text that the failure must contain.
    pub message: Option<String>,
    /// The last day on which it holds, at Greenwich.
    pub expires: Option<Date>,
    /// Its first line in the file, from 1.
    pub first_line: usize,
    /// Its last line.
    pub last_line: usize,
    /// The id, ready to be compared.
    filter: Filter,
}

impl Waiver {
    /// Does its id fit this one?
    fn fits(&self, id: &str) -> bool {
        // No glob over scenarios waives a rule by accident.
        id.starts_with(RULE) == self.id.starts_with(RULE) && self.filter.fits(id)
    }

    /// Has nobody said yet why the failure is accepted? Such a waiver has a date.
    #[must_use]
    pub fn is_placeholder(&self) -> bool {
        is_placeholder(&self.reason)
    }

    /// Is its last day over?
    fn has_expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| today > last)
    }

    /// Does the failure contain the text that it must?
    fn expects<'t>(&self, mut failure: impl Iterator<Item = &'t str>) -> bool {
        self.message.as_ref().is_none_or(|message| failure.any(|text| text.contains(message.as_str())))
    }
}

fn is_placeholder(reason: &str) -> bool {
    reason.trim_start().starts_with("TODO")
}

/// What ids of rules begin with.
const RULE: &str = "rule/";

/// The waivers of one run.
#[derive(Debug, Clone, Default)]
pub struct Waivers {
    path: String,
    list: Vec<Arc<Waiver>>,
    /// The ids of all that a waiver may mean, selected or not.
    ids: Vec<String>,
    /// No filter keeps anything from running.
    whole: bool,
    /// Other parts of it run elsewhere.
    sharded: bool,
    today: Date,
}

impl Waivers {
    /// No waivers.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Tells which scenarios there are, and what was asked for: a waiver for what was not asked for is not stale.
    #[must_use]
    pub fn over(self, scenarios: &[Arc<Scenario>], selection: &Selection) -> Self {
        let rows = |scenario: &Arc<Scenario>| {
            (0..scenario.rows.len()).map(|row| row_id(scenario, row)).collect::<Vec<_>>()
        };
        let ids = scenarios.iter().flat_map(rows).collect();
        let whole = selection.is_whole();
        Self { ids, whole, sharded: selection.shard.is_some(), ..self }
    }

    /// The waivers, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Waiver>> {
        self.list.iter()
    }
}

/// As reports name it: its place and its reason.
impl fmt::Display for Waiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.reason, self.link)
    }
}

/// What of a failure a waiver's message may stand in.
fn texts(outcome: &Outcome) -> impl Iterator<Item = &str> {
    let broken = outcome.broken.iter().filter(|broken| broken.verdict == outcome.verdict);
    let told = broken.flat_map(|broken| {
        [Some(broken.came.as_str()), Some(broken.expected.as_str()), broken.clause.as_deref()]
    });
    told.chain([outcome.reason.as_deref()]).flatten()
}

fn texts_of_finding(finding: &Finding) -> impl Iterator<Item = &str> {
    [finding.message.as_str(), finding.clause].into_iter()
}

/// Is it a failure that may be expected? What was never judged is not.
fn waivable(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Fail | Verdict::Blocked | Verdict::Nonstrict)
}

#[cfg(test)]
mod tests;
