//! The one clock of a run.

use tokio::time::Instant;

use crate::session::Time;

/// Counts from the beginning of a run. Virtual where the runtime's clock is paused.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    began: Instant,
}

impl Clock {
    /// A clock that begins now.
    #[must_use]
    pub fn start() -> Self {
        Self { began: Instant::now() }
    }

    /// The time since the beginning.
    #[must_use]
    pub fn now(&self) -> Time {
        self.began.elapsed()
    }
}
