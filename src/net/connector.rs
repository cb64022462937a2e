//! Makes connections to the server under test.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use reference_server::net::Server;
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    net::TcpStream,
    time::{Instant, timeout_at},
};
use tokio_rustls::TlsConnector;

use super::{
    BoxStream,
    tls::{self, TlsError},
};
use crate::{
    scenario::program::Protocol,
    target::{Address, Reach, Service, Target},
};

/// No connection could be made, or made safe.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Nobody listens there, or it can't be reached.
    #[error("can't connect to {service}://{address}: {why}")]
    Unreachable {
        /// The protocol.
        service: Service,
        /// Where.
        address: Address,
        /// Why.
        why: io::Error,
    },
    /// The target has no such listener.
    #[error("the target does not speak {0}")]
    NoListener(&'static str),
    /// The TLS handshake.
    #[error("the TLS handshake fails: {0}")]
    Handshake(io::Error),
    /// The deadline has passed.
    #[error("no connection within the time allowed")]
    TimedOut,
    /// The connection has ended before.
    #[error("the connection has ended")]
    Ended,
}

/// Makes pipes in memory to a server in this process.
pub type Pipes = Box<dyn Fn(Protocol) -> BoxStream + Send + Sync>;

/// Makes connections to one target.
pub struct Connector {
    way: Way,
    tls: Arc<ClientConfig>,
    server_name: ServerName<'static>,
}

enum Way {
    Network(Reach),
    Pipes(Pipes),
    Bundled(Mutex<Arc<Server>>),
}

impl Connector {
    /// A connector to a target in the network.
    ///
    /// # Errors
    /// If TLS can't be set up as the target's profile says.
    pub fn to(target: &Target) -> Result<Self, TlsError> {
        let host = match &target.reach {
            Reach::Bundled => "localhost".to_owned(),
            Reach::Network(listeners) => {
                listeners.iter().next().map_or_else(String::new, |(_, address)| address.host.clone())
            }
        };
        let name = target.tls.server_name.clone().unwrap_or(host);
        let server_name = ServerName::try_from(name.clone()).map_err(|_| TlsError::Name(name))?;
        let way = Way::Network(target.reach.clone());
        Ok(Self { way, tls: tls::client_config(&target.tls)?, server_name })
    }

    /// A connector to the reference server in this process.
    ///
    /// # Errors
    /// If the server's certificate can't be used.
    pub fn to_bundled(server: Server) -> Result<Self, TlsError> {
        let tls = tls::client_config_for(server.certificate_pem())?;
        let server_name =
            ServerName::try_from("localhost").map_err(|_| TlsError::Name("localhost".into()))?;
        Ok(Self { way: Way::Bundled(Mutex::new(Arc::new(server))), tls, server_name })
    }

    /// Can the server be stopped and started again from here?
    #[must_use]
    pub fn can_restart(&self) -> bool {
        matches!(self.way, Way::Bundled(_))
    }

    /// Stops the reference server in this process in good order and starts it again. False if this is another server.
    pub async fn restart(&self) -> bool {
        let Way::Bundled(server) = &self.way else { return false };
        let stopped = Arc::clone(&present(server));
        let started = stopped.restarted().await;
        *present(server) = Arc::new(started);
        true
    }

    /// A connector to any server in this process, instead of the one that `target` names.
    ///
    /// # Errors
    /// If TLS can't be set up as the target's profile says.
    pub fn through(pipes: Pipes, target: &Target) -> Result<Self, TlsError> {
        Ok(Self { way: Way::Pipes(pipes), ..Self::to(target)? })
    }

    /// Connects; whether the stream is under TLS already comes with it.
    ///
    /// # Errors
    /// If nobody answers, or the handshake of implicit TLS fails.
    pub async fn connect(
        &self,
        protocol: Protocol,
        deadline: Instant,
    ) -> Result<(BoxStream, bool), ConnectError> {
        let listener = match &self.way {
            Way::Pipes(pipe_to) => return Ok((pipe_to(protocol), false)),
            Way::Bundled(server) => {
                let server = Arc::clone(&present(server));
                return Ok(match protocol {
                    Protocol::Imap => (Box::new(server.connect_imap()), false),
                    Protocol::Pop3 => (Box::new(server.connect_pop3()), false),
                });
            }
            Way::Network(Reach::Network(listeners)) => listeners.first(protocol),
            Way::Network(Reach::Bundled) => None,
        };
        let (service, address) = listener.ok_or(ConnectError::NoListener(match protocol {
            Protocol::Imap => "IMAP",
            Protocol::Pop3 => "POP3",
        }))?;
        let unreachable = |why| ConnectError::Unreachable { service, address: address.clone(), why };
        let connecting = TcpStream::connect((address.host.as_str(), address.port));
        let stream = timeout_at(deadline, connecting)
            .await
            .map_err(|_| ConnectError::TimedOut)?
            .map_err(unreachable)?;
        stream.set_nodelay(true).map_err(unreachable)?;
        if service.is_tls() {
            return Ok((self.handshake(Box::new(stream), deadline).await?, true));
        }
        Ok((Box::new(stream), false))
    }

    /// Makes the TLS handshake on a connection.
    ///
    /// # Errors
    /// If it fails, or takes too long.
    pub async fn handshake(&self, stream: BoxStream, deadline: Instant) -> Result<BoxStream, ConnectError> {
        let connector = TlsConnector::from(Arc::clone(&self.tls));
        let handshake = connector.connect(self.server_name.clone(), stream);
        let stream = timeout_at(deadline, handshake).await.map_err(|_| ConnectError::TimedOut)?;
        Ok(Box::new(stream.map_err(ConnectError::Handshake)?))
    }
}

/// The server as it runs now. Nobody panics while it is replaced.
fn present(server: &Mutex<Arc<Server>>) -> MutexGuard<'_, Arc<Server>> {
    server.lock().unwrap_or_else(PoisonError::into_inner)
}
