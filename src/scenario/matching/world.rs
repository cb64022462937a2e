//! The world as it was when a line arrived.

use std::borrow::Cow;

use crate::scenario::{evaluate::World, expression::Name};

/// The world, with the message sequence numbers of the moment at which a line arrived.
pub(super) struct Arrival<'a> {
    pub(super) world: &'a dyn World,
    pub(super) numbers: &'a [Option<u32>],
}

impl World for Arrival<'_> {
    fn number(&self, given: u32) -> Option<u32> {
        let index = usize::try_from(given).ok()?.checked_sub(1)?;
        self.numbers.get(index).copied().unwrap_or_else(|| self.world.number(given))
    }

    fn name(&self, name: &Name) -> Option<Cow<'_, [u8]>> {
        self.world.name(name)
    }

    fn uid(&self, given: u32) -> Option<u32> {
        self.world.uid(given)
    }

    fn hits(&self, keys: &[u8]) -> Result<Vec<u32>, String> {
        self.world.hits(keys)
    }

    fn exists(&self) -> Option<u32> {
        self.world.exists()
    }

    fn recent(&self) -> Option<u32> {
        self.world.recent()
    }

    fn uid_validity(&self) -> Option<u32> {
        self.world.uid_validity()
    }

    fn uid_next(&self) -> Option<u32> {
        self.world.uid_next()
    }

    fn read_only(&self) -> Option<bool> {
        self.world.read_only()
    }

    fn is_open(&self) -> bool {
        self.world.is_open()
    }

    fn state(&self) -> Cow<'_, str> {
        self.world.state()
    }

    fn gone(&self, given: u32) -> Option<bool> {
        self.world.gone(given)
    }

    fn known(&self, given: u32) -> bool {
        self.world.known(given)
    }

    fn flags(&self, given: u32) -> Option<Vec<String>> {
        self.world.flags(given)
    }

    fn told_uid(&self, given: u32) -> Option<u32> {
        self.world.told_uid(given)
    }

    fn capability(&self, name: &str) -> Option<bool> {
        self.world.capability(name)
    }

    fn now(&self) -> u64 {
        self.world.now()
    }

    fn random(&self, low: u64, high: u64) -> Option<u64> {
        self.world.random(low, high)
    }
}
