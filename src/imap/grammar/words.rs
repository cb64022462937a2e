//! Atoms, strings, numbers and flags (RFC 3501 sections 4 and 9).

use super::{NUMBER, Rules, SPACING, SYNTAX};
use crate::fault::Span;
use crate::imap::node::{Node, NodeKind};

impl Rules<'_> {
    /// `atom`
    pub(super) fn atom(&mut self, node: &Node, what: &'static str) -> bool {
        self.word(node, what, is_atom_char)
    }

    /// `astring`; the word NIL is an ordinary one.
    pub(super) fn astring(&mut self, node: &Node, what: &'static str) -> bool {
        node.is_string() || self.word(node, what, is_astring_char)
    }

    fn word(&mut self, node: &Node, what: &'static str, allowed: fn(u8) -> bool) -> bool {
        if !node.is_word() || node.span.is_empty() {
            self.fault(SYNTAX, visible(node.span), what);
            return false;
        }
        self.only(node.span, what, allowed)
    }

    /// Whether all octets of `span` are allowed; the first that is not, is told.
    pub(super) fn only(&mut self, span: Span, what: &'static str, allowed: fn(u8) -> bool) -> bool {
        // 8-bit octets and NUL have rules of their own.
        let wrong = |octet: &u8| !allowed(*octet) && octet.is_ascii() && *octet != 0;
        let Some(found) = span.of(self.octets).iter().position(wrong) else { return true };
        let at = span.start as usize + found;
        let clause = if self.octets[at] == b'\t' { SPACING } else { SYNTAX };
        self.fault(clause, Span::new(at, at + 1), what);
        false
    }

    /// `string`
    pub(super) fn string(&mut self, node: &Node, clause: &'static str, what: &'static str) -> bool {
        if !node.is_string() {
            self.fault(clause, visible(node.span), what);
        }
        node.is_string()
    }

    /// `nstring`
    pub(super) fn nstring(&mut self, node: &Node, clause: &'static str, what: &'static str) -> bool {
        node.is_nil() || self.string(node, clause, what)
    }

    /// `number`
    pub(super) fn number(&mut self, node: &Node, what: &'static str) -> bool {
        let fits = node.number().is_some_and(|number| number <= u64::from(u32::MAX));
        if !fits {
            self.fault(NUMBER, visible(node.span), what);
        }
        fits
    }

    /// `nz-number`
    pub(super) fn nz_number(&mut self, node: &Node, clause: &'static str, what: &'static str) -> bool {
        let fits = node.number().is_some_and(|number| number <= u64::from(u32::MAX));
        let fits = fits && node.raw(self.octets).first() != Some(&b'0');
        if !fits {
            self.fault(clause, visible(node.span), what);
        }
        fits
    }

    /// `flag`, with what else may stand in this place.
    pub(super) fn flag(&mut self, node: &Node, place: Place) {
        let raw = node.raw(self.octets);
        let Some(name) = raw.strip_prefix(b"\\") else {
            self.atom(node, "a flag is an atom, or a backslash and an atom");
            return;
        };
        if !matches!(node.kind, NodeKind::Atom) {
            self.fault(SYNTAX, node.span, "a flag is an atom, or a backslash and an atom");
            return;
        }
        if name == b"*" {
            if place != Place::PermanentFlags {
                self.fault("rfc3501-9-42", node.span, "\\* may stand in PERMANENTFLAGS only");
            }
        } else if name.eq_ignore_ascii_case(b"Recent") {
            if place != Place::Fetch {
                self.fault("rfc3501-7.2.6-03", node.span, "\\Recent may stand in FETCH FLAGS only");
            }
        } else if name.is_empty() {
            self.fault(SYNTAX, node.span, "a flag is an atom, or a backslash and an atom");
        } else if !SYSTEM_FLAGS.iter().any(|flag| name.eq_ignore_ascii_case(flag)) {
            let name = Span { start: node.span.start + 1, ..node.span };
            if self.only(name, "a flag is an atom, or a backslash and an atom", is_atom_char) {
                self.fault("rfc3501-9-39", node.span, "a backslash flag that no standard defines");
            }
        }
    }

    /// A list whose elements are separated by one space each, also those that are lists.
    pub(super) fn separated(&mut self, nodes: &[Node]) {
        for pair in nodes.windows(2) {
            if let [before, after] = pair
                && before.span.end == after.span.start
                && before.list().is_some()
                && after.list().is_some()
            {
                let at = after.span.start as usize;
                self.fault(SPACING, Span::new(at, at + 1), "a space is missing here");
            }
        }
    }

    /// Lists that stand side by side without a space: addresses, and the parts of a multipart.
    pub(super) fn adjacent(&mut self, nodes: &[Node]) {
        for pair in nodes.windows(2) {
            if let [before, after] = pair
                && before.span.end != after.span.start
            {
                let gap = Span { start: before.span.end, end: after.span.start };
                self.fault(SPACING, gap, "a space where none may stand");
            }
        }
    }
}

/// Where a flag stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Flags,
    PermanentFlags,
    Fetch,
}

/// The system flags that a client may set, without backslash.
pub(super) const SYSTEM_FLAGS: [&[u8]; 5] = [b"Answered", b"Flagged", b"Deleted", b"Seen", b"Draft"];

/// `ATOM-CHAR`
pub(super) fn is_atom_char(octet: u8) -> bool {
    matches!(octet, 0x21..=0x7E) && !matches!(octet, b'(' | b')' | b'{' | b'%' | b'*' | b'"' | b'\\' | b']')
}

/// `ASTRING-CHAR`
pub(super) fn is_astring_char(octet: u8) -> bool {
    is_atom_char(octet) || octet == b']'
}

/// `sequence-set` of numbers without `*`, as servers send it.
pub(super) fn is_set(raw: &[u8]) -> bool {
    let number = |digits: &[u8]| {
        matches!(digits, [b'1'..=b'9', ..])
            && digits.len() <= 10
            && std::str::from_utf8(digits).is_ok_and(|digits| digits.parse::<u32>().is_ok())
    };
    raw.split(|&octet| octet == b',').all(|range| {
        let mut ends = range.splitn(2, |&octet| octet == b':');
        ends.all(number)
    })
}

/// `word` in upper case, without an allocation; empty where it is longer than any name that a rule knows.
pub(super) fn upper<'b>(word: &[u8], buffer: &'b mut [u8; 16]) -> &'b [u8] {
    let Some(room) = buffer.get_mut(..word.len()) else { return b"" };
    room.copy_from_slice(word);
    room.make_ascii_uppercase();
    room
}

/// The place of something, or of the octet before it where it is missing.
pub(super) fn visible(span: Span) -> Span {
    if span.is_empty() { Span { start: span.start.saturating_sub(1), end: span.end.max(1) } } else { span }
}
