//! A session with a server of its own, over a pipe, in virtual time.

use std::sync::Arc;

use reference_server::config::Config;
use reference_server::net::{Server, Service};
use reference_server::store::{Access, Account, Flag, FlagChange, Flags};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::{Builder, Runtime};

/// Messages with something to look at: parts within parts, encoded words, and none of it well-formed.
const MESSAGES: [&[u8]; 3] = [
    b"From: Alice <alice@example.org>\r\nTo: b@example.org, Group: c@d, \"e\" <f@g>;\r\nSubject: =?utf-8?q?=C3=BC?=\r\n\
      Date: Wed, 01 May 2024 08:00:00 +0000\r\n\r\nline one\r\n.line two\r\n",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\npreamble\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\n\
      text\r\n--x\r\nContent-Type: image/png; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--x--\r\n",
    b"no header\nand no CRLF",
];

/// The most octets that a session may answer with, for each octet of input: a FETCH may name a message many times.
const MOST_ANSWER: usize = 4 << 20;

/// How TLS says that the fuzzer's handshake is none.
const TLS_ALERT: &[u8] = b"\x15\x03\x03";

thread_local! {
    /// One server for all sessions: to make its certificate takes longer than a session.
    static SERVER: (Runtime, Server) = {
        let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().expect("a runtime");
        let server = runtime.block_on(async { Server::in_process(Config::default().user("alice", "secret")) });
        (runtime, server.expect("a server"))
    };
}

/// Sends `before` and `octets`, half of it at once and the rest in small segments, then closes; returns all that the
/// server has said, until it closed too or a TLS handshake began.
///
/// # Panics
/// If the server does not close, or says too much.
#[must_use]
pub fn run(service: Service, before: &[u8], octets: &[u8]) -> Vec<u8> {
    SERVER.with(|(runtime, server)| runtime.block_on(talk(server, service, before, octets)))
}

/// Leaves no mailbox but INBOX, and in it [`MESSAGES`].
fn tidy(account: &Arc<Account>) {
    for listed in account.list().into_iter().rev() {
        // INBOX stays.
        let _ = account.delete(&listed.name);
    }
    for (name, _) in account.subscriptions() {
        let _ = account.unsubscribe(&name);
    }
    let (mut inbox, data) = account.select("INBOX", Access::ReadWrite).expect("an INBOX");
    let all: Vec<u32> = (1..=data.exists).collect();
    inbox.store(&all, FlagChange::Replace, &Flags::from_iter([Flag::Deleted]), None).expect("read-write");
    inbox.expunge(None).expect("read-write");
    for message in MESSAGES {
        account.append("INBOX", message.to_vec(), Flags::default(), None).expect("room");
    }
}

async fn talk(server: &Server, service: Service, before: &[u8], octets: &[u8]) -> Vec<u8> {
    tidy(&server.store().account("alice").expect("alice"));
    let (mut reading, mut writing) = tokio::io::split(server.connect(service));
    let send = async {
        let (at_once, in_segments) = octets.split_at(octets.len() / 2);
        // A server that has closed reads no more.
        let _ = writing.write_all(&[before, at_once].concat()).await;
        for segment in in_segments.chunks(7) {
            let _ = writing.write_all(segment).await;
            tokio::task::yield_now().await;
        }
        let _ = writing.shutdown().await;
    };
    let receive = async {
        let mut answer = Vec::new();
        let mut limited = (&mut reading).take(MOST_ANSWER as u64);
        limited.read_to_end(&mut answer).await.expect("a pipe does not fail");
        assert!(answer.len() < MOST_ANSWER, "no end of the answer");
        answer
    };
    let ((), mut answer) = tokio::join!(send, receive);
    if let Some(at) = answer.windows(TLS_ALERT.len()).position(|octets| octets == TLS_ALERT) {
        answer.truncate(at);
    }
    answer
}
