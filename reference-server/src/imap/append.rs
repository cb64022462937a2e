//! APPEND (RFC 3501 section 6.3.11), of several messages too (MULTIAPPEND, RFC 3502), and of binary ones (RFC 3516).

use super::command::Appended;
use super::extension::Extension;
use super::response::Code;
use super::session::{Completion, Session};
use crate::message::without_binary;
use crate::net::Transport;
use crate::store::{NewMessage, StoreError};

impl<T: Transport> Session<'_, T> {
    /// All of the messages are added, or none.
    pub(super) fn append(&self, mailbox: &str, messages: Vec<Appended>) -> Completion {
        let Some(account) = &self.account else { return Completion::bad("log in first") };
        let mut stored: Vec<NewMessage> = Vec::with_capacity(messages.len());
        for Appended { mut message, binary } in messages {
            if binary {
                message.octets = without_binary(message.octets);
            }
            if message.octets.contains(&0) {
                let refusal = Completion::no("a NUL may stand only in a part whose encoding is binary");
                // RFC 3516 section 4.4.
                return if binary { refusal.with(Code::UnknownCte) } else { refusal };
            }
            stored.push(message);
        }
        match account.append_all(mailbox, stored) {
            Ok((uid_validity, uids)) => {
                self.done_with_uids("APPEND completed", Code::AppendUid { uid_validity, uids })
            }
            Err(error) => refusal(error),
        }
    }

    /// Success with UIDs, which are told as part of UIDPLUS only.
    pub(super) fn done_with_uids(&self, text: &str, uids: Code) -> Completion {
        let done = Completion::ok(text);
        if self.extensions().has(Extension::UidPlus) { done.with(uids) } else { done }
    }
}

/// Why a mailbox takes no messages: one that does not exist could be created.
pub(super) fn refusal(error: StoreError) -> Completion {
    match error {
        StoreError::NoSuchMailbox => Completion::no(&error.to_string()).with(Code::TryCreate),
        error => error.into(),
    }
}
