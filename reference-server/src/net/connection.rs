//! What a session gets from the connection it runs on.

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use crate::auth::{Accounts, Exchange, Mechanism, Progress, Timestamp};
use crate::config::Config;
use crate::faults::connection as seams;
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
    /// Octets that came in the clear and are none the less read under TLS: none, unless a fault keeps some.
    pub(crate) kept: Vec<u8>,
    failed_logins: u32,
    closing: watch::Receiver<bool>,
}

impl Connection {
    pub(super) fn new(shared: Arc<Shared>, tls: bool, closing: watch::Receiver<bool>) -> Self {
        let timestamp = Timestamp::fresh(&shared.config.host);
        Self { shared, timestamp, tls, upgraded: false, kept: Vec::new(), failed_logins: 0, closing }
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

    /// The user who has this name and this password.
    pub(crate) fn user_by_password(&self, name: &str, password: &str) -> Option<String> {
        let user = self.shared.accounts.by_password(name, password);
        self.judged(false, name, user)
    }

    /// The user who has this name and could make this digest of the timestamp.
    pub(crate) fn user_by_digest(&self, name: &str, digest: &str) -> Option<String> {
        let user = self.shared.accounts.by_apop(name, digest, &self.timestamp);
        self.judged(true, name, user)
    }

    fn judged(&self, digest: bool, name: &str, user: Option<String>) -> Option<String> {
        let Some(faults) = &self.shared.config.faults else { return user };
        let exists = self.shared.accounts.named(name).is_some();
        seams::verdict(faults, &seams::Claim { digest, name, exists }, user)
    }

    /// Begins a SASL exchange.
    pub(crate) fn begin_exchange(&self, mechanism: Mechanism, initial: Option<&[u8]>) -> Progress {
        let begin = |initial: Option<&[u8]>| {
            Exchange::begin(mechanism, initial, &self.shared.config.host, &self.shared.accounts)
        };
        let Some(faults) = &self.shared.config.faults else { return begin(initial) };
        let mut response = initial.map(<[u8]>::to_vec);
        if let Some(octets) = &mut response {
            seams::response(faults, octets);
        }
        let progress = begin(response.as_deref());
        seams::exchange(faults, &response.unwrap_or_default(), &self.shared.accounts, progress)
    }

    /// Goes on with a SASL exchange: a line has come.
    pub(crate) fn continue_exchange(&self, exchange: Exchange, line: &[u8]) -> Progress {
        let Some(faults) = &self.shared.config.faults else {
            return exchange.respond(line, &self.shared.accounts);
        };
        let mut response = line.to_vec();
        seams::response(faults, &mut response);
        let progress = exchange.respond(&response, &self.shared.accounts);
        seams::exchange(faults, &response, &self.shared.accounts, progress)
    }

    /// The session ends behind the command that begins TLS, and leaves octets that it has not looked at.
    pub(crate) fn leave_behind(&mut self, octets: &[u8]) {
        if let Some(faults) = &self.shared.config.faults {
            self.kept = seams::kept(faults, octets);
        }
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
