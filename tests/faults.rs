//! The suite notices each fault of the bundled server: some scenario, or a watch rule, fails and cites a clause of the
//! fault. A fault that survives is a hole in the suite. Without faults nothing fails.
//!
//! Scenarios that cite such a clause come first, then the others, until one notices.

#![allow(clippy::print_stderr)] // There is no other place to tell why there are no tests.

mod suite;

use std::{process::ExitCode, sync::Arc, sync::OnceLock};

use libtest_mimic::{Arguments, Failed, Trial};
use mailspec::{
    faults::{Baseline, Extent, Sweep},
    target::Target,
};
use reference_server::faults::Fault;
use suite::Suite;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let tested = match Suite::load() {
        Ok(suite) => Arc::new(Tested::new(suite)),
        Err(mistakes) => {
            eprintln!("{mistakes}");
            return ExitCode::FAILURE;
        }
    };
    let suite = Arc::clone(&tested);
    let mut tests = vec![Trial::test("without-faults", move || suite.holds())];
    tests.extend(Fault::all().map(|fault| {
        let suite = Arc::clone(&tested);
        Trial::test(fault.name, move || suite.notices(fault))
    }));
    libtest_mimic::run(&arguments, tests).exit_code()
}

struct Tested {
    sweep: Sweep,
    baseline: OnceLock<Result<Baseline, String>>,
}

impl Tested {
    fn new(suite: Suite) -> Self {
        let selected = suite.plan(Target::bundled(), &suite.scenarios).selected;
        let sweep = Sweep { catalogue: suite.catalogue, selected, extent: Extent::UntilNoticed };
        Self { sweep, baseline: OnceLock::new() }
    }

    fn baseline(&self) -> Result<&Baseline, Failed> {
        let baseline = self.baseline.get_or_init(|| self.sweep.baseline().map_err(|error| error.to_string()));
        baseline.as_ref().map_err(Failed::from)
    }

    fn holds(&self) -> Result<(), Failed> {
        match &self.baseline()?.failing {
            failing if failing.is_empty() => Ok(()),
            failing => Err(format!("fail without any fault: {failing:?}").into()),
        }
    }

    fn notices(&self, fault: &'static Fault) -> Result<(), Failed> {
        let trial = self.sweep.trial(fault, self.baseline()?).map_err(|error| error.to_string())?;
        if trial.survives() {
            let (does, clause) = (fault.does, fault.clauses[0]);
            let defence = trial.defence().join("\n");
            return Err(format!("nothing notices that {does:?} ({clause})\n{defence}").into());
        }
        Ok(())
    }
}
