//! Where a service listens.

use std::fmt;
use std::str::FromStr;

use crate::scenario::program::Protocol;

/// A protocol, with or without TLS from the first octet (RFC 8314 section 3 calls the latter implicit TLS).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// IMAP, RFC 3501.
    Imap,
    /// IMAP under implicit TLS.
    Imaps,
    /// POP3, RFC 1939.
    Pop3,
    /// POP3 under implicit TLS.
    Pop3s,
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Imap, Self::Imaps, Self::Pop3, Self::Pop3s];

    /// As URLs and profiles write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Imap => "imap",
            Self::Imaps => "imaps",
            Self::Pop3 => "pop3",
            Self::Pop3s => "pop3s",
        }
    }

    /// The port that IANA registered for it.
    #[must_use]
    pub fn default_port(self) -> u16 {
        match self {
            Self::Imap => 143,
            Self::Imaps => 993,
            Self::Pop3 => 110,
            Self::Pop3s => 995,
        }
    }

    /// The protocol that is spoken.
    #[must_use]
    pub fn protocol(self) -> Protocol {
        match self {
            Self::Imap | Self::Imaps => Protocol::Imap,
            Self::Pop3 | Self::Pop3s => Protocol::Pop3,
        }
    }

    /// Whether TLS begins with the first octet.
    #[must_use]
    pub fn is_tls(self) -> bool {
        matches!(self, Self::Imaps | Self::Pop3s)
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A host name or an IP address, and a port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    /// A host name or an IP address, without the brackets of IPv6.
    pub host: String,
    /// The TCP port.
    pub port: u16,
}

/// A text is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing stands where the host should.
    #[error("the host is missing; write host:port")]
    NoHost,
    /// The bracket of an IPv6 address is not closed.
    #[error("the bracket of the IPv6 address is not closed; write [::1]:143")]
    Bracket,
    /// An IPv6 address without brackets.
    #[error("an IPv6 address stands in brackets, as in [::1]:143")]
    NoBrackets,
    /// A host has a character that no host has.
    #[error("a host does not contain {0:?}; write host:port")]
    Character(char),
    /// What follows the colon is no port.
    #[error("{0:?} is no port; a port is a number from 1 to 65535")]
    Port(String),
    /// The port is missing, and there is no default.
    #[error("the port is missing; write host:port")]
    NoPort,
}

impl Address {
    /// Reads `host`, `host:port`, `[v6]` or `[v6]:port`.
    ///
    /// # Errors
    /// If the text is no address, or has no port where `default_port` is `None`.
    pub fn parse(text: &str, default_port: Option<u16>) -> Result<Self, AddressError> {
        let (host, port) = if let Some(rest) = text.strip_prefix('[') {
            let (host, rest) = rest.split_once(']').ok_or(AddressError::Bracket)?;
            match rest.strip_prefix(':') {
                Some(port) => (host, Some(port)),
                None if rest.is_empty() => (host, None),
                None => return Err(AddressError::Port(rest.to_owned())),
            }
        } else {
            match text.split_once(':') {
                Some((_, rest)) if rest.contains(':') => return Err(AddressError::NoBrackets),
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            }
        };
        if host.is_empty() {
            return Err(AddressError::NoHost);
        }
        let strange = |c: &char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '%'));
        if let Some(character) = host.chars().find(strange) {
            return Err(AddressError::Character(character));
        }
        let port = match port {
            None => default_port.ok_or(AddressError::NoPort)?,
            Some(port) => match port.parse() {
                Ok(number) if number > 0 => number,
                _ => return Err(AddressError::Port(port.to_owned())),
            },
        };
        Ok(Self { host: host.to_owned(), port })
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        Self::parse(text, None)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written() {
        for (text, shown) in [
            ("127.0.0.1:28143", "127.0.0.1:28143"),
            ("mail.example.org:143", "mail.example.org:143"),
            ("mail.example.org", "mail.example.org:993"),
            ("[::1]:143", "[::1]:143"),
            ("[fe80::1%eth0]", "[fe80::1%eth0]:993"),
        ] {
            assert_eq!(Address::parse(text, Some(993)).unwrap().to_string(), shown, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for (text, error) in [
            ("", AddressError::NoHost),
            (":143", AddressError::NoHost),
            ("[]:143", AddressError::NoHost),
            ("[::1", AddressError::Bracket),
            ("::1", AddressError::NoBrackets),
            ("[::1]143", AddressError::Port("143".to_owned())),
            ("host:", AddressError::Port(String::new())),
            ("host:0", AddressError::Port("0".to_owned())),
            ("host:70000", AddressError::Port("70000".to_owned())),
            ("host", AddressError::NoPort),
            ("ho st:1", AddressError::Character(' ')),
            ("imap//host:1", AddressError::Character('/')),
        ] {
            assert_eq!(text.parse::<Address>(), Err(error), "{text}");
        }
    }
}
