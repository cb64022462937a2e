//! What a session has been told about its selected mailbox (RFC 3501 sections 2.3 and 7).

use std::collections::HashMap;

use super::line::Line;
use crate::imap::{FetchItem, Kind, Node, NodeKind, Text, sequence_set};

/// Messages that are known one by one; beyond them the view counts only.
const KNOWN_MESSAGES: usize = 100_000;

/// Identifies a message for as long as the mailbox stays selected: messages are numbered in the order in which they were announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub u32);

/// The selected mailbox as the session knows it.
#[derive(Debug, Default)]
pub struct Mailbox {
    /// The name that SELECT or EXAMINE gave.
    pub name: Vec<u8>,
    /// `* n EXISTS`, less the expunges told since.
    pub exists: Option<u64>,
    /// `* n RECENT`
    pub recent: Option<u64>,
    /// `[UIDVALIDITY n]`
    pub uid_validity: Option<u64>,
    /// `[UIDNEXT n]`
    pub uid_next: Option<u64>,
    /// `* FLAGS`
    pub flags: Option<Vec<Vec<u8>>>,
    /// `[PERMANENTFLAGS (…)]`
    pub permanent_flags: Option<Vec<Vec<u8>>>,
    /// `[READ-ONLY]`, `[READ-WRITE]`, or what EXAMINE implies.
    pub read_only: Option<bool>,
    /// By message sequence number less one.
    messages: Vec<Message>,
    announced: u32,
    expunged: Vec<MessageId>,
    given: Vec<bool>,
}

/// What is known of a message.
#[derive(Debug, Clone)]
pub struct Message {
    /// Who it is.
    pub id: MessageId,
    /// Its unique identifier.
    pub uid: Option<u64>,
    /// Its flags.
    pub flags: Option<Vec<Vec<u8>>>,
    /// RFC822.SIZE.
    pub size: Option<u64>,
    /// Static data that was sent: the item's name with section and origin, and a hash of the value.
    pub static_data: HashMap<String, u64>,
}

impl Mailbox {
    /// The mailbox that a SELECT or EXAMINE opens. `given` tells which of the scenario's messages are still there.
    #[must_use]
    pub fn open(name: Vec<u8>, examine: bool, given: Vec<bool>) -> Self {
        Self { name, read_only: examine.then_some(true), given, ..Self::default() }
    }

    /// The message with that message sequence number, if it is known.
    #[must_use]
    pub fn message(&self, number: u64) -> Option<&Message> {
        self.messages.get(usize::try_from(number).ok()?.checked_sub(1)?)
    }

    /// All known messages, in order.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// How many expunges have been told.
    #[must_use]
    pub fn expunges(&self) -> usize {
        self.expunged.len()
    }

    /// The id of the `given`th message of the scenario (from 1), if it was there when the mailbox was opened.
    #[must_use]
    pub fn given_id(&self, given: u32) -> Option<MessageId> {
        let index = usize::try_from(given).ok()?.checked_sub(1)?;
        if !*self.given.get(index)? {
            return None;
        }
        let position = self.given[..index].iter().filter(|&&there| there).count();
        let id = MessageId(u32::try_from(position).ok()?);
        (id.0 < self.announced).then_some(id)
    }

    /// The message sequence number of a message after so many expunges had been told; `None` once its own was among them.
    #[must_use]
    pub fn number_after(&self, id: MessageId, expunges: usize) -> Option<u64> {
        let told = &self.expunged[..expunges.min(self.expunged.len())];
        if told.contains(&id) || id.0 >= self.announced {
            return None;
        }
        let before = told.iter().filter(|&&gone| gone < id).count();
        Some(u64::from(id.0) + 1 - before as u64)
    }

    /// Has the expunge of this message been told?
    #[must_use]
    pub fn is_gone(&self, id: MessageId) -> bool {
        self.expunged.contains(&id)
    }

    /// Which of the given messages are still there, as far as this session knows.
    #[must_use]
    pub fn given_left(&self) -> Vec<bool> {
        (1..)
            .zip(&self.given)
            .map(|(given, &there)| there && self.given_id(given).is_none_or(|id| !self.is_gone(id)))
            .collect()
    }

    /// Takes in an untagged response.
    pub(super) fn apply(&mut self, line: &Line) {
        let Some(response) = line.imap() else { return };
        let octets = &line.octets;
        match &response.kind {
            Kind::Exists(count) => self.grow(*count),
            Kind::Recent(count) => self.recent = Some(*count),
            Kind::Expunge(number) => self.expunge(*number),
            Kind::Flags(flags) => self.flags = Some(flag_names(flags, octets)),
            Kind::Fetch { number, items } => self.fetch(*number, items, octets),
            Kind::Status { text, .. } | Kind::Tagged { text, .. } => self.code(text, octets),
            Kind::Other { number: None, name, nodes }
                if name.of(octets).eq_ignore_ascii_case(b"VANISHED") =>
            {
                self.vanished(nodes, octets);
            }
            _ => {}
        }
    }

    fn grow(&mut self, count: u64) {
        // A smaller count without an expunge is a violation that a watch rule tells; the view then follows the server.
        let wanted = usize::try_from(count).unwrap_or(usize::MAX).min(KNOWN_MESSAGES);
        while self.messages.len() < wanted {
            let id = MessageId(self.announced);
            self.announced += 1;
            self.messages.push(Message {
                id,
                uid: None,
                flags: None,
                size: None,
                static_data: HashMap::new(),
            });
        }
        self.messages.truncate(wanted);
        self.exists = Some(count);
    }

    fn expunge(&mut self, number: u64) {
        let Some(index) = usize::try_from(number).ok().and_then(|number| number.checked_sub(1)) else {
            return;
        };
        if index < self.messages.len() {
            let message = self.messages.remove(index);
            self.expunged.push(message.id);
        }
        self.exists = self.exists.map(|exists| exists.saturating_sub(1));
    }

    /// `VANISHED` counts each of its UIDs as one message less, also those that are not known yet (RFC 7162 section
    /// 3.2.10.2). With `(EARLIER)`, which makes two nodes, it changes nothing.
    fn vanished(&mut self, nodes: &[Node], octets: &[u8]) {
        let [uids] = nodes else { return };
        let uids = uids.raw(octets);
        let gone: Vec<u64> = self.vanishing(uids).collect();
        let unknown = sequence_set::size(uids).unwrap_or(0).saturating_sub(gone.len() as u64);
        for number in gone.into_iter().rev() {
            self.expunge(number);
        }
        self.exists = self.exists.map(|exists| exists.saturating_sub(unknown));
    }

    /// The message sequence numbers of the messages whose UIDs are known and in this set.
    fn vanishing(&self, uids: &[u8]) -> impl Iterator<Item = u64> {
        let known = (1..).zip(&self.messages);
        known
            .filter(|(_, m)| m.uid.is_some_and(|uid| sequence_set::holds(uids, uid)))
            .map(|(number, _)| number)
    }

    /// Are all the UIDs of this set those of messages in the view? `None` where not every UID of the view is known.
    #[must_use]
    pub fn holds_uids(&self, uids: &[u8]) -> Option<bool> {
        if self.exists != Some(self.messages.len() as u64)
            || self.messages.iter().any(|message| message.uid.is_none())
        {
            return None;
        }
        Some(sequence_set::size(uids) == Some(self.vanishing(uids).count() as u64))
    }

    /// What was told so far was of the mailbox that was selected before (RFC 7162 section 3.2.11).
    pub(super) fn begin_again(&mut self, examine: bool) {
        *self = Self::open(std::mem::take(&mut self.name), examine, std::mem::take(&mut self.given));
    }

    fn fetch(&mut self, number: u64, items: &[FetchItem], octets: &[u8]) {
        let Some(index) = usize::try_from(number).ok().and_then(|number| number.checked_sub(1)) else {
            return;
        };
        let Some(message) = self.messages.get_mut(index) else { return };
        for item in items {
            let name = item.name.of(octets);
            if name.eq_ignore_ascii_case(b"UID") {
                message.uid = item.value.number();
            } else if name.eq_ignore_ascii_case(b"FLAGS") {
                message.flags = Some(flag_names(&item.value, octets));
            } else if name.eq_ignore_ascii_case(b"RFC822.SIZE") {
                message.size = item.value.number();
            }
            if let Some((key, hash)) = static_item(item, octets) {
                message.static_data.insert(key, hash);
            }
        }
    }

    fn code(&mut self, text: &Text, octets: &[u8]) {
        let Some(code) = &text.code else { return };
        let number = code.arguments.first().and_then(Node::number);
        match code.name.raw(octets).to_ascii_uppercase().as_slice() {
            b"UIDVALIDITY" => self.uid_validity = number.or(self.uid_validity),
            b"UIDNEXT" => self.uid_next = number.or(self.uid_next),
            b"READ-ONLY" => self.read_only = Some(true),
            b"READ-WRITE" => self.read_only = Some(false),
            b"PERMANENTFLAGS" => {
                self.permanent_flags = code.arguments.first().map(|flags| flag_names(flags, octets));
            }
            _ => {}
        }
    }
}

/// The flags of a list, as they came.
#[must_use]
pub fn flag_names(list: &Node, octets: &[u8]) -> Vec<Vec<u8>> {
    list.list().unwrap_or_default().iter().map(|flag| flag.raw(octets).to_vec()).collect()
}

/// The key and a hash of the value of an item that never changes for a message (RFC 3501 section 2.3.1.1), if it is one.
#[must_use]
pub fn static_item(item: &FetchItem, octets: &[u8]) -> Option<(String, u64)> {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let name = item.name.of(octets).to_ascii_uppercase();
    let is_static = name.starts_with(b"BODY")
        || name.starts_with(b"RFC822")
        || matches!(name.as_slice(), b"INTERNALDATE" | b"ENVELOPE");
    if !is_static {
        return None;
    }
    let mut key = String::from_utf8_lossy(&name).into_owned();
    if let Some(section) = item.section {
        key.push('[');
        key.push_str(&String::from_utf8_lossy(section.of(octets)).to_ascii_uppercase());
        key.push(']');
    }
    if let Some(origin) = item.origin {
        // A partial answer may hold fewer octets than another one from the same origin.
        let length = item.value.text(octets).len();
        key.push_str(&format!("<{origin}.{length}>"));
    }
    let mut hasher = DefaultHasher::new();
    hash_value(&item.value, octets, &mut hasher);
    return Some((key, hasher.finish()));

    /// A string hashes alike as quoted and as literal.
    fn hash_value(node: &Node, octets: &[u8], hasher: &mut impl Hasher) {
        match &node.kind {
            NodeKind::List(nodes) => {
                1u8.hash(hasher);
                nodes.len().hash(hasher);
                for node in nodes {
                    hash_value(node, octets, hasher);
                }
            }
            NodeKind::Nil => 2u8.hash(hasher),
            NodeKind::Number(number) => number.hash(hasher),
            _ => node.text(octets).hash(hasher),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailbox(exists: u64, given: usize) -> Mailbox {
        let mut mailbox = Mailbox::open(b"box".to_vec(), false, vec![true; given]);
        mailbox.grow(exists);
        mailbox
    }

    #[test]
    fn numbers_count_from_the_expunges_told_before() {
        let mut mailbox = mailbox(4, 4);
        mailbox.expunge(2);
        mailbox.expunge(3);
        let id = |given| mailbox.given_id(given).unwrap();
        assert_eq!(mailbox.number_after(id(4), 0), Some(4));
        assert_eq!(mailbox.number_after(id(4), 1), Some(3));
        assert_eq!(mailbox.number_after(id(4), 2), None);
        assert_eq!(mailbox.number_after(id(3), 2), Some(2));
        assert!(mailbox.is_gone(id(2)) && !mailbox.is_gone(id(1)));
        assert_eq!(mailbox.given_left(), [true, false, true, false]);
        assert_eq!(mailbox.exists, Some(2));
    }

    #[test]
    fn messages_that_were_gone_before_the_mailbox_was_opened_have_no_number() {
        let mut mailbox = Mailbox::open(Vec::new(), false, vec![true, false, true]);
        mailbox.grow(3);
        assert_eq!(mailbox.given_id(2), None);
        assert_eq!(mailbox.given_id(3), Some(MessageId(1)));
        assert_eq!(mailbox.given_id(4), None);
    }

    #[test]
    fn what_has_vanished_leaves_the_view() {
        let mut mailbox = mailbox(3, 3);
        for (message, uid) in mailbox.messages.iter_mut().zip([4, 7, 9]) {
            message.uid = Some(uid);
        }
        for (set, holds) in [("4", true), ("7:9", false), ("4,7,9", true), ("4:5", false), ("x", false)] {
            assert_eq!(mailbox.holds_uids(set.as_bytes()), Some(holds), "{set}");
        }
        let id = |mailbox: &Mailbox, given| mailbox.given_id(given).unwrap();
        for number in mailbox.vanishing(b"9,4").collect::<Vec<_>>().into_iter().rev() {
            mailbox.expunge(number);
        }
        assert!(mailbox.is_gone(id(&mailbox, 1)) && !mailbox.is_gone(id(&mailbox, 2)));
        assert_eq!((mailbox.exists, mailbox.messages.len()), (Some(1), 1));
        mailbox.messages[0].uid = None;
        assert_eq!(mailbox.holds_uids(b"7"), None);
    }

    #[test]
    fn a_count_beyond_all_reason_costs_no_memory() {
        let mut mailbox = mailbox(u64::MAX, 0);
        assert_eq!(mailbox.messages().len(), KNOWN_MESSAGES);
        mailbox.expunge(u64::MAX);
        mailbox.expunge(0);
    }
}
