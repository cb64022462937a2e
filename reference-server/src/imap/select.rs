//! SELECT, EXAMINE (RFC 3501 sections 6.3.1 and 6.3.2, RFC 7162) and UNSELECT (RFC 3691).

use super::command::SelectParameters;
use super::extension::Extension;
use super::response::{Code, Condition, Data, Response};
use super::session::{Completion, Session, Step};
use crate::net::Transport;
use crate::store::Access;

impl<T: Transport> Session<'_, T> {
    /// The mailbox selected before is left in any case, without expunging.
    pub(super) async fn select(
        &mut self,
        mailbox: &str,
        access: Access,
        parameters: &SelectParameters,
    ) -> Step<Completion> {
        if parameters.resync.is_some() && !self.mod_sequences.resync {
            return Ok(Completion::bad("QRESYNC is not enabled"));
        }
        self.saved.clear();
        let offered = self.extensions().has(Extension::Condstore);
        if self.selected.take().is_some() && offered {
            self.untagged(Code::Closed, "the mailbox selected before is closed").await?;
        }
        if parameters.condstore {
            self.become_condstore_aware();
        }
        let Some(account) = &self.account else { return Ok(Completion::bad("log in first")) };
        let (mut selected, data) = match account.select(mailbox, access) {
            Ok(selected) => selected,
            Err(error) => return Ok(error.into()),
        };
        self.data(Data::Flags(data.keywords.clone())).await?;
        self.data(Data::Exists(data.exists)).await?;
        self.data(Data::Recent(data.recent)).await?;
        if let Some(number) = data.unseen {
            self.untagged(Code::Unseen(number), "the first unseen message").await?;
        }
        let permanent = Code::PermanentFlags { access, keywords: data.keywords.clone() };
        self.untagged(permanent, "flags that are kept").await?;
        self.untagged(Code::UidNext(data.uid_next), "the next unique identifier").await?;
        self.untagged(Code::UidValidity(data.uid_validity), "unique identifiers are valid").await?;
        if offered {
            let highest = Code::HighestModSeq(data.highest_mod_sequence);
            self.untagged(highest, "the highest mod-sequence").await?;
        }
        if let Some(resync) = &parameters.resync {
            self.resynchronize(resync, &mut selected, &data).await?;
        }
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
