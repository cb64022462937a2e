//! The data formats of IMAP (RFC 3501 section 4): atoms, numbers, strings, parenthesised lists and NIL.
//!
//! Reading never fails: what fits no format becomes the nearest node, and a fault.

use std::borrow::Cow;

use memchr::memchr3;

use super::frame::{Frame, Literal};
use crate::fault::{Fault, Severity, Span};

/// One piece of data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// All its octets, quotes, parentheses and literal header included.
    pub span: Span,
    /// Its format.
    pub kind: NodeKind,
}

/// The format of a [`Node`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// A word: atom, flag, sequence set, or anything else without space, quote and parenthesis.
    Atom,
    /// A word of digits only.
    Number(u64),
    /// The word NIL in any letter case. Where a string must stand, as for a mailbox name, it is that word.
    Nil,
    /// A quoted string.
    Quoted {
        /// Whether it holds a backslash.
        escaped: bool,
    },
    /// A literal.
    Literal {
        /// The octets that its count covers.
        content: Span,
    },
    /// A parenthesised list.
    List(Vec<Node>),
}

/// How deep lists are followed, unless the limits say otherwise. Mail that nests deeper is not described by servers of good
/// repute.
pub const DEFAULT_NESTING: usize = 300;

/// How deep lists are followed at most: what follows them is recursive, and the stack of a thread is small.
pub const MAX_NESTING: usize = 1000;

impl Node {
    /// The value of a word or string, without quotes, escapes and literal header. For a list, its octets.
    #[must_use]
    pub fn text<'a>(&self, octets: &'a [u8]) -> Cow<'a, [u8]> {
        match &self.kind {
            NodeKind::Quoted { escaped } => {
                let inner = quoted_content(self.span.of(octets));
                if *escaped { Cow::Owned(unescape(inner)) } else { Cow::Borrowed(inner) }
            }
            NodeKind::Literal { content } => Cow::Borrowed(content.of(octets)),
            _ => Cow::Borrowed(self.span.of(octets)),
        }
    }

    /// The octets as they came.
    #[must_use]
    pub fn raw<'a>(&self, octets: &'a [u8]) -> &'a [u8] {
        self.span.of(octets)
    }

    /// The elements of a list.
    #[must_use]
    pub fn list(&self) -> Option<&[Node]> {
        match &self.kind {
            NodeKind::List(nodes) => Some(nodes),
            _ => None,
        }
    }

    /// The value of a number.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        match self.kind {
            NodeKind::Number(number) => Some(number),
            _ => None,
        }
    }

    /// Whether it is the word NIL.
    #[must_use]
    pub fn is_nil(&self) -> bool {
        self.kind == NodeKind::Nil
    }

    /// Whether it is a quoted string or a literal.
    #[must_use]
    pub fn is_string(&self) -> bool {
        matches!(self.kind, NodeKind::Quoted { .. } | NodeKind::Literal { .. })
    }

    /// Whether it is a word: an atom, a number or NIL.
    #[must_use]
    pub fn is_word(&self) -> bool {
        matches!(self.kind, NodeKind::Atom | NodeKind::Number(_) | NodeKind::Nil)
    }

    /// Whether it is a word that reads `word`, in any letter case.
    #[must_use]
    pub fn is(&self, word: &str, octets: &[u8]) -> bool {
        self.is_word() && self.raw(octets).eq_ignore_ascii_case(word.as_bytes())
    }
}

fn quoted_content(raw: &[u8]) -> &[u8] {
    let inner = raw.strip_prefix(b"\"").unwrap_or(raw);
    // The last quote closes the string only if no backslash escapes it.
    match inner.strip_suffix(b"\"") {
        Some(content) if content.iter().rev().take_while(|&&octet| octet == b'\\').count() % 2 == 0 => {
            content
        }
        _ => inner,
    }
}

fn unescape(inner: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(inner.len());
    let mut octets = inner.iter();
    while let Some(&octet) = octets.next() {
        out.push(match octet {
            b'\\' => octets.next().copied().unwrap_or(octet),
            _ => octet,
        });
    }
    out
}

/// Reads nodes off a frame, from a position on.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub(super) octets: &'a [u8],
    /// The end of what is read: the last line end, at most.
    pub(super) end: usize,
    pub(super) at: usize,
    literals: &'a [Literal],
    nesting: usize,
    /// In a response code a closing bracket ends a word.
    pub(super) in_code: bool,
    /// A section was met whose end could not be found by its parentheses.
    pub(super) unclosed_section: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(frame: &Frame<'a>, at: usize, end: usize) -> Self {
        Self {
            octets: frame.octets,
            end,
            at,
            literals: frame.literals,
            nesting: frame.nesting,
            in_code: false,
            unclosed_section: false,
        }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        if self.at < self.end { self.octets.get(self.at).copied() } else { None }
    }

    /// The remaining octets.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.octets.get(self.at..self.end).unwrap_or_default()
    }

    /// Takes the word that begins here: everything up to a space or the end.
    pub(super) fn word(&mut self) -> Span {
        let length = memchr::memchr(b' ', self.rest()).unwrap_or(self.rest().len());
        let span = Span::new(self.at, self.at + length);
        self.at += length;
        span
    }

    /// Passes the space that must stand here.
    pub(super) fn space(&mut self, faults: &mut Vec<Fault>) {
        let start = self.at;
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
        match self.at - start {
            1 if self.at == self.end => {
                tell(
                    faults,
                    Fault::new(SPACING, Span::new(start, self.at), "a space at the end of the line"),
                );
            }
            1 => {}
            0 if self.at == self.end => {}
            0 => tell(faults, Fault::new(SPACING, Span::new(start, start + 1), "a space is missing here")),
            _ => tell(faults, Fault::new(SPACING, Span::new(start, self.at), "more than one space")),
        }
    }

    /// All nodes up to the end, separated by spaces.
    pub(super) fn nodes(&mut self, faults: &mut Vec<Fault>) -> Vec<Node> {
        let mut nodes = Vec::new();
        while self.at < self.end && !(self.in_code && self.peek() == Some(b']')) {
            if let Some(before) = nodes.last() {
                self.between(before, faults);
                if self.at == self.end || (self.in_code && self.peek() == Some(b']')) {
                    break;
                }
            }
            nodes.push(self.node(0, faults));
        }
        nodes
    }

    /// The node that begins here; an empty atom if none does.
    pub(super) fn node(&mut self, depth: usize, faults: &mut Vec<Fault>) -> Node {
        let start = self.at;
        match self.peek() {
            Some(b'(') => self.list(depth, faults),
            Some(b'"') => self.quoted(faults),
            Some(b')') => {
                self.at += 1;
                let span = Span::new(start, self.at);
                tell(faults, Fault::new(SYNTAX, span, "a closing parenthesis without an opening one"));
                Node { span, kind: NodeKind::Atom }
            }
            Some(b'{' | b'~') => self.literal().unwrap_or_else(|| self.atom()),
            _ => self.atom(),
        }
    }

    fn atom(&mut self) -> Node {
        let start = self.at;
        let mut digits = true;
        let mut value = Some(0u64);
        while let Some(octet) = self.peek() {
            match octet {
                b' ' | b'(' | b')' | b'"' => break,
                b']' if self.in_code => break,
                b'{' if self.at > start && self.literal_here(self.at).is_some() => break,
                b'0'..=b'9' => {
                    value = value.and_then(|v| v.checked_mul(10)?.checked_add(u64::from(octet - b'0')));
                }
                _ => digits = false,
            }
            self.at += 1;
        }
        let span = Span::new(start, self.at);
        let kind = match value {
            Some(value) if digits && self.at > start => NodeKind::Number(value),
            _ if self.at - start == 3 && span.of(self.octets).eq_ignore_ascii_case(b"NIL") => NodeKind::Nil,
            _ => NodeKind::Atom,
        };
        Node { span, kind }
    }

    fn quoted(&mut self, faults: &mut Vec<Fault>) -> Node {
        let start = self.at;
        self.at += 1;
        let mut escaped = false;
        while let Some(found) = memchr3(b'"', b'\\', b'\n', self.rest()) {
            self.at += found;
            match self.octets[self.at] {
                b'"' => {
                    self.at += 1;
                    return Node { span: Span::new(start, self.at), kind: NodeKind::Quoted { escaped } };
                }
                b'\\' => {
                    escaped = true;
                    if !matches!(self.octets.get(self.at + 1), Some(b'"' | b'\\')) {
                        let span = Span::new(self.at, self.at + 2);
                        tell(
                            faults,
                            Fault::new(
                                "rfc3501-9-59",
                                span,
                                "a backslash in a quoted string before neither quote nor backslash",
                            ),
                        );
                    }
                    self.at = (self.at + 2).min(self.end);
                }
                // A literal follows here: whatever this was, it is no quoted string.
                _ => break,
            }
        }
        // What lies before a literal's line end is given to the string, the literal then stands by itself.
        let until = self.next_literal(start).map_or(self.end, |literal| literal.header.start as usize);
        self.at = until.clamp(start + 1, self.end);
        let span = Span::new(start, self.at);
        tell(faults, Fault::new("rfc3501-9-59", span, "a quoted string without its closing quote"));
        Node { span, kind: NodeKind::Quoted { escaped } }
    }

    fn literal_here(&self, at: usize) -> Option<&'a Literal> {
        let index = self.literals.partition_point(|literal| (literal.header.start as usize) < at);
        self.literals.get(index).filter(|literal| literal.header.start as usize == at)
    }

    fn next_literal(&self, at: usize) -> Option<&'a Literal> {
        let index = self.literals.partition_point(|literal| (literal.header.start as usize) < at);
        self.literals.get(index)
    }

    /// The literal, or the literal8 of RFC 3516, that begins here.
    fn literal(&mut self) -> Option<Node> {
        let start = self.at;
        let brace = start + usize::from(self.peek() == Some(b'~'));
        let literal = self.literal_here(brace)?;
        let content = literal.content;
        self.at = content.end as usize;
        Some(Node { span: Span::new(start, self.at), kind: NodeKind::Literal { content } })
    }

    fn list(&mut self, depth: usize, faults: &mut Vec<Fault>) -> Node {
        let start = self.at;
        if depth >= self.nesting {
            return self.too_deep(faults);
        }
        self.at += 1;
        let mut nodes: Vec<Node> = Vec::new();
        self.no_space_inside(faults);
        loop {
            match self.peek() {
                Some(b')') => {
                    self.at += 1;
                    break;
                }
                None => {
                    let span = Span::new(start, start + 1);
                    tell(faults, Fault::new(SYNTAX, span, "a parenthesis that is not closed"));
                    break;
                }
                Some(b']') if self.in_code => {
                    let span = Span::new(start, start + 1);
                    tell(faults, Fault::new(SYNTAX, span, "a parenthesis that is not closed"));
                    break;
                }
                Some(_) => {
                    if let Some(before) = nodes.last() {
                        self.between(before, faults);
                        if matches!(self.peek(), None | Some(b')'))
                            || (self.in_code && self.peek() == Some(b']'))
                        {
                            continue;
                        }
                    }
                    nodes.push(self.node(depth + 1, faults));
                }
            }
        }
        Node { span: Span::new(start, self.at), kind: NodeKind::List(nodes) }
    }

    /// Passes a list that is nested too deep to be followed, in one go.
    fn too_deep(&mut self, faults: &mut Vec<Fault>) -> Node {
        let start = self.at;
        let mut open = 0usize;
        let mut unheard = Vec::new();
        while let Some(octet) = self.peek() {
            match octet {
                b'(' => {
                    open += 1;
                    self.at += 1;
                }
                b')' => {
                    open -= 1;
                    self.at += 1;
                    if open == 0 {
                        break;
                    }
                }
                b' ' | b']' => self.at += 1,
                _ => {
                    self.node(0, &mut unheard);
                    unheard.clear();
                }
            }
        }
        let span = Span::new(start, self.at);
        tell(
            faults,
            Fault {
                clause: SYNTAX,
                severity: Severity::Note,
                span: Span::new(start, start + 1),
                message: Cow::Borrowed("lists are nested deeper than they are followed here"),
            },
        );
        Node { span, kind: NodeKind::Atom }
    }

    fn no_space_inside(&mut self, faults: &mut Vec<Fault>) {
        let start = self.at;
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
        if self.at > start {
            tell(
                faults,
                Fault::new(SPACING, Span::new(start, self.at), "a space after an opening parenthesis"),
            );
        }
    }

    /// What stands between two elements: one space, or nothing between two lists.
    fn between(&mut self, before: &Node, faults: &mut Vec<Fault>) {
        let start = self.at;
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
        let next = self.peek();
        let closing = match next {
            None => Some("a space at the end of the line"),
            Some(b')') => Some("a space before a closing parenthesis"),
            Some(b']') if self.in_code => Some("a space before a closing bracket"),
            _ => None,
        };
        match (self.at - start, closing) {
            (0, None) => {
                let lists = next == Some(b'(') && before.list().is_some();
                if !lists {
                    tell(faults, Fault::new(SPACING, Span::new(start, start + 1), "a space is missing here"));
                }
            }
            (0, Some(_)) | (1, None) => {}
            (_, Some(message)) => tell(faults, Fault::new(SPACING, Span::new(start, self.at), message)),
            _ => tell(faults, Fault::new(SPACING, Span::new(start, self.at), "more than one space")),
        }
    }
}

/// Of one response so many faults are told: who reads them has understood by then, and memory stays bounded.
pub(super) const MAX_FAULTS: usize = 64;

pub(super) fn tell(faults: &mut Vec<Fault>, fault: Fault) {
    if faults.len() < MAX_FAULTS {
        faults.push(fault);
    }
}

/// Single spaces exactly where the grammar has them.
const SPACING: &str = "rfc3501-9-03b";
/// Every line fits the grammar.
const SYNTAX: &str = "rfc3501-9-61";

#[cfg(test)]
mod tests;
