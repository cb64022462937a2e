//! What a long session may forget, so that it weighs no more after a million commands than after ten.

use super::{Command, End, ExchangeId, Session};

/// Past commands that are remembered because what the server may send depends on them.
const REMEMBERED: usize = 48;

impl Session {
    /// Forgets the lines that have come and the exchanges that have ended, but for the last of each command, and of each command
    /// with an extension, on which later answers may depend. Does nothing while an exchange is open. The indices of lines begin anew.
    pub fn forget(&mut self) {
        if self.first_open < self.exchanges.len() {
            return;
        }
        self.heard |= !self.lines.is_empty();
        self.lines.clear();
        while let Some(new) = self.exchanges.get_mut(self.remembered) {
            new.lines_before = 0;
            new.end = new.end.map(|end| End { line: 0, ..end });
            let (past, new) = self.exchanges.split_at(self.remembered);
            match past.iter().position(|past| replaces(&new[0].command, &past.command)) {
                Some(at) => drop(self.exchanges.remove(at)),
                None if past.len() >= REMEMBERED => drop(self.exchanges.remove(0)),
                None => self.remembered += 1,
            }
        }
        self.first_open = self.exchanges.len();
    }

    /// Has any line arrived, one that is forgotten included?
    #[must_use]
    pub fn has_heard(&self) -> bool {
        self.heard || !self.lines.is_empty()
    }

    /// Where an exchange stands among those that are remembered.
    pub(super) fn index(&self, id: ExchangeId) -> usize {
        match self.exchanges.get(id.0) {
            Some(exchange) if exchange.id == id => id.0,
            _ => self.exchanges.partition_point(|exchange| exchange.id < id),
        }
    }
}

/// Does nothing depend on the old command any more once this one has come?
fn replaces(new: &Command, old: &Command) -> bool {
    new.name == old.name
        && (new.arguments == old.arguments || new.name != "ENABLE" && new.is_base() == old.is_base())
}

#[cfg(test)]
mod tests {
    use super::super::{Limits, Scribe, Time};
    use super::*;
    use crate::scenario::program::Protocol;

    #[test]
    fn a_long_session_remembers_what_counts() {
        let mut session =
            Session::new(Protocol::Imap, Limits::default(), false, Scribe::new("", Default::default()));
        session.receive(b"* OK hi\r\n", Time::ZERO, &mut ());
        for (index, command) in
            ["LOGIN a b", "ENABLE CONDSTORE", "SELECT INBOX", "FETCH 1 (MODSEQ)", "FETCH 1 FLAGS", "ENABLE X"]
                .into_iter()
                .chain((0..500).map(|_| "NOOP"))
                .enumerate()
        {
            let id = session.open(Command::of(command.as_bytes()), None, Time::ZERO, &mut ());
            session.forget();
            assert!(session.exchange(id).end.is_none(), "an open exchange is not forgotten");
            session.receive(format!("a{} OK done\r\n", index + 1).as_bytes(), Time::ZERO, &mut ());
            assert!(session.exchange(id).end.is_some());
            session.forget();
            assert!(session.open_exchanges().next().is_none() && session.lines().is_empty());
        }
        let names: Vec<String> = session
            .exchanges()
            .iter()
            .map(|exchange| {
                format!("{} {}", exchange.command.name, exchange.command.arguments.escape_ascii())
            })
            .collect();
        let expected = [
            "LOGIN a b",
            "ENABLE CONDSTORE",
            "SELECT INBOX",
            "FETCH 1 (MODSEQ)",
            "FETCH 1 FLAGS",
            "ENABLE X",
            "NOOP ",
        ];
        assert_eq!(names, expected);
        assert!(session.has_heard());
    }
}
