//! What time it is, by a clock that a test can hold still.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// A calendar clock that advances with tokio's time, so that a paused runtime pauses the calendar too.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// Seconds since 1970-01-01T00:00:00Z at `started`.
    epoch: u64,
    started: Instant,
}

impl Clock {
    /// A clock that shows the present time of the machine and goes on from there.
    #[must_use]
    pub fn of_this_machine() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Self::starting_at(since_epoch.as_secs())
    }

    /// A clock that shows `epoch` (seconds since 1970-01-01T00:00:00Z) now.
    #[must_use]
    pub fn starting_at(epoch: u64) -> Self {
        Self { epoch, started: Instant::now() }
    }

    /// The present time in seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.epoch + self.started.elapsed().as_secs()
    }
}
