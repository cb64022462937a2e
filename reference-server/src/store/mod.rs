//! Accounts, mailboxes and messages, held in memory, and on disk too if there is a directory for them.
//!
//! Each [`Account`] is one value behind one plain lock, so every operation is atomic to all who look. A session that
//! selects a mailbox holds a [`Selected`], whose tracker knows what the session has been told: message sequence numbers
//! are those of the session, and they change only when the session asks for its [`Update`]s. No lock is ever held
//! across an await.
//!
//! A store opened with [`Store::open`] keeps all of this in a database: what an operation changes becomes one record of
//! the journal when the lock is released, and sessions speak when their account's [`Ledger`] is settled.

mod account;
mod change;
mod database;
mod error;
mod expunged;
mod flags;
mod hierarchy;
mod interceptor;
mod internal_date;
mod journal;
mod mailbox;
mod maildrop;
mod message;
mod names;
mod renditions;
mod selected;
#[cfg(test)]
mod tests;
mod tracker;
mod uid_ranges;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use account::{Account, Listed, Status};
pub use database::DatabaseError;
pub use error::StoreError;
pub use flags::{Flag, FlagChange, Flags, Keyword};
pub use interceptor::{Interceptor, Kept, Stamped};
pub use internal_date::InternalDate;
pub use journal::{Ledger, NotDurable};
pub use mailbox::{Copied, FlagsStored};
pub use maildrop::{Maildrop, MaildropMessage};
pub use message::{Message, ModSequence, NewMessage, Uid};
pub use names::{DELIMITER, INBOX};
pub use renditions::{Rendition, Renditions};
pub use selected::{Access, Candidate, Selected, SelectedMessage, SelectionData};
pub use tracker::{Expunges, Update};
pub use uid_ranges::UidRanges;

use crate::clock::Clock;
use database::Database;
use journal::Journal;

/// All accounts of a server.
#[derive(Debug)]
pub struct Store {
    clock: Clock,
    journal: Option<Arc<Journal>>,
    interceptor: Option<Arc<dyn Interceptor>>,
    accounts: Mutex<BTreeMap<String, Arc<Account>>>,
}

impl Store {
    /// A store without accounts. New messages and UIDVALIDITY values take their time from `clock`.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, journal: None, interceptor: None, accounts: Mutex::default() }
    }

    /// A store that is kept in `directory`, which is made if need be, with all that is there already.
    ///
    /// # Errors
    /// If the directory, or what is in it, cannot be used.
    pub fn open(directory: &Path, clock: Clock) -> Result<Self, DatabaseError> {
        let database = Database::open(directory)?;
        let saved = database.load()?;
        let journal = Arc::new(Journal::start(database).map_err(DatabaseError::Thread)?);
        let restored = saved.into_iter().map(|(id, saved)| {
            let ledger = Ledger::new(id, Arc::clone(&journal));
            (saved.user.clone(), Arc::new(Account::restored(saved, clock, ledger)))
        });
        let accounts = Mutex::new(restored.collect());
        Ok(Self { clock, journal: Some(journal), interceptor: None, accounts })
    }

    /// The same store with someone who is asked before it does anything.
    #[must_use]
    pub fn intercepted(mut self, interceptor: Option<Arc<dyn Interceptor>>) -> Self {
        for account in lock(&self.accounts).values_mut() {
            // Nobody has it yet.
            if let Some(account) = Arc::get_mut(account) {
                account.intercept(interceptor.clone());
            }
        }
        self.interceptor = interceptor;
        self
    }

    /// Resolves with the reason once changes can be made durable no longer: never, for a store in memory.
    pub async fn failure(&self) -> String {
        match &self.journal {
            Some(journal) => journal.failure().await,
            None => std::future::pending().await,
        }
    }

    /// Writes what is left to be written, and lets go of the directory. Waits for the disk. What changes later is lost.
    pub fn close(&self) {
        if let Some(journal) = &self.journal {
            journal.close();
        }
    }

    /// The server starts again, without a session: what is in memory stays as it is, unless someone who is asked forgets some.
    pub(crate) fn restart(&self) {
        for account in lock(&self.accounts).values() {
            account.restart();
        }
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
        // Accounts are never removed, and they are counted under the lock.
        let ledger = match &self.journal {
            Some(journal) => Ledger::new(accounts.len() as u64, Arc::clone(journal)),
            None => Ledger::default(),
        };
        let mut account = Account::new(user, self.clock, ledger);
        account.intercept(self.interceptor.clone());
        let account = Arc::new(account);
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
