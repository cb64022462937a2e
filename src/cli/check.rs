//! `mailspec check`

use std::collections::BTreeSet;
use std::fmt::Display;
use std::io::Write;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::reports::{self, Reports};
use super::suite::Suite;
use super::{Failure, Output, duration, runtime};
use crate::check::exit::{Exit, Require};
use crate::check::last_failed::{self, FILE, FOLDER, LastFailed};
use crate::check::select::{NothingSelected, Selected, Selection, Shard, select};
use crate::check::start::{Conduct, Plan};
use crate::check::waivers::{Draft, DraftError, Drafted, Waivers};
use crate::clauses::Catalogue;
use crate::document::DocumentError;
use crate::report::destination::Wanted;
use crate::report::record::Recorder;
use crate::report::terminal::{Look, Terminal};
use crate::report::{FanOut, Sink};
use crate::target::{Reach, Target, masked};

/// As `--timeout` has it by default.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// Run the scenarios against a server
#[derive(Debug, Args)]
#[command(long_about = "\
Run the scenarios against a server and give a verdict for each. Without a target they run against the bundled reference \
server.

A target in a few URLs, which together are one server:

  mailspec check imap://alice:secret@host:143 pop3://alice:secret@host:110

What the scenarios do to the accounts is not undone: give accounts that are for testing only.")]
pub(super) struct Arguments {
    /// The server: imap, imaps, pop3 or pop3s://USER:PASSWORD@HOST[:PORT]
    #[arg(value_name = "URL", conflicts_with = "target")]
    urls: Vec<String>,
    /// The profile of the server, a YAML file
    #[arg(short, long, value_name = "FILE")]
    target: Option<PathBuf>,
    /// Failures that are expected, a YAML file
    ///
    /// A list of entries with `id` (of a scenario or a row, a glob over ids, or rule/NAME), `reason`, `link`, and if need be
    /// `message`, a text that the failure must contain. What a waiver covers does not fail the run; a waiver that covers
    /// nothing any more does. See docs/waivers.md.
    #[arg(short, long, value_name = "FILE")]
    waivers: Option<PathBuf>,
    /// Write waivers for what fails now, as a starting point
    ///
    /// They are added to what is in the file. Each is for the clause that is broken, holds for 90 days, and has a reason that begins
    /// with TODO: replace it before that. Where the file has waivers already, give it as --waivers too.
    #[arg(long, value_name = "FILE")]
    write_waivers: Option<PathBuf>,
    /// Read scenarios and clauses from this folder, not the built-in ones
    #[arg(long, value_name = "DIR")]
    scenarios: Option<PathBuf>,
    /// Only scenarios whose id fits: rfc3501/6.4, '**/search*'
    #[arg(short, long = "filter", value_name = "GLOB")]
    filters: Vec<String>,
    /// Only scenarios that test this clause
    #[arg(short, long = "clause", value_name = "ID")]
    clauses: Vec<String>,
    /// Only what failed when this target was last checked from this folder, as .mailspec/failed.json has it
    #[arg(long)]
    rerun_failed: bool,
    /// How many scenarios run at the same time [default: as many as the accounts allow]
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// How long the server may take for each answer
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration::duration)]
    timeout: Duration,
    /// How long it may take to log in or out, which servers delay on purpose [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = duration::duration)]
    login_timeout: Option<Duration>,
    /// What fails the run: a broken MUST, or a broken SHOULD as well
    #[arg(long, value_enum, value_name = "LEVEL", default_value = "must")]
    require: Level,
    /// Begin nothing more once something fails the run
    #[arg(long)]
    fail_fast: bool,
    /// Run each scenario N times; a verdict that differs between the rounds fails the run
    #[arg(long, value_name = "N", default_value = "1")]
    repeat: NonZeroU32,
    /// Run one part of several, such as 1/4; which scenarios are in it depends on their ids alone
    #[arg(long, value_name = "K/N")]
    shard: Option<Shard>,
    /// List the ids of what would run, and run nothing
    #[arg(short, long)]
    list: bool,
    /// Also run the scenarios that take minutes, always run on the bundled server
    #[arg(long)]
    slow: bool,
    /// Also write a report to a file: json, junit, html, markdown or tap; repeatable
    ///
    /// The path - is standard output; people are then told on standard error. The file is written when the run has ended, also when
    /// it ends early, and replaces what was there. See docs/reports.md.
    #[arg(long = "report", value_name = "FORMAT=PATH")]
    reports: Vec<Wanted>,
    /// Show each result, notes, and whole exchanges
    #[arg(short, long)]
    verbose: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Level {
    /// Broken MUSTs
    Must,
    /// Broken MUSTs and SHOULDs
    Should,
}

impl From<Level> for Require {
    fn from(level: Level) -> Self {
        match level {
            Level::Must => Self::Must,
            Level::Should => Self::Should,
        }
    }
}

impl Arguments {
    pub(super) fn run(self, output: &mut Output) -> Result<Exit, Failure> {
        let target = self.target(output.colour)?;
        let waivers = match &self.waivers {
            Some(path) => Waivers::read(path).map_err(|error| unusable(&error, output.colour))?,
            None => Waivers::none(),
        };
        let suite = Suite::load(self.scenarios.as_deref(), output.colour)?;
        // In virtual time nothing is slow.
        let slow = self.slow || self.rerun_failed || target.reach == Reach::Bundled;
        let known_as = self.known_as(&target);
        let selection = Selection {
            filters: self.filters.clone(),
            clauses: self.clauses.clone(),
            slow,
            rows: self.rerun_failed.then(|| last_failed(&known_as)).transpose()?,
            shard: self.shard,
        };
        let selected =
            select(&suite.scenarios, &selection, &suite.catalogue, |protocol| target.speaks(protocol))
                .map_err(|nothing| Failure::new(exit_of(&nothing), nothing))?;
        if self.list {
            self.list(&selected, output);
            return Ok(Exit::Expected);
        }
        // The lines of several at a time could not be told apart.
        let telling = self.verbose && selected.len() == 1;
        let conduct = Conduct {
            require: self.require.into(),
            fail_fast: self.fail_fast,
            rounds: self.repeat,
            login_timeout: self.login_timeout,
            live: telling,
        };
        let look = Look {
            colour: output.colour,
            verbose: self.verbose,
            require: conduct.require,
            telling,
            live: output.live,
            target: self.again(),
        };
        let reports = Reports::new(&self.reports)?;
        let coverage = suite.coverage();
        let catalogue = Arc::new(suite.catalogue);
        let mut draft = self.draft(conduct.require, &catalogue, output.colour)?;
        let mut last = LastFailed::new(Path::new(FOLDER), &known_as, conduct.require, &catalogue);
        let mut recorder = reports.are_wanted().then(|| {
            let environment = reports::environment(self.again());
            Recorder::new(environment, conduct.require, target.to_string(), &catalogue, &coverage)
        });
        let out: &mut dyn Write =
            if reports.take_output() { &mut anstream::stderr() } else { &mut output.out };
        let mut terminal = Terminal::new(out, look, &catalogue);
        let plan = Plan {
            target,
            catalogue: Arc::clone(&catalogue),
            selected,
            waivers: waivers.over(&suite.scenarios, &selection),
            jobs: self.jobs.map(NonZeroUsize::get),
            timeout: self.timeout,
            conduct,
        };
        let mut sinks: Vec<&mut dyn Sink> = vec![&mut terminal, &mut last];
        sinks.extend(draft.as_mut().map(|draft| draft as &mut dyn Sink));
        sinks.extend(recorder.as_mut().map(|recorder| recorder as &mut dyn Sink));
        let ran = carry_out(plan, &mut FanOut(sinks));
        let earned = || Exit::under(conduct.require, terminal.summary());
        let exit = ran.as_ref().map_or_else(|failure| failure.exit, |()| earned());
        if let Err(error) = last.write() {
            remark(format!("what failed can't be kept for --rerun-failed: {FOLDER}/{FILE}: {error}"));
        }
        if let Some(recorder) = recorder {
            let failure = ran.as_ref().err().map(|failure| failure.message.clone());
            reports.write(&recorder.report(exit.code(), failure))?;
        }
        ran?;
        if let (Some(draft), Some(path)) = (draft, &self.write_waivers) {
            remark(told(&draft.write().map_err(Failure::usage)?, path));
        }
        Ok(exit)
    }

    fn target(&self, colour: bool) -> Result<Target, Failure> {
        match &self.target {
            Some(path) => Target::from_profile(path).map_err(|error| unusable(&error, colour)),
            None if self.urls.is_empty() => Ok(Target::bundled()),
            None => Target::from_urls(&self.urls).map_err(Failure::usage),
        }
    }

    /// What the record of failures calls the target.
    fn known_as(&self, target: &Target) -> String {
        let scenarios = self.scenarios.iter().map(|path| format!(", scenarios of {}", path.display()));
        std::iter::once(target.to_string()).chain(scenarios).collect()
    }

    fn draft<'c>(
        &self,
        require: Require,
        catalogue: &'c Catalogue,
        colour: bool,
    ) -> Result<Option<Draft<'c>>, Failure> {
        let Some(path) = &self.write_waivers else { return Ok(None) };
        match Draft::new(path, self.waivers.as_deref(), require, catalogue) {
            Ok(draft) => Ok(Some(draft)),
            Err(DraftError::Document(error)) => Err(unusable(&error, colour)),
            Err(error) => Err(Failure::usage(error)),
        }
    }

    fn list(&self, selected: &[Selected], output: &mut Output) {
        for selected in selected {
            for id in selected.ids() {
                if self.verbose {
                    output.line(format!("{id}  {}", selected.scenario.title));
                } else {
                    output.line(id);
                }
            }
        }
    }

    /// The arguments that name the target and the scenarios again, secrets masked.
    fn again(&self) -> String {
        let target =
            self.target.iter().flat_map(|path| ["--target".to_owned(), quoted(&path.display().to_string())]);
        let scenarios = self
            .scenarios
            .iter()
            .flat_map(|path| ["--scenarios".to_owned(), quoted(&path.display().to_string())]);
        let waivers = self
            .waivers
            .iter()
            .flat_map(|path| ["--waivers".to_owned(), quoted(&path.display().to_string())]);
        let mut conduct = Vec::new();
        if self.timeout != DEFAULT_TIMEOUT {
            conduct.extend(["--timeout".to_owned(), duration::shown(self.timeout)]);
        }
        if let Some(time) = self.login_timeout {
            conduct.extend(["--login-timeout".to_owned(), duration::shown(time)]);
        }
        if matches!(self.require, Level::Should) {
            conduct.extend(["--require", "should"].map(str::to_owned));
        }
        let slow = self.slow.then(|| "--slow".to_owned());
        let urls = self.urls.iter().map(|url| quoted(&masked(url)));
        target
            .chain(scenarios)
            .chain(waivers)
            .chain(slow)
            .chain(conduct)
            .chain(urls)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// The ids of what failed last, which there must be.
fn last_failed(target: &str) -> Result<BTreeSet<String>, Failure> {
    let ids = last_failed::failed_on(Path::new(FOLDER), target)
        .map_err(|error| Failure::usage(format!("{FOLDER}/{FILE}: {error}")))?;
    if ids.is_empty() {
        let why = "nothing failed when it was last checked, or that was in another folder";
        return Err(Failure::new(
            Exit::Nothing,
            format!("{FOLDER}/{FILE} has no failures of {target}: {why}"),
        ));
    }
    Ok(ids)
}

/// What became of `--write-waivers`.
fn told(drafted: &Drafted, path: &Path) -> String {
    let Drafted { written, left_out, expires } = drafted;
    let path = path.display();
    let written = match written {
        0 => format!("nothing to waive, {path} stays as it was"),
        1 => format!("1 waiver is added to {path}; replace its TODO before {expires} is over"),
        many => format!("{many} waivers are added to {path}; replace their TODOs before {expires} is over"),
    };
    match left_out {
        0 => written,
        1 => format!("{written}; 1 result is an error or flaky, which no waiver covers"),
        many => format!("{written}; {many} results are errors or flaky, which no waiver covers"),
    }
}

/// Tells something beside the report.
fn remark(text: impl Display) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// A name that is not known is a mistake, and a selection that selects nothing another matter.
fn exit_of(nothing: &NothingSelected) -> Exit {
    if matches!(nothing, NothingSelected::Clause(_)) { Exit::Usage } else { Exit::Nothing }
}

/// Runs the plan, unless the server is not there at all: that is told of at once, and not once for each scenario.
fn carry_out(plan: Plan, sink: &mut dyn Sink) -> Result<(), Failure> {
    runtime()?
        .block_on(plan.target.preflight(plan.timeout))
        .map_err(|unreachable| Failure::new(Exit::Errors, unreachable))?;
    plan.carry_out_until(reports::interruption(), sink).map_err(|error| Failure::new(Exit::Errors, error))
}

/// A file that the user gave.
pub(super) fn unusable(error: &DocumentError, colour: bool) -> Failure {
    match error {
        DocumentError::Mistake(mistake) => Failure::usage(mistake.render(colour)),
        DocumentError::Read { .. } => Failure::usage(error),
    }
}

/// As a shell takes it for one word.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:@%+,=*".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
