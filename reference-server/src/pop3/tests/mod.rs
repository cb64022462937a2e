//! Sessions over a pipe in memory, in virtual time.

mod authorization;
mod limits;
mod transaction;
mod utf8;

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::timeout;

use crate::config::Config;
use crate::net::Server;
use crate::store::{Flags, INBOX};

/// A server whose user alice, password wonderland, has these messages.
fn server(messages: &[&str]) -> Server {
    server_with(Config::default(), messages)
}

fn server_with(config: Config, messages: &[&str]) -> Server {
    let server = Server::in_process(config.user("alice", "wonderland").user("bob", "two words")).unwrap();
    for message in messages {
        deliver(&server, message);
    }
    server
}

fn deliver(server: &Server, message: &str) {
    let account = server.store().account("alice").unwrap();
    account.append(INBOX, message.as_bytes().to_vec(), Flags::default(), None).unwrap();
}

/// The client's side of a connection.
struct Client {
    stream: DuplexStream,
    received: Vec<u8>,
}

impl Client {
    /// Connects and takes the greeting.
    async fn connect(server: &Server) -> (Self, String) {
        let mut client = Self { stream: server.connect_pop3(), received: Vec::new() };
        let greeting = client.line().await.unwrap();
        (client, greeting)
    }

    /// Connects and logs in as alice.
    async fn logged_in(server: &Server) -> Self {
        let (mut client, _) = Self::connect(server).await;
        client.talk("C: USER alice\nS: +OK ...\nC: PASS wonderland\nS: +OK ...").await;
        client
    }

    async fn send(&mut self, octets: impl AsRef<[u8]>) {
        self.stream.write_all(octets.as_ref()).await.unwrap();
    }

    /// The next line without its CRLF; none if the server has closed.
    async fn line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.received.windows(2).position(|pair| pair == b"\r\n") {
                let line: Vec<u8> = self.received.drain(..end + 2).collect();
                return Some(String::from_utf8(line[..end].to_vec()).unwrap());
            }
            let reading = timeout(Duration::from_secs(3600), self.stream.read_buf(&mut self.received));
            if reading.await.expect("the server answers").unwrap() == 0 {
                assert!(self.received.is_empty(), "half a line at the end");
                return None;
            }
        }
    }

    /// Whether the server says nothing for some seconds.
    async fn is_silent(&mut self, seconds: u64) -> bool {
        let reading = self.stream.read_buf(&mut self.received);
        timeout(Duration::from_secs(seconds), reading).await.is_err() && self.received.is_empty()
    }

    /// Goes through a conversation: `C:` sends a line, `S:` awaits one, of which `...` leaves the rest open; `S!` awaits
    /// the end of the connection. Nothing may be left over between them.
    async fn talk(&mut self, conversation: &str) {
        for line in conversation.lines().map(str::trim_start).filter(|line| !line.is_empty()) {
            if let Some(sent) = line.strip_prefix("C:") {
                assert!(
                    self.received.is_empty(),
                    "before {line}: {:?}",
                    String::from_utf8_lossy(&self.received)
                );
                self.send(format!("{}\r\n", sent.strip_prefix(' ').unwrap_or(sent))).await;
            } else if line == "S!" {
                assert_eq!(self.line().await, None);
            } else {
                let expected = line.strip_prefix("S:").expect("C:, S: or S!");
                let expected = expected.strip_prefix(' ').unwrap_or(expected);
                let got = self.line().await.unwrap_or_else(|| panic!("the server closed before {line}"));
                match expected.strip_suffix("...") {
                    Some(start) => assert!(got.starts_with(start), "expected {expected:?}, got {got:?}"),
                    None => assert_eq!(got, expected),
                }
            }
        }
        let more = timeout(Duration::from_secs(1), self.stream.read_buf(&mut self.received)).await;
        assert!(
            matches!(more, Err(_) | Ok(Ok(0))),
            "left over: {:?}",
            String::from_utf8_lossy(&self.received)
        );
        assert!(self.received.is_empty(), "left over: {:?}", String::from_utf8_lossy(&self.received));
    }
}
