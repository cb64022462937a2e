//! Runs the suite with one fault at a time.

use std::{
    collections::BTreeSet,
    num::NonZeroUsize,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use reference_server::{
    faults::{Fault, Faults, Rate},
    net::Protocol as Spoken,
};

use super::{
    jury::{Baseline, Jury, Trial, Witness},
    matrix::Matrix,
};
use crate::{
    check::{
        select::Selected,
        start::{CheckError, Conduct, Plan},
        waivers::Waivers,
    },
    clauses::{Catalogue, UnknownClause},
    scenario::program::{Protocol, Scenario},
    target::Target,
};

/// How many scenarios share a server. Where a fault keeps the rest from being run, only so many are lost.
const AT_ONCE: usize = 50;

/// How many scenarios run for a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Those that cite a clause of it; then the others, until one notices.
    UntilNoticed,
    /// All whose protocol it can show in.
    Full,
}

/// A trial can't begin.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// A fault cites a clause that the catalogue lacks.
    #[error("fault {fault}: {unknown}")]
    Clause {
        /// The fault.
        fault: &'static str,
        /// The clause.
        unknown: UnknownClause,
    },
    /// The bundled server can't be run without faults.
    #[error(transparent)]
    Check(#[from] CheckError),
}

/// A suite that is put to the test.
#[derive(Debug, Clone)]
pub struct Sweep {
    /// The clauses.
    pub catalogue: Arc<Catalogue>,
    /// The scenarios and rows that may notice.
    pub selected: Vec<Selected>,
    /// How many of them run.
    pub extent: Extent,
}

impl Sweep {
    /// Runs the suite without faults.
    ///
    /// # Errors
    /// If the bundled server can't be run.
    pub fn baseline(&self) -> Result<Baseline, SweepError> {
        let facts = self.plan(Vec::new()).facts()?;
        let mut witness =
            Witness { catalogue: &self.catalogue, baseline: Baseline { facts, ..Baseline::default() } };
        self.plan(self.selected.clone()).carry_out(&mut witness)?;
        Ok(witness.baseline)
    }

    /// Runs the suite with a fault.
    ///
    /// # Errors
    /// If the catalogue lacks a clause of it.
    pub fn trial(&self, fault: &'static Fault, baseline: &Baseline) -> Result<Trial, SweepError> {
        let carrier = |clause: &&str| match self.catalogue.carrier(clause) {
            Ok(carrier) => Ok(carrier.id.as_str()),
            Err(unknown) => Err(SweepError::Clause { fault: fault.name, unknown }),
        };
        let carriers = fault.clauses.iter().map(carrier).collect::<Result<BTreeSet<_>, _>>()?;
        let cites = |scenario: &Scenario| {
            scenario.clauses.iter().any(|clause| {
                self.catalogue.carrier(clause).is_ok_and(|carrier| carriers.contains(carrier.id.as_str()))
            })
        };
        let (first, rest): (Vec<_>, Vec<_>) = self
            .selected
            .iter()
            .filter(|selected| shows_in(fault, selected.scenario.protocol))
            .cloned()
            .partition(|selected| cites(&selected.scenario));
        let mut jury = Jury { catalogue: &self.catalogue, baseline, carriers, trial: Trial::of(fault) };
        for some in first.chunks(AT_ONCE).chain(rest.chunks(AT_ONCE)) {
            if self.extent == Extent::UntilNoticed && !jury.trial.survives() {
                return Ok(jury.trial);
            }
            let Some(faults) = Faults::new(&[fault], Rate::default()) else { break };
            if let Err(trouble) =
                self.plan(some.to_vec()).carry_out_with_faults(faults, &baseline.facts, &mut jury)
            {
                jury.trial.troubles.insert(trouble.to_string());
            }
        }
        jury.trial.complete = true;
        Ok(jury.trial)
    }

    /// Runs the suite without faults, then with each, on as many threads as there are cores, and calls `done` with each trial
    /// as it ends.
    ///
    /// # Errors
    /// If the bundled server can't be run, or the catalogue lacks a clause of a fault.
    pub fn matrix(
        &self,
        faults: &[&'static Fault],
        done: impl Fn(&Trial) + Sync,
    ) -> Result<Matrix, SweepError> {
        let baseline = self.baseline()?;
        let next = AtomicUsize::new(0);
        let trials = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for _ in 0..thread::available_parallelism().map_or(1, NonZeroUsize::get) {
                scope.spawn(|| {
                    while let Some(fault) = faults.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let trial = self.trial(fault, &baseline);
                        if let Ok(trial) = &trial {
                            done(trial);
                        }
                        trials.lock().unwrap_or_else(PoisonError::into_inner).push((fault.name, trial));
                    }
                });
            }
        });
        let mut trials = trials.into_inner().unwrap_or_else(PoisonError::into_inner);
        trials.sort_by_key(|(name, _)| faults.iter().position(|fault| fault.name == *name));
        let trials = trials.into_iter().map(|(_, trial)| trial).collect::<Result<_, _>>()?;
        Ok(Matrix { baseline, trials, extent: self.extent })
    }

    fn plan(&self, selected: Vec<Selected>) -> Plan {
        Plan {
            target: Target::bundled(),
            catalogue: Arc::clone(&self.catalogue),
            selected,
            waivers: Waivers::none(),
            jobs: None,
            timeout: Duration::from_secs(10),
            conduct: Conduct::default(),
        }
    }
}

fn shows_in(fault: &Fault, protocol: Protocol) -> bool {
    fault.shows_in(match protocol {
        Protocol::Imap => Spoken::Imap,
        Protocol::Pop3 => Spoken::Pop3,
    })
}
