//! The INBOX as POP3 sees it: a maildrop, locked from login to the end of the session (RFC 1939 sections 4 and 6).

use std::sync::Arc;

use super::account::Account;
use super::error::StoreError;
use super::journal::Ledger;
use super::message::Uid;
use super::names::INBOX;

/// A message of the maildrop.
#[derive(Clone, Debug)]
pub struct MaildropMessage {
    /// Its UID in the INBOX.
    pub uid: Uid,
    /// Its octets, as they were appended: not every line need end with CRLF.
    pub octets: Arc<[u8]>,
}

/// A locked maildrop, as it was when it was opened. Dropping it unlocks it and removes nothing.
#[derive(Debug)]
pub struct Maildrop {
    account: Arc<Account>,
    uid_validity: u32,
    messages: Vec<MaildropMessage>,
}

impl Maildrop {
    pub(super) fn open(account: &Arc<Account>) -> Result<Self, StoreError> {
        let mut state = account.state();
        let mut locked = state.maildrop_locked;
        if let Some(interceptor) = account.interceptor() {
            interceptor.locking(&mut locked);
        }
        if locked {
            return Err(StoreError::MaildropLocked);
        }
        let inbox = state.mailbox_named(INBOX)?;
        let mailbox = state.mailbox(inbox)?;
        let messages = mailbox.messages().iter();
        let messages = messages
            .map(|(uid, stored)| MaildropMessage { uid: *uid, octets: Arc::clone(&stored.message.octets) })
            .collect();
        let uid_validity = mailbox.uid_validity();
        state.maildrop_locked = true;
        Ok(Self { account: Arc::clone(account), uid_validity, messages })
    }

    /// What tells whether the maildrop is durable as it is seen here.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        self.account.ledger()
    }

    /// UIDVALIDITY of the INBOX: with the UID it makes a unique-id that is never used again (RFC 1939 section 7).
    #[must_use]
    pub fn uid_validity(&self) -> u32 {
        self.uid_validity
    }

    /// The messages, in the order of their message-numbers.
    #[must_use]
    pub fn messages(&self) -> &[MaildropMessage] {
        &self.messages
    }

    /// The UPDATE state: removes the given messages from the INBOX and unlocks the maildrop. Messages that IMAP sessions
    /// have expunged meanwhile are no error.
    ///
    /// # Errors
    /// [`StoreError::NotDurable`].
    pub fn update(self, removed: &[Uid]) -> Result<(), StoreError> {
        let mut removed = removed.to_vec();
        if let Some(interceptor) = self.account.interceptor() {
            let present: Vec<Uid> = self.messages.iter().map(|message| message.uid).collect();
            interceptor.updating(&mut removed, &present);
        }
        let mut state = self.account.change()?;
        let inbox = state.mailbox_named(INBOX)?;
        state.mailbox(inbox)?.remove(removed);
        Ok(())
    }
}

impl Drop for Maildrop {
    fn drop(&mut self) {
        self.account.state().maildrop_locked = false;
    }
}
