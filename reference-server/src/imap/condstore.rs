//! What a session is told of mod-sequences (CONDSTORE, RFC 7162 section 3.1).

use super::command::Numbering;
use super::extension::Extension;
use super::response::{Attribute, Code, Condition, Data, Response};
use super::session::{Completion, Session, Step};
use crate::net::Transport;
use crate::store::{ModSequence, Uid};

/// What the session has asked for, and what the command in progress has told.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ModSequences {
    /// A CONDSTORE enabling command has been given.
    aware: bool,
    /// QRESYNC is enabled.
    pub(super) resync: bool,
    /// The first enabling command came with a mailbox selected: HIGHESTMODSEQ is owed.
    owed: bool,
    /// The highest mod-sequence told by this command.
    told: ModSequence,
    /// Messages have gone from the view by this command.
    pub(super) removed: bool,
    /// Messages have been moved by this command.
    pub(super) moved: bool,
}

impl<T: Transport> Session<'_, T> {
    /// Notes a CONDSTORE enabling command (section 3.1).
    pub(super) fn become_condstore_aware(&mut self) {
        self.mod_sequences.owed |= !self.mod_sequences.aware && self.selected.is_some();
        self.mod_sequences.aware = true;
    }

    pub(super) fn is_condstore_aware(&self) -> bool {
        self.mod_sequences.aware
    }

    /// Enables those of the named extensions that wait for it (RFC 5161), and says which.
    pub(super) async fn enable(&mut self, names: &[String]) -> Step<Completion> {
        let mut enabled = Vec::new();
        for extension in [Extension::Condstore, Extension::Qresync] {
            let named = names.iter().any(|name| name.eq_ignore_ascii_case(extension.name()));
            if named && self.extensions().has(extension) {
                self.mod_sequences.resync |= extension == Extension::Qresync;
                self.become_condstore_aware();
                enabled.push(extension.name());
            }
        }
        self.data(Data::Enabled(enabled)).await?;
        Ok(Completion::ok("ENABLE completed"))
    }

    /// UID and MODSEQ, which go with every FETCH response about a change once the client is aware (section 3.2.4).
    /// Before that UID goes with those that commands with `UID` cause.
    pub(super) fn identify(&mut self, by: Numbering, uid: Uid, mod_sequence: ModSequence) -> Vec<Attribute> {
        if self.mod_sequences.aware {
            self.tell_mod_sequence(mod_sequence);
            return vec![Attribute::Uid(uid), Attribute::ModSeq(mod_sequence)];
        }
        Vec::from_iter((by == Numbering::Uid).then_some(Attribute::Uid(uid)))
    }

    /// Notes that the client is told this mod-sequence.
    pub(super) fn tell_mod_sequence(&mut self, mod_sequence: ModSequence) {
        self.mod_sequences.told = self.mod_sequences.told.max(mod_sequence);
    }

    /// Tells HIGHESTMODSEQ at the end of a command where that is due: for the first enabling command (section 3.1), for
    /// removals with QRESYNC (sections 3.2.7 and 3.2.9) and by MOVE (RFC 6851 section 4.4), and where the client has
    /// been told of a mod-sequence above that of an expunge which is withheld (section 3.2).
    pub(super) async fn tell_highest(&mut self, completion: Completion) -> Step<Completion> {
        let ModSequences { aware, resync, owed, told, removed, moved } = self.mod_sequences;
        self.mod_sequences = ModSequences { aware, resync, ..ModSequences::default() };
        let Some(selected) = &self.selected else { return Ok(completion) };
        let known = selected.known_up_to();
        let offered = self.extensions().has(Extension::Condstore);
        let due = (resync && removed) || (moved && offered) || told > known;
        let code = Code::HighestModSeq(known);
        if due && !owed && completion.code.is_none() && completion.condition == Condition::Ok {
            return Ok(completion.with(code));
        }
        if due || owed {
            let text = "the highest mod-sequence you know all of";
            self.send(Response::untagged(Condition::Ok, Some(code), text)).await?;
        }
        Ok(completion)
    }
}
