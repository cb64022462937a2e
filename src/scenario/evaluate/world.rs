//! What an expression may ask of the world around it.

use std::borrow::Cow;

use crate::scenario::expression::Name;

/// The world of one line of a talk: names, the given messages, and what the line's session has been told so far.
///
/// `given` counts the messages of the scenario's `given` from 1. `None` means: never told, or not there.
pub trait World {
    /// `$user`, `$box`, …
    fn name(&self, name: &Name) -> Option<Cow<'_, [u8]>>;

    /// The message sequence number that a given message has at this moment (`#2`).
    fn number(&self, given: u32) -> Option<u32>;

    /// The UID of a given message as the harness knows it (`@2`).
    fn uid(&self, given: u32) -> Option<u32>;

    /// Which of the given messages (counted from 1, ascending) these SEARCH keys must find.
    ///
    /// # Errors
    /// What is wrong with the keys.
    fn hits(&self, keys: &[u8]) -> Result<Vec<u32>, String>;

    /// The number of messages that the session was told last.
    fn exists(&self) -> Option<u32>;

    /// The last RECENT.
    fn recent(&self) -> Option<u32>;

    /// UIDVALIDITY of the selected mailbox.
    fn uid_validity(&self) -> Option<u32>;

    /// UIDNEXT of the selected mailbox.
    fn uid_next(&self) -> Option<u32>;

    /// Whether the selected mailbox is open read-only.
    fn read_only(&self) -> Option<bool>;

    /// Whether the connection is open.
    fn is_open(&self) -> bool;

    /// The session's state in lower case: `selected`, `transaction`, …
    fn state(&self) -> Cow<'_, str>;

    /// Whether the session was told that a given message is gone.
    fn gone(&self, given: u32) -> Option<bool>;

    /// Whether the session was told anything of a given message that it still holds.
    fn known(&self, given: u32) -> bool;

    /// The flags of a given message that the session was told last.
    fn flags(&self, given: u32) -> Option<Vec<String>>;

    /// The UID of a given message that the session was told.
    fn told_uid(&self, given: u32) -> Option<u32>;

    /// Whether the server advertises a capability; `None` where no list of them has come.
    fn capability(&self, name: &str) -> Option<bool>;

    /// The present moment by the calendar of the run, in seconds since 1970-01-01T00:00:00Z.
    fn now(&self) -> u64;

    /// A number from `low` to `high`, chosen at random; `None` where nothing is left to chance.
    fn random(&self, _low: u64, _high: u64) -> Option<u64> {
        None
    }
}
