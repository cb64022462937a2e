//! One reply of a POP3 server, read without judging it.

use std::borrow::Cow;

use super::frame::Frame;
use crate::fault::{Fault, Span};

/// A reply. All spans point into the octets of its frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// What it begins with.
    pub indicator: Indicator,
    /// The response code (RFC 2449 section 8) without its brackets.
    pub code: Option<Span>,
    /// The text after the indicator and its space, response code included.
    pub text: Span,
    /// The lines of a multi-line reply as they came, byte-stuffed, without the terminator.
    pub body: Option<Span>,
    /// The breaches of the grammar, once [`grammar`](super::grammar) has been asked.
    pub faults: Vec<Fault>,
}

/// How a reply begins (RFC 1939 section 3, RFC 5034 section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Indicator {
    /// `+OK`, in any letter case.
    Ok,
    /// `-ERR`, in any letter case.
    Err,
    /// `+`: a challenge of an AUTH exchange.
    Continue,
    /// Anything else.
    Garbage,
}

/// A line of a multi-line reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// As it came, with the stuffed dot and without the line end.
    pub raw: Span,
    /// Without the stuffed dot.
    pub content: Span,
    /// Its line end.
    pub ending: Span,
}

impl Reply {
    /// Reads a frame.
    #[must_use]
    pub fn parse(frame: &Frame<'_>) -> Self {
        let line = frame.status.of(frame.octets);
        let starts = |word: &[u8]| {
            line.get(..word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word))
                && matches!(line.get(word.len()), None | Some(b' ' | b'\t'))
        };
        let (indicator, length) = if starts(b"+OK") {
            (Indicator::Ok, 3)
        } else if starts(b"-ERR") {
            (Indicator::Err, 4)
        } else if starts(b"+") {
            (Indicator::Continue, 1)
        } else {
            (Indicator::Garbage, 0)
        };
        let space = usize::from(line.get(length) == Some(&b' ') && length > 0);
        let text = Span::new(length + space, line.len());
        let code = match indicator {
            Indicator::Ok | Indicator::Err => code(text, frame.octets),
            Indicator::Continue | Indicator::Garbage => None,
        };
        Self { indicator, code, text, body: frame.body, faults: Vec::new() }
    }

    /// The lines of a multi-line reply; none for others.
    pub fn lines<'a>(&self, octets: &'a [u8]) -> impl Iterator<Item = Line> + use<'a> {
        let body = self.body.unwrap_or_default();
        let mut at = body.start as usize;
        let end = (body.end as usize).min(octets.len());
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let start = at;
            let feed = memchr::memchr(b'\n', &octets[start..end]).map_or(end, |found| start + found);
            at = (feed + 1).min(end);
            let text_end =
                if feed > start && octets[feed - 1] == b'\r' && feed < end { feed - 1 } else { feed };
            let raw = Span::new(start, text_end);
            let stuffed = usize::from(octets[start] == b'.' && start < text_end);
            Some(Line { raw, content: Span::new(start + stuffed, text_end), ending: Span::new(text_end, at) })
        })
    }

    /// The body of a multi-line reply with the byte-stuffing removed (RFC 1939 section 3), line ends as they came.
    #[must_use]
    pub fn unstuffed<'a>(&self, octets: &'a [u8]) -> Cow<'a, [u8]> {
        let body = self.body.unwrap_or_default().of(octets);
        let stuffed = body.first() == Some(&b'.') || memchr::memmem::find(body, b"\n.").is_some();
        if !stuffed {
            return Cow::Borrowed(body);
        }
        let mut out = Vec::with_capacity(body.len());
        for line in self.lines(octets) {
            out.extend_from_slice(line.content.of(octets));
            out.extend_from_slice(line.ending.of(octets));
        }
        Cow::Owned(out)
    }
}

fn code(text: Span, octets: &[u8]) -> Option<Span> {
    let inner = text.of(octets).strip_prefix(b"[")?;
    let length = memchr::memchr(b']', inner)?;
    let start = text.start as usize + 1;
    Some(Span::new(start, start + length))
}
