//! Blocks of a talk: `-- if`, `-- either`, `-- repeat`, and what is known of captures on the ways through them.

use std::{sync::Arc, time::Duration};

use super::{
    lines::Line,
    mistake::{Parsed, Trouble},
    scope::Setting,
    talk::Compiler,
};
use crate::scenario::{
    program::{Action, Branch, Condition, Place, Question, SessionIndex, Slot, Step},
    workload::{Items, Rounds, Way},
};

/// A block that is not closed yet, with the steps around it.
pub(super) struct Open {
    place: Place,
    /// Whose head it has.
    session: SessionIndex,
    around: Vec<Step>,
    kind: Kind,
    /// What was known of captures where it began.
    before: Vec<Setting>,
    /// What each finished branch left.
    after: Vec<Vec<Setting>>,
}

pub(super) enum Kind {
    If { condition: Condition, then: Option<Vec<Step>> },
    Either { clause: Arc<str>, branches: Vec<Branch>, name: String, nonstrict: bool },
    Repeat { within: Duration },
    Loop { rounds: Rounds },
    ForEach { slot: Slot, items: Items },
    Choose { ways: Vec<Way>, weight: u32 },
}

impl Kind {
    fn word(&self) -> &'static str {
        match self {
            Self::If { .. } => "if",
            Self::Either { .. } => "either",
            Self::Repeat { .. } | Self::Loop { .. } => "repeat",
            Self::ForEach { .. } => "for each",
            Self::Choose { .. } => "choose",
        }
    }
}

/// No talk nests deeper.
const MAX_BLOCKS: usize = 16;

impl Compiler<'_> {
    /// Opens a block in place of one whose head could not be read.
    pub(super) fn stand_in(&mut self, line: &Line<'_>, session: SessionIndex) {
        let head = line.parts.first().and_then(|(text, _)| text.split(' ').next()).unwrap_or_default();
        let kind = match head {
            "if" => {
                Kind::If { condition: Condition { negated: false, question: Question::Open }, then: None }
            }
            "either" => {
                let clause = self.scope.idle_clause();
                Kind::Either { clause, branches: Vec::new(), name: String::new(), nonstrict: false }
            }
            "repeat" if self.scope.workload => Kind::Loop { rounds: Rounds::Always },
            "repeat" => Kind::Repeat { within: Duration::ZERO },
            "for" => Kind::Loop { rounds: Rounds::Always },
            "choose" => Kind::Choose { ways: Vec::new(), weight: 1 },
            _ => return,
        };
        // The depth is told elsewhere.
        let _ = self.enter(line, session, kind);
    }

    // Blocks.

    pub(super) fn enter(&mut self, line: &Line<'_>, session: SessionIndex, kind: Kind) -> Parsed<()> {
        if self.open.len() >= MAX_BLOCKS {
            return Err(Trouble::new(line.place, "blocks are nested too deep", "here"));
        }
        let around = std::mem::take(&mut self.steps);
        let before = self.scope.settings.clone();
        self.open.push(Open { place: line.place, session, around, kind, before, after: Vec::new() });
        Ok(())
    }

    /// Behind `-- if $x`, or `-- else` of `-- if not $x`, the capture is set.
    pub(super) fn assume(&mut self, condition: &Condition, then: bool) {
        if let Question::Captured(slot) = condition.question {
            let holds = condition.negated != then;
            self.scope.set(slot, if holds { Setting::Yes } else { Setting::No });
        }
    }

    /// Ends the branch of the innermost block, and begins another where captures stand as before it.
    fn next_branch(&mut self) -> Vec<Step> {
        if let Some(open) = self.open.last_mut() {
            open.after.push(self.scope.settings.clone());
            let mut settings = open.before.clone();
            settings.resize(self.scope.settings.len(), Setting::No);
            self.scope.settings = settings;
        }
        std::mem::take(&mut self.steps)
    }

    pub(super) fn otherwise(&mut self, line: &Line<'_>) -> Parsed<()> {
        match self.open.last().map(|open| &open.kind) {
            Some(Kind::If { then: None, .. }) => {}
            Some(Kind::If { .. }) => {
                return Err(Trouble::new(
                    line.place,
                    "a second `-- else` in one block",
                    "the first one stands above",
                ));
            }
            Some(Kind::Either { .. }) => {
                return Err(Trouble::new(line.place, "`-- else` without `-- if`", "inside `-- either`")
                    .hint("the branches of `-- either` are divided by `-- or NAME`"));
            }
            _ => return Err(Trouble::new(line.place, "`-- else` without `-- if`", "no `-- if` is open")),
        }
        let steps = self.next_branch();
        let mut assumed = None;
        if let Some(Open { kind: Kind::If { condition, then }, .. }) = self.open.last_mut() {
            *then = Some(steps);
            assumed = Some(condition.clone());
        }
        if let Some(condition) = assumed {
            self.assume(&condition, false);
        }
        Ok(())
    }

    pub(super) fn branch(&mut self, line: &Line<'_>, next: &str, next_nonstrict: bool) -> Parsed<()> {
        if !matches!(self.open.last(), Some(Open { kind: Kind::Either { .. }, .. })) {
            return Err(Trouble::new(line.place, "`-- or` without `-- either`", "no `-- either` is open"));
        }
        let steps = self.next_branch();
        if let Some(Open { kind: Kind::Either { branches, name, nonstrict, .. }, .. }) = self.open.last_mut()
        {
            let twice = branches.iter().any(|branch| branch.name == next) || *name == next;
            let name = std::mem::replace(name, next.to_owned());
            let nonstrict = std::mem::replace(nonstrict, next_nonstrict);
            branches.push(Branch { name, nonstrict, steps });
            if twice {
                return Err(Trouble::new(
                    line.place,
                    format!("a second branch `{next}`"),
                    "the name is taken",
                ));
            }
        }
        Ok(())
    }

    /// `-- or 30`
    pub(super) fn way(&mut self, line: &Line<'_>, next: u32) -> Parsed<()> {
        if !matches!(self.open.last(), Some(Open { kind: Kind::Choose { .. }, .. })) {
            return Err(Trouble::new(line.place, "`-- or` without `-- choose`", "no `-- choose` is open"));
        }
        let steps = self.next_branch();
        if let Some(Open { kind: Kind::Choose { ways, weight }, .. }) = self.open.last_mut() {
            ways.push(Way { weight: std::mem::replace(weight, next), steps });
        }
        Ok(())
    }

    pub(super) fn end(&mut self, line: &Line<'_>) -> Parsed<()> {
        let Some(Open { place, session, around, kind, before, mut after }) = self.open.pop() else {
            return Err(Trouble::new(line.place, "`-- end` without a block", "no block is open"));
        };
        let steps = std::mem::replace(&mut self.steps, around);
        let settings = self.scope.settings.clone();
        let mut trouble = None;
        let mut way = None;
        let action = match kind {
            Kind::If { condition, then } => {
                if let Question::Row(row) = condition.question {
                    way = Some(row != condition.negated);
                }
                after.push(settings);
                let (then, otherwise) = match then {
                    Some(then) => (then, steps),
                    None => {
                        after.push(before);
                        (steps, Vec::new())
                    }
                };
                Action::If { condition, then, otherwise }
            }
            Kind::Either { clause, mut branches, name, nonstrict } => {
                after.push(settings);
                branches.push(Branch { name, nonstrict, steps });
                if branches.len() < 2 {
                    let missing = Trouble::new(place, "`-- either` without `-- or`", "one branch only");
                    trouble = Some(missing.hint("name the other behaviour with `-- or NAME`"));
                }
                Action::Either { branches, clause }
            }
            Kind::Repeat { within } => {
                after.push(settings);
                if !steps.iter().any(|step| matches!(step.action, Action::Assert(_))) {
                    let missing = Trouble::new(place, "`-- repeat` without an `=` line", "nothing ends it");
                    trouble = Some(missing.hint("rounds go on until the `=` lines of the block hold"));
                }
                Action::Repeat { within, steps }
            }
            // What a round captures is forgotten behind it, so that the next one can capture it anew.
            Kind::Loop { rounds } => {
                after.push(before);
                Action::Loop { rounds, steps }
            }
            Kind::ForEach { slot, items } => {
                after.push(before);
                Action::ForEach { slot, items, steps }
            }
            Kind::Choose { mut ways, weight } => {
                after.push(settings);
                ways.push(Way { weight, steps });
                Action::Choose { ways }
            }
        };
        self.scope.settings = match way {
            // A row takes one way only.
            Some(then) => after.swap_remove(usize::from(!then)),
            None => merge(&after),
        };
        self.scope.settings.resize(self.scope.captures.len(), Setting::No);
        self.steps.push(Step { place, session, action });
        trouble.map_or(Ok(()), Err)
    }

    pub(super) fn close_all(&mut self) {
        while let Some(open) = self.open.pop() {
            let message = format!("this `-- {}` is never closed", open.kind.word());
            self.scope
                .report(Trouble::new(open.place, message, "opened here").hint("close it with `-- end`"));
            self.steps = open.around;
        }
    }
}
/// What is known after ways of which one was taken.
fn merge(ways: &[Vec<Setting>]) -> Vec<Setting> {
    let longest = ways.iter().map(Vec::len).max().unwrap_or(0);
    let of = |way: &Vec<Setting>, index: usize| way.get(index).copied().unwrap_or(Setting::No);
    (0..longest)
        .map(|index| {
            match ways.iter().map(|way| of(way, index)).reduce(|a, b| if a == b { a } else { Setting::Maybe })
            {
                Some(setting) => setting,
                None => Setting::No,
            }
        })
        .collect()
}
