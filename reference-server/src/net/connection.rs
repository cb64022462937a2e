//! What a session gets from the connection it runs on.

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use crate::auth::{Accounts, Mechanism, Timestamp};
use crate::config::Config;
use crate::store::Store;

/// A stream that a session can run on: TCP, TLS or a pipe in memory.
pub trait Transport: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Transport for T {}

/// How a session leaves its stream behind. All that it had to say has been written and flushed.
#[derive(Debug)]
pub enum Outcome<T> {
    /// The session is over; the stream can be closed.
    Closed(T),
    /// The client has been told to begin a TLS handshake. Whatever the session had read already is gone with it.
    Upgrade(T),
}

/// What all sessions of a server share.
#[derive(Debug)]
pub struct Shared {
    /// The set-up of the server.
    pub config: Config,
    /// Who may log in.
    pub accounts: Accounts,
    /// The mail.
    pub store: Store,
}

/// One connection, from its first octet to its last.
#[derive(Debug)]
pub struct Connection {
    /// What all sessions of the server share.
    pub shared: Arc<Shared>,
    /// The text that makes APOP digests on this connection unique; it outlives an upgrade, as the greeting does.
    pub timestamp: Timestamp,
    /// Whether the stream is encrypted.
    pub tls: bool,
    /// Whether the session starts again behind an upgrade, without a greeting.
    pub upgraded: bool,
    failed_logins: u32,
    closing: watch::Receiver<bool>,
}

impl Connection {
    pub(super) fn new(shared: Arc<Shared>, tls: bool, closing: watch::Receiver<bool>) -> Self {
        let timestamp = Timestamp::fresh(&shared.config.host);
        Self { shared, timestamp, tls, upgraded: false, failed_logins: 0, closing }
    }

    /// Whether a password may cross this connection now.
    #[must_use]
    pub fn allows_passwords(&self) -> bool {
        self.tls || self.shared.config.cleartext_passwords
    }

    /// The SASL mechanisms that can be used on this connection now.
    pub fn mechanisms(&self) -> impl Iterator<Item = Mechanism> {
        self.shared.config.mechanisms.usable(self.allows_passwords())
    }

    /// Counts a failed login. The session shall wait for `timeouts.failed_login` before it says so.
    pub fn count_failed_login(&mut self) {
        self.failed_logins = self.failed_logins.saturating_add(1);
    }

    /// Whether so many logins have failed that the connection is to be closed.
    #[must_use]
    pub fn has_failed_too_often(&self) -> bool {
        self.failed_logins >= self.shared.config.limits.failed_logins
    }

    /// Resolves once the server shuts down: the session shall take leave and end. Safe to drop and call again.
    pub async fn server_closing(&mut self) {
        // A server that is gone closes as well.
        let _ = self.closing.wait_for(|closing| *closing).await;
    }
}
