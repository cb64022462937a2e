//! STORE (RFC 3501 section 6.4.6, RFC 7162 section 3.1.3).

use super::command::{Numbering, SequenceSet, StoreFlags};
use super::response::{Attribute, Code, Data};
use super::session::{Completion, Session, Step};
use crate::net::Transport;
use crate::store::{Expunges, SelectedMessage, StoreError, Uid};

impl<T: Transport> Session<'_, T> {
    pub(super) async fn store(
        &mut self,
        by: Numbering,
        set: &SequenceSet,
        store: &StoreFlags,
    ) -> Step<Completion> {
        let numbers = match self.present_numbers(by, set) {
            Ok(numbers) => numbers,
            Err(completion) => return Ok(completion),
        };
        if store.unchanged_since.is_some() {
            self.become_condstore_aware();
        }
        let Some(selected) = &mut self.selected else { return Ok(Completion::bad("no mailbox is selected")) };
        let result = match selected.store(&numbers, store.change, &store.flags, store.unchanged_since) {
            Ok(result) => result,
            Err(error) => return Ok(error.into()),
        };
        let messages = numbers.iter().filter_map(|number| selected.message(*number));
        let messages: Vec<SelectedMessage> = messages.filter(|message| !message.gone).collect();
        let is_modified = |uid: Uid| result.modified.binary_search(&uid).is_ok();
        let modified = messages.iter().filter(|message| is_modified(message.uid));
        let modified = modified.map(|message| match by {
            Numbering::Sequence => message.number,
            Numbering::Uid => message.uid,
        });
        let modified: Vec<u32> = modified.collect();
        self.tell_stored(by, messages, |message| !store.silent || is_modified(message.uid)).await?;
        let completion = match result.gone.is_empty() {
            true => Completion::ok("STORE completed"),
            false => StoreError::MessageGone.into(),
        };
        Ok(if modified.is_empty() { completion } else { completion.with(Code::Modified(modified)) })
    }

    /// Tells the flags that these messages have now, keywords that are new to the mailbox first; to an aware client the
    /// mod-sequences too, and of those whose flags it need not be told these alone.
    async fn tell_stored(
        &mut self,
        by: Numbering,
        messages: Vec<SelectedMessage>,
        with_flags: impl Fn(&SelectedMessage) -> bool,
    ) -> Step {
        let aware = self.is_condstore_aware();
        let mut due = Vec::with_capacity(messages.len());
        for message in messages {
            let with_flags = with_flags(&message);
            if let (true, Some(selected)) = (with_flags, &mut self.selected) {
                selected.flags_told(message.uid);
            }
            if with_flags || aware {
                due.push((message.number, with_flags));
            }
        }
        if !due.is_empty() {
            self.announce(Expunges::Withheld, by).await?;
        }
        for (number, with_flags) in due {
            let Some(selected) = &mut self.selected else { break };
            // Read behind the updates: what is told last is what holds.
            let message = if with_flags { selected.tell(number) } else { selected.message(number) };
            let Some(message) = message.filter(|message| !message.gone) else { continue };
            let mut attributes = Vec::new();
            if with_flags {
                attributes.push(Attribute::Flags { flags: message.message.flags, recent: message.recent });
            }
            attributes.extend(self.identify(by, message.uid, message.mod_sequence));
            self.data(Data::Fetch { number, attributes }).await?;
        }
        Ok(())
    }
}
