//! CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE and STATUS (RFC 3501 sections 6.3.3 to 6.3.7 and 6.3.10).

use super::command::{Command, StatusItem};
use super::response::{Code, Data};
use super::session::{Completion, Session, Step};
use crate::net::Transport;
use crate::store::{Account, INBOX, StoreError};

impl<T: Transport> Session<'_, T> {
    pub(super) fn on_names(&self, command: Command) -> Completion {
        let Some(account) = &self.account else { return Completion::bad("log in first") };
        let (result, done) = match command {
            Command::Create { mailbox } => match account.create(&mailbox) {
                Err(error @ StoreError::Inbox) => {
                    return Completion::no(&error.to_string()).with(Code::AlreadyExists);
                }
                result => (result, "CREATE completed"),
            },
            Command::Delete { mailbox } => (account.delete(&mailbox), "DELETE completed"),
            Command::Rename { from, to } => (account.rename(&from, &to), "RENAME completed"),
            Command::Subscribe { mailbox } => (account.subscribe(&mailbox), "SUBSCRIBE completed"),
            Command::Unsubscribe { mailbox } => (account.unsubscribe(&mailbox), "UNSUBSCRIBE completed"),
            _ => return Completion::bad("not a command on names"),
        };
        result.map_or_else(Completion::from, |()| Completion::ok(done))
    }

    pub(super) async fn status(&mut self, mailbox: &str, items: &[StatusItem]) -> Step<Completion> {
        let Some(account) = &self.account else { return Ok(Completion::bad("log in first")) };
        let data = match status_data(account, mailbox, items) {
            Ok(data) => data,
            Err(error) => return Ok(error.into()),
        };
        if items.contains(&StatusItem::HighestModSeq) {
            self.become_condstore_aware();
        }
        self.data(data).await?;
        Ok(Completion::ok("STATUS completed"))
    }
}

/// The STATUS response for a mailbox.
pub(super) fn status_data(
    account: &Account,
    mailbox: &str,
    items: &[StatusItem],
) -> Result<Data, StoreError> {
    let status = account.status(mailbox)?;
    let value = |item: &StatusItem| match item {
        StatusItem::HighestModSeq => ("HIGHESTMODSEQ", status.highest_mod_sequence),
        StatusItem::Messages => ("MESSAGES", status.messages.into()),
        StatusItem::Recent => ("RECENT", status.recent.into()),
        StatusItem::Size => ("SIZE", status.size),
        StatusItem::UidNext => ("UIDNEXT", status.uid_next.into()),
        StatusItem::UidValidity => ("UIDVALIDITY", status.uid_validity.into()),
        StatusItem::Unseen => ("UNSEEN", status.unseen.into()),
    };
    let items = items.iter().map(value).collect();
    let mailbox = if mailbox.eq_ignore_ascii_case(INBOX) { INBOX } else { mailbox };
    Ok(Data::Status { mailbox: mailbox.to_owned(), items })
}
