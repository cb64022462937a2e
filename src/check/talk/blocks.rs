//! `-- if`, `-- either` and `-- repeat`

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};

use super::{Account, Problem, Stop, Talk, assess::Assessment};
use crate::scenario::program::{Action, Branch, Condition, Question, Step};

/// The first pause between two rounds of a `repeat`; each is longer than the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

impl<'p> Talk<'p, '_> {
    pub(super) async fn block_of(&mut self, seat: usize, step: &'p Step) -> Result<(), Stop> {
        match &step.action {
            Action::If { condition, then, otherwise } => {
                let branch = if self.decides(seat, condition) { then } else { otherwise };
                self.steps(branch).await
            }
            Action::Either { branches, clause } => self.either(step, branches, clause).await,
            Action::Repeat { within, steps } => self.repeat(seat, *within, steps).await,
            Action::Send(_)
            | Action::Expect(_)
            | Action::Assert(_)
            | Action::Direct(_)
            | Action::Loop { .. }
            | Action::ForEach { .. }
            | Action::Choose { .. } => Ok(()),
        }
    }

    fn decides(&self, seat: usize, condition: &Condition) -> bool {
        let session = self.seats[seat].link.session();
        let yes = match &condition.question {
            Question::Capability(name) => match session.capabilities() {
                Some(known) => known.contains(name),
                None => self.bench.facts.advertises(self.scenario.protocol, name),
            },
            Question::Captured(slot) => self.captures.get(*slot).is_some(),
            Question::Row(this) => *this,
            Question::Open => session.closed().is_none(),
            Question::Tls => session.is_tls(),
        };
        yes != condition.negated
    }

    async fn either(
        &mut self,
        step: &'p Step,
        branches: &'p [Branch],
        clause: &Arc<str>,
    ) -> Result<(), Stop> {
        let mut patience = self.patience(usize::from(step.session.0));
        loop {
            let mut tried = Vec::new();
            let mut waiting = None;
            for branch in branches {
                let head = branch.steps.iter().take_while(|step| is_claim(step)).count();
                let moment = self.moment();
                let assessment = self.assess_head(&branch.steps[..head]);
                if assessment.problems.is_empty() {
                    self.take(step, branch, clause, assessment);
                    return self.steps(&branch.steps[head..]).await;
                }
                self.return_to(moment);
                if assessment.pending {
                    waiting = branch.steps.first().map(|step| usize::from(step.session.0));
                }
                tried.push((&branch.name, assessment.problems));
            }
            match waiting.filter(|_| patience.is_left()) {
                Some(seat) => self.listen(seat, &mut patience).await,
                None => return self.none_of(step, clause, tried).await,
            }
        }
    }

    fn take(&mut self, step: &Step, branch: &Branch, clause: &Arc<str>, assessment: Assessment) {
        self.hold(assessment);
        self.judge.note(branch.name.clone());
        if branch.nonstrict {
            let account = Account {
                place: step.place,
                expected: "a branch that is not marked nonstrict".to_owned(),
                came: format!("what the branch {} tells, which is marked nonstrict", branch.name),
                transcript_position: self.position(),
            };
            self.judge.nonstrict(clause, account);
        }
    }

    async fn none_of(
        &mut self,
        step: &'p Step,
        clause: &Arc<str>,
        tried: Vec<(&String, Vec<Problem>)>,
    ) -> Result<(), Stop> {
        let trouble = tried.iter().flat_map(|(_, problems)| problems).any(|problem| problem.trouble);
        let branches = tried.into_iter().map(|(name, problems)| {
            let why = problems.into_iter().next().map_or_else(String::new, |problem| problem.came);
            format!("not {name}: {why}")
        });
        let came = branches.collect::<Vec<_>>().join("\n");
        let problem = Problem { clause: Arc::clone(clause), place: step.place, came, trouble };
        let assessment = Assessment { problems: vec![problem], pending: false, held: Vec::new() };
        self.judge_all(usize::from(step.session.0), assessment).await
    }

    /// The claims of a branch up to its first other line, without waiting.
    fn assess_head(&mut self, head: &'p [Step]) -> Assessment {
        let mut all = Assessment::default();
        let mut at = 0;
        while let Some(step) = head.get(at) {
            let seat = usize::from(step.session.0);
            let mut next = at + 1;
            if let Action::Assert(assert) = &step.action {
                let outer = self.trial.replace(Vec::new());
                // Within a trial nothing is judged, so nothing stops.
                let _ = self.assert(seat, step.place, assert);
                all.problems.extend(self.trial.take().unwrap_or_default());
                self.trial = outer;
            } else {
                let same =
                    |other: &Step| matches!(other.action, Action::Expect(_)) && other.session == step.session;
                next += head[next..].iter().take_while(|other| same(other)).count();
                let assessment = self.assess(seat, &head[at..next]);
                all.pending |= assessment.pending && !assessment.problems.is_empty();
                all.problems.extend(assessment.problems);
                all.held.extend(assessment.held);
            }
            at = next;
        }
        all
    }

    async fn repeat(&mut self, seat: usize, within: Duration, steps: &'p [Step]) -> Result<(), Stop> {
        let until = Instant::now() + within;
        let mut pause = FIRST_PAUSE;
        loop {
            let moment = self.captures.clone();
            let outer = self.trial.replace(Vec::new());
            let round = self.steps(steps).await;
            let failed = std::mem::replace(&mut self.trial, outer).unwrap_or_default();
            round?;
            if failed.is_empty() {
                return Ok(());
            }
            if Instant::now() >= until {
                return match &mut self.trial {
                    Some(trial) => {
                        trial.extend(failed);
                        Ok(())
                    }
                    None => self.break_claims(seat, failed),
                };
            }
            self.captures = moment;
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

fn is_claim(step: &Step) -> bool {
    matches!(step.action, Action::Expect(_) | Action::Assert(_))
}
