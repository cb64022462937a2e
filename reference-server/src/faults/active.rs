//! The faults of a running server, and how often they strike.

use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use thiserror::Error;

use super::fault::Fault;
use crate::config::Config;

/// What the dice of intermittent faults are seeded with: runs can be repeated.
const SEED: u64 = 3501;

/// How often a fault strikes where it could: above 0, at most 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate(f64);

/// A rate is no number above 0 and at most 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected a number above 0 and at most 1, like 0.1")]
pub struct RateError;

impl Default for Rate {
    fn default() -> Self {
        Self(1.0)
    }
}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let rate: f64 = text.parse().map_err(|_| RateError)?;
        if rate > 0.0 && rate <= 1.0 { Ok(Self(rate)) } else { Err(RateError) }
    }
}

/// Some faults that strike at some rate.
#[derive(Clone, Debug)]
pub struct Faults {
    chosen: Arc<[&'static Fault]>,
    rate: Rate,
    dice: Arc<Mutex<StdRng>>,
}

impl Faults {
    /// These; `None` if there are none.
    #[must_use]
    pub fn new(chosen: &[&'static Fault], rate: Rate) -> Option<Self> {
        let dice = Arc::new(Mutex::new(StdRng::seed_from_u64(SEED)));
        (!chosen.is_empty()).then(|| Self { chosen: chosen.into(), rate, dice })
    }

    /// Changes what a server is started with.
    pub(crate) fn configure(&self, config: &mut Config) {
        self.strike(|fault| fault.configuring, |hook| hook(config));
    }

    /// Has each hook called that these faults have for a seam, as far as they strike this time.
    pub(super) fn strike<H>(&self, hook: impl Fn(&'static Fault) -> Option<H>, call: impl FnMut(H)) {
        self.chosen.iter().filter_map(|fault| hook(fault)).filter(|_| self.strikes()).for_each(call);
    }

    fn strikes(&self) -> bool {
        self.rate.0 >= 1.0
            || self.dice.lock().unwrap_or_else(PoisonError::into_inner).random_bool(self.rate.0)
    }
}
