//! Which line serves which pattern: backtracking within bounds.

use super::{Mismatch, Missing, Outcome, Wanted};
use crate::scenario::captures::Captures;

/// The most attempts at matching before the search gives up and calls a pattern missing.
const MOST_ATTEMPTS: usize = 10_000;

/// What may be assigned to what.
pub(super) trait Rules {
    fn patterns(&self) -> &[Wanted<'_>];

    /// The number of lines.
    fn lines(&self) -> usize;

    /// The lines, or groups of lines, that a pattern may be tried with, the preferred first.
    fn choices(&self, pattern: usize, taken: &Taken) -> Vec<Vec<usize>>;

    /// Whether a line that satisfies this pattern can satisfy no other.
    fn consumes(&self, pattern: usize) -> bool;

    /// Tries a choice; gives the lines that served, or the line that came nearest. A failed attempt captures nothing.
    fn attempt(
        &mut self,
        pattern: usize,
        choice: &[usize],
        captures: &mut Captures,
    ) -> Result<Vec<usize>, (usize, Mismatch)>;
}

/// The lines that are taken at some point of the search.
#[derive(Default)]
pub(super) struct Taken {
    lines: Vec<bool>,
    /// The line that was taken last, or 0.
    pub(super) last: usize,
}

impl Taken {
    pub(super) fn is(&self, line: usize) -> bool {
        self.lines.get(line).copied().unwrap_or(false)
    }
}

/// The assignment that satisfies all patterns; where there is none, patterns that cannot be satisfied are left out one by one.
pub(super) fn solve(rules: &mut dyn Rules, captures: &mut Captures) -> Outcome {
    let count = rules.patterns().len();
    let mut left_out = vec![false; count];
    let mut missing = Vec::new();
    loop {
        let taken = Taken { lines: vec![false; rules.lines()], last: 0 };
        let mut search = Search {
            rules: &mut *rules,
            left_out: &left_out,
            assigned: vec![Vec::new(); count],
            taken,
            attempts: 0,
            deepest: None,
        };
        if search.descend(0, captures) {
            let lines = search.assigned;
            missing.sort_unstable_by_key(|missing: &Missing| missing.pattern);
            return Outcome { lines, missing };
        }
        // A failed search has failed somewhere; should it not, the last pattern is to blame, which ends the loop all the same.
        let deepest = search.deepest.take();
        let last = left_out.iter().rposition(|out| !out).unwrap_or(0);
        let failure = deepest.unwrap_or(Missing { pattern: last, nearest: None });
        left_out[failure.pattern] = true;
        missing.push(failure);
    }
}

struct Search<'a> {
    rules: &'a mut dyn Rules,
    left_out: &'a [bool],
    assigned: Vec<Vec<usize>>,
    taken: Taken,
    attempts: usize,
    /// The last pattern that was reached and found no line.
    deepest: Option<Missing>,
}

impl Search<'_> {
    fn descend(&mut self, pattern: usize, captures: &mut Captures) -> bool {
        let Some(&out) = self.left_out.get(pattern) else { return true };
        if out {
            return self.descend(pattern + 1, captures);
        }
        let mut nearest: Option<(usize, Mismatch)> = None;
        for choice in self.rules.choices(pattern, &self.taken) {
            self.attempts += 1;
            if self.attempts > MOST_ATTEMPTS {
                break;
            }
            let mark = captures.mark();
            match self.rules.attempt(pattern, &choice, captures) {
                Ok(lines) => {
                    if self.with(pattern, lines, captures) {
                        return true;
                    }
                    captures.rewind(mark);
                }
                Err(new) => {
                    // A line that has nothing in common with the pattern is not near.
                    let better = nearest.as_ref().is_none_or(|(_, old)| new.1.is_nearer_than(old));
                    if better && (new.1.closeness > 0 || new.1.trouble) {
                        nearest = Some(new);
                    }
                }
            }
        }
        if self.rules.patterns()[pattern].optional {
            return self.descend(pattern + 1, captures);
        }
        if self.deepest.as_ref().is_none_or(|deepest| deepest.pattern < pattern) {
            self.deepest = Some(Missing { pattern, nearest });
        }
        false
    }

    /// Goes on with these lines assigned to `pattern`.
    fn with(&mut self, pattern: usize, lines: Vec<usize>, captures: &mut Captures) -> bool {
        let before = self.taken.last;
        let consumed = if self.rules.consumes(pattern) { lines.clone() } else { Vec::new() };
        for &line in &consumed {
            self.taken.lines[line] = true;
            self.taken.last = line;
        }
        self.assigned[pattern] = lines;
        if self.descend(pattern + 1, captures) {
            return true;
        }
        for line in consumed {
            self.taken.lines[line] = false;
        }
        self.taken.last = before;
        self.assigned[pattern].clear();
        false
    }
}
