//! What the lines of a talk share while they are compiled: names, captures, claims, and the troubles found so far.

use std::{collections::BTreeMap, sync::Arc};

use super::mistake::{Parsed, Trouble};
use crate::fixtures::Fixtures;
use crate::scenario::{
    expression::Name,
    program::{Given, Place, Protocol, Slot},
};

/// Is a capture set where the compiler stands?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting {
    No,
    /// On some of the ways that lead here.
    Maybe,
    Yes,
}

/// The state of the compiler of one talk, for one row.
pub(super) struct Scope<'a> {
    pub(super) protocol: Protocol,
    pub(super) fixtures: &'a Fixtures,
    pub(super) given: &'a Given,
    /// `$user`, `$box`, `$a`, …
    pub(super) names: &'a BTreeMap<String, Name>,
    pub(super) captures: Vec<String>,
    pub(super) settings: Vec<Setting>,
    /// The row that is compiled, and what its columns are.
    pub(super) row: Option<&'a str>,
    pub(super) presets: Vec<(Slot, Vec<u8>)>,
    pub(super) troubles: Vec<Trouble>,
    /// The talk is a workload's.
    pub(super) workload: bool,
    clauses: &'a [Arc<str>],
    current: Option<Arc<str>>,
    /// Clauses that own a claim.
    pub(super) claimed: Vec<Arc<str>>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(
        protocol: Protocol,
        fixtures: &'a Fixtures,
        given: &'a Given,
        names: &'a BTreeMap<String, Name>,
        clauses: &'a [Arc<str>],
        row_clause: Option<Arc<str>>,
    ) -> Self {
        Self {
            protocol,
            fixtures,
            given,
            names,
            captures: Vec::new(),
            settings: Vec::new(),
            row: None,
            presets: Vec::new(),
            troubles: Vec::new(),
            workload: false,
            clauses,
            current: row_clause,
            claimed: Vec::new(),
        }
    }

    pub(super) fn report(&mut self, trouble: Trouble) {
        self.troubles.push(trouble);
    }

    // Captures.

    /// The slot of a capture that a pattern sets, made if it is new.
    pub(super) fn declare(&mut self, name: &str, place: Place) -> Parsed<Slot> {
        const MAX_CAPTURES: usize = 256;
        if self.captures.len() >= MAX_CAPTURES && !self.captures.iter().any(|known| known == name) {
            return Err(Trouble::new(place, "too many captures in one talk", "one too many")
                .hint("write `_` where a value is not used again"));
        }
        Ok(self.slot(name))
    }

    /// The slot of a capture, made if it is new.
    pub(super) fn slot(&mut self, name: &str) -> Slot {
        let index = self.captures.iter().position(|known| known == name).unwrap_or_else(|| {
            self.captures.push(name.to_owned());
            self.settings.push(Setting::No);
            self.captures.len() - 1
        });
        // Captures and columns are far fewer: both are bounded.
        Slot(u16::try_from(index).unwrap_or(u16::MAX))
    }

    /// Is the capture set on some way that leads here?
    pub(super) fn may_be_set(&self, name: &str) -> bool {
        let index = self.captures.iter().position(|known| known == name);
        index.is_some_and(|index| self.settings[index] != Setting::No)
    }

    pub(super) fn set(&mut self, slot: Slot, setting: Setting) {
        if let Some(known) = self.settings.get_mut(usize::from(slot.0)) {
            *known = setting;
        }
    }

    /// A capture that is read: it must have been set.
    pub(super) fn read(&mut self, name: &str, place: Place) -> Parsed<Slot> {
        let index = self.captures.iter().position(|known| known == name);
        let setting = index.map_or(Setting::No, |index| self.settings[index]);
        match setting {
            Setting::Yes => Ok(self.slot(name)),
            Setting::Maybe => {
                Err(Trouble::new(place, format!("`${name}` is not always set here"), "only on some ways")
                    .hint(format!("put the line between `-- if ${name}` and `-- end`")))
            }
            Setting::No => {
                let known: Vec<&str> = self
                    .captures
                    .iter()
                    .zip(&self.settings)
                    .filter(|(_, setting)| **setting == Setting::Yes)
                    .map(|(name, _)| name.as_str())
                    .chain(self.names.keys().map(String::as_str))
                    .collect();
                let trouble =
                    Trouble::new(place, format!("`${name}` is not set here"), "used before it is set");
                Err(match crate::nearest::nearest(name, known) {
                    Some(near) => trouble.hint(format!("did you mean `${near}`?")),
                    None => trouble.hint("a capture is set by a pattern of an earlier `S:` line"),
                })
            }
        }
    }

    // Given messages.

    /// Checks the number of a given message in `#2` and `@2`.
    pub(super) fn given_message(&self, number: u32, place: Place) -> Parsed<u32> {
        let count = self.given.messages.as_ref().map_or(0, Vec::len);
        if self.protocol == Protocol::Pop3 {
            return Err(Trouble::new(place, "POP3 has no `#` and `@`", "IMAP only")
                .hint("message numbers of a POP3 session do not change: write the number"));
        }
        match usize::try_from(number) {
            Ok(index) if (1..=count).contains(&index) => Ok(number),
            _ => {
                Err(Trouble::new(place, "there is no such given message", format!("`messages` has {count}"))
                    .hint("`#1` and `@1` are the first of `given: { messages: […] }`"))
            }
        }
    }

    // Claims.

    /// `§`: the claims below belong to this clause.
    pub(super) fn enter_clause(&mut self, id: &str, place: Place) -> Parsed<()> {
        if let Some(clause) = self.clauses.iter().find(|clause| &***clause == id) {
            self.current = Some(clause.clone());
            return Ok(());
        }
        let trouble = Trouble::new(place, format!("`{id}` is not in `clauses`"), "not listed");
        let known = self.clauses.iter().map(|clause| &**clause);
        // What follows is not to blame for it.
        self.current = self.clauses.first().cloned();
        Err(trouble.suggest(id, known))
    }

    /// The clause that owns a claim at `place`.
    pub(super) fn claim(&mut self, place: Place) -> Arc<str> {
        let clause = match (self.clauses, &self.current) {
            (_, Some(current)) => current.clone(),
            ([only], None) => only.clone(),
            (clauses, None) => {
                if !clauses.is_empty() {
                    let trouble = Trouble::new(place, "no clause owns this claim", "a claim");
                    self.report(trouble.hint("write `§ CLAUSE` above it, for `clauses` lists more than one"));
                }
                return clauses.first().cloned().unwrap_or_else(|| Arc::from(""));
            }
        };
        if !self.claimed.contains(&clause) {
            self.claimed.push(clause.clone());
        }
        clause
    }

    /// The clause for a line that claims nothing.
    pub(super) fn idle_clause(&self) -> Arc<str> {
        self.current.clone().or_else(|| self.clauses.first().cloned()).unwrap_or_else(|| Arc::from(""))
    }
}
