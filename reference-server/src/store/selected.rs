//! A mailbox that a session has selected. Message sequence numbers are those of the session's view.

use std::ops::Range;
use std::sync::Arc;

use tokio::sync::Notify;

use super::account::{Account, MailboxId, State};
use super::error::StoreError;
use super::flags::{Flag, FlagChange, Flags, Keyword};
use super::mailbox::{Copied, FlagsStored, Mailbox, Stored, TrackerId};
use super::message::{Message, ModSequence, Uid};
use super::tracker::{Expunges, Tracker, Update, Viewed, count};
use super::uid_ranges::UidRanges;

/// How a mailbox was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// By SELECT.
    ReadWrite,
    /// By EXAMINE.
    ReadOnly,
}

/// What SELECT and EXAMINE report (RFC 3501 section 6.3.1).
#[derive(Clone, Debug)]
pub struct SelectionData {
    /// Keywords in use.
    pub keywords: Vec<Keyword>,
    /// Number of messages.
    pub exists: u32,
    /// Number of `\Recent` messages.
    pub recent: u32,
    /// Message sequence number of the first message without `\Seen`.
    pub unseen: Option<u32>,
    /// The next UID.
    pub uid_next: Uid,
    /// The UIDVALIDITY.
    pub uid_validity: u32,
    /// The highest mod-sequence (RFC 7162 section 3.1.2.1).
    pub highest_mod_sequence: ModSequence,
}

/// A message of the view.
#[derive(Clone, Debug)]
pub struct SelectedMessage {
    /// Its message sequence number.
    pub number: u32,
    /// Its unique identifier.
    pub uid: Uid,
    /// Whether it is `\Recent` in this session.
    pub recent: bool,
    /// Its mod-sequence (RFC 7162 section 3.1).
    pub mod_sequence: ModSequence,
    /// Whether it has been expunged and the session has yet to be told.
    pub gone: bool,
    /// The message itself.
    pub message: Message,
}

/// A message of the view, for a look at it under the lock.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'m> {
    /// Its message sequence number.
    pub number: u32,
    /// Its unique identifier.
    pub uid: Uid,
    /// Whether it is `\Recent` in this session.
    pub recent: bool,
    /// Its mod-sequence (RFC 7162 section 3.1).
    pub mod_sequence: ModSequence,
    /// The message itself.
    pub message: &'m Message,
}

impl SelectedMessage {
    /// The message in the form in which [`Selected::messages`] offers it.
    #[must_use]
    pub fn as_candidate(&self) -> Candidate<'_> {
        let Self { number, uid, recent, mod_sequence, gone: _, ref message } = *self;
        Candidate { number, uid, recent, mod_sequence, message }
    }
}

/// A session's hold on its selected mailbox. Only its owner changes the view, so numbers stay good between calls.
#[derive(Debug)]
pub struct Selected {
    account: Arc<Account>,
    mailbox: MailboxId,
    tracker: TrackerId,
    access: Access,
    wake: Arc<Notify>,
}

impl Selected {
    pub(super) fn open(
        account: &Arc<Account>,
        name: &str,
        access: Access,
    ) -> Result<(Self, SelectionData), StoreError> {
        let wake = Arc::new(Notify::new());
        let mut state = account.state();
        let id = state.mailbox_named(name)?;
        let mailbox = state.mailbox(id)?;
        let tracker = mailbox.track(access, Arc::clone(&wake));
        // What this returns is what the selection data say in other words.
        mailbox.updates(tracker, Expunges::Allowed);
        let unseen = mailbox.messages().values().position(|stored| !stored.message.flags.has(Flag::Seen));
        let data = SelectionData {
            keywords: mailbox.keywords().iter().cloned().collect(),
            exists: count(mailbox.messages().len()),
            recent: mailbox.tracker(tracker).map_or(0, Tracker::recent),
            unseen: unseen.map(|index| count(index + 1)),
            uid_next: mailbox.uid_next(),
            uid_validity: mailbox.uid_validity(),
            highest_mod_sequence: mailbox.highest_mod_sequence(),
        };
        Ok((Self { account: Arc::clone(account), mailbox: id, tracker, access, wake }, data))
    }

    /// How the mailbox was opened.
    #[must_use]
    pub fn access(&self) -> Access {
        self.access
    }

    /// Is notified whenever there may be updates.
    #[must_use]
    pub fn wake(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    /// What the session has yet to be told. Numbers change by this call alone.
    pub fn updates(&mut self, expunges: Expunges) -> Vec<Update> {
        self.with(|mailbox, tracker| mailbox.updates(tracker, expunges))
    }

    /// The number of messages that the session knows of.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.with_tracker(|tracker| count(tracker.view().len()))
    }

    /// The UID of the last message.
    #[must_use]
    pub fn last_uid(&self) -> Option<Uid> {
        self.with_tracker(|tracker| tracker.view().last().map(|viewed| viewed.uid))
    }

    /// The message sequence numbers of the messages whose UID lies between `first` and `last`, both included.
    #[must_use]
    pub fn numbers_of_uids(&self, first: Uid, last: Uid) -> Range<u32> {
        self.with_tracker(|tracker| {
            let view = tracker.view();
            let start = view.partition_point(|viewed| viewed.uid < first);
            let end = view.partition_point(|viewed| viewed.uid <= last);
            count(start + 1)..count(end.max(start) + 1)
        })
    }

    /// The message with this message sequence number.
    #[must_use]
    pub fn message(&self, number: u32) -> Option<SelectedMessage> {
        self.with(|mailbox, id| selected_message(mailbox, id, number))
    }

    /// The same message, whose flags the session is told now: no update repeats them. A change that comes after this
    /// look at them is another update.
    pub fn tell(&mut self, number: u32) -> Option<SelectedMessage> {
        self.with(|mailbox, id| {
            let message = selected_message(mailbox, id, number)?;
            mailbox.tracker_mut(id)?.flags_told(message.uid);
            Some(message)
        })
    }

    /// The messages that are wanted, in the order of their numbers. The account is locked meanwhile: what takes long is
    /// better done with what this returns.
    #[must_use]
    pub fn messages(&self, mut wanted: impl FnMut(&Candidate<'_>) -> bool) -> Vec<SelectedMessage> {
        self.with(|mailbox, id| {
            let Some(tracker) = mailbox.tracker(id) else { return Vec::new() };
            let mut all = mailbox.messages().iter().peekable();
            let mut found = Vec::new();
            for (number, viewed) in (1..).zip(tracker.view()) {
                // View and mailbox are in the order of UIDs.
                while all.next_if(|(uid, _)| **uid < viewed.uid).is_some() {}
                let stored = all.next_if(|(uid, _)| **uid == viewed.uid).map(|(_, stored)| stored);
                let Some(Stored { message, mod_sequence, .. }) = stored.or_else(|| tracker.gone(viewed.uid))
                else {
                    continue;
                };
                let (Viewed { uid, recent }, mod_sequence) = (*viewed, *mod_sequence);
                if wanted(&Candidate { number, uid, recent, mod_sequence, message }) {
                    let (gone, message) = (stored.is_none(), message.clone());
                    found.push(SelectedMessage { number, uid, recent, mod_sequence, gone, message });
                }
            }
            found
        })
    }

    /// The highest mod-sequence up to which the session knows all that has happened: below those of expunges that it has
    /// yet to be told of (RFC 7162 section 3.2).
    #[must_use]
    pub fn known_up_to(&self) -> ModSequence {
        self.with_tracker(Tracker::known_up_to)
    }

    /// The highest UID that there has been, of messages that are gone too; 0 if there was none.
    #[must_use]
    pub fn highest_uid(&self) -> Uid {
        self.with(|mailbox, _| mailbox.uid_next() - 1)
    }

    /// Those of `asked` whose messages were expunged after `since`, and are not in the view (RFC 7162 section 3.2.6).
    /// Where that was too long ago to remember: all that were ever expunged.
    #[must_use]
    pub fn vanished(&self, asked: &UidRanges, since: ModSequence) -> UidRanges {
        self.with(|mailbox, id| {
            let view = mailbox.tracker(id).map(Tracker::view).unwrap_or_default();
            let viewed = view.iter().map(|viewed| viewed.uid);
            match mailbox.expunged().since(since) {
                Some(expunged) => expunged.intersection(asked).without(viewed),
                None => {
                    let given = UidRanges::merged(vec![(1, mailbox.uid_next() - 1)]);
                    given.intersection(asked).without(viewed).without(mailbox.messages().keys().copied())
                }
            }
        })
    }

    /// Changes the flags of messages that still exist; those that changed after `unchanged_since` are left alone. The
    /// owner is told by [`Selected::tell`], other sessions by their updates.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`], [`StoreError::NotDurable`].
    pub fn store(
        &mut self,
        numbers: &[u32],
        change: FlagChange,
        operand: &Flags,
        unchanged_since: Option<ModSequence>,
    ) -> Result<FlagsStored, StoreError> {
        self.check_writable()?;
        let uids = self.uids_of(numbers);
        Ok(self
            .with(|mailbox, tracker| mailbox.change_flags(&uids, change, operand, unchanged_since, tracker)))
    }

    /// Sets `\Seen` because the message was read; returns whether that changed anything.
    pub fn mark_seen(&mut self, number: u32) -> bool {
        if self.check_writable().is_err() {
            return false;
        }
        let uids = self.uids_of(&[number]);
        let seen: Flags = [Flag::Seen].into_iter().collect();
        self.with(|mailbox, tracker| {
            let before = mailbox.highest_mod_sequence();
            mailbox.change_flags(&uids, FlagChange::Add, &seen, None, tracker);
            mailbox.highest_mod_sequence() > before
        })
    }

    /// Notes that the session is about to be told the flags of this message, by [`Selected::tell`], so that no update
    /// need tell them.
    pub fn flags_told(&mut self, uid: Uid) {
        self.with(|mailbox, id| {
            if let Some(tracker) = mailbox.tracker_mut(id) {
                tracker.flags_told(uid);
            }
        });
    }

    /// Removes the messages marked `\Deleted`; if `among` is given, only those for whose UID it holds.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`], [`StoreError::NotDurable`].
    pub fn expunge(&mut self, among: Option<&dyn Fn(Uid) -> bool>) -> Result<(), StoreError> {
        self.check_writable()?;
        self.with(|mailbox, _| {
            let mut deleted = mailbox.deleted();
            deleted.retain(|uid| among.is_none_or(|among| among(*uid)));
            if let Some(interceptor) = self.account.interceptor() {
                let present: Vec<Uid> = mailbox.messages().keys().copied().collect();
                interceptor.expunging(&mut deleted, &present);
            }
            mailbox.remove(deleted);
        });
        Ok(())
    }

    /// Copies messages to the end of another mailbox, all or none (RFC 3501 section 6.4.7).
    ///
    /// # Errors
    /// [`StoreError::NoSuchMailbox`] and [`StoreError::NotSelectable`] of the target, [`StoreError::MessageGone`],
    /// [`StoreError::OutOfUids`], [`StoreError::NotDurable`].
    pub fn copy(&mut self, numbers: &[u32], target: &str) -> Result<Copied, StoreError> {
        let originals = self.uids_of(numbers);
        self.copy_in(&mut *self.account.change()?, originals, target)
    }

    /// Moves messages to the end of another mailbox, all or none (RFC 6851).
    ///
    /// # Errors
    /// Those of [`Selected::copy`], and [`StoreError::ReadOnly`].
    pub fn move_to(&mut self, numbers: &[u32], target: &str) -> Result<Copied, StoreError> {
        self.check_writable()?;
        let originals = self.uids_of(numbers);
        let mut state = self.account.change()?;
        let copied = self.copy_in(&mut state, originals, target)?;
        state.mailbox(self.mailbox)?.remove(copied.originals.iter().copied());
        Ok(copied)
    }

    fn copy_in(&self, state: &mut State, originals: Vec<Uid>, target: &str) -> Result<Copied, StoreError> {
        let target = state.mailbox_named(target)?;
        let source = state.mailbox(self.mailbox)?;
        let messages: Option<Vec<Message>> =
            originals.iter().map(|uid| source.message(*uid).cloned()).collect();
        let mut messages = messages.ok_or(StoreError::MessageGone)?;
        if let Some(interceptor) = self.account.interceptor() {
            interceptor.copying(&mut messages);
        }
        let target = state.mailbox(target)?;
        let copies = target.add(messages)?;
        Ok(Copied { uid_validity: target.uid_validity(), originals, copies })
    }

    fn check_writable(&self) -> Result<(), StoreError> {
        match self.access {
            Access::ReadWrite => self.account.ledger().accepts_changes(),
            Access::ReadOnly => Err(StoreError::ReadOnly),
        }
    }

    fn uids_of(&self, numbers: &[u32]) -> Vec<Uid> {
        self.with_tracker(|tracker| {
            let viewed = |number: &u32| tracker.view().get((*number as usize).checked_sub(1)?);
            numbers.iter().filter_map(viewed).map(|viewed| viewed.uid).collect()
        })
    }

    fn with_tracker<R: Default>(&self, look: impl FnOnce(&Tracker) -> R) -> R {
        self.with(|mailbox, id| mailbox.tracker(id).map(look).unwrap_or_default())
    }

    /// Runs `act` on the mailbox. It exists as long as it is tracked, so the default is never seen.
    fn with<R: Default>(&self, act: impl FnOnce(&mut Mailbox, TrackerId) -> R) -> R {
        let mut state = self.account.state();
        state.mailbox(self.mailbox).map(|mailbox| act(mailbox, self.tracker)).unwrap_or_default()
    }
}

fn selected_message(mailbox: &Mailbox, id: TrackerId, number: u32) -> Option<SelectedMessage> {
    let index = usize::try_from(number).ok()?.checked_sub(1)?;
    let tracker = mailbox.tracker(id)?;
    let viewed = tracker.view().get(index)?;
    let (stored, gone) = match mailbox.stored(viewed.uid) {
        Some(stored) => (stored, false),
        None => (tracker.gone(viewed.uid)?, true),
    };
    Some(SelectedMessage {
        number,
        uid: viewed.uid,
        recent: viewed.recent,
        mod_sequence: stored.mod_sequence,
        gone,
        message: stored.message.clone(),
    })
}

impl Drop for Selected {
    fn drop(&mut self) {
        let mut state = self.account.state();
        if let Ok(mailbox) = state.mailbox(self.mailbox) {
            mailbox.untrack(self.tracker);
            state.forget_if_unused(self.mailbox);
        }
    }
}
