//! One line against one pattern.

use super::{
    Content, Line, Mismatch,
    fetch::match_items,
    list::Elements,
    matcher::{Match, Matcher},
    position::Position,
    reply,
};
use crate::{
    fault::Span,
    imap::{
        Node, NodeKind,
        response::{Code, Kind, Listing, Status, Text},
    },
    scenario::{
        captures::Captures,
        evaluate::{World, decimal, display::quoted},
        pattern::{ItemsPattern, ListPattern, Pattern, StatusPattern, ValuePattern},
    },
};

/// Holds one line against one pattern.
///
/// Of a POP3 reply, status line and body are held against [`Pattern::Reply`] and [`Pattern::Body`]; the patterns of single lines of a
/// body belong to [`match_reply`](super::match_reply), and match here if any line does.
///
/// # Errors
/// Why it does not match; nothing is captured then.
pub fn match_line(
    pattern: &Pattern,
    line: &Line<'_>,
    world: &dyn World,
    captures: &mut Captures,
) -> Result<(), Mismatch> {
    let mut matcher = Matcher::new(line, world, captures);
    matcher.attempt(|matcher| match (pattern, line.content) {
        (Pattern::Line(regex), Content::Imap(_)) => {
            let text = without_line_end(line.octets);
            matcher.regex(regex, text, Some(Span::new(0, text.len())), None)
        }
        (_, Content::Imap(response)) => matcher.response(pattern, &response.kind),
        (_, Content::Pop3(reply)) => reply::match_status_or_body(matcher, pattern, reply),
    })
}

/// What is satisfied when the kind of the line is the right one, so that such lines count as nearer than any other.
pub(super) const RIGHT_KIND: u32 = 100;

impl Matcher<'_> {
    fn response(&mut self, pattern: &Pattern, kind: &Kind) -> Match {
        match (pattern, kind) {
            (Pattern::Continuation(None), Kind::Continuation(_)) => Ok(()),
            (Pattern::Continuation(Some(pattern)), Kind::Continuation(text)) => {
                self.satisfied += RIGHT_KIND;
                let start = text.code.as_ref().map_or(text.text.start, |code| code.span.start);
                let node = word(Span::new(start as usize, text.text.end as usize), self.octets);
                self.value(pattern, &node, Position::Exact)
            }
            (Pattern::Tagged(pattern), Kind::Tagged { status, text, .. }) => {
                self.satisfied += RIGHT_KIND;
                self.status(pattern, *status, text)
            }
            (Pattern::Status(pattern), Kind::Status { status, text }) => self.status(pattern, *status, text),
            (Pattern::Numbered { number, keyword }, _) => self.numbered(number, keyword, kind),
            (Pattern::Fetch { number, items }, Kind::Fetch { number: came, items: nodes }) => {
                self.satisfied += RIGHT_KIND;
                let node = leading_number(*came, self.octets);
                self.value(number, &node, Position::Exact)?;
                match_items(self, items, nodes)
            }
            (
                Pattern::MailboxStatus { mailbox, items },
                Kind::MailboxStatus { mailbox: came, items: pairs },
            ) => {
                self.satisfied += RIGHT_KIND;
                self.value(mailbox, came, Position::Mailbox)?;
                self.status_items(items, pairs)
            }
            (
                Pattern::List { keyword, attributes, delimiter, mailbox, extended },
                Kind::List(came) | Kind::Lsub(came),
            ) => {
                let name = if matches!(kind, Kind::List(_)) { "LIST" } else { "LSUB" };
                if keyword != name {
                    return Err(self.another_kind(keyword));
                }
                self.satisfied += RIGHT_KIND;
                self.listing(attributes, delimiter, mailbox, extended, came)
            }
            (Pattern::Flags(flags), Kind::Flags(came)) => {
                self.satisfied += RIGHT_KIND;
                self.value(flags, came, Position::Flags)
            }
            (Pattern::Search { numbers, rest }, Kind::Search { numbers: came, rest: extension }) => {
                self.satisfied += RIGHT_KIND;
                let line = Span::new(0, without_line_end(self.octets).len());
                self.search(numbers, *rest, came, extension, line)
            }
            (Pattern::Capability(wanted), Kind::Capability(came)) => {
                self.satisfied += RIGHT_KIND;
                self.among(wanted, came)
            }
            (Pattern::Other(list), Kind::Other { number: None, name, nodes }) => {
                self.other(list, *name, nodes)
            }
            (Pattern::Other(list), _) => {
                // A name that this grammar knows under a kind of its own, written so that no special form fits.
                let name = list.items.first().map_or_else(String::new, |name| self.described(name));
                Err(self.another_kind(&name))
            }
            (_, _) => Err(self.another_kind(wanted_kind(pattern))),
        }
    }

    fn status(&mut self, pattern: &StatusPattern, status: Status, text: &Text) -> Match {
        let name = match status {
            Status::Ok => "OK",
            Status::No => "NO",
            Status::Bad => "BAD",
            Status::Preauth => "PREAUTH",
            Status::Bye => "BYE",
        };
        if !pattern.status.iter().any(|wanted| wanted == name) {
            let what = format!("expected {}, came {name}", pattern.status.join(" or "));
            return Err(self.mismatch(what, Some(Span::new(0, without_line_end(self.octets).len())), None));
        }
        self.satisfied += RIGHT_KIND;
        match (&pattern.code, &text.code) {
            (None, _) => {}
            (Some(wanted), Some(code)) => self.code(wanted, code)?,
            (Some(wanted), None) => {
                let name = wanted.items.first();
                let what = format!(
                    "expected the response code [{}], came none",
                    name.map_or_else(String::new, |name| self.described(name))
                );
                return Err(self.mismatch(what, Some(text.text), name.map(|name| name.place)));
            }
        }
        match &pattern.text {
            Some(regex) => self.regex(regex, text.text.of(self.octets), Some(text.text), None),
            None => Ok(()),
        }
    }

    fn code(&mut self, wanted: &ListPattern, code: &Code) -> Match {
        let Some((name, arguments)) = wanted.items.split_first() else { return Ok(()) };
        self.value(name, &code.name, Position::AnyCase)?;
        self.satisfied += RIGHT_KIND;
        let name_octets = code.name.raw(self.octets).to_ascii_uppercase();
        if name_octets == b"CAPABILITY" {
            return self.among(arguments, &code.arguments);
        }
        let split;
        let came: &[Node] = match code.arguments.as_slice() {
            // What the grammar does not know the arguments of, it keeps as one word.
            [whole] if arguments.len() > 1 && whole.kind == NodeKind::Atom => {
                split = words(whole.span, self.octets);
                &split
            }
            other => other,
        };
        let position = match name_octets.as_slice() {
            b"PERMANENTFLAGS" => Position::Flags,
            b"BADCHARSET" => Position::AnyCase,
            _ => Position::Exact,
        };
        if position == Position::Exact {
            return self.in_order(&Elements::behind_name(wanted), came, code.span, name.place, position);
        }
        for (index, argument) in arguments.iter().enumerate() {
            match came.get(index) {
                Some(node) => self.value(argument, node, position)?,
                None => {
                    let what = format!("expected {} in the response code", self.described(argument));
                    return Err(self.mismatch(what, Some(code.span), Some(argument.place)));
                }
            }
        }
        match came.get(arguments.len()) {
            Some(node) if !wanted.rest => {
                let what = format!("expected no more in the response code, came {}", self.shown(node));
                Err(self.mismatch(what, Some(node.span), None))
            }
            _ => Ok(()),
        }
    }

    fn numbered(&mut self, number: &ValuePattern, keyword: &str, kind: &Kind) -> Match {
        let (came, name) = match kind {
            Kind::Exists(number) => (*number, &b"EXISTS"[..]),
            Kind::Recent(number) => (*number, &b"RECENT"[..]),
            Kind::Expunge(number) => (*number, &b"EXPUNGE"[..]),
            Kind::Fetch { number, .. } => (*number, &b"FETCH"[..]),
            Kind::Other { number: Some(number), name, .. } => (*number, name.of(self.octets)),
            _ => return Err(self.another_kind(keyword)),
        };
        if !name.eq_ignore_ascii_case(keyword.as_bytes()) {
            return Err(self.another_kind(keyword));
        }
        self.satisfied += RIGHT_KIND;
        self.value(number, &leading_number(came, self.octets), Position::Exact)
    }

    fn status_items(&mut self, items: &ItemsPattern, pairs: &[(Node, Node)]) -> Match {
        for item in &items.items {
            let mut nearest = None;
            let found = pairs.iter().any(|(name, value)| {
                name.text(self.octets).eq_ignore_ascii_case(item.name.as_bytes()) && {
                    let tried = self.attempt(|this| this.value(&item.value, value, Position::Exact));
                    tried.map_err(|mismatch| nearest = Some(mismatch)).is_ok()
                }
            });
            if !found {
                let missing = || {
                    self.mismatch(format!("expected the item {}", item.name), None, Some(item.value.place))
                };
                return Err(nearest.unwrap_or_else(missing));
            }
            self.satisfied += 1;
        }
        let named =
            |name: &[u8]| items.items.iter().any(|item| name.eq_ignore_ascii_case(item.name.as_bytes()));
        match pairs.iter().find(|(name, _)| items.exact && !named(&name.text(self.octets))) {
            Some((name, _)) => {
                let what = format!("expected no other items, came {}", self.shown(name));
                Err(self.mismatch(what, Some(name.span), None))
            }
            None => Ok(()),
        }
    }

    fn listing(
        &mut self,
        attributes: &ValuePattern,
        delimiter: &ValuePattern,
        mailbox: &ValuePattern,
        extended: &[ValuePattern],
        came: &Listing,
    ) -> Match {
        // The name first: of several mailboxes the one that is meant is the nearest.
        self.value(mailbox, &came.mailbox, Position::Mailbox)?;
        self.satisfied += RIGHT_KIND;
        self.value(delimiter, &came.delimiter, Position::Exact)?;
        self.value(attributes, &came.attributes, Position::Flags)?;
        for (index, pattern) in extended.iter().enumerate() {
            match came.extended.get(index) {
                Some(node) => self.value(pattern, node, Position::Exact)?,
                None => {
                    let what = format!("expected {} behind the name", self.described(pattern));
                    return Err(self.mismatch(what, Some(came.mailbox.span), Some(pattern.place)));
                }
            }
        }
        Ok(())
    }

    /// Each pattern matches some node; others may be there.
    fn among(&mut self, wanted: &[ValuePattern], came: &[Node]) -> Match {
        for pattern in wanted {
            let found = came
                .iter()
                .any(|node| self.attempt(|this| this.value(pattern, node, Position::AnyCase)).is_ok());
            if !found {
                let what = format!("expected {} among the capabilities", self.described(pattern));
                return Err(self.mismatch(what, None, Some(pattern.place)));
            }
        }
        Ok(())
    }

    fn other(&mut self, list: &ListPattern, name: Span, nodes: &[Node]) -> Match {
        let Some(wanted) = list.items.first() else { return Ok(()) };
        self.value(wanted, &Node { span: name, kind: NodeKind::Atom }, Position::AnyCase)?;
        self.satisfied += RIGHT_KIND;
        let end = without_line_end(self.octets).len();
        let rest = Span::new(name.end as usize, end);
        self.in_order(&Elements::behind_name(list), nodes, rest, wanted.place, Position::Exact)
    }

    pub(super) fn another_kind(&self, expected: &str) -> Mismatch {
        let line = without_line_end(self.octets);
        self.mismatch(
            format!("expected {expected}, came {}", quoted(line)),
            Some(Span::new(0, line.len())),
            None,
        )
    }
}

fn wanted_kind(pattern: &Pattern) -> &'static str {
    match pattern {
        Pattern::Continuation(_) => "a continuation request",
        Pattern::Tagged(_) => "a tagged response",
        Pattern::Status(_) => "an untagged status response",
        Pattern::Fetch { .. } => "FETCH",
        Pattern::MailboxStatus { .. } => "STATUS",
        Pattern::List { .. } => "LIST",
        Pattern::Flags(_) => "FLAGS",
        Pattern::Search { .. } => "SEARCH",
        Pattern::Capability(_) => "CAPABILITY",
        Pattern::Line(_) | Pattern::Numbered { .. } | Pattern::Other(_) => "another response",
        Pattern::Reply(_) | Pattern::BodyLine(_) | Pattern::BodyEnd | Pattern::Body(_) => "a POP3 reply",
    }
}

/// The number behind `* `, as a node.
pub(super) fn leading_number(number: u64, octets: &[u8]) -> Node {
    let start = octets.iter().position(u8::is_ascii_digit).unwrap_or(0);
    let length = octets[start..].iter().take_while(|octet| octet.is_ascii_digit()).count();
    Node { span: Span::new(start, start + length), kind: NodeKind::Number(number) }
}

/// Octets between spaces as a node.
pub(super) fn word(span: Span, octets: &[u8]) -> Node {
    let number = decimal(span.of(octets));
    Node { span, kind: number.map_or(NodeKind::Atom, NodeKind::Number) }
}

/// The words of a text, split at single spaces.
pub(super) fn words(text: Span, octets: &[u8]) -> Vec<Node> {
    if text.is_empty() {
        return Vec::new();
    }
    let mut at = text.start as usize;
    let mut nodes = Vec::new();
    for part in text.of(octets).split(|&octet| octet == b' ') {
        nodes.push(word(Span::new(at, at + part.len()), octets));
        at += part.len() + 1;
    }
    nodes
}

/// The octets of a line without its last line end.
pub(super) fn without_line_end(octets: &[u8]) -> &[u8] {
    let octets = octets.strip_suffix(b"\n").unwrap_or(octets);
    octets.strip_suffix(b"\r").unwrap_or(octets)
}
