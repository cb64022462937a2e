//! Sessions over a pipe in memory, in virtual time, and one over TCP.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::config::{Config, Limits};
use crate::net::{Server, Service};
use crate::store::{Access, Expunges, INBOX, Update};

fn server_with(config: Config) -> Server {
    let config = config.user("alice", "a").user("bob@example.org", "b").user("j\u{fc}rgen", "c");
    Server::in_process(config).unwrap()
}

fn server() -> Server {
    server_with(Config::default())
}

/// The messages in a user's INBOX, each behind its Received field.
fn inbox(server: &Server, user: &str) -> Vec<(String, String)> {
    let maildrop = server.store().account(user).unwrap().open_maildrop().unwrap();
    let messages = maildrop.messages().iter().map(|message| {
        let text = String::from_utf8(message.octets.to_vec()).unwrap();
        let (trace, rest) = text.split_once("+0000\r\n").expect("a date ends the trace fields");
        (trace.to_owned(), rest.to_owned())
    });
    messages.collect()
}

/// Goes through a conversation over `stream`: `C:` sends a line, `S:` awaits one, of which `...` leaves the rest open; `S!`
/// awaits the end. The greeting comes first.
async fn talk_over(stream: impl AsyncRead + AsyncWrite + Unpin, conversation: &str) {
    let mut stream = BufReader::new(stream);
    let conversation = format!("S: 220 localhost ...\n{conversation}");
    for line in conversation.lines().map(str::trim_start).filter(|line| !line.is_empty()) {
        if let Some(sent) = line.strip_prefix("C:") {
            let sent = sent.strip_prefix(' ').unwrap_or(sent).replace("\\0", "\0").replace("\\r\\n", "\r\n");
            stream.write_all(format!("{sent}\r\n").as_bytes()).await.unwrap();
        } else {
            let mut got = String::new();
            let reading = timeout(Duration::from_secs(3600), stream.read_line(&mut got));
            reading.await.unwrap_or_else(|_| panic!("no answer where {line}")).unwrap();
            let got = got.trim_end_matches("\r\n");
            let expected = if line == "S!" { "" } else { line.strip_prefix("S: ").expect("C:, S: or S!") };
            match expected.strip_suffix("...") {
                Some(start) => assert!(got.starts_with(start), "expected {expected:?}, got {got:?}"),
                None => assert_eq!(got, expected),
            }
        }
    }
    let mut rest = [0; 100];
    if let Ok(Ok(count)) = timeout(Duration::from_secs(1), stream.read(&mut rest)).await {
        assert_eq!(String::from_utf8_lossy(&rest[..count]), "", "left over");
    }
}

async fn talk(server: &Server, conversation: &str) {
    talk_over(server.connect(Service::Lmtp), conversation).await;
}

#[tokio::test(start_paused = true)]
async fn a_message_gets_a_reply_for_each_recipient() {
    let server = server();
    talk(
        &server,
        "C: LHLO mx.example
         S: 250-localhost
         S: 250-PIPELINING
         S: 250-ENHANCEDSTATUSCODES
         S: 250-8BITMIME
         S: 250 SIZE 67108864
         C: MAIL FROM:<eve@sender.example> BODY=8BITMIME SIZE=30
         S: 250 2.1.0 ...
         C: RCPT TO:<alice>
         S: 250 2.1.5 ...
         C: RCPT TO:<nobody@example.org>
         S: 550 5.1.1 ...
         C: RCPT TO:<bob@example.org>
         S: 250 2.1.5 ...
         C: RCPT TO:<alice@elsewhere.example>
         S: 250 2.1.5 ...
         C: DATA
         S: 354 ...
         C: Subject: x\\r\\n\\r\\n..two\\r\\n...three\\r\\n.
         S: 250 2.1.5 <alice> ...
         S: 250 2.1.5 <bob@example.org> ...
         S: 250 2.1.5 <alice@elsewhere.example> ...
         C: DATA
         S: 503 5.5.1 ...
         C: QUIT
         S: 221 2.0.0 ...
         S!",
    )
    .await;
    for user in ["alice", "bob@example.org"] {
        let messages = inbox(&server, user);
        let [(trace, message)] = messages.as_slice() else { panic!("{messages:?}") };
        assert_eq!(message, "Subject: x\r\n\r\n.two\r\n..three\r\n");
        let start = format!(
            "Return-Path: <eve@sender.example>\r\nDelivered-To: {user}\r\nReceived: from mx.example\r\n\tby localhost with LMTP id "
        );
        assert!(trace.starts_with(&start), "{trace}");
    }
}

#[tokio::test(start_paused = true)]
async fn commands_have_an_order() {
    talk(
        &server(),
        "C: MAIL FROM:<a@b>
         S: 503 5.5.1 ...
         C: EHLO x
         S: 500 5.5.1 ...
         C: HELO x
         S: 500 5.5.1 ...
         C: NOOP
         S: 250 2.0.0 ...
         C: VRFY alice
         S: 252 2.1.5 ...
         C: lhlo x
         S: 250-localhost
         S: 250-PIPELINING
         S: 250-ENHANCEDSTATUSCODES
         S: 250-8BITMIME
         S: 250 SIZE 67108864
         C: RCPT TO:<alice>
         S: 503 5.5.1 ...
         C: DATA
         S: 503 5.5.1 ...
         C: MAIL FROM:<>
         S: 250 ...
         C: MAIL FROM:<>
         S: 503 5.5.1 ...
         C: DATA
         S: 503 5.5.1 ...
         C: RCPT TO:<alice> X=1
         S: 555 5.5.4 ...
         C: RCPT TO:alice
         S: 501 5.5.4 ...
         C: RCPT TO:<alice>
         S: 250 ...
         C: RSET
         S: 250 2.0.0 ...
         C: DATA
         S: 503 5.5.1 ...
         C: XYZZY
         S: 500 5.5.1 ...",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn pipelined_transactions_are_answered_in_order() {
    let server = server();
    let (mut client, mut received) = (server.connect(Service::Lmtp), String::new());
    let transaction = "MAIL FROM:<>\r\nRCPT TO:<alice>\r\nRCPT TO:<nobody>\r\nRCPT TO:<j\u{fc}rgen@x>\r\nDATA\r\nA: 1\r\n\r\nx\n.\r\n.\r\n";
    client
        .write_all(format!("LHLO x\r\n{}QUIT\r\nNOOP\r\n", transaction.repeat(2)).as_bytes())
        .await
        .unwrap();
    client.read_to_string(&mut received).await.unwrap();
    let codes: Vec<&str> = received.lines().map(|line| &line[..3]).collect();
    let once = ["250", "250", "550", "250", "354", "250", "250"];
    assert_eq!(codes, [&["220"; 1][..], &["250"; 5], &once, &once, &["221"]].concat(), "{received}");
    // A lone LF around a dot ends no message.
    let delivered = inbox(&server, "j\u{fc}rgen");
    assert_eq!(delivered.len(), 2);
    assert_eq!(delivered[0].1, "A: 1\r\n\r\nx\n.\r\n");
}

#[tokio::test(start_paused = true)]
async fn limits_hold() {
    let config = Config { limits: Limits { message: 100, ..Limits::default() }, ..Config::default() };
    let server = server_with(config);
    let hello = "C: LHLO x\nS: 250-localhost\nS: 250-...\nS: 250-...\nS: 250-...\nS: 250 SIZE 100\n";
    let envelope = "C: MAIL FROM:<a@b>\nS: 250 ...\nC: RCPT TO:<alice>\nS: 250 ...\nC: RCPT TO:<j\u{fc}rgen>\nS: 250 ...\n";
    talk(
        &server,
        &format!(
            "{hello}C: MAIL FROM:<a@b> SIZE=101\nS: 552 5.3.4 ...\n{envelope}C: DATA\nS: 354 ...\n\
             C: {}\\r\\n.\nS: 552 5.3.4 ...\nS: 552 5.3.4 ...\n\
             {envelope}C: DATA\nS: 354 ...\nC: a\\0b\\r\\n.\nS: 554 5.6.0 ...\nS: 554 5.6.0 ...\n\
             C: NOOP {}\nS: 500 5.5.2 ...",
            "x".repeat(99),
            "x".repeat(3000),
        ),
    )
    .await;
    assert!(inbox(&server, "alice").is_empty());
    // Recipients.
    let many = "C: RCPT TO:<alice>\nS: 250 ...\n".repeat(1000);
    talk(&server, &format!("{hello}C: MAIL FROM:<>\nS: 250 ...\n{many}C: RCPT TO:<alice>\nS: 452 4.5.3 ..."))
        .await;
    // Commands that make no sense.
    let refused = "C: XYZZY\nS: 500 ...\n".repeat(100);
    talk(&server, &format!("{refused}C: XYZZY\nS: 421 4.7.0 ...\nS!")).await;
}

#[tokio::test(start_paused = true)]
async fn a_message_that_does_not_end_is_not_delivered() {
    let server = server();
    let start = b"LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<alice>\r\nDATA\r\nSubject: half\r\n";
    // The client goes away.
    let mut client = server.connect(Service::Lmtp);
    client.write_all(start).await.unwrap();
    client.shutdown().await.unwrap();
    client.read_to_end(&mut Vec::new()).await.unwrap();
    // The client says no more.
    let (mut client, mut received) = (server.connect(Service::Lmtp), String::new());
    client.write_all(start).await.unwrap();
    client.read_to_string(&mut received).await.unwrap();
    assert!(received.ends_with("421 4.4.2 the message does not come\r\n"), "{received}");
    // The server ends.
    let (mut client, mut received) = (server.connect(Service::Lmtp), String::new());
    client.write_all(start).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(inbox(&server, "alice").is_empty());
    server.shutdown().await;
    client.read_to_string(&mut received).await.unwrap();
    assert!(received.ends_with("421 4.3.2 the server is shutting down\r\n"), "{received}");
}

#[tokio::test(start_paused = true)]
async fn a_session_that_has_the_mailbox_open_is_told() {
    let server = server();
    let account = server.store().account("alice").unwrap();
    let (mut selected, _) = account.select(INBOX, Access::ReadWrite).unwrap();
    let mut client = server.connect(Service::Lmtp);
    client.write_all(b"LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<alice>\r\nDATA\r\n.\r\nQUIT\r\n").await.unwrap();
    client.read_to_end(&mut Vec::new()).await.unwrap();
    assert!(selected.updates(Expunges::Allowed).contains(&Update::Exists(1)));
    assert_eq!(inbox(&server, "alice")[0].1, "");
}

#[tokio::test]
async fn mail_comes_in_over_tcp() {
    let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let server =
        Server::start(Config { lmtp: Some(anywhere), ..Config::default() }.user("alice", "a")).await.unwrap();
    let stream = TcpStream::connect(server.lmtp_addr().unwrap()).await.unwrap();
    talk_over(
        stream,
        "C: LHLO x
         S: 250-localhost
         S: 250-...
         S: 250-...
         S: 250-...
         S: 250 ...
         C: MAIL FROM:<a@b>
         S: 250 ...
         C: RCPT TO:<alice@localhost>
         S: 250 ...
         C: DATA
         S: 354 ...
         C: A: 1\\r\\n.
         S: 250 2.1.5 ...
         C: QUIT
         S: 221 ...
         S!",
    )
    .await;
    assert_eq!(inbox(&server, "alice")[0].1, "A: 1\r\n");
    server.shutdown().await;
}
