//! The world of a talk: names, given messages, and what each session has been told.

use std::borrow::Cow;

use super::bench::Bench;
use crate::{
    net::Link,
    oracle,
    scenario::{
        evaluate::World,
        expression::Name,
        program::{GivenMessage, Protocol, Scenario},
    },
    session::{Line, Mailbox, Session, view::Message},
};

/// What was set up for one run of a talk.
#[derive(Debug, Default)]
pub(crate) struct Scene {
    /// The accounts: of the main session, and of those that want another.
    pub accounts: Vec<usize>,
    /// The mailbox that `messages` went into; `$box`.
    pub mailbox: Vec<u8>,
    /// Names of `names` and `free`, as written and in full.
    pub names: Vec<(String, Vec<u8>)>,
    /// The given messages with their octets.
    pub messages: Vec<(GivenMessage, &'static [u8])>,
    /// Their UIDs, as far as they are known.
    pub uids: Vec<u32>,
    /// Which of them have not been expunged, as far as any session was told.
    pub left: Vec<bool>,
}

/// A session's share of the world.
pub(crate) struct Stance<'a> {
    /// The run.
    pub bench: &'a Bench,
    /// What runs.
    pub scenario: &'a Scenario,
    /// What was set up.
    pub scene: &'a Scene,
    /// The account of the session's line.
    pub account: usize,
    /// The session.
    pub session: &'a Session,
}

impl Stance<'_> {
    /// The message sequence numbers of the given messages when `line` arrived.
    #[must_use]
    pub(crate) fn numbers_at(&self, line: &Line) -> Vec<Option<u32>> {
        let given = 1..=u32::try_from(self.scene.messages.len()).unwrap_or(0);
        given.map(|given| self.number_after(given, line.expunges_before)).collect()
    }

    fn number_after(&self, given: u32, expunges: usize) -> Option<u32> {
        if self.scenario.protocol == Protocol::Pop3 {
            return (given as usize <= self.scene.messages.len()).then_some(given);
        }
        let mailbox = self.session.mailbox()?;
        u32::try_from(mailbox.number_after(mailbox.given_id(given)?, expunges)?).ok()
    }

    fn mailbox(&self) -> Option<&Mailbox> {
        self.session.mailbox()
    }

    fn message(&self, given: u32) -> Option<&Message> {
        let mailbox = self.mailbox()?;
        mailbox.message(mailbox.number_after(mailbox.given_id(given)?, mailbox.expunges())?)
    }
}

fn small(number: Option<u64>) -> Option<u32> {
    number.and_then(|number| u32::try_from(number).ok())
}

impl World for Stance<'_> {
    fn name(&self, name: &Name) -> Option<Cow<'_, [u8]>> {
        let account = self.bench.account(self.account);
        Some(match name {
            Name::User => account.user.as_bytes().into(),
            Name::Password => account.password.reveal().as_bytes().into(),
            Name::OtherUser => self.bench.account(*self.scene.accounts.get(1)?).user.as_bytes().into(),
            Name::Box => self.scene.mailbox.as_slice().into(),
            Name::Separator => self.bench.facts.separator.as_deref()?.into(),
            Name::Prefix => self.bench.facts.prefix.as_slice().into(),
            Name::Mail => return None,
            Name::Mailbox(written) => {
                self.scene.names.iter().find(|(name, _)| name == written)?.1.as_slice().into()
            }
        })
    }

    fn number(&self, given: u32) -> Option<u32> {
        self.number_after(given, usize::MAX)
    }

    fn uid(&self, given: u32) -> Option<u32> {
        self.scene.uids.get(usize::try_from(given).ok()?.checked_sub(1)?).copied()
    }

    fn hits(&self, keys: &[u8]) -> Result<Vec<u32>, String> {
        let keys = String::from_utf8_lossy(keys);
        oracle::hits(&keys, &self.scene.messages, self)
    }

    fn exists(&self) -> Option<u32> {
        small(self.mailbox()?.exists)
    }

    fn recent(&self) -> Option<u32> {
        small(self.mailbox()?.recent)
    }

    fn uid_validity(&self) -> Option<u32> {
        small(self.mailbox()?.uid_validity)
    }

    fn uid_next(&self) -> Option<u32> {
        small(self.mailbox()?.uid_next)
    }

    fn read_only(&self) -> Option<bool> {
        self.mailbox()?.read_only
    }

    fn is_open(&self) -> bool {
        self.session.closed().is_none()
    }

    fn state(&self) -> Cow<'_, str> {
        self.session.state().name().into()
    }

    fn gone(&self, given: u32) -> Option<bool> {
        let mailbox = self.mailbox()?;
        Some(mailbox.is_gone(mailbox.given_id(given)?))
    }

    fn known(&self, given: u32) -> bool {
        self.message(given).is_some()
    }

    fn flags(&self, given: u32) -> Option<Vec<String>> {
        let flags = self.message(given)?.flags.as_ref()?;
        Some(flags.iter().map(|flag| String::from_utf8_lossy(flag).into_owned()).collect())
    }

    fn told_uid(&self, given: u32) -> Option<u32> {
        small(self.message(given)?.uid)
    }

    fn capability(&self, name: &str) -> Option<bool> {
        let wanted = name.to_ascii_uppercase();
        Some(self.session.capabilities()?.contains(&wanted))
    }

    fn now(&self) -> u64 {
        self.bench.clock.calendar()
    }
}

/// The world as a link's session sees it.
#[must_use]
pub(crate) fn stance<'a>(
    bench: &'a Bench,
    scenario: &'a Scenario,
    scene: &'a Scene,
    account: usize,
    link: &'a Link,
) -> Stance<'a> {
    Stance { bench, scenario, scene, account, session: link.session() }
}
