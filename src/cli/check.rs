//! `mailspec check`

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::suite::Suite;
use super::{Failure, Output, duration, runtime};
use crate::check::exit::{Exit, Require};
use crate::check::select::{NothingSelected, Selected, Selection, Shard, select};
use crate::check::start::{Conduct, Plan};
use crate::check::waivers::Waivers;
use crate::document::DocumentError;
use crate::report::terminal::{Look, Terminal};
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
    /// Read scenarios and clauses from this folder, not the built-in ones
    #[arg(long, value_name = "DIR")]
    scenarios: Option<PathBuf>,
    /// Only scenarios whose id fits: rfc3501/6.4, '**/search*'
    #[arg(short, long = "filter", value_name = "GLOB")]
    filters: Vec<String>,
    /// Only scenarios that test this clause
    #[arg(short, long = "clause", value_name = "ID")]
    clauses: Vec<String>,
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
        let slow = self.slow || target.reach == Reach::Bundled;
        let selection = Selection {
            filters: self.filters.clone(),
            clauses: self.clauses.clone(),
            slow,
            rows: None,
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
        // A server that is not there is told of at once, and not once for each scenario.
        runtime()?
            .block_on(target.preflight(self.timeout))
            .map_err(|unreachable| Failure::new(Exit::Errors, unreachable))?;
        let catalogue = Arc::new(suite.catalogue);
        let mut terminal = Terminal::new(&mut output.out, look, &catalogue);
        let plan = Plan {
            target,
            catalogue: Arc::clone(&catalogue),
            selected,
            waivers: waivers.over(&suite.scenarios, &selection),
            jobs: self.jobs.map(NonZeroUsize::get),
            timeout: self.timeout,
            conduct,
        };
        plan.carry_out(&mut terminal).map_err(|error| Failure::new(Exit::Errors, error))?;
        Ok(Exit::under(conduct.require, terminal.summary()))
    }

    fn target(&self, colour: bool) -> Result<Target, Failure> {
        match &self.target {
            Some(path) => Target::from_profile(path).map_err(|error| unusable(&error, colour)),
            None if self.urls.is_empty() => Ok(Target::bundled()),
            None => Target::from_urls(&self.urls).map_err(Failure::usage),
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

/// A name that is not known is a mistake, and a selection that selects nothing another matter.
fn exit_of(nothing: &NothingSelected) -> Exit {
    if matches!(nothing, NothingSelected::Clause(_)) { Exit::Usage } else { Exit::Nothing }
}

/// A file that the user gave.
fn unusable(error: &DocumentError, colour: bool) -> Failure {
    match error {
        DocumentError::Mistake(mistake) => Failure::usage(mistake.render(colour)),
        DocumentError::Read { .. } => Failure::usage(error),
    }
}

/// As a shell takes it for one word.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:@%+,=*".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
