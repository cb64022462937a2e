//! A mailbox: a value, with the trackers of the sessions that have it selected.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::Notify;

use super::account::{MailboxId, Status};
use super::change::Change;
use super::database::SavedMailbox;
use super::error::StoreError;
use super::expunged::Expunged;
use super::flags::{Flag, FlagChange, Flags, Keyword};
use super::interceptor::{Interceptor, Kept, Stamped};
use super::journal::Ledger;
use super::message::{Message, ModSequence, Uid};
use super::selected::Access;
use super::tracker::{Expunges, Tracker, Update, count};
use super::uid_ranges::UidRanges;

/// A message and what its mailbox knows of it.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) message: Message,
    /// Whether no read-write session has been told of it yet.
    pub(super) recent: bool,
    /// When it was added or its flags changed last (RFC 7162 section 3.1).
    pub(super) mod_sequence: ModSequence,
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

/// What came of a change of flags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlagsStored {
    /// UIDs of the messages that no longer exist.
    pub gone: Vec<Uid>,
    /// UIDs of the messages that were left alone because they changed after the given mod-sequence.
    pub modified: Vec<Uid>,
}

/// Names a tracker within its mailbox.
pub(super) type TrackerId = u64;

/// Messages under one UIDVALIDITY.
#[derive(Debug)]
pub(super) struct Mailbox {
    id: MailboxId,
    /// Where its changes are noted; an empty one once it is deleted.
    ledger: Ledger,
    interceptor: Option<Arc<dyn Interceptor>>,
    uid_validity: u32,
    uid_next: Uid,
    messages: BTreeMap<Uid, Stored>,
    /// That of the last change, whatever it was: each change makes one for itself.
    highest_mod_sequence: ModSequence,
    expunged: Expunged,
    /// A read-write session has been told of all messages below this UID.
    told: Uid,
    /// All keywords ever used here.
    keywords: BTreeSet<Keyword>,
    trackers: BTreeMap<TrackerId, Tracker>,
    next_tracker: TrackerId,
    /// Whether it has lost its name to DELETE.
    deleted: bool,
}

impl Mailbox {
    /// An empty mailbox.
    pub(super) fn new(id: MailboxId, uid_validity: u32, ledger: Ledger) -> Self {
        let saved = SavedMailbox {
            uid_validity,
            uid_next: 1,
            highest_mod_sequence: 1,
            told: 1,
            ..SavedMailbox::default()
        };
        let mailbox = Self::restored(id, saved, ledger);
        mailbox.note_row();
        mailbox
    }

    /// A mailbox as it was saved.
    pub(super) fn restored(id: MailboxId, saved: SavedMailbox, ledger: Ledger) -> Self {
        let SavedMailbox {
            uid_validity,
            uid_next,
            highest_mod_sequence,
            told,
            keywords,
            messages,
            expunged,
            forgotten,
        } = saved;
        let stored = messages.into_iter().map(|(uid, (message, mod_sequence))| {
            (uid, Stored { message, recent: uid >= told, mod_sequence })
        });
        Self {
            id,
            ledger,
            interceptor: None,
            uid_validity,
            uid_next,
            messages: stored.collect(),
            highest_mod_sequence,
            expunged: Expunged::restored(expunged, forgotten),
            told,
            keywords,
            trackers: BTreeMap::new(),
            next_tracker: 0,
            deleted: false,
        }
    }

    /// From now on someone is asked, or nobody.
    pub(super) fn intercept(&mut self, interceptor: Option<Arc<dyn Interceptor>>) {
        self.interceptor = interceptor;
    }

    /// The server starts again; it is asked what has been kept.
    pub(super) fn restart(&mut self, interceptor: &dyn Interceptor) {
        let uids = self.messages.keys().map(|&uid| (uid, uid)).collect();
        let mut kept = Kept { uid_validity: self.uid_validity, uid_next: self.uid_next, uids };
        interceptor.restarting(&mut kept);
        self.uid_validity = kept.uid_validity;
        self.uid_next = kept.uid_next;
        let mut messages = std::mem::take(&mut self.messages);
        let again = kept.uids.into_iter().filter_map(|(uid, new)| Some((new, messages.remove(&uid)?)));
        self.messages = again.collect();
    }

    pub(super) fn uid_validity(&self) -> u32 {
        self.uid_validity
    }

    pub(super) fn set_uid_validity(&mut self, uid_validity: u32) {
        self.uid_validity = uid_validity;
        self.note_row();
    }

    /// What happens to it from now on concerns only the sessions that have it selected.
    pub(super) fn mark_deleted(&mut self) {
        self.deleted = true;
        self.ledger.note(|| Change::MailboxGone { mailbox: self.id });
        self.ledger = Ledger::default();
    }

    pub(super) fn is_deleted(&self) -> bool {
        self.deleted
    }

    pub(super) fn uid_next(&self) -> Uid {
        self.uid_next
    }

    pub(super) fn highest_mod_sequence(&self) -> ModSequence {
        self.highest_mod_sequence
    }

    pub(super) fn expunged(&self) -> &Expunged {
        &self.expunged
    }

    pub(super) fn keywords(&self) -> &BTreeSet<Keyword> {
        &self.keywords
    }

    pub(super) fn messages(&self) -> &BTreeMap<Uid, Stored> {
        &self.messages
    }

    pub(super) fn message(&self, uid: Uid) -> Option<&Message> {
        self.stored(uid).map(|stored| &stored.message)
    }

    pub(super) fn stored(&self, uid: Uid) -> Option<&Stored> {
        self.messages.get(&uid)
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
            highest_mod_sequence: self.highest_mod_sequence,
        }
    }

    /// Adds messages at the end, all or none, and returns their UIDs.
    pub(super) fn add(&mut self, messages: Vec<Message>) -> Result<Vec<Uid>, StoreError> {
        let next = self.next_uid();
        let last = next.checked_add(count(messages.len())).ok_or(StoreError::OutOfUids)?;
        let uids: Vec<Uid> = (next..last).collect();
        let mod_sequence = self.next_mod_sequence(Stamped::Added);
        for (uid, mut message) in (next..).zip(messages) {
            message.flags = self.respelled(&message.flags);
            self.ledger.note(|| Change::Message {
                mailbox: self.id,
                uid,
                message: message.clone(),
                mod_sequence,
            });
            self.messages.insert(uid, Stored { message, recent: true, mod_sequence });
        }
        if !uids.is_empty() {
            self.highest_mod_sequence = mod_sequence;
            self.uid_next = last;
            self.note_row();
        }
        self.trackers.values().for_each(Tracker::wake);
        Ok(uids)
    }

    /// Removes the given messages, as far as they exist.
    pub(super) fn remove(&mut self, uids: impl IntoIterator<Item = Uid>) {
        let mod_sequence = self.next_mod_sequence(Stamped::Removed);
        let mut removed = Vec::new();
        for uid in uids {
            if let Some(stored) = self.messages.remove(&uid) {
                for tracker in self.trackers.values_mut() {
                    tracker.note_expunge(uid, &stored, mod_sequence);
                    tracker.wake();
                }
                removed.push(uid);
            }
        }
        if !removed.is_empty() {
            removed.sort_unstable();
            self.highest_mod_sequence = mod_sequence;
            let ranges = UidRanges::of(removed);
            for (first, last) in ranges.iter() {
                self.ledger.note(|| Change::Expunged { mailbox: self.id, mod_sequence, first, last });
            }
            let forgotten = self.expunged.forgotten();
            self.expunged.note(mod_sequence, &ranges);
            if self.expunged.forgotten() > forgotten {
                let up_to = self.expunged.forgotten();
                self.ledger.note(|| Change::ExpungesForgotten { mailbox: self.id, up_to });
            }
            self.note_row();
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

    /// Changes the flags of messages, all under one new mod-sequence. A message that changed after `unchanged_since` is
    /// left alone; one whose flags are so already keeps its mod-sequence. Every session but `by` is told of changes.
    pub(super) fn change_flags(
        &mut self,
        uids: &[Uid],
        change: FlagChange,
        operand: &Flags,
        unchanged_since: Option<ModSequence>,
        by: TrackerId,
    ) -> FlagsStored {
        let mod_sequence = self.next_mod_sequence(Stamped::Changed);
        let mut result = FlagsStored::default();
        for &uid in uids {
            match self.messages.get(&uid) {
                None => result.gone.push(uid),
                // A message that is named twice does not fail for the sake of its first change.
                Some(stored)
                    if unchanged_since.is_some_and(|since| {
                        stored.mod_sequence > since && stored.mod_sequence < mod_sequence
                    }) =>
                {
                    result.modified.push(uid);
                }
                Some(stored) => {
                    let flags = stored.message.flags.changed(change, operand);
                    if self.set_flags(uid, &flags, mod_sequence, by) {
                        self.highest_mod_sequence = mod_sequence;
                    }
                }
            }
        }
        if self.highest_mod_sequence == mod_sequence {
            self.note_row();
        }
        result
    }

    /// Gives a message new flags; returns whether that changed anything.
    fn set_flags(&mut self, uid: Uid, flags: &Flags, mod_sequence: ModSequence, by: TrackerId) -> bool {
        let flags = self.respelled(flags);
        let Some(stored) = self.messages.get_mut(&uid) else { return false };
        let mut void = stored.message.flags == flags;
        if let Some(interceptor) = &self.interceptor {
            interceptor.storing(&mut void);
        }
        if void {
            return false;
        }
        self.ledger.note(|| Change::Flags { mailbox: self.id, uid, flags: flags.clone(), mod_sequence });
        stored.message.flags = flags;
        stored.mod_sequence = mod_sequence;
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
        let interceptor = self.interceptor.as_deref();
        let updates =
            tracker.update(expunges, &mut self.messages, &self.keywords, self.uid_next, interceptor);
        tracker.told_up_to(self.highest_mod_sequence);
        if tracker.access() == Access::ReadWrite && self.told < self.uid_next {
            self.told = self.uid_next;
            self.ledger.note(|| Change::Told { mailbox: self.id, below: self.told });
        }
        updates
    }

    /// The UID of the next message.
    fn next_uid(&self) -> Uid {
        let mut next = self.uid_next;
        if let Some(interceptor) = &self.interceptor {
            interceptor.numbering(&mut next, self.messages.last_key_value().map_or(0, |(uid, _)| *uid));
        }
        next
    }

    /// The mod-sequence of the next change.
    fn next_mod_sequence(&self, change: Stamped) -> ModSequence {
        let mut next = self.highest_mod_sequence + 1;
        if let Some(interceptor) = &self.interceptor {
            interceptor.stamping(change, &mut next);
        }
        next
    }

    /// The same flags, each keyword spelled as it was when first used in this mailbox.
    fn respelled(&mut self, flags: &Flags) -> Flags {
        let mut spelled: Flags = flags.system().collect();
        for keyword in flags.keywords() {
            match self.keywords.get(keyword) {
                Some(known) => spelled.set_keyword(known.clone()),
                None => {
                    self.ledger.note(|| Change::Keyword { mailbox: self.id, keyword: keyword.clone() });
                    self.keywords.insert(keyword.clone());
                    spelled.set_keyword(keyword.clone());
                }
            }
        }
        spelled
    }

    fn note_row(&self) {
        self.ledger.note(|| Change::Mailbox {
            mailbox: self.id,
            uid_validity: self.uid_validity,
            uid_next: self.uid_next,
            highest_mod_sequence: self.highest_mod_sequence,
        });
    }
}
