//! `mailspec faults`

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use reference_server::faults::Fault;

use super::suite::Suite;
use super::{Failure, Output};
use crate::check::exit::Exit;
use crate::check::select::{Selection, select};
use crate::faults::{Extent, Matrix, Sweep};

/// Test the suite: does it notice each fault of the bundled server?
#[derive(Debug, Args)]
#[group(id = "sweep")]
#[command(long_about = "\
Test the suite: run it on the bundled server with one fault at a time (`mailspec serve --list-faults` prints them), and see \
whether a scenario or a watch rule fails that cites a clause of the fault. A fault that survives is a hole in the suite, \
and makes the exit code 1.")]
pub(super) struct Arguments {
    /// Only this fault; give it once per fault
    #[arg(long = "fault", value_name = "NAME")]
    faults: Vec<String>,
    /// Only scenarios whose id fits: rfc3501/6.4, '**/search*'
    #[arg(short, long = "filter", value_name = "GLOB")]
    filters: Vec<String>,
    /// Run every scenario under every fault, not only until one has noticed
    ///
    /// Takes minutes. Shows as well which faults only one scenario notices, and which scenarios and rules no fault makes fail.
    #[arg(long)]
    full: bool,
    /// Write the matrix for other programs: json=PATH or csv=PATH
    #[arg(long = "report", value_name = "FORMAT=PATH")]
    reports: Vec<Report>,
    /// Read scenarios and clauses from this folder, not the built-in ones
    #[arg(long, value_name = "DIR")]
    scenarios: Option<PathBuf>,
    /// Name all scenarios that notice a fault
    #[arg(short, long)]
    verbose: bool,
}

/// Where the matrix is written for other programs.
#[derive(Debug, Clone)]
struct Report {
    format: Format,
    path: PathBuf,
}

#[derive(Debug, Clone, Copy)]
enum Format {
    Json,
    Csv,
}

impl FromStr for Report {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (format, path) = match text.split_once('=') {
            Some(("json", path)) => (Format::Json, path),
            Some(("csv", path)) => (Format::Csv, path),
            _ => return Err("expected json=PATH or csv=PATH"),
        };
        if path.is_empty() { Err("the path is missing") } else { Ok(Self { format, path: path.into() }) }
    }
}

impl Report {
    fn write(&self, matrix: &Matrix) -> Result<(), Failure> {
        let text = match self.format {
            Format::Json => matrix.json().map_err(|error| Failure::new(Exit::Errors, error))?,
            Format::Csv => matrix.csv(),
        };
        std::fs::write(&self.path, text).map_err(|error| {
            Failure::new(Exit::Errors, format!("can't write {}: {error}", self.path.display()))
        })
    }
}

impl Arguments {
    pub(super) fn run(self, output: &mut Output) -> Result<Exit, Failure> {
        let faults: Vec<&'static Fault> = if self.faults.is_empty() {
            Fault::all().collect()
        } else {
            let named = self.faults.iter().map(|name| {
                name.parse::<&'static Fault>().map_err(|unknown| Failure::usage(format!("{name}: {unknown}")))
            });
            named.collect::<Result<_, _>>()?
        };
        let suite = Suite::load(self.scenarios.as_deref(), output.colour)?;
        let selection = Selection { filters: self.filters, slow: true, ..Selection::default() };
        let selected = select(&suite.scenarios, &selection, &suite.catalogue, |_| true)
            .map_err(|nothing| Failure::new(Exit::Nothing, nothing))?;
        let extent = if self.full { Extent::Full } else { Extent::UntilNoticed };
        let sweep = Sweep { catalogue: Arc::new(suite.catalogue), selected, extent };
        let progress = progress(faults.len(), output.live);
        let matrix = sweep.matrix(&faults, |trial| {
            progress.set_message(trial.fault.name);
            progress.inc(1);
        });
        progress.finish_and_clear();
        let matrix = matrix.map_err(|error| Failure::new(Exit::Errors, error))?;
        output.line(matrix.report(self.verbose).trim_end());
        for report in &self.reports {
            report.write(&matrix)?;
        }
        let holds = matrix.survivors().next().is_none() && matrix.baseline.failing.is_empty();
        Ok(if holds { Exit::Expected } else { Exit::Violations })
    }
}

fn progress(faults: usize, live: bool) -> ProgressBar {
    if !live {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(faults as u64);
    if let Ok(style) = ProgressStyle::with_template("{pos}/{len} faults  {elapsed}  {msg}") {
        bar.set_style(style);
    }
    bar
}
