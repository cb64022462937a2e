//! One connection: the handshake, the session, the upgrade, the end.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::connection::{Connection, Outcome, Transport};
use super::service::{Protocol, Service};

/// How long a client may take to close its side once the server has closed its own.
const LINGER: Duration = Duration::from_secs(1);

/// Drives a connection to its end.
pub(super) async fn drive<T: Transport>(
    service: Service,
    stream: T,
    mut connection: Connection,
    acceptor: &TlsAcceptor,
) {
    let protocol = service.protocol();
    if service.implicit_tls() {
        Box::pin(encrypted(protocol, stream, &mut connection, acceptor)).await;
        return;
    }
    match session(protocol, stream, &mut connection).await {
        Outcome::Closed(stream) => Box::pin(close(stream)).await,
        Outcome::Upgrade(stream) => {
            connection.upgraded = true;
            Box::pin(encrypted(protocol, stream, &mut connection, acceptor)).await;
        }
    }
}

/// Turns a connection away.
pub(super) async fn turn_away<T: Transport>(service: Service, mut stream: T) {
    // Before a handshake nothing can be said.
    if !service.implicit_tls() {
        let greeting = service.protocol().no_room();
        if !matches!(timeout(LINGER, stream.write_all(greeting.as_bytes())).await, Ok(Ok(()))) {
            return;
        }
    }
    close(stream).await;
}

/// A handshake that fails or takes too long ends the connection: nothing goes on in clear (RFC 2595 section 4).
async fn encrypted<T: Transport>(
    protocol: Protocol,
    stream: T,
    connection: &mut Connection,
    acceptor: &TlsAcceptor,
) {
    let limit = connection.shared.config.timeouts.handshake;
    let Ok(Ok(stream)) = timeout(limit, acceptor.accept(stream)).await else {
        return;
    };
    connection.tls = true;
    // There is no upgrade of what is encrypted already; a session that asked for one would only be closed.
    let (Outcome::Closed(stream) | Outcome::Upgrade(stream)): Outcome<TlsStream<T>> =
        session(protocol, stream, connection).await;
    close(stream).await;
}

async fn session<T: Transport>(protocol: Protocol, stream: T, connection: &mut Connection) -> Outcome<T> {
    match protocol {
        Protocol::Imap => crate::imap::serve(stream, connection).await,
        Protocol::Pop3 => crate::pop3::serve(stream, connection).await,
        Protocol::Lmtp => crate::lmtp::serve(stream, connection).await,
    }
}

/// Closes the server's side, then waits a little for the client's: a TCP socket that is dropped with unread octets
/// resets the connection, and the client may lose the last response.
async fn close<T: Transport>(mut stream: T) {
    let mut discarded = [0; 4096];
    let _ = timeout(LINGER, async {
        stream.shutdown().await?;
        while stream.read(&mut discarded).await? > 0 {}
        std::io::Result::Ok(())
    })
    .await;
}
