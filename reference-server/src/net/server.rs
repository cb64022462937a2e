//! The running server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::io::DuplexStream;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use super::connection::{Connection, Shared, Transport};
use super::drive::{drive, turn_away};
use super::service::Service;
use super::threads::Threads;
use super::tls::{Tls, TlsError};
use crate::auth::{AccountError, Accounts};
use crate::clock::Clock;
use crate::config::Config;
use crate::store::{DatabaseError, Store};

/// How many octets a pipe in memory holds per direction before its writer has to wait.
const PIPE: usize = 64 * 1024;

/// How long to wait when a connection cannot be accepted, as when the process is out of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Why a server does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// A user is not acceptable.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The mail cannot be kept where it should be.
    #[error(transparent)]
    Data(#[from] DatabaseError),
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The host name would break the greetings it stands in.
    #[error("host {0:?} is not a domain name: letters, digits, '-' and '.', at most 255 octets")]
    Host(String),
    /// There are no threads to run sessions on.
    #[error("cannot start threads: {0}")]
    Threads(std::io::Error),
    /// An address cannot be listened on.
    #[error("cannot listen for {service} on {address}: {source}")]
    Listen {
        /// What was to be offered there.
        service: Service,
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
}

/// A running server. Dropped, it stops accepting and its sessions take leave; [`Server::shutdown`] also waits for them.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// use reference_server::{config::Config, net::Server};
/// use tokio::io::{AsyncBufReadExt, BufReader};
///
/// let server = Server::in_process(Config::default().user("alice", "wonderland"))?;
/// let mut lines = BufReader::new(server.connect_pop3()).lines();
/// assert!(lines.next_line().await?.unwrap().starts_with("+OK "));
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Debug)]
pub struct Server {
    core: Core,
    closing: watch::Sender<bool>,
    addresses: Vec<(Service, SocketAddr)>,
    accepting: Vec<JoinHandle<()>>,
}

impl Server {
    /// Starts a server on the addresses of `config`. Its sessions run on the threads that `config` wants or, without
    /// any, on the present runtime, as does all that is connected later by [`Server::connect`] on the runtime of that
    /// call.
    ///
    /// # Errors
    /// If `config` names a user, a directory, a certificate or an address that cannot be used.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let threads = Threads::start(config.threads).map_err(StartError::Threads)?;
        let mut server = Self::in_process(config)?;
        server.core.threads = Arc::new(threads);
        for service in Service::ALL {
            let Some(address) = service.address(&server.core.shared.config) else {
                continue;
            };
            let refused = |source| StartError::Listen { service, address, source };
            let listener = TcpListener::bind(address).await.map_err(refused)?;
            server.addresses.push((service, listener.local_addr().map_err(refused)?));
            server.accepting.push(tokio::spawn(server.core.clone().accept(service, listener)));
        }
        Ok(server)
    }

    /// Makes a server without a socket: it is reached by [`Server::connect`] only, and the addresses of `config` are
    /// left alone. Needs a runtime for neither I/O nor threads, and runs under a paused clock.
    ///
    /// # Errors
    /// If `config` names a user, a directory or a certificate that cannot be used.
    pub fn in_process(mut config: Config) -> Result<Self, StartError> {
        if let Some(faults) = config.faults.clone() {
            faults.configure(&mut config);
        }
        if !is_domain_name(&config.host) {
            return Err(StartError::Host(config.host));
        }
        let accounts = Accounts::new(&config.users)?;
        let clock = Clock::of_this_machine();
        let store = match &config.data {
            Some(directory) => Store::open(directory, clock)?,
            None => Store::new(clock),
        };
        let store = store.intercepted(config.faults.clone().map(crate::faults::store::interceptor));
        for name in accounts.names() {
            store.open_account(name);
        }
        let tls = Tls::new(&config)?;
        let room = Arc::new(Semaphore::new(usize::try_from(config.limits.connections).unwrap_or(usize::MAX)));
        let (closing, told) = watch::channel(false);
        let shared = Arc::new(Shared { config, accounts, store });
        let threads = Arc::new(Threads::start(0).map_err(StartError::Threads)?);
        let core = Core { shared, tls, room, closing: told, threads };
        Ok(Self { core, closing, addresses: Vec::new(), accepting: Vec::new() })
    }

    /// Opens a connection in memory and drives its session on the present runtime. For the services over implicit
    /// TLS, the client begins with a handshake.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[must_use]
    pub fn connect(&self, service: Service) -> DuplexStream {
        let (client, stream) = tokio::io::duplex(PIPE);
        tokio::spawn(self.core.clone().attend(service, stream));
        client
    }

    /// [`Server::connect`] for IMAP.
    #[must_use]
    pub fn connect_imap(&self) -> DuplexStream {
        self.connect(Service::Imap)
    }

    /// [`Server::connect`] for POP3.
    #[must_use]
    pub fn connect_pop3(&self) -> DuplexStream {
        self.connect(Service::Pop3)
    }

    /// Where the server listens for `service`, with the port it has got.
    #[must_use]
    pub fn address(&self, service: Service) -> Option<SocketAddr> {
        self.addresses.iter().find(|(offered, _)| *offered == service).map(|&(_, address)| address)
    }

    /// Where the server listens for IMAP.
    #[must_use]
    pub fn imap_addr(&self) -> Option<SocketAddr> {
        self.address(Service::Imap)
    }

    /// Where the server listens for IMAP over implicit TLS.
    #[must_use]
    pub fn imaps_addr(&self) -> Option<SocketAddr> {
        self.address(Service::Imaps)
    }

    /// Where the server listens for POP3.
    #[must_use]
    pub fn pop3_addr(&self) -> Option<SocketAddr> {
        self.address(Service::Pop3)
    }

    /// Where the server listens for POP3 over implicit TLS.
    #[must_use]
    pub fn pop3s_addr(&self) -> Option<SocketAddr> {
        self.address(Service::Pop3s)
    }

    /// Where the server listens for LMTP.
    #[must_use]
    pub fn lmtp_addr(&self) -> Option<SocketAddr> {
        self.address(Service::Lmtp)
    }

    /// The certificate chain in PEM; a client that trusts a self-signed one can connect to `localhost`.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        &self.core.tls.certificate_pem
    }

    /// The mail on the server, to deliver to it or to look into it.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.core.shared.store
    }

    /// Lets the sessions take leave, waits until the last of them has ended, and gives the server as it is started again with the same
    /// mail, without sockets.
    #[must_use]
    pub async fn restarted(&self) -> Self {
        self.closing.send_replace(true);
        // As in `shutdown`.
        let _ = self.core.room.acquire_many(self.core.shared.config.limits.connections).await;
        self.core.shared.store.restart();
        let (closing, told) = watch::channel(false);
        let core = Core { closing: told, ..self.core.clone() };
        Self { core, closing, addresses: Vec::new(), accepting: Vec::new() }
    }

    /// Stops accepting, lets the sessions take leave, and returns when the last of them has ended and the directory of
    /// the mail can be used by another.
    pub async fn shutdown(mut self) {
        self.closing.send_replace(true);
        for accepting in std::mem::take(&mut self.accepting) {
            // A task that was cancelled with its runtime accepts nothing either.
            let _ = accepting.await;
        }
        // Each session holds one permit; the semaphore is never closed.
        let _ = self.core.room.acquire_many(self.core.shared.config.limits.connections).await;
        self.core.shared.store.close();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.closing.send_replace(true);
    }
}

/// What the tasks of a server need.
#[derive(Clone)]
struct Core {
    shared: Arc<Shared>,
    tls: Tls,
    /// One permit per connection.
    room: Arc<Semaphore>,
    closing: watch::Receiver<bool>,
    threads: Arc<Threads>,
}

impl Core {
    /// Accepts connections until the server closes.
    async fn accept(self, service: Service, listener: TcpListener) {
        let mut closing = self.closing.clone();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = closing.wait_for(|closing| *closing) => return,
            };
            match accepted {
                Ok((stream, _)) => {
                    prepare(&stream);
                    self.clone().receive(service, stream);
                }
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            }
        }
    }

    /// Hands a connection to the thread whose turn it is.
    fn receive(self, service: Service, stream: TcpStream) {
        let threads = Arc::clone(&self.threads);
        let Some(runtime) = threads.next() else {
            tokio::spawn(self.attend(service, stream));
            return;
        };
        // A stream that the system will not hand over is closed.
        let Ok(stream) = stream.into_std() else { return };
        runtime.spawn(async move {
            if let Ok(stream) = TcpStream::from_std(stream) {
                self.attend(service, stream).await;
            }
        });
    }

    /// Attends to one connection until its end.
    async fn attend<T: Transport>(self, service: Service, stream: T) {
        let Ok(_permit) = Arc::clone(&self.room).try_acquire_owned() else {
            Box::pin(turn_away(service, stream)).await;
            return;
        };
        let connection =
            Connection::new(Arc::clone(&self.shared), service.implicit_tls(), self.closing.clone());
        let farewell = self.shared.config.timeouts.farewell;
        let mut closing = self.closing;
        tokio::select! {
            () = drive(service, stream, connection, &self.tls.acceptor) => {}
            () = async {
                let _ = closing.wait_for(|closing| *closing).await;
                tokio::time::sleep(farewell).await;
            } => {}
        }
    }
}

impl std::fmt::Debug for Core {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Core").field("shared", &self.shared).finish_non_exhaustive()
    }
}

/// Responses leave when they are complete, not when the next one fills a segment.
fn prepare(stream: &TcpStream) {
    // Without it the server is slower, not wrong.
    let _ = stream.set_nodelay(true);
}

fn is_domain_name(host: &str) -> bool {
    host.len() <= 255
        && host.split('.').all(|label| {
            !label.is_empty() && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
        })
}
