//! Final delivery: trace fields in front (RFC 5321 section 4.4), and into each INBOX.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;

use super::reply::Reply;
use super::session::Recipient;
use super::wire::Message;
use crate::store::{Account, Flags, INBOX, Store, StoreError};

/// How many messages this process has taken.
static TAKEN: AtomicU64 = AtomicU64::new(0);

/// What the trace fields tell, besides the recipient.
pub(super) struct Envelope {
    /// The reverse-path without brackets; empty in a bounce.
    pub(super) sender: String,
    /// The client's name, as LHLO gave it.
    pub(super) client: String,
    /// Our own name.
    pub(super) host: String,
}

/// Delivers a message to each recipient: a reply for each, and what one is told holds for no other. A user who is named
/// twice gets one copy.
pub(super) async fn deliver(
    store: &Store,
    envelope: &Envelope,
    recipients: &[Recipient],
    message: &Message,
) -> Vec<Reply> {
    let message = match message {
        Message::Whole(message) if message.contains(&0) => {
            return recipients.iter().map(|_| Reply::new(554, "5.6.0", "a message holds no NUL")).collect();
        }
        Message::Whole(message) => message,
        Message::TooLarge => {
            return recipients.iter().map(|_| Reply::new(552, "5.3.4", "the message is too large")).collect();
        }
    };
    let received = envelope.received(store.clock().now());
    let mut delivered: BTreeMap<&str, Result<Arc<Account>, StoreError>> = BTreeMap::new();
    for Recipient { user, .. } in recipients {
        delivered.entry(user).or_insert_with(|| {
            let mut octets = envelope.return_path(user).into_bytes();
            octets.extend_from_slice(received.as_bytes());
            octets.extend_from_slice(message);
            let account = store.open_account(user);
            account.append(INBOX, octets, Flags::default(), None).map(|_| account)
        });
    }
    // Behind the reply the mail is ours to keep (RFC 2033 section 4.2).
    let mut told: BTreeMap<&str, Result<(), StoreError>> = BTreeMap::new();
    for (user, account) in delivered {
        let outcome = match account {
            Ok(account) => account.ledger().settled().await.map_err(|_| StoreError::NotDurable),
            Err(error) => Err(error),
        };
        told.insert(user, outcome);
    }
    let reply = |Recipient { path, user }: &Recipient| match told.get(user.as_str()) {
        Some(Err(error)) => Reply::new(451, "4.3.0", format!("<{}> not delivered: {error}", path.address)),
        _ => Reply::new(250, "2.1.5", format!("<{}> delivered", path.address)),
    };
    recipients.iter().map(reply).collect()
}

impl Envelope {
    /// The fields at the top, of which the first is the reverse-path's last mention.
    fn return_path(&self, user: &str) -> String {
        format!("Return-Path: <{}>\r\nDelivered-To: {user}\r\n", self.sender)
    }

    fn received(&self, now: u64) -> String {
        let number = TAKEN.fetch_add(1, Ordering::Relaxed);
        let date = date(now);
        let Self { client, host, .. } = self;
        // Nothing that the client calls itself can end the field: a command holds no control characters.
        let client: String = client.chars().filter(|character| !"()<>;\\\"".contains(*character)).collect();
        format!("Received: from {client}\r\n\tby {host} with LMTP id {now}.{number};\r\n\t{date}\r\n")
    }
}

/// A date and time (RFC 5322 section 3.3) in UTC.
fn date(now: u64) -> String {
    let moment =
        i64::try_from(now).ok().and_then(|now| Timestamp::from_second(now).ok()).unwrap_or(Timestamp::MAX);
    moment.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trace_fields_name_the_way() {
        let envelope =
            Envelope { sender: "a@b".into(), client: "mx (evil) \"x\"".into(), host: "mail.example".into() };
        assert_eq!(envelope.return_path("alice"), "Return-Path: <a@b>\r\nDelivered-To: alice\r\n");
        let received = envelope.received(1_714_550_400);
        assert!(
            received.starts_with("Received: from mx evil x\r\n\tby mail.example with LMTP id 1714550400."),
            "{received}"
        );
        assert!(received.ends_with(";\r\n\tWed, 01 May 2024 08:00:00 +0000\r\n"), "{received}");
    }
}
