//! The server over TCP, its start and its end.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::*;
use crate::auth::AccountError;
use crate::config::{CertificateSource, Config};

/// Only a server that hangs takes so long.
const PATIENCE: Duration = Duration::from_secs(30);

fn any_port() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

/// Sessions run where the server was started, or on threads of their own.
const THREADS: [usize; 2] = [0, 2];

fn config() -> Config {
    Config { pop3: Some(any_port()), pop3s: Some(any_port()), ..Config::default() }
        .user("alice", "wonderland")
}

async fn connect(server: &Server) -> BufReader<TcpStream> {
    let mut stream = BufReader::new(TcpStream::connect(server.pop3_addr().unwrap()).await.unwrap());
    let mut greeting = String::new();
    timeout(PATIENCE, stream.read_line(&mut greeting)).await.unwrap().unwrap();
    assert!(greeting.starts_with("+OK "), "{greeting}");
    stream
}

#[tokio::test]
async fn listens_where_it_was_told_and_nowhere_else() {
    for threads in THREADS {
        let server = Server::start(Config { threads, ..config() }).await.unwrap();
        assert!(server.pop3_addr().is_some_and(|address| address.port() != 0));
        assert!(server.pop3s_addr().is_some_and(|address| address.port() != 0));
        assert_eq!((server.imap_addr(), server.imaps_addr()), (None, None));
        let mut stream = connect(&server).await;
        // The last reply arrives whole, whatever the client has sent behind its QUIT.
        stream.write_all(b"CAPA\r\nQUIT\r\nNOOP\r\nNOOP\r\n").await.unwrap();
        let mut replies = String::new();
        timeout(PATIENCE, stream.read_to_string(&mut replies)).await.unwrap().unwrap();
        assert!(replies.ends_with(".\r\n+OK goodbye\r\n"), "{replies}");
    }
}

#[tokio::test]
async fn shutdown_ends_sessions_and_frees_the_address() {
    for threads in THREADS {
        let server = Server::start(Config { threads, ..config() }).await.unwrap();
        let address = server.pop3_addr().unwrap();
        let mut stream = connect(&server).await;
        let client = tokio::spawn(async move { stream.read_to_end(&mut Vec::new()).await });
        timeout(PATIENCE, server.shutdown()).await.unwrap();
        assert_eq!(timeout(PATIENCE, client).await.unwrap().unwrap().unwrap(), 0);
        TcpListener::bind(address).await.expect("nobody listens there any more");
    }
}

#[tokio::test]
async fn a_dropped_server_ends_its_sessions() {
    for threads in THREADS {
        let server = Server::start(Config { threads, ..config() }).await.unwrap();
        let mut stream = connect(&server).await;
        drop(server);
        assert_eq!(timeout(PATIENCE, stream.read_to_end(&mut Vec::new())).await.unwrap().unwrap(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_never_comes_ends_the_connection() {
    let server = Server::in_process(config()).unwrap();
    let mut stream = server.connect(Service::Pop3s);
    stream.write_all(b"QUIT\r\n\x16\x03").await.unwrap();
    let mut received = Vec::new();
    // Either the octets are taken for a broken handshake or they are waited on no longer than the limit.
    timeout(Duration::from_secs(60), stream.read_to_end(&mut received)).await.unwrap().unwrap();
    assert!(!received.starts_with(b"+OK"), "{received:?}");
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why() {
    let taken = TcpListener::bind(any_port()).await.unwrap();
    let address = taken.local_addr().unwrap();
    let missing = CertificateSource::Files { chain: "no/chain.pem".into(), key: "no/key.pem".into() };
    for (config, message) in [
        (Config { pop3: Some(address), ..config() }, format!("cannot listen for pop3 on {address}: ")),
        (Config { certificate: missing, ..config() }, "cannot read no/chain.pem: ".to_owned()),
        (Config { host: "a>b".into(), ..config() }, "host \"a>b\" is not a domain name: ".to_owned()),
        (config().user("alice", "again"), AccountError::Duplicate("alice".into()).to_string()),
    ] {
        let error = Server::start(config).await.unwrap_err().to_string();
        assert!(error.starts_with(&message), "{error}");
    }
}

#[tokio::test]
async fn takes_its_certificate_from_pem_files() {
    let folder = std::env::temp_dir().join(format!("mailspec-certificate-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["mail.example".to_owned()]).unwrap();
    let other = rcgen::generate_simple_self_signed(vec!["mail.example".to_owned()]).unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let chain = write("chain.pem", &made.cert.pem());
    let key = write("key.pem", &made.signing_key.serialize_pem());
    let wrong_key = write("other.pem", &other.signing_key.serialize_pem());
    let start = |chain: &std::path::PathBuf, key: &std::path::PathBuf| {
        let certificate = CertificateSource::Files { chain: chain.clone(), key: key.clone() };
        Server::in_process(Config { certificate, ..config() })
    };
    let right = start(&chain, &key).map(|server| server.certificate_pem().to_owned());
    let wrong = start(&chain, &wrong_key).map(|_| ()).map_err(|error| error.to_string());
    let swapped = start(&key, &chain).map(|_| ()).map_err(|error| error.to_string());
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(right.unwrap(), made.cert.pem());
    assert!(wrong.unwrap_err().starts_with("cannot use the certificate and its key: "));
    assert!(swapped.unwrap_err().ends_with("key.pem: it holds no certificate in PEM"));
}
