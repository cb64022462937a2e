//! Each case of `tests/verdicts/*.txt`: a scenario and what a scripted server answers to it come to this verdict.
//! `BLESS=1` writes what they come to now.
//!
//! ```text
//! === name
//! --- given       facts of the scenario, if it has some
//! --- talk
//! --- server      the script: see `server.rs`
//! --- verdict     for each row its verdict, notes, and broken claims
//! --- received    how often the server has received commands that begin so; optional
//! ```

#![allow(clippy::unwrap_used, clippy::expect_used)] // Without the cases there is nothing to test.

#[path = "verdicts/server.rs"]
mod server;

use std::{collections::BTreeMap, env, fs, path::Path, process::ExitCode, sync::Arc, time::Duration};

use libtest_mimic::{Arguments, Failed, Trial};
use mailspec::{
    check::{
        select::{Selection, select},
        start::{Conduct, Plan},
        verdict::Outcome,
        waivers::Waivers,
    },
    clauses::Catalogue,
    embedded::Files,
    fixtures::Fixtures,
    report::{Sink, event::Event},
    scenario::parse,
    target::Target,
};

use server::Server;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let known = Arc::new((Arc::new(Catalogue::load(None).unwrap()), Fixtures::load(None).unwrap()));
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verdicts");
    let mut trials = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let mut cases = cases(&fs::read_to_string(&path).unwrap());
        if env::var_os("BLESS").is_some() {
            for case in &mut cases {
                let (verdict, received) = run(case, &known.0, &known.1).unwrap();
                case.sections.insert("verdict", verdict);
                case.sections.entry("received").and_modify(|section| *section = received);
            }
            fs::write(&path, cases.iter().map(Case::render).collect::<Vec<_>>().join("\n")).unwrap();
            continue;
        }
        let file = path.file_stem().unwrap().to_string_lossy().into_owned();
        for case in cases {
            let known = Arc::clone(&known);
            let name = format!("{file}::{}", case.name);
            trials.push(Trial::test(name, move || compare(&case, run(&case, &known.0, &known.1)?)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

const SECTIONS: [&str; 5] = ["given", "talk", "server", "verdict", "received"];

struct Case {
    name: String,
    sections: BTreeMap<&'static str, String>,
}

impl Case {
    fn section(&self, name: &str) -> &str {
        self.sections.get(name).map_or("", String::as_str)
    }

    fn render(&self) -> String {
        let sections = SECTIONS
            .iter()
            .filter_map(|name| Some(format!("--- {name}\n{}", self.sections.get(name)?)))
            .collect::<String>();
        format!("=== {}\n{sections}", self.name)
    }
}

fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut section = "";
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(name) = line.strip_prefix("=== ") {
            cases.push(Case { name: name.to_owned(), sections: BTreeMap::new() });
        } else if let Some(name) = line.strip_prefix("--- ") {
            section = SECTIONS.iter().find(|section| **section == name).expect("a section that cases have");
            cases.last_mut().unwrap().sections.insert(section, String::new());
        } else {
            let case = cases.last_mut().expect("a file begins with `===`");
            let text = case.sections.get_mut(section).expect("a case begins with `---`");
            text.push_str(line);
            text.push('\n');
        }
    }
    cases
}

fn compare(case: &Case, (verdict, received): (String, String)) -> Result<(), Failed> {
    if verdict == case.section("verdict") && received == case.section("received") {
        return Ok(());
    }
    let (expected, counted) = (case.section("verdict"), case.section("received"));
    Err(format!("expected:\n{expected}{counted}came:\n{verdict}{received}").into())
}

/// What the case comes to: its verdicts, and how often commands were received.
fn run(case: &Case, catalogue: &Arc<Catalogue>, fixtures: &Fixtures) -> Result<(String, String), Failed> {
    let folder = tempfile::tempdir()?;
    let given = case.section("given");
    let pop3 = given.contains("protocol: pop3");
    let path = folder.path().join(if pop3 { "rfc1939/case.yaml" } else { "rfc3501/case.yaml" });
    fs::create_dir_all(path.parent().unwrap())?;
    fs::write(&path, scenario(case, pop3))?;
    let scenarios =
        parse::load(&Files::directory(folder.path()), catalogue, fixtures).map_err(|mistakes| {
            mistakes.iter().map(|mistake| mistake.render(false)).collect::<Vec<_>>().join("\n")
        })?;
    let scenarios: Vec<_> = scenarios.into_iter().map(Arc::new).collect();
    let selected = select(&scenarios, &Selection::default(), catalogue, |_| true)?;
    let server = Arc::new(Server::new(case.section("server")));
    let scheme = if pop3 { "pop3" } else { "imap" };
    let target = Target::from_urls(&[
        format!("{scheme}://u1:secret1@localhost"),
        format!("{scheme}://u2:secret2@localhost"),
    ])?;
    let plan = Plan {
        target,
        catalogue: Arc::clone(catalogue),
        selected,
        waivers: Waivers::none(),
        jobs: Some(1),
        timeout: Duration::from_secs(1),
        conduct: Conduct::default(),
    };
    let mut verdicts = Verdicts::default();
    let pipes = {
        let server = Arc::clone(&server);
        Box::new(move |protocol| server.connect(protocol))
    };
    plan.carry_out_through(pipes, &mut verdicts)?;
    let counts = case.section("received").lines().map(|line| {
        let prefix = line.rsplit_once(' ').map_or(line, |(prefix, _)| prefix);
        format!("{prefix} {}\n", server.received(prefix))
    });
    Ok((verdicts.0, counts.collect()))
}

/// The scenario's file.
fn scenario(case: &Case, pop3: bool) -> String {
    let given: Vec<&str> =
        case.section("given").lines().filter(|line| !line.starts_with("protocol")).collect();
    let (protocol, clause) = if pop3 { ("pop3", "rfc1939-5-NOOP-01") } else { ("imap", "rfc3501-6.1.2-01") };
    let mut text = format!("protocol: {protocol}\nscenarios:\n  case:\n    title: A case\n");
    if !given.iter().any(|line| line.starts_with("clauses:")) {
        text += &format!("    clauses: [{clause}]\n");
    }
    for line in given {
        text += &format!("    {line}\n");
    }
    text += "    talk: |\n";
    for line in case.section("talk").lines() {
        text += &format!("      {line}\n");
    }
    text
}

/// The verdicts as the cases write them.
#[derive(Default)]
struct Verdicts(String);

impl Sink for Verdicts {
    fn take(&mut self, event: &Event) {
        match event {
            Event::Ended(outcome) => self.0 += &shown(outcome),
            Event::Finished { cut_short: Some(why), .. } => self.0 += &format!("cut short: {why}\n"),
            Event::Started { .. } | Event::Begun { .. } | Event::Said { .. } | Event::Finished { .. } => {}
        }
    }
}

fn shown(outcome: &Outcome) -> String {
    let row = outcome.row.as_ref().map_or_else(String::new, |row| format!("{row}: "));
    let mut text = format!("{row}{}\n", outcome.verdict.name());
    if let Some(reason) = &outcome.reason {
        text += &format!("  reason: {reason}\n");
    }
    for note in &outcome.notes {
        text += &format!("  note: {note}\n");
    }
    for broken in &outcome.broken {
        let clause = broken.clause.as_deref().unwrap_or("precondition");
        text += &format!("  {clause}: {}\n", broken.expected);
        for line in broken.came.lines() {
            text += format!("    {line}").trim_end();
            text += "\n";
        }
    }
    for finding in &outcome.findings {
        text += &format!("  rule/{}: {}\n", finding.rule, finding.message.lines().next().unwrap_or_default());
    }
    text
}
