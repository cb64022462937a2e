//! Every scenario is a test against the bundled server: `rfc3501::6_4_3_expunge::renumbers`.
//!
//! With `--exact`, as nextest calls for each test, only the file that holds the scenario is read.

#![allow(clippy::print_stderr)] // There is no other place to tell why there are no tests.

mod suite;

use std::{collections::BTreeMap, process::ExitCode, sync::Arc};

use libtest_mimic::{Arguments, Failed, Trial};
use mailspec::{
    check::{exit::Exit, select::row_id, verdict::Verdict},
    embedded::Files,
    report::terminal::{Look, Terminal},
    scenario::{Scenario, parse},
    target::Target,
};
use suite::Suite;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let suite = match wanted(&arguments) {
        Ok(suite) => suite,
        Err(mistakes) => {
            eprintln!("{mistakes}");
            return ExitCode::FAILURE;
        }
    };
    libtest_mimic::run(&arguments, trials(suite)).exit_code()
}

/// The file of the one scenario that is asked for, or all.
fn wanted(arguments: &Arguments) -> Result<Suite, String> {
    let (true, Some(test)) = (arguments.exact, &arguments.filter) else { return Suite::load() };
    Suite::read(|catalogue, fixtures| {
        let files = Files::scenarios();
        let names = parse::names(&files).map_err(|mistake| vec![mistake])?;
        let holds_it = |name: &&String| {
            let file = test_name(name.trim_end_matches(".yaml"));
            test.strip_prefix(&file).is_some_and(|rest| rest.starts_with("::"))
        };
        match names.iter().find(holds_it) {
            Some(name) => parse::load_one(&files, name, catalogue, fixtures),
            None => Ok(Vec::new()),
        }
    })
}

fn trials(suite: Suite) -> Vec<Trial> {
    let suite = Arc::new(suite);
    let skips = suite.plan(Target::bundled(), &suite.scenarios).would_not_run().unwrap_or_default();
    let trial = |scenario: &Arc<Scenario>| {
        let skip = skip_reason(scenario, &skips);
        let (suite, scenario) = (Arc::clone(&suite), Arc::clone(scenario));
        let trial = Trial::test(test_name(&scenario.id), move || run(&suite, &scenario));
        match skip {
            Some(reason) => trial.with_kind(reason).with_ignored_flag(true),
            None => trial,
        }
    };
    suite.scenarios.iter().map(trial).collect()
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

/// The reference server has to be strict: a broken SHOULD fails here too.
fn run(suite: &Suite, scenario: &Arc<Scenario>) -> Result<(), Failed> {
    let mut text = Vec::new();
    let look = Look::default();
    let mut terminal = Terminal::new(&mut text, look, &suite.catalogue);
    suite.plan(Target::bundled(), [scenario]).carry_out(&mut terminal).map_err(|error| error.to_string())?;
    let summary = terminal.summary();
    let strict = summary.counts.of(Verdict::Nonstrict) == 0
        && summary.rules.iter().all(|rule| rule.verdict < Verdict::Nonstrict);
    if Exit::of(summary) == Exit::Expected && strict {
        return Ok(());
    }
    drop(terminal);
    Err(String::from_utf8_lossy(&text).into_owned().into())
}
