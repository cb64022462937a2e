//! POP3 replies: the status line, and the lines of the body.

use super::{
    Content, Line, Mismatch, Missing, Outcome, Wanted,
    difference::{difference, first_difference},
    line::{word, words},
    matcher::{Match, Matcher},
    position::Position,
    solver::{Rules, Taken, solve},
};
use crate::{
    fault::Span,
    pop3::{Indicator, Reply},
    scenario::{
        captures::Captures,
        evaluate::{Value, World, display::quoted, evaluate},
        expression::{Expression, Term},
        pattern::{Form, Pattern, ReplyPattern, ValuePattern, WordsPattern},
    },
};

/// Holds a POP3 reply against patterns: of its status line, and of the lines of its body, which must appear `in_order` with others
/// between them allowed (those of CAPA: in any order).
///
/// In the outcome index 0 is the status line, 1 the first line of the body. Each [`Wanted::admits`] speaks of these indices.
pub fn match_reply(
    patterns: &[Wanted<'_>],
    reply: &Line<'_>,
    in_order: bool,
    world: &dyn World,
    captures: &mut Captures,
) -> Outcome {
    let Content::Pop3(read) = reply.content else {
        let missing = (0..patterns.len()).map(|pattern| Missing { pattern, nearest: None }).collect();
        return Outcome { lines: vec![Vec::new(); patterns.len()], missing };
    };
    let body: Vec<Span> = read.lines(reply.octets).map(|line| line.content).collect();
    solve(&mut ReplyRules { patterns, line: reply, body, in_order, world }, captures)
}

struct ReplyRules<'a> {
    patterns: &'a [Wanted<'a>],
    line: &'a Line<'a>,
    /// The lines of the body, unstuffed; the first has index 1.
    body: Vec<Span>,
    in_order: bool,
    world: &'a dyn World,
}

impl Rules for ReplyRules<'_> {
    fn patterns(&self) -> &[Wanted<'_>] {
        self.patterns
    }

    fn lines(&self) -> usize {
        self.body.len() + 1
    }

    fn choices(&self, pattern: usize, taken: &Taken) -> Vec<Vec<usize>> {
        let wanted = &self.patterns[pattern];
        let left = |line: &usize| if self.in_order { *line > taken.last } else { !taken.is(*line) };
        let mut lines = (1..self.lines()).filter(left).filter(|&line| wanted.may_have(line));
        match wanted.pattern {
            Pattern::BodyLine(_) => lines.map(|line| vec![line]).collect(),
            // The line that should not be there, if there is one.
            Pattern::BodyEnd => vec![lines.next().into_iter().collect()],
            _ if wanted.may_have(0) => vec![vec![0]],
            _ => Vec::new(),
        }
    }

    fn consumes(&self, pattern: usize) -> bool {
        matches!(self.patterns[pattern].pattern, Pattern::BodyLine(_))
    }

    fn attempt(
        &mut self,
        pattern: usize,
        choice: &[usize],
        captures: &mut Captures,
    ) -> Result<Vec<usize>, (usize, Mismatch)> {
        let pattern = self.patterns[pattern].pattern;
        let line = choice.first().copied().unwrap_or(0);
        let span = line.checked_sub(1).and_then(|index| self.body.get(index)).copied().unwrap_or_default();
        let result = match pattern {
            Pattern::BodyLine(wanted) => {
                let mut matcher = Matcher::new(self.line, self.world, captures);
                matcher.attempt(|matcher| matcher.words(wanted, span))
            }
            Pattern::BodyEnd if choice.is_empty() => Ok(()),
            Pattern::BodyEnd => Err(Mismatch {
                what: format!("expected no further line, came {}", quoted(span.of(self.line.octets))),
                at: Some(span),
                place: None,
                closeness: 1,
                trouble: false,
            }),
            _ => super::match_line(pattern, self.line, self.world, captures),
        };
        result.map(|()| choice.to_vec()).map_err(|mismatch| (line, mismatch))
    }
}

/// The status line, or the body as a whole.
pub(super) fn match_status_or_body(matcher: &mut Matcher<'_>, pattern: &Pattern, reply: &Reply) -> Match {
    let status = Span::new(0, reply.text.end as usize);
    match pattern {
        Pattern::Line(regex) => matcher.regex(regex, status.of(matcher.octets), Some(status), None),
        Pattern::Continuation(text) if reply.indicator == Indicator::Continue => match text {
            Some(text) => matcher.value(text, &word(reply.text, matcher.octets), Position::Exact),
            None => Ok(()),
        },
        Pattern::Continuation(_) => Err(matcher.unlike_status("a continuation request", status)),
        Pattern::Reply(wanted) => matcher.reply(wanted, reply, status),
        Pattern::Body(expression) => matcher.body(expression, reply),
        Pattern::BodyLine(wanted) => {
            let mut nearest: Option<Mismatch> = None;
            for line in reply.lines(matcher.octets) {
                match matcher.attempt(|matcher| matcher.words(wanted, line.content)) {
                    Ok(()) => return Ok(()),
                    Err(new) if nearest.as_ref().is_none_or(|old| old.closeness < new.closeness) => {
                        nearest = Some(new);
                    }
                    Err(_) => {}
                }
            }
            Err(nearest.unwrap_or_else(|| matcher.mismatch("expected a line, came none".into(), None, None)))
        }
        Pattern::BodyEnd => match reply.lines(matcher.octets).next() {
            None => Ok(()),
            Some(line) => {
                let what = format!("expected no line, came {}", quoted(line.content.of(matcher.octets)));
                Err(matcher.mismatch(what, Some(line.content), None))
            }
        },
        _ => Err(matcher.unlike_status("an IMAP response", status)),
    }
}

impl Matcher<'_> {
    fn unlike_status(&self, expected: &str, status: Span) -> Mismatch {
        let came = quoted(status.of(self.octets));
        self.mismatch(format!("expected {expected}, came {came}"), Some(status), None)
    }

    fn reply(&mut self, wanted: &ReplyPattern, reply: &Reply, status: Span) -> Match {
        let right = match reply.indicator {
            Indicator::Ok => wanted.ok,
            Indicator::Err => wanted.err,
            Indicator::Continue | Indicator::Garbage => false,
        };
        // Even a wrong status is near: there is but one.
        self.satisfied += 1;
        if !right {
            let expected = match (wanted.ok, wanted.err) {
                (true, true) => "+OK or -ERR",
                (_, true) => "-ERR",
                _ => "+OK",
            };
            return Err(self.unlike_status(expected, status));
        }
        self.satisfied += 1;
        let mut text = reply.text;
        if let Some(code) = &wanted.code {
            let came = reply.code.map(|span| span.of(self.octets));
            if !came.is_some_and(|came| came.eq_ignore_ascii_case(code.as_bytes())) {
                return Err(self.unlike_status(&format!("the response code [{code}]"), status));
            }
            let behind = reply.code.map_or(text.start as usize, |span| span.end as usize + 1);
            let space = usize::from(self.octets.get(behind) == Some(&b' '));
            text = Span::new(behind + space, text.end as usize);
        }
        match &wanted.words {
            Some(words) => self.words(words, text),
            None => Ok(()),
        }
    }

    /// Words split at single spaces; a text with spaces takes as many words as it has.
    fn words(&mut self, wanted: &WordsPattern, text: Span) -> Match {
        if let [ValuePattern { form: Form::Regex(regex), place }] = wanted.words.as_slice() {
            return self.regex(regex, text.of(self.octets), Some(text), Some(*place));
        }
        let nodes = words(text, self.octets);
        let mut at = 0;
        for pattern in &wanted.words {
            let more = self.spaces_in(pattern);
            let Some(first) = nodes.get(at) else {
                let what = format!("expected {}, but the line ends", self.described(pattern));
                return Err(self.mismatch(what, Some(Span::at(text.end as usize)), Some(pattern.place)));
            };
            let last = nodes.get(at + more).or(nodes.last()).unwrap_or(first);
            let node = word(first.span.to(last.span), self.octets);
            self.value(pattern, &node, Position::Exact)?;
            at += more + 1;
        }
        match nodes.get(at) {
            Some(node) if !wanted.rest => {
                let rest = Span::new(node.span.start as usize, text.end as usize);
                let what = format!("expected no more, came {}", quoted(rest.of(self.octets)));
                Err(self.mismatch(what, Some(rest), wanted.words.last().map(|last| last.place)))
            }
            _ => Ok(()),
        }
    }

    fn spaces_in(&self, pattern: &ValuePattern) -> usize {
        let count = |octets: &[u8]| octets.iter().filter(|&&octet| octet == b' ').count();
        match &pattern.form {
            Form::Text(text) => count(text),
            Form::Capture(slot) => self.captures.get(*slot).map_or(0, count),
            Form::Computed(expression) => match self.evaluate(expression, pattern) {
                Ok(Value::Octets(octets)) => count(&octets),
                _ => 0,
            },
            _ => 0,
        }
    }

    /// The whole body, unstuffed, forgiving only the final CRLF that the framing adds where there is none.
    fn body(&mut self, expression: &Expression, reply: &Reply) -> Match {
        // There is but one body, so that it is near whatever it holds.
        self.satisfied += 1;
        let came = reply.unstuffed(self.octets);
        if let Term::Fixture(expected) = &expression.term {
            return self.same_body(expected, &came, expression, reply);
        }
        match evaluate(expression, &self.world, self.captures) {
            Ok(Value::Octets(expected)) => self.same_body(&expected, &came, expression, reply),
            Ok(_) => Err(self.mismatch("the pattern is no text".into(), None, Some(expression.place))),
            Err(unknown) => Err(self.unknown(&unknown, expression.place)),
        }
    }

    fn same_body(&self, expected: &[u8], came: &[u8], expression: &Expression, reply: &Reply) -> Match {
        if reply.body.is_none() {
            return Err(self.mismatch("expected a body, came none".into(), None, Some(expression.place)));
        }
        let framed = !expected.ends_with(b"\r\n") && came.strip_suffix(b"\r\n") == Some(expected);
        if expected == came || framed {
            return Ok(());
        }
        let mut rest = first_difference(expected, came);
        let at = reply.lines(self.octets).find_map(|line| {
            let length = line.content.len() + line.ending.len();
            let here = (rest < length).then(|| line.content.start as usize + rest);
            rest = rest.saturating_sub(length);
            here
        });
        let at = at.map(|at| Span::new(at, at + 1));
        Err(self.mismatch(difference(expected, came), at, Some(expression.place)))
    }
}
