//! Cuts the octets of an IMAP stream into complete responses (RFC 3501 sections 2.2 and 4.3).

use memchr::memchr;

use super::node::{DEFAULT_NESTING, MAX_NESTING};
use crate::fault::Span;
use crate::inflow::Inflow;

/// What a response may weigh before the framer gives up on it. Every count is in octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest line, literals not counted. RFC 3501 sets none; a SEARCH response grows with the mailbox.
    pub line: usize,
    /// The largest literal.
    pub literal: usize,
    /// The whole response, literals included. At most 4 GiB, whatever is asked for.
    pub response: usize,
    /// How deep lists are followed. At most [`MAX_NESTING`], whatever is asked for.
    pub nesting: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { line: 8 << 20, literal: 64 << 20, response: 128 << 20, nesting: DEFAULT_NESTING }
    }
}

/// Why no further response can be told apart in this stream. Offsets count from the first octet of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// A line has not ended in time.
    #[error(
        "the line that begins at octet {offset} of the stream has more than {limit} octets outside literals"
    )]
    LineTooLong {
        /// Where the response begins.
        offset: u64,
        /// The limit.
        limit: usize,
    },
    /// A literal is announced that is larger than allowed.
    #[error(
        "a literal of {announced} octets is announced at octet {offset} of the stream, the limit is {limit}"
    )]
    LiteralTooLarge {
        /// Where the announcement stands.
        offset: u64,
        /// The announced count.
        announced: u64,
        /// The limit.
        limit: usize,
    },
    /// A response with all its literals is larger than allowed.
    #[error("the response that begins at octet {offset} of the stream has more than {limit} octets")]
    ResponseTooLarge {
        /// Where the response begins.
        offset: u64,
        /// The limit.
        limit: usize,
    },
}

/// A literal within a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Literal {
    /// From the opening brace to the line end before the content.
    pub header: Span,
    /// The octets that the count covers.
    pub content: Span,
}

/// One complete response: a line, or several with literals between them, up to and including the last line end.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// All its octets; the spans of the other fields, and of everything parsed from it, point into these.
    pub octets: &'a [u8],
    /// Its literals, in order.
    pub literals: &'a [Literal],
    /// The line feeds outside literals that no carriage return precedes (rfc3501-2.2-02).
    pub bare_line_feeds: &'a [u32],
    /// Where it begins in the stream.
    pub offset: u64,
    /// How deep its lists are followed.
    pub nesting: usize,
}

impl<'a> Frame<'a> {
    /// Whatever the octets are, as a frame without literals: for text that came from elsewhere than a framer.
    #[must_use]
    pub fn line(octets: &'a [u8]) -> Self {
        Self { octets, literals: &[], bare_line_feeds: &[], offset: 0, nesting: DEFAULT_NESTING }
    }
}

/// Cuts a stream into frames, whatever its segmentation.
///
/// After each [`push`](Self::push), call [`next`](Self::next) until it returns `None`: memory is then bounded by the limits and
/// one segment.
#[derive(Debug, Default)]
pub struct Framer {
    limits: Limits,
    /// From the beginning of the frame under way on.
    inflow: Inflow,
    /// The state of the frame under way; positions in it count from its start.
    open: Open,
    literals: Vec<Literal>,
    bare_line_feeds: Vec<u32>,
    failed: Option<FrameError>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Open {
    /// Where the present line, or what follows a literal, begins. A literal that is not yet complete ends here.
    line: usize,
    /// Up to where no line feed was found.
    scanned: usize,
    /// Octets of earlier lines of the frame, literals not counted.
    outside: usize,
}

impl Framer {
    /// A framer at the first octet of a stream.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let response = limits.response.min(u32::MAX as usize - 1);
        let nesting = limits.nesting.min(MAX_NESTING);
        Self { limits: Limits { response, nesting, ..limits }, ..Self::default() }
    }

    /// Takes the next octets of the stream. After an error they are dropped.
    pub fn push(&mut self, octets: &[u8]) {
        if self.failed.is_none() {
            self.inflow.push(octets);
        }
    }

    /// The next complete response, or `None` until more octets have been pushed.
    ///
    /// # Errors
    /// When a limit is exceeded; every later call then gives the same error.
    #[allow(clippy::should_implement_trait)] // It lends from the framer, as no Iterator can.
    pub fn next(&mut self) -> Result<Option<Frame<'_>>, FrameError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        if self.open.scanned == 0 {
            self.literals.clear();
            self.bare_line_feeds.clear();
        }
        match self.complete() {
            Ok(None) => Ok(None),
            Ok(Some(length)) => {
                let offset = self.inflow.offset();
                self.open = Open::default();
                Ok(Some(Frame {
                    octets: self.inflow.take(length),
                    literals: &self.literals,
                    bare_line_feeds: &self.bare_line_feeds,
                    offset,
                    nesting: self.limits.nesting,
                }))
            }
            Err(error) => {
                self.failed = Some(error);
                self.inflow.give_up();
                Err(error)
            }
        }
    }

    /// The octets that have come and belong to no frame yet: what lies behind a STARTTLS response, for example.
    #[must_use]
    pub fn unread(&self) -> &[u8] {
        self.inflow.unread()
    }

    /// Takes those octets out; the framer goes on behind them.
    pub fn take_unread(&mut self) -> Vec<u8> {
        self.open = Open::default();
        self.inflow.take_all()
    }

    /// Where the next frame begins in the stream: the octets handed out so far.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.inflow.offset()
    }

    /// The length of the frame under way, if all of it has come.
    fn complete(&mut self) -> Result<Option<usize>, FrameError> {
        loop {
            let octets = self.inflow.unread();
            let Some(rest) = octets.get(self.open.scanned..) else { return Ok(None) };
            let Some(found) = memchr(b'\n', rest) else {
                self.open.scanned = octets.len();
                self.within_line_limit(octets.len() - self.open.line)?;
                return Ok(None);
            };
            let feed = self.open.scanned + found;
            self.within_line_limit(feed + 1 - self.open.line)?;
            if feed + 1 > self.limits.response {
                return Err(self.response_too_large());
            }
            let crlf = feed > self.open.line && octets[feed - 1] == b'\r';
            let text_end = if crlf { feed - 1 } else { feed };
            if !crlf {
                self.bare_line_feeds.push(u32::try_from(feed).unwrap_or(u32::MAX));
            }
            let announced = announced_literal(&octets[self.open.line..text_end])
                .filter(|_| self.open.line > 0 || !ends_in_text(&octets[..text_end]));
            let Some((brace, count)) = announced else { return Ok(Some(feed + 1)) };

            let brace = self.open.line + brace;
            let offset = self.inflow.offset() + brace as u64;
            let limit = self.limits.literal;
            let size = usize::try_from(count).ok().filter(|&size| size <= limit);
            let Some(size) = size else {
                return Err(FrameError::LiteralTooLarge { offset, announced: count, limit });
            };
            let content = feed + 1;
            if content + size > self.limits.response {
                return Err(self.response_too_large());
            }
            self.literals.push(Literal {
                header: Span::new(brace, content),
                content: Span::new(content, content + size),
            });
            self.open.outside += content - self.open.line;
            self.open.line = content + size;
            self.open.scanned = self.open.line;
        }
    }

    fn within_line_limit(&self, length: usize) -> Result<(), FrameError> {
        if self.open.outside + length <= self.limits.line {
            return Ok(());
        }
        Err(FrameError::LineTooLong { offset: self.inflow.offset(), limit: self.limits.line })
    }

    fn response_too_large(&self) -> FrameError {
        FrameError::ResponseTooLarge { offset: self.inflow.offset(), limit: self.limits.response }
    }
}

/// The `{n}` (or `{n+}`, which only clients may send) at the end of `line`: where its brace stands, and its count.
fn announced_literal(line: &[u8]) -> Option<(usize, u64)> {
    let inner = line.strip_suffix(b"}")?;
    // Twenty digits hold every u64; a longer run of digits is no count that anybody means.
    let from = inner.len().saturating_sub(21);
    let brace = from + memchr::memrchr(b'{', &inner[from..])?;
    let digits = &inner[brace + 1..];
    let digits = digits.strip_suffix(b"+").unwrap_or(digits);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let count =
        digits.iter().try_fold(0u64, |sum, digit| sum.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
    Some((brace, count.unwrap_or(u64::MAX)))
}

/// Whether a response whose first line is `line` ends in human-readable text, where braces mean nothing: a continuation request
/// or a status response, unless the line breaks off within a response code.
fn ends_in_text(line: &[u8]) -> bool {
    let mut words = line.splitn(3, |&octet| octet == b' ');
    let (Some(first), Some(second)) = (words.next(), words.next()) else { return line.starts_with(b"+") };
    if first == b"+" {
        return true;
    }
    let status = [&b"OK"[..], b"NO", b"BAD", b"BYE", b"PREAUTH"];
    let status = status.iter().any(|status| second.eq_ignore_ascii_case(status));
    let text = words.next().unwrap_or_default();
    let open_code = text.starts_with(b"[") && !text.contains(&b']');
    status && !open_code
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Cut = (Vec<u8>, Vec<Vec<u8>>, Vec<u32>);

    /// The frames of `stream`, as octets and literal contents, when pushed in pieces of the given sizes.
    fn frames(stream: &[u8], pieces: &[usize]) -> Vec<Cut> {
        let mut framer = Framer::new(Limits::default());
        let mut out = Vec::new();
        let mut rest = stream;
        let mut sizes = pieces.iter().cycle();
        while !rest.is_empty() {
            let size = sizes.next().copied().unwrap_or(rest.len()).clamp(1, rest.len());
            framer.push(&rest[..size]);
            rest = &rest[size..];
            while let Some(frame) = framer.next().unwrap() {
                let literals = frame.literals.iter().map(|l| l.content.of(frame.octets).to_vec()).collect();
                out.push((frame.octets.to_vec(), literals, frame.bare_line_feeds.to_vec()));
            }
        }
        out
    }

    #[test]
    fn lines_and_literals() {
        // (stream, frames, literals, bare line feeds)
        let cases: &[(&[u8], usize, usize, usize)] = &[
            (b"* OK hi\r\n", 1, 0, 0),
            (b"* OK hi\r\n* 3 EXISTS\r\na1 OK done\r\n", 3, 0, 0),
            (b"* OK hi\n", 1, 0, 1),
            (b"* 1 FETCH (BODY[] {5}\r\nab\r\nc FLAGS ())\r\n", 1, 1, 0),
            (b"* 1 FETCH (BODY[] {0}\r\n X {2}\r\n\n\n)\r\n", 1, 2, 0),
            (b"* 1 FETCH (BODY[] {2}\nab)\r\n", 1, 1, 1),
            (b"* OK braces {5}\r\nhello\r\n", 2, 0, 0),
            (b"a1 no braces {5}\r\nhello\r\n", 2, 0, 0),
            (b"+ braces {5}\r\nhello\r\n", 2, 0, 0),
            (b"* NO [BADCHARSET ({5}\r\nUTF-8)] no\r\n", 1, 1, 0),
            (b"* NO [X] {5}\r\nUTF-8\r\n", 2, 0, 0),
            (b"* LIST () NIL {}\r\n", 1, 0, 0),
            (b"* LIST () NIL {x}\r\n", 1, 0, 0),
            (b"* LIST () NIL 5}\r\n", 1, 0, 0),
            (b"\r\n", 1, 0, 0),
            (b"* 1 FETCH (BODY[] {9}\r\nab", 0, 0, 0),
        ];
        for (stream, count, literals, feeds) in cases {
            let found = frames(stream, &[]);
            let text = String::from_utf8_lossy(stream);
            assert_eq!(found.len(), *count, "{text}");
            assert_eq!(found.iter().map(|f| f.1.len()).sum::<usize>(), *literals, "{text}");
            assert_eq!(found.iter().map(|f| f.2.len()).sum::<usize>(), *feeds, "{text}");
        }
    }

    #[test]
    fn limits_name_what_was_exceeded_and_where() {
        let limits = Limits { line: 20, literal: 10, response: 30, ..Limits::default() };
        let error = |stream: &[u8]| {
            let mut framer = Framer::new(limits);
            framer.push(stream);
            loop {
                match framer.next() {
                    Ok(Some(_)) => {}
                    Ok(None) => return None,
                    Err(error) => {
                        framer.push(b"more");
                        assert_eq!(framer.next().err(), Some(error));
                        assert!(framer.unread().is_empty());
                        return Some(error);
                    }
                }
            }
        };
        assert_eq!(error(b"* OK\r\n* 0123456789012345\r\n"), None);
        assert_eq!(
            error(b"* OK\r\n* 01234567890123456789\r\n"),
            Some(FrameError::LineTooLong { offset: 6, limit: 20 })
        );
        assert_eq!(error(b"* 01234567890123456789"), Some(FrameError::LineTooLong { offset: 0, limit: 20 }));
        assert_eq!(
            error(b"* X {11}\r\n"),
            Some(FrameError::LiteralTooLarge { offset: 4, announced: 11, limit: 10 })
        );
        assert_eq!(
            error(b"* {99999999999999999999}\r\n"),
            Some(FrameError::LineTooLong { offset: 0, limit: 20 })
        );
        assert_eq!(
            error(b"* X {10}\r\n0123456789 {10}\r\n"),
            Some(FrameError::ResponseTooLarge { offset: 0, limit: 30 })
        );
    }

    #[test]
    fn unread_octets_can_be_taken() {
        let mut framer = Framer::new(Limits::default());
        framer.push(b"a1 OK begin TLS\r\n* injected");
        assert!(framer.next().unwrap().is_some());
        assert!(framer.next().unwrap().is_none());
        assert_eq!(framer.unread(), b"* injected");
        assert_eq!(framer.take_unread(), b"* injected");
        framer.push(b"* OK\r\n");
        let frame = framer.next().unwrap().unwrap();
        assert_eq!((frame.octets, frame.offset), (&b"* OK\r\n"[..], 27));
    }

    proptest! {
        #[test]
        fn segmentation_does_not_matter(
            parts in prop::collection::vec(
                prop_oneof![
                    Just(b"* 1 FETCH (BODY[] {7}\r\nab\r\nc\n{ UID 4)\r\n".to_vec()),
                    Just(b"* OK [X] {3}\r\n".to_vec()),
                    Just(b"{3}\n".to_vec()),
                    Just(b"{0}\r\n".to_vec()),
                    Just(b"\r\n".to_vec()),
                    "[a-z*+ {}0-9\r\n]{0,12}".prop_map(String::into_bytes),
                ],
                0..12,
            ),
            pieces in prop::collection::vec(1usize..9, 1..9),
        ) {
            let stream = parts.concat();
            prop_assume!(!stream.windows(4).any(|w| w[0] == b'{' && w[1..].iter().all(u8::is_ascii_digit)));
            let whole = frames(&stream, &[]);
            prop_assert_eq!(&whole, &frames(&stream, &pieces));
            let joined: Vec<u8> = whole.iter().flat_map(|f| f.0.clone()).collect();
            prop_assert!(stream.starts_with(&joined));
        }
    }
}
