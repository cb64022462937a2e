//! SELECT, EXAMINE (RFC 3501 sections 6.3.1 and 6.3.2) and UNSELECT (RFC 3691).

use super::response::{Code, Condition, Data, Response};
use super::session::{Completion, Session, Step};
use crate::net::Transport;
use crate::store::Access;

impl<T: Transport> Session<'_, T> {
    /// The mailbox selected before is left in any case, without expunging.
    pub(super) async fn select(&mut self, mailbox: &str, access: Access) -> Step<Completion> {
        self.selected = None;
        self.saved.clear();
        let Some(account) = &self.account else { return Ok(Completion::bad("log in first")) };
        let (selected, data) = match account.select(mailbox, access) {
            Ok(selected) => selected,
            Err(error) => return Ok(error.into()),
        };
        self.data(Data::Flags(data.keywords.clone())).await?;
        self.data(Data::Exists(data.exists)).await?;
        self.data(Data::Recent(data.recent)).await?;
        if let Some(number) = data.unseen {
            self.untagged(Code::Unseen(number), "the first unseen message").await?;
        }
        let permanent = Code::PermanentFlags { access, keywords: data.keywords };
        self.untagged(permanent, "flags that are kept").await?;
        self.untagged(Code::UidNext(data.uid_next), "the next unique identifier").await?;
        self.untagged(Code::UidValidity(data.uid_validity), "unique identifiers are valid").await?;
        self.selected = Some(selected);
        Ok(match access {
            Access::ReadWrite => Completion::ok("SELECT completed").with(Code::ReadWrite),
            Access::ReadOnly => Completion::ok("EXAMINE completed").with(Code::ReadOnly),
        })
    }

    pub(super) fn unselect(&mut self) -> Completion {
        self.selected = None;
        Completion::ok("UNSELECT completed")
    }

    async fn untagged(&mut self, code: Code, text: &str) -> Step {
        self.send(Response::untagged(Condition::Ok, Some(code), text)).await
    }
}
