//! The strict rules of RFC 3501 section 9 about what a server sends, each with the clause that it enforces.

use super::frame::Frame;
use super::response::Response;
use crate::fault::{Fault, Span};

/// Appends to `response.faults` every breach of the grammar in it. `frame` is the one that it was parsed from.
pub fn check(frame: &Frame<'_>, response: &mut Response) {
    for &feed in frame.bare_line_feeds {
        let span = Span::new(feed as usize, feed as usize + 1);
        response.faults.push(Fault::new("rfc3501-2.2-02", span, "a line feed without a carriage return"));
    }
}
