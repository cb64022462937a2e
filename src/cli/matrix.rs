//! `mailspec matrix`

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::{Failure, Output};
use crate::check::exit::Exit;
use crate::report::destination;
use crate::report::json;
use crate::report::matrix::{self, Matrix, Rows};
use crate::report::record::Report;

/// Show several servers side by side, from the json reports of their runs
#[derive(Debug, Args)]
#[command(long_about = "\
Show several servers side by side, from the json reports of their runs: a column for each, a row for each clause or \
scenario, and a summary on top.

  mailspec check --target dovecot.yaml --report json=dovecot.json
  mailspec check --target cyrus.yaml --report json=cyrus.json
  mailspec matrix dovecot.json cyrus.json --output matrix.html")]
pub(super) struct Arguments {
    /// json reports of mailspec check, one for each column
    #[arg(value_name = "REPORT", required = true)]
    reports: Vec<PathBuf>,
    /// What the rows are
    #[arg(long, value_enum, default_value = "clauses")]
    rows: Shown,
    /// Only rows in which the servers differ
    #[arg(long)]
    differences: bool,
    /// How to write it [default: html for an output that ends in .html, else markdown]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Where to write it [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Shown {
    /// Clauses of the RFCs
    Clauses,
    /// Scenarios and the rows of their cases
    Scenarios,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// One page for a browser
    Html,
    /// Tables
    Markdown,
}

impl Arguments {
    pub(super) fn run(&self, output: &mut Output) -> Result<Exit, Failure> {
        let reports = self.reports.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
        let rows = match self.rows {
            Shown::Clauses => Rows::Clauses,
            Shown::Scenarios => Rows::Scenarios,
        };
        let matrix = Matrix::new(&reports, rows, self.differences);
        let is_page = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "html");
        let by_name = if self.output.as_ref().is_some_and(is_page) { Format::Html } else { Format::Markdown };
        let text = match self.format.unwrap_or(by_name) {
            Format::Html => matrix::html(&matrix),
            Format::Markdown => matrix::markdown(&matrix),
        };
        match &self.output {
            Some(path) => destination::write(path, &text).map_err(|error| {
                Failure::usage(format!("the matrix can't be written to {}: {error}", path.display()))
            })?,
            None => output.line(text.trim_end()),
        }
        Ok(Exit::Expected)
    }
}

fn read(path: &Path) -> Result<Report, Failure> {
    let wrong = |error: &dyn std::fmt::Display| Failure::usage(format!("{}: {error}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| wrong(&error))?;
    json::read(&text).map_err(|error| wrong(&error))
}
