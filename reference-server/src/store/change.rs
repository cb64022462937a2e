//! What a store with a database writes down.

use super::account::MailboxId;
use super::flags::{Flags, Keyword};
use super::message::{Message, ModSequence, Uid};

/// A row of the database as it is after an operation. Rows tell what is, not what was done: there is nothing to replay,
/// and to load them is to read them.
#[derive(Clone, Debug)]
pub(super) enum Change {
    /// The account exists.
    Account { user: String },
    /// The highest UIDVALIDITY given, and the highest that stood under a name which is free now.
    UidValidities { last: u32, freed: u32 },
    /// A name, and the mailbox that has it; none is a level of the hierarchy only.
    Name { name: String, mailbox: Option<MailboxId> },
    /// There is no such name any more.
    NameGone { name: String },
    /// A subscription.
    Subscribed { name: String },
    /// A subscription that is no more.
    Unsubscribed { name: String },
    /// A mailbox, without what it holds.
    Mailbox { mailbox: MailboxId, uid_validity: u32, uid_next: Uid, highest_mod_sequence: ModSequence },
    /// A mailbox is gone, with all that it held.
    MailboxGone { mailbox: MailboxId },
    /// A keyword as it was first spelled in a mailbox.
    Keyword { mailbox: MailboxId, keyword: Keyword },
    /// A message is new.
    Message { mailbox: MailboxId, uid: Uid, message: Message, mod_sequence: ModSequence },
    /// The flags of a message are others now.
    Flags { mailbox: MailboxId, uid: Uid, flags: Flags, mod_sequence: ModSequence },
    /// The messages with these UIDs, all that lie between and both ends, are gone; it is remembered when.
    Expunged { mailbox: MailboxId, mod_sequence: ModSequence, first: Uid, last: Uid },
    /// The expunges up to this mod-sequence are remembered no longer.
    ExpungesForgotten { mailbox: MailboxId, up_to: ModSequence },
    /// A read-write session has been told of all messages below this UID: they are `\Recent` to nobody else.
    Told { mailbox: MailboxId, below: Uid },
}

impl Change {
    /// Whether a session must not speak before this is durable. `\Recent` is no such promise: where it is not known who
    /// was told, a message is recent (RFC 3501 section 2.3.2), so it goes along with the next change that is urgent.
    pub(super) fn is_urgent(&self) -> bool {
        !matches!(self, Self::Told { .. })
    }
}
