//! Cuts the octets of a POP3 stream into complete replies (RFC 1939 section 3).

use memchr::memchr;

use crate::fault::Span;
use crate::inflow::Inflow;

/// What a reply may weigh before the framer gives up on it, in octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest status line. RFC 2449 allows 512 octets: a longer one is a fault, this is where patience ends.
    pub line: usize,
    /// The whole reply. At most 4 GiB, whatever is asked for.
    pub reply: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { line: 64 << 10, reply: 128 << 20 }
    }
}

/// Why no further reply can be told apart in this stream. Offsets count from the first octet of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// A status line has not ended in time.
    #[error("the status line that begins at octet {offset} of the stream has more than {limit} octets")]
    LineTooLong {
        /// Where the reply begins.
        offset: u64,
        /// The limit.
        limit: usize,
    },
    /// A multi-line reply has not ended in time.
    #[error("the reply that begins at octet {offset} of the stream has more than {limit} octets")]
    ReplyTooLarge {
        /// Where the reply begins.
        offset: u64,
        /// The limit.
        limit: usize,
    },
}

/// What kind of reply is awaited: the stream alone does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Expect {
    /// A status line and no more.
    SingleLine,
    /// After `+OK`, lines up to one with a single dot; anything else is a single line.
    MultiLine,
}

/// One complete reply, with all its line ends.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// All its octets; the spans of the other fields, and of everything parsed from it, point into these.
    pub octets: &'a [u8],
    /// The status line without its line end.
    pub status: Span,
    /// The lines of a multi-line reply as they came, byte-stuffed, without the terminator.
    pub body: Option<Span>,
    /// The first line feed that no carriage return precedes.
    pub bare_line_feed: Option<u32>,
    /// Where it begins in the stream.
    pub offset: u64,
}

/// Cuts a stream into frames, whatever its segmentation.
///
/// A bare line feed ends a line as well, and is told in the frame. After each [`push`](Self::push), take every reply that is
/// awaited: memory is then bounded by the limits and one segment.
#[derive(Debug, Default)]
pub struct Framer {
    limits: Limits,
    /// From the beginning of the reply under way on.
    inflow: Inflow,
    open: Open,
    failed: Option<FrameError>,
}

/// The reply under way; positions count from its start.
#[derive(Clone, Copy, Debug, Default)]
struct Open {
    /// Where the present line begins.
    line: usize,
    /// Up to where no line feed was found.
    scanned: usize,
    /// The status line, and where the body begins, once the line is complete.
    status: Option<(Span, usize)>,
    bare_line_feed: Option<u32>,
}

impl Framer {
    /// A framer at the first octet of a stream.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let reply = limits.reply.min(u32::MAX as usize - 1);
        Self { limits: Limits { reply, ..limits }, ..Self::default() }
    }

    /// Takes the next octets of the stream. After an error they are dropped.
    pub fn push(&mut self, octets: &[u8]) {
        if self.failed.is_none() {
            self.inflow.push(octets);
        }
    }

    /// The next complete reply, or `None` until more octets have been pushed. Until a reply is complete, `expect` must not change.
    ///
    /// # Errors
    /// When a limit is exceeded; every later call then gives the same error.
    pub fn next(&mut self, expect: Expect) -> Result<Option<Frame<'_>>, FrameError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        match self.complete(expect) {
            Ok(None) => Ok(None),
            Ok(Some((length, status, body))) => {
                let offset = self.inflow.offset();
                let Open { bare_line_feed, .. } = std::mem::take(&mut self.open);
                let octets = self.inflow.take(length);
                Ok(Some(Frame { octets, status, body, bare_line_feed, offset }))
            }
            Err(error) => {
                self.failed = Some(error);
                self.inflow.give_up();
                Err(error)
            }
        }
    }

    /// The octets that have come and belong to no reply yet.
    #[must_use]
    pub fn unread(&self) -> &[u8] {
        self.inflow.unread()
    }

    /// Takes those octets out; the framer goes on behind them.
    pub fn take_unread(&mut self) -> Vec<u8> {
        self.open = Open::default();
        self.inflow.take_all()
    }

    /// Where the next reply begins in the stream: the octets handed out so far.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.inflow.offset()
    }

    /// Length, status line and body of the reply under way, if all of it has come.
    fn complete(&mut self, expect: Expect) -> Result<Option<(usize, Span, Option<Span>)>, FrameError> {
        let octets = self.inflow.unread();
        loop {
            let found = memchr(b'\n', &octets[self.open.scanned..]);
            let seen = found.map_or(octets.len(), |found| self.open.scanned + found + 1);
            if self.open.status.is_none() && seen > self.limits.line {
                return Err(FrameError::LineTooLong {
                    offset: self.inflow.offset(),
                    limit: self.limits.line,
                });
            }
            if seen > self.limits.reply {
                return Err(FrameError::ReplyTooLarge {
                    offset: self.inflow.offset(),
                    limit: self.limits.reply,
                });
            }
            self.open.scanned = seen;
            if found.is_none() {
                return Ok(None);
            }
            let line = self.open.line;
            let crlf = seen >= line + 2 && octets[seen - 2] == b'\r';
            let text = Span::new(line, seen - if crlf { 2 } else { 1 });
            if !crlf && self.open.bare_line_feed.is_none() {
                self.open.bare_line_feed = u32::try_from(seen - 1).ok();
            }
            self.open.line = seen;
            match self.open.status {
                None => {
                    let multi_line = expect == Expect::MultiLine
                        && octets.get(..3).is_some_and(|indicator| indicator.eq_ignore_ascii_case(b"+OK"));
                    if !multi_line {
                        return Ok(Some((seen, text, None)));
                    }
                    self.open.status = Some((text, seen));
                }
                Some((status, body)) if text.of(octets) == b"." => {
                    return Ok(Some((seen, status, Some(Span::new(body, line)))));
                }
                Some(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Cut = (Vec<u8>, Option<Vec<u8>>, Option<u32>);

    fn cut(stream: &[u8], expect: Expect, pieces: &[usize]) -> Vec<Cut> {
        let mut framer = Framer::new(Limits::default());
        let mut out = Vec::new();
        let mut rest = stream;
        let mut sizes = pieces.iter().cycle();
        while !rest.is_empty() {
            let size = sizes.next().copied().unwrap_or(rest.len()).clamp(1, rest.len());
            framer.push(&rest[..size]);
            rest = &rest[size..];
            while let Some(frame) = framer.next(expect).unwrap() {
                let body = frame.body.map(|body| body.of(frame.octets).to_vec());
                out.push((frame.status.of(frame.octets).to_vec(), body, frame.bare_line_feed));
            }
        }
        out
    }

    #[test]
    fn replies_are_cut_as_awaited() {
        type Case<'a> = (&'a [u8], Expect, &'a [(&'a [u8], Option<&'a [u8]>, Option<u32>)]);
        let cases: &[Case<'_>] = &[
            (b"+OK\r\n+OK 2 3\r\n", Expect::SingleLine, &[(b"+OK", None, None), (b"+OK 2 3", None, None)]),
            (b"+OK x\r\na\r\n..b\r\n.\r\n", Expect::MultiLine, &[(b"+OK x", Some(b"a\r\n..b\r\n"), None)]),
            (b"+OK\r\n.\r\n", Expect::MultiLine, &[(b"+OK", Some(b""), None)]),
            (b"-ERR no\r\n", Expect::MultiLine, &[(b"-ERR no", None, None)]),
            (b"+ Y2hhbGxlbmdl\r\n", Expect::MultiLine, &[(b"+ Y2hhbGxlbmdl", None, None)]),
            (b"+OK\r\n.x\r\n.\r\n", Expect::MultiLine, &[(b"+OK", Some(b".x\r\n"), None)]),
            (b"+OK\r\na\r\n.\n", Expect::MultiLine, &[(b"+OK", Some(b"a\r\n"), Some(9))]),
            (b"+OK\n", Expect::SingleLine, &[(b"+OK", None, Some(3))]),
            (b"+OK\r\nnot yet\r\n", Expect::MultiLine, &[]),
        ];
        for (stream, expect, expected) in cases {
            let expected: Vec<Cut> =
                expected.iter().map(|(s, b, f)| (s.to_vec(), b.map(<[u8]>::to_vec), *f)).collect();
            assert_eq!(cut(stream, *expect, &[]), expected, "{}", String::from_utf8_lossy(stream));
        }
    }

    #[test]
    fn limits_name_what_was_exceeded_and_where() {
        let mut framer = Framer::new(Limits { line: 10, reply: 30 });
        framer.push(b"+OK\r\n+OK 56789012");
        assert!(framer.next(Expect::SingleLine).unwrap().is_some());
        assert_eq!(
            framer.next(Expect::SingleLine).err(),
            Some(FrameError::LineTooLong { offset: 5, limit: 10 })
        );
        let mut framer = Framer::new(Limits { line: 10, reply: 30 });
        framer.push(b"+OK\r\n");
        for _ in 0..12 {
            assert!(framer.next(Expect::MultiLine).unwrap().is_none());
            framer.push(b"ab");
        }
        assert!(framer.next(Expect::MultiLine).unwrap().is_none());
        framer.push(b"ab");
        assert_eq!(
            framer.next(Expect::MultiLine).err(),
            Some(FrameError::ReplyTooLarge { offset: 0, limit: 30 })
        );
    }

    proptest! {
        #[test]
        fn segmentation_does_not_matter(
            stream in "(\\+OK|-ERR|\\+ |\\.|\\.\\.|a|\r\n|\r\n|\n|\r){0,30}",
            pieces in prop::collection::vec(1usize..6, 1..9),
            multi in any::<bool>(),
        ) {
            let expect = if multi { Expect::MultiLine } else { Expect::SingleLine };
            prop_assert_eq!(cut(stream.as_bytes(), expect, &[]), cut(stream.as_bytes(), expect, &pieces));
        }
    }
}
