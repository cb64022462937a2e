//! The plain sequential model: one account, and what each session has been told of its selected mailbox.
//!
//! A command acts at one instant. What it is told, and what an IDLE is told, is explained one response after the other,
//! each by the state of that instant.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::operation::{Change, Flags, NewMessage, Set};

/// Names a mailbox for as long as it lives, whatever it is called.
pub(crate) type MailboxId = u32;

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Message {
    /// The number in its subject.
    pub(crate) id: u32,
    pub(crate) flags: Flags,
    /// Whether no read-write session has been told of it.
    pub(crate) recent: bool,
}

/// What is known of a UIDVALIDITY, which the model cannot foretell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Validity {
    AtLeast(u32),
    Known(u32),
}

/// A mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Mailbox {
    pub(crate) validity: Validity,
    pub(crate) uid_next: u32,
    pub(crate) messages: BTreeMap<u32, Message>,
}

/// A message that a session has been told of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Viewed {
    pub(crate) uid: u32,
    pub(crate) id: u32,
    pub(crate) recent: bool,
    /// The flags that a client which follows what it is told believes in.
    pub(crate) told: Flags,
    /// Its last flags, once it is expunged.
    pub(crate) gone: Option<Flags>,
}

/// A session's selected mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Selection {
    pub(crate) mailbox: MailboxId,
    pub(crate) read_only: bool,
    /// In the order of the message sequence numbers.
    pub(crate) view: Vec<Viewed>,
    /// Messages with a lower UID were announced, or went before they could be.
    pub(crate) announced_below: u32,
}

/// The account and its sessions. A copy shares what it does not change.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Model {
    pub(crate) names: BTreeMap<&'static str, MailboxId>,
    pub(crate) mailboxes: BTreeMap<MailboxId, Rc<Mailbox>>,
    pub(crate) sessions: Vec<Option<Rc<Selection>>>,
    next_mailbox: MailboxId,
    /// The highest UIDVALIDITY that was seen under a name, and on which mailbox.
    seen_validity: BTreeMap<&'static str, (u32, MailboxId)>,
}

impl Model {
    pub(crate) fn new(sessions: usize) -> Self {
        let mut model = Self {
            names: BTreeMap::new(),
            mailboxes: BTreeMap::new(),
            sessions: vec![None; sessions],
            next_mailbox: 0,
            seen_validity: BTreeMap::new(),
        };
        model.create("INBOX");
        model
    }

    /// `false` if the name is taken.
    pub(crate) fn create(&mut self, name: &'static str) -> bool {
        if self.names.contains_key(name) {
            return false;
        }
        let id = self.next_mailbox;
        self.next_mailbox += 1;
        let mailbox = Mailbox { validity: Validity::AtLeast(1), uid_next: 1, messages: BTreeMap::new() };
        self.mailboxes.insert(id, Rc::new(mailbox));
        self.names.insert(name, id);
        true
    }

    /// Sessions that have it selected keep it.
    pub(crate) fn delete(&mut self, name: &str) -> bool {
        let deleted = name != "INBOX" && self.names.remove(name).is_some();
        self.forget_unused();
        deleted
    }

    /// Of INBOX only the messages move.
    pub(crate) fn rename(&mut self, from: &str, to: &'static str) -> bool {
        let Some(&id) = self.names.get(from) else { return false };
        if from == "INBOX" {
            if !self.create(to) {
                return false;
            }
            let uids: Vec<u32> = self.mailboxes[&id].messages.keys().copied().collect();
            let messages = self.remove(id, &uids);
            self.add(self.names[to], messages);
            return true;
        }
        if self.names.contains_key(to) {
            return false;
        }
        self.names.remove(from);
        self.names.insert(to, id);
        if let Some(mailbox) = self.mailboxes.get_mut(&id).map(Rc::make_mut) {
            // It may need a higher one under its new name.
            let (Validity::AtLeast(least) | Validity::Known(least)) = mailbox.validity;
            mailbox.validity = Validity::AtLeast(least);
        }
        true
    }

    /// Learns the UIDVALIDITY of the mailbox with this name, or compares it with what is known.
    pub(crate) fn check_validity(&mut self, name: &'static str, seen: u32) -> Result<(), String> {
        let id = self.names[name];
        let Some(mailbox) = self.mailboxes.get_mut(&id).map(Rc::make_mut) else {
            return Err("no mailbox".to_owned());
        };
        match mailbox.validity {
            Validity::Known(known) if known != seen => {
                return Err(format!("UIDVALIDITY {seen} is not {known}"));
            }
            Validity::AtLeast(least) if seen < least => {
                return Err(format!("UIDVALIDITY {seen} is below {least}"));
            }
            _ => mailbox.validity = Validity::Known(seen),
        }
        match self.seen_validity.insert(name, (seen, id)) {
            Some((before, other)) if before > seen || (before == seen && other != id) => {
                Err(format!("UIDVALIDITY {seen} of {name} was used before"))
            }
            _ => Ok(()),
        }
    }

    /// Adds messages at the end and returns their UIDs.
    pub(crate) fn add(&mut self, id: MailboxId, messages: Vec<Message>) -> Vec<u32> {
        let Some(mailbox) = self.mailboxes.get_mut(&id).map(Rc::make_mut) else { return Vec::new() };
        let first = mailbox.uid_next;
        for message in messages {
            mailbox.messages.insert(mailbox.uid_next, Message { recent: true, ..message });
            mailbox.uid_next += 1;
        }
        (first..mailbox.uid_next).collect()
    }

    pub(crate) fn append(&mut self, id: MailboxId, messages: &[NewMessage]) -> Vec<u32> {
        let message = |message: &NewMessage| Message { id: message.id, flags: message.flags, recent: true };
        self.add(id, messages.iter().map(message).collect())
    }

    /// Removes messages; sessions that were told of them have yet to be told that they are gone.
    pub(crate) fn remove(&mut self, id: MailboxId, uids: &[u32]) -> Vec<Message> {
        let Some(mailbox) = self.mailboxes.get_mut(&id).map(Rc::make_mut) else { return Vec::new() };
        let mut removed = Vec::new();
        for uid in uids {
            let Some(message) = mailbox.messages.remove(uid) else { continue };
            for selection in self.sessions.iter_mut().flatten().filter(|selection| selection.mailbox == id) {
                if let Some(viewed) =
                    Rc::make_mut(selection).view.iter_mut().find(|viewed| viewed.uid == *uid)
                {
                    viewed.gone = Some(message.flags);
                }
            }
            removed.push(message);
        }
        removed
    }

    /// Leaves the selected mailbox.
    pub(crate) fn deselect(&mut self, session: usize) {
        self.sessions[session] = None;
        self.forget_unused();
    }

    /// Forgets mailboxes that have no name and that no session has selected.
    fn forget_unused(&mut self) {
        let Self { names, mailboxes, sessions, .. } = self;
        let selected = |id: &MailboxId| sessions.iter().flatten().any(|selection| selection.mailbox == *id);
        mailboxes.retain(|id, _| names.values().any(|named| named == id) || selected(id));
    }

    /// Opens a mailbox; the session is told of every message in it.
    pub(crate) fn select(&mut self, session: usize, id: MailboxId, read_only: bool) {
        let selection = Selection { mailbox: id, read_only, view: Vec::new(), announced_below: 0 };
        self.sessions[session] = Some(Rc::new(selection));
        self.announce_new(session);
    }

    /// Tells a session of messages that are new to it, and returns how many it knows of now.
    pub(crate) fn announce_new(&mut self, session: usize) -> usize {
        let Some(selection) = self.sessions[session].as_mut().map(Rc::make_mut) else { return 0 };
        let Some(mailbox) = self.mailboxes.get_mut(&selection.mailbox).map(Rc::make_mut) else { return 0 };
        for (uid, message) in mailbox.messages.range_mut(selection.announced_below..) {
            let Message { id, flags, recent } = *message;
            selection.view.push(Viewed { uid: *uid, id, recent, told: flags, gone: None });
            message.recent &= selection.read_only;
        }
        selection.announced_below = mailbox.uid_next;
        selection.view.len()
    }

    /// Changes the flags of those messages that exist; the session knows of its own change. Returns whether all exist.
    pub(crate) fn store(&mut self, session: usize, uids: &[u32], change: Change, flags: Flags) -> bool {
        let Some(selection) = self.sessions[session].as_mut().map(Rc::make_mut) else { return false };
        let Some(mailbox) = self.mailboxes.get_mut(&selection.mailbox).map(Rc::make_mut) else {
            return false;
        };
        let mut all = true;
        for uid in uids {
            let Some(message) = mailbox.messages.get_mut(uid) else {
                all = false;
                continue;
            };
            message.flags = change.apply(message.flags, flags);
            if let Some(viewed) = selection.view.iter_mut().find(|viewed| viewed.uid == *uid) {
                viewed.told = change.apply(viewed.told, flags);
            }
        }
        all
    }

    /// Why a session that is told no more would not know all that it must know; `None` if it does.
    pub(crate) fn untold(&self, session: usize, expunges: bool) -> Option<String> {
        let selection = self.sessions[session].as_ref()?;
        let mailbox = self.mailboxes.get(&selection.mailbox)?;
        if mailbox.messages.range(selection.announced_below..).next().is_some() {
            return Some("messages are new and were not announced".to_owned());
        }
        selection.view.iter().zip(1..).find_map(|(viewed, number)| match viewed.gone {
            Some(_) if expunges => {
                Some(format!("message {number} is gone and was not announced as expunged"))
            }
            Some(_) => None,
            None => {
                let flags = mailbox.messages.get(&viewed.uid)?.flags;
                (flags != viewed.told)
                    .then(|| format!("flags of message {number} are {flags}, told {}", viewed.told))
            }
        })
    }
}

impl Selection {
    /// The message with this message sequence number.
    pub(crate) fn message(&self, number: u32) -> Option<&Viewed> {
        self.view.get((number as usize).checked_sub(1)?)
    }

    /// The messages that a set names, with their message sequence numbers; `None` if it names a number that there is not.
    pub(crate) fn named(&self, set: &Set) -> Option<Vec<(u32, &Viewed)>> {
        let numbered = (1..).zip(&self.view);
        if set.uid {
            let last = self.view.last().map_or(0, |viewed| viewed.uid);
            return Some(numbered.filter(|(_, viewed)| set.names(viewed.uid, last)).collect());
        }
        let last = u32::try_from(self.view.len()).ok()?;
        set.fits(last).then(|| numbered.filter(|(number, _)| set.names(*number, last)).collect())
    }
}
