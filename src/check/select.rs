//! Which scenarios run.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use regex::Regex;

use crate::clauses::Catalogue;
use crate::nearest::nearest;
use crate::scenario::program::{Protocol, Scenario};

/// What was asked for. Empty lists ask for everything.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Globs over ids, or the beginnings of ids; one that fits is enough.
    pub filters: Vec<String>,
    /// Ids of clauses; one that a scenario claims is enough.
    pub clauses: Vec<String>,
    /// The slow ones too.
    pub slow: bool,
    /// These rows and no others: ids.
    pub rows: Option<BTreeSet<String>>,
    /// One part of several.
    pub shard: Option<Shard>,
}

impl Selection {
    /// Does it ask for everything, or for one part of it?
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.filters.is_empty() && self.clauses.is_empty() && self.rows.is_none()
    }
}

/// One of the parts that the scenarios are dealt into, by their ids alone: where scenarios are added, the others stay where they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Which, from 1.
    pub index: u64,
    /// Of how many.
    pub count: u64,
}

impl Shard {
    /// Is the scenario with this id in this part?
    #[must_use]
    pub fn holds(self, id: &str) -> bool {
        // FNV-1a, which is the same on every machine and in every version.
        let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, octet| {
            (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3)
        });
        // The low bits alone are not mixed well.
        (hash ^ (hash >> 32)) % self.count == self.index - 1
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

/// A text is no part of several.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a part and the number of parts, such as 1/4, not {0:?}")]
pub struct NoShard(String);

impl FromStr for Shard {
    type Err = NoShard;

    fn from_str(text: &str) -> Result<Self, NoShard> {
        let parts =
            text.split_once('/').and_then(|(index, count)| Some((index.parse().ok()?, count.parse().ok()?)));
        match parts {
            Some((index, count)) if (1..=count).contains(&index) => Ok(Self { index, count }),
            _ => Err(NoShard(text.to_owned())),
        }
    }
}

/// A scenario with those of its rows that were asked for.
#[derive(Debug, Clone)]
pub struct Selected {
    /// The scenario.
    pub scenario: Arc<Scenario>,
    /// Indexes into its rows, ascending; at least one.
    pub rows: Vec<usize>,
}

impl Selected {
    /// The ids of what runs: one for each row.
    pub fn ids(&self) -> impl Iterator<Item = String> {
        self.rows.iter().map(|&row| row_id(&self.scenario, row))
    }
}

/// Nothing runs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NothingSelected {
    /// There are no scenarios at all.
    #[error("there are no scenarios")]
    Empty,
    /// A filter fits no id.
    #[error(
        "no scenario fits the filter {filter}{}; `mailspec check --list` shows all ids",
        .meant.as_ref().map(|id| format!(", did you mean {id}?")).unwrap_or_default()
    )]
    Filter {
        /// The filter.
        filter: String,
        /// An id that may have been meant.
        meant: Option<String>,
    },
    /// There is no such clause.
    #[error(transparent)]
    Clause(#[from] crate::clauses::UnknownClause),
    /// No scenario claims the clause.
    #[error("no scenario tests the clause {clause}; `mailspec explain {clause}` shows what it says")]
    Untested {
        /// Its id.
        clause: String,
    },
    /// The filters and the clauses have nothing in common.
    #[error("no scenario fits both the filters and the clauses; give one of the two")]
    Both,
    /// What fits is slow only.
    #[error("what fits is slow ({id}{}); add --slow to run it", and_more(*.more))]
    Slow {
        /// The first of them.
        id: String,
        /// How many more there are.
        more: usize,
    },
    /// What failed last is not among what fits.
    #[error("nothing that failed in the last run is among what fits")]
    Failed,
    /// All that fits is in other parts.
    #[error("nothing of what fits is in the part {shard}; use fewer parts")]
    Shard {
        /// The part.
        shard: Shard,
    },
    /// The target does not speak the protocol of what fits.
    #[error("what fits needs {protocol}, and the target has no address for it; add {url} to the target")]
    Protocol {
        /// The protocol.
        protocol: &'static str,
        /// A URL that would do.
        url: &'static str,
    },
}

fn and_more(count: usize) -> String {
    if count == 0 { String::new() } else { format!(" and {count} more") }
}

/// The rows of `scenarios` that `selection` asks for and that the target can be spoken to in, in their order.
///
/// # Errors
/// If none is left, or if one of the filters or clauses asks for nothing: a filter that has gone stale is not ignored.
pub fn select(
    scenarios: &[Arc<Scenario>],
    selection: &Selection,
    catalogue: &Catalogue,
    speaks: impl Fn(Protocol) -> bool,
) -> Result<Vec<Selected>, NothingSelected> {
    if scenarios.is_empty() {
        return Err(NothingSelected::Empty);
    }
    let rows =
        || scenarios.iter().flat_map(|scenario| (0..scenario.rows.len()).map(move |row| (scenario, row)));
    let ids: Vec<String> = rows().map(|(scenario, row)| row_id(scenario, row)).collect();
    let filters: Vec<Filter> = selection.filters.iter().map(|filter| Filter::new(filter, &ids)).collect();
    for (filter, written) in filters.iter().zip(&selection.filters) {
        if !ids.iter().any(|id| filter.fits(id)) {
            let known =
                scenarios.iter().map(|scenario| scenario.id.as_str()).chain(ids.iter().map(String::as_str));
            let meant = nearest(written, known).map(str::to_owned);
            return Err(NothingSelected::Filter { filter: written.clone(), meant });
        }
    }
    let mut carriers = Vec::new();
    for clause in &selection.clauses {
        let carrier = catalogue.carrier(clause)?.id.as_str();
        if !rows().any(|(scenario, row)| claims(scenario, row, carrier, catalogue)) {
            return Err(NothingSelected::Untested { clause: clause.clone() });
        }
        carriers.push(carrier);
    }
    let wanted: Vec<(&Arc<Scenario>, usize)> = rows()
        .filter(|&(scenario, row)| {
            let id = row_id(scenario, row);
            filters.is_empty() || filters.iter().any(|filter| filter.fits(&id))
        })
        .filter(|&(scenario, row)| {
            carriers.is_empty() || carriers.iter().any(|carrier| claims(scenario, row, carrier, catalogue))
        })
        .collect();
    if wanted.is_empty() {
        return Err(NothingSelected::Both);
    }
    let listed = |&(scenario, row): &(&Arc<Scenario>, usize)| {
        selection.rows.as_ref().is_none_or(|rows| rows.contains(&row_id(scenario, row)))
    };
    let wanted: Vec<_> = wanted.into_iter().filter(listed).collect();
    if wanted.is_empty() {
        return Err(NothingSelected::Failed);
    }
    let here = |(scenario, _): &(&Arc<Scenario>, usize)| {
        selection.shard.is_none_or(|shard| shard.holds(&scenario.id))
    };
    let wanted: Vec<_> = wanted.into_iter().filter(here).collect();
    let Some(&(first, first_row)) = wanted.first() else {
        return Err(selection.shard.map_or(NothingSelected::Both, |shard| NothingSelected::Shard { shard }));
    };
    let spoken: Vec<_> = wanted.iter().filter(|(scenario, _)| speaks(scenario.protocol)).collect();
    if spoken.is_empty() {
        let (protocol, url) = match first.protocol {
            Protocol::Imap => ("IMAP", "imap://USER:PASSWORD@HOST"),
            Protocol::Pop3 => ("POP3", "pop3://USER:PASSWORD@HOST"),
        };
        return Err(NothingSelected::Protocol { protocol, url });
    }
    let mut selected: Vec<Selected> = Vec::new();
    for &&(scenario, row) in spoken.iter().filter(|(scenario, _)| selection.slow || !scenario.slow) {
        match selected.last_mut().filter(|last| Arc::ptr_eq(&last.scenario, scenario)) {
            Some(last) => last.rows.push(row),
            None => selected.push(Selected { scenario: Arc::clone(scenario), rows: vec![row] }),
        }
    }
    if selected.is_empty() {
        let id = row_id(first, first_row);
        return Err(NothingSelected::Slow { id, more: spoken.len() - 1 });
    }
    Ok(selected)
}

/// The id of one row: `rfc3501/6.4.4-search/keys/or`.
#[must_use]
pub fn row_id(scenario: &Scenario, row: usize) -> String {
    match scenario.rows.get(row).and_then(|row| row.name.as_ref()) {
        Some(name) => format!("{}/{name}", scenario.id),
        None => scenario.id.clone(),
    }
}

/// Whether this row may make a claim of the clause `carrier`: its own clause, or one of the scenario's.
fn claims(scenario: &Scenario, row: usize, carrier: &str, catalogue: &Catalogue) -> bool {
    let is_it = |id: &str| id == carrier || catalogue.carrier(id).is_ok_and(|clause| clause.id == carrier);
    match scenario.rows.get(row).and_then(|row| row.clause.as_deref()) {
        Some(own) => is_it(own),
        None => scenario.clauses.iter().any(|clause| is_it(clause)),
    }
}

/// A filter over ids.
#[derive(Debug, Clone)]
pub(super) enum Filter {
    /// The id of a scenario or a row, which stands for itself and what is below it.
    Id(String),
    /// The beginning of ids.
    Beginning(String),
    /// A glob over a whole id, or a beginning of it that ends before a `/`.
    Glob(Regex),
}

impl Filter {
    /// A text that is an id means that one, though it may be the beginning of others too.
    fn new(filter: &str, ids: &[String]) -> Self {
        let filter = filter.strip_suffix('/').unwrap_or(filter);
        if filter.contains(['*', '?']) {
            Self::Glob(glob(filter))
        } else if ids.iter().any(|id| is_at_or_below(filter, id)) {
            Self::Id(filter.to_owned())
        } else {
            Self::Beginning(filter.to_owned())
        }
    }

    /// A filter that stands for one id and what is below it, or is a glob.
    pub(super) fn exact(filter: &str) -> Self {
        if filter.contains(['*', '?']) { Self::Glob(glob(filter)) } else { Self::Id(filter.to_owned()) }
    }

    /// Does this id fit?
    pub(super) fn fits(&self, id: &str) -> bool {
        match self {
            Self::Id(filter) => is_at_or_below(filter, id),
            Self::Beginning(filter) => id.starts_with(filter.as_str()),
            Self::Glob(glob) => glob.is_match(id),
        }
    }
}

fn is_at_or_below(above: &str, id: &str) -> bool {
    id.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// `*` is any text within one part, `**` any text, `**/` any folders or none, `?` one character other than `/`.
fn glob(pattern: &str) -> Regex {
    let mut expression = String::from("^(?:");
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        let (wanted, taken) = match first {
            '*' if rest.starts_with("**/") => ("(?:.*/)?", 3),
            '*' if rest.starts_with("**") => (".*", 2),
            '*' => ("[^/]*", 1),
            '?' => ("[^/]", 1),
            other => {
                expression.push_str(&regex::escape(other.encode_utf8(&mut [0; 4])));
                ("", other.len_utf8())
            }
        };
        expression.push_str(wanted);
        rest = &rest[taken..];
    }
    expression.push_str(")(?:/.*)?$");
    // What is not escaped is written above. A pattern too large to compile fits nothing, and selects nothing.
    Regex::new(&expression).unwrap_or_else(|_| NOTHING.clone())
}

static NOTHING: LazyLock<Regex> = LazyLock::new(|| {
    #[allow(clippy::unwrap_used)]
    // The crate's documentation names this as the expression that never matches.
    Regex::new("[^\\s\\S]").unwrap()
});

#[cfg(test)]
mod tests;
