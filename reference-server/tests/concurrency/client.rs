//! A client that notes when it sent what, and when that was answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio::task::yield_now;
use tokio::time::{Duration, timeout};

use super::operation::Operation;
use super::response::{Tagged, Untagged};

/// How long a server may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(60);

/// Counts events over all sessions, so that it is known which command ended before which other one was sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Order(Arc<AtomicU64>);

impl Order {
    pub(crate) fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

/// A command and what was said while it was in progress.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) operation: Operation,
    /// Before its first octet was sent.
    pub(crate) sent: u64,
    /// After its tagged response was read; an IDLE may be open still.
    pub(crate) done: Option<u64>,
    pub(crate) untagged: Vec<Untagged>,
    pub(crate) tagged: Option<Tagged>,
    /// The responses as they were, for the report.
    pub(crate) lines: Vec<String>,
}

impl Exchange {
    /// Whether the command was refused before it was whole: an APPEND to a mailbox that does not exist. With that
    /// nothing else is told.
    pub(crate) fn was_turned_away(&self) -> bool {
        let refused = self.tagged.as_ref().is_some_and(|tagged| tagged.condition != "OK");
        refused && matches!(self.operation, Operation::Append { .. })
    }

    /// The mailbox and what its next UID was when the command acted, if the answer tells.
    pub(crate) fn next_uid(&self) -> Option<(&'static str, u32)> {
        let tagged = self.tagged.as_ref()?;
        match &self.operation {
            Operation::Append { mailbox, .. } => Some((mailbox, *tagged.append_uid.as_ref()?.1.first()?)),
            Operation::Copy { mailbox, .. } => Some((mailbox, *tagged.copy_uid.as_ref()?.copies.first()?)),
            Operation::Move { mailbox, .. } => self.untagged.iter().find_map(|said| match said {
                Untagged::CopyUid(code) => Some((*mailbox, *code.copies.first()?)),
                _ => None,
            }),
            Operation::Select { mailbox, .. } | Operation::Status { mailbox } => {
                let pairs = self.untagged.iter().flat_map(|said| match said {
                    Untagged::Numbers(pairs) => pairs.as_slice(),
                    _ => &[],
                });
                let next = pairs.into_iter().find(|(item, _)| item == "UIDNEXT");
                next.map(|(_, value)| (*mailbox, *value))
            }
            _ => None,
        }
    }
}

/// A session that is logged in.
#[derive(Debug)]
pub(crate) struct Client {
    stream: BufReader<DuplexStream>,
    order: Order,
    random: StdRng,
    next_tag: u32,
    /// The IDLE in progress.
    idle: Option<Exchange>,
}

impl Client {
    /// Reads the greeting and logs in.
    pub(crate) async fn log_in(stream: DuplexStream, order: Order, seed: u64) -> Self {
        let stream = BufReader::new(stream);
        let random = StdRng::seed_from_u64(seed);
        let mut client = Self { stream, order, random, next_tag: 0, idle: None };
        assert!(client.response().await.starts_with("* OK"), "no greeting");
        client.write(b"login LOGIN alice secret\r\n").await;
        assert!(client.response().await.starts_with("login OK"), "no login");
        client
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.idle.is_some()
    }

    /// Sends commands without waiting, in segments of random length, and reads until all but an IDLE have ended. An IDLE
    /// that was open is ended first.
    pub(crate) async fn run(&mut self, operations: Vec<Operation>) -> Vec<Exchange> {
        self.dawdle().await;
        let mut open: Vec<Exchange> = self.idle.take().into_iter().collect();
        let done = if open.is_empty() { "" } else { "DONE\r\n" };
        let first_tag = self.next_tag - u32::from(!open.is_empty());
        let mut unsent: Vec<u8> = done.as_bytes().to_vec();
        let mut idles = false;
        for operation in operations {
            let text = format!("a{} {}\r\n", self.next_tag, operation.text());
            self.next_tag += 1;
            idles = matches!(operation, Operation::Idle);
            let waits = matches!(operation, Operation::Append { synchronizing: true, .. });
            // Its first octet may leave with those of the command before it, and no earlier.
            let sent = self.order.next();
            open.push(Exchange {
                operation,
                sent,
                done: None,
                untagged: vec![],
                tagged: None,
                lines: vec![],
            });
            if waits {
                self.send(std::mem::take(&mut unsent)).await;
                let (line, literal) = text.split_once("\r\n").unwrap_or_default();
                self.send(format!("{line}\r\n").into_bytes()).await;
                if !self.read_until_continued(&mut open, first_tag).await {
                    return open;
                }
                self.send(literal.as_bytes().to_vec()).await;
            } else {
                unsent.extend_from_slice(text.as_bytes());
                if self.random.random_bool(0.3) {
                    self.send(std::mem::take(&mut unsent)).await;
                }
            }
        }
        self.send(unsent).await;
        if idles {
            assert!(self.read_until_continued(&mut open, first_tag).await, "IDLE was refused");
            self.idle = open.pop();
        }
        while open.iter().any(|exchange| exchange.done.is_none()) {
            let response = self.response().await;
            self.sort_in(&mut open, first_tag, response);
        }
        open
    }

    /// Takes what the open IDLE has been told so far, in an exchange that has not ended.
    pub(crate) async fn look(&mut self) -> Option<Exchange> {
        let mut idle = self.idle.take()?;
        while self.hears_something().await {
            let response = self.response().await;
            idle.lines.push(response.clone());
            idle.untagged.push(Untagged::read(response.strip_prefix("* ").unwrap_or(&response)));
        }
        let so_far = idle.clone();
        // The next look begins where this one ended.
        idle.untagged.clear();
        idle.lines.clear();
        self.idle = Some(idle);
        Some(so_far)
    }

    /// Whether the server has said something that has not been read yet.
    pub(crate) async fn hears_something(&mut self) -> bool {
        timeout(Duration::from_millis(2), self.stream.fill_buf()).await.is_ok()
    }

    /// Reads until the server asks for more; `false` if it ends the last command instead.
    async fn read_until_continued(&mut self, open: &mut [Exchange], first_tag: u32) -> bool {
        loop {
            let response = self.response().await;
            if response.starts_with("+ ") {
                return true;
            }
            self.sort_in(open, first_tag, response);
            if open.iter().all(|exchange| exchange.done.is_some()) {
                return false;
            }
        }
    }

    /// Gives a response to the command in progress: the first that has not ended.
    fn sort_in(&mut self, open: &mut [Exchange], first_tag: u32, response: String) {
        let Some(at) = open.iter().position(|exchange| exchange.done.is_none()) else {
            panic!("a response to no command: {response}")
        };
        let current = &mut open[at];
        match response.strip_prefix("* ") {
            Some(text) => current.untagged.push(Untagged::read(text)),
            None => {
                let tag = format!("a{} ", first_tag + u32::try_from(at).unwrap_or_default());
                let text = response.strip_prefix(&tag);
                let text = text.unwrap_or_else(|| panic!("not the answer to {tag}: {response}"));
                current.tagged = Some(Tagged::read(text));
                current.done = Some(self.order.next());
            }
        }
        current.lines.push(response);
    }

    /// A response with its literals, without its line end.
    async fn response(&mut self) -> String {
        let mut octets = Vec::new();
        loop {
            let read = timeout(PATIENCE, self.stream.read_until(b'\n', &mut octets)).await;
            let read = read.expect("the server says nothing").expect("a pipe does not fail");
            assert!(read > 0, "the server has closed");
            assert!(octets.ends_with(b"\r\n"), "a line without CRLF: {}", octets.escape_ascii());
            let Some(size) = literal(&octets) else { break };
            let begin = octets.len();
            octets.resize(begin + size, 0);
            self.stream.read_exact(&mut octets[begin..]).await.expect("the literal is whole");
        }
        octets.truncate(octets.len() - 2);
        String::from_utf8(octets).expect("all is ASCII here")
    }

    /// Sends octets in random segments.
    async fn send(&mut self, octets: Vec<u8>) {
        let mut rest = &octets[..];
        while !rest.is_empty() {
            let longest = if self.random.random_bool(0.5) { rest.len() } else { rest.len().min(20) };
            let (segment, after) = rest.split_at(self.random.random_range(1..=longest));
            self.write(segment).await;
            rest = after;
            self.dawdle().await;
        }
    }

    async fn write(&mut self, octets: &[u8]) {
        self.stream.get_mut().write_all(octets).await.expect("the server listens");
    }

    /// Lets others go first, or not.
    async fn dawdle(&mut self) {
        for _ in 0..self.random.random_range(0..4) {
            yield_now().await;
        }
    }
}

fn literal(octets: &[u8]) -> Option<usize> {
    let digits = octets.strip_suffix(b"}\r\n")?;
    let digits = &digits[digits.iter().rposition(|octet| *octet == b'{')? + 1..];
    std::str::from_utf8(digits).ok()?.parse().ok()
}
