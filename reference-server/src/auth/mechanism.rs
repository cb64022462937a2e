//! The SASL mechanisms, and which of them a server offers.

use std::collections::BTreeSet;

/// A SASL mechanism.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mechanism {
    /// Name and password in one message (RFC 4616).
    Plain,
    /// Name and password, each asked for; never standardised, yet spoken everywhere.
    Login,
    /// A keyed digest over a challenge (RFC 2195).
    CramMd5,
    /// A salted challenge and proofs from both sides (RFC 5802, RFC 7677).
    ScramSha256,
}

impl Mechanism {
    /// All of them, in the order in which they are announced.
    pub const ALL: [Self; 4] = [Self::Plain, Self::Login, Self::CramMd5, Self::ScramSha256];

    /// The registered name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
            Self::CramMd5 => "CRAM-MD5",
            Self::ScramSha256 => "SCRAM-SHA-256",
        }
    }

    /// The mechanism of that name, in any mix of upper and lower case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mechanism| mechanism.name().eq_ignore_ascii_case(name))
    }

    /// Whether the password itself crosses the wire, so that a server may want TLS first.
    #[must_use]
    pub fn sends_password(self) -> bool {
        match self {
            Self::Plain | Self::Login => true,
            Self::CramMd5 | Self::ScramSha256 => false,
        }
    }
}

/// The mechanisms that a server offers; by default all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mechanisms {
    hidden: BTreeSet<Mechanism>,
}

impl Mechanisms {
    /// All but these.
    #[must_use]
    pub fn without(hidden: impl IntoIterator<Item = Mechanism>) -> Self {
        Self { hidden: hidden.into_iter().collect() }
    }

    /// The mechanism of that name, if it is offered.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<Mechanism> {
        Mechanism::from_name(name).filter(|mechanism| !self.hidden.contains(mechanism))
    }

    /// The mechanisms usable now; `cleartext_passwords` says whether a password may cross the wire as it is.
    pub fn usable(&self, cleartext_passwords: bool) -> impl Iterator<Item = Mechanism> {
        let fits = move |mechanism: &Mechanism| cleartext_passwords || !mechanism.sends_password();
        Mechanism::ALL.into_iter().filter(|mechanism| !self.hidden.contains(mechanism)).filter(fits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_recognised_in_any_case() {
        for mechanism in Mechanism::ALL {
            assert_eq!(Mechanism::from_name(mechanism.name()), Some(mechanism));
            assert_eq!(Mechanism::from_name(&mechanism.name().to_lowercase()), Some(mechanism));
        }
        assert_eq!(Mechanism::from_name("PLAI"), None);
        assert_eq!(Mechanism::from_name(""), None);
    }

    #[test]
    fn only_digests_are_usable_where_passwords_may_not_be_seen() {
        let all = Mechanisms::default();
        assert_eq!(all.usable(false).collect::<Vec<_>>(), [Mechanism::CramMd5, Mechanism::ScramSha256]);
        assert_eq!(all.usable(true).collect::<Vec<_>>(), Mechanism::ALL);
    }

    #[test]
    fn a_hidden_mechanism_is_not_there() {
        let some = Mechanisms::without([Mechanism::CramMd5, Mechanism::Login]);
        assert_eq!(some.usable(true).collect::<Vec<_>>(), [Mechanism::Plain, Mechanism::ScramSha256]);
        assert_eq!((some.named("cram-md5"), some.named("plain")), (None, Some(Mechanism::Plain)));
    }
}
