//! THREAD (RFC 5256 section 3).

mod ordered_subject;
mod references;

use super::command::{Algorithm, Numbering, SearchKey};
use super::response::Data;
use super::search::{is_known, numbered, unknown_charset};
use super::session::{Completion, Session, Step};
use super::sort::{base_subject, header, sent};
use crate::message::{casemap, message_ids};
use crate::net::Transport;
use crate::store::SelectedMessage;

/// Most references that are followed from one message: the last, which are its nearest ancestors.
const MOST_REFERENCES: usize = 1000;

/// What threading looks at in a message. In a list, they stand in the order of the mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Member {
    /// Its message sequence number or UID.
    number: u32,
    /// Its sent date.
    sent: i64,
    /// Its base subject, as [`casemap`] makes it.
    subject: String,
    /// Whether its subject says that it is a reply or forward.
    is_reply: bool,
    /// Its message identifier, if it has a valid one.
    id: Option<Vec<u8>>,
    /// Those of its ancestors, the farthest first.
    references: Vec<Vec<u8>>,
}

impl<T: Transport> Session<'_, T> {
    pub(super) async fn thread(
        &mut self,
        by: Numbering,
        algorithm: Algorithm,
        charset: &[u8],
        key: &SearchKey,
    ) -> Step<Completion> {
        if !is_known(charset) {
            return Ok(unknown_charset());
        }
        let members: Vec<Member> =
            self.matching(key).iter().map(|message| Member::of(message, numbered(message, by))).collect();
        let threads = match algorithm {
            Algorithm::OrderedSubject => ordered_subject::threads(members),
            Algorithm::References => references::threads(&members),
        };
        self.data(Data::Thread(threads)).await?;
        Ok(Completion::ok("THREAD completed"))
    }
}

impl Member {
    fn of(message: &SelectedMessage, number: u32) -> Self {
        let message = &message.message;
        let subject = base_subject(message);
        let header = header(message);
        let ids =
            |name| header.text(&message.octets, name).map(|text| message_ids(&text)).unwrap_or_default();
        let mut references = ids("references");
        references.drain(..references.len().saturating_sub(MOST_REFERENCES));
        if references.is_empty() {
            references.extend(ids("in-reply-to").into_iter().next());
        }
        Self {
            number,
            sent: sent(message),
            subject: casemap(&subject.text),
            is_reply: subject.is_reply,
            id: ids("message-id").into_iter().next(),
            references,
        }
    }

    /// What siblings are sorted by: the sent date, then the place in the mailbox (RFC 5256 section 2.2).
    fn order(&self) -> (i64, u32) {
        (self.sent, self.number)
    }
}
