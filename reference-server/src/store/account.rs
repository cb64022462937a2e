//! One user's mailboxes, behind one lock.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::change::Change;
use super::database::SavedAccount;
use super::error::StoreError;
use super::flags::Flags;
use super::interceptor::Interceptor;
use super::internal_date::InternalDate;
use super::journal::Ledger;
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
    ledger: Ledger,
    interceptor: Option<Arc<dyn Interceptor>>,
    state: Mutex<State>,
}

#[derive(Debug)]
pub(super) struct State {
    ledger: Ledger,
    /// All names; `None` is a level of the hierarchy that is no mailbox (`\Noselect`).
    names: BTreeMap<String, Option<MailboxId>>,
    /// All mailboxes: those with a name, and deleted ones that a session still has selected.
    mailboxes: BTreeMap<MailboxId, Mailbox>,
    next_mailbox: MailboxId,
    subscriptions: BTreeSet<String>,
    /// The highest UIDVALIDITY given so far.
    last_uid_validity: u32,
    /// The highest UIDVALIDITY that ever stood under a name which has been freed since.
    highest_freed: u32,
    interceptor: Option<Arc<dyn Interceptor>>,
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
    /// An account with an empty INBOX.
    pub(super) fn new(user: &str, clock: Clock, ledger: Ledger) -> Self {
        let saved = SavedAccount { user: user.to_owned(), ..SavedAccount::default() };
        let account = Self::restored(saved, clock, ledger);
        let mut state = account.state();
        account.ledger.note(|| Change::Account { user: user.to_owned() });
        let inbox = state.new_mailbox(&clock);
        state.set_name(INBOX.to_owned(), Some(inbox));
        drop(state);
        account
    }

    /// An account as it was saved.
    pub(super) fn restored(saved: SavedAccount, clock: Clock, ledger: Ledger) -> Self {
        let SavedAccount { user, last_uid_validity, highest_freed, names, subscriptions, mailboxes } = saved;
        let next_mailbox = mailboxes.last_key_value().map_or(0, |(id, _)| id + 1);
        let restored = |(id, saved)| (id, Mailbox::restored(id, saved, ledger.clone()));
        let mailboxes = mailboxes.into_iter().map(restored).collect();
        let state = State {
            ledger: ledger.clone(),
            names,
            mailboxes,
            next_mailbox,
            subscriptions,
            last_uid_validity,
            highest_freed,
            interceptor: None,
            maildrop_locked: false,
        };
        Self { user, clock, ledger, interceptor: None, state: Mutex::new(state) }
    }

    /// From now on someone is asked, or nobody.
    pub(super) fn intercept(&mut self, interceptor: Option<Arc<dyn Interceptor>>) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        for mailbox in state.mailboxes.values_mut() {
            mailbox.intercept(interceptor.clone());
        }
        state.interceptor.clone_from(&interceptor);
        self.interceptor = interceptor;
    }

    /// Who is asked before the store does anything, if anyone.
    pub(super) fn interceptor(&self) -> Option<&dyn Interceptor> {
        self.interceptor.as_deref()
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

    /// What tells whether all that a session may have seen of this account is durable.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
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
        Selected::open(self, name, access)
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
    /// [`StoreError::NoSuchMailbox`], [`StoreError::NotSelectable`], [`StoreError::OutOfUids`],
    /// [`StoreError::NotDurable`].
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
            renditions: Arc::default(),
            flags,
            internal_date: internal_date.unwrap_or(now),
        });
        let messages = messages.collect();
        let mut state = self.change()?;
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

    /// The server starts again.
    pub(super) fn restart(&self) {
        if let Some(interceptor) = &self.interceptor {
            for mailbox in self.state().mailboxes.values_mut() {
                mailbox.restart(interceptor.as_ref());
            }
        }
    }

    pub(super) fn state(&self) -> Held<'_> {
        Held { ledger: &self.ledger, state: super::lock(&self.state) }
    }

    /// [`Account::state`] for an operation that the client asks for and that changes something.
    pub(super) fn change(&self) -> Result<Held<'_>, StoreError> {
        self.ledger.accepts_changes()?;
        Ok(self.state())
    }
}

/// The state of an account, locked. All that is changed while it is held becomes durable together, or not at all.
pub(super) struct Held<'a> {
    ledger: &'a Ledger,
    state: MutexGuard<'a, State>,
}

impl Deref for Held<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut State {
        &mut self.state
    }
}

impl Drop for Held<'_> {
    /// The lock is released after this.
    fn drop(&mut self) {
        self.ledger.close_operation();
    }
}

impl State {
    /// All names; `None` is a level of the hierarchy that is no mailbox (`\Noselect`).
    pub(super) fn names(&self) -> &BTreeMap<String, Option<MailboxId>> {
        &self.names
    }

    /// Makes a name, or gives it to another mailbox.
    pub(super) fn set_name(&mut self, name: String, mailbox: Option<MailboxId>) {
        self.ledger.note(|| Change::Name { name: name.clone(), mailbox });
        self.names.insert(name, mailbox);
    }

    /// Removes a name, and returns what it named.
    pub(super) fn remove_name(&mut self, name: &str) -> Option<Option<MailboxId>> {
        let named = self.names.remove(name)?;
        self.ledger.note(|| Change::NameGone { name: name.to_owned() });
        Some(named)
    }

    /// The names subscribed to.
    pub(super) fn subscriptions(&self) -> &BTreeSet<String> {
        &self.subscriptions
    }

    pub(super) fn subscribe(&mut self, name: String) {
        if !self.subscriptions.contains(&name) {
            self.ledger.note(|| Change::Subscribed { name: name.clone() });
            self.subscriptions.insert(name);
        }
    }

    /// Drops a subscription; returns whether there was one.
    pub(super) fn unsubscribe(&mut self, name: &str) -> bool {
        let was = self.subscriptions.remove(name);
        if was {
            self.ledger.note(|| Change::Unsubscribed { name: name.to_owned() });
        }
        was
    }

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
        let mut uid_validity = self.new_uid_validity(clock);
        if let Some(interceptor) = &self.interceptor {
            interceptor.founding(&mut uid_validity);
        }
        let id = self.next_mailbox;
        self.next_mailbox += 1;
        let mut mailbox = Mailbox::new(id, uid_validity, self.ledger.clone());
        mailbox.intercept(self.interceptor.clone());
        self.mailboxes.insert(id, mailbox);
        id
    }

    /// Notes that a name is about to lose its mailbox, and that another one may come to it later.
    pub(super) fn free_name(&mut self, id: MailboxId) {
        if let Some(mailbox) = self.mailboxes.get(&id) {
            self.highest_freed = self.highest_freed.max(mailbox.uid_validity());
            self.note_uid_validities();
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
        self.note_uid_validities();
        self.last_uid_validity
    }

    fn note_uid_validities(&self) {
        let (last, freed) = (self.last_uid_validity, self.highest_freed);
        self.ledger.note(|| Change::UidValidities { last, freed });
    }

    /// The highest UIDVALIDITY given, and the highest that a freed name had.
    #[cfg(test)]
    pub(super) fn uid_validities(&self) -> (u32, u32) {
        (self.last_uid_validity, self.highest_freed)
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
