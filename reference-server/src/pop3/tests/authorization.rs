//! The AUTHORIZATION state.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use md5::{Digest, Md5};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::*;

/// What needs no login and what it takes; each row on a connection of its own.
#[tokio::test(start_paused = true)]
async fn conversations() {
    let server = server(&[]);
    for (name, conversation) in [
        ("user and pass", "C: uSeR alice\nS: +OK ...\nC: pAsS wonderland\nS: +OK ...\nC: STAT\nS: +OK 0 0"),
        ("a password owns its spaces", "C: USER bob\nS: +OK ...\nC: PASS two words\nS: +OK ..."),
        ("quit", "C: QUIT\nS: +OK ...\nS!"),
        ("quit after user", "C: USER alice\nS: +OK ...\nC: QUIT\nS: +OK ...\nS!"),
        (
            "commands of the transaction state",
            "C: STAT
             S: -ERR ...
             C: LIST
             S: -ERR ...
             C: RETR 1
             S: -ERR ...
             C: DELE 1
             S: -ERR ...
             C: NOOP
             S: -ERR ...
             C: RSET
             S: -ERR ...
             C: TOP 1 0
             S: -ERR ...
             C: UIDL
             S: -ERR ...",
        ),
        (
            "a wrong password, then the right one",
            "C: USER alice
             S: +OK ...
             C: PASS wrong
             S: -ERR [AUTH] ...
             C: PASS wonderland
             S: -ERR PASS ...
             C: STAT
             S: -ERR ...
             C: USER alice
             S: +OK ...
             C: PASS wonderland
             S: +OK ...",
        ),
        ("an unknown user is told at PASS", "C: USER nobody\nS: +OK ...\nC: PASS x\nS: -ERR [AUTH] ..."),
        ("pass without user", "C: PASS wonderland\nS: -ERR PASS ..."),
        (
            "pass counts right after user only",
            "C: USER alice\nS: +OK ...\nC: CAPA x\nS: -ERR ...\nC: PASS wonderland\nS: -ERR ...",
        ),
        (
            "user after user",
            "C: USER bob\nS: +OK ...\nC: USER alice\nS: -ERR ...\nC: PASS wonderland\nS: -ERR ...\nC: USER alice\nS: +OK ...",
        ),
        (
            "user and pass without an argument",
            "C: USER\nS: -ERR ...\nC: USER alice\nS: +OK ...\nC: PASS\nS: -ERR ...",
        ),
        (
            "apop needs its digest",
            "C: APOP alice\nS: -ERR ...\nC: APOP alice 0123456789abcdef0123456789abcdef\nS: -ERR [AUTH] ...",
        ),
        (
            "capabilities before the login",
            "C: CAPA
             S: +OK ...
             S: SASL PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256
             S: TOP
             S: UIDL
             S: USER
             S: STLS
             S: UTF8 USER
             S: LANG
             S: RESP-CODES
             S: AUTH-RESP-CODE
             S: PIPELINING
             S: EXPIRE NEVER
             S: IMPLEMENTATION mailspec-server
             S: .",
        ),
        ("auth plain at once", "C: AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\nS: +OK ...\nC: NOOP\nS: +OK ..."),
        (
            "auth plain after a challenge",
            "C: auth plain\nS: + \nC: AGFsaWNlAHdvbmRlcmxhbmQ=\nS: +OK ...\nC: NOOP\nS: +OK ...",
        ),
        (
            "auth login",
            "C: AUTH LOGIN\nS: + VXNlcm5hbWU6\nC: YWxpY2U=\nS: + UGFzc3dvcmQ6\nC: d29uZGVybGFuZA==\nS: +OK ...",
        ),
        ("auth cancelled", "C: AUTH CRAM-MD5\nS: + ...\nC: *\nS: -ERR ...\nC: USER alice\nS: +OK ..."),
        (
            "auth refused",
            "C: AUTH PLAIN AGFsaWNlAHdyb25n\nS: -ERR [AUTH] ...\nC: AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\nS: +OK ...",
        ),
        ("auth with an empty response", "C: AUTH PLAIN =\nS: -ERR ...\nC: QUIT\nS: +OK ...\nS!"),
        (
            "auth without base64",
            "C: AUTH PLAIN\nS: + \nC: AAA=BBB\nS: -ERR ...\nC: AUTH PLAIN !!!!\nS: -ERR ...",
        ),
        (
            "auth of no known mechanism",
            "C: AUTH\nS: -ERR ...\nC: AUTH GSSAPI\nS: -ERR ...\nC: AUTH CRAM-MD5 dGVzdA==\nS: -ERR ...",
        ),
    ] {
        println!("{name}");
        let (mut client, greeting) = Client::connect(&server).await;
        assert!(greeting.starts_with("+OK "), "{greeting}");
        client.talk(conversation).await;
        // What one row has locked must be free for the next.
        drop(client);
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}

fn digest(timestamp: &str) -> String {
    Md5::digest(format!("{timestamp}wonderland")).iter().map(|octet| format!("{octet:02x}")).collect()
}

fn timestamp(greeting: &str) -> String {
    greeting[greeting.find('<').unwrap()..=greeting.find('>').unwrap()].to_owned()
}

#[tokio::test(start_paused = true)]
async fn apop_takes_the_digest_over_its_own_timestamp() {
    let server = server(&[]);
    let (mut client, greeting) = Client::connect(&server).await;
    let (mut other, other_greeting) = Client::connect(&server).await;
    assert_ne!(timestamp(&greeting), timestamp(&other_greeting));
    let digest = digest(&timestamp(&greeting));
    other.talk(&format!("C: APOP alice {digest}\nS: -ERR [AUTH] ...")).await;
    client.talk(&format!("C: APOP alice {digest}\nS: +OK ...\nC: STAT\nS: +OK 0 0")).await;
    // Right credentials and a locked maildrop: not [AUTH].
    let (mut late, greeting) = Client::connect(&server).await;
    let digest = self::digest(&timestamp(&greeting));
    late.talk(&format!("C: APOP alice {digest}\nS: -ERR [IN-USE] ...")).await;
}

#[tokio::test(start_paused = true)]
async fn a_failed_login_is_told_late_and_the_last_ends_the_connection() {
    let mut config = Config::default();
    config.limits.failed_logins = 3;
    let server = server_with(config, &[]);
    let (mut client, _) = Client::connect(&server).await;
    for _ in 0..3 {
        client.send("AUTH PLAIN AGFsaWNlAHdyb25n\r\n").await;
        let sent = tokio::time::Instant::now();
        assert!(client.line().await.unwrap().starts_with("-ERR [AUTH] "));
        assert_eq!(sent.elapsed().as_millis() / 10, 50);
    }
    assert_eq!(client.line().await, None);
}

#[tokio::test(start_paused = true)]
async fn long_fields_of_plain_are_taken() {
    let server = server(&[]);
    let (mut client, _) = Client::connect(&server).await;
    let long = "x".repeat(255);
    let response = BASE64.encode(format!("{long}\0{long}\0{long}"));
    client
        .talk(&format!("C: AUTH PLAIN\nS: + \nC: {response}\nS: -ERR [AUTH] ...\nC: AUTH PLAIN\nS: + "))
        .await;
    client.send(vec![b'A'; 100_000]).await;
    client.talk("C:\nS: -ERR response ...\nC: USER alice\nS: +OK ...").await;
}

/// A client behind the handshake.
async fn handshake(server: &Server, stream: DuplexStream) -> std::io::Result<TlsStream<DuplexStream>> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(server.certificate_pem().as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), stream).await
}

/// Sends commands one by one and gathers the status lines until the server is silent.
async fn replies(stream: &mut TlsStream<DuplexStream>, commands: &[&str]) -> Vec<String> {
    let mut received = Vec::new();
    for command in commands {
        stream.write_all(format!("{command}\r\n").as_bytes()).await.unwrap();
        while let Ok(Ok(1..)) = timeout(Duration::from_secs(5), stream.read_buf(&mut received)).await {}
    }
    String::from_utf8(received).unwrap().lines().map(str::to_owned).collect()
}

#[tokio::test(start_paused = true)]
async fn stls_starts_again_and_forgets_what_came_before() {
    let config = Config { cleartext_passwords: false, ..Config::default() };
    let server = server_with(config, &["A: 1\r\n\r\n"]);
    let (mut client, _) = Client::connect(&server).await;
    client
        .talk(
            "C: USER alice
             S: -ERR ...
             C: AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=
             S: -ERR ...
             C: CAPA
             S: +OK ...
             S: SASL CRAM-MD5 SCRAM-SHA-256
             S: TOP
             S: UIDL
             S: STLS
             S: UTF8 USER
             S: LANG
             S: RESP-CODES
             S: AUTH-RESP-CODE
             S: PIPELINING
             S: EXPIRE NEVER
             S: IMPLEMENTATION mailspec-server
             S: .
             C: STLS x
             S: -ERR ...",
        )
        .await;
    // What stands behind STLS in clear is never carried out.
    client.send("STLS\r\nQUIT\r\nUSER alice\r\n").await;
    assert!(client.line().await.unwrap().starts_with("+OK "));
    let mut stream = handshake(&server, client.stream).await.unwrap();
    let lines =
        replies(&mut stream, &["PASS wonderland", "STLS", "CAPA", "USER alice", "PASS wonderland", "STAT"])
            .await;
    assert!(lines[0].starts_with("-ERR PASS "), "no greeting, and USER is unknown: {lines:?}");
    assert!(lines[1].starts_with("-ERR TLS "), "{lines:?}");
    assert!(lines.contains(&"SASL PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256".to_owned()), "{lines:?}");
    assert!(!lines.contains(&"STLS".to_owned()), "{lines:?}");
    assert_eq!(lines.last().unwrap(), "+OK 1 8");
}

#[tokio::test(start_paused = true)]
async fn the_timestamp_of_the_greeting_counts_behind_stls() {
    let server = server(&[]);
    let (mut client, greeting) = Client::connect(&server).await;
    client.talk("C: STLS\nS: +OK ...").await;
    let mut stream = handshake(&server, client.stream).await.unwrap();
    let command = format!("APOP alice {}", digest(&timestamp(&greeting)));
    assert!(replies(&mut stream, &[&command, "STAT"]).await[1].starts_with("+OK 0 0"));
}

#[tokio::test(start_paused = true)]
async fn a_failed_handshake_ends_the_connection() {
    let server = server(&[]);
    let (mut client, _) = Client::connect(&server).await;
    client.talk("C: STLS\nS: +OK ...").await;
    client.send("USER alice\r\nQUIT\r\n").await;
    let mut rest = Vec::new();
    client.stream.read_to_end(&mut rest).await.unwrap();
    assert!(!rest.starts_with(b"+OK") && !rest.starts_with(b"-ERR"), "{rest:?}");
}

#[tokio::test(start_paused = true)]
async fn implicit_tls_greets_behind_the_handshake() {
    let server = server(&[]);
    let stream = server.connect(crate::net::Service::Pop3s);
    let mut stream = handshake(&server, stream).await.unwrap();
    let lines = replies(&mut stream, &["STLS", "QUIT"]).await;
    assert!(lines[0].starts_with("+OK mailspec "), "{lines:?}");
    assert!(
        lines[1].starts_with("-ERR TLS ") && lines[2].starts_with("+OK ") && lines.len() == 3,
        "{lines:?}"
    );
}
