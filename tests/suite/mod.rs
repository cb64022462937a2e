//! The suite that is built in, for the tests that run it against one server or another.

use std::{sync::Arc, time::Duration};

use mailspec::{
    check::{
        select::Selected,
        start::{Conduct, Plan},
        waivers::Waivers,
    },
    clauses::Catalogue,
    embedded::Files,
    fixtures::Fixtures,
    scenario::{
        Scenario,
        parse::{self, Mistake},
    },
    target::Target,
};

/// The catalogue and the scenarios.
pub(crate) struct Suite {
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) scenarios: Vec<Arc<Scenario>>,
}

impl Suite {
    /// All of it.
    pub(crate) fn load() -> Result<Self, String> {
        Self::read(|catalogue, fixtures| parse::load(&Files::scenarios(), catalogue, fixtures))
    }

    /// The catalogue and what `scenarios` reads.
    pub(crate) fn read(
        scenarios: impl FnOnce(&Catalogue, &Fixtures) -> Result<Vec<Scenario>, Vec<Mistake>>,
    ) -> Result<Self, String> {
        let catalogue = Catalogue::load(None).map_err(|error| error.to_string())?;
        let fixtures = Fixtures::load(None).map_err(|error| error.to_string())?;
        let scenarios = scenarios(&catalogue, &fixtures).map_err(|mistakes| {
            mistakes.iter().map(|mistake| mistake.render(false)).collect::<Vec<_>>().join("\n\n")
        })?;
        Ok(Self { catalogue: Arc::new(catalogue), scenarios: scenarios.into_iter().map(Arc::new).collect() })
    }

    /// All rows of these scenarios are to run, and nothing is waived.
    pub(crate) fn plan<'s>(
        &self,
        target: Target,
        scenarios: impl IntoIterator<Item = &'s Arc<Scenario>>,
    ) -> Plan {
        let all = |scenario: &Arc<Scenario>| Selected {
            scenario: Arc::clone(scenario),
            rows: (0..scenario.rows.len()).collect(),
        };
        Plan {
            target,
            catalogue: Arc::clone(&self.catalogue),
            selected: scenarios.into_iter().map(all).collect(),
            waivers: Waivers::none(),
            jobs: None,
            timeout: Duration::from_secs(10),
            conduct: Conduct::default(),
        }
    }
}
