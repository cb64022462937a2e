//! `mailspec explain`

use std::path::PathBuf;

use clap::Args;

use super::suite::Suite;
use super::{Failure, Output};
use crate::check::exit::Exit;
use crate::clauses::{Basis, Catalogue, Clause, Coverage, Wire};
use crate::report::wrapped;

/// Show what a clause says, and what tests it
#[derive(Debug, Args)]
#[command(long_about = "Show what a clause of the catalogue says, where the RFC says it, and what tests it.")]
pub(super) struct Arguments {
    /// The id of the clause, such as rfc3501-6.4.3-02
    clause: String,
    /// Read scenarios and clauses from this folder, not the built-in ones
    #[arg(long, value_name = "DIR")]
    scenarios: Option<PathBuf>,
}

/// Where the values begin.
const INDENT: usize = 11;
/// The width of the values.
const WIDTH: usize = 85;

impl Arguments {
    pub(super) fn run(&self, output: &mut Output) -> Result<Exit, Failure> {
        let suite = Suite::load(self.scenarios.as_deref(), output.colour)?;
        let clause = suite.catalogue.require(&self.clause).map_err(Failure::usage)?;
        let coverage = suite.coverage();
        for (name, value) in explained(clause, &suite.catalogue, &coverage) {
            let value = wrapped(&value, WIDTH).replace('\n', &format!("\n{:INDENT$}", ""));
            output.line(format!("{name:INDENT$}{value}"));
        }
        Ok(Exit::Expected)
    }
}

/// Names and values, in the order in which they are shown.
fn explained(clause: &Clause, catalogue: &Catalogue, coverage: &Coverage) -> Vec<(&'static str, String)> {
    let basis = match clause.basis {
        Basis::Explicit => "in so many words",
        Basis::Implied => "implied",
    };
    let mut rows = vec![
        ("clause", clause.id.clone()),
        ("level", format!("{}, {basis}", clause.level.to_string().to_uppercase())),
        ("rule", clause.text.clone()),
        (
            "where",
            format!(
                "RFC {rfc} section {}, lines {} of https://www.rfc-editor.org/rfc/rfc{rfc}.txt",
                clause.section,
                clause.lines,
                rfc = clause.rfc
            ),
        ),
    ];
    if let Some(carrier) = clause.same_as.as_deref() {
        let text = catalogue.get(carrier).map(|carrier| format!(": {}", carrier.text)).unwrap_or_default();
        rows.push(("same as", format!("{carrier}{text}")));
    }
    let why_not = clause.why_not.as_deref().unwrap_or("no reason is given");
    match clause.wire {
        Wire::Yes => {}
        Wire::Partly => rows.push(("wire", format!("seen in part: {why_not}"))),
        Wire::No => rows.push(("wire", format!("not seen by a client: {why_not}"))),
    }
    if !clause.detect.is_empty() {
        rows.push(("detect", clause.detect.clone()));
    }
    if let Some(contested) = &clause.contested {
        rows.push(("contested", contested.clone()));
    }
    rows.push(("violation", format!("counts as {}", clause.severity())));
    let tests = coverage.tests(clause);
    if tests.is_empty() {
        let gap = if clause.is_testable() { "nothing yet: a gap" } else { "nothing" };
        rows.push(("tested by", gap.to_owned()));
    }
    for (index, id) in tests.iter().enumerate() {
        rows.push((if index == 0 { "tested by" } else { "" }, id.clone()));
    }
    rows
}
