//! A set of patterns and a window of lines, in any order.

use std::collections::BTreeMap;

use super::{
    Content, Line, Mismatch,
    fetch::fetch_lines,
    solver::{Rules, Taken, solve},
};
use crate::{
    imap::response::Kind,
    scenario::{
        captures::Captures,
        evaluate::World,
        pattern::{Form, Pattern},
    },
};

/// A pattern that wants a line.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// What it asks.
    pub pattern: &'a Pattern,
    /// It may go without (`S?:`).
    pub optional: bool,
    /// Which lines, by index, it may have; `None`: all.
    pub admits: Option<&'a dyn Fn(usize) -> bool>,
}

impl Wanted<'_> {
    pub(super) fn may_have(&self, line: usize) -> bool {
        self.admits.is_none_or(|admits| admits(line))
    }
}

/// The best assignment of lines to patterns that was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// For each pattern the indices of the lines that satisfy it: several only for FETCH, none for a missing one.
    pub lines: Vec<Vec<usize>>,
    /// The patterns that are neither satisfied nor optional, in order; empty: all is well.
    pub missing: Vec<Missing>,
}

/// A pattern that could not be satisfied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Its index.
    pub pattern: usize,
    /// The line, by index, that came nearest among those that no other pattern has, and why it does not match.
    pub nearest: Option<(usize, Mismatch)>,
}

/// Assigns lines to patterns, in any order, such that each line serves one pattern; FETCH lines may serve several.
///
/// Captures of the patterns that are satisfied stay set. The search is bounded; a set of patterns so intricate that its bound is
/// reached has missing ones.
pub fn match_set(
    patterns: &[Wanted<'_>],
    lines: &[Line<'_>],
    world: &dyn World,
    captures: &mut Captures,
) -> Outcome {
    solve(&mut WindowRules { patterns, lines, world }, captures)
}

struct WindowRules<'a> {
    patterns: &'a [Wanted<'a>],
    lines: &'a [Line<'a>],
    world: &'a dyn World,
}

impl Rules for WindowRules<'_> {
    fn patterns(&self) -> &[Wanted<'_>] {
        self.patterns
    }

    fn lines(&self) -> usize {
        self.lines.len()
    }

    fn choices(&self, pattern: usize, taken: &Taken) -> Vec<Vec<usize>> {
        let wanted = &self.patterns[pattern];
        let admitted = (0..self.lines.len()).filter(|&line| wanted.may_have(line));
        let Pattern::Fetch { number, .. } = wanted.pattern else {
            return admitted.filter(|&line| !taken.is(line)).map(|line| vec![line]).collect();
        };
        let fetches = admitted.filter_map(|line| match self.lines[line].content {
            Content::Imap(response) => match response.kind {
                Kind::Fetch { number, .. } => Some((number, line)),
                _ => None,
            },
            Content::Pop3(_) => None,
        });
        if matches!(number.form, Form::Any | Form::Capture(_) | Form::Regex(_)) {
            // Any message will do, but all items must be of one.
            let mut by_number: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
            for (number, line) in fetches {
                by_number.entry(number).or_default().push(line);
            }
            return by_number.into_values().collect();
        }
        // The number is held against each line where it arrived, for an expunge between them changes it.
        let all: Vec<usize> = fetches.map(|(_, line)| line).collect();
        if all.is_empty() { Vec::new() } else { vec![all] }
    }

    fn consumes(&self, pattern: usize) -> bool {
        !matches!(self.patterns[pattern].pattern, Pattern::Fetch { .. })
    }

    fn attempt(
        &mut self,
        pattern: usize,
        choice: &[usize],
        captures: &mut Captures,
    ) -> Result<Vec<usize>, (usize, Mismatch)> {
        let pattern = self.patterns[pattern].pattern;
        if let Pattern::Fetch { number, items } = pattern {
            let lines: Vec<&Line<'_>> = choice.iter().map(|&line| &self.lines[line]).collect();
            return match fetch_lines(number, items, &lines, self.world, captures) {
                Ok(used) => Ok(used.into_iter().map(|index| choice[index]).collect()),
                Err((index, mismatch)) => Err((choice.get(index).copied().unwrap_or_default(), mismatch)),
            };
        }
        let line = choice.first().copied().unwrap_or_default();
        super::match_line(pattern, &self.lines[line], self.world, captures)
            .map(|()| vec![line])
            .map_err(|mismatch| (line, mismatch))
    }
}
