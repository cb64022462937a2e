//! Every scenario is a test against the bundled server: `rfc3501::6_4_3_expunge::renumbers`.
//!
//! With `--exact`, as nextest calls for each test, only the file that holds the scenario is read.

#![allow(clippy::print_stderr)] // There is no other place to tell why there are no tests.

use std::{collections::BTreeMap, process::ExitCode, sync::Arc, time::Duration};

use libtest_mimic::{Arguments, Failed, Trial};
use mailspec::{
    check::{
        exit::Exit,
        select::{Selected, row_id},
        start::Plan,
        verdict::Verdict,
        waivers::Waivers,
    },
    clauses::Catalogue,
    embedded::Files,
    fixtures::Fixtures,
    report::terminal::{Look, Terminal},
    scenario::{Scenario, parse},
    target::Target,
};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let suite = match Suite::load(&arguments) {
        Ok(suite) => suite,
        Err(mistakes) => {
            eprintln!("{mistakes}");
            return ExitCode::FAILURE;
        }
    };
    libtest_mimic::run(&arguments, suite.trials()).exit_code()
}

struct Suite {
    catalogue: Arc<Catalogue>,
    scenarios: Vec<Arc<Scenario>>,
}

impl Suite {
    fn load(arguments: &Arguments) -> Result<Self, String> {
        let catalogue = Catalogue::load(None).map_err(|error| error.to_string())?;
        let fixtures = Fixtures::load(None).map_err(|error| error.to_string())?;
        let files = Files::scenarios();
        let rendered = |mistakes: Vec<parse::Mistake>| {
            mistakes.iter().map(|mistake| mistake.render(false)).collect::<Vec<_>>().join("\n\n")
        };
        let mut names = parse::names(&files).map_err(|mistake| mistake.render(false))?;
        if let (true, Some(test)) = (arguments.exact, &arguments.filter) {
            names.retain(|name| {
                let file = test_name(name.trim_end_matches(".yaml"));
                test.strip_prefix(&file).is_some_and(|rest| rest.starts_with("::"))
            });
        }
        let mut scenarios = Vec::new();
        for name in names {
            scenarios.extend(parse::load_one(&files, &name, &catalogue, &fixtures).map_err(rendered)?);
        }
        Ok(Self { catalogue: Arc::new(catalogue), scenarios: scenarios.into_iter().map(Arc::new).collect() })
    }

    fn trials(self) -> Vec<Trial> {
        let Self { catalogue, scenarios } = self;
        let skips = plan(&catalogue, &scenarios).would_not_run().unwrap_or_default();
        let trial = |scenario: Arc<Scenario>| {
            let skip = skip_reason(&scenario, &skips);
            let catalogue = Arc::clone(&catalogue);
            let name = test_name(&scenario.id);
            let trial = Trial::test(name, move || run(&catalogue, &scenario));
            match skip {
                Some(reason) => trial.with_kind(reason).with_ignored_flag(true),
                None => trial,
            }
        };
        scenarios.into_iter().map(trial).collect()
    }
}

/// `rfc3501/6.4.3-expunge/renumbers` as a path of Rust.
fn test_name(id: &str) -> String {
    id.replace('/', "::").replace(['.', '-'], "_")
}

/// Nothing that this server can be asked: all rows of it. Slow ones run: time is virtual.
fn skip_reason(scenario: &Scenario, skips: &BTreeMap<String, String>) -> Option<String> {
    let ids = (0..scenario.rows.len()).map(|row| row_id(scenario, row));
    let reasons: Option<Vec<&String>> = ids.map(|id| skips.get(&id)).collect();
    reasons?.first().map(|&reason| reason.clone())
}

fn plan(catalogue: &Arc<Catalogue>, scenarios: &[Arc<Scenario>]) -> Plan {
    let all = |scenario: &Arc<Scenario>| Selected {
        scenario: Arc::clone(scenario),
        rows: (0..scenario.rows.len()).collect(),
    };
    Plan {
        target: Target::bundled(),
        catalogue: Arc::clone(catalogue),
        selected: scenarios.iter().map(all).collect(),
        waivers: Waivers::none(),
        jobs: None,
        timeout: Duration::from_secs(10),
    }
}

/// The reference server has to be strict: a broken SHOULD fails here too.
fn run(catalogue: &Arc<Catalogue>, scenario: &Arc<Scenario>) -> Result<(), Failed> {
    let mut text = Vec::new();
    let look = Look { colour: false, verbose: false, live: false, target: String::new() };
    let mut terminal = Terminal::new(&mut text, look, catalogue);
    plan(catalogue, std::slice::from_ref(scenario))
        .carry_out(&mut terminal)
        .map_err(|error| error.to_string())?;
    let summary = terminal.summary();
    let strict = summary.counts.of(Verdict::Nonstrict) == 0
        && summary.rules.iter().all(|rule| rule.verdict < Verdict::Nonstrict);
    if Exit::of(summary) == Exit::Expected && strict {
        return Ok(());
    }
    drop(terminal);
    Err(String::from_utf8_lossy(&text).into_owned().into())
}
