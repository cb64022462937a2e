//! The accounts of the target, and who may use them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::scenario::program::Lease;

/// The accounts of a target.
#[derive(Debug)]
pub(crate) struct Pool {
    seats: Mutex<Vec<Seat>>,
    freed: Notify,
    /// Scenarios that may share an account.
    share: usize,
}

#[derive(Debug, Clone, Default)]
struct Seat {
    users: usize,
    exclusive: bool,
    /// Nobody has had it since its INBOX was emptied.
    clean: bool,
    retired: Option<String>,
}

/// Accounts on loan; the first is the main one. They come back when this is dropped.
#[derive(Debug)]
pub(crate) struct Loan<'p> {
    pool: &'p Pool,
    exclusive: bool,
    /// Indexes of the accounts.
    pub accounts: Vec<usize>,
    clean: Vec<usize>,
}

impl Loan<'_> {
    /// Has nobody had this account since its INBOX was emptied?
    pub(crate) fn is_clean(&self, account: usize) -> bool {
        self.clean.contains(&account)
    }

    /// The INBOX of all its accounts has just been emptied, and nothing else is to come.
    pub(crate) fn mark_clean(&self) {
        let mut seats = self.pool.seats();
        for &at in &self.accounts {
            seats[at].clean = true;
        }
    }
}

/// There is no account for this scenario, and there will be none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoAccount {
    /// The target has too few.
    #[error("needs {wanted} accounts, and the target has {there}")]
    TooFew {
        /// Needed.
        wanted: usize,
        /// There.
        there: usize,
    },
    /// Too many were set aside.
    #[error("too few accounts are left; set aside: {0}")]
    Retired(String),
}

impl Pool {
    /// A pool of `count` accounts, each of which `share` scenarios may use at a time.
    #[must_use]
    pub(crate) fn of(count: usize, share: usize) -> Self {
        Self { seats: Mutex::new(vec![Seat::default(); count]), freed: Notify::new(), share: share.max(1) }
    }

    /// Waits for `count` accounts, for oneself alone unless a mailbox of one's own will do.
    ///
    /// # Errors
    /// If there can't be so many.
    pub(crate) async fn lend(&self, lease: Lease, count: usize) -> Result<Loan<'_>, NoAccount> {
        let exclusive = lease != Lease::Mailbox;
        loop {
            let freed = self.freed.notified();
            if let Some(loan) = self.take(exclusive, count)? {
                return Ok(loan);
            }
            freed.await;
        }
    }

    fn take(&self, exclusive: bool, count: usize) -> Result<Option<Loan<'_>>, NoAccount> {
        let mut seats = self.seats();
        if seats.len() < count {
            return Err(NoAccount::TooFew { wanted: count, there: seats.len() });
        }
        let usable = seats.iter().filter(|seat| seat.retired.is_none()).count();
        if usable < count {
            let why: Vec<_> = seats.iter().filter_map(|seat| seat.retired.clone()).collect();
            return Err(NoAccount::Retired(why.join("; ")));
        }
        let limit = if exclusive { 1 } else { self.share };
        let mut free: Vec<usize> = (0..seats.len())
            .filter(|&at| seats[at].retired.is_none() && !seats[at].exclusive && seats[at].users < limit)
            .collect();
        free.sort_by_key(|&at| seats[at].users);
        free.truncate(count);
        if free.len() < count {
            return Ok(None);
        }
        let clean = free.iter().copied().filter(|&at| seats[at].clean).collect();
        for &at in &free {
            seats[at].users += 1;
            seats[at].exclusive = exclusive;
            seats[at].clean = false;
        }
        Ok(Some(Loan { pool: self, exclusive, accounts: free, clean }))
    }

    /// Sets an account aside for the rest of the run.
    pub(crate) fn retire(&self, account: usize, why: String) {
        if let Some(seat) = self.seats().get_mut(account) {
            seat.retired = Some(why);
        }
        self.freed.notify_waiters();
    }

    fn seats(&self) -> MutexGuard<'_, Vec<Seat>> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        let mut seats = self.pool.seats();
        for &at in &self.accounts {
            seats[at].users -= 1;
            seats[at].exclusive &= !self.exclusive;
        }
        drop(seats);
        self.pool.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_account_is_shared_or_one_s_own() {
        let pool = Pool::of(2, 2);
        let one = pool.lend(Lease::Account, 1).await.unwrap();
        assert_eq!(one.accounts, [0]);
        let two = pool.lend(Lease::Mailbox, 1).await.unwrap();
        let three = pool.lend(Lease::Mailbox, 1).await.unwrap();
        assert_eq!((&two.accounts[..], &three.accounts[..]), (&[1][..], &[1][..]));
        assert!(pool.take(false, 1).unwrap().is_none());
        assert!(pool.take(true, 1).unwrap().is_none());
        drop(one);
        assert_eq!(pool.take(true, 1).unwrap().unwrap().accounts, [0]);
    }

    #[tokio::test]
    async fn an_account_is_clean_until_somebody_has_it() {
        let pool = Pool::of(1, 1);
        let loan = pool.lend(Lease::Account, 1).await.unwrap();
        assert!(!loan.is_clean(0));
        loan.mark_clean();
        drop(loan);
        let loan = pool.lend(Lease::Account, 1).await.unwrap();
        assert!(loan.is_clean(0));
        drop(loan);
        assert!(!pool.lend(Lease::Account, 1).await.unwrap().is_clean(0));
    }

    #[tokio::test]
    async fn what_can_t_be_lent_is_told_at_once() {
        let pool = Pool::of(2, 1);
        assert_eq!(
            pool.lend(Lease::Account, 3).await.unwrap_err(),
            NoAccount::TooFew { wanted: 3, there: 2 }
        );
        pool.retire(0, "u1: locked".into());
        let error = pool.lend(Lease::Account, 2).await.unwrap_err();
        assert_eq!(error.to_string(), "too few accounts are left; set aside: u1: locked");
        assert_eq!(pool.lend(Lease::Account, 1).await.unwrap().accounts, [1]);
    }
}
