//! The one clock of a run.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::session::Time;

/// Counts from the beginning of a run. Virtual where the runtime's clock is paused.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    began: Instant,
    /// The calendar time at that moment, since 1970.
    epoch: Duration,
}

impl Clock {
    /// A clock that begins now.
    #[must_use]
    pub fn start() -> Self {
        let epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Self { began: Instant::now(), epoch }
    }

    /// The time since the beginning.
    #[must_use]
    pub fn now(&self) -> Time {
        self.began.elapsed()
    }

    /// The present moment in seconds since 1970-01-01T00:00:00Z: the machine's at the beginning, and the time since then.
    #[must_use]
    pub fn calendar(&self) -> u64 {
        (self.epoch + self.now()).as_secs()
    }
}
