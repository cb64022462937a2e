//! How far a session's lines have been read by the patterns of a talk.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    net::Link,
    scenario::program::{Expect, GivenState, Place},
    session::{ExchangeId, Session},
};

/// A session's window and what has been taken out of it. A clone is a moment to return to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reading<'p> {
    /// The first line of the window.
    pub window: usize,
    /// Lines before this one stand above a barrier that has been passed.
    pub floor: usize,
    /// Lines that have satisfied a pattern.
    pub(crate) used: BTreeSet<usize>,
    /// The answer to the last send is not complete: patterns wait.
    pub awaits: bool,
    /// `-- wait` stands between the last send and the patterns.
    pub waited: bool,
    /// A line says that the server may close while exchanges are open.
    pub may_close: bool,
    /// Exchanges in the order of sending, with the lines that sent them.
    pub sent: Vec<(ExchangeId, Place)>,
    /// Exchanges whose end a pattern asked for.
    pub claimed: BTreeSet<ExchangeId>,
    /// POP3: the reply that patterns of body lines speak of.
    pub reply: Option<usize>,
    /// What must not come before the open exchanges end.
    pub bans: Vec<Ban<'p>>,
}

/// A forbidden line.
#[derive(Debug, Clone)]
pub(crate) struct Ban<'p> {
    /// The expectation.
    pub expect: &'p Expect,
    /// Where it is written.
    pub place: Place,
    /// Owns the claim.
    pub clause: Arc<str>,
    /// The first line that it covers.
    pub from: usize,
}

impl Reading<'_> {
    /// The reading of a session that has just been brought to `state`. Where that is but connected, the greeting is a line to be
    /// matched, and may still be on its way.
    pub(super) fn after(link: &Link, state: GivenState) -> Self {
        let connected = state == GivenState::Connected;
        let behind = if connected { 0 } else { link.session().lines().len() };
        Self { window: behind, floor: behind, awaits: connected, ..Self::default() }
    }

    /// The first command of a POP3 session: the window is its reply, and the greeting is none.
    pub(super) fn pass_greeting(&mut self, session: &Session) {
        if self.sent.is_empty() {
            self.window = session.lines().len();
            self.floor = self.window;
        }
    }

    /// A new exchange begins: its window reaches back to the end of the last exchange, unless others are still open.
    pub(crate) fn begin(&mut self, session: &Session, exchange: ExchangeId, place: Place, awaits: bool) {
        let others_open = session.open_exchanges().any(|open| open != exchange);
        if !others_open {
            self.reopen(session);
        }
        self.awaits = awaits;
        self.waited = false;
        self.sent.push((exchange, place));
    }

    /// Moves the window to behind the end of the last exchange.
    pub(super) fn reopen(&mut self, session: &Session) {
        let ended = self.sent.iter().filter_map(|(id, _)| session.exchange(*id).end);
        let behind = ended.map(|end| end.line + 1).max().unwrap_or(0).max(self.window);
        self.window = behind;
        self.floor = self.floor.max(behind);
        self.used = self.used.split_off(&behind);
        self.reply = None;
    }

    /// The line that sent an exchange.
    #[must_use]
    pub(crate) fn place_of(&self, exchange: ExchangeId) -> Option<Place> {
        self.sent.iter().find(|(id, _)| *id == exchange).map(|(_, place)| *place)
    }

    /// Were raw octets sent that may still bring something?
    #[must_use]
    pub(crate) fn waits_for_raw(&self, session: &Session) -> bool {
        self.awaits && session.open_exchanges().next().is_none()
    }

    /// The exchange that was sent last.
    #[must_use]
    pub(crate) fn last(&self) -> Option<ExchangeId> {
        self.sent.last().map(|(id, _)| *id)
    }

    /// The exchange that a tagged pattern speaks of: the one with its label; else the last one of `C:`, or the oldest whose end
    /// no pattern has asked for.
    #[must_use]
    pub(crate) fn meant(&self, session: &Session, label: Option<&str>) -> Option<ExchangeId> {
        if let Some(label) = label {
            return self
                .sent
                .iter()
                .rev()
                .map(|(id, _)| *id)
                .find(|id| session.exchange(*id).label.as_deref() == Some(label));
        }
        if !self.awaits {
            return self.last();
        }
        self.sent.iter().map(|(id, _)| *id).find(|id| {
            let in_window = session.exchange(*id).end.is_none_or(|end| end.line >= self.window);
            in_window && !self.claimed.contains(id)
        })
    }
}
