//! Values of a line against values of a pattern.

use super::{
    Line, Mismatch,
    difference::{difference, first_difference},
    position::Position,
    world::Arrival,
};
use crate::{
    fault::Span,
    imap::{Node, NodeKind, mailbox_name::canonical},
    scenario::{
        captures::Captures,
        evaluate::{
            Unknown, Value, World, decimal,
            display::{is_secret, quoted},
            evaluate,
        },
        expression::{Expression, Name, Term},
        pattern::{Form, RegexPattern, ValuePattern},
        program::{Place, Slot},
    },
};

/// The most octets of a string that a message shows as a whole; longer ones are shown around their first difference.
const SHORT: usize = 60;

/// Holds the values of one line against patterns, and sets captures as it goes; whoever makes one rewinds them.
pub(super) struct Matcher<'a> {
    pub(super) octets: &'a [u8],
    pub(super) world: Arrival<'a>,
    pub(super) captures: &'a mut Captures,
    /// How much of the pattern was satisfied so far.
    pub(super) satisfied: u32,
}

pub(super) type Match = Result<(), Mismatch>;

impl<'a> Matcher<'a> {
    pub(super) fn new(line: &Line<'a>, world: &'a dyn World, captures: &'a mut Captures) -> Self {
        let world = Arrival { world, numbers: line.numbers };
        Self { octets: line.octets, world, captures, satisfied: 0 }
    }

    /// Runs `attempt`; where it fails, what it captured is unset.
    pub(super) fn attempt<T>(
        &mut self,
        attempt: impl FnOnce(&mut Self) -> Result<T, Mismatch>,
    ) -> Result<T, Mismatch> {
        let (mark, satisfied) = (self.captures.mark(), self.satisfied);
        let result = attempt(self);
        if result.is_err() {
            self.captures.rewind(mark);
            self.satisfied = satisfied;
        }
        result
    }

    pub(super) fn mismatch(&self, what: String, at: Option<Span>, place: Option<Place>) -> Mismatch {
        Mismatch { what, at, place, closeness: self.satisfied, trouble: false }
    }

    /// A value of the pattern has none.
    pub(super) fn unknown(&self, unknown: &Unknown, place: Place) -> Mismatch {
        let trouble = matches!(unknown, Unknown::Oracle(_));
        Mismatch { trouble, ..self.mismatch(unknown.to_string(), None, Some(place)) }
    }

    /// One value.
    pub(super) fn value(&mut self, pattern: &ValuePattern, node: &Node, position: Position) -> Match {
        match &pattern.form {
            Form::Any => {}
            Form::Capture(slot) => self.capture(pattern, *slot, node, position)?,
            Form::Atom(words) => {
                if !words.iter().any(|word| is_word(word, node, self.octets, position)) {
                    return Err(self.differs(pattern, node, &words.join(" or ")));
                }
            }
            Form::Text(text) => self.text(pattern, text, node, position)?,
            Form::Number(number) => self.number(pattern, *number, node, position)?,
            Form::Nil => {
                if !is_nil(node, self.octets) {
                    return Err(self.differs(pattern, node, "NIL"));
                }
            }
            Form::Computed(expression) => self.computed(pattern, expression, node, position)?,
            Form::Regex(regex) => {
                let text = node.text(self.octets);
                self.regex(regex, &text, Some(node.span), Some(pattern.place))?;
            }
            Form::List(list) => match node.list() {
                Some(nodes) => return self.list(list, nodes, node.span, pattern.place, position),
                None => return Err(self.differs(pattern, node, "a list")),
            },
        }
        self.satisfied += 1;
        Ok(())
    }

    fn capture(&mut self, pattern: &ValuePattern, slot: Slot, node: &Node, position: Position) -> Match {
        let Some(held) = self.captures.get(slot).map(<[u8]>::to_vec) else {
            let value = match node.number() {
                Some(number) if position != Position::Mailbox => number.to_string().into_bytes(),
                _ => node.text(self.octets).into_owned(),
            };
            self.captures.set(slot, value);
            return Ok(());
        };
        let same_number = node.number().is_some() && decimal(&held) == node.number();
        // A capture may hold NIL or the text of a list, which a string of these octets does not equal; nothing tells them apart.
        if same_number || equal(&held, &node.text(self.octets), position) {
            return Ok(());
        }
        let name = format!("${} = ", self.captures.name(slot));
        Err(self.text_differs(pattern, &held, node, &name))
    }

    fn computed(
        &mut self,
        pattern: &ValuePattern,
        expression: &Expression,
        node: &Node,
        position: Position,
    ) -> Match {
        match &expression.term {
            Term::Fixture(octets) => return self.text(pattern, octets, node, position),
            // A server with a flat namespace has no delimiter.
            Term::Name(Name::Separator) if self.world.name(&Name::Separator).is_none() => {
                return if is_nil(node, self.octets) {
                    Ok(())
                } else {
                    Err(self.differs(pattern, node, "NIL, for there is no hierarchy delimiter"))
                };
            }
            _ => {}
        }
        let value = self.evaluate(expression, pattern)?;
        let matched = self.computed_value(pattern, value, node, position);
        if matched.is_err() && is_secret(expression) {
            return Err(self.differs(pattern, node, &self.described(pattern)));
        }
        matched
    }

    fn computed_value(
        &mut self,
        pattern: &ValuePattern,
        value: Value,
        node: &Node,
        position: Position,
    ) -> Match {
        match value {
            Value::Number(number) => self.number(pattern, number, node, position),
            Value::Octets(octets) => {
                let same_number = node.number().is_some() && decimal(&octets) == node.number();
                if same_number { Ok(()) } else { self.text(pattern, &octets, node, position) }
            }
            Value::Flags(flags) => {
                let is =
                    |node: &Node, flag: &String| node.text(self.octets).eq_ignore_ascii_case(flag.as_bytes());
                let same = node.list().is_some_and(|nodes| {
                    nodes.iter().all(|node| flags.iter().any(|flag| is(node, flag)))
                        && flags.iter().all(|flag| nodes.iter().any(|node| is(node, flag)))
                });
                if same {
                    Ok(())
                } else {
                    Err(self.differs(pattern, node, &format!("({})", flags.join(" "))))
                }
            }
            // Several numbers in place of one value: only SEARCH and lists spread them.
            Value::Numbers(numbers) => {
                let words = numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
                self.text(pattern, words.as_bytes(), node, position)
            }
            Value::Truth(truth) => Err(self.differs(pattern, node, &truth.to_string())),
        }
    }

    /// The value of an expression, or why the pattern that holds it cannot match.
    pub(super) fn evaluate(
        &self,
        expression: &Expression,
        pattern: &ValuePattern,
    ) -> Result<Value, Mismatch> {
        evaluate(expression, &self.world, self.captures)
            .map_err(|unknown| self.unknown(&unknown, pattern.place))
    }

    fn number(&mut self, pattern: &ValuePattern, number: u64, node: &Node, position: Position) -> Match {
        let came = match position {
            Position::Mailbox => decimal(&node.text(self.octets)),
            _ => node.number(),
        };
        if came == Some(number) { Ok(()) } else { Err(self.differs(pattern, node, &number.to_string())) }
    }

    fn text(&mut self, pattern: &ValuePattern, text: &[u8], node: &Node, position: Position) -> Match {
        let comparable = match node.kind {
            NodeKind::List(_) => false,
            NodeKind::Nil => position == Position::Mailbox,
            _ => true,
        };
        let came = node.text(self.octets);
        if comparable && (equal(text, &came, position) || is_sequence_set(text, node, &came)) {
            return Ok(());
        }
        Err(self.text_differs(pattern, text, node, ""))
    }

    /// Searches `text`; named groups set captures, or are compared with them.
    pub(super) fn regex(
        &mut self,
        pattern: &RegexPattern,
        text: &[u8],
        at: Option<Span>,
        place: Option<Place>,
    ) -> Match {
        let Some(found) = pattern.regex.captures(text) else {
            let what = format!("expected a match of /{}/, came {}", pattern.regex.as_str(), quoted(text));
            return Err(self.mismatch(what, at, place));
        };
        for (group, slot) in &pattern.groups {
            let Some(value) = found.name(group).map(|group| group.as_bytes()) else { continue };
            match self.captures.get(*slot) {
                Some(held) if held != value => {
                    let what = format!("expected ${group} = {}, came {}", quoted(held), quoted(value));
                    return Err(self.mismatch(what, at, place));
                }
                Some(_) => {}
                None => self.captures.set(*slot, value.to_vec()),
            }
        }
        Ok(())
    }

    pub(super) fn differs(&self, pattern: &ValuePattern, node: &Node, expected: &str) -> Mismatch {
        let what = format!("expected {expected}, came {}", self.shown(node));
        self.mismatch(what, Some(node.span), Some(pattern.place))
    }

    fn text_differs(&self, pattern: &ValuePattern, expected: &[u8], node: &Node, name: &str) -> Mismatch {
        let came = node.text(self.octets);
        if node.list().is_some() || node.is_nil() || (expected.len() <= SHORT && came.len() <= SHORT) {
            return self.differs(pattern, node, &format!("{name}{}", quoted(expected)));
        }
        let at = match node.kind {
            NodeKind::Literal { content } => {
                let first = content.start as usize + first_difference(expected, &came);
                Span::new(first, first + usize::from(first < content.end as usize))
            }
            _ => node.span,
        };
        self.mismatch(difference(expected, &came), Some(at), Some(pattern.place))
    }

    /// A value as it came, shortened.
    pub(super) fn shown(&self, node: &Node) -> String {
        match node.kind {
            NodeKind::Quoted { .. } | NodeKind::Literal { .. } => quoted(&node.text(self.octets)),
            _ if node.span.is_empty() => "nothing".into(),
            _ => {
                let text = quoted(node.raw(self.octets));
                let bare = text.strip_prefix('"').map(|text| text.replacen('"', "", 1).replace("\\\\", "\\"));
                // A list may hold strings, whose quotes are escaped in what `quoted` shows.
                if text.contains("\\\"") { text } else { bare.unwrap_or(text) }
            }
        }
    }
}

/// Whether two strings are the same at this position.
pub(super) fn equal(expected: &[u8], came: &[u8], position: Position) -> bool {
    if expected == came {
        return true;
    }
    match position {
        Position::AnyCase | Position::Flags => expected.eq_ignore_ascii_case(came),
        Position::Mailbox => canonical(expected) == canonical(came),
        Position::InternalDate => {
            let (expected, came) = (instant(expected), instant(came));
            expected.is_some() && expected == came
        }
        Position::Exact | Position::Body | Position::Parameters | Position::Disposition => false,
    }
}

/// The instant of a `date-time` of RFC 3501 section 9, in seconds.
pub(in crate::scenario) fn instant(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.trim_start();
    let zoned = jiff::fmt::strtime::parse("%d-%b-%Y %H:%M:%S %z", text).ok()?.to_timestamp().ok()?;
    Some(zoned.as_second())
}

/// Whether a word of a pattern stands for this value. NIL stands for NIL alone, except where a mailbox is named.
fn is_word(word: &str, node: &Node, octets: &[u8], position: Position) -> bool {
    if node.list().is_some() {
        return false;
    }
    let came = node.text(octets);
    if position == Position::Mailbox {
        return equal(word.as_bytes(), &came, position);
    }
    if word.eq_ignore_ascii_case("NIL") || node.is_nil() {
        return word.eq_ignore_ascii_case("NIL") && node.is_nil();
    }
    let any_case = node.is_word() && came.eq_ignore_ascii_case(word.as_bytes());
    any_case || equal(word.as_bytes(), &came, position) || is_sequence_set(word.as_bytes(), node, &came)
}

fn is_nil(node: &Node, octets: &[u8]) -> bool {
    // The words of POP3 lines are read without NIL.
    node.is_nil() || (node.kind == NodeKind::Atom && node.raw(octets) == b"NIL")
}

/// Whether a word, say of COPYUID, names the numbers of `expected` in the same order in another way: `3:5` is `3,4,5`.
fn is_sequence_set(expected: &[u8], node: &Node, came: &[u8]) -> bool {
    node.is_word()
        && expected != came
        && numbers_of(expected).is_some_and(|numbers| numbers_of(came) == Some(numbers))
}

/// Sets that name more numbers than this are compared as text.
const LONGEST_SET: usize = 10_000;

fn numbers_of(set: &[u8]) -> Option<Vec<u64>> {
    let mut numbers = Vec::new();
    for range in set.split(|&octet| octet == b',') {
        let colon = range.iter().position(|&octet| octet == b':');
        let (first, last) = match colon {
            Some(colon) => (decimal(&range[..colon])?, decimal(&range[colon + 1..])?),
            None => (decimal(range)?, decimal(range)?),
        };
        let (first, last) = (first.min(last), first.max(last));
        if usize::try_from(last - first).map_or(true, |more| numbers.len() + more >= LONGEST_SET) {
            return None;
        }
        numbers.extend(first..=last);
    }
    Some(numbers)
}
