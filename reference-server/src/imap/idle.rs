//! IDLE (RFC 2177).

use tokio::time::{Instant, sleep_until};

use super::command::Numbering;
use super::response::Response;
use super::session::{Completion, End, Session, Step};
use super::wire::Line;
use crate::net::Transport;
use crate::store::{Expunges, Selected};

impl<T: Transport> Session<'_, T> {
    /// Announces what happens until the client says DONE. IDLE is a command in progress: numbers may change.
    pub(super) async fn idle(&mut self) -> Step<Completion> {
        self.send(Response::Continue("idling".to_owned())).await?;
        let deadline = Instant::now() + self.connection.shared.config.timeouts.imap;
        let wake = self.selected.as_ref().map(Selected::wake);
        let line = loop {
            self.announce(Expunges::Allowed, Numbering::Sequence).await?;
            self.flush().await?;
            let woken = async {
                match &wake {
                    Some(wake) => wake.notified().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                line = self.wire.line() => break line?.ok_or(End::Closed)?,
                () = woken => {}
                () = self.connection.server_closing() => {
                    return self.take_leave("the server is shutting down").await;
                }
                () = sleep_until(deadline) => return self.take_leave("autologout: idle for too long").await,
            }
        };
        let line = match (&self.seams, line) {
            (Some(seams), Line::Complete(mut line)) => {
                seams.idle_line(&mut line);
                Line::Complete(line)
            }
            (_, line) => line,
        };
        Ok(match line {
            Line::Complete(line) if line.eq_ignore_ascii_case(b"DONE") => Completion::ok("IDLE completed"),
            _ => Completion::bad("IDLE ends with DONE"),
        })
    }
}
