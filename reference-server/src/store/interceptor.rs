//! A seam between what sessions ask of the store and what it does.

use std::fmt::Debug;

use super::message::{Message, Uid};

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
}
