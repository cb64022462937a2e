//! The TRANSACTION state (RFC 1939 section 5, and TOP and UIDL of section 7).

use super::command::{Command, MessageNumber};
use super::message_text::{size, top, wants_utf8};
use super::reply::{Code, Reply};
use crate::store::{Ledger, Maildrop, MaildropMessage, Uid};

/// A session on a locked maildrop. Mail that arrives or goes meanwhile does not change what it sees.
#[derive(Debug)]
pub(super) struct Transaction {
    maildrop: Maildrop,
    /// By message, in the order of the message-numbers.
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    octets: u64,
    marked: bool,
}

impl Transaction {
    /// Begins with no message marked as deleted.
    pub(super) fn new(maildrop: Maildrop) -> Self {
        let messages = maildrop.messages().iter();
        let entries =
            messages.map(|message| Entry { octets: size(&message.octets), marked: false }).collect();
        Self { maildrop, entries }
    }

    /// What tells whether the maildrop is durable as it is seen here.
    pub(super) fn ledger(&self) -> &Ledger {
        self.maildrop.ledger()
    }

    /// The text of the positive reply to the login.
    pub(super) fn welcome(&self) -> String {
        let (messages, octets) = self.totals();
        format!("maildrop has {messages} messages ({octets} octets)")
    }

    /// Carries a command out; `utf8` says whether headers in UTF-8 are sent as they are.
    pub(super) fn execute(&mut self, command: &Command, utf8: bool) -> Reply {
        match *command {
            Command::Stat => {
                let (messages, octets) = self.totals();
                Reply::DropListing { messages, octets }
            }
            Command::List(None) => {
                Reply::ScanListings(self.present().map(|(number, entry, _)| (number, entry.octets)).collect())
            }
            Command::List(Some(number)) => {
                self.with(number, |entry, _| Reply::ScanListing(number, entry.octets))
            }
            Command::Uidl(None) => Reply::UniqueIdListings(
                self.present().map(|(number, _, message)| (number, self.unique_id(message))).collect(),
            ),
            Command::Uidl(Some(number)) => {
                self.with(number, |_, message| Reply::UniqueIdListing(number, self.unique_id(message)))
            }
            Command::Retr(number) => self.download(number, utf8, |entry, message| Reply::Message {
                summary: format!("{} octets", entry.octets).into(),
                text: message.octets.clone(),
                end: message.octets.len(),
            }),
            Command::Top { message: number, lines } => {
                self.download(number, utf8, |_, message| Reply::Message {
                    summary: "top of message follows".into(),
                    text: message.octets.clone(),
                    end: top(&message.octets, lines),
                })
            }
            Command::Dele(number) => self.dele(number),
            Command::Noop => Reply::done("nothing done"),
            Command::Rset => self.rset(),
            Command::Apop { .. }
            | Command::Auth { .. }
            | Command::Pass { .. }
            | Command::Stls
            | Command::User { .. } => Reply::refused("logged in already"),
            // RFC 6856 section 2: valid in the AUTHORIZATION state.
            Command::Utf8 => Reply::refused("UTF8 comes before the login"),
            // The session answers these in any state.
            Command::Capa | Command::Lang(_) | Command::Quit => Reply::refused("not here"),
        }
    }

    /// The maildrop, and the messages to remove from it.
    pub(super) fn into_marked(self) -> (Maildrop, Vec<Uid>) {
        let messages = self.maildrop.messages().iter().zip(&self.entries);
        let marked = messages.filter(|(_, entry)| entry.marked).map(|(message, _)| message.uid).collect();
        (self.maildrop, marked)
    }

    fn dele(&mut self, number: MessageNumber) -> Reply {
        let reply = self.with(number, |_, _| Reply::done("message marked as deleted"));
        if let (Reply::Done(_), Some(entry)) = (&reply, self.entries.get_mut(index(number))) {
            entry.marked = true;
        }
        reply
    }

    fn rset(&mut self) -> Reply {
        for entry in &mut self.entries {
            entry.marked = false;
        }
        Reply::done(self.welcome())
    }

    /// How many messages are not marked, and how many octets they have.
    fn totals(&self) -> (usize, u64) {
        self.present().fold((0, 0), |(messages, octets), (_, entry, _)| (messages + 1, octets + entry.octets))
    }

    /// The messages that are not marked.
    fn present(&self) -> impl Iterator<Item = (MessageNumber, &Entry, &MaildropMessage)> {
        let numbers = (1..=u32::MAX).filter_map(MessageNumber::new);
        let messages = numbers.zip(self.entries.iter().zip(self.maildrop.messages()));
        messages
            .filter(|(_, (entry, _))| !entry.marked)
            .map(|(number, (entry, message))| (number, entry, message))
    }

    /// The reply about one message, if that exists and is not marked.
    fn with(&self, number: MessageNumber, reply: impl FnOnce(&Entry, &MaildropMessage) -> Reply) -> Reply {
        match self.entries.get(index(number)).zip(self.maildrop.messages().get(index(number))) {
            None => Reply::refused("no such message"),
            Some((Entry { marked: true, .. }, _)) => Reply::refused("message is marked as deleted"),
            Some((entry, message)) => reply(entry, message),
        }
    }

    /// A reply with text of the message, unless its header is in UTF-8 and wants the mode (RFC 6856 section 2.1).
    fn download(
        &self,
        number: MessageNumber,
        utf8: bool,
        reply: impl FnOnce(&Entry, &MaildropMessage) -> Reply,
    ) -> Reply {
        self.with(number, |entry, message| match !utf8 && wants_utf8(&message.octets) {
            true => {
                Reply::Refused(Some(Code::Utf8), "the header is in UTF-8: send UTF8 before the login".into())
            }
            false => reply(entry, message),
        })
    }

    /// UIDVALIDITY and UID together never name another message (RFC 3501 section 2.3.1.1), and no octet of them is
    /// outside 0x21 to 0x7E (RFC 1939 section 7).
    fn unique_id(&self, message: &MaildropMessage) -> String {
        format!("{}.{}", self.maildrop.uid_validity(), message.uid)
    }
}

/// A number too large for this machine is behind the end as well.
fn index(number: MessageNumber) -> usize {
    usize::try_from(number.get() - 1).unwrap_or(usize::MAX)
}
