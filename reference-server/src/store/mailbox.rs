//! A mailbox: a value, with the trackers of the sessions that have it selected.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::Notify;

use super::account::Status;
use super::error::StoreError;
use super::flags::{Flag, Flags, Keyword};
use super::message::{Message, Uid};
use super::selected::Access;
use super::tracker::{Expunges, Tracker, Update, count};

/// A message and whether no read-write session has been told of it yet.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) message: Message,
    pub(super) recent: bool,
}

/// Which messages were copied and what the copies are called (RFC 4315 section 3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// UIDVALIDITY of the target.
    pub uid_validity: u32,
    /// UIDs of the originals, in the order copied.
    pub originals: Vec<Uid>,
    /// UIDs of the copies, in the same order.
    pub copies: Vec<Uid>,
}

/// Names a tracker within its mailbox.
pub(super) type TrackerId = u64;

/// Messages under one UIDVALIDITY.
#[derive(Debug)]
pub(super) struct Mailbox {
    uid_validity: u32,
    uid_next: Uid,
    messages: BTreeMap<Uid, Stored>,
    /// All keywords ever used here.
    keywords: BTreeSet<Keyword>,
    trackers: BTreeMap<TrackerId, Tracker>,
    next_tracker: TrackerId,
    /// Whether it has lost its name to DELETE.
    deleted: bool,
}

impl Mailbox {
    pub(super) fn new(uid_validity: u32) -> Self {
        Self {
            uid_validity,
            uid_next: 1,
            messages: BTreeMap::new(),
            keywords: BTreeSet::new(),
            trackers: BTreeMap::new(),
            next_tracker: 0,
            deleted: false,
        }
    }

    pub(super) fn uid_validity(&self) -> u32 {
        self.uid_validity
    }

    pub(super) fn set_uid_validity(&mut self, uid_validity: u32) {
        self.uid_validity = uid_validity;
    }

    pub(super) fn mark_deleted(&mut self) {
        self.deleted = true;
    }

    pub(super) fn is_deleted(&self) -> bool {
        self.deleted
    }

    pub(super) fn uid_next(&self) -> Uid {
        self.uid_next
    }

    pub(super) fn keywords(&self) -> &BTreeSet<Keyword> {
        &self.keywords
    }

    pub(super) fn messages(&self) -> &BTreeMap<Uid, Stored> {
        &self.messages
    }

    pub(super) fn message(&self, uid: Uid) -> Option<&Message> {
        self.messages.get(&uid).map(|stored| &stored.message)
    }

    pub(super) fn status(&self) -> Status {
        let unseen = self.messages.values().filter(|stored| !stored.message.flags.has(Flag::Seen));
        Status {
            messages: count(self.messages.len()),
            recent: count(self.messages.values().filter(|stored| stored.recent).count()),
            uid_next: self.uid_next,
            uid_validity: self.uid_validity,
            unseen: count(unseen.count()),
            size: self.messages.values().map(|stored| u64::from(stored.message.size())).sum(),
        }
    }

    /// Adds messages at the end, all or none, and returns their UIDs.
    pub(super) fn add(&mut self, messages: Vec<Message>) -> Result<Vec<Uid>, StoreError> {
        let last = self.uid_next.checked_add(count(messages.len())).ok_or(StoreError::OutOfUids)?;
        let uids = (self.uid_next..last).collect();
        for (uid, mut message) in (self.uid_next..).zip(messages) {
            message.flags = self.respelled(&message.flags);
            self.messages.insert(uid, Stored { message, recent: true });
        }
        self.uid_next = last;
        self.trackers.values().for_each(Tracker::wake);
        Ok(uids)
    }

    /// Removes the given messages, as far as they exist.
    pub(super) fn remove(&mut self, uids: impl IntoIterator<Item = Uid>) {
        for uid in uids {
            if let Some(stored) = self.messages.remove(&uid) {
                for tracker in self.trackers.values_mut() {
                    tracker.note_expunge(uid, &stored.message);
                    tracker.wake();
                }
            }
        }
    }

    /// Takes all messages out, for a RENAME of INBOX.
    pub(super) fn take_all(&mut self) -> Vec<Message> {
        let all = self.messages.values().map(|stored| stored.message.clone()).collect();
        let uids: Vec<Uid> = self.messages.keys().copied().collect();
        self.remove(uids);
        all
    }

    /// The UIDs of the messages marked `\Deleted`.
    pub(super) fn deleted(&self) -> Vec<Uid> {
        let deleted = self.messages.iter().filter(|(_, stored)| stored.message.flags.has(Flag::Deleted));
        deleted.map(|(uid, _)| *uid).collect()
    }

    /// Gives a message new flags. Every session but `by` is told if that changed anything; returns whether it did.
    pub(super) fn set_flags(&mut self, uid: Uid, flags: &Flags, by: TrackerId) -> bool {
        let flags = self.respelled(flags);
        let Some(stored) = self.messages.get_mut(&uid) else { return false };
        if stored.message.flags == flags {
            return false;
        }
        stored.message.flags = flags;
        for (_, tracker) in self.trackers.iter_mut().filter(|(id, _)| **id != by) {
            tracker.note_flags(uid);
            tracker.wake();
        }
        true
    }

    /// Begins to track for a session, whose view is empty until its first update.
    pub(super) fn track(&mut self, access: Access, wake: Arc<Notify>) -> TrackerId {
        let id = self.next_tracker;
        self.next_tracker += 1;
        self.trackers.insert(id, Tracker::new(access, wake));
        id
    }

    pub(super) fn untrack(&mut self, id: TrackerId) {
        self.trackers.remove(&id);
    }

    pub(super) fn is_tracked(&self) -> bool {
        !self.trackers.is_empty()
    }

    pub(super) fn tracker(&self, id: TrackerId) -> Option<&Tracker> {
        self.trackers.get(&id)
    }

    pub(super) fn tracker_mut(&mut self, id: TrackerId) -> Option<&mut Tracker> {
        self.trackers.get_mut(&id)
    }

    pub(super) fn updates(&mut self, id: TrackerId, expunges: Expunges) -> Vec<Update> {
        let Some(tracker) = self.trackers.get_mut(&id) else { return Vec::new() };
        tracker.update(expunges, &mut self.messages, &self.keywords, self.uid_next)
    }

    /// The same flags, each keyword spelled as it was when first used in this mailbox.
    fn respelled(&mut self, flags: &Flags) -> Flags {
        let mut spelled: Flags = flags.system().collect();
        for keyword in flags.keywords() {
            match self.keywords.get(keyword) {
                Some(known) => spelled.set_keyword(known.clone()),
                None => {
                    self.keywords.insert(keyword.clone());
                    spelled.set_keyword(keyword.clone());
                }
            }
        }
        spelled
    }
}
