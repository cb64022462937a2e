//! One timer: of the system where it is exact, else of the runtime.

use tokio::time::{Instant, sleep_until};

/// Wakes at one moment at a time.
pub(super) struct Timer(#[cfg(target_os = "linux")] Option<fine::Fine>);

impl Timer {
    /// A timer of the runtime: in milliseconds, and in virtual time where that is paused.
    pub(super) fn coarse() -> Self {
        Self(
            #[cfg(target_os = "linux")]
            None,
        )
    }

    /// A timer that is as exact as the system allows. Not for virtual time.
    pub(super) fn fine() -> Self {
        Self(
            #[cfg(target_os = "linux")]
            fine::Fine::new().ok(),
        )
    }

    /// Waits for the moment.
    pub(super) async fn until(&mut self, moment: Instant) {
        #[cfg(target_os = "linux")]
        if let Some(fine) = &mut self.0
            && fine.until(moment).await.is_ok()
        {
            return;
        }
        sleep_until(moment).await;
    }
}

#[cfg(target_os = "linux")]
mod fine {
    use std::{io, os::fd::OwnedFd};

    use rustix::time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
        timerfd_settime,
    };
    use tokio::{io::unix::AsyncFd, time::Instant};

    /// A timerfd, which the runtime watches as it does sockets.
    pub(super) struct Fine(AsyncFd<OwnedFd>);

    impl Fine {
        #[allow(
            deprecated,
            reason = "the descriptor is owned here and never exchanged, and `register` is unsafe"
        )]
        pub(super) fn new() -> io::Result<Self> {
            let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
            Ok(Self(AsyncFd::new(timerfd_create(TimerfdClockId::Monotonic, flags)?)?))
        }

        pub(super) async fn until(&mut self, moment: Instant) -> io::Result<()> {
            let left = moment.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            let seconds = left.as_secs().try_into().unwrap_or(i64::MAX);
            let value = Timespec { tv_sec: seconds, tv_nsec: left.subsec_nanos().into() };
            let once = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: value };
            timerfd_settime(self.0.get_ref(), TimerfdTimerFlags::empty(), &once)?;
            loop {
                let mut ready = self.0.readable().await?;
                let mut expirations = [0; 8];
                // What an earlier setting left behind is no expiration of this one: then nothing can be read.
                match rustix::io::read(self.0.get_ref(), &mut expirations) {
                    Ok(_) => return Ok(()),
                    Err(rustix::io::Errno::AGAIN) => ready.clear_ready(),
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }
}
