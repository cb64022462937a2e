//! One account's client: random operations, and what they were acknowledged to have made of the account.

use std::convert::Infallible;
use std::net::SocketAddr;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::client::{self, Gone, Imap, Status};
use super::model::{Account, INBOX, Op, Uid, Validity};

/// Names of which some are above others.
const NAMES: [&str; 7] = ["a", "a/b", "a/b/c", "d", "d/e", "f", "f/g/h"];

const FLAGS: [&str; 5] = ["\\Seen", "\\Deleted", "\\Flagged", "$Work", "later"];

/// Most messages in a mailbox before most of them go again.
const MANY: usize = 30;

pub struct Writer {
    /// What has been acknowledged.
    pub account: Account,
    /// What has been sent and not been answered.
    pub doubtful: Option<Op>,
    pub told: Vec<Status>,
    pub done: usize,
    user: &'static str,
    random: StdRng,
}

impl Writer {
    pub fn new(account: Account, user: &'static str, seed: u64) -> Self {
        Self { account, doubtful: None, told: Vec::new(), done: 0, user, random: StdRng::seed_from_u64(seed) }
    }

    /// Works until the server goes.
    pub fn work(&mut self, imap: SocketAddr, pop3: SocketAddr) -> Result<Infallible, Gone> {
        let mut session = Imap::log_in(imap, self.user)?;
        loop {
            let op = self.choose();
            if !self.account.allows(&op) {
                continue;
            }
            self.prepare(&op, &mut session)?;
            self.doubtful = Some(op.clone());
            self.carry_out(&op, &mut session, pop3)?;
            self.account = self.account.after(&op);
            self.doubtful = None;
            self.done += 1;
            self.learn(&mut session)?;
        }
    }

    fn choose(&mut self) -> Op {
        let mailboxes: Vec<String> = self.account.mailboxes().into_iter().map(str::to_owned).collect();
        let mailbox = self.pick(&mailboxes);
        let other = self.pick(&mailboxes);
        let held: Vec<Uid> = self.account.mailbox(&mailbox).unwrap().mails.keys().copied().collect();
        let share = if held.len() > MANY { 0.8 } else { 0.3 };
        let uids: Vec<Uid> = held.iter().copied().filter(|_| self.random.random_bool(share)).collect();
        let name = self.pick(&NAMES.map(str::to_owned));
        let names: Vec<String> = self.account.names.keys().cloned().collect();
        let existing = self.pick(&names);
        let flag = self.pick(&FLAGS.map(str::to_owned));
        match self.random.random_range(0..100) {
            0..30 if held.len() <= MANY => {
                let count = if self.random.random_bool(0.3) { 3 } else { 1 };
                let ids = (0..count).map(|_| self.random.random_range(0..1_000_000)).collect();
                let flags = if self.random.random_bool(0.5) { [flag].into() } else { [].into() };
                Op::Append { to: mailbox, ids, flags }
            }
            0..50 if !uids.is_empty() => Op::Store { mailbox, uids, add: self.random.random_bool(0.7), flag },
            50..58 if !uids.is_empty() && uids.len() < 10 => Op::Copy { from: mailbox, uids, to: other },
            58..66 if !uids.is_empty() => Op::Move { from: mailbox, uids, to: other },
            66..76 => Op::Expunge { mailbox },
            76..84 => Op::Create { name },
            84..88 => Op::Delete { name: existing },
            88..92 => Op::Rename { from: existing, to: name },
            92..94 => Op::Subscribe { name: existing },
            94..96 => Op::Unsubscribe { name },
            _ => {
                let inbox = &self.account.mailbox(INBOX).unwrap().mails;
                Op::Pop { uids: inbox.keys().copied().take(self.random.random_range(0..8)).collect() }
            }
        }
    }

    fn pick(&mut self, among: &[String]) -> String {
        among[self.random.random_range(0..among.len())].clone()
    }

    /// Selects the mailbox that an operation works on: no part of it.
    fn prepare(&mut self, op: &Op, session: &mut Imap) -> Result<(), Gone> {
        match op {
            Op::Store { mailbox, .. } | Op::Expunge { mailbox } => {
                session.perform(format!("SELECT {mailbox}"))
            }
            Op::Copy { from, .. } | Op::Move { from, .. } => session.perform(format!("SELECT {from}")),
            _ => Ok(()),
        }
    }

    fn carry_out(&self, op: &Op, session: &mut Imap, pop3: SocketAddr) -> Result<(), Gone> {
        let set = |uids: &[Uid]| uids.iter().map(Uid::to_string).collect::<Vec<_>>().join(",");
        let command = match op {
            Op::Append { to, ids, flags } => {
                let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
                let mut command = format!("APPEND {to}").into_bytes();
                for id in ids {
                    let octets = client::octets(*id);
                    command.extend(format!(" ({}) {{{}+}}\r\n", flags.join(" "), octets.len()).into_bytes());
                    command.extend(octets);
                }
                return session.perform(command);
            }
            Op::Pop { uids } => {
                // The maildrop holds the INBOX in the order of UIDs.
                let inbox: Vec<Uid> = self.account.mailbox(INBOX).unwrap().mails.keys().copied().collect();
                let place = |uid: &Uid| inbox.binary_search(uid).unwrap() + 1;
                return client::pop(pop3, self.user, &uids.iter().map(place).collect::<Vec<_>>());
            }
            Op::Store { uids, add, flag, .. } => {
                format!("UID STORE {} {}FLAGS ({flag})", set(uids), if *add { "+" } else { "-" })
            }
            Op::Copy { uids, to, .. } => format!("UID COPY {} {to}", set(uids)),
            Op::Move { uids, to, .. } => format!("UID MOVE {} {to}", set(uids)),
            Op::Expunge { .. } => "EXPUNGE".to_owned(),
            Op::Create { name } => format!("CREATE {name}"),
            Op::Delete { name } => format!("DELETE {name}"),
            Op::Rename { from, to } => format!("RENAME {from} {to}"),
            Op::Subscribe { name } => format!("SUBSCRIBE {name}"),
            Op::Unsubscribe { name } => format!("UNSUBSCRIBE {name}"),
        };
        session.perform(command)
    }

    /// Asks for the UIDVALIDITYs that are not known.
    fn learn(&mut self, session: &mut Imap) -> Result<(), Gone> {
        let names: Vec<String> = self.account.mailboxes().into_iter().map(str::to_owned).collect();
        for name in names {
            let mailbox = self.account.mailbox_mut(&name);
            if let Validity::AtLeast(least) = mailbox.validity {
                let status = session.status(&name)?;
                assert!(status.validity >= least, "{status:?}, but {least} was told");
                mailbox.validity = Validity::Is(status.validity);
                self.told.push(status);
            }
        }
        Ok(())
    }
}
