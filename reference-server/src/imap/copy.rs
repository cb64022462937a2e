//! COPY (RFC 3501 section 6.4.7) and MOVE (RFC 6851).

use super::append::refusal;
use super::command::{Numbering, SequenceSet};
use super::extension::Extension;
use super::response::{Code, Condition, Response};
use super::session::{Completion, Session, Step};
use crate::net::Transport;

impl<T: Transport> Session<'_, T> {
    pub(super) fn copy(&mut self, by: Numbering, set: &SequenceSet, mailbox: &str) -> Completion {
        let numbers = match self.present_numbers(by, set) {
            Ok(numbers) => numbers,
            Err(completion) => return completion,
        };
        let Some(selected) = &mut self.selected else { return Completion::bad("no mailbox is selected") };
        match selected.copy(&numbers, mailbox) {
            Ok(copied) if copied.copies.is_empty() => Completion::ok("COPY completed, nothing to copy"),
            Ok(copied) => self.done_with_uids("COPY completed", Code::CopyUid(copied)),
            Err(error) => refusal(error),
        }
    }

    /// What has moved where is told before the EXPUNGE responses, which are the updates that follow.
    pub(super) async fn move_messages(
        &mut self,
        by: Numbering,
        set: &SequenceSet,
        mailbox: &str,
    ) -> Step<Completion> {
        let numbers = match self.present_numbers(by, set) {
            Ok(numbers) => numbers,
            Err(completion) => return Ok(completion),
        };
        let Some(selected) = &mut self.selected else { return Ok(Completion::bad("no mailbox is selected")) };
        let copied = match selected.move_to(&numbers, mailbox) {
            Ok(copied) => copied,
            Err(error) => return Ok(refusal(error)),
        };
        self.mod_sequences.moved = !copied.copies.is_empty();
        if !copied.copies.is_empty() && self.extensions().has(Extension::UidPlus) {
            let code = Some(Code::CopyUid(copied));
            self.send(Response::untagged(Condition::Ok, code, "messages have moved")).await?;
        }
        Ok(Completion::ok("MOVE completed"))
    }

    /// The numbers that a set names. A UID or a saved message that is gone counts as one that does not exist.
    pub(super) fn present_numbers(&self, by: Numbering, set: &SequenceSet) -> Result<Vec<u32>, Completion> {
        let mut numbers = self.numbers(by, set)?;
        let tolerant = by == Numbering::Uid || *set == SequenceSet::Saved;
        if let (true, Some(selected)) = (tolerant, &self.selected) {
            numbers.retain(|number| selected.message(*number).is_some_and(|message| !message.gone));
        }
        Ok(numbers)
    }
}
