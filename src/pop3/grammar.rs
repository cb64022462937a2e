//! The strict rules of RFC 1939 and RFC 2449 about replies, each with the clause that it enforces.

use super::frame::Frame;
use super::reply::Reply;
use crate::fault::{Fault, Span};

/// Appends to `reply.faults` what any reply must keep. `frame` is the one that it was parsed from.
pub fn check(frame: &Frame<'_>, reply: &mut Reply) {
    if let Some(feed) = frame.bare_line_feed {
        let span = Span::new(feed as usize, feed as usize + 1);
        let clause = if span.start < frame.status.end + 1 { "rfc1939-3-07" } else { "rfc1939-3-11" };
        reply.faults.push(Fault::new(clause, span, "a line feed without a carriage return"));
    }
}
