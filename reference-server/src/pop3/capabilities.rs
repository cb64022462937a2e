//! CAPA (RFC 2449): what is there, and nothing else.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::net::Connection;

/// A capability that a server can be without. SASL is not among them: it is there if a mechanism is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capability {
    /// TOP (RFC 2449 section 6.1).
    Top,
    /// UIDL (RFC 2449 section 6.8).
    Uidl,
    /// USER and PASS (RFC 2449 section 6.2).
    User,
    /// STLS (RFC 2595 section 4).
    Stls,
    /// UTF8, with UTF-8 in names and passwords (RFC 6856 section 2).
    Utf8,
    /// LANG (RFC 6856 section 3).
    Lang,
    /// Response codes (RFC 2449 section 6.4).
    RespCodes,
    /// The response codes AUTH and SYS (RFC 3206); not without the one before.
    AuthRespCode,
    /// Pipelining (RFC 2449 section 6.6). Commands in one write are answered in any case.
    Pipelining,
    /// EXPIRE NEVER (RFC 2449 section 6.7).
    Expire,
    /// IMPLEMENTATION (RFC 2449 section 6.9).
    Implementation,
}

/// No capability has this name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no such POP3 capability; these are known: {known}")]
pub struct UnknownCapability {
    known: String,
}

impl Capability {
    /// All, in the order in which they are listed.
    pub const ALL: [Self; 11] = [
        Self::Top,
        Self::Uidl,
        Self::User,
        Self::Stls,
        Self::Utf8,
        Self::Lang,
        Self::RespCodes,
        Self::AuthRespCode,
        Self::Pipelining,
        Self::Expire,
        Self::Implementation,
    ];

    /// The CAPA tag.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Top => "TOP",
            Self::Uidl => "UIDL",
            Self::User => "USER",
            Self::Stls => "STLS",
            Self::Utf8 => "UTF8",
            Self::Lang => "LANG",
            Self::RespCodes => "RESP-CODES",
            Self::AuthRespCode => "AUTH-RESP-CODE",
            Self::Pipelining => "PIPELINING",
            Self::Expire => "EXPIRE",
            Self::Implementation => "IMPLEMENTATION",
        }
    }

    /// The line of the listing, without CRLF.
    fn line(self) -> String {
        let argument = match self {
            Self::Utf8 => " USER",
            Self::Expire => " NEVER",
            Self::Implementation => " mailspec-server",
            _ => "",
        };
        format!("{}{argument}", self.name())
    }

    /// The capability that a command, in upper case, belongs to.
    pub(super) fn behind(keyword: &str) -> Option<Self> {
        Some(match keyword {
            "TOP" => Self::Top,
            "UIDL" => Self::Uidl,
            "USER" | "PASS" => Self::User,
            "STLS" => Self::Stls,
            "UTF8" => Self::Utf8,
            "LANG" => Self::Lang,
            _ => return None,
        })
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Capability {
    type Err = UnknownCapability;

    /// Reads a name in any letter case.
    fn from_str(text: &str) -> Result<Self, UnknownCapability> {
        let named = |capability: &Self| capability.name().eq_ignore_ascii_case(text);
        Self::ALL
            .into_iter()
            .find(named)
            .ok_or_else(|| UnknownCapability { known: Self::ALL.map(Self::name).join(", ") })
    }
}

/// The capabilities of a server; by default all. One that is hidden is not listed, its commands are unknown, and its
/// response codes are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    hidden: BTreeSet<Capability>,
}

impl Capabilities {
    /// All but these.
    #[must_use]
    pub fn without(hidden: impl IntoIterator<Item = Capability>) -> Self {
        Self { hidden: hidden.into_iter().collect() }
    }

    /// Whether this one is there.
    #[must_use]
    pub fn has(&self, capability: Capability) -> bool {
        let founded = capability != Capability::AuthRespCode || self.has(Capability::RespCodes);
        founded && !self.hidden.contains(&capability)
    }
}

/// The lines that CAPA lists on `connection` now. Only STLS goes with the login (RFC 2595 section 4): all else that is
/// announced before is announced after (RFC 2449 section 5).
pub(super) fn listing(connection: &Connection, logged_in: bool) -> Vec<String> {
    let offered = &connection.shared.config.capabilities;
    let holds = |capability: Capability| match capability {
        Capability::User => connection.allows_passwords(),
        Capability::Stls => !connection.tls && !logged_in,
        _ => true,
    };
    let mut lines = Vec::new();
    // RFC 5034 section 3: listed even while no mechanism can be used.
    let mechanisms =
        connection.mechanisms().fold(String::new(), |all, mechanism| all + " " + mechanism.name());
    if connection.shared.config.mechanisms.usable(true).next().is_some() {
        lines.push(format!("SASL{mechanisms}"));
    }
    let all = Capability::ALL.into_iter().filter(|capability| offered.has(*capability) && holds(*capability));
    lines.extend(all.map(Capability::line));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_letter_case() {
        for capability in Capability::ALL {
            assert_eq!(capability.name().to_ascii_lowercase().parse(), Ok(capability));
        }
        let error = "XUIDL".parse::<Capability>().unwrap_err().to_string();
        assert!(error.starts_with("no such POP3 capability; these are known: TOP, UIDL, "), "{error}");
    }

    #[test]
    fn some_response_codes_need_the_others() {
        let capabilities = Capabilities::without([Capability::RespCodes]);
        assert!(!capabilities.has(Capability::AuthRespCode));
        assert!(capabilities.has(Capability::Utf8));
    }
}
