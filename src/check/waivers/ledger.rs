//! Which waiver covered what in a run, and which has lost its use.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Complaint, Lost, RULE, Waiver, Waivers, texts, texts_of_finding, waivable};
use jiff::civil::Date;

use crate::check::summary::cost;
use crate::check::verdict::{Outcome, Verdict};
use crate::clauses::Catalogue;
use crate::nearest::nearest;
use crate::watch;

/// The account that a run keeps of its waivers.
pub(crate) struct Ledger<'w> {
    waivers: &'w Waivers,
    pages: Vec<Page>,
    twice: Vec<Twice>,
    /// Protocols that something was run over.
    spoken: Vec<crate::scenario::program::Protocol>,
}

/// Two waivers that cover the same.
struct Twice {
    /// The earlier one in the file.
    one: usize,
    two: usize,
    /// The first result that both cover.
    id: String,
    /// How many both cover.
    count: usize,
}

/// What became of one waiver.
#[derive(Debug, Clone, Copy, Default)]
struct Page {
    /// Failures that it covers.
    covered: usize,
    /// Those of them that an earlier waiver covers as well.
    shared: usize,
    /// Results that passed.
    passed: usize,
    /// Results that were not run.
    idle: usize,
    /// Failures that fit its id, but which it does not cover.
    others: usize,
}

impl<'w> Ledger<'w> {
    /// A ledger of a run that begins.
    pub(crate) fn new(waivers: &'w Waivers) -> Self {
        let pages = waivers.list.iter().map(|_| Page::default()).collect();
        Self { waivers, pages, twice: Vec::new(), spoken: Vec::new() }
    }

    /// Enters a result, and writes into it which waiver covers it.
    pub(crate) fn enter(&mut self, outcome: &mut Outcome, catalogue: &Catalogue) {
        let protocol = outcome.scenario.protocol;
        let idle = matches!(outcome.verdict, Verdict::Unsupported | Verdict::Skipped);
        if !idle && !self.spoken.contains(&protocol) {
            self.spoken.push(protocol);
        }
        if self.waivers.list.is_empty() {
            return;
        }
        let id = outcome.id();
        let fitting: Vec<usize> = self.fitting(&id).collect();
        let mut covering = Vec::new();
        for at in fitting {
            if let Some(last) = self.expired(at) {
                let (path, line) = (&self.waivers.path, self.waivers.list[at].first_line);
                outcome.notes.push(format!("the waiver in {path}:{line} held until {last}"));
                continue;
            }
            let (waiver, page) = (&self.waivers.list[at], &mut self.pages[at]);
            match outcome.verdict {
                Verdict::Pass | Verdict::Note => page.passed += 1,
                Verdict::Unsupported | Verdict::Skipped => page.idle += 1,
                verdict if waivable(verdict) && waiver.expects(texts(outcome)) => covering.push(at),
                verdict => {
                    page.others += 1;
                    if waivable(verdict) {
                        let (path, line) = (&self.waivers.path, waiver.first_line);
                        let text = waiver.message.as_deref().unwrap_or_default();
                        outcome.notes.push(format!(
                            "the waiver in {path}:{line} does not cover this: it is about {text:?}"
                        ));
                    }
                }
            }
        }
        outcome.waived = self.cover(&covering, &id);
        for finding in &mut outcome.findings {
            let id = format!("{RULE}{}", finding.rule);
            let fitting: Vec<usize> = self.fitting(&id).filter(|&at| self.expired(at).is_none()).collect();
            if !waivable(cost(finding, catalogue)) {
                continue;
            }
            let expects = |at: &usize| self.waivers.list[*at].expects(texts_of_finding(finding));
            let (covering, others): (Vec<usize>, Vec<usize>) = fitting.into_iter().partition(expects);
            others.into_iter().for_each(|at| self.pages[at].others += 1);
            finding.waived = self.cover(&covering, &id);
        }
    }

    /// The last day of a waiver that is over.
    fn expired(&self, at: usize) -> Option<Date> {
        let waiver = &self.waivers.list[at];
        waiver.expires.filter(|_| waiver.has_expired(self.waivers.today))
    }

    fn fitting(&self, id: &str) -> impl Iterator<Item = usize> {
        let list = self.waivers.list.iter().enumerate();
        list.filter(move |(_, waiver)| waiver.fits(id)).map(|(at, _)| at)
    }

    /// The first of these covers it; any other is one too many.
    fn cover(&mut self, covering: &[usize], id: &str) -> Option<Arc<Waiver>> {
        let (&first, others) = covering.split_first()?;
        self.pages[first].covered += 1;
        for &other in others {
            self.pages[other].covered += 1;
            self.pages[other].shared += 1;
            match self.twice.iter_mut().find(|twice| (twice.one, twice.two) == (first, other)) {
                Some(twice) => twice.count += 1,
                None => self.twice.push(Twice { one: first, two: other, id: id.to_owned(), count: 1 }),
            }
        }
        Some(Arc::clone(&self.waivers.list[first]))
    }

    /// The waivers that have lost their use, in the order of the file. Of a run that was `cut_short`, what did not run may
    /// still need them.
    pub(crate) fn close(&self, cut_short: bool) -> Vec<Complaint> {
        let mut complaints = self.duplicates();
        for (at, waiver) in self.waivers.list.iter().enumerate() {
            if let Some(last) = self.expired(at) {
                complaints.retain(|complaint| complaint.line != waiver.first_line);
                complaints.push(self.to_delete(
                    Lost::Expired,
                    waiver,
                    &format!("{} was waived until {last}", waiver.id),
                ));
            }
        }
        for (at, waiver) in self.waivers.list.iter().enumerate() {
            if !cut_short && !complaints.iter().any(|complaint| complaint.line == waiver.first_line) {
                complaints.extend(self.judge(waiver, &self.pages[at]));
            }
        }
        complaints.sort_by_key(|complaint| complaint.line);
        complaints
    }

    fn judge(&self, waiver: &Waiver, page: &Page) -> Option<Complaint> {
        if waiver.id.starts_with(RULE) {
            return self.judge_rule(waiver, page);
        }
        let there = self.waivers.ids.iter().filter(|id| waiver.fits(id)).count();
        if there == 0 && page.covered + page.passed + page.idle + page.others == 0 {
            let known = self.waivers.ids.iter().map(String::as_str);
            return self.waivers.whole.then(|| self.stale(waiver, "scenario", known));
        }
        let all_ran = page.passed + page.idle >= there;
        if page.passed == 0 || page.covered + page.others > 0 || !all_ran {
            return None;
        }
        let what = match page.passed {
            1 => format!("{} passed", waiver.id),
            passed => format!("all {passed} results of {} passed", waiver.id),
        };
        Some(self.to_delete(Lost::Xpass, waiver, &what))
    }

    fn judge_rule(&self, waiver: &Waiver, page: &Page) -> Option<Complaint> {
        // Any scenario that was not asked for may be the one that breaks the rule.
        if !self.waivers.whole || page.covered + page.others > 0 {
            return None;
        }
        let named = |rule: &&watch::RuleInfo| waiver.fits(&format!("{RULE}{}", rule.name));
        let mut meant = watch::rules().iter().filter(named).peekable();
        if meant.peek().is_none() {
            let names: Vec<String> =
                watch::rules().iter().map(|rule| format!("{RULE}{}", rule.name)).collect();
            return Some(self.stale(waiver, "rule", names.iter().map(String::as_str)));
        }
        let spoken = meant.all(|rule| rule.protocol.is_none_or(|protocol| self.spoken.contains(&protocol)));
        // Another part of the suite may be the one that breaks it.
        (spoken && !self.waivers.sharded)
            .then(|| self.to_delete(Lost::Xpass, waiver, &format!("{} was not broken", waiver.id)))
    }

    fn stale<'i>(&self, waiver: &Waiver, noun: &str, known: impl Iterator<Item = &'i str>) -> Complaint {
        let mut what = format!("there is no {noun} {}", waiver.id);
        if let Some(meant) = nearest(&waiver.id, known) {
            what += &format!(", did you mean {meant}?");
        }
        self.to_delete(Lost::Stale, waiver, &what)
    }

    fn duplicates(&self) -> Vec<Complaint> {
        let list = &self.waivers.list;
        let mut complaints = Vec::new();
        let mut told = BTreeSet::new();
        for two in 0..list.len() {
            let same = |one: &usize| list[*one].id == list[two].id && list[*one].message == list[two].message;
            if let Some(one) = (0..two).find(same) {
                told.insert(two);
                complaints.push(self.spare(two, one, &list[two].id));
            }
        }
        for Twice { one, two, id, count } in &self.twice {
            if told.contains(one) || told.contains(two) {
                continue;
            }
            // The one to go is that which covers nothing by itself.
            let (spare, kept) = match (self.pages[*two], self.pages[*one]) {
                (page, _) if page.shared == page.covered => (*two, *one),
                (_, page) if page.covered == *count => (*one, *two),
                _ => {
                    let what = format!("{id} is waived in line {} as well", list[*one].first_line);
                    let hint = format!("{what}; narrow one of the two");
                    told.insert(*two);
                    complaints.push(self.complaint(Lost::Duplicate, &list[*two], hint));
                    continue;
                }
            };
            told.insert(spare);
            complaints.push(self.spare(spare, kept, id));
        }
        complaints
    }

    fn spare(&self, spare: usize, kept: usize, id: &str) -> Complaint {
        let list = &self.waivers.list;
        let what = format!("{id} is waived in line {} as well", list[kept].first_line);
        self.to_delete(Lost::Duplicate, &list[spare], &what)
    }

    fn to_delete(&self, lost: Lost, waiver: &Waiver, what: &str) -> Complaint {
        let (first, last) = (waiver.first_line, waiver.last_line);
        let lines = if first == last { format!("line {first}") } else { format!("lines {first} to {last}") };
        self.complaint(lost, waiver, format!("{what}; delete {lines}"))
    }

    fn complaint(&self, lost: Lost, waiver: &Waiver, message: String) -> Complaint {
        let (path, id, line) = (self.waivers.path.clone(), waiver.id.clone(), waiver.first_line);
        Complaint { path, lost, id, message, line }
    }
}
