//! What the expressions of a script may ask.

use std::borrow::Cow;

use rand::RngExt;

use super::Cue;
use crate::{
    load::mail::message,
    scenario::{evaluate::World, expression::Name},
    session::Session,
};

/// The world as one session sees it. It has no given messages.
pub(super) struct Stance<'a> {
    pub(super) cue: &'a Cue<'a>,
    pub(super) session: &'a Session,
}

fn small(number: Option<u64>) -> Option<u32> {
    number.and_then(|number| u32::try_from(number).ok())
}

impl World for Stance<'_> {
    fn name(&self, name: &Name) -> Option<Cow<'_, [u8]>> {
        let account = self.cue.account;
        match name {
            Name::User => Some(account.user.as_bytes().into()),
            Name::Password => Some(account.password.reveal().as_bytes().into()),
            Name::Mail => {
                let sizes = &self.cue.stage.plan().workload.sizes;
                Some(message(&mut self.cue.rng.borrow_mut(), sizes, &account.user).into())
            }
            Name::OtherUser | Name::Box | Name::Separator | Name::Prefix | Name::Mailbox(_) => None,
        }
    }

    fn number(&self, _given: u32) -> Option<u32> {
        None
    }

    fn uid(&self, _given: u32) -> Option<u32> {
        None
    }

    fn hits(&self, _keys: &[u8]) -> Result<Vec<u32>, String> {
        Err("a workload has no given messages to search".to_owned())
    }

    fn exists(&self) -> Option<u32> {
        small(self.session.mailbox()?.exists)
    }

    fn recent(&self) -> Option<u32> {
        small(self.session.mailbox()?.recent)
    }

    fn uid_validity(&self) -> Option<u32> {
        small(self.session.mailbox()?.uid_validity)
    }

    fn uid_next(&self) -> Option<u32> {
        small(self.session.mailbox()?.uid_next)
    }

    fn read_only(&self) -> Option<bool> {
        self.session.mailbox()?.read_only
    }

    fn is_open(&self) -> bool {
        self.session.closed().is_none()
    }

    fn state(&self) -> Cow<'_, str> {
        self.session.state().name().into()
    }

    fn gone(&self, _given: u32) -> Option<bool> {
        None
    }

    fn known(&self, _given: u32) -> bool {
        false
    }

    fn flags(&self, _given: u32) -> Option<Vec<String>> {
        None
    }

    fn told_uid(&self, _given: u32) -> Option<u32> {
        None
    }

    fn capability(&self, name: &str) -> Option<bool> {
        let wanted = name.to_ascii_uppercase();
        Some(match self.session.capabilities() {
            Some(known) => known.contains(&wanted),
            None => self.cue.stage.arena.facts.advertises(self.cue.script.protocol, &wanted),
        })
    }

    fn now(&self) -> u64 {
        self.cue.stage.arena.clock.calendar()
    }

    fn random(&self, low: u64, high: u64) -> Option<u64> {
        Some(self.cue.rng.borrow_mut().random_range(low..=high))
    }
}
