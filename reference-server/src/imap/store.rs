//! STORE (RFC 3501 section 6.4.6).

use super::command::{Numbering, SequenceSet};
use super::response::{Attribute, Data};
use super::session::{Completion, Session, Step};
use crate::net::Transport;
use crate::store::{Expunges, FlagChange, Flags, StoreError};

impl<T: Transport> Session<'_, T> {
    pub(super) async fn store(
        &mut self,
        by: Numbering,
        set: &SequenceSet,
        change: FlagChange,
        silent: bool,
        flags: &Flags,
    ) -> Step<Completion> {
        let numbers = match self.present_numbers(by, set) {
            Ok(numbers) => numbers,
            Err(completion) => return Ok(completion),
        };
        let Some(selected) = &mut self.selected else { return Ok(Completion::bad("no mailbox is selected")) };
        let result = match selected.store(&numbers, change, flags, None) {
            Ok(result) => result,
            Err(error) => return Ok(error.into()),
        };
        if !silent {
            self.tell_flags(by, &numbers).await?;
        }
        Ok(match result.gone.is_empty() {
            true => Completion::ok("STORE completed"),
            false => StoreError::MessageGone.into(),
        })
    }

    /// Tells the flags that these messages have now, keywords that are new to the mailbox first.
    async fn tell_flags(&mut self, by: Numbering, numbers: &[u32]) -> Step {
        let Some(selected) = &mut self.selected else { return Ok(()) };
        let messages = numbers.iter().filter_map(|number| selected.message(*number));
        let messages: Vec<_> = messages.filter(|message| !message.gone).collect();
        let mut told = Vec::with_capacity(messages.len());
        for message in messages {
            selected.flags_told(message.uid);
            let mut attributes =
                vec![Attribute::Flags { flags: message.message.flags, recent: message.recent }];
            attributes.extend((by == Numbering::Uid).then_some(Attribute::Uid(message.uid)));
            told.push(Data::Fetch { number: message.number, attributes });
        }
        self.announce(Expunges::Withheld, by).await?;
        for data in told {
            self.data(data).await?;
        }
        Ok(())
    }
}
