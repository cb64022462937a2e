//! The seams of the store: what sessions do to the mail.

use std::sync::Arc;

use super::active::Faults;
use super::fault::Fault;
use crate::store::{Interceptor, Kept, Message, ModSequence, Stamped, Uid};

/// Changes which messages are removed of those present.
type Removal = fn(removed: &mut Vec<Uid>, present: &[Uid]);

/// What a fault has for each seam.
#[derive(Clone, Copy)]
pub(super) struct Hooks {
    copying: Option<fn(&mut Vec<Message>)>,
    expunging: Option<Removal>,
    updating: Option<Removal>,
    locking: Option<fn(locked: &mut bool)>,
    founding: Option<fn(uid_validity: &mut u32)>,
    numbering: Option<fn(next: &mut Uid, last: Uid)>,
    stamping: Option<fn(change: Stamped, mod_sequence: &mut ModSequence)>,
    storing: Option<fn(void: &mut bool)>,
    telling: Option<fn(recent: &mut bool, stays: &mut bool)>,
    restarting: Option<fn(&mut Kept)>,
}

impl Hooks {
    pub(super) const NONE: Self = Self {
        copying: None,
        expunging: None,
        updating: None,
        locking: None,
        founding: None,
        numbering: None,
        stamping: None,
        storing: None,
        telling: None,
        restarting: None,
    };

    /// Whether it does something to what IMAP sessions do.
    pub(super) fn shows_in_imap(&self) -> bool {
        self.copying.is_some()
            || self.expunging.is_some()
            || self.founding.is_some()
            || self.numbering.is_some()
            || self.stamping.is_some()
            || self.storing.is_some()
            || self.telling.is_some()
            || self.restarting.is_some()
    }

    /// Whether it does something to what POP3 sessions do.
    pub(super) fn shows_in_pop3(&self) -> bool {
        self.updating.is_some()
            || self.locking.is_some()
            || self.numbering.is_some()
            || self.restarting.is_some()
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

    /// A new mailbox is about to get its UIDVALIDITY.
    pub(super) const fn founding(mut self, hook: fn(&mut u32)) -> Self {
        self.store.founding = Some(hook);
        self
    }

    /// Messages are about to get the UIDs from the first on; the second is the highest in the mailbox.
    pub(super) const fn numbering(mut self, hook: fn(&mut Uid, Uid)) -> Self {
        self.store.numbering = Some(hook);
        self
    }

    /// A change is about to get its mod-sequence.
    pub(super) const fn stamping(mut self, hook: fn(Stamped, &mut ModSequence)) -> Self {
        self.store.stamping = Some(hook);
        self
    }

    /// A message is about to get flags, which it has already or not.
    pub(super) const fn storing(mut self, hook: fn(&mut bool)) -> Self {
        self.store.storing = Some(hook);
        self
    }

    /// A session is told of a message: whether it is recent, and whether it stays so.
    pub(super) const fn telling(mut self, hook: fn(&mut bool, &mut bool)) -> Self {
        self.store.telling = Some(hook);
        self
    }

    /// The server starts again with a mailbox.
    pub(super) const fn restarting(mut self, hook: fn(&mut Kept)) -> Self {
        self.store.restarting = Some(hook);
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

    fn founding(&self, uid_validity: &mut u32) {
        self.0.strike(|fault| fault.store.founding, |hook| hook(uid_validity));
    }

    fn numbering(&self, next: &mut Uid, last: Uid) {
        self.0.strike(|fault| fault.store.numbering, |hook| hook(next, last));
    }

    fn stamping(&self, change: Stamped, mod_sequence: &mut ModSequence) {
        self.0.strike(|fault| fault.store.stamping, |hook| hook(change, mod_sequence));
    }

    fn storing(&self, void: &mut bool) {
        self.0.strike(|fault| fault.store.storing, |hook| hook(void));
    }

    fn telling(&self, recent: &mut bool, stays: &mut bool) {
        self.0.strike(|fault| fault.store.telling, |hook| hook(recent, stays));
    }

    fn restarting(&self, kept: &mut Kept) {
        self.0.strike(|fault| fault.store.restarting, |hook| hook(kept));
    }
}
