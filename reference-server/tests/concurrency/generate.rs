//! Commands at random, such that there is something to see.

use rand::RngExt;
use rand::rngs::StdRng;

use super::model::{Model, Selection};
use super::operation::{Change, Flags, Item, NewMessage, Operation, Set};

/// The mailboxes there may be.
pub(crate) const MAILBOXES: [&str; 4] = ["INBOX", "a", "b", "c"];

/// How many messages a mailbox should hold at most.
const ENOUGH: usize = 12;

/// Makes commands.
#[derive(Debug)]
pub(crate) struct Generator {
    pub(crate) random: StdRng,
    next_id: u32,
}

impl Generator {
    pub(crate) fn new(random: StdRng) -> Self {
        Self { random, next_id: 1 }
    }

    /// A few commands for a session to send at once.
    pub(crate) fn burst(&mut self, model: &Model, session: usize) -> Vec<Operation> {
        let count = self.random.random_range(1..=3);
        let mut burst: Vec<Operation> =
            (0..count).map(|_| self.operation(model, model.sessions[session].as_deref())).collect();
        // An IDLE has to be the last.
        let last = burst.pop();
        burst.retain(|operation| !matches!(operation, Operation::Idle));
        burst.extend(last);
        // A synchronizing literal has to wait for what came before it.
        let alone = burst.len() == 1;
        for operation in &mut burst {
            if let Operation::Append { synchronizing, messages, .. } = operation {
                *synchronizing = alone && messages.len() == 1 && self.random.random_bool(0.5);
            }
        }
        burst
    }

    fn operation(&mut self, model: &Model, selection: Option<&Selection>) -> Operation {
        let mailbox = self.mailbox();
        let selected = selection.map_or(0, |selection| selection.view.len());
        let choice = self.random.random_range(0..if selection.is_some() { 100 } else { 24 });
        match choice {
            0..6 => Operation::Select { mailbox, read_only: self.random.random_bool(0.2) },
            6..11 if model.mailboxes.values().all(|mailbox| mailbox.messages.len() < ENOUGH) => {
                self.append(mailbox)
            }
            6..11 => Operation::Select { mailbox, read_only: false },
            11..14 => Operation::Create { mailbox: MAILBOXES[self.random.random_range(1..4)] },
            14 => Operation::Delete { mailbox },
            15 => Operation::Rename { from: mailbox, to: self.mailbox() },
            16..19 => Operation::Status { mailbox },
            19..24 => Operation::Idle,
            24..30 => Operation::Noop,
            30..45 => Operation::Fetch {
                set: self.set(selection),
                item: [Item::Nothing, Item::Subject, Item::Text][self.random.random_range(0..3)],
            },
            45..50 => Operation::Search {
                uid: self.random.random_bool(0.5),
                flag: self.flag(),
                set: self.random.random_bool(0.5),
            },
            50..72 => self.store(selection),
            72..84 if selected > ENOUGH => self.store(selection),
            72..78 => Operation::Copy { set: self.set(selection), mailbox },
            78..84 => Operation::Move { set: self.set(selection), mailbox },
            84..91 => Operation::Expunge,
            91..95 => Operation::UidExpunge { set: Set { uid: true, ..self.set(selection) } },
            95..97 => Operation::Close,
            97 => Operation::Unselect,
            _ => self.append(mailbox),
        }
    }

    fn mailbox(&mut self) -> &'static str {
        // Half of it happens in one place.
        MAILBOXES[self.random.random_range(0_usize..6).saturating_sub(2)]
    }

    fn append(&mut self, mailbox: &'static str) -> Operation {
        let count = if self.random.random_bool(0.5) { 1 } else { self.random.random_range(2..=4) };
        let messages = (0..count).map(|_| {
            self.next_id += 1;
            NewMessage { id: self.next_id, flags: self.flags() }
        });
        Operation::Append { mailbox, messages: messages.collect(), synchronizing: false }
    }

    fn store(&mut self, selection: Option<&Selection>) -> Operation {
        let full = selection.is_some_and(|selection| selection.view.len() > ENOUGH);
        Operation::Store {
            set: self.set(selection),
            change: [Change::Replace, Change::Add, Change::Add, Change::Remove]
                [self.random.random_range(0..4)],
            silent: self.random.random_bool(0.4),
            flags: if full || self.random.random_bool(0.3) { Flags::DELETED } else { self.flags() },
        }
    }

    fn flag(&mut self) -> Flags {
        Flags(1 << self.random.random_range(0..8))
    }

    fn flags(&mut self) -> Flags {
        Flags(self.random.random::<u8>() & self.random.random::<u8>() & !Flags::DELETED.0)
    }

    /// A set that names messages of the view, with few exceptions.
    fn set(&mut self, selection: Option<&Selection>) -> Set {
        let uid = self.random.random_bool(0.4);
        let view = selection.map_or(&[][..], |selection| &selection.view);
        let mut end = || match self.random.random_range(0..12) {
            0 => None,
            1 if uid => Some(self.random.random_range(1..=30)),
            _ if view.is_empty() => Some(1),
            _ => {
                let index = self.random.random_range(0..view.len());
                Some(if uid { view[index].uid } else { u32::try_from(index + 1).unwrap_or(1) })
            }
        };
        let (one, other) = (end(), end());
        let ranges = match self.random.random_range(0..4) {
            0 => vec![(Some(1), None)],
            1 => vec![(one, other)],
            2 => vec![(one, one), (other, other)],
            _ => vec![(one, one)],
        };
        Set { uid, ranges }
    }
}
