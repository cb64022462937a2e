//! The states of a session: RFC 3501 section 3, RFC 1939 section 3.

use std::fmt;

/// Where a session stands, as far as its exchanges tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    /// Before the greeting.
    #[default]
    Connected,
    /// IMAP, RFC 3501 section 3.1.
    NotAuthenticated,
    /// IMAP, RFC 3501 section 3.2.
    Authenticated,
    /// IMAP, RFC 3501 section 3.3.
    Selected,
    /// IMAP, RFC 3501 section 3.4.
    Logout,
    /// POP3, RFC 1939 section 4.
    Authorization,
    /// POP3, RFC 1939 section 5.
    Transaction,
    /// POP3, RFC 1939 section 6.
    Update,
}

impl State {
    /// As assertions and transcripts write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::NotAuthenticated => "not authenticated",
            Self::Authenticated => "authenticated",
            Self::Selected => "selected",
            Self::Logout => "logout",
            Self::Authorization => "authorization",
            Self::Transaction => "transaction",
            Self::Update => "update",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
