//! `mailspec clauses`

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::suite::Suite;
use super::{Failure, Output};
use crate::check::exit::Exit;
use crate::check::summary::natural;
use crate::clauses::{Clause, Coverage, Level};

/// Show how much of the RFCs the scenarios test
#[derive(Debug, Args)]
#[command(long_about = "\
Show how much of the RFCs the scenarios test: for each level, how many of the clauses that can be tested over the wire \
are tested by a scenario or a watch rule.")]
pub(super) struct Arguments {
    /// Only this RFC, by section: 3501 or rfc3501
    #[arg(value_name = "RFC", value_parser = rfc)]
    rfc: Option<u16>,
    /// List the clauses that could be tested and are not
    #[arg(long)]
    gaps: bool,
    /// Print JSON: one object for each clause
    #[arg(long)]
    json: bool,
    /// Read scenarios and clauses from this folder, not the built-in ones
    #[arg(long, value_name = "DIR")]
    scenarios: Option<PathBuf>,
}

fn rfc(text: &str) -> Result<u16, String> {
    let number = text.to_ascii_lowercase();
    let number = number.strip_prefix("rfc").unwrap_or(&number);
    number.parse().map_err(|_| "expected the number of an RFC, such as 3501 or rfc3501".to_owned())
}

impl Arguments {
    pub(super) fn run(&self, output: &mut Output) -> Result<Exit, Failure> {
        let suite = Suite::load(self.scenarios.as_deref(), output.colour)?;
        let coverage = suite.coverage();
        let clauses: Vec<&Clause> = suite
            .catalogue
            .iter()
            .filter(|clause| self.rfc.is_none_or(|rfc| clause.rfc == rfc))
            .filter(|clause| !self.gaps || coverage.is_gap(clause))
            .collect();
        if let Some(rfc) = self.rfc.filter(|rfc| suite.catalogue.iter().all(|clause| clause.rfc != *rfc)) {
            let mut known: Vec<u16> = suite.catalogue.iter().map(|clause| clause.rfc).collect();
            known.dedup();
            let known = known.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
            return Err(Failure::usage(format!("the catalogue has no RFC {rfc}; it has {known}")));
        }
        if self.json {
            output.line(json(&clauses, &coverage)?);
        } else if self.gaps {
            for clause in &clauses {
                output.line(format!("{:<6} {:<24} {}", clause.level, clause.id, clause.text));
            }
            output.line(format!("{} clauses could be tested and are not", clauses.len()));
        } else {
            for line in table(&clauses, &coverage, self.rfc.is_some()) {
                output.line(line);
            }
        }
        Ok(Exit::Expected)
    }
}

/// One clause for other programs.
#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    rfc: u16,
    section: &'a str,
    level: String,
    text: &'a str,
    lines: &'a str,
    same_as: Option<&'a str>,
    testable: bool,
    tests: &'a [String],
}

fn json(clauses: &[&Clause], coverage: &Coverage) -> Result<String, Failure> {
    let entries: Vec<Entry<'_>> = clauses
        .iter()
        .map(|clause| Entry {
            id: &clause.id,
            rfc: clause.rfc,
            section: &clause.section,
            level: clause.level.to_string(),
            text: &clause.text,
            lines: &clause.lines,
            same_as: clause.same_as.as_deref(),
            testable: clause.is_testable(),
            tests: coverage.tests(clause),
        })
        .collect();
    serde_json::to_string_pretty(&entries).map_err(|error| Failure::new(Exit::Errors, error))
}

/// Testable and tested clauses, by level.
#[derive(Default, Clone, Copy)]
struct Row {
    testable: [usize; 3],
    tested: [usize; 3],
}

impl Row {
    const LEVELS: [Level; 3] = [Level::Must, Level::Should, Level::May];

    fn add(&mut self, clause: &Clause, coverage: &Coverage) {
        for (index, level) in Self::LEVELS.into_iter().enumerate() {
            if clause.level == level && clause.is_testable() {
                self.testable[index] += 1;
                self.tested[index] += usize::from(!coverage.is_gap(clause));
            }
        }
    }

    fn line(&self, name: &str) -> String {
        let level = |index: usize| match (self.tested[index], self.testable[index]) {
            (_, 0) => "-".to_owned(),
            (tested, testable) => format!("{tested}/{testable}"),
        };
        let (tested, testable): (usize, usize) = (self.tested.iter().sum(), self.testable.iter().sum());
        let percent =
            (tested * 100).checked_div(testable).map_or("-".to_owned(), |share| format!("{share} %"));
        let (must, should, may) = (level(0), level(1), level(2));
        format!("{name:<24}{must:>10}{should:>10}{may:>10}{percent:>8}{gaps:>8}", gaps = testable - tested)
    }
}

fn table(clauses: &[&Clause], coverage: &Coverage, by_section: bool) -> Vec<String> {
    let mut rows: BTreeMap<Vec<(u64, &str)>, (String, Row)> = BTreeMap::new();
    let mut sum = Row::default();
    for clause in clauses {
        let rfc = format!("RFC {}", clause.rfc);
        let (key, name) = if by_section {
            (natural(&clause.section).collect(), format!("section {}", clause.section))
        } else {
            (vec![(u64::from(clause.rfc), "")], rfc)
        };
        rows.entry(key).or_insert_with(|| (name, Row::default())).1.add(clause, coverage);
        sum.add(clause, coverage);
    }
    let head =
        format!("{:<24}{:>10}{:>10}{:>10}{:>8}{:>8}", "tested/testable", "must", "should", "may", "", "gaps");
    let body = rows.values().filter(|(_, row)| row.testable.iter().sum::<usize>() > 0);
    let body = body.map(|(name, row)| row.line(name));
    std::iter::once(head).chain(body).chain([sum.line("all")]).collect()
}
