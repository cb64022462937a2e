//! EXPUNGE, CLOSE (RFC 3501 sections 6.4.2 and 6.4.3) and UID EXPUNGE (RFC 4315 section 2.1).

use super::command::SequenceSet;
use super::session::{Completion, Session};
use crate::net::Transport;

impl<T: Transport> Session<'_, T> {
    /// The EXPUNGE responses are the updates that follow.
    pub(super) fn expunge(&mut self, uids: Option<SequenceSet>) -> Completion {
        let Some(selected) = &mut self.selected else { return Completion::bad("no mailbox is selected") };
        let result = match uids {
            None => selected.expunge(None),
            Some(SequenceSet::Saved) => {
                let saved = &self.saved;
                let named = |uid| saved.binary_search(&uid).is_ok();
                selected.expunge(Some(&named))
            }
            Some(SequenceSet::Listed(set)) => {
                let ranges = set.ranges(selected.last_uid().unwrap_or(0));
                let named = |uid| ranges.contains(uid);
                selected.expunge(Some(&named))
            }
        };
        result.map_or_else(Completion::from, |()| Completion::ok("EXPUNGE completed"))
    }

    /// Nobody here is told of the removals, and a mailbox open read-only loses nothing.
    pub(super) fn close(&mut self) -> Completion {
        if let Some(mut selected) = self.selected.take() {
            // The only refusal is that of a read-only mailbox, which CLOSE leaves as it is.
            let _ = selected.expunge(None);
        }
        Completion::ok("CLOSE completed")
    }
}
