//! What a server is started with.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::auth::{Mechanisms, User};
use crate::faults::Faults;
use crate::imap::Extensions;
use crate::pop3::Capabilities;

/// The set-up of a server. [`Config::default`] has no users and listens nowhere.
#[derive(Clone, Debug)]
pub struct Config {
    /// Who may log in.
    pub users: Vec<User>,
    /// Where to listen for IMAP with STARTTLS (RFC 3501); port 0 picks a free one.
    pub imap: Option<SocketAddr>,
    /// Where to listen for IMAP over implicit TLS (RFC 8314).
    pub imaps: Option<SocketAddr>,
    /// Where to listen for POP3 with STLS (RFC 1939, RFC 2595).
    pub pop3: Option<SocketAddr>,
    /// Where to listen for POP3 over implicit TLS (RFC 8314).
    pub pop3s: Option<SocketAddr>,
    /// Where to listen for LMTP (RFC 2033), by which mail comes in. Whoever reaches it may deliver.
    pub lmtp: Option<SocketAddr>,
    /// The directory that the mail is kept in; without one it is kept in memory and ends with the server. A server with
    /// one needs a clock that is not held still.
    pub data: Option<PathBuf>,
    /// Whose name clients see in the certificate.
    pub certificate: CertificateSource,
    /// The domain name in greetings, timestamps and challenges.
    pub host: String,
    /// Whether a password may cross the wire without TLS. RFC 5034 section 4 and RFC 3501 section 11.1 want a server
    /// that can refuse; a server for tests, on loopback or in memory, lets it pass unless told otherwise.
    pub cleartext_passwords: bool,
    /// How many threads sessions over TCP run on, each with a runtime of its own; 0 for that on which the server is
    /// started.
    pub threads: usize,
    /// How long things may take.
    pub timeouts: Timeouts,
    /// How many there may be.
    pub limits: Limits,
    /// Which extensions of IMAP there are.
    pub extensions: Extensions,
    /// Whether IMAP has STARTTLS.
    pub imap_starttls: bool,
    /// Which capabilities POP3 has.
    pub capabilities: Capabilities,
    /// Which SASL mechanisms there are, in IMAP and POP3.
    pub mechanisms: Mechanisms,
    /// What the server does wrong on purpose.
    pub faults: Option<Faults>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            users: Vec::new(),
            imap: None,
            imaps: None,
            pop3: None,
            pop3s: None,
            lmtp: None,
            data: None,
            certificate: CertificateSource::SelfSigned,
            host: "localhost".to_owned(),
            cleartext_passwords: true,
            threads: 0,
            timeouts: Timeouts::default(),
            limits: Limits::default(),
            extensions: Extensions::default(),
            imap_starttls: true,
            capabilities: Capabilities::default(),
            mechanisms: Mechanisms::default(),
            faults: None,
        }
    }
}

impl Config {
    /// Adds a user; to be chained.
    #[must_use]
    pub fn user(mut self, name: &str, password: &str) -> Self {
        self.users.push(User::new(name, password));
        self
    }
}

/// Where the certificate comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CertificateSource {
    /// Made at the start for `localhost`, the loopback addresses and the host name of the configuration.
    #[default]
    SelfSigned,
    /// Read at the start.
    Files {
        /// The certificate and those that lead to its issuer, in PEM.
        chain: PathBuf,
        /// The private key, in PEM.
        key: PathBuf,
    },
}

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// The autologout timer of IMAP, at least 30 minutes for a real server (RFC 3501 section 5.4).
    pub imap: Duration,
    /// The autologout timer of POP3, at least 10 minutes for a real server (RFC 1939 section 3).
    pub pop3: Duration,
    /// How long an LMTP client may take for a command, or between octets of a message (RFC 5321 section 4.5.3.2.7).
    pub lmtp: Duration,
    /// A TLS handshake, from the first octet to the last.
    pub handshake: Duration,
    /// What a failed login costs the client before it is told.
    pub failed_login: Duration,
    /// What sessions get to take leave in when the server shuts down.
    pub farewell: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            imap: Duration::from_secs(30 * 60),
            pop3: Duration::from_secs(10 * 60),
            lmtp: Duration::from_secs(5 * 60),
            handshake: Duration::from_secs(30),
            failed_login: Duration::from_millis(500),
            farewell: Duration::from_secs(2),
        }
    }
}

/// How many there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Open connections, over all protocols; further ones are turned away.
    pub connections: u32,
    /// Failed logins on one connection; the server closes it after the last.
    pub failed_logins: u32,
    /// Octets of a message, by APPEND (all messages of one command together) and by LMTP.
    pub message: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 65_536, failed_logins: 20, message: 64 * 1024 * 1024 }
    }
}
