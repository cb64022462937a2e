//! CAPA (RFC 2449): what is there, and nothing else.

use crate::auth::Mechanism;
use crate::net::Connection;

/// A capability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Capability {
    /// RFC 2449 section 6.1.
    Top,
    /// RFC 2449 section 6.8.
    Uidl,
    /// RFC 2449 section 6.2.
    User,
    /// RFC 5034 section 3.
    Sasl(Vec<Mechanism>),
    /// RFC 2595 section 4.
    Stls,
    /// RFC 2449 section 6.4.
    RespCodes,
    /// RFC 3206 section 6.
    AuthRespCode,
    /// RFC 2449 section 6.6.
    Pipelining,
    /// RFC 2449 section 6.7.
    ExpireNever,
    /// RFC 2449 section 6.9.
    Implementation,
}

impl Capability {
    /// The line of the listing, without CRLF.
    pub(super) fn line(&self) -> String {
        match self {
            Self::Top => "TOP".to_owned(),
            Self::Uidl => "UIDL".to_owned(),
            Self::User => "USER".to_owned(),
            Self::Sasl(mechanisms) => {
                mechanisms.iter().fold("SASL".to_owned(), |line, mechanism| line + " " + mechanism.name())
            }
            Self::Stls => "STLS".to_owned(),
            Self::RespCodes => "RESP-CODES".to_owned(),
            Self::AuthRespCode => "AUTH-RESP-CODE".to_owned(),
            Self::Pipelining => "PIPELINING".to_owned(),
            Self::ExpireNever => "EXPIRE NEVER".to_owned(),
            Self::Implementation => "IMPLEMENTATION mailspec-server".to_owned(),
        }
    }
}

/// What the server can do on `connection` now. Only STLS goes with the login (RFC 2595 section 4): all else that is
/// announced before is announced after (RFC 2449 section 5).
pub(super) fn capabilities(connection: &Connection, logged_in: bool) -> Vec<Capability> {
    let passwords = connection.allows_passwords();
    let mut capabilities = vec![Capability::Top, Capability::Uidl];
    if passwords {
        capabilities.push(Capability::User);
    }
    capabilities.push(Capability::Sasl(Mechanism::usable(passwords).collect()));
    if !connection.tls && !logged_in {
        capabilities.push(Capability::Stls);
    }
    capabilities.extend([
        Capability::RespCodes,
        Capability::AuthRespCode,
        Capability::Pipelining,
        Capability::ExpireNever,
        Capability::Implementation,
    ]);
    capabilities
}
