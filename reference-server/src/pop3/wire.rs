//! Octets in and out: command lines of bounded length, replies in pieces.

use std::io;

use tokio::io::AsyncWriteExt;

use crate::net::{Transport, receive};
use crate::store::{Ledger, NotDurable};

/// How many octets of output gather before they are written.
const OUTPUT: usize = 16 * 1024;

/// How much of its output buffer an idle session keeps.
const KEPT: usize = 1024;

/// A line from the client.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// The line without its CRLF.
    Complete(Vec<u8>),
    /// The line was longer than it may be and is gone.
    TooLong,
}

impl std::fmt::Debug for Line {
    /// How long the line is; what stands in it may be a password.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Complete(line) => write!(formatter, "a line of {} octets", line.len()),
            Self::TooLong => formatter.write_str("a line too long"),
        }
    }
}

/// A stream with a buffer for either direction, both bounded.
pub(super) struct Wire<T> {
    stream: T,
    input: Vec<u8>,
    output: Vec<u8>,
    /// Whether the client has a reply in part.
    midway: bool,
    ledger: Ledger,
}

/// What is said in place of all that was to be said, if that is not durable (RFC 3206 section 4).
const NOT_DURABLE: &[u8] = b"-ERR [SYS/TEMP] changes cannot be stored\r\n";

impl<T: Transport> Wire<T> {
    pub(super) fn new(stream: T) -> Self {
        Self { stream, input: Vec::new(), output: Vec::new(), midway: false, ledger: Ledger::default() }
    }

    /// From now on nothing is written before all that it may tell of is durable.
    pub(super) fn speak_when_settled(&mut self, ledger: &Ledger) {
        self.ledger = ledger.clone();
    }

    /// The next line, of at most `limit` octets with its CRLF; none at the end of the stream. All output is flushed
    /// before the client is waited for, so pipelined commands are answered together.
    ///
    /// Only CRLF ends a line (RFC 1939 section 3): a lone CR or LF is part of it, and for the parser to refuse.
    pub(super) async fn line(&mut self, limit: usize) -> io::Result<Option<Line>> {
        let mut too_long = false;
        loop {
            if let Some(length) = self.input.windows(2).position(|pair| pair == b"\r\n") {
                let mut line: Vec<u8> = self.input.drain(..length + 2).collect();
                if too_long || line.len() > limit {
                    return Ok(Some(Line::TooLong));
                }
                line.truncate(length);
                return Ok(Some(Line::Complete(line)));
            }
            if self.input.len() >= limit {
                too_long = true;
                // The line end may come in two.
                let keep = usize::from(self.input.ends_with(b"\r"));
                self.input.drain(..self.input.len() - keep);
            }
            self.flush().await?;
            self.output.shrink_to(KEPT);
            if receive(&mut self.stream, &mut self.input).await? == 0 {
                return Ok(None);
            }
        }
    }

    /// Where output gathers.
    pub(super) fn output(&mut self) -> &mut Vec<u8> {
        &mut self.output
    }

    /// Writes the gathered output once it is worth it.
    pub(super) async fn drain(&mut self) -> io::Result<()> {
        if self.output.len() >= OUTPUT {
            self.write().await?;
            self.midway = true;
        }
        Ok(())
    }

    /// Writes all output.
    pub(super) async fn flush(&mut self) -> io::Result<()> {
        if !self.output.is_empty() {
            self.write().await?;
        }
        self.midway = false;
        self.stream.flush().await
    }

    async fn write(&mut self) -> io::Result<()> {
        if let Err(never) = self.ledger.settled().await {
            return self.withdraw(never).await;
        }
        self.stream.write_all(&self.output).await?;
        self.output.clear();
        Ok(())
    }

    /// Says `-ERR` instead of what is gathered, if it can still be said, and ends the stream.
    async fn withdraw(&mut self, never: NotDurable) -> io::Result<()> {
        self.output.clear();
        if !self.midway {
            self.stream.write_all(NOT_DURABLE).await?;
            self.stream.flush().await?;
        }
        Err(io::Error::other(never))
    }

    /// The stream; what has been received and not been taken is gone.
    pub(super) fn into_stream(self) -> T {
        self.stream
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All lines of `sent`, which arrives in segments of `segment` octets.
    async fn lines(sent: &[u8], segment: usize, limit: usize) -> Vec<Line> {
        let (mut client, server) = tokio::io::duplex(segment);
        let sent = sent.to_vec();
        let writing = async move {
            client.write_all(&sent).await.expect("the pipe is open");
            drop(client);
        };
        let reading = async {
            let mut wire = Wire::new(server);
            let mut lines = Vec::new();
            while let Some(line) = wire.line(limit).await.expect("the pipe is open") {
                lines.push(line);
                assert!(wire.input.len() <= limit + 4096);
            }
            lines
        };
        tokio::join!(writing, reading).1
    }

    fn complete(text: &[u8]) -> Line {
        Line::Complete(text.to_vec())
    }

    #[tokio::test]
    async fn lines_end_with_crlf_however_they_are_cut() {
        for segment in [1, 2, 3, 7, 100] {
            assert_eq!(
                lines(b"NOOP\r\n\r\nSTAT\nLIST\r\nRETR\r1\r\r\nQUIT", segment, 255).await,
                [complete(b"NOOP"), complete(b""), complete(b"STAT\nLIST"), complete(b"RETR\r1\r")],
                "segments of {segment}"
            );
        }
    }

    #[tokio::test]
    async fn a_line_of_the_limit_is_complete_and_one_octet_more_is_too_long() {
        for segment in [1, 2, 9, 10, 11, 5000] {
            for (length, line) in [(8, complete(&[b'A'; 8])), (9, Line::TooLong), (10_000, Line::TooLong)] {
                let mut sent = vec![b'A'; length];
                sent.extend_from_slice(b"\r\nNOOP\r\n");
                assert_eq!(
                    lines(&sent, segment, 10).await,
                    [line, complete(b"NOOP")],
                    "{length} in {segment}"
                );
            }
        }
    }
}
