//! Octets in and out: command lines of bounded length, replies in pieces.

use std::io;

use tokio::io::AsyncWriteExt;

use crate::net::{Connection, Line, Output, Transport, receive};
use crate::store::Ledger;

/// How many octets of output gather before they are written.
const OUTPUT: usize = 16 * 1024;

/// How much of its output buffer an idle session keeps.
const KEPT: usize = 1024;

/// A stream with a buffer for either direction, both bounded.
pub(super) struct Wire<T> {
    stream: T,
    input: Vec<u8>,
    output: Output,
}

/// What is said in place of all that was to be said, if that is not durable (RFC 3206 section 4).
const NOT_DURABLE: &[u8] = b"-ERR [SYS/TEMP] changes cannot be stored\r\n";

impl<T: Transport> Wire<T> {
    pub(super) fn new(stream: T) -> Self {
        Self { stream, input: Vec::new(), output: Output::new(NOT_DURABLE) }
    }

    /// The wire of a connection: with what that has kept over an upgrade, and the faults that octets leave by.
    pub(super) fn of(stream: T, connection: &mut Connection) -> Self {
        let mut wire = Self::new(stream);
        wire.input = std::mem::take(&mut connection.kept);
        wire.output.leave_as(connection.shared.config.faults.clone());
        wire
    }

    /// From now on nothing is written before all that it may tell of is durable.
    pub(super) fn speak_when_settled(&mut self, ledger: &Ledger) {
        self.output.speak_when_settled(ledger.clone());
    }

    /// The next line, of at most `limit` octets with its CRLF; none at the end of the stream. All output is flushed
    /// before the client is waited for, so pipelined commands are answered together.
    ///
    /// Only CRLF ends a line (RFC 1939 section 3): a lone CR or LF is part of it, and for the parser to refuse.
    pub(super) async fn line(&mut self, limit: usize) -> io::Result<Option<Line>> {
        let mut too_long = false;
        loop {
            if let Some(line) = Line::take(&mut self.input, limit, &mut too_long) {
                return Ok(Some(line));
            }
            self.flush().await?;
            self.output.octets().shrink_to(KEPT);
            if receive(&mut self.stream, &mut self.input).await? == 0 {
                return Ok(None);
            }
        }
    }

    /// What has been received and not been taken.
    pub(super) fn untaken(&self) -> &[u8] {
        &self.input
    }

    /// Where output gathers.
    pub(super) fn output(&mut self) -> &mut Vec<u8> {
        self.output.octets()
    }

    /// Writes the gathered output once it is worth it.
    pub(super) async fn drain(&mut self) -> io::Result<()> {
        if self.output.octets().len() >= OUTPUT {
            self.output.write(&mut self.stream, true).await
        } else {
            Ok(())
        }
    }

    /// Writes all output.
    pub(super) async fn flush(&mut self) -> io::Result<()> {
        self.output.write(&mut self.stream, false).await?;
        self.stream.flush().await
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
