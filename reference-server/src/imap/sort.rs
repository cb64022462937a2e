//! SORT (RFC 5256 section 3).

use std::cmp::Ordering;

use super::command::{Criterion, Numbering, SearchKey, SortKey};
use super::response::Data;
use super::search::{highest_mod_sequence, is_known, numbered, unknown_charset};
use super::session::{Completion, Session, Step};
use crate::message::{Address, BaseSubject, Envelope, Header, casemap, decoded_field, sent_date};
use crate::net::Transport;
use crate::store::{Message, SelectedMessage};

impl<T: Transport> Session<'_, T> {
    pub(super) async fn sort(
        &mut self,
        by: Numbering,
        criteria: &[Criterion],
        charset: &[u8],
        key: &SearchKey,
    ) -> Step<Completion> {
        if !is_known(charset) {
            return Ok(unknown_charset());
        }
        let found = sorted(self.matching(key), criteria);
        let mod_sequence = highest_mod_sequence(key, &found);
        let numbers = found.iter().map(|message| numbered(message, by)).collect();
        self.data(Data::Sort { numbers, mod_sequence }).await?;
        Ok(Completion::ok("SORT completed"))
    }
}

/// The messages in the order of the criteria; those that are equal in all keep theirs.
fn sorted(messages: Vec<SelectedMessage>, criteria: &[Criterion]) -> Vec<SelectedMessage> {
    let valued = messages.into_iter().map(|message| {
        let values: Vec<Value> =
            criteria.iter().map(|criterion| Value::of(&message.message, criterion.key)).collect();
        (values, message)
    });
    let mut valued: Vec<(Vec<Value>, SelectedMessage)> = valued.collect();
    valued.sort_by(|(first, _), (second, _)| {
        let orders = criteria.iter().zip(first.iter().zip(second)).map(|(criterion, (first, second))| {
            let order = first.cmp(second);
            if criterion.reverse { order.reverse() } else { order }
        });
        orders.fold(Ordering::Equal, Ordering::then)
    });
    valued.into_iter().map(|(_, message)| message).collect()
}

/// What is compared; of one key all messages have the same kind.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Instant(i64),
    Size(u32),
    /// As [`casemap`] makes it; empty where there is no such field.
    Text(String),
}

impl Value {
    fn of(message: &Message, key: SortKey) -> Self {
        match key {
            SortKey::Arrival => Self::Instant(message.internal_date.epoch),
            SortKey::Date => Self::Instant(sent(message)),
            SortKey::Size => Self::Size(message.size()),
            SortKey::Subject => Self::Text(casemap(&base_subject(message).text)),
            SortKey::Cc => first_mailbox(&envelope(message).cc),
            SortKey::From => first_mailbox(&envelope(message).from),
            SortKey::To => first_mailbox(&envelope(message).to),
        }
    }
}

fn first_mailbox(addresses: &[Address]) -> Value {
    let mailbox = addresses.first().and_then(|address| address.mailbox.as_deref()).unwrap_or_default();
    Value::Text(casemap(&String::from_utf8_lossy(mailbox)))
}

fn envelope(message: &Message) -> Envelope {
    Envelope::of(&message.octets, &header(message))
}

/// The sent date (RFC 5256 section 2.2), in seconds since 1970-01-01T00:00:00Z: without a Date field that can be read it
/// is the internal date.
pub(super) fn sent(message: &Message) -> i64 {
    let text = header(message).text(&message.octets, "date");
    text.and_then(|text| sent_date(&text)).unwrap_or(message.internal_date.epoch)
}

pub(super) fn base_subject(message: &Message) -> BaseSubject {
    let mut fields = header(message).fields(&message.octets);
    fields
        .find(|field| field.is(b"subject"))
        .map(|field| BaseSubject::of(&decoded_field(&field)))
        .unwrap_or_default()
}

pub(super) fn header(message: &Message) -> Header {
    Header::scan(&message.octets, 0..message.octets.len())
}
