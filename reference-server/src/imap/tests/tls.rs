//! The upgrade, TLS from the first octet, and the server's own leave.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::*;
use crate::net::Service;

async fn handshake(server: &Server, stream: DuplexStream) -> TlsStream<DuplexStream> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(server.certificate_pem().as_bytes()).unwrap()).unwrap();
    let config =
        rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap()
}

/// Sends commands one by one and gathers the lines until the server is silent.
async fn answers(stream: &mut TlsStream<DuplexStream>, commands: &[&str]) -> Vec<String> {
    let mut received = Vec::new();
    for command in commands {
        stream.write_all(command.as_bytes()).await.unwrap();
        while let Ok(Ok(1..)) = timeout(Duration::from_secs(5), stream.read_buf(&mut received)).await {}
    }
    String::from_utf8(received).unwrap().lines().map(str::to_owned).collect()
}

fn server() -> Server {
    let config = Config { cleartext_passwords: false, ..Config::default() };
    Server::in_process(config.user("alice", "secret")).unwrap()
}

#[tokio::test(start_paused = true)]
async fn starttls_starts_again_and_forgets_what_came_before() {
    let server = server();
    let mut client = BufReader::new(server.connect_imap());
    assert!(next_line(&mut client).await.contains(" LOGINDISABLED "));
    // What stands behind STARTTLS in clear is never carried out, nor is half a command completed under TLS.
    client.write_all(b"a STARTTLS\r\nb NOOP\r\nc LOGIN alice ").await.unwrap();
    assert!(next_line(&mut client).await.starts_with("a OK "));
    let mut stream = handshake(&server, client.into_inner()).await;
    let lines = answers(
        &mut stream,
        &["secret\r\n", "d STARTTLS\r\n", "e CAPABILITY\r\n", "f LOGIN alice secret\r\n"],
    )
    .await;
    for (line, wanted) in lines.iter().zip([
        "secret BAD ...",
        "d BAD ...",
        "* CAPABILITY IMAP4rev1 LITERAL+ SASL-IR ID AUTH=PLAIN AUTH=LOGIN AUTH=CRAM-MD5 AUTH=SCRAM-SHA-256",
        "e OK ...",
        "f OK [CAPABILITY ...] ...",
    ]) {
        assert!(fits(line, wanted), "{lines:?}");
    }
    assert_eq!(lines.len(), 5, "no greeting: {lines:?}");
}

#[tokio::test(start_paused = true)]
async fn implicit_tls_greets_behind_the_handshake() {
    let server = server();
    let mut stream = handshake(&server, server.connect(Service::Imaps)).await;
    let lines = answers(&mut stream, &["a LOGIN alice secret\r\n"]).await;
    assert!(fits(&lines[0], "* OK [CAPABILITY ...] ...") && fits(&lines[1], "a OK ..."), "{lines:?}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_shuts_down_says_bye() {
    let server = server();
    let (mut waiting, mut idling) =
        (BufReader::new(server.connect_imap()), BufReader::new(server.connect_imap()));
    next_line(&mut waiting).await;
    next_line(&mut idling).await;
    server.shutdown().await;
    assert!(next_line(&mut waiting).await.starts_with("* BYE "));
    assert!(next_line(&mut idling).await.starts_with("* BYE "));
}
