//! How a message gets into an account's INBOX.

mod command;
mod dialogue;
mod maildir;

use std::path::PathBuf;

use super::address::Address;
use dialogue::Dialect;

/// How a message gets into an account's INBOX.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Delivery {
    /// By an IMAP session that appends it; the runner does this, not [`Delivery::deliver`].
    #[default]
    ImapAppend,
    /// LMTP, RFC 2033.
    Lmtp {
        /// Where the server listens for it.
        address: Address,
        /// Appended to user names that have no domain, behind an `@`.
        domain: Option<String>,
    },
    /// SMTP, RFC 5321.
    Smtp {
        /// Where the server listens for it.
        address: Address,
        /// Appended to user names that have no domain, behind an `@`.
        domain: Option<String>,
    },
    /// A file in a Maildir; `{user}` stands for the user's name.
    Maildir {
        /// The Maildir: the folder that has `tmp`, `new` and `cur`.
        path: String,
    },
    /// A program that reads the message from its standard input; `{user}` stands for the user's name.
    Command {
        /// The program and its arguments.
        run: Vec<String>,
    },
}

impl Delivery {
    /// As a profile names it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::ImapAppend => "imap-append",
            Self::Lmtp { .. } => "lmtp",
            Self::Smtp { .. } => "smtp",
            Self::Maildir { .. } => "maildir",
            Self::Command { .. } => "command",
        }
    }

    /// Whether the message arrives octet for octet; otherwise the server puts header fields in front.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        match self {
            Self::ImapAppend | Self::Maildir { .. } | Self::Command { .. } => true,
            Self::Lmtp { .. } | Self::Smtp { .. } => false,
        }
    }

    /// Delivers `message` to the INBOX of `user`, and returns when the other side has taken responsibility for it.
    /// That it is visible to a session is another matter.
    ///
    /// # Errors
    /// If it was not taken. [`Delivery::ImapAppend`] has no way of its own and always fails.
    pub async fn deliver(&self, user: &str, message: &[u8]) -> Result<(), DeliveryError> {
        match self {
            Self::ImapAppend => Err(DeliveryError::NeedsSession),
            Self::Lmtp { address, domain } => {
                dialogue::deliver(Dialect::Lmtp, address, domain.as_deref(), user, message).await
            }
            Self::Smtp { address, domain } => {
                dialogue::deliver(Dialect::Smtp, address, domain.as_deref(), user, message).await
            }
            Self::Maildir { path } => maildir::deliver(path, user, message).await,
            Self::Command { run } => command::deliver(run, user, message).await,
        }
    }
}

/// A message could not be delivered.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// Delivery by IMAP APPEND takes a session, which is the runner's.
    #[error("delivery by IMAP APPEND takes an IMAP session")]
    NeedsSession,
    /// The connection to the LMTP or SMTP server failed.
    #[error("{address}: {source}")]
    Connection {
        /// The server.
        address: Address,
        /// Why.
        source: std::io::Error,
    },
    /// The other side took too long.
    #[error("{awaited} took more than {seconds} s")]
    Timeout {
        /// What was waited for.
        awaited: String,
        /// The limit.
        seconds: u64,
    },
    /// The LMTP or SMTP server refused.
    #[error("{command} was refused: {reply}")]
    Refused {
        /// What we said.
        command: String,
        /// What it answered.
        reply: String,
    },
    /// The LMTP or SMTP server does not keep its protocol.
    #[error("{address}: {problem}")]
    Protocol {
        /// The server.
        address: Address,
        /// What is wrong.
        problem: String,
    },
    /// The user's name cannot stand in an address or a path.
    #[error("the user name {user:?} cannot stand in {place}")]
    User {
        /// The name.
        user: String,
        /// Where.
        place: &'static str,
    },
    /// A file of the Maildir could not be written.
    #[error("{path}: {source}", path = .path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The command could not be run or did not succeed.
    #[error("{command}: {problem}")]
    Command {
        /// The program.
        command: String,
        /// What went wrong, with the end of what it wrote to its standard error.
        problem: String,
    },
}
