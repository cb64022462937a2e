//! Why the store refused an operation.

use thiserror::Error;

/// A refusal by the store. Nothing has changed when one is returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum StoreError {
    /// No mailbox and no hierarchy level has this name.
    #[error("no such mailbox")]
    NoSuchMailbox,
    /// The name is taken.
    #[error("the mailbox exists already")]
    AlreadyExists,
    /// The name is a level of the hierarchy only (`\Noselect`).
    #[error("the name cannot be selected")]
    NotSelectable,
    /// INBOX can be neither created nor deleted.
    #[error("INBOX cannot be created or deleted")]
    Inbox,
    /// The name breaks the rules for mailbox names (RFC 3501 section 5.1).
    #[error("the mailbox name is malformed")]
    MalformedName,
    /// A mailbox cannot become its own inferior.
    #[error("a mailbox cannot be moved below itself")]
    BelowItself,
    /// A `\Noselect` name with inferiors cannot be deleted (RFC 3501 section 6.3.4).
    #[error("the name has inferior names")]
    HasInferiors,
    /// The mailbox was opened read-only.
    #[error("the mailbox is open read-only")]
    ReadOnly,
    /// Some of the messages have been expunged by another session.
    #[error("some of the messages no longer exist")]
    MessageGone,
    /// The account holds as many mailboxes as it may.
    #[error("too many mailboxes")]
    TooManyMailboxes,
    /// The mailbox has used up its unique identifiers.
    #[error("the mailbox is out of unique identifiers")]
    OutOfUids,
    /// A change could not be made durable, and so no further one is taken until the server starts again.
    #[error("changes cannot be stored at present")]
    NotDurable,
    /// Another POP3 session holds the maildrop (RFC 1939 section 4).
    #[error("the maildrop is locked by another session")]
    MaildropLocked,
}
