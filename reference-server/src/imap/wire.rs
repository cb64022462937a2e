//! Lines and literals in, octets out.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::response::Response;
use crate::net::{Connection, Output, Transport, receive};
use crate::store::Ledger;

/// Longest line, in octets.
pub(super) const LINE_LIMIT: usize = 64 * 1024;

/// How much of the start and of the end of an overlong line is kept.
const REMNANT: usize = 1024;

/// How much of its buffers an idle session keeps.
const KEPT: usize = 1024;

/// How much room there is to read into within a literal.
const LITERAL_INPUT: usize = 64 * 1024;

/// How much is written at once.
const OUTPUT: usize = 64 * 1024;

/// A line without its line end. CRLF ends it, and so does a bare LF.
pub(super) enum Line {
    Complete(Vec<u8>),
    /// A line above the limit has been read to its end; this is how it begins and ends.
    TooLong {
        head: Vec<u8>,
        tail: Vec<u8>,
    },
}

/// A stream with its buffers.
pub(super) struct Wire<T> {
    stream: T,
    input: Vec<u8>,
    /// How much of `input` is known to hold no line end.
    scanned: usize,
    /// The start of a line that has outgrown the limit.
    overlong: Option<Vec<u8>>,
    output: Output,
}

/// What is said in place of all that was to be said, if that is not durable (RFC 5530 section 3).
const NOT_DURABLE: &[u8] = b"* BYE [UNAVAILABLE] changes cannot be stored\r\n";

impl<T: Transport> Wire<T> {
    pub(super) fn new(stream: T) -> Self {
        Self { stream, input: Vec::new(), scanned: 0, overlong: None, output: Output::new(NOT_DURABLE) }
    }

    /// The wire of a connection: with what that has kept over an upgrade, and the faults that octets leave by.
    pub(super) fn of(stream: T, connection: &mut Connection) -> Self {
        let mut wire = Self::new(stream);
        wire.input = std::mem::take(&mut connection.kept);
        wire.output.leave_as(connection.shared.config.faults.clone());
        wire
    }

    /// From now on nothing is written before all that it may tell of is durable.
    pub(super) fn speak_when_settled(&mut self, ledger: Ledger) {
        self.output.speak_when_settled(ledger);
    }

    /// The bare stream. Whatever has been read from it and not used is gone.
    pub(super) fn into_stream(self) -> T {
        self.stream
    }

    /// What has been received and not been taken.
    pub(super) fn untaken(&self) -> &[u8] {
        &self.input
    }

    /// The next line, or `None` at the end of the stream. Safe to drop and call again.
    pub(super) async fn line(&mut self) -> io::Result<Option<Line>> {
        loop {
            if let Some(len) = self.input[self.scanned..].iter().position(|octet| *octet == b'\n') {
                let end = self.scanned + len;
                let mut line: Vec<u8> = self.input.drain(..=end).collect();
                self.scanned = 0;
                line.pop();
                line.pop_if(|octet| *octet == b'\r');
                return Ok(Some(match self.overlong.take() {
                    None if line.len() <= LINE_LIMIT => Line::Complete(line),
                    head => Line::TooLong {
                        head: head.unwrap_or_else(|| line[..REMNANT].to_vec()),
                        tail: line.split_off(line.len().saturating_sub(REMNANT)),
                    },
                }));
            }
            self.scanned = self.input.len();
            if self.input.len() > LINE_LIMIT + 2 {
                self.overlong.get_or_insert_with(|| self.input[..REMNANT].to_vec());
                self.input.drain(..self.scanned - REMNANT);
                self.scanned = REMNANT;
            }
            self.release();
            if receive(&mut self.stream, &mut self.input).await? == 0 {
                return Ok(None);
            }
        }
    }

    /// More octets of a literal of which `wanted` are still missing: at least one, or `None` at the end of the stream.
    pub(super) async fn literal(&mut self, wanted: u64) -> io::Result<Option<Vec<u8>>> {
        if self.input.is_empty() {
            self.input.reserve(LITERAL_INPUT);
            if self.stream.read_buf(&mut self.input).await? == 0 {
                return Ok(None);
            }
        }
        let len = usize::try_from(wanted).unwrap_or(usize::MAX).min(self.input.len());
        self.scanned = 0;
        let rest = self.input.split_off(len);
        Ok(Some(std::mem::replace(&mut self.input, rest)))
    }

    /// Whether something has arrived that is not read yet.
    pub(super) fn has_more(&self) -> bool {
        !self.input.is_empty()
    }

    /// Gives back what a big command or a big answer has taken, before a wait that may be long.
    fn release(&mut self) {
        self.input.shrink_to(KEPT);
        self.output.octets().shrink_to(KEPT);
    }

    /// Queues a response; it leaves with the next flush, or now if many wait.
    pub(super) async fn send(&mut self, response: &Response) -> io::Result<()> {
        for piece in 0..response.pieces() {
            response.write(piece, self.output.octets());
            if self.output.octets().len() >= OUTPUT {
                self.write(piece + 1 < response.pieces()).await?;
            }
        }
        Ok(())
    }

    /// Queues octets in place of a response.
    pub(super) async fn send_octets(&mut self, octets: &[u8]) -> io::Result<()> {
        self.output.octets().extend_from_slice(octets);
        if self.output.octets().len() >= OUTPUT { self.flush().await } else { Ok(()) }
    }

    /// Sends all that is queued.
    pub(super) async fn flush(&mut self) -> io::Result<()> {
        self.write(false).await
    }

    async fn write(&mut self, midway: bool) -> io::Result<()> {
        self.output.write(&mut self.stream, midway).await?;
        self.stream.flush().await
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_wait_after_much_in_and_much_out_keeps_little() {
        let (mut client, server) = tokio::io::duplex(1024 * 1024);
        let mut wire = Wire::new(server);
        client.write_all(format!("{}\r\n", "x".repeat(LINE_LIMIT)).as_bytes()).await.unwrap();
        assert!(matches!(wire.line().await, Ok(Some(Line::Complete(line))) if line.len() == LINE_LIMIT));
        wire.send(&Response::Continue("y".repeat(OUTPUT))).await.unwrap();
        wire.flush().await.unwrap();
        client.write_all(b"a NO").await.unwrap();
        assert!(timeout(Duration::from_secs(1), wire.line()).await.is_err(), "the line has no end");
        assert_eq!(wire.input, b"a NO");
        assert!(wire.input.capacity() + wire.output.octets().capacity() <= 2 * KEPT);
    }
}
