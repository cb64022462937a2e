//! What the server offers: two protocols for access, each in clear and over implicit TLS, and one for intake.

use std::fmt;
use std::net::SocketAddr;

use crate::config::Config;

/// A mail protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// RFC 3501.
    Imap,
    /// RFC 1939.
    Pop3,
    /// RFC 2033.
    Lmtp,
}

impl Protocol {
    /// The greeting of a server that has no room for the connection; the server closes behind it.
    pub(super) fn no_room(self) -> &'static str {
        match self {
            Self::Imap => "* BYE [UNAVAILABLE] too many connections\r\n",
            Self::Pop3 => "-ERR [SYS/TEMP] too many connections\r\n",
            Self::Lmtp => "421 4.3.2 too many connections\r\n",
        }
    }
}

/// A protocol and how its connections begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// IMAP, in clear until STARTTLS.
    Imap,
    /// IMAP over TLS from the first octet.
    Imaps,
    /// POP3, in clear until STLS.
    Pop3,
    /// POP3 over TLS from the first octet.
    Pop3s,
    /// LMTP, in clear.
    Lmtp,
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Imap, Self::Imaps, Self::Pop3, Self::Pop3s, Self::Lmtp];

    /// The protocol that is spoken.
    #[must_use]
    pub fn protocol(self) -> Protocol {
        match self {
            Self::Imap | Self::Imaps => Protocol::Imap,
            Self::Pop3 | Self::Pop3s => Protocol::Pop3,
            Self::Lmtp => Protocol::Lmtp,
        }
    }

    /// Whether the connection begins with a TLS handshake.
    #[must_use]
    pub fn implicit_tls(self) -> bool {
        matches!(self, Self::Imaps | Self::Pop3s)
    }

    /// Where `config` wants it.
    pub(super) fn address(self, config: &Config) -> Option<SocketAddr> {
        match self {
            Self::Imap => config.imap,
            Self::Imaps => config.imaps,
            Self::Pop3 => config.pop3,
            Self::Pop3s => config.pop3s,
            Self::Lmtp => config.lmtp,
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Imap => "imap",
            Self::Imaps => "imaps",
            Self::Pop3 => "pop3",
            Self::Pop3s => "pop3s",
            Self::Lmtp => "lmtp",
        })
    }
}
