//! A world for tests.

use std::borrow::Cow;

use super::World;
use crate::scenario::expression::Name;

/// Two given messages at numbers 1 and 2 with UIDs 11 and 12; nothing told but what a test sets.
#[derive(Default)]
pub(crate) struct Stage {
    pub(crate) exists: Option<u32>,
    pub(crate) flags: Option<Vec<String>>,
    pub(crate) gone: Option<bool>,
}

impl World for Stage {
    fn name(&self, name: &Name) -> Option<Cow<'_, [u8]>> {
        Some(Cow::Borrowed(match name {
            Name::User => b"ann",
            Name::Password => b"sesame",
            Name::OtherUser => b"eve",
            Name::Box => b"box",
            Name::Mailbox(_) => b"box/child",
            Name::Prefix => b"",
            Name::Separator | Name::Mail => return None,
        }))
    }

    fn number(&self, given: u32) -> Option<u32> {
        (given <= 2).then_some(given)
    }

    fn uid(&self, given: u32) -> Option<u32> {
        (given <= 2).then_some(given + 10)
    }

    fn hits(&self, keys: &[u8]) -> Result<Vec<u32>, String> {
        if keys == b"ALL" { Ok(vec![1, 2, 3]) } else { Err("no such key".into()) }
    }

    fn exists(&self) -> Option<u32> {
        self.exists
    }

    fn recent(&self) -> Option<u32> {
        None
    }

    fn uid_validity(&self) -> Option<u32> {
        None
    }

    fn uid_next(&self) -> Option<u32> {
        None
    }

    fn read_only(&self) -> Option<bool> {
        Some(false)
    }

    fn is_open(&self) -> bool {
        true
    }

    fn state(&self) -> Cow<'_, str> {
        Cow::Borrowed("selected")
    }

    fn gone(&self, _given: u32) -> Option<bool> {
        self.gone
    }

    fn known(&self, given: u32) -> bool {
        given == 1
    }

    fn flags(&self, _given: u32) -> Option<Vec<String>> {
        self.flags.clone()
    }

    fn told_uid(&self, given: u32) -> Option<u32> {
        self.uid(given)
    }

    fn capability(&self, name: &str) -> Option<bool> {
        Some(name.eq_ignore_ascii_case("IDLE"))
    }

    fn now(&self) -> u64 {
        800_000_000
    }
}
