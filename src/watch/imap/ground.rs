//! Whether what a session knows of its mailbox or maildrop can be relied upon.

use super::vanished::Vanished;
use crate::{
    imap::Kind,
    session::{EndStatus, ExchangeId, Line, Session, State},
    watch::rule::Seen,
};

/// Whether message sequence numbers and UIDs can be judged now.
///
/// Several open commands may be answered in any order unless one affects another (RFC 3501 section 5.5). A SELECT that is sent while other
/// commands are open therefore leaves a doubt about which mailbox a line means; so does VANISHED where
/// UIDs are not known, and a count that the server itself has broken. The doubt lasts until the next mailbox is selected; in POP3, where replies
/// bear no tags, for ever.
#[derive(Debug, Default)]
pub(in crate::watch) struct Ground {
    /// The mailbox can be judged by the line that has arrived.
    pub(in crate::watch) firm: bool,
    /// The client has provoked the end of the connection.
    pub(in crate::watch) end_expected: bool,
    doubtful: bool,
}

impl Ground {
    /// A line and the session around it, as rules see them.
    pub(in crate::watch) fn seen<'a>(&self, session: &'a Session, line: &'a Line) -> Seen<'a> {
        Seen { session, line, firm: self.firm, sure: !self.doubtful }
    }

    pub(in crate::watch) fn opened(&mut self, session: &Session, exchange: ExchangeId) {
        let name = session.exchange(exchange).command.name.as_str();
        if !turns(name) {
            return;
        }
        if session.open_exchanges().next() != Some(exchange) {
            self.doubtful = true;
        } else if matches!(name, "SELECT" | "EXAMINE") {
            self.doubtful = false;
        }
    }

    pub(in crate::watch) fn arrived(&mut self, before: &Session, line: &Line) {
        // POP3: a reply that no command has asked for may have taken the place of one that follows.
        self.doubtful |=
            line.pop3().is_some() && before.is_greeted() && before.open_exchanges().next().is_none();
        self.firm = !self.doubtful
            && before.state() == State::Selected
            && before.mailbox().is_some()
            && !before.open_exchanges().any(|open| turns(&before.exchange(open).command.name));
    }

    /// The rules have spoken: a count that is broken now would break everything behind it.
    pub(in crate::watch) fn judged(&mut self, before: &Session, line: &Line) {
        if let Some(Vanished::Now(uids)) = Vanished::of(line) {
            // Which messages went is clear only where the session knows all UIDs.
            self.doubtful |= before.mailbox().is_none_or(|mailbox| mailbox.holds_uids(uids) != Some(true));
        }
        let (Some(response), Some(mailbox)) = (line.imap(), before.mailbox()) else { return };
        let exists = mailbox.exists.unwrap_or(0);
        self.doubtful |= self.firm
            && match response.kind {
                Kind::Exists(count) => count < exists,
                Kind::Expunge(number) => number == 0 || number > exists,
                _ => false,
            };
    }

    pub(in crate::watch) fn applied(&mut self, after: &Session, ended: Option<ExchangeId>) {
        let Some(exchange) = ended.map(|ended| after.exchange(ended)) else { return };
        let failed = exchange.end.is_some_and(|end| end.status == EndStatus::Bad);
        // What came meanwhile may have been about either mailbox.
        self.doubtful |= failed && turns(&exchange.command.name);
    }
}

/// Does this command change which mailbox is selected?
pub(in crate::watch) fn turns(name: &str) -> bool {
    matches!(name, "SELECT" | "EXAMINE" | "CLOSE" | "UNSELECT" | "LOGOUT" | "UNAUTHENTICATE")
}
