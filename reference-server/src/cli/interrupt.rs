//! Being asked to end: Ctrl-C, and where there is one, the signal that ends a process in good order.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{CtrlC, ctrl_c};

/// Requests to end, from the moment that this is made. As long as there is one, a request does not kill the process.
#[cfg(unix)]
pub(super) struct Interrupts {
    interrupt: Signal,
    terminate: Signal,
}

#[cfg(unix)]
impl Interrupts {
    /// # Errors
    /// If the system does not let the process handle its signals.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for a request that has not been waited for.
    pub(super) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Requests to end, from the moment that this is made. As long as there is one, a request does not kill the process.
#[cfg(windows)]
pub(super) struct Interrupts(CtrlC);

#[cfg(windows)]
impl Interrupts {
    /// # Errors
    /// If the system does not let the process handle Ctrl-C.
    pub(super) fn listen() -> io::Result<Self> {
        ctrl_c().map(Self)
    }

    /// Waits for a request that has not been waited for.
    pub(super) async fn next(&mut self) {
        self.0.recv().await;
    }
}
