//! What LMTP (RFC 2033) and SMTP (RFC 5321) have in common: replies, the mail transaction, transparency.

use std::time::Duration;

use tokio::io::{
    AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader,
};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::DeliveryError;
use crate::target::address::Address;

/// The most that one reply may take. RFC 5321 section 4.5.3.2 allows minutes, a server under test needs none.
const REPLY_TIME: Duration = Duration::from_secs(30);
/// Octets of a reply line, RFC 5321 section 4.5.3.1.5 says 512; we are generous.
const MAX_LINE: u64 = 4096;
/// Lines of a reply.
const MAX_LINES: usize = 100;

/// Which of the two protocols; they differ in how the client greets.
#[derive(Clone, Copy)]
pub(super) enum Dialect {
    Lmtp,
    Smtp,
}

impl Dialect {
    fn hello(self) -> &'static str {
        match self {
            Self::Lmtp => "LHLO",
            Self::Smtp => "EHLO",
        }
    }
}

/// Connects and delivers one message to one recipient: `user`, with `domain` where the name has none.
pub(super) async fn deliver(
    dialect: Dialect,
    address: &Address,
    domain: Option<&str>,
    user: &str,
    message: &[u8],
) -> Result<(), DeliveryError> {
    let recipient = recipient(user, domain)?;
    let connect = TcpStream::connect((address.host.as_str(), address.port));
    let stream = match timeout(REPLY_TIME, connect).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(source)) => return Err(DeliveryError::Connection { address: address.clone(), source }),
        Err(_) => return Err(too_long(&format!("connecting to {address}"))),
    };
    transact(dialect, address, stream, &recipient, message).await
}

/// One mail transaction, RFC 5321 section 3.3, over an open connection.
async fn transact<S: AsyncRead + AsyncWrite + Unpin>(
    dialect: Dialect,
    address: &Address,
    stream: S,
    recipient: &str,
    message: &[u8],
) -> Result<(), DeliveryError> {
    let mut peer = Peer { address, stream: BufReader::new(stream) };
    peer.reply("the greeting", 2).await?;
    peer.command(&format!("{} localhost", dialect.hello()), 2).await?;
    peer.command("MAIL FROM:<mailspec@localhost>", 2).await?;
    peer.command(&format!("RCPT TO:<{recipient}>"), 2).await?;
    peer.command("DATA", 3).await?;
    peer.send(&transparent(message)).await?;
    // LMTP gives one reply for each accepted recipient (RFC 2033 section 4.2), and there is one.
    peer.reply("the message", 2).await?;
    // The message is theirs now: whether they say good-bye is no concern of ours.
    let _ = peer.send(b"QUIT\r\n").await;
    Ok(())
}

struct Peer<'a, S> {
    address: &'a Address,
    stream: BufReader<S>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<'_, S> {
    async fn command(&mut self, command: &str, class: u8) -> Result<(), DeliveryError> {
        self.send(format!("{command}\r\n").as_bytes()).await?;
        self.reply(command, class).await
    }

    async fn send(&mut self, octets: &[u8]) -> Result<(), DeliveryError> {
        let write = async {
            self.stream.get_mut().write_all(octets).await?;
            self.stream.get_mut().flush().await
        };
        match timeout(REPLY_TIME, write).await {
            Ok(done) => done.map_err(|source| self.broken(source)),
            Err(_) => Err(too_long(&format!("sending to {}", self.address))),
        }
    }

    /// Awaits a reply whose code begins with the digit `class`.
    async fn reply(&mut self, command: &str, class: u8) -> Result<(), DeliveryError> {
        let reply = timeout(REPLY_TIME, read_reply(&mut self.stream))
            .await
            .map_err(|_| too_long(&format!("the reply to {command}")))?;
        let address = self.address.clone();
        let (code, text) = match reply {
            Ok(reply) => reply,
            Err(ReplyError::Connection(source)) => {
                return Err(DeliveryError::Connection { address, source });
            }
            Err(ReplyError::Protocol(problem)) => return Err(DeliveryError::Protocol { address, problem }),
        };
        if code / 100 == u16::from(class) {
            Ok(())
        } else {
            Err(DeliveryError::Refused { command: command.to_owned(), reply: text })
        }
    }

    fn broken(&self, source: std::io::Error) -> DeliveryError {
        DeliveryError::Connection { address: self.address.clone(), source }
    }
}

fn too_long(awaited: &str) -> DeliveryError {
    DeliveryError::Timeout { awaited: awaited.to_owned(), seconds: REPLY_TIME.as_secs() }
}

enum ReplyError {
    Connection(std::io::Error),
    Protocol(String),
}

/// Reads one reply, RFC 5321 section 4.2: its code, and its lines joined by ` / `.
async fn read_reply<R: AsyncBufRead + Unpin>(from: &mut R) -> Result<(u16, String), ReplyError> {
    let mut lines: Vec<String> = Vec::new();
    loop {
        let mut line = Vec::new();
        from.take(MAX_LINE).read_until(b'\n', &mut line).await.map_err(ReplyError::Connection)?;
        if line.is_empty() {
            return Err(ReplyError::Protocol("the connection was closed in place of a reply".to_owned()));
        }
        let shown = String::from_utf8_lossy(&line).trim_end().to_owned();
        let code = line.get(..3).filter(|code| code.iter().all(u8::is_ascii_digit));
        let code = code.and_then(|code| std::str::from_utf8(code).ok()?.parse::<u16>().ok());
        let Some(code) = code.filter(|_| line.ends_with(b"\n") && !line.contains(&0)) else {
            return Err(ReplyError::Protocol(format!("{shown:?} is no reply")));
        };
        lines.push(shown);
        match line[3] {
            b'-' if lines.len() < MAX_LINES => {}
            b'-' => return Err(ReplyError::Protocol(format!("a reply has more than {MAX_LINES} lines"))),
            _ => return Ok((code, lines.join(" / "))),
        }
    }
}

/// `message` as DATA sends it: a line that begins with a dot gets another, and a line with a dot follows (RFC 5321
/// section 4.5.2). A message that does not end with CRLF gets one.
fn transparent(message: &[u8]) -> Vec<u8> {
    let mut octets = Vec::with_capacity(message.len() + message.len() / 64 + 8);
    let mut line_begins = true;
    for &octet in message {
        if line_begins && octet == b'.' {
            octets.push(b'.');
        }
        octets.push(octet);
        line_begins = octet == b'\n';
    }
    if !octets.ends_with(b"\r\n") && !octets.is_empty() {
        octets.extend_from_slice(b"\r\n");
    }
    octets.extend_from_slice(b".\r\n");
    octets
}

/// The address of `user`; `domain` completes a name that has none.
fn recipient(user: &str, domain: Option<&str>) -> Result<String, DeliveryError> {
    let plain = |text: &str| text.chars().all(|c| !c.is_control() && !matches!(c, '<' | '>' | ' ' | '"'));
    if user.is_empty() || !plain(user) || !domain.is_none_or(plain) {
        return Err(DeliveryError::User { user: user.to_owned(), place: "the address of a recipient" });
    }
    Ok(match domain {
        Some(domain) if !user.contains('@') => format!("{user}@{domain}"),
        _ => user.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A peer that answers each of our turns with the next of `replies`; the result, and what it was sent.
    async fn converse(replies: &[&str], message: &[u8]) -> (Result<(), DeliveryError>, String) {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let replies: Vec<String> = replies.iter().map(|reply| (*reply).to_owned()).collect();
        let peer = tokio::spawn(async move {
            let (read, mut write) = tokio::io::split(theirs);
            let mut read = BufReader::new(read);
            let (mut heard, mut data) = (String::new(), false);
            for (turn, reply) in replies.iter().enumerate() {
                loop {
                    if turn == 0 {
                        break;
                    }
                    let mut line = String::new();
                    read.read_line(&mut line).await.unwrap();
                    heard += &line;
                    if !data || line == ".\r\n" || line.is_empty() {
                        data = line == "DATA\r\n";
                        break;
                    }
                }
                write.write_all(reply.as_bytes()).await.unwrap();
            }
            drop(write);
            heard
        });
        let address: Address = "mx:25".parse().unwrap();
        let result = transact(Dialect::Lmtp, &address, ours, "u1", message).await;
        (result, peer.await.unwrap())
    }

    #[tokio::test]
    async fn a_message_is_handed_over() {
        let replies = [
            "220-hello\r\n220 there\r\n",
            "250-a\r\n250 b\r\n",
            "250 ok\r\n",
            "250 ok\r\n",
            "354 go\r\n",
            "250 ok\r\n",
        ];
        let (result, heard) = converse(&replies, b"Subject: x\r\n\r\n.dot\r\n..\r\nend").await;
        result.unwrap();
        assert_eq!(
            heard,
            "LHLO localhost\r\nMAIL FROM:<mailspec@localhost>\r\nRCPT TO:<u1>\r\nDATA\r\n\
             Subject: x\r\n\r\n..dot\r\n...\r\nend\r\n.\r\n"
        );
    }

    #[tokio::test]
    async fn what_goes_wrong_is_said() {
        let many = "250-x\r\n".repeat(MAX_LINES + 1);
        let endless = "2".repeat(5000);
        for (replies, message) in [
            (
                &["220 hi\r\n", "250 ok\r\n", "250 ok\r\n", "550 no\r\n"][..],
                "RCPT TO:<u1> was refused: 550 no",
            ),
            (&["421-busy\r\n421 later\r\n"], "the greeting was refused: 421-busy / 421 later"),
            (&["hello\r\n"], "mx:25: \"hello\" is no reply"),
            (&["22"], "mx:25: \"22\" is no reply"),
            (&[""], "mx:25: the connection was closed in place of a reply"),
            (&[&many], "mx:25: a reply has more than 100 lines"),
        ] {
            let (result, _) = converse(replies, b"x\r\n").await;
            assert_eq!(result.unwrap_err().to_string(), message);
        }
        let (result, _) = converse(&[&endless], b"x\r\n").await;
        assert!(matches!(result, Err(DeliveryError::Protocol { .. })), "{result:?}");
    }

    #[test]
    fn recipients() {
        for (user, domain, address) in [
            ("u1", None, Some("u1")),
            ("u1", Some("example.org"), Some("u1@example.org")),
            ("u1@example.net", Some("example.org"), Some("u1@example.net")),
            ("", None, None),
            ("u1>\r\nRSET", None, None),
            ("u 1", None, None),
        ] {
            assert_eq!(recipient(user, domain).ok().as_deref(), address, "{user:?}");
        }
    }

    #[test]
    fn transparency() {
        for (message, sent) in [
            ("", ".\r\n"),
            (".", "..\r\n.\r\n"),
            ("a\r\n.b\r\n", "a\r\n..b\r\n.\r\n"),
            ("a\n.b", "a\n..b\r\n.\r\n"),
            ("a\r\n", "a\r\n.\r\n"),
        ] {
            assert_eq!(String::from_utf8(transparent(message.as_bytes())).unwrap(), sent, "{message:?}");
        }
    }
}
