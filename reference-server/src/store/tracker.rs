//! What one session knows of its selected mailbox, and what it has yet to be told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::Notify;

use super::flags::{Flags, Keyword};
use super::interceptor::Interceptor;
use super::mailbox::Stored;
use super::message::{ModSequence, Uid};
use super::selected::Access;

/// Something that changed in the selected mailbox, to be announced as an untagged response (RFC 3501 section 7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    /// A message is gone; later ones have moved down by one.
    Expunge {
        /// Its message sequence number.
        number: u32,
        /// Its unique identifier.
        uid: Uid,
    },
    /// These keywords are in use now, beside the system flags.
    Flags(Vec<Keyword>),
    /// The mailbox holds this many messages now.
    Exists(u32),
    /// This many of them are `\Recent`.
    Recent(u32),
    /// The flags of a message changed.
    Fetch {
        /// Its message sequence number.
        number: u32,
        /// Its unique identifier.
        uid: Uid,
        /// All its permanent flags.
        flags: Flags,
        /// Whether it is `\Recent` in this session.
        recent: bool,
        /// Its mod-sequence.
        mod_sequence: ModSequence,
    },
}

/// Whether message sequence numbers may change now (RFC 3501 section 7.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expunges {
    /// A command is in progress that allows untagged EXPUNGE responses.
    Allowed,
    /// No command is in progress, or one that speaks of message sequence numbers.
    Withheld,
}

/// A message that the session has been told of. Its index in the view is its message sequence number less one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Viewed {
    pub(super) uid: Uid,
    pub(super) recent: bool,
}

/// A message that was expunged while it was in a view.
#[derive(Debug)]
struct Gone {
    stored: Stored,
    /// The mod-sequence of the expunge.
    at: ModSequence,
}

/// The view of one session. EXPUNGE timing is right by construction: a message leaves the view only where the session
/// asked for [`Update`]s with [`Expunges::Allowed`], and until then its content stays at hand (RFC 2180 section 4.1.1).
#[derive(Debug)]
pub(super) struct Tracker {
    access: Access,
    view: Vec<Viewed>,
    /// Every message with a lower UID was announced, or vanished before it could be.
    announced_below: Uid,
    /// Messages of the view that were expunged.
    gone: BTreeMap<Uid, Gone>,
    /// Messages of the view whose flags another session changed.
    changed: BTreeSet<Uid>,
    keywords_told: usize,
    /// The highest mod-sequence of the mailbox when the session was last brought up to date.
    up_to_date: ModSequence,
    wake: Arc<Notify>,
}

impl Tracker {
    pub(super) fn new(access: Access, wake: Arc<Notify>) -> Self {
        Self {
            access,
            view: Vec::new(),
            announced_below: 0,
            gone: BTreeMap::new(),
            changed: BTreeSet::new(),
            keywords_told: 0,
            up_to_date: 0,
            wake,
        }
    }

    pub(super) fn access(&self) -> Access {
        self.access
    }

    pub(super) fn view(&self) -> &[Viewed] {
        &self.view
    }

    /// The content of a message that is expunged and still in the view.
    pub(super) fn gone(&self, uid: Uid) -> Option<&Stored> {
        self.gone.get(&uid).map(|gone| &gone.stored)
    }

    /// Tells the owner of the view to look for updates.
    pub(super) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Remembers that a message was expunged at a mod-sequence.
    pub(super) fn note_expunge(&mut self, uid: Uid, stored: &Stored, at: ModSequence) {
        if index_of(&self.view, uid).is_some() {
            self.changed.remove(&uid);
            self.gone.insert(uid, Gone { stored: stored.clone(), at });
        }
    }

    /// Remembers that the flags of a message changed.
    pub(super) fn note_flags(&mut self, uid: Uid) {
        if index_of(&self.view, uid).is_some() {
            self.changed.insert(uid);
        }
    }

    /// The session has just been told the flags of this message.
    pub(super) fn flags_told(&mut self, uid: Uid) {
        self.changed.remove(&uid);
    }

    /// Brings the view up to date and says how. `\Recent` goes to the first read-write session that is told.
    pub(super) fn update(
        &mut self,
        expunges: Expunges,
        messages: &mut BTreeMap<Uid, Stored>,
        keywords: &BTreeSet<Keyword>,
        uid_next: Uid,
        interceptor: Option<&dyn Interceptor>,
    ) -> Vec<Update> {
        let mut updates = Vec::new();
        if expunges == Expunges::Allowed {
            self.announce_expunges(&mut updates);
        }
        if self.keywords_told != keywords.len() {
            self.keywords_told = keywords.len();
            updates.push(Update::Flags(keywords.iter().cloned().collect()));
        }
        self.announce_new(messages, uid_next, interceptor, &mut updates);
        self.announce_flags(messages, &mut updates);
        updates
    }

    /// The session has been told of all changes up to this mod-sequence, but for expunges that are withheld.
    pub(super) fn told_up_to(&mut self, highest: ModSequence) {
        self.up_to_date = highest;
    }

    /// The highest mod-sequence up to which the session knows all changes (RFC 7162 section 3.2): below that of any
    /// expunge that is withheld.
    pub(super) fn known_up_to(&self) -> ModSequence {
        self.gone.values().map(|gone| gone.at - 1).fold(self.up_to_date, ModSequence::min)
    }

    /// The number of `\Recent` messages in the view.
    pub(super) fn recent(&self) -> u32 {
        count(self.view.iter().filter(|viewed| viewed.recent).count())
    }

    fn announce_expunges(&mut self, updates: &mut Vec<Update>) {
        if self.gone.is_empty() {
            return;
        }
        let (gone, mut number) = (std::mem::take(&mut self.gone), 1);
        self.view.retain(|viewed| {
            let stays = !gone.contains_key(&viewed.uid);
            if stays {
                number += 1;
            } else {
                updates.push(Update::Expunge { number, uid: viewed.uid });
            }
            stays
        });
    }

    fn announce_new(
        &mut self,
        messages: &mut BTreeMap<Uid, Stored>,
        uid_next: Uid,
        interceptor: Option<&dyn Interceptor>,
        updates: &mut Vec<Update>,
    ) {
        let before = self.view.len();
        for (uid, stored) in messages.range_mut(self.announced_below..) {
            let mut recent = stored.recent;
            let mut stays = recent && self.access == Access::ReadOnly;
            if let Some(interceptor) = interceptor {
                interceptor.telling(&mut recent, &mut stays);
            }
            self.view.push(Viewed { uid: *uid, recent });
            stored.recent = stays;
        }
        self.announced_below = uid_next;
        if self.view.len() > before {
            updates.push(Update::Exists(count(self.view.len())));
            updates.push(Update::Recent(self.recent()));
        }
    }

    fn announce_flags(&mut self, messages: &BTreeMap<Uid, Stored>, updates: &mut Vec<Update>) {
        for uid in std::mem::take(&mut self.changed) {
            if let (Some(index), Some(stored)) = (index_of(&self.view, uid), messages.get(&uid)) {
                updates.push(Update::Fetch {
                    number: count(index + 1),
                    uid,
                    flags: stored.message.flags.clone(),
                    recent: self.view[index].recent,
                    mod_sequence: stored.mod_sequence,
                });
            }
        }
    }
}

/// Where the message with this UID stands in a view.
pub(super) fn index_of(view: &[Viewed], uid: Uid) -> Option<usize> {
    view.binary_search_by_key(&uid, |viewed| viewed.uid).ok()
}

/// A count of messages; UIDs have 32 bits, so no mailbox holds more.
pub(super) fn count(messages: usize) -> u32 {
    u32::try_from(messages).unwrap_or(u32::MAX)
}
