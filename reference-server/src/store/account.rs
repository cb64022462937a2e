//! One user's mailboxes, behind one lock.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use super::error::StoreError;
use super::flags::Flags;
use super::internal_date::InternalDate;
use super::mailbox::Mailbox;
use super::maildrop::Maildrop;
use super::message::{Message, ModSequence, NewMessage, Uid};
use super::names::{self, INBOX};
use super::selected::{Access, Selected, SelectionData};
use crate::clock::Clock;

/// Most mailboxes in one account.
const MOST_MAILBOXES: usize = 10_000;

/// Names a mailbox within its account for as long as it lives, whatever it is called.
pub(super) type MailboxId = u64;

/// One user's mailboxes, subscriptions and maildrop.
#[derive(Debug)]
pub struct Account {
    user: String,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Debug)]
pub(super) struct State {
    /// All names; `None` is a level of the hierarchy that is no mailbox (`\Noselect`).
    pub(super) names: BTreeMap<String, Option<MailboxId>>,
    /// All mailboxes: those with a name, and deleted ones that a session still has selected.
    mailboxes: BTreeMap<MailboxId, Mailbox>,
    next_mailbox: MailboxId,
    pub(super) subscriptions: BTreeSet<String>,
    /// The highest UIDVALIDITY given so far.
    last_uid_validity: u32,
    /// The highest UIDVALIDITY that ever stood under a name which has been freed since.
    highest_freed: u32,
    pub(super) maildrop_locked: bool,
}

/// One name as LIST shows it (RFC 3501 section 7.2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The name.
    pub name: String,
    /// Whether it is a mailbox; otherwise it is `\Noselect`.
    pub selectable: bool,
    /// Whether there are names below it (RFC 3348).
    pub has_children: bool,
}

/// What STATUS tells (RFC 3501 section 6.3.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// Number of messages.
    pub messages: u32,
    /// Number of messages that no read-write session has been told of.
    pub recent: u32,
    /// The next UID.
    pub uid_next: Uid,
    /// The UIDVALIDITY.
    pub uid_validity: u32,
    /// Number of messages without `\Seen`.
    pub unseen: u32,
    /// The sizes of all messages together, in octets (RFC 8438).
    pub size: u64,
    /// The highest mod-sequence of the mailbox (RFC 7162 section 3.1.7).
    pub highest_mod_sequence: ModSequence,
}

impl Account {
    pub(super) fn new(user: &str, clock: Clock) -> Self {
        let mut state = State {
            names: BTreeMap::new(),
            mailboxes: BTreeMap::new(),
            next_mailbox: 0,
            subscriptions: BTreeSet::new(),
            last_uid_validity: 0,
            highest_freed: 0,
            maildrop_locked: false,
        };
        let inbox = state.new_mailbox(&clock);
        state.names.insert(INBOX.to_owned(), Some(inbox));
        Self { user: user.to_owned(), clock, state: Mutex::new(state) }
    }

    /// The user's name.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The clock that dates what arrives.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Opens a mailbox for a session, and says what SELECT and EXAMINE report.
    ///
    /// # Errors
    /// [`StoreError::NoSuchMailbox`], [`StoreError::NotSelectable`].
    pub fn select(
        self: &Arc<Self>,
        name: &str,
        access: Access,
    ) -> Result<(Selected, SelectionData), StoreError> {
        let id = self.state().mailbox_named(name)?;
        Selected::open(self, id, access)
    }

    /// The STATUS of a mailbox; changes nothing.
    ///
    /// # Errors
    /// [`StoreError::NoSuchMailbox`], [`StoreError::NotSelectable`].
    pub fn status(&self, name: &str) -> Result<Status, StoreError> {
        let mut state = self.state();
        let id = state.mailbox_named(name)?;
        Ok(state.mailbox(id)?.status())
    }

    /// Whether a message could be appended to this mailbox.
    ///
    /// # Errors
    /// [`StoreError::NoSuchMailbox`], [`StoreError::NotSelectable`].
    pub fn accepts_messages(&self, name: &str) -> Result<(), StoreError> {
        self.state().mailbox_named(name).map(|_| ())
    }

    /// Adds a message at the end of a mailbox; without a date it arrives now. Returns UIDVALIDITY and UID.
    ///
    /// # Errors
    /// [`StoreError::NoSuchMailbox`], [`StoreError::NotSelectable`], [`StoreError::OutOfUids`].
    pub fn append(
        &self,
        name: &str,
        octets: Vec<u8>,
        flags: Flags,
        internal_date: Option<InternalDate>,
    ) -> Result<(u32, Uid), StoreError> {
        let (uid_validity, uids) =
            self.append_all(name, vec![NewMessage { octets, flags, internal_date }])?;
        Ok((uid_validity, uids.first().copied().ok_or(StoreError::OutOfUids)?))
    }

    /// Adds messages at the end of a mailbox, all or none; those without a date arrive now. Returns UIDVALIDITY and UIDs.
    ///
    /// # Errors
    /// Those of [`Account::append`].
    pub fn append_all(&self, name: &str, messages: Vec<NewMessage>) -> Result<(u32, Vec<Uid>), StoreError> {
        let now = InternalDate::utc(self.clock.now());
        let messages = messages.into_iter().map(|NewMessage { octets, flags, internal_date }| Message {
            octets: octets.into(),
            flags,
            internal_date: internal_date.unwrap_or(now),
        });
        let messages = messages.collect();
        let mut state = self.state();
        let id = state.mailbox_named(name)?;
        let mailbox = state.mailbox(id)?;
        let uids = mailbox.add(messages)?;
        Ok((mailbox.uid_validity(), uids))
    }

    /// Locks the INBOX as a maildrop for one POP3 session.
    ///
    /// # Errors
    /// [`StoreError::MaildropLocked`] while another POP3 session holds it.
    pub fn open_maildrop(self: &Arc<Self>) -> Result<Maildrop, StoreError> {
        Maildrop::open(self)
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        super::lock(&self.state)
    }
}

impl State {
    /// The mailbox with this name.
    pub(super) fn mailbox_named(&self, name: &str) -> Result<MailboxId, StoreError> {
        match self.names.get(&names::canonical(name)) {
            Some(Some(id)) => Ok(*id),
            Some(None) => Err(StoreError::NotSelectable),
            None => Err(StoreError::NoSuchMailbox),
        }
    }

    pub(super) fn mailbox(&mut self, id: MailboxId) -> Result<&mut Mailbox, StoreError> {
        self.mailboxes.get_mut(&id).ok_or(StoreError::NoSuchMailbox)
    }

    /// Adds an empty mailbox that has no name yet. Its UIDVALIDITY is higher than any before it.
    pub(super) fn new_mailbox(&mut self, clock: &Clock) -> MailboxId {
        let uid_validity = self.new_uid_validity(clock);
        let id = self.next_mailbox;
        self.next_mailbox += 1;
        self.mailboxes.insert(id, Mailbox::new(uid_validity));
        id
    }

    /// Notes that a name is about to lose its mailbox, and that another one may come to it later.
    pub(super) fn free_name(&mut self, id: MailboxId) {
        if let Some(mailbox) = self.mailboxes.get(&id) {
            self.highest_freed = self.highest_freed.max(mailbox.uid_validity());
        }
    }

    /// Sees to it that a mailbox which gets a new name has a UIDVALIDITY above all that the name may have had before
    /// (RFC 3501 section 2.3.1.1). It keeps its own where that is so; an equal one can only be its own.
    pub(super) fn outgrow_freed_names(&mut self, id: MailboxId, clock: &Clock) {
        let freed = self.highest_freed;
        if self.mailboxes.get(&id).is_some_and(|mailbox| mailbox.uid_validity() < freed) {
            let uid_validity = self.new_uid_validity(clock);
            if let Some(mailbox) = self.mailboxes.get_mut(&id) {
                mailbox.set_uid_validity(uid_validity);
            }
        }
    }

    fn new_uid_validity(&mut self, clock: &Clock) -> u32 {
        let now = u32::try_from(clock.now()).unwrap_or(u32::MAX).max(1);
        self.last_uid_validity = self.last_uid_validity.saturating_add(1).max(now);
        self.last_uid_validity
    }

    /// Forgets a mailbox that has lost its name, once no session has it selected.
    pub(super) fn forget_if_unused(&mut self, id: MailboxId) {
        if self.mailboxes.get(&id).is_some_and(|mailbox| mailbox.is_deleted() && !mailbox.is_tracked()) {
            self.mailboxes.remove(&id);
        }
    }

    pub(super) fn check_room(&self, more: usize) -> Result<(), StoreError> {
        if self.names.len().saturating_add(more) > MOST_MAILBOXES {
            return Err(StoreError::TooManyMailboxes);
        }
        Ok(())
    }
}
