//! A seam between what sessions ask of the store and what it does.

use std::fmt::Debug;

use super::message::{Message, ModSequence, Uid};

/// What gets a mod-sequence of its own (RFC 7162 section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamped {
    /// Messages that are added.
    Added,
    /// Messages whose flags change.
    Changed,
    /// The removal of messages.
    Removed,
}

/// What is kept of a mailbox while the server is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its UIDVALIDITY.
    pub uid_validity: u32,
    /// The next UID.
    pub uid_next: Uid,
    /// The messages: the UID of each, and the one that it comes back under.
    pub uids: Vec<(Uid, Uid)>,
}

/// Is asked before the store does what it was told to, and may change that. A store has none unless it is to misbehave.
pub trait Interceptor: Debug + Send + Sync {
    /// COPY or MOVE is about to add these messages.
    fn copying(&self, _messages: &mut Vec<Message>) {}
    /// EXPUNGE or CLOSE is about to remove messages of those present.
    fn expunging(&self, _deleted: &mut Vec<Uid>, _present: &[Uid]) {}
    /// The UPDATE state of POP3 is about to remove messages of those present.
    fn updating(&self, _marked: &mut Vec<Uid>, _present: &[Uid]) {}
    /// A POP3 session wants the lock of the maildrop; whether another has it.
    fn locking(&self, _locked: &mut bool) {}
    /// A new mailbox is about to get its UIDVALIDITY.
    fn founding(&self, _uid_validity: &mut u32) {}
    /// Messages are about to be added under the UIDs from `next` on, behind one that has `last`; 0 if there is none.
    fn numbering(&self, _next: &mut Uid, _last: Uid) {}
    /// A change is about to get its mod-sequence, the one behind the highest so far.
    fn stamping(&self, _change: Stamped, _mod_sequence: &mut ModSequence) {}
    /// Flags are stored; whether the message has them already.
    fn storing(&self, _void: &mut bool) {}
    /// A session is told of a message; whether it was `\Recent`, and whether it stays so for the next session.
    fn telling(&self, _recent: &mut bool, _stays: &mut bool) {}
    /// The server starts again with a mailbox as it is kept.
    fn restarting(&self, _kept: &mut Kept) {}
}
