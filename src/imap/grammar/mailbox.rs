//! FLAGS, LIST, LSUB, STATUS, SEARCH and the counts (RFC 3501 sections 7.2 and 7.3).

use super::words::{Place, SYSTEM_FLAGS, is_atom_char, visible};
use super::{NUMBER, Rules, SPACING, SYNTAX};
use crate::fault::Span;
use crate::imap::node::{Node, NodeKind};
use crate::imap::response::Listing;

impl Rules<'_> {
    pub(super) fn flags_response(&mut self, flags: &Node) {
        let octets = self.octets;
        let Some(list) = flags.list() else {
            self.fault(SYNTAX, visible(flags.span), "the flags do not stand in parentheses");
            return;
        };
        for flag in list {
            self.flag(flag, Place::Flags);
        }
        let listed = |name: &[u8]| {
            list.iter().any(|flag| {
                flag.raw(octets).strip_prefix(b"\\").is_some_and(|f| f.eq_ignore_ascii_case(name))
            })
        };
        if !SYSTEM_FLAGS.iter().all(|name| listed(name)) {
            self.fault("rfc3501-7.2.6-01", flags.span, "not all five system flags are listed");
        }
    }

    pub(super) fn listing(&mut self, listing: &Listing) {
        match listing.attributes.list() {
            Some(attributes) => self.attributes(attributes),
            None => self.fault(
                LISTING,
                visible(listing.attributes.span),
                "the attributes do not stand in parentheses",
            ),
        }
        self.delimiter(&listing.delimiter);
        self.mailbox(&listing.mailbox);
        for node in &listing.extended {
            if node.list().is_none() {
                self.fault(LISTING, node.span, "more than one name");
            }
        }
    }

    fn attributes(&mut self, attributes: &[Node]) {
        let octets = self.octets;
        for attribute in attributes {
            let raw = attribute.raw(octets);
            let fits = matches!(attribute.kind, NodeKind::Atom)
                && matches!(raw, [b'\\', name @ ..] if !name.is_empty() && name.iter().all(|&o| is_atom_char(o)));
            if !fits {
                self.fault(LISTING, visible(attribute.span), "an attribute is a backslash and an atom");
            }
        }
        let selectability =
            |node: &&Node| ["\\Noselect", "\\Marked", "\\Unmarked"].iter().any(|name| node.is(name, octets));
        let mut found = attributes.iter().filter(selectability);
        if let (Some(_), Some(second)) = (found.next(), found.next()) {
            self.fault(
                "rfc3501-7.2.2-05",
                second.span,
                "a second one of \\Noselect, \\Marked and \\Unmarked",
            );
        }
    }

    fn delimiter(&mut self, delimiter: &Node) {
        let text = delimiter.text(self.octets);
        let quoted = matches!(delimiter.kind, NodeKind::Quoted { .. });
        // One octet, or one character of UTF-8, which the rule on 8-bit octets judges.
        let one = text.len() == 1
            || (!text.is_ascii() && std::str::from_utf8(&text).is_ok_and(|t| t.chars().count() == 1));
        if delimiter.is_nil() {
            return;
        }
        if !quoted || !one {
            self.fault(
                "rfc3501-9-50",
                visible(delimiter.span),
                "the delimiter is one quoted character or NIL",
            );
        } else if text.as_ref() == b"&" {
            self.fault("rfc3501-1.2-02", delimiter.span, "the ampersand as hierarchy delimiter");
        }
    }

    fn mailbox(&mut self, mailbox: &Node) {
        self.astring(mailbox, "a mailbox name is an atom or a string");
    }

    pub(super) fn mailbox_status(&mut self, mailbox: &Node, items: &[(Node, Node)]) {
        let octets = self.octets;
        self.mailbox(mailbox);
        for (item, value) in items {
            if !self.atom(item, "the name of a status item is an atom") {
                continue;
            }
            let known = ["MESSAGES", "RECENT", "UIDNEXT", "UIDVALIDITY", "UNSEEN"];
            if known.iter().any(|name| item.is(name, octets)) {
                self.number(value, "the value of this status item is a number below 4294967296");
            }
        }
    }

    pub(super) fn search(&mut self, numbers: &[u64], rest: &[Node]) {
        for fault in self.faults.iter_mut().filter(|fault| fault.clause == SPACING) {
            fault.clause = "rfc3501-7.2.5-01";
        }
        if let Some(found) = memchr::memmem::find(self.octets, b" 0") {
            let at = found + 1;
            let length = self.octets[at..].iter().take_while(|octet| octet.is_ascii_digit()).count();
            let in_rest = rest.first().is_some_and(|node| node.span.start as usize <= at);
            if !in_rest {
                self.fault(SYNTAX, Span::new(at, at + length), "a number that begins with zero");
            }
        }
        if numbers.iter().any(|&number| number > u64::from(u32::MAX)) {
            self.fault(NUMBER, Span::new(2, self.octets.len()), "a number beyond 32 bits");
        }
        for node in rest {
            if node.list().is_none() {
                self.fault(SYNTAX, visible(node.span), "not a number");
            }
        }
    }

    /// The number of EXISTS and RECENT.
    pub(super) fn count(&mut self, number: u64) {
        if number > u64::from(u32::MAX) {
            self.fault(NUMBER, self.leading_number(), "a number beyond 32 bits");
        }
    }

    /// The number of EXPUNGE and FETCH.
    pub(super) fn sequence_number(&mut self, number: u64) {
        let span = self.leading_number();
        if number > u64::from(u32::MAX) {
            self.fault(NUMBER, span, "a number beyond 32 bits");
        } else if span.of(self.octets).first() == Some(&b'0') {
            self.fault(SYNTAX, span, "a message sequence number that begins with zero");
        }
    }

    fn leading_number(&self) -> Span {
        let start = self.octets.iter().position(u8::is_ascii_digit).unwrap_or(0);
        let length = self.octets[start..].iter().take_while(|octet| octet.is_ascii_digit()).count();
        Span::new(start, start + length)
    }
}

/// A LIST line has attributes that begin with a backslash, a delimiter and one name.
const LISTING: &str = "rfc3501-9-51";
