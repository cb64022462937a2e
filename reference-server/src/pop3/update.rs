//! The UPDATE state (RFC 1939 section 6).

use super::reply::{Code, Reply};
use super::transaction::Transaction;

impl Transaction {
    /// Removes the marked messages and unlocks the maildrop, all before the client reads that it is done.
    pub(super) fn update(self) -> Reply {
        let (maildrop, marked) = self.into_marked();
        match maildrop.update(&marked) {
            Ok(()) => Reply::done(format!("goodbye, {} messages removed", marked.len())),
            Err(error) => {
                Reply::Refused(Some(Code::SysTemp), format!("some messages not removed: {error}").into())
            }
        }
    }
}
