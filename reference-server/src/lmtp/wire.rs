//! Octets in and out: command lines and messages of bounded length, replies.

use std::io;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::reply::Reply;
use crate::net::{Line, Transport, crlf, receive, take_all_but_cr};

/// The longest command line with its CRLF: 512 octets (RFC 5321 section 4.5.3.1.4) and room for long paths.
const LINE_LIMIT: usize = 2048;

/// How much of a message line is looked at together; a line may be longer.
const PIECE: usize = 8 * 1024;

/// Replies that gather while a client pipelines are written at this size, whether it reads them or not.
const OUTPUT: usize = 16 * 1024;

/// A message from the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// All of it, dots unstuffed, without the final dot.
    Whole(Vec<u8>),
    /// It was larger than it may be and is gone.
    TooLarge,
}

/// A stream with a buffer for either direction, both bounded.
pub(super) struct Wire<T> {
    stream: T,
    input: Vec<u8>,
    output: Vec<u8>,
}

impl<T: Transport> Wire<T> {
    pub(super) fn new(stream: T) -> Self {
        Self { stream, input: Vec::new(), output: Vec::new() }
    }

    /// The next line; none at the end of the stream. Only CRLF ends a line. Not safe to drop and call again.
    pub(super) async fn line(&mut self) -> io::Result<Option<Line>> {
        let mut too_long = false;
        loop {
            if let Some(line) = Line::take(&mut self.input, LINE_LIMIT, &mut too_long) {
                return Ok(Some(line));
            }
            if !self.receive().await? {
                return Ok(None);
            }
        }
    }

    /// The message behind DATA, of at most `limit` octets. It ends with CRLF, dot, CRLF and nothing else: were a lone LF
    /// a line end here, one message could smuggle another in.
    ///
    /// # Errors
    /// [`io::ErrorKind::TimedOut`] if the client sends nothing for `patience`.
    pub(super) async fn message(&mut self, limit: u64, patience: Duration) -> io::Result<Message> {
        let mut message = Vec::new();
        let mut too_large = false;
        let mut starts_line = true;
        loop {
            let end = crlf(&self.input).map(|length| length + 2);
            let mut piece = match end {
                Some(end) => self.input.drain(..end).collect(),
                None if self.input.len() >= PIECE => take_all_but_cr(&mut self.input),
                None => match timeout(patience, self.receive()).await? {
                    Ok(true) => continue,
                    Ok(false) => return Err(io::ErrorKind::UnexpectedEof.into()),
                    Err(error) => return Err(error),
                },
            };
            if starts_line && piece == b".\r\n" {
                return Ok(if too_large { Message::TooLarge } else { Message::Whole(message) });
            }
            // RFC 5321 section 4.5.2.
            if starts_line && piece.first() == Some(&b'.') {
                piece.remove(0);
            }
            starts_line = end.is_some();
            if too_large || (message.len() + piece.len()) as u64 > limit {
                too_large = true;
                message = Vec::new();
            } else {
                message.append(&mut piece);
            }
        }
    }

    /// Adds a reply to what is to be written.
    pub(super) fn queue(&mut self, reply: &Reply) {
        self.output.extend_from_slice(&reply.octets());
    }

    /// Writes the replies unless the next command is there already and they are few: pipelined commands are answered
    /// together (RFC 2920 section 3.2).
    pub(super) async fn drain(&mut self) -> io::Result<()> {
        if crlf(&self.input).is_some() && self.output.len() < OUTPUT {
            return Ok(());
        }
        self.flush().await
    }

    /// Writes all replies.
    pub(super) async fn flush(&mut self) -> io::Result<()> {
        self.stream.write_all(&self.output).await?;
        self.output.clear();
        self.stream.flush().await
    }

    /// The stream; what has been received and not been taken is gone.
    pub(super) fn into_stream(self) -> T {
        self.stream
    }

    /// Reads what there is; false at the end of the stream.
    async fn receive(&mut self) -> io::Result<bool> {
        Ok(receive(&mut self.stream, &mut self.input).await? > 0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What `message` makes of `sent`, which arrives in segments of `segment` octets; and what is left behind it.
    fn received(sent: &[u8], segment: usize, limit: u64) -> (io::Result<Message>, Vec<u8>) {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let (mut client, server) = tokio::io::duplex(segment);
            let sent = sent.to_vec();
            tokio::spawn(async move {
                client.write_all(&sent).await.unwrap();
                client.shutdown().await.unwrap();
                std::future::pending::<()>().await;
            });
            let mut wire = Wire::new(server);
            let message = wire.message(limit, Duration::from_secs(60)).await;
            while wire.receive().await.unwrap() {}
            (message, wire.input)
        })
    }

    #[test]
    fn only_a_dot_between_two_line_ends_ends_a_message() {
        for (sent, message) in [
            (".\r\n", ""),
            ("a\r\n.\r\n", "a\r\n"),
            ("..\r\n.\r\n", ".\r\n"),
            (".a\r\n.\r\n", "a\r\n"),
            ("...\r\n..b\r\n.\r\n", "..\r\n.b\r\n"),
            ("a\n.\n.\r\nb\r\n.\r\n", "a\n.\n.\r\nb\r\n"),
            ("a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n"),
            ("a\r\n.\nb\r\n.\r\n", "a\r\n\nb\r\n"),
            ("a\r\n.\r.\r\n.\r\n", "a\r\n\r.\r\n"),
            ("a.\r\n.\r\n", "a.\r\n"),
            ("\r\r\n.\r\n", "\r\r\n"),
        ] {
            for segment in [1, 2, 3, 1000] {
                let (found, rest) = received(format!("{sent}QUIT").as_bytes(), segment, 100);
                let expected = Message::Whole(message.into());
                assert_eq!((found.unwrap(), rest), (expected, b"QUIT".to_vec()), "{sent:?} in {segment}");
            }
        }
    }

    #[test]
    fn a_message_above_the_limit_is_read_to_its_end_and_gone() {
        for (length, whole) in [(98, true), (99, false), (50_000, false)] {
            let sent = [vec![b'.'; length + 1], b"\r\n.\r\n".to_vec()].concat();
            for segment in [1000, 70_000] {
                let (message, rest) = received(&sent, segment, 100);
                assert_eq!(matches!(message.unwrap(), Message::Whole(_)), whole, "{length}");
                assert!(rest.is_empty());
            }
        }
    }

    #[test]
    fn a_message_without_an_end_is_none() {
        assert_eq!(received(b"a\r\n.", 10, 100).0.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    proptest! {
        #[test]
        fn what_is_stuffed_comes_out_as_it_was(
            lines in prop::collection::vec("[.a\r\n]{0,4}|[a.]{8190,8196}", 0..6),
            segment in 1..20_usize,
        ) {
            let lines: Vec<String> = lines.iter().map(|line| line.replace("\r\n", "")).collect();
            let message: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
            // Lines as the receiver sees them: a CR at the end of one is not the line end's.
            let stuffed: String = message
                .split_inclusive("\r\n")
                .map(|line| format!("{}{line}", if line.starts_with('.') { "." } else { "" }))
                .collect();
            let (found, _) = received(format!("{stuffed}.\r\n").as_bytes(), segment * 500, 1 << 20);
            prop_assert_eq!(found.unwrap(), Message::Whole(message.into_bytes()));
        }
    }
}
