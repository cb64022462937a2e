//! What a client has missed (QRESYNC, RFC 7162 section 3.2).

use super::command::{NumberSet, Numbering, Resync, SequenceSet};
use super::response::{Attribute, Data};
use super::session::{Session, Step};
use crate::net::Transport;
use crate::store::{ModSequence, Selected, SelectionData, Uid, UidRanges, Update};

impl<T: Transport> Session<'_, T> {
    /// Tells what has happened in the mailbox that is being opened since the client left it (section 3.2.5): nothing, if
    /// it is not the one that the client knows.
    pub(super) async fn resynchronize(
        &mut self,
        resync: &Resync,
        selected: &mut Selected,
        data: &SelectionData,
    ) -> Step {
        if resync.uid_validity != data.uid_validity {
            return Ok(());
        }
        let ever = UidRanges::merged(vec![(1, Uid::MAX)]);
        let known = resync.known.as_ref().map_or_else(|| ever.clone(), uid_ranges);
        let matched = resync.matched.as_ref().and_then(|(numbers, uids)| last_match(selected, numbers, uids));
        let unsure = UidRanges::merged(vec![(matched.unwrap_or(0).saturating_add(1), Uid::MAX)]);
        let vanished = selected.vanished(&known.intersection(&unsure), resync.mod_sequence);
        self.tell_earlier(vanished).await?;
        let changed = selected
            .messages(|message| message.mod_sequence > resync.mod_sequence && known.contains(message.uid));
        for message in changed {
            selected.flags_told(message.uid);
            let mut attributes = self.identify(Numbering::Uid, message.uid, message.mod_sequence);
            attributes.push(Attribute::Flags { flags: message.message.flags, recent: message.recent });
            self.data(Data::Fetch { number: message.number, attributes }).await?;
        }
        Ok(())
    }

    /// The VANISHED of UID FETCH (section 3.2.6). What the session still sees is not among them: that is for VANISHED
    /// without EARLIER to tell. `*` reaches to the highest UID that there has been, so that no message which followed the
    /// last one is missed.
    pub(super) async fn tell_vanished(&mut self, set: &SequenceSet, since: ModSequence) -> Step {
        let Some(selected) = &self.selected else { return Ok(()) };
        let asked = match set {
            SequenceSet::Listed(set) => {
                let ranges = set.ranges(selected.highest_uid());
                UidRanges::merged(ranges.iter().collect())
            }
            SequenceSet::Saved => UidRanges::of(self.saved.iter().copied()),
        };
        let vanished = selected.vanished(&asked, since);
        self.tell_earlier(vanished).await
    }

    /// Once QRESYNC is enabled VANISHED stands for the EXPUNGE responses (section 3.2.10.2). Returns the other updates.
    pub(super) async fn tell_removals(&mut self, mut updates: Vec<Update>) -> Step<Vec<Update>> {
        let removed = updates.iter().filter_map(|update| match update {
            Update::Expunge { uid, .. } => Some(*uid),
            _ => None,
        });
        let uids = UidRanges::of(removed);
        self.mod_sequences.removed |= !uids.is_empty();
        if self.mod_sequences.resync && !uids.is_empty() {
            updates.retain(|update| !matches!(update, Update::Expunge { .. }));
            self.data(Data::Vanished { earlier: false, uids }).await?;
        }
        Ok(updates)
    }

    async fn tell_earlier(&mut self, uids: UidRanges) -> Step {
        match uids.is_empty() {
            true => Ok(()),
            false => self.data(Data::Vanished { earlier: true, uids }).await,
        }
    }
}

/// A set without `*`.
fn uid_ranges(set: &NumberSet) -> UidRanges {
    UidRanges::merged(set.ranges(0).iter().collect())
}

/// The highest UID that the client knows by the right message sequence number: it knows of every expunge up to there
/// (section 3.2.5.2).
fn last_match(selected: &Selected, numbers: &NumberSet, uids: &NumberSet) -> Option<Uid> {
    let each =
        |set: &NumberSet| set.ranges(0).iter().collect::<Vec<_>>().into_iter().flat_map(|(a, b)| a..=b);
    let pairs = each(numbers).zip(each(uids)).take_while(|(number, _)| *number <= selected.count());
    let right = pairs.filter(|(number, uid)| selected.numbers_of_uids(*uid, *uid) == (*number..*number + 1));
    right.map(|(_, uid)| uid).last()
}
