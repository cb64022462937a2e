//! What a run comes to: counts by section, broken rules.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hdrhistogram::Histogram;

use super::exit::Require;
use super::verdict::{Finding, Outcome, Verdict};
use super::waivers::{Complaint, Waiver};
use crate::clauses::{Catalogue, Severity};
use crate::report::event::Event;

/// What a run comes to.
#[derive(Debug, Default)]
pub struct Summary {
    /// Over all results.
    pub counts: Counts,
    /// By file of scenarios, which is by RFC and section, in the order of the RFCs.
    pub sections: BTreeMap<Section, Counts>,
    /// Broken watch rules, in the order in which they were first broken.
    pub rules: Vec<BrokenRule>,
    /// How many commands were exchanged, those that prepare and tidy up among them; zero until the run has ended.
    pub commands: u64,
    /// How long the server took for its answers.
    pub replies: Latencies,
    /// How long the run took; zero until it has ended.
    pub took: Duration,
    /// Why the run ended before all had run, if it did.
    pub cut_short: Option<String>,
    /// How many failures each waiver has covered, in the order in which they came.
    pub waived: Vec<(Arc<Waiver>, usize)>,
    /// Results whose rounds differ.
    pub flaky: Vec<Arc<Outcome>>,
    /// Waivers that have lost their use.
    pub complaints: Vec<Complaint>,
}

impl Summary {
    /// Adds what `event` tells. The catalogue says what a broken rule costs.
    pub fn take(&mut self, event: &Event, catalogue: &Catalogue) {
        match event {
            Event::Started { .. } | Event::Begun { .. } | Event::Said { .. } => {}
            Event::Ended(outcome) => self.add(outcome, catalogue),
            Event::Finished { took, commands, cut_short, complaints } => {
                self.commands = *commands;
                self.took = *took;
                self.complaints.clone_from(complaints);
                self.cut_short.clone_from(cut_short);
            }
        }
    }

    fn cover(&mut self, waiver: &Arc<Waiver>) {
        match self.waived.iter_mut().find(|(known, _)| Arc::ptr_eq(known, waiver)) {
            Some((_, count)) => *count += 1,
            None => self.waived.push((Arc::clone(waiver), 1)),
        }
    }

    fn add(&mut self, outcome: &Arc<Outcome>, catalogue: &Catalogue) {
        let section = self.sections.entry(Section::of(&outcome.scenario.id)).or_default();
        match &outcome.waived {
            Some(waiver) => {
                self.counts.expected += 1;
                section.expected += 1;
                self.cover(waiver);
            }
            None => {
                self.counts.add(outcome.verdict);
                section.add(outcome.verdict);
            }
        }
        if outcome.is_flaky() {
            self.flaky.push(Arc::clone(outcome));
        }
        outcome.replies.iter().for_each(|&reply| self.replies.add(reply));
        for finding in &outcome.findings {
            if let Some(waiver) = &finding.waived {
                self.cover(waiver);
                continue;
            }
            let known = |rule: &&mut BrokenRule| {
                (rule.finding.rule, rule.finding.clause) == (finding.rule, finding.clause)
            };
            let verdict = cost(finding, catalogue);
            if let Some(rule) = self.rules.iter_mut().find(known) {
                rule.count += 1;
                rule.verdict = rule.verdict.max(verdict);
            } else {
                let (finding, outcome) = (finding.clone(), Arc::clone(outcome));
                self.rules.push(BrokenRule { finding, outcome, verdict, count: 1 });
            }
        }
    }
}

/// What a finding costs: what its clause does, and no more than it says itself.
pub(crate) fn cost(finding: &Finding, catalogue: &Catalogue) -> Verdict {
    let by_clause = match catalogue.get(finding.clause).map(crate::clauses::Clause::severity) {
        Some(Severity::Note) => Verdict::Note,
        Some(Severity::Nonstrict) => Verdict::Nonstrict,
        Some(Severity::Fail) | None => Verdict::Fail,
    };
    finding.at_most.map_or(by_clause, |at_most| by_clause.min(at_most))
}

/// Does this result fail a run that is held to `require`: by its verdict, by a rule that it breaks, or because it is flaky?
pub(super) fn fails(outcome: &Outcome, require: Require, catalogue: &Catalogue) -> bool {
    let breaks = |finding: &Finding| finding.waived.is_none() && require.fails(cost(finding, catalogue));
    (outcome.waived.is_none() && require.fails(outcome.verdict))
        || outcome.is_flaky()
        || outcome.findings.iter().any(breaks)
}

/// A watch rule that was broken, for one of its clauses.
#[derive(Debug)]
pub struct BrokenRule {
    /// The first finding.
    pub finding: Finding,
    /// Where it was found first.
    pub outcome: Arc<Outcome>,
    /// What it costs.
    pub verdict: Verdict,
    /// How often it was found.
    pub count: usize,
}

/// How long answers took, as a histogram in microseconds with three significant digits.
#[derive(Debug)]
pub struct Latencies(Histogram<u64>);

impl Default for Latencies {
    fn default() -> Self {
        let mut histogram =
            Histogram::new_with_bounds(1, 1000, 3).expect("bounds that the crate's documentation allows");
        histogram.auto(true);
        Self(histogram)
    }
}

impl Latencies {
    /// Counts one more.
    pub fn add(&mut self, latency: Duration) {
        // The bounds grow with what comes; only a latency of ages could not be counted.
        let _ = self.0.record(u64::try_from(latency.as_micros()).unwrap_or(u64::MAX));
    }

    /// The latency that this share of the answers (from 0 to 1) does not exceed; `None` where half of them took no time, as in
    /// virtual time.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        (self.0.value_at_quantile(0.5) > 0).then(|| Duration::from_micros(self.0.value_at_quantile(share)))
    }
}

/// How many results have each verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    by_verdict: [usize; 8],
    /// Failures that a waiver expects. They count here only.
    pub expected: usize,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, verdict: Verdict) {
        self.by_verdict[verdict as usize] += 1;
    }

    /// Adds those of `other`.
    pub fn add_all(&mut self, other: &Self) {
        for (mine, theirs) in self.by_verdict.iter_mut().zip(other.by_verdict) {
            *mine += theirs;
        }
        self.expected += other.expected;
    }

    /// How many have `verdict`.
    #[must_use]
    pub fn of(&self, verdict: Verdict) -> usize {
        self.by_verdict[verdict as usize]
    }

    /// How many there are.
    #[must_use]
    pub fn total(&self) -> usize {
        self.by_verdict.iter().sum::<usize>() + self.expected
    }
}

/// A file of scenarios, ordered as an RFC's table of contents is: 6.4.10 comes behind 6.4.9.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The folder: `rfc3501`.
    pub rfc: String,
    /// The file without `.yaml`: `6.4.3-expunge`.
    pub file: String,
}

impl Section {
    /// The section of the scenario with this id.
    #[must_use]
    pub fn of(id: &str) -> Self {
        let (rfc, rest) = id.split_once('/').unwrap_or(("", id));
        let file = rest.split_once('/').map_or(rest, |(file, _)| file);
        Self { rfc: rfc.to_owned(), file: file.to_owned() }
    }
}

impl Ord for Section {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        natural(&self.rfc)
            .cmp(natural(&other.rfc))
            .then_with(|| natural(&self.file).cmp(natural(&other.file)))
            .then_with(|| (&self.rfc, &self.file).cmp(&(&other.rfc, &other.file)))
    }
}

impl PartialOrd for Section {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// The parts of a name, numbers by value.
pub(crate) fn natural(name: &str) -> impl Iterator<Item = (u64, &str)> {
    let mut rest = name;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let same = |c: char| c.is_ascii_digit() == first.is_ascii_digit();
        let (part, behind) = rest.split_at(rest.find(|c| !same(c)).unwrap_or(rest.len()));
        rest = behind;
        Some((part.parse().unwrap_or(0), if first.is_ascii_digit() { "" } else { part }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_stand_in_the_order_of_the_tables_of_contents() {
        let ids = [
            "rfc2177-idle/3-idle/x",
            "rfc3501/6.4.10-x/b",
            "rfc3501/6.4.9-x/a/row",
            "rfc1939/5-retr/x",
            "rfc1939/10-x/x",
            "rfc3501/7-x/a",
        ];
        let mut sections: Vec<Section> = ids.iter().map(|id| Section::of(id)).collect();
        sections.sort();
        let sorted: Vec<String> = sections.iter().map(|s| format!("{}/{}", s.rfc, s.file)).collect();
        assert_eq!(
            sorted,
            [
                "rfc1939/5-retr",
                "rfc1939/10-x",
                "rfc2177-idle/3-idle",
                "rfc3501/6.4.9-x",
                "rfc3501/6.4.10-x",
                "rfc3501/7-x"
            ]
        );
    }

    #[test]
    fn latencies_beyond_the_first_bounds_count_as_they_are() {
        let mut latencies = Latencies::default();
        for milliseconds in [2, 3, 40, 9000] {
            latencies.add(Duration::from_millis(milliseconds));
        }
        let quantile = |share| latencies.quantile(share).map(|latency| (latency.as_secs_f64() * 1e3).round());
        assert_eq!((quantile(0.5), quantile(0.75), quantile(1.0)), (Some(3.0), Some(40.0), Some(9003.0)));
    }

    #[test]
    fn counts_add_up() {
        let mut counts = Counts::default();
        for verdict in [Verdict::Pass, Verdict::Fail, Verdict::Pass] {
            counts.add(verdict);
        }
        let mut twice = counts;
        twice.add_all(&counts);
        assert_eq!((twice.of(Verdict::Pass), twice.of(Verdict::Fail), twice.total()), (4, 2, 6));
    }
}
