//! A set of patterns and a window of lines, in any order.

use super::{Line, Mismatch};
use crate::scenario::{captures::Captures, evaluate::World, pattern::Pattern};

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
/// Captures of the patterns that are satisfied stay set.
pub fn match_set(
    patterns: &[Wanted<'_>],
    lines: &[Line<'_>],
    world: &dyn World,
    captures: &mut Captures,
) -> Outcome {
    let _ = (lines, world, captures);
    Outcome {
        lines: vec![Vec::new(); patterns.len()],
        missing: (0..patterns.len()).map(|pattern| Missing { pattern, nearest: None }).collect(),
    }
}
