//! What a command runs or shows: the catalogue and the scenarios, built in or from `--scenarios`.

use std::path::Path;
use std::sync::Arc;

use super::Failure;
use crate::clauses::{Catalogue, Coverage};
use crate::embedded::Files;
use crate::fixtures::Fixtures;
use crate::scenario::parse;
use crate::scenario::program::Scenario;
use crate::watch;

/// Mistakes that are shown in full; the rest is counted.
const SHOWN: usize = 20;

/// The catalogue and the scenarios.
pub(super) struct Suite {
    pub(super) catalogue: Catalogue,
    pub(super) scenarios: Vec<Arc<Scenario>>,
}

impl Suite {
    /// The built-in catalogue and scenarios; those of `directory` where it is given, whose catalogue adds to the built-in one.
    pub(super) fn load(directory: Option<&Path>, colour: bool) -> Result<Self, Failure> {
        let catalogue = Catalogue::load(directory).map_err(Failure::usage)?;
        let fixtures = Fixtures::load(None).map_err(Failure::usage)?;
        let files = directory.map_or_else(Files::scenarios, Files::directory);
        let scenarios = parse::load(&files, &catalogue, &fixtures).map_err(|mistakes| {
            let mut shown: Vec<String> =
                mistakes.iter().take(SHOWN).map(|mistake| mistake.render(colour)).collect();
            if mistakes.len() > SHOWN {
                shown.push(format!("error: and {} more mistakes", mistakes.len() - SHOWN));
            }
            Failure::usage(shown.join("\n\n"))
        })?;
        Ok(Self { catalogue, scenarios: scenarios.into_iter().map(Arc::new).collect() })
    }

    /// What the scenarios and the watch rules test.
    pub(super) fn coverage(&self) -> Coverage {
        Coverage::of(&self.catalogue, &self.scenarios, watch::rules())
    }
}
