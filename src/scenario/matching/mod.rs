//! Matching: what the server sent against the patterns of a talk.
//!
//! [`match_line`] holds one line against one pattern, [`match_fetch`] the FETCH lines of one message, [`match_set`] the lines of
//! a window against a set of patterns, and [`match_reply`] the lines of a POP3 reply, which stand in order. Captures that a
//! failed match has set are unset again.

mod difference;
mod fetch;
mod line;
mod list;
mod matcher;
mod position;
mod reply;
mod search;
mod set;
mod solver;
mod world;

pub(in crate::scenario) use self::matcher::instant;
pub use self::{
    difference::difference,
    fetch::match_fetch,
    line::match_line,
    reply::match_reply,
    set::{Missing, Outcome, Wanted, match_set},
};
use super::program::Place;
use crate::{fault::Span, imap, pop3};

/// What the server sent: an IMAP response with its literals, or a POP3 reply.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// All octets of its frame.
    pub octets: &'a [u8],
    /// The same, read.
    pub content: Content<'a>,
    /// The message sequence numbers of the given messages (`#1` first) when it arrived, before it took effect: an EXPUNGE still
    /// finds the message that it removes. Of a message that is not there, `None`; beyond the end, the world is asked.
    pub numbers: &'a [Option<u32>],
}

/// What a [`Line`] was read as.
#[derive(Debug, Clone, Copy)]
pub enum Content<'a> {
    /// An IMAP response.
    Imap(&'a imap::Response),
    /// A POP3 reply.
    Pop3(&'a pop3::Reply),
}

/// Why a line does not match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// What was expected, and what came.
    pub what: String,
    /// The octets of the line at fault, where some can be named.
    pub at: Option<Span>,
    /// The part of the pattern that is not satisfied, where one can be named.
    pub place: Option<Place>,
    /// How near the line came: of several lines that do not match, the one with the highest is shown.
    pub closeness: u32,
    /// The harness can't tell whether the line matches: nothing that the server can be blamed for.
    pub trouble: bool,
}

impl Mismatch {
    /// Is this the one to show of two? Trouble comes before all else.
    fn is_nearer_than(&self, other: &Self) -> bool {
        (self.trouble, self.closeness) > (other.trouble, other.closeness)
    }
}

#[cfg(test)]
mod tests;
