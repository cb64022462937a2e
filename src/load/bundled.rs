//! The bundled server in this process, on threads and sockets of its own.

use std::{
    net::{Ipv4Addr, SocketAddr},
    thread::JoinHandle,
};

use reference_server::{
    config::Config,
    net::{Server, StartError},
};
use tokio::{runtime::Builder, sync::oneshot};

use crate::target::{Account, Address, Listeners, Reach, Target};

/// A server that ends when this is dropped.
pub(super) struct Bundled {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// The bundled server can't start.
#[derive(Debug, thiserror::Error)]
pub enum BundledError {
    /// Its threads or their runtime.
    #[error("the bundled server can't start: {0}")]
    Thread(#[from] std::io::Error),
    /// The server itself.
    #[error("the bundled server can't start: {0}")]
    Start(#[from] StartError),
}

impl Bundled {
    /// Starts it for these accounts, with sessions on `threads` threads; returns where it is.
    pub(super) fn start(accounts: &[Account], threads: usize) -> Result<(Self, Reach), BundledError> {
        let any = Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        let config = Config { imap: any, pop3: any, threads, ..Config::default() };
        let config = accounts.iter().fold(config, |config, a| config.user(&a.user, a.password.reveal()));
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let server = runtime.block_on(Server::start(config))?;
        let reach = Reach::Network(listeners(&server));
        let thread = std::thread::Builder::new().name("server".to_owned()).spawn(move || {
            runtime.block_on(async {
                // The sender is dropped.
                let _ = stopped.await;
                drop(server);
            });
        })?;
        Ok((Self { stop: Some(stop), thread: Some(thread) }, reach))
    }
}

fn listeners(server: &Server) -> Listeners {
    let listener = |address: SocketAddr| Address { host: address.ip().to_string(), port: address.port() };
    Listeners {
        imap: server.imap_addr().map(listener),
        pop3: server.pop3_addr().map(listener),
        ..Listeners::default()
    }
}

impl Drop for Bundled {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It has nothing to tell.
            let _ = thread.join();
        }
    }
}

/// The target that the bundled server will be, with `users` accounts.
#[must_use]
pub fn target(users: usize) -> Target {
    let accounts = (1..=users.max(1)).map(|number| Account::new(&format!("u{number}"), "testpass")).collect();
    Target { accounts, ..Target::bundled() }
}
