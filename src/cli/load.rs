//! `mailspec load`

use std::{
    io::Write,
    num::NonZeroUsize,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use clap::Args;

use super::{
    Failure, Output,
    check::{quoted, unusable},
    duration, reports, runtime,
};
use crate::{
    check::exit::Exit,
    clauses::Catalogue,
    embedded::Files,
    fixtures::Fixtures,
    load::{
        arrivals::Arrivals,
        bundled,
        gates::Gate,
        interval::Interval,
        own,
        plan::{CommandNames, Model, Plan},
        report::{format::Format, record::Record, recording, table},
        run::{self, LoadError, Observer},
        users::Users,
    },
    report::destination::{Place, Wanted},
    scenario::{
        parse::workload,
        program::{Protocol, Source},
        workload::{Starts, Workload},
    },
    target::{Reach, Target, masked},
};

/// Drive a server with many sessions, and measure it
#[derive(Debug, Args)]
#[command(long_about = "\
Drive a server with many sessions that follow a workload, and say how long it takes for what they ask. Every answer passes \
the grammar and the watch rules of check. Without a target the bundled reference server is driven, in this process.

  mailspec load noop --sessions 100 --duration 10s
  mailspec load pop3-drain pop3://u1:secret@host:110 --users 'u{1..200}:secret'

`mailspec load --list` names the workloads; docs/load.md defines them and every figure. What the sessions do to the accounts \
is not undone: give accounts that are for testing only.")]
pub(super) struct Arguments {
    /// The workload: one of those built in, or a YAML file
    #[arg(required_unless_present = "list")]
    workload: Option<String>,
    /// The server: imap, imaps, pop3 or pop3s://USER:PASSWORD@HOST[:PORT]
    #[arg(value_name = "URL", conflicts_with = "target")]
    urls: Vec<String>,
    /// The profile of the server, a YAML file
    #[arg(short, long, value_name = "FILE")]
    target: Option<PathBuf>,
    /// Who logs in: a template such as 'u{1..500}:password', or a file of lines USER:PASSWORD
    #[arg(short, long, value_name = "USERS")]
    users: Option<String>,
    /// How many sessions one user may have at the same time over IMAP [default: as the profile says, or 10]
    #[arg(long, value_name = "N")]
    per_user: Option<NonZeroUsize>,
    /// So many sessions at a time. Without --rate each goes on when it is answered [default: 10; with --rate, 100 where it counts
    /// commands, 1000 where it counts sessions]
    #[arg(short, long, value_name = "N")]
    sessions: Option<NonZeroUsize>,
    /// Open model: so many sessions, or commands where the workload keeps sessions open, are started in a second, whatever the server
    /// does: 500/s, 30/m
    #[arg(short, long, value_name = "RATE", value_parser = rate)]
    rate: Option<f64>,
    /// How the moments of --rate are spaced
    #[arg(long, value_name = "HOW", default_value = "poisson")]
    arrivals: Arrivals,
    /// How long new commands are started
    #[arg(short, long, value_name = "TIME", default_value = "10s", value_parser = duration::duration)]
    duration: Duration,
    /// How long the server may take for each answer
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration::duration)]
    timeout: Duration,
    /// Threads of the generator [default: one per core]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// Makes all that is left to chance come out as in another run with the same seed
    #[arg(long, value_name = "N", default_value = "1")]
    seed: u64,
    /// What the run must reach, or it fails: 'fetch.p99 < 50ms', 'errors < 0.1%', 'rate >= 95%'
    #[arg(short, long = "gate", value_name = "GATE")]
    gates: Vec<Gate>,
    /// Say nothing while the run lasts
    #[arg(short, long)]
    quiet: bool,
    /// Also write a report to a file: json, hlog, hgrm, csv or html; repeatable
    ///
    /// html=report.html is a page with plots, json=report.json what `mailspec compare` reads. - as the path is standard output. A report is
    /// complete also of a run that was interrupted, and replaces what was there. See docs/load.md.
    #[arg(long = "report", value_name = "FORMAT=PATH")]
    reports: Vec<Wanted<Format>>,
    /// List the workloads, and run nothing
    #[arg(short, long)]
    list: bool,
}

impl Arguments {
    pub(super) fn run(self, output: &mut Output) -> Result<Exit, Failure> {
        let Some(name) = self.workload.as_deref().filter(|_| !self.list) else {
            for name in built_in() {
                let workload = read(&name, output.colour)?;
                output.line(format!("{name:12}  {}", workload.title));
            }
            return Ok(Exit::Expected);
        };
        reports::try_out(&self.reports)?;
        let workload = read(name, output.colour)?;
        let plan = self.plan(workload, output.colour)?;
        runtime()?
            .block_on(plan.target.preflight(self.timeout))
            .map_err(|unreachable| Failure::new(Exit::Errors, unreachable))?;
        let catalogue = Arc::new(Catalogue::load(None).map_err(Failure::usage)?);
        let environment = reports::environment(again());
        let interrupted = Arc::new(AtomicBool::new(false));
        listen_for_interrupt(&interrupted);
        let report = run::carry_out(plan, &catalogue, &interrupted, &mut Teller { quiet: self.quiet })
            .map_err(|error: LoadError| Failure::new(Exit::Errors, error))?;
        let table = table::render(&report, &catalogue);
        if self.reports.iter().any(|wanted| wanted.place == Place::Output) {
            let _ = writeln!(anstream::stderr(), "{table}");
        } else {
            output.line(table);
        }
        if !self.reports.is_empty() {
            write(&self.reports, &recording::record(&report, environment, &catalogue))?;
        }
        Ok(report.exit(&catalogue))
    }

    fn model(&self, workload: &Workload) -> Model {
        let sessions = |default| self.sessions.map_or(default, NonZeroUsize::get);
        let starts = workload.starts;
        match (self.rate, starts) {
            (None, _) => Model::Closed { sessions: sessions(10) },
            (Some(rate), Starts::Commands) => {
                Model::Open { starts, rate, arrivals: self.arrivals, sessions: sessions(100) }
            }
            (Some(rate), Starts::Sessions) => {
                Model::Open { starts, rate, arrivals: self.arrivals, sessions: sessions(1000) }
            }
        }
    }

    fn plan(&self, workload: Workload, colour: bool) -> Result<Plan, Failure> {
        let model = self.model(&workload);
        let target = match &self.target {
            Some(path) => Target::from_profile(path).map_err(|error| unusable(&error, colour))?,
            None if self.urls.is_empty() => bundled::target(model.sessions()),
            None => Target::from_urls(&self.urls).map_err(Failure::usage)?,
        };
        let accounts = match &self.users {
            Some(users) => Users::read(users).map_err(Failure::usage)?,
            None => target.accounts.clone(),
        };
        let pop3 = workload.scripts.iter().any(|script| script.protocol == Protocol::Pop3);
        let sessions_each = match (pop3, &target.reach) {
            // A maildrop is for one session at a time (RFC 1939 section 4).
            (true, _) | (_, Reach::Bundled) => 1,
            (false, _) => self.per_user.map_or(target.connections_per_account, NonZeroUsize::get),
        };
        let users = Users { accounts, sessions_each };
        if users.accounts.len() * sessions_each < model.sessions() {
            let each = if sessions_each == 1 { "one session" } else { "so many sessions" };
            return Err(Failure::usage(format!(
                "{} sessions need more users: there are {}, each for {each} at a time ({sessions_each}); give more with --users \
                 'u{{1..{}}}:password'",
                model.sessions(),
                users.accounts.len(),
                model.sessions().div_ceil(sessions_each),
            )));
        }
        if let Some(most) = own::descriptors().filter(|most| *most < model.sessions() as u64 * 2 + 64) {
            // The bundled server has its ends of the connections in the same process.
            let needed = model.sessions() as u64 * if target.reach == Reach::Bundled { 2 } else { 1 } + 64;
            if needed > most {
                return Err(Failure::usage(format!(
                    "{} sessions need {needed} descriptors, and the process may have {most}; raise the limit with ulimit -n",
                    model.sessions()
                )));
            }
        }
        let known = CommandNames::of(workload.scripts.iter().map(|script| &script.program));
        for gate in &self.gates {
            if let Some(name) = gate.command().filter(|name| *name != "delivery" && !known.knows(name)) {
                let names: Vec<&str> = known.iter().map(|(_, name)| &**name).collect();
                return Err(Failure::usage(format!(
                    "the gate {:?} asks for {name}, which the workload does not send; it sends {}",
                    gate.text,
                    names.join(", ")
                )));
            }
        }
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Ok(Plan {
            workload,
            target,
            users,
            model,
            duration: self.duration,
            timeout: self.timeout,
            threads: self.threads.map_or(cores, NonZeroUsize::get),
            gates: self.gates.clone(),
            seed: self.seed,
        })
    }
}

/// `500/s`, `30/m`, `500`
fn rate(text: &str) -> Result<f64, String> {
    let (number, seconds) = match text.split_once('/') {
        Some((number, "s")) => (number, 1.0),
        Some((number, "m")) => (number, 60.0),
        Some(_) => ("", 1.0),
        None => (text, 1.0),
    };
    match number.parse::<f64>() {
        Ok(number) if number > 0.0 && number <= 1e7 => Ok(number / seconds),
        _ => Err(format!("expected a rate, such as 500/s or 30/m, not {text:?}")),
    }
}

/// Tells of each second on standard error.
struct Teller {
    quiet: bool,
}
/// Writes all reports, also those behind one that can't be written.
fn write(wanted: &[Wanted<Format>], record: &Record) -> Result<(), Failure> {
    let mut troubles: Vec<String> = Vec::new();
    for wanted in wanted {
        let rendered = wanted.format.render(record).map_err(|error| wanted.error(error));
        if let Err(error) = rendered.and_then(|text| wanted.write(&text)) {
            troubles.push(error.to_string());
        }
    }
    if troubles.is_empty() { Ok(()) } else { Err(Failure::usage(troubles.join("\nerror: "))) }
}

/// The arguments of the run, secrets masked.
fn again() -> String {
    let mut users = false;
    let words = std::env::args().skip(1).skip_while(|word| word != "load").skip(1).map(|word| {
        let (name, value) =
            word.split_once('=').filter(|(name, _)| name.starts_with("--")).unwrap_or(("", &word));
        let secret = std::mem::replace(&mut users, matches!(&*word, "--users" | "-u"));
        let masked = match value.split_once(':') {
            Some((user, _)) if secret || name == "--users" || word.starts_with("-u") => format!("{user}:***"),
            _ if value.contains("://") => masked(value),
            _ => return quoted(&word),
        };
        quoted(&if name.is_empty() { masked } else { format!("{name}={masked}") })
    });
    words.collect::<Vec<_>>().join(" ")
}

impl Observer for Teller {
    fn interval(&mut self, interval: &Interval) {
        // The last one may be short, and the report comes at once.
        if self.quiet || interval.length < Duration::from_secs(1) {
            return;
        }
        let ms = |duration: Duration| duration.as_secs_f64() * 1e3;
        let slowest = interval.slowest().map_or_else(String::new, |command| {
            format!(", {} p99 {:.2} ms, max {:.2} ms", command.name, ms(command.p99), ms(command.max))
        });
        let line = format!(
            "{:>5} s {:>9} commands {:>6} errors {:>6} outstanding, the oldest for {:.1} ms{slowest}",
            (interval.from + interval.length).as_secs(),
            interval.count,
            interval.errors,
            interval.outstanding,
            ms(interval.oldest),
        );
        let _ = writeln!(anstream::stderr(), "{line}");
    }
}

/// The names of the workloads that are built in.
fn built_in() -> Vec<String> {
    let names = Files::scenarios().names().unwrap_or_default();
    let own = names.iter().filter_map(|name| name.strip_prefix("load/")?.strip_suffix(".yaml"));
    own.map(str::to_owned).collect()
}

/// The workload of that name, or in that file.
fn read(name: &str, colour: bool) -> Result<Workload, Failure> {
    let names = built_in();
    let (path, content) = if names.iter().any(|known| known == name) {
        let path = format!("load/{name}.yaml");
        let content = Files::scenarios().read(&path).map_err(Failure::usage)?;
        (path, content.into_owned())
    } else if name.contains(['/', '.']) {
        (name.to_owned(), std::fs::read(name).map_err(|error| Failure::usage(format!("{name}: {error}")))?)
    } else {
        return Err(Failure::usage(format!("there is no workload {name}; there are {}", names.join(", "))));
    };
    let text = String::from_utf8(content).map_err(|_| Failure::usage(format!("{path}: not UTF-8")))?;
    let source = Arc::new(Source { path, text });
    let fixtures = Fixtures::load(None).map_err(Failure::usage)?;
    workload::workload(&source, &fixtures).map_err(|mistakes| {
        let shown: Vec<String> = mistakes.iter().map(|mistake| mistake.render(colour)).collect();
        Failure::usage(shown.join("\n\n"))
    })
}

/// Ctrl-C ends the run in good order: what is under way comes to its end, and the report is written. A second one ends the program.
fn listen_for_interrupt(interrupted: &Arc<AtomicBool>) {
    let interrupted = Arc::clone(interrupted);
    // Without the thread Ctrl-C ends the program at once, which is what it does elsewhere.
    let _ = std::thread::Builder::new().name("interrupt".to_owned()).spawn(move || {
        let Ok(runtime) = runtime() else { return };
        runtime.block_on(async {
            if tokio::signal::ctrl_c().await.is_err() || interrupted.swap(true, Ordering::Relaxed) {
                return;
            }
            let _ = tokio::signal::ctrl_c().await;
            std::process::exit(130);
        });
    });
}
