//! The strict rules of RFC 3501 section 9 about what a server sends, each with the clause that it enforces.
//!
//! What published extensions add by the grammar's own extension points (response codes, FETCH and STATUS items, untagged
//! responses, LIST data) is kept and not judged, but for SORT, THREAD (RFC 5256) and BINARY (RFC 3516).

mod binary;
mod body;
mod clauses;
mod envelope;
mod fetch;
mod mailbox;
mod octets;
mod sort;
mod status;
mod words;

pub use clauses::CLAUSES;

use super::frame::Frame;
use super::node::tell;
use super::response::{Kind, Response};
use crate::fault::{Fault, Span};

/// What the client has turned on with ENABLE, and so allowed the server to send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Enabled {
    /// UTF-8 in quoted strings and texts: UTF8=ACCEPT (RFC 6855) or IMAP4rev2 (RFC 9051).
    pub utf8: bool,
}

/// Appends to `response.faults` every breach of the grammar in it. `frame` is the one that it was parsed from.
pub fn check(frame: &Frame<'_>, response: &mut Response) {
    check_with(frame, response, Enabled::default());
}

/// As [`check`], for a session in which extensions are enabled.
pub fn check_with(frame: &Frame<'_>, response: &mut Response, enabled: Enabled) {
    let Response { kind, faults } = response;
    let mut rules = Rules { frame, octets: frame.octets, faults };
    rules.all_octets(kind, enabled);
    match kind {
        Kind::Continuation(text) => rules.continuation(text),
        Kind::Tagged { tag, status, text } => rules.tagged(*tag, *status, text),
        Kind::Status { status, text } => rules.untagged_status(*status, text),
        Kind::Capability(names) => rules.capability_response(names),
        Kind::Flags(flags) => rules.flags_response(flags),
        Kind::List(listing) | Kind::Lsub(listing) => rules.listing(listing),
        Kind::MailboxStatus { mailbox, items } => rules.mailbox_status(mailbox, items),
        Kind::Search { numbers, rest } => rules.search(numbers, rest),
        Kind::Exists(number) | Kind::Recent(number) => rules.count(*number),
        Kind::Expunge(number) => rules.sequence_number(*number),
        Kind::Fetch { number, items } => rules.fetch(*number, items),
        Kind::Other { number, name, nodes } => rules.other(*number, *name, nodes),
        Kind::Garbage => {}
    }
}

/// The octets under judgement, and the faults found so far.
struct Rules<'a> {
    frame: &'a Frame<'a>,
    octets: &'a [u8],
    faults: &'a mut Vec<Fault>,
}

impl Rules<'_> {
    fn fault(&mut self, clause: &'static str, span: Span, message: &'static str) {
        tell(self.faults, Fault::new(clause, span, message));
    }

    fn note(&mut self, clause: &'static str, span: Span, message: &'static str) {
        tell(self.faults, Fault::note(clause, span, message));
    }
}

/// Single spaces exactly where the grammar has them.
const SPACING: &str = "rfc3501-9-03b";
/// Every line fits the grammar.
const SYNTAX: &str = "rfc3501-9-61";
/// Response codes fit their grammar.
const CODE: &str = "rfc3501-9-62";
/// Numbers are digits with a value below 4294967296.
const NUMBER: &str = "rfc3501-9-57";

#[cfg(test)]
mod tests;
