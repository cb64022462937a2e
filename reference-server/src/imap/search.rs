//! SEARCH (RFC 3501 section 6.4.4).

use super::command::{Numbering, ReturnOption, SearchKey};
use super::criterion;
use super::esearch;
use super::response::{Code, Data};
use super::saved;
use super::session::{Completion, Session, Step};
use crate::net::Transport;
use crate::store::{ModSequence, SelectedMessage};

impl<T: Transport> Session<'_, T> {
    pub(super) async fn search(
        &mut self,
        tag: &str,
        by: Numbering,
        returns: Option<&[ReturnOption]>,
        charset: Option<Vec<u8>>,
        key: &SearchKey,
    ) -> Step<Completion> {
        let save = returns.is_some_and(|options| options.contains(&ReturnOption::Save));
        if charset.is_some_and(|charset| !is_known(&charset)) {
            if save {
                self.saved.clear();
            }
            return Ok(unknown_charset());
        }
        let found = self.matching(key);
        let numbers: Vec<u32> = found.iter().map(|message| numbered(message, by)).collect();
        let uids = found.iter().map(|message| message.uid);
        let uids = returns.filter(|_| save).map(|options| saved::kept(options, uids.collect()));
        if let Some(uids) = uids {
            self.saved = uids;
        }
        let data = match returns {
            Some(options) => {
                let highest = highest_mod_sequence(key, esearch::returned(options, &found));
                esearch::response(tag, by, options, &numbers, highest)
            }
            None => {
                let mod_sequence = highest_mod_sequence(key, &found);
                Some(Data::Search { numbers, mod_sequence })
            }
        };
        if let Some(data) = data {
            self.data(data).await?;
        }
        Ok(Completion::ok("SEARCH completed"))
    }

    /// The messages of the selected mailbox that match, in ascending order. MODSEQ among the keys makes the client aware.
    pub(super) fn matching(&mut self, key: &SearchKey) -> Vec<SelectedMessage> {
        if has_mod_sequence(key) {
            self.become_condstore_aware();
        }
        let Some(selected) = &self.selected else { return Vec::new() };
        criterion::matching(selected, key, &self.saved)
    }
}

/// The highest mod-sequence of these messages, which goes with them if MODSEQ was among the keys (RFC 7162 section 3.1.6).
pub(super) fn highest_mod_sequence<'m>(
    key: &SearchKey,
    messages: impl IntoIterator<Item = &'m SelectedMessage>,
) -> Option<ModSequence> {
    messages.into_iter().map(|message| message.mod_sequence).max().filter(|_| has_mod_sequence(key))
}

fn has_mod_sequence(key: &SearchKey) -> bool {
    key.holds(&|key| matches!(key, SearchKey::ModSeq(_)))
}

/// Whether the texts of keys may be in this charset.
pub(super) fn is_known(charset: &[u8]) -> bool {
    [&b"US-ASCII"[..], b"UTF-8"].iter().any(|known| charset.eq_ignore_ascii_case(known))
}

pub(super) fn unknown_charset() -> Completion {
    Completion::no("the charset is not known").with(Code::BadCharset)
}

/// The number of a message that the client wants to hear.
pub(super) fn numbered(message: &SelectedMessage, by: Numbering) -> u32 {
    match by {
        Numbering::Sequence => message.number,
        Numbering::Uid => message.uid,
    }
}
