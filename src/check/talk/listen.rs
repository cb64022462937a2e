//! Waits for what a session is still to be told.

use std::time::Duration;

use tokio::time::Instant;

use super::Talk;
use crate::net::Heard;

/// How much longer something is waited for.
pub(super) struct Patience {
    until: Instant,
    /// How long it was from the beginning.
    whole: Duration,
    lost: bool,
}

impl Patience {
    fn of(whole: Duration) -> Self {
        Self { until: Instant::now() + whole, whole, lost: false }
    }

    /// May more be waited for?
    pub(super) fn is_left(&self) -> bool {
        !self.lost
    }
}

impl Talk<'_, '_> {
    /// Patience with what a session waits for: servers take their time over logins.
    pub(super) fn patience(&self, seat: usize) -> Patience {
        let session = self.seats[seat].link.session();
        let command = session.oldest_open().map(|id| session.exchange(id).command.name.as_str());
        Patience::of(self.bench.patience(command.unwrap_or_default()))
    }

    /// Sends what is queued and waits for a line to come: parts of one change nothing.
    pub(super) async fn listen(&mut self, seat: usize, patience: &mut Patience) {
        let link = &mut self.seats[seat].link;
        let known = link.session().lines().len();
        if link.has_queued() {
            link.flush(patience.until).await;
            // The server's time begins when it has been told everything.
            patience.until = Instant::now() + patience.whole;
        }
        while link.session().lines().len() == known && !patience.lost {
            let heard = link.hear(patience.until).await;
            // A stream without end is not listened to without end.
            patience.lost = heard == Heard::Silence || Instant::now() >= patience.until + patience.whole;
            if heard == Heard::End {
                return;
            }
        }
    }
}
