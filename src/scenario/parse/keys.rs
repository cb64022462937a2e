//! Reads the keys of a mapping, and tells those that are unknown or missing.

use super::{
    mistake::Trouble,
    node::{Key, Node},
};
use crate::scenario::program::Place;

/// The keys of a file. `schema.rs` describes them; a test holds both together.
pub(crate) const FILE: &[&str] = &["protocol", "scenarios"];
/// The keys of a scenario.
pub(crate) const SCENARIO: &[&str] =
    &["title", "clauses", "requires", "given", "cases", "fresh", "lease", "slow", "talk"];
/// The keys of `given`.
pub(crate) const GIVEN: &[&str] = &["messages", "mailbox", "state", "names", "free", "sessions"];
/// The keys of a message.
pub(crate) const MESSAGE: &[&str] = &["mail", "flags", "date"];
/// The keys of a workload.
pub(crate) const WORKLOAD: &[&str] = &["title", "protocol", "starts", "stock", "sizes", "deliver", "scripts"];
/// The keys of a script of a workload.
pub(crate) const SCRIPT: &[&str] = &["protocol", "weight", "requires", "talk"];
/// The keys of an entry of `sizes`.
pub(crate) const SIZE: &[&str] = &["weight", "octets"];
/// The keys of a session.
pub(crate) const SESSION: &[&str] = &["state", "account"];

/// The values of a mapping with known keys.
pub(super) struct Keys<'n> {
    entries: &'n [(Key, Node)],
    place: Place,
    what: &'static str,
}

impl<'n> Keys<'n> {
    /// Takes the node as a mapping with these keys; others are told.
    pub(super) fn of(
        node: &'n Node,
        what: &'static str,
        known: &[&str],
        troubles: &mut Vec<Trouble>,
    ) -> Option<Self> {
        let entries = match node.mapping() {
            Ok(entries) => entries,
            Err(trouble) => {
                let keys: Vec<String> = known.iter().map(|key| format!("`{key}`")).collect();
                troubles.push(trouble.hint(format!("{what} has the keys {}", keys.join(", "))));
                return None;
            }
        };
        for (key, _) in entries.iter().filter(|(key, _)| !known.contains(&key.text.as_str())) {
            let trouble = Trouble::new(key.place, format!("{what} has no key `{}`", key.text), "unknown key");
            troubles.push(trouble.suggest(&key.text, known.iter().copied()));
        }
        Some(Self { entries, place: node.place, what })
    }

    /// The value of a key, if it is there.
    pub(super) fn get(&self, key: &str) -> Option<&'n Node> {
        self.entries.iter().find(|(known, _)| known.text == key).map(|(_, node)| node)
    }

    /// The place of a key.
    pub(super) fn place_of(&self, key: &str) -> Option<Place> {
        self.entries.iter().find(|(known, _)| known.text == key).map(|(known, _)| known.place)
    }

    /// The value of a key that must be there; `at` is where its absence is told.
    pub(super) fn require(
        &self,
        key: &str,
        at: Option<Place>,
        troubles: &mut Vec<Trouble>,
    ) -> Option<&'n Node> {
        let found = self.get(key);
        if found.is_none() {
            let start = self.place.start;
            let place = at.unwrap_or(Place { start, end: start });
            troubles.push(Trouble::new(
                place,
                format!("{} needs the key `{key}`", self.what),
                "`{key}` is missing".replace("{key}", key),
            ));
        }
        found
    }
}
