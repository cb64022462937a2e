//! Accounts, mailboxes and messages, held in memory.
//!
//! Each [`Account`] is one value behind one plain lock, so every operation is atomic to all who look. A session that
//! selects a mailbox holds a [`Selected`], whose tracker knows what the session has been told: message sequence numbers
//! are those of the session, and they change only when the session asks for its [`Update`]s. No lock is ever held
//! across an await.

mod account;
mod error;
mod expunged;
mod flags;
mod hierarchy;
mod internal_date;
mod mailbox;
mod maildrop;
mod message;
mod names;
mod selected;
#[cfg(test)]
mod tests;
mod tracker;
mod uid_ranges;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use account::{Account, Listed, Status};
pub use error::StoreError;
pub use flags::{Flag, FlagChange, Flags, Keyword};
pub use internal_date::InternalDate;
pub use mailbox::{Copied, FlagsStored};
pub use maildrop::{Maildrop, MaildropMessage};
pub use message::{Message, ModSequence, NewMessage, Uid};
pub use names::{DELIMITER, INBOX};
pub use selected::{Access, Candidate, Selected, SelectedMessage, SelectionData};
pub use tracker::{Expunges, Update};
pub use uid_ranges::UidRanges;

use crate::clock::Clock;

/// All accounts of a server.
#[derive(Debug)]
pub struct Store {
    clock: Clock,
    accounts: Mutex<BTreeMap<String, Arc<Account>>>,
}

impl Store {
    /// A store without accounts. New messages and UIDVALIDITY values take their time from `clock`.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, accounts: Mutex::default() }
    }

    /// The clock that dates what arrives in this store.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// The account of `user`, made with an empty INBOX if there is none yet.
    pub fn open_account(&self, user: &str) -> Arc<Account> {
        let mut accounts = lock(&self.accounts);
        if let Some(account) = accounts.get(user) {
            return Arc::clone(account);
        }
        let account = Arc::new(Account::new(user, self.clock));
        accounts.insert(user.to_owned(), Arc::clone(&account));
        account
    }

    /// The account of `user`, if there is one.
    #[must_use]
    pub fn account(&self, user: &str) -> Option<Arc<Account>> {
        lock(&self.accounts).get(user).map(Arc::clone)
    }
}

/// Takes a lock. A poisoned one is taken as well: each change below a lock is complete before anything can panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
