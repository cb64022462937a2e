//! The seams of a connection: who is let in, what outlives an upgrade, and how octets leave.

use std::time::Duration;

use super::active::Faults;
use super::fault::Fault;
use crate::auth::{Accounts, Progress};

/// What a fault has for each seam.
#[derive(Clone, Copy)]
pub(super) struct Hooks {
    verdict: Option<fn(&Claim<'_>, &mut Option<String>)>,
    response: Option<fn(&mut Vec<u8>)>,
    exchange: Option<fn(&[u8], &Accounts, &mut Progress)>,
    upgrading: Option<fn(&mut Vec<u8>)>,
    leaving: Option<fn(&[u8]) -> Departure>,
}

impl Hooks {
    pub(super) const NONE: Self =
        Self { verdict: None, response: None, exchange: None, upgrading: None, leaving: None };

    pub(super) fn is_empty(&self) -> bool {
        self.verdict.is_none()
            && self.response.is_none()
            && self.exchange.is_none()
            && self.upgrading.is_none()
            && self.leaving.is_none()
    }
}

/// To be chained in the tables.
impl Fault {
    /// A name came with a secret, and this is the user who is let in by it, if any.
    pub(super) const fn verdict(mut self, hook: fn(&Claim<'_>, &mut Option<String>)) -> Self {
        self.connection.verdict = Some(hook);
        self
    }

    /// A response of a SASL exchange has come, the initial one or a later one, in base64.
    pub(super) const fn response(mut self, hook: fn(&mut Vec<u8>)) -> Self {
        self.connection.response = Some(hook);
        self
    }

    /// What a SASL exchange came to after a response; an empty one where none came with the command.
    pub(super) const fn exchange(mut self, hook: fn(&[u8], &Accounts, &mut Progress)) -> Self {
        self.connection.exchange = Some(hook);
        self
    }

    /// What was received in the clear behind the command that begins TLS is kept, as far as it is left.
    pub(super) const fn upgrading(mut self, hook: fn(&mut Vec<u8>)) -> Self {
        self.connection.upgrading = Some(hook);
        self
    }

    /// Octets leave.
    pub(super) const fn leaving(mut self, hook: fn(&[u8]) -> Departure) -> Self {
        self.connection.leaving = Some(hook);
        self
    }
}

/// A name that comes with a secret.
pub(crate) struct Claim<'c> {
    /// Whether the secret is a digest (APOP).
    pub(crate) digest: bool,
    pub(crate) name: &'c str,
    /// Whether there is such a user.
    pub(crate) exists: bool,
}

/// How octets leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Departure {
    /// All at once.
    Whole,
    /// So many; then nothing for some time, then the rest.
    Pause(usize, Duration),
    /// So many; then the connection is closed.
    Close(usize),
}

/// What the faults make of a verdict on a name and its secret.
pub(crate) fn verdict(faults: &Faults, claim: &Claim<'_>, mut user: Option<String>) -> Option<String> {
    faults.strike(|fault| fault.connection.verdict, |hook| hook(claim, &mut user));
    user
}

/// What they make of a response of a SASL exchange.
pub(crate) fn response(faults: &Faults, octets: &mut Vec<u8>) {
    faults.strike(|fault| fault.connection.response, |hook| hook(octets));
}

/// What they make of the state that the exchange is in behind it.
pub(crate) fn exchange(
    faults: &Faults,
    octets: &[u8],
    accounts: &Accounts,
    mut progress: Progress,
) -> Progress {
    faults.strike(|fault| fault.connection.exchange, |hook| hook(octets, accounts, &mut progress));
    progress
}

/// What they keep of the octets that came in the clear behind the command that begins TLS.
pub(crate) fn kept(faults: &Faults, octets: &[u8]) -> Vec<u8> {
    let mut kept = Vec::new();
    faults.strike(
        |fault| fault.connection.upgrading,
        |hook| {
            kept = octets.to_vec();
            hook(&mut kept);
        },
    );
    kept
}

/// How they let octets leave.
pub(crate) fn departure(faults: &Faults, octets: &[u8]) -> Departure {
    let mut departure = Departure::Whole;
    faults.strike(
        |fault| fault.connection.leaving,
        |hook| {
            if departure == Departure::Whole {
                departure = hook(octets);
            }
        },
    );
    departure
}
