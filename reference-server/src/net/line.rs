//! Command lines that end with CRLF and nothing else, of bounded length.

use std::fmt;

/// A line from the client.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// The line without its CRLF.
    Complete(Vec<u8>),
    /// The line was longer than it may be and is gone.
    TooLong,
}

impl Line {
    /// Takes the line out that `input` begins with, of at most `limit` octets with its CRLF; none if it has not come whole.
    ///
    /// `too_long` is false at the start of a line, and to be kept until it is there. Of a line that is too long no more
    /// than `limit` octets stay in `input`.
    pub(crate) fn take(input: &mut Vec<u8>, limit: usize, too_long: &mut bool) -> Option<Self> {
        if let Some(length) = crlf(input) {
            let mut line: Vec<u8> = input.drain(..length + 2).collect();
            if *too_long || line.len() > limit {
                return Some(Self::TooLong);
            }
            line.truncate(length);
            return Some(Self::Complete(line));
        }
        if input.len() >= limit {
            *too_long = true;
            take_all_but_cr(input);
        }
        None
    }
}

impl fmt::Debug for Line {
    /// How long the line is; what stands in it may be a password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete(line) => write!(formatter, "a line of {} octets", line.len()),
            Self::TooLong => formatter.write_str("a line too long"),
        }
    }
}

/// Where the first line end is: a lone CR or LF is none.
pub(crate) fn crlf(octets: &[u8]) -> Option<usize> {
    octets.windows(2).position(|pair| pair == b"\r\n")
}

/// Takes the input, which holds no line end; one may come in two.
pub(crate) fn take_all_but_cr(input: &mut Vec<u8>) -> Vec<u8> {
    let keep = usize::from(input.ends_with(b"\r"));
    input.drain(..input.len() - keep).collect()
}
