//! From changes in memory to changes that survive: tickets, the writer, and who waits for it.
//!
//! The store in memory is the truth for all sessions. What an operation changes under its account's lock is noted in the
//! account's [`Ledger`], and becomes one [`Record`] with a ticket when the lock is released: no record holds half an
//! operation. One thread takes all records that are there, writes them in one transaction, and says up to which ticket
//! all is durable. A session speaks only when the newest ticket of its account is: nobody is told of anything,
//! be it by another session's doing, that a crash could undo. Where nothing is under way that costs two atomic loads, and
//! without a database nothing at all.
//!
//! If a write fails, what was to be written stays in memory, where nobody is told of it any more: each session of the
//! accounts concerned ends, and further changes are refused. Only a restart, from what is durable, mends that.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

use thiserror::Error;
use tokio::sync::watch;

use super::change::Change;
use super::error::StoreError;
use super::lock;

/// Numbers the records that somebody waits for, over all accounts, in the order in which they become durable.
type Ticket = u64;

/// Names an account within the database.
pub(super) type AccountId = u64;

/// What one operation changed: written whole or not at all.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) account: AccountId,
    pub(super) changes: Vec<Change>,
}

/// Makes records durable.
pub(super) trait Writer: Send + 'static {
    /// Writes these records, all or none. When it returns they survive whatever happens to the process or the machine.
    ///
    /// # Errors
    /// Why it cannot, to be shown to the operator. It is not called again.
    fn write(&mut self, records: &[Record]) -> Result<(), String>;
}

/// What a session was about to say is not durable and never will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("changes cannot be made durable")]
pub struct NotDurable;

/// Where the changes of one account are noted. A store in memory has an empty one, which does nothing.
#[derive(Clone, Debug, Default)]
pub struct Ledger(Option<Arc<Page>>);

#[derive(Debug)]
struct Page {
    account: AccountId,
    journal: Arc<Journal>,
    /// What the operation under way has changed so far.
    noted: Mutex<Vec<Change>>,
    /// The newest ticket of the account.
    newest: AtomicU64,
}

impl Ledger {
    pub(super) fn new(account: AccountId, journal: Arc<Journal>) -> Self {
        let page = Page { account, journal, noted: Mutex::default(), newest: AtomicU64::new(0) };
        Self(Some(Arc::new(page)))
    }

    /// Notes a change of the operation under way.
    pub(super) fn note(&self, change: impl FnOnce() -> Change) {
        if let Some(page) = &self.0 {
            lock(&page.noted).push(change());
        }
    }

    /// Makes a record of what has been noted. To be called before the lock of the account is released: whoever sees
    /// the change then sees its ticket too.
    pub(super) fn close_operation(&self) {
        let Some(page) = &self.0 else { return };
        let changes = std::mem::take(&mut *lock(&page.noted));
        if changes.is_empty() {
            return;
        }
        if let Some(ticket) = page.journal.submit(Record { account: page.account, changes }) {
            page.newest.store(ticket, Ordering::Release);
        }
    }

    /// Whether a change has a chance to become durable.
    pub(super) fn accepts_changes(&self) -> Result<(), StoreError> {
        match &self.0 {
            Some(page) if page.journal.has_failed() => Err(StoreError::NotDurable),
            _ => Ok(()),
        }
    }

    /// Resolves once all changes of the account up to now are durable. To be awaited before anything is said.
    ///
    /// # Errors
    /// [`NotDurable`] if one of them never will be.
    pub async fn settled(&self) -> Result<(), NotDurable> {
        let Some(page) = &self.0 else { return Ok(()) };
        page.journal.durable(page.newest.load(Ordering::Acquire)).await
    }
}

/// The queue of records and the thread that writes them.
pub(super) struct Journal {
    desk: Arc<Desk>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

/// What the writer shares with the sessions.
struct Desk {
    queue: Mutex<Queue>,
    /// Tells the writer that there is something to do.
    due: Condvar,
    progress: watch::Sender<Progress>,
    /// The ticket up to which all is durable, as in `progress`.
    durable: AtomicU64,
}

#[derive(Default)]
struct Queue {
    records: Vec<Record>,
    last: Ticket,
    /// Whether somebody waits for a record of the queue.
    urgent: bool,
    closing: bool,
}

#[derive(Clone, Debug)]
enum Progress {
    Durable(Ticket),
    Failed(String),
}

impl Journal {
    /// Starts the thread.
    ///
    /// # Errors
    /// If the system refuses one.
    pub(super) fn start(writer: impl Writer) -> std::io::Result<Self> {
        let desk = Arc::new(Desk {
            queue: Mutex::default(),
            due: Condvar::new(),
            progress: watch::Sender::new(Progress::Durable(0)),
            durable: AtomicU64::new(0),
        });
        let at_work = Arc::clone(&desk);
        let thread =
            std::thread::Builder::new().name("journal".to_owned()).spawn(move || at_work.work(writer))?;
        Ok(Self { desk, writer: Mutex::new(Some(thread)) })
    }

    /// Writes what is left and ends the thread.
    pub(super) fn close(&self) {
        lock(&self.desk.queue).closing = true;
        self.desk.due.notify_one();
        if let Some(thread) = lock(&self.writer).take() {
            // A writer that has panicked has nothing left to say; who waits for it is told by the channel.
            let _ = thread.join();
        }
    }

    /// Resolves with the reason once a write has failed.
    pub(super) async fn failure(&self) -> String {
        let mut progress = self.desk.progress.subscribe();
        match progress.wait_for(|progress| matches!(progress, Progress::Failed(_))).await.as_deref() {
            Ok(Progress::Failed(reason)) => reason.clone(),
            // The channel lives as long as the journal.
            _ => std::future::pending().await,
        }
    }

    fn has_failed(&self) -> bool {
        matches!(*self.desk.progress.borrow(), Progress::Failed(_))
    }

    /// Queues a record; returns its ticket if it is one to wait for.
    fn submit(&self, record: Record) -> Option<Ticket> {
        let urgent = record.changes.iter().any(Change::is_urgent);
        let mut queue = lock(&self.desk.queue);
        if urgent {
            queue.last += 1;
            queue.urgent = true;
        }
        // Behind a failure or the end nothing is written: the ticket stays open for ever.
        if !queue.closing {
            queue.records.push(record);
        }
        let ticket = queue.last;
        drop(queue);
        if urgent {
            self.desk.due.notify_one();
        }
        urgent.then_some(ticket)
    }

    async fn durable(&self, ticket: Ticket) -> Result<(), NotDurable> {
        if self.desk.durable.load(Ordering::Acquire) >= ticket {
            return Ok(());
        }
        let mut progress = self.desk.progress.subscribe();
        let reached = progress.wait_for(|progress| match progress {
            Progress::Durable(durable) => *durable >= ticket,
            Progress::Failed(_) => true,
        });
        match reached.await.as_deref() {
            Ok(Progress::Durable(_)) => Ok(()),
            Ok(Progress::Failed(_)) | Err(_) => Err(NotDurable),
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.close();
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("progress", &*self.desk.progress.borrow()).finish_non_exhaustive()
    }
}

impl Desk {
    /// Group commit: all that has gathered while one transaction was written makes up the next.
    fn work(&self, mut writer: impl Writer) {
        let mut end = End { desk: self, reason: "the server stops".to_owned() };
        loop {
            let (records, last) = {
                let queue = lock(&self.queue);
                let idle = |queue: &mut Queue| !queue.urgent && !queue.closing;
                let mut queue = self.due.wait_while(queue, idle).unwrap_or_else(PoisonError::into_inner);
                queue.urgent = false;
                (std::mem::take(&mut queue.records), queue.last)
            };
            if records.is_empty() {
                // Nothing is due and the end has come. Tickets given from now on are never reached.
                return;
            }
            end.reason = "the writer has panicked".to_owned();
            if let Err(reason) = writer.write(&records) {
                end.reason = reason;
                return;
            }
            end.reason = "the server stops".to_owned();
            self.durable.store(last, Ordering::Release);
            self.progress.send_replace(Progress::Durable(last));
        }
    }
}

/// However the writer ends, nobody waits for it any longer.
struct End<'a> {
    desk: &'a Desk,
    reason: String,
}

impl Drop for End<'_> {
    fn drop(&mut self) {
        let mut queue = lock(&self.desk.queue);
        queue.closing = true;
        queue.records.clear();
        drop(queue);
        self.desk.progress.send_replace(Progress::Failed(std::mem::take(&mut self.reason)));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    /// Writes when it is told to, and as well as it is told to.
    struct Told {
        orders: mpsc::Receiver<Result<(), String>>,
        written: mpsc::Sender<usize>,
    }

    impl Writer for Told {
        fn write(&mut self, records: &[Record]) -> Result<(), String> {
            self.written.send(records.len()).unwrap();
            self.orders.recv().unwrap()
        }
    }

    type Orders = mpsc::Sender<Result<(), String>>;

    fn journal() -> (Arc<Journal>, Orders, mpsc::Receiver<usize>) {
        let (orders, told) = mpsc::channel();
        let (writing, written) = mpsc::channel();
        let journal = Journal::start(Told { orders: told, written: writing }).unwrap();
        (Arc::new(journal), orders, written)
    }

    fn change(ledger: &Ledger) {
        ledger.note(|| Change::NameGone { name: "x".to_owned() });
        ledger.close_operation();
    }

    #[tokio::test]
    async fn nobody_speaks_before_what_he_saw_is_durable() {
        let (journal, orders, written) = journal();
        let (one, two) = (Ledger::new(1, Arc::clone(&journal)), Ledger::new(2, Arc::clone(&journal)));
        assert_eq!(one.settled().await, Ok(()));
        change(&one);
        assert_eq!(written.recv(), Ok(1));
        // While the first is being written, more gathers; it will be written together.
        change(&two);
        change(&two);
        let patience = Duration::from_millis(20);
        assert!(timeout(patience, one.settled()).await.is_err());
        orders.send(Ok(())).unwrap();
        assert_eq!(one.settled().await, Ok(()));
        assert_eq!(written.recv(), Ok(2));
        assert!(timeout(patience, two.settled()).await.is_err());
        orders.send(Ok(())).unwrap();
        assert_eq!(two.settled().await, Ok(()));
    }

    #[tokio::test]
    async fn what_is_not_urgent_is_not_waited_for_and_goes_along_with_the_next() {
        let (journal, orders, written) = journal();
        let ledger = Ledger::new(1, Arc::clone(&journal));
        ledger.note(|| Change::Told { mailbox: 0, below: 2 });
        ledger.close_operation();
        assert_eq!(ledger.settled().await, Ok(()));
        orders.send(Ok(())).unwrap();
        change(&ledger);
        assert_eq!(ledger.settled().await, Ok(()));
        assert_eq!(written.recv(), Ok(2));
    }

    #[tokio::test]
    async fn behind_a_failure_nothing_is_durable_and_nothing_is_accepted() {
        let (journal, orders, _written) = journal();
        let (ledger, other) = (Ledger::new(1, Arc::clone(&journal)), Ledger::new(2, Arc::clone(&journal)));
        change(&ledger);
        orders.send(Err("disk full".to_owned())).unwrap();
        assert_eq!(ledger.settled().await, Err(NotDurable));
        assert_eq!(journal.failure().await, "disk full");
        assert_eq!(ledger.accepts_changes(), Err(StoreError::NotDurable));
        change(&ledger);
        assert_eq!(ledger.settled().await, Err(NotDurable));
        // Who has changed nothing may still read.
        assert_eq!(other.settled().await, Ok(()));
    }

    #[tokio::test]
    async fn a_writer_that_panics_has_failed() {
        let (journal, orders, _written) = journal();
        let ledger = Ledger::new(1, Arc::clone(&journal));
        drop(orders);
        change(&ledger);
        assert_eq!(ledger.settled().await, Err(NotDurable));
    }

    #[tokio::test]
    async fn the_end_writes_what_is_left() {
        let (journal, orders, written) = journal();
        let ledger = Ledger::new(1, Arc::clone(&journal));
        ledger.note(|| Change::Told { mailbox: 0, below: 2 });
        ledger.close_operation();
        orders.send(Ok(())).unwrap();
        journal.close();
        assert_eq!(written.recv(), Ok(1));
        change(&ledger);
        assert_eq!(ledger.settled().await, Err(NotDurable));
    }
}
