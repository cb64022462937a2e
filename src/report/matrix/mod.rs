//! Several servers side by side: what each [report](super::record) says of each clause or scenario.

mod html;
mod markdown;

use std::collections::{BTreeMap, BTreeSet};

pub use html::render as html;
pub use markdown::render as markdown;

use super::plain;
use super::record::{Entry, Report};
use crate::check::summary::natural;
use crate::check::verdict::Verdict;

/// What the rows of a matrix are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// Clauses of the RFCs.
    Clauses,
    /// Scenarios, and the rows of their cases.
    Scenarios,
}

/// Several servers side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    rows: Rows,
    /// Only rows are here in which the servers differ.
    differences: bool,
    servers: Vec<Server>,
    groups: Vec<Group>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Server {
    /// Its name and version.
    name: String,
    /// When it was tested, and by which version.
    tested: String,
    /// Why the report is partial.
    cut_short: Option<String>,
    /// How many results or clauses have which standing, in the order of [`Standing::ALL`].
    counts: [usize; Standing::ALL.len()],
}

/// Rows of one RFC.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    /// `RFC 3501`.
    title: String,
    rows: Vec<Row>,
}

/// What the servers do about one clause or scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    id: String,
    title: String,
    /// One for each server.
    cells: Vec<Option<Standing>>,
}

impl Row {
    /// Do servers that were judged differ? One that lacks a feature, or of which nothing is known, differs from none.
    fn differs(&self) -> bool {
        let judged: BTreeSet<Standing> =
            self.cells.iter().flatten().copied().filter(|cell| cell.is_judged()).collect();
        judged.len() > 1
    }
}

/// What one server does about one clause or scenario, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Pass,
    Note,
    Unsupported,
    Skipped,
    Nonstrict,
    Blocked,
    Error,
    Xfail,
    Fail,
}

impl Standing {
    const ALL: [Self; 9] = [
        Self::Pass,
        Self::Fail,
        Self::Xfail,
        Self::Nonstrict,
        Self::Blocked,
        Self::Error,
        Self::Note,
        Self::Unsupported,
        Self::Skipped,
    ];

    fn of(verdict: Verdict, waived: bool) -> Self {
        match verdict {
            Verdict::Pass => Self::Pass,
            Verdict::Note => Self::Note,
            Verdict::Unsupported => Self::Unsupported,
            Verdict::Skipped => Self::Skipped,
            _ if waived => Self::Xfail,
            Verdict::Nonstrict => Self::Nonstrict,
            Verdict::Blocked => Self::Blocked,
            Verdict::Error => Self::Error,
            Verdict::Fail => Self::Fail,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Note => "note",
            Self::Unsupported => "unsupported",
            Self::Skipped => "skipped",
            Self::Nonstrict => "nonstrict",
            Self::Blocked => "blocked",
            Self::Error => "error",
            Self::Xfail => "xfail",
            Self::Fail => "fail",
        }
    }

    fn is_judged(self) -> bool {
        !matches!(self, Self::Unsupported | Self::Skipped | Self::Blocked | Self::Error)
    }
}

impl Matrix {
    /// The servers of these reports, in their order.
    #[must_use]
    pub fn new(reports: &[Report], rows: Rows, differences: bool) -> Self {
        let columns: Vec<BTreeMap<&str, Standing>> =
            reports.iter().map(|report| cells(report, rows)).collect();
        let mut titles: BTreeMap<&str, &str> = BTreeMap::new();
        for report in reports {
            titles.extend(self::titles(report, rows));
        }
        let mut ids: Vec<&str> = columns.iter().flat_map(BTreeMap::keys).copied().collect();
        ids.sort_unstable_by(|a, b| natural(a).cmp(natural(b)).then_with(|| a.cmp(b)));
        ids.dedup();
        let mut groups: Vec<Group> = Vec::new();
        for id in ids {
            let row = Row {
                id: id.to_owned(),
                title: titles.get(id).copied().unwrap_or_default().to_owned(),
                cells: columns.iter().map(|column| column.get(id).copied()).collect(),
            };
            if differences && !row.differs() {
                continue;
            }
            let title = rfc(id);
            match groups.last_mut().filter(|group| group.title == title) {
                Some(group) => group.rows.push(row),
                None => groups.push(Group { title, rows: vec![row] }),
            }
        }
        let servers = reports.iter().zip(&columns).map(|(report, column)| server(report, column));
        let mut servers: Vec<Server> = servers.collect();
        tell_apart(&mut servers);
        Self { rows, differences, servers, groups }
    }

    /// What the rows are called.
    fn noun(&self) -> &'static str {
        match self.rows {
            Rows::Clauses => "clause",
            Rows::Scenarios => "scenario",
        }
    }

    /// The standings that some server has, for a summary without empty columns.
    fn standings(&self) -> Vec<(usize, Standing)> {
        let standings = Standing::ALL.into_iter().enumerate();
        standings.filter(|(index, _)| self.servers.iter().any(|server| server.counts[*index] > 0)).collect()
    }

    /// How many rows there are in which servers differ.
    fn differing(&self) -> usize {
        self.groups.iter().flat_map(|group| &group.rows).filter(|row| row.differs()).count()
    }
}

fn cells(report: &Report, rows: Rows) -> BTreeMap<&str, Standing> {
    match rows {
        Rows::Clauses => {
            let judged = report.clauses.iter().filter_map(|clause| Some((clause, clause.verdict?)));
            judged
                .map(|(clause, verdict)| (clause.id.as_str(), Standing::of(verdict, clause.waived)))
                .collect()
        }
        Rows::Scenarios => {
            let standing = |entry: &Entry| Standing::of(entry.verdict, entry.waiver.is_some());
            report.results.iter().map(|entry| (entry.id.as_str(), standing(entry))).collect()
        }
    }
}

fn titles(report: &Report, rows: Rows) -> BTreeMap<&str, &str> {
    match rows {
        Rows::Clauses => {
            report.clauses.iter().map(|clause| (clause.id.as_str(), clause.text.as_str())).collect()
        }
        Rows::Scenarios => {
            report.results.iter().map(|entry| (entry.id.as_str(), entry.title.as_str())).collect()
        }
    }
}

fn server(report: &Report, column: &BTreeMap<&str, Standing>) -> Server {
    let counts = Standing::ALL.map(|standing| column.values().filter(|own| **own == standing).count());
    Server {
        name: plain::server(report),
        tested: format!("{}, mailspec {}", report.environment.began, report.environment.mailspec),
        cut_short: report.cut_short.clone(),
        counts,
    }
}

/// Servers of one name are numbered.
fn tell_apart(servers: &mut [Server]) {
    let names: Vec<String> = servers.iter().map(|server| server.name.clone()).collect();
    for (index, server) in servers.iter_mut().enumerate() {
        if names.iter().filter(|name| **name == server.name).count() > 1 {
            let number = names[..=index].iter().filter(|name| **name == names[index]).count();
            server.name = format!("{} ({number})", names[index]);
        }
    }
}

/// `RFC 3501` of `rfc3501-6.4.3-02` and of `rfc3501/6.4.3-expunge/x`.
fn rfc(id: &str) -> String {
    let folder = id.split(['/', '-']).next().unwrap_or(id);
    folder.strip_prefix("rfc").map_or_else(|| folder.to_owned(), |number| format!("RFC {number}"))
}
