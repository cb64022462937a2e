//! What an account holds, and what each operation makes of it: by the RFCs, not by the server's own code.

use std::collections::{BTreeMap, BTreeSet};

pub type Uid = u32;

pub const INBOX: &str = "INBOX";

/// A message: which one, and its flags without `\Recent`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub id: u64,
    pub flags: BTreeSet<String>,
}

/// What is known of a UIDVALIDITY.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    Is(u32),
    /// The server may have given a new one, which is no lower.
    AtLeast(u32),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    pub validity: Validity,
    pub next: Uid,
    pub mails: BTreeMap<Uid, Mail>,
}

/// Names, of which some are no mailboxes, and subscriptions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    pub names: BTreeMap<String, Option<Mailbox>>,
    pub subscribed: BTreeSet<String>,
}

/// Something that changes an account. Each happens as a whole or not at all.
#[derive(Clone, Debug)]
pub enum Op {
    Append { to: String, ids: Vec<u64>, flags: BTreeSet<String> },
    Store { mailbox: String, uids: Vec<Uid>, add: bool, flag: String },
    Copy { from: String, uids: Vec<Uid>, to: String },
    Move { from: String, uids: Vec<Uid>, to: String },
    Expunge { mailbox: String },
    Create { name: String },
    Delete { name: String },
    Rename { from: String, to: String },
    Subscribe { name: String },
    Unsubscribe { name: String },
    Pop { uids: Vec<Uid> },
}

impl Mailbox {
    fn new() -> Self {
        Self { validity: Validity::AtLeast(1), next: 1, mails: BTreeMap::new() }
    }

    fn add(&mut self, mails: Vec<Mail>) {
        for mail in mails {
            self.mails.insert(self.next, mail);
            self.next += 1;
        }
    }

    fn some(&self, uids: &[Uid]) -> Vec<Mail> {
        uids.iter().map(|uid| self.mails[uid].clone()).collect()
    }
}

impl Account {
    /// An account that nobody has used.
    pub fn new() -> Self {
        Self { names: BTreeMap::from([(INBOX.to_owned(), Some(Mailbox::new()))]), ..Self::default() }
    }

    pub fn mailbox(&self, name: &str) -> Option<&Mailbox> {
        self.names.get(name)?.as_ref()
    }

    pub fn mailbox_mut(&mut self, name: &str) -> &mut Mailbox {
        self.names.get_mut(name).unwrap().as_mut().unwrap()
    }

    /// The names of the mailboxes.
    pub fn mailboxes(&self) -> Vec<&str> {
        self.names.iter().filter(|(_, mailbox)| mailbox.is_some()).map(|(name, _)| name.as_str()).collect()
    }

    pub fn has_inferiors(&self, name: &str) -> bool {
        self.names.keys().any(|other| other.starts_with(&format!("{name}/")))
    }

    /// Whether the server must carry this out.
    pub fn allows(&self, op: &Op) -> bool {
        match op {
            Op::Append { to, .. } => self.mailbox(to).is_some(),
            Op::Store { .. } | Op::Copy { .. } | Op::Move { .. } | Op::Expunge { .. } | Op::Pop { .. } => {
                true
            }
            Op::Create { name } => self.mailbox(name).is_none(),
            Op::Delete { name } => {
                name != INBOX
                    && match self.names.get(name) {
                        Some(Some(_)) => true,
                        Some(None) => !self.has_inferiors(name),
                        None => false,
                    }
            }
            Op::Rename { from, to } => {
                self.names.contains_key(from)
                    && !self.names.contains_key(to)
                    && !to.starts_with(&format!("{from}/"))
            }
            Op::Subscribe { name } => self.names.contains_key(name),
            Op::Unsubscribe { name } => self.subscribed.contains(name),
        }
    }

    /// The account after an operation that it allows.
    pub fn after(&self, op: &Op) -> Self {
        let mut after = self.clone();
        match op {
            Op::Append { to, ids, flags } => {
                let mails = ids.iter().map(|id| Mail { id: *id, flags: flags.clone() }).collect();
                after.mailbox_mut(to).add(mails);
            }
            Op::Store { mailbox, uids, add, flag } => {
                let mailbox = after.mailbox_mut(mailbox);
                for uid in uids {
                    let flags = &mut mailbox.mails.get_mut(uid).unwrap().flags;
                    if *add {
                        flags.insert(flag.clone())
                    } else {
                        flags.remove(flag)
                    };
                }
            }
            Op::Copy { from, uids, to } => {
                let mails = after.mailbox_mut(from).some(uids);
                after.mailbox_mut(to).add(mails);
            }
            Op::Move { from, uids, to } => {
                let mails = after.mailbox_mut(from).some(uids);
                after.mailbox_mut(from).mails.retain(|uid, _| !uids.contains(uid));
                after.mailbox_mut(to).add(mails);
            }
            Op::Expunge { mailbox } => {
                after.mailbox_mut(mailbox).mails.retain(|_, mail| !mail.flags.contains("\\Deleted"));
            }
            Op::Create { name } => {
                after.create_superiors(name);
                after.names.insert(name.clone(), Some(Mailbox::new()));
            }
            Op::Delete { name } => match after.has_inferiors(name) {
                true => drop(after.names.insert(name.clone(), None)),
                false => drop(after.names.remove(name)),
            },
            Op::Rename { from, to } => after.rename(from, to),
            Op::Subscribe { name } => drop(after.subscribed.insert(name.clone())),
            Op::Unsubscribe { name } => drop(after.subscribed.remove(name)),
            Op::Pop { uids } => after.mailbox_mut(INBOX).mails.retain(|uid, _| !uids.contains(uid)),
        }
        after
    }

    fn create_superiors(&mut self, name: &str) {
        for (at, _) in name.match_indices('/') {
            self.names.entry(name[..at].to_owned()).or_insert_with(|| Some(Mailbox::new()));
        }
    }

    fn rename(&mut self, from: &str, to: &str) {
        self.create_superiors(to);
        if from == INBOX {
            let inbox = self.mailbox_mut(INBOX);
            let mails = std::mem::take(&mut inbox.mails).into_values().collect();
            let mut target = Mailbox::new();
            target.add(mails);
            self.names.insert(to.to_owned(), Some(target));
            return;
        }
        let below = format!("{from}/");
        let moved = self.names.keys().filter(|name| *name == from || name.starts_with(&below));
        for name in moved.cloned().collect::<Vec<_>>() {
            let mut mailbox = self.names.remove(&name).unwrap();
            if let Some(Mailbox { validity, .. }) = &mut mailbox
                && let Validity::Is(value) = *validity
            {
                *validity = Validity::AtLeast(value);
            }
            self.names.insert(format!("{to}{}", &name[from.len()..]), mailbox);
        }
    }

    /// Whether what a server shows can be this.
    pub fn admits(&self, seen: &Self) -> Result<(), String> {
        let (expected, found): (Vec<_>, Vec<_>) = (self.names.keys().collect(), seen.names.keys().collect());
        if expected != found {
            return Err(format!("names {found:?}, not {expected:?}"));
        }
        if self.subscribed != seen.subscribed {
            return Err(format!("subscriptions {:?}, not {:?}", seen.subscribed, self.subscribed));
        }
        for (name, expected) in &self.names {
            match (expected, &seen.names[name]) {
                (Some(expected), Some(seen)) => {
                    expected.admits(seen).map_err(|what| format!("{name}: {what}"))?;
                }
                (None, None) => {}
                _ => return Err(format!("{name} is a mailbox or is none")),
            }
        }
        Ok(())
    }
}

impl Mailbox {
    fn admits(&self, seen: &Self) -> Result<(), String> {
        let Validity::Is(validity) = seen.validity else { return Err("no UIDVALIDITY".to_owned()) };
        let right = match self.validity {
            Validity::Is(known) => validity == known,
            Validity::AtLeast(least) => validity >= least,
        };
        if !right {
            return Err(format!("UIDVALIDITY {validity}, not {:?}", self.validity));
        }
        if self.next != seen.next {
            return Err(format!("UIDNEXT {}, not {}", seen.next, self.next));
        }
        if self.mails != seen.mails {
            return Err(format!("messages {:?}, not {:?}", seen.mails, self.mails));
        }
        Ok(())
    }
}
