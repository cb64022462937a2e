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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pop3::frame::{Expect, Framer, Limits};
    use crate::pop3::grammar::{self, Form};

    #[test]
    fn replies_are_taken_apart() {
        // (status line, indicator, text, response code)
        type Case<'a> = (&'a [u8], Indicator, &'a [u8], Option<&'a [u8]>);
        let cases: &[Case<'_>] = &[
            (b"+OK", Indicator::Ok, b"", None),
            (b"+OK 2 320", Indicator::Ok, b"2 320", None),
            (b"+ok  x", Indicator::Ok, b" x", None),
            (b"-ERR [IN-USE] x", Indicator::Err, b"[IN-USE] x", Some(b"IN-USE")),
            (b"-ERR x [IN-USE]", Indicator::Err, b"x [IN-USE]", None),
            (b"-ERR [IN-USE", Indicator::Err, b"[IN-USE", None),
            (b"+", Indicator::Continue, b"", None),
            (b"+ Zm9v", Indicator::Continue, b"Zm9v", None),
            (b"+OKAY", Indicator::Garbage, b"+OKAY", None),
            (b"", Indicator::Garbage, b"", None),
        ];
        for (line, indicator, text, code) in cases {
            let octets = [line, &b"\r\n"[..]].concat();
            let mut framer = Framer::new(Limits::default());
            framer.push(&octets);
            let frame = framer.next(Expect::SingleLine).unwrap().unwrap();
            let reply = Reply::parse(&frame);
            assert_eq!(reply.indicator, *indicator);
            assert_eq!(reply.text.of(frame.octets), *text);
            assert_eq!(reply.code.map(|code| code.of(frame.octets)), *code);
        }
    }

    proptest! {
        #[test]
        fn what_was_stuffed_comes_back(lines in prop::collection::vec("[.a\r]{0,4}", 0..9)) {
            let lines: Vec<String> = lines.into_iter().map(|line| line.trim_end_matches('\r').to_owned()).collect();
            let body: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
            let mut sent = String::from("+OK\r\n");
            for line in &lines {
                sent.push_str(if line.starts_with('.') { "." } else { "" });
                sent.push_str(line);
                sent.push_str("\r\n");
            }
            sent.push_str(".\r\n");
            let mut framer = Framer::new(Limits::default());
            framer.push(sent.as_bytes());
            let frame = framer.next(Expect::MultiLine).unwrap().unwrap();
            let mut reply = Reply::parse(&frame);
            prop_assert_eq!(reply.unstuffed(frame.octets), body.as_bytes());
            let contents: Vec<&[u8]> = reply.lines(frame.octets).map(|line| line.content.of(frame.octets)).collect();
            prop_assert_eq!(contents, lines.iter().map(String::as_bytes).collect::<Vec<_>>());
            grammar::check(&frame, &mut reply, Form::Message);
            prop_assert_eq!(reply.faults, Vec::new());
        }

        #[test]
        fn nothing_panics(octets in prop::collection::vec(any::<u8>(), 0..80), text in "[+OKER. <>@0-9\r\n\\[\\]/-]{0,60}") {
            use Form::{Capabilities, Greeting, Message, ScanListing, ScanListings, Stat, Text, UniqueId, UniqueIds};
            for stream in [&octets[..], text.as_bytes(), &[b"+OK ", text.as_bytes(), b"\r\n.\r\n"].concat()] {
                for expect in [Expect::SingleLine, Expect::MultiLine] {
                    let mut framer = Framer::new(Limits::default());
                    framer.push(stream);
                    while let Some(frame) = framer.next(expect).unwrap() {
                        for form in [Text, Greeting, Stat, ScanListing, ScanListings, UniqueId, UniqueIds, Message, Capabilities] {
                            let mut reply = Reply::parse(&frame);
                            grammar::check(&frame, &mut reply, form);
                            grammar::check_response_code(&frame, &mut reply);
                            for fault in &reply.faults {
                                prop_assert!(!fault.render(frame.octets).is_empty());
                            }
                        }
                    }
                }
            }
        }
    }
}
