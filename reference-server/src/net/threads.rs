//! Threads that sessions run on, each with a runtime of its own. A session stays on its thread: nothing is locked to
//! schedule it, and no other thread is woken for it, which the benchmark shows to be a quarter of the cost of a NOOP.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// The threads of a server. Each ends when this is dropped, with all that still runs on it.
#[derive(Debug)]
pub(super) struct Threads {
    threads: Vec<Thread>,
    /// How often one has been taken.
    taken: AtomicUsize,
}

#[derive(Debug)]
struct Thread {
    runtime: Handle,
    /// Ends the thread when it is dropped.
    _alive: oneshot::Sender<()>,
}

impl Threads {
    /// Starts so many threads.
    ///
    /// # Errors
    /// If the system has no more of them.
    pub(super) fn start(count: usize) -> io::Result<Self> {
        let threads = (0..count).map(|_| Thread::start()).collect::<io::Result<_>>()?;
        Ok(Self { threads, taken: AtomicUsize::new(0) })
    }

    /// The runtime for the next session, of each thread in turn; none without threads.
    pub(super) fn next(&self) -> Option<&Handle> {
        let taken = self.taken.fetch_add(1, Ordering::Relaxed);
        let index = taken.checked_rem(self.threads.len())?;
        self.threads.get(index).map(|thread| &thread.runtime)
    }
}

impl Thread {
    fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (alive, ended) = oneshot::channel::<()>();
        thread::Builder::new().name("sessions".to_owned()).spawn(move || {
            // Nothing is ever sent: the sender is dropped.
            let _ = runtime.block_on(ended);
        })?;
        Ok(Self { runtime: handle, _alive: alive })
    }
}
