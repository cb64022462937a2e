//! Lists: in order, or as sets.

use super::{
    Mismatch,
    matcher::{Match, Matcher},
    position::Position,
    search::may_be_numbers,
};
use crate::{
    fault::Span,
    imap::Node,
    scenario::{
        evaluate::{Value, display},
        pattern::{Form, ListPattern, ValuePattern},
        program::Place,
    },
};

/// What a list asks for in order.
pub(super) struct Elements<'a> {
    items: &'a [ValuePattern],
    optional_from: Option<usize>,
    rest: bool,
}

impl<'a> Elements<'a> {
    fn of(list: &'a ListPattern) -> Self {
        Self { items: &list.items, optional_from: list.optional_from, rest: list.rest }
    }

    /// Those behind the first, which is a name.
    pub(super) fn behind_name(list: &'a ListPattern) -> Self {
        let optional_from = list.optional_from.map(|from| from.saturating_sub(1));
        Self { items: list.items.get(1..).unwrap_or_default(), optional_from, rest: list.rest }
    }
}

impl Matcher<'_> {
    /// A list: flags in any order, parameters as pairs in any order, everything else in order.
    pub(super) fn list(
        &mut self,
        list: &ListPattern,
        nodes: &[Node],
        span: Span,
        place: Place,
        position: Position,
    ) -> Match {
        match position {
            Position::Flags => self.flags(list, nodes, span),
            Position::Parameters => {
                let in_order = self.attempt(|this| this.elements(list, nodes, span, place, position));
                let Err(mismatch) = in_order else { return Ok(()) };
                self.attempt(|this| this.pairs(list, nodes, mismatch))
            }
            _ => self.elements(list, nodes, span, place, position),
        }
    }

    fn flags(&mut self, list: &ListPattern, nodes: &[Node], span: Span) -> Match {
        for (index, item) in list.items.iter().enumerate() {
            let found = nodes
                .iter()
                .any(|node| self.attempt(|this| this.value(item, node, Position::AnyCase)).is_ok());
            if !found && list.optional_from.is_none_or(|from| index < from) {
                let octets = span.of(self.octets);
                let what =
                    format!("expected {} among {}", self.described(item), String::from_utf8_lossy(octets));
                return Err(self.mismatch(what, Some(span), Some(item.place)));
            }
        }
        if !list.exact || list.rest {
            return Ok(());
        }
        let unnamed = nodes.iter().find(|node| {
            let named = list
                .items
                .iter()
                .any(|item| self.attempt(|this| this.value(item, node, Position::AnyCase)).is_ok());
            !named && !node.text(self.octets).eq_ignore_ascii_case(b"\\Recent")
        });
        match unnamed {
            None => Ok(()),
            Some(node) => {
                let what = format!("expected no others, came {}", self.shown(node));
                Err(self.mismatch(what, Some(node.span), None))
            }
        }
    }

    /// Names with their values, each pair of the pattern once.
    fn pairs(&mut self, list: &ListPattern, nodes: &[Node], otherwise: Mismatch) -> Match {
        let paired = list.items.len().is_multiple_of(2)
            && nodes.len().is_multiple_of(2)
            && list.optional_from.is_none();
        if !paired || (nodes.len() != list.items.len() && !list.rest) {
            return Err(otherwise);
        }
        let mut left: Vec<usize> = (0..nodes.len()).step_by(2).collect();
        for pair in list.items.chunks_exact(2) {
            let found = left.iter().position(|&at| {
                self.attempt(|this| {
                    for (offset, item) in pair.iter().enumerate() {
                        let position = Position::Parameters.of_element(nodes, this.octets, at + offset);
                        this.value(item, &nodes[at + offset], position)?;
                    }
                    Ok(())
                })
                .is_ok()
            });
            let Some(found) = found else { return Err(otherwise) };
            left.remove(found);
        }
        Ok(())
    }

    fn elements(
        &mut self,
        list: &ListPattern,
        nodes: &[Node],
        span: Span,
        place: Place,
        position: Position,
    ) -> Match {
        self.in_order(&Elements::of(list), nodes, span, place, position)
    }

    /// Element by element.
    pub(super) fn in_order(
        &mut self,
        wanted: &Elements<'_>,
        nodes: &[Node],
        span: Span,
        place: Place,
        position: Position,
    ) -> Match {
        let mut at = 0;
        for (index, item) in wanted.items.iter().enumerate() {
            if let Some(numbers) = self.numbers(item)? {
                for number in numbers {
                    let Some(node) = nodes.get(at).filter(|node| node.number() == Some(u64::from(number)))
                    else {
                        return Err(self.missing(&number.to_string(), nodes.get(at), span, item.place));
                    };
                    self.satisfied += u32::from(node.number().is_some());
                    at += 1;
                }
                continue;
            }
            let Some(node) = nodes.get(at) else {
                if wanted.optional_from.is_some_and(|from| index >= from) {
                    return Ok(());
                }
                return Err(self.missing(&self.described(item), None, span, item.place));
            };
            self.value(item, node, position.of_element(nodes, self.octets, at))?;
            at += 1;
        }
        match nodes.get(at) {
            Some(node) if !wanted.rest => {
                let what = format!("expected no more, came {}", self.shown(node));
                Err(self.mismatch(what, Some(node.span), Some(place)))
            }
            _ => Ok(()),
        }
    }

    /// The numbers that a computed value spreads over a list.
    pub(super) fn numbers(&self, item: &ValuePattern) -> Result<Option<Vec<u32>>, Mismatch> {
        let Form::Computed(expression) = &item.form else { return Ok(None) };
        if !may_be_numbers(expression) {
            return Ok(None);
        }
        Ok(match self.evaluate(expression, item)? {
            Value::Numbers(numbers) => Some(numbers),
            _ => None,
        })
    }

    fn missing(&self, expected: &str, came: Option<&Node>, list: Span, place: Place) -> Mismatch {
        match came {
            Some(node) => {
                let what = format!("expected {expected}, came {}", self.shown(node));
                self.mismatch(what, Some(node.span), Some(place))
            }
            None => {
                let end = (list.end as usize).saturating_sub(1).max(list.start as usize);
                let what = format!("expected {expected}, but nothing more came");
                self.mismatch(what, Some(Span::new(end, list.end as usize)), Some(place))
            }
        }
    }

    /// What a pattern asks for, in few words.
    pub(super) fn described(&self, pattern: &ValuePattern) -> String {
        match &pattern.form {
            Form::Any => "a value".into(),
            Form::Capture(slot) => format!("${}", self.captures.name(*slot)),
            Form::Atom(words) => words.join(" or "),
            Form::Text(text) => display::quoted(text),
            Form::Number(number) => number.to_string(),
            Form::Nil => "NIL".into(),
            Form::Computed(expression) if display::is_secret(expression) => {
                display::expression(expression, self.captures)
            }
            Form::Computed(expression) => match self.evaluate(expression, pattern) {
                Ok(value) => display::value(&value),
                Err(_) => display::expression(expression, self.captures),
            },
            Form::Regex(regex) => format!("a match of /{}/", regex.regex.as_str()),
            Form::List(_) => "a list".into(),
        }
    }
}
