//! `* SEARCH`: a set of numbers.

use std::collections::BTreeSet;

use super::{
    matcher::{Match, Matcher},
    position::Position,
};
use crate::{
    fault::Span,
    imap::{Node, NodeKind},
    scenario::{
        evaluate::{Value, decimal},
        expression::{Expression, Function, Term},
        pattern::{Form, ValuePattern},
    },
};

impl Matcher<'_> {
    /// The numbers of a SEARCH response, which may come in any order and more than once (RFC 3501 section 7.2.5), and what an
    /// extension adds behind them.
    ///
    /// Known numbers are looked for first; `_` and captures not yet set then take those left, the least first.
    pub(super) fn search(
        &mut self,
        patterns: &[ValuePattern],
        rest: bool,
        came: &[u64],
        extension: &[Node],
        line: Span,
    ) -> Match {
        let came: BTreeSet<u64> = came.iter().copied().collect();
        let mut expected = BTreeSet::new();
        let mut open = Vec::new();
        let mut behind = Vec::new();
        for pattern in patterns {
            match &pattern.form {
                Form::Number(number) => drop(expected.insert(*number)),
                Form::Computed(expression) => match self.evaluate(expression, pattern)? {
                    Value::Number(number) => drop(expected.insert(number)),
                    Value::Numbers(numbers) => expected.extend(numbers.into_iter().map(u64::from)),
                    Value::Octets(octets) if decimal(&octets).is_some() => expected.extend(decimal(&octets)),
                    _ => behind.push(pattern),
                },
                Form::Capture(slot) => match self.captures.get(*slot).map(decimal) {
                    Some(Some(number)) => drop(expected.insert(number)),
                    _ => open.push(pattern),
                },
                Form::Any | Form::Regex(_) => open.push(pattern),
                _ => behind.push(pattern),
            }
        }
        let missing: Vec<u64> = expected.difference(&came).copied().collect();
        let mut extra: Vec<u64> = came.difference(&expected).copied().collect();
        self.satisfied += u32::try_from(expected.len() - missing.len()).unwrap_or(u32::MAX);
        for pattern in open {
            let taken = extra.iter().position(|number| {
                let node = Node { span: line, kind: NodeKind::Number(*number) };
                self.attempt(|this| this.found(pattern, &node, *number)).is_ok()
            });
            let Some(taken) = taken else {
                let what = format!(
                    "expected {} among the numbers found, which are {}",
                    self.described(pattern),
                    list(&came)
                );
                return Err(self.mismatch(what, Some(line), Some(pattern.place)));
            };
            extra.remove(taken);
        }
        if !missing.is_empty() || (!rest && !extra.is_empty()) {
            let what = format!(
                "expected the numbers {}{}, came {}{}",
                list(&expected),
                if rest { " and any others" } else { "" },
                list(&came),
                differences(&missing, if rest { &[] } else { &extra }),
            );
            return Err(self.mismatch(what, Some(line), patterns.first().map(|first| first.place)));
        }
        self.extension(&behind, rest, extension, line)
    }

    fn found(&mut self, pattern: &ValuePattern, node: &Node, number: u64) -> Match {
        match &pattern.form {
            Form::Regex(regex) => self.regex(regex, number.to_string().as_bytes(), None, Some(pattern.place)),
            _ => self.value(pattern, node, Position::Exact),
        }
    }

    fn extension(&mut self, patterns: &[&ValuePattern], rest: bool, nodes: &[Node], line: Span) -> Match {
        for (index, pattern) in patterns.iter().enumerate() {
            let Some(node) = nodes.get(index) else {
                let what = format!("expected {} behind the numbers", self.described(pattern));
                return Err(self.mismatch(what, Some(line), Some(pattern.place)));
            };
            self.value(pattern, node, Position::Exact)?;
        }
        match nodes.get(patterns.len()) {
            Some(node) if !rest => {
                let what = format!("expected no more than numbers, came {}", self.shown(node));
                Err(self.mismatch(what, Some(node.span), None))
            }
            _ => Ok(()),
        }
    }
}

/// Whether an expression may have several numbers for its value.
pub(super) fn may_be_numbers(expression: &Expression) -> bool {
    matches!(expression.term, Term::Call(Function::Hits | Function::UidHits, _))
}

fn list(numbers: &BTreeSet<u64>) -> String {
    if numbers.is_empty() {
        return "none".into();
    }
    joined(numbers.iter())
}

fn differences(missing: &[u64], extra: &[u64]) -> String {
    match (missing, extra) {
        ([], extra) => format!(": {} too many", joined(extra.iter())),
        (missing, []) => format!(": {} missing", joined(missing.iter())),
        (missing, extra) => {
            format!(": {} missing, {} too many", joined(missing.iter()), joined(extra.iter()))
        }
    }
}

/// Numbers with spaces between them; of many only the first.
fn joined<'a>(numbers: impl ExactSizeIterator<Item = &'a u64>) -> String {
    const SHOWN: usize = 40;
    let count = numbers.len();
    let mut text = numbers.take(SHOWN).map(u64::to_string).collect::<Vec<_>>().join(" ");
    if count > SHOWN {
        text.push_str(&format!(" … ({count} numbers)"));
    }
    text
}
