//! Waivers for what fails today, as a starting point: each has to be given a reason before its date.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::file::today;
use super::{RULE, Waivers, waivable};
use crate::check::exit::Require;
use crate::check::summary::cost;
use crate::check::verdict::{Broken, Finding, Outcome};
use crate::clauses::Catalogue;
use crate::document::DocumentError;
use crate::report::{Sink, event::Event};

/// How many days the reasons may stay unwritten.
const DAYS: i64 = 90;
/// Columns of what came that stand in a reason.
const COLUMNS: usize = 160;

/// What waivers are to be written into.
#[derive(Debug)]
pub struct Draft<'a> {
    path: PathBuf,
    catalogue: &'a Catalogue,
    require: Require,
    expires: Date,
    entries: Vec<String>,
    rules: BTreeSet<(&'static str, &'static str)>,
    left_out: usize,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drafted {
    /// How many waivers.
    pub written: usize,
    /// How many results that no waiver can cover: errors, and those that are flaky.
    pub left_out: usize,
    /// The last day of those waivers.
    pub expires: Date,
}

/// Waivers can't be written to a file.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// There are waivers in it, of which the run does not know.
    #[error(
        "{path} has waivers, and is not overwritten; to add to them, give `--waivers {path}` as well",
        path = .0.display()
    )]
    Occupied(PathBuf),
    /// It is there, and is something else.
    #[error("{path} is there and is no list of waivers that could be added to; name another file", path = .0.display())]
    NoList(PathBuf),
    /// It can't be read.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// It can't be written.
    #[error("{path}: {source}", path = .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl<'a> Draft<'a> {
    /// A draft for the file at `path`, where there may be waivers already if `known` are those.
    ///
    /// # Errors
    /// If waivers can't be added to what is there.
    pub fn new(
        path: &Path,
        known: Option<&Path>,
        require: Require,
        catalogue: &'a Catalogue,
    ) -> Result<Self, DraftError> {
        let today = today();
        let expires = today.checked_add(jiff::Span::new().days(DAYS)).unwrap_or(Date::MAX);
        if path.exists() {
            let there = Waivers::read(path)?;
            if !there.list.is_empty() && !known.is_some_and(|known| is_same(known, path)) {
                return Err(DraftError::Occupied(path.to_owned()));
            }
            let text = crate::document::read(path)? + &entry("a/b", "TODO", "https://a", None, expires);
            if Waivers::parse("", &text).is_err() {
                return Err(DraftError::NoList(path.to_owned()));
            }
        }
        let (entries, rules) = (Vec::new(), BTreeSet::new());
        Ok(Self { path: path.to_owned(), catalogue, require, expires, entries, rules, left_out: 0 })
    }

    /// Writes what the run has brought; no file where that is nothing.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn write(self) -> Result<Drafted, DraftError> {
        let failed = |source| DraftError::Write { path: self.path.clone(), source };
        if !self.entries.is_empty() {
            // A file that has appeared meanwhile is added to, and loses nothing.
            let mut file = OpenOptions::new().append(true).create(true).open(&self.path).map_err(failed)?;
            let length = file.metadata().map_err(failed)?.len();
            let ends = length == 0 || std::fs::read(&self.path).is_ok_and(|text| text.ends_with(b"\n"));
            let text = self.entries.concat();
            let text = if ends { text } else { format!("\n{text}") };
            file.write_all(text.as_bytes()).map_err(failed)?;
        }
        Ok(Drafted { written: self.entries.len(), left_out: self.left_out, expires: self.expires })
    }

    fn add(&mut self, outcome: &Outcome) {
        if outcome.waived.is_none() && self.require.fails(outcome.verdict) {
            if waivable(outcome.verdict) && !outcome.is_flaky() {
                let worst = outcome.broken.iter().find(|broken| broken.verdict == outcome.verdict);
                self.entries.push(self.entry_of(outcome, worst));
            } else {
                self.left_out += 1;
            }
        }
        for finding in &outcome.findings {
            if finding.waived.is_none() && self.require.fails(cost(finding, self.catalogue)) {
                self.add_rule(finding);
            }
        }
    }

    fn entry_of(&self, outcome: &Outcome, worst: Option<&Broken>) -> String {
        let clause = worst.and_then(|broken| broken.clause.as_deref());
        let about = clause.or(outcome.scenario.clauses.first().map(AsRef::as_ref)).unwrap_or_default();
        let came = worst.map(|broken| broken.came.as_str()).or(outcome.reason.as_deref());
        let reason = format!("TODO: {}", in_short(came.unwrap_or("it fails")));
        entry(&outcome.id(), &reason, &self.link(about), clause, self.expires)
    }

    fn add_rule(&mut self, finding: &Finding) {
        if self.rules.insert((finding.rule, finding.clause)) {
            let reason = format!("TODO: {}", in_short(&finding.message));
            let (id, link) = (format!("{RULE}{}", finding.rule), self.link(finding.clause));
            self.entries.push(entry(&id, &reason, &link, Some(finding.clause), self.expires));
        }
    }

    /// Where the clause stands.
    fn link(&self, clause: &str) -> String {
        let Some(clause) = self.catalogue.get(clause) else {
            return "https://www.rfc-editor.org/".to_owned();
        };
        let place = format!("https://www.rfc-editor.org/rfc/rfc{}", clause.rfc);
        match clause.section.chars().next() {
            Some(first) if first.is_ascii_digit() => format!("{place}#section-{}", clause.section),
            Some(_) => format!("{place}#appendix-{}", clause.section),
            None => place,
        }
    }
}

impl Sink for Draft<'_> {
    fn take(&mut self, event: &Event) {
        if let Event::Ended(outcome) = event {
            self.add(outcome);
        }
    }
}

/// The first line of what came, with the next one where it only announces that.
fn in_short(came: &str) -> String {
    let mut lines = came.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    match lines.next().filter(|_| first.ends_with(':')) {
        Some(next) => format!("{first} {}", next.trim_start_matches(['|', ' '])),
        None => first.to_owned(),
    }
}

fn is_same(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => a == b,
    }
}

fn entry(id: &str, reason: &str, link: &str, message: Option<&str>, expires: Date) -> String {
    let mut reason: String = reason.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if let Some((end, _)) = reason.char_indices().nth(COLUMNS) {
        reason.truncate(end);
        reason += "...";
    }
    let reason = reason.trim_end().replace('\\', "\\\\").replace('"', "\\\"");
    let mut text = format!("- id: {id}\n  reason: \"{reason}\"\n  link: {link}\n");
    if let Some(message) = message {
        let _ = writeln!(text, "  message: {message}");
    }
    let _ = writeln!(text, "  expires: {expires}");
    text
}
