//! The saved result of a SEARCH, `$` (RFC 5182).

use super::command::ReturnOption;
use super::session::Session;
use crate::net::Transport;

impl<T: Transport> Session<'_, T> {
    /// The message sequence numbers of the saved messages, in ascending order. Those that are gone from the session's
    /// view have left the result with that (section 2.1): UIDs never come again.
    pub(super) fn saved_numbers(&self) -> Vec<u32> {
        let Some(selected) = &self.selected else { return Vec::new() };
        self.saved.iter().flat_map(|uid| selected.numbers_of_uids(*uid, *uid)).collect()
    }
}

/// What SAVE keeps of the messages found, beside these other options (section 2.4): MIN and MAX without ALL and COUNT
/// keep just what they return.
pub(super) fn kept(options: &[ReturnOption], mut uids: Vec<u32>) -> Vec<u32> {
    let asked = |option| options.contains(&option);
    let (min, max) = (asked(ReturnOption::Min), asked(ReturnOption::Max));
    if asked(ReturnOption::All) || asked(ReturnOption::Count) || !(min || max) {
        return uids;
    }
    let ends = [uids.first().copied().filter(|_| min), uids.last().copied().filter(|_| max)];
    uids = ends.into_iter().flatten().collect();
    uids.dedup();
    uids
}
