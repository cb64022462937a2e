//! The seams of the store: what sessions do to the mail.

use std::sync::Arc;

use super::active::Faults;
use super::fault::Fault;
use crate::store::{Interceptor, Message, Uid};

/// Changes which messages are removed of those present.
type Removal = fn(removed: &mut Vec<Uid>, present: &[Uid]);

/// What a fault has for each seam.
#[derive(Clone, Copy)]
pub(super) struct Hooks {
    copying: Option<fn(&mut Vec<Message>)>,
    expunging: Option<Removal>,
    updating: Option<Removal>,
    locking: Option<fn(locked: &mut bool)>,
}

impl Hooks {
    pub(super) const NONE: Self = Self { copying: None, expunging: None, updating: None, locking: None };

    /// Whether it does something to what IMAP sessions do.
    pub(super) fn shows_in_imap(&self) -> bool {
        self.copying.is_some() || self.expunging.is_some()
    }

    /// Whether it does something to what POP3 sessions do.
    pub(super) fn shows_in_pop3(&self) -> bool {
        self.updating.is_some() || self.locking.is_some()
    }
}

/// To be chained in the tables.
impl Fault {
    /// Messages are about to be added by COPY or MOVE.
    pub(super) const fn copying(mut self, hook: fn(&mut Vec<Message>)) -> Self {
        self.store.copying = Some(hook);
        self
    }

    /// An EXPUNGE or CLOSE is about to remove messages.
    pub(super) const fn expunging(mut self, hook: Removal) -> Self {
        self.store.expunging = Some(hook);
        self
    }

    /// The UPDATE state of POP3 is about to remove messages.
    pub(super) const fn updating(mut self, hook: Removal) -> Self {
        self.store.updating = Some(hook);
        self
    }

    /// A session wants the lock of the maildrop, which another has or not.
    pub(super) const fn locking(mut self, hook: fn(&mut bool)) -> Self {
        self.store.locking = Some(hook);
        self
    }
}

/// The faults of a store.
#[derive(Debug)]
struct Seams(Faults);

/// What stands between sessions and the store.
pub(crate) fn interceptor(faults: Faults) -> Arc<dyn Interceptor> {
    Arc::new(Seams(faults))
}

impl Interceptor for Seams {
    fn copying(&self, messages: &mut Vec<Message>) {
        self.0.strike(|fault| fault.store.copying, |hook| hook(messages));
    }

    fn expunging(&self, deleted: &mut Vec<Uid>, present: &[Uid]) {
        self.0.strike(|fault| fault.store.expunging, |hook| hook(deleted, present));
    }

    fn updating(&self, marked: &mut Vec<Uid>, present: &[Uid]) {
        self.0.strike(|fault| fault.store.updating, |hook| hook(marked, present));
    }

    fn locking(&self, locked: &mut bool) {
        self.0.strike(|fault| fault.store.locking, |hook| hook(locked));
    }
}
