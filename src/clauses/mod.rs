//! The catalogue of clauses: every requirement on a server that a verdict can cite.
//!
//! It is data beside the scenarios, one `clauses.yaml` per RFC; `scenarios/README.md` explains it.

mod clause;
mod coverage;
mod file;

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::embedded::{Files, FilesError};
use crate::nearest::nearest;

pub use clause::{Basis, Clause, Level, Severity, Wire};
pub use coverage::Coverage;

/// All clauses, in the order of their RFCs and, within one, of its file.
#[derive(Debug, Clone)]
pub struct Catalogue {
    clauses: Vec<Clause>,
    by_id: HashMap<String, usize>,
}

/// The catalogue cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// A file cannot be read.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// A file is no YAML, or has fields or values that the catalogue does not know.
    #[error("{path}:{line}: {message}", path = .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line of the mistake, 1-based.
        line: u64,
        /// The mistake.
        message: String,
    },
    /// An entry contradicts itself or the rest of the catalogue.
    #[error("{path}:{line}: {id}: {mistake}", path = .path.display())]
    Entry {
        /// The file.
        path: PathBuf,
        /// The line at which the entry begins, 1-based.
        line: u64,
        /// The id of the entry.
        id: String,
        /// What is wrong.
        mistake: Mistake,
    },
}

/// What can be wrong with an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mistake {
    /// The id names another RFC than the folder.
    #[error("an id in this folder begins with rfc{rfc}-")]
    OtherRfc {
        /// The RFC of the folder.
        rfc: u16,
    },
    /// The id names another section than the field.
    #[error("the id does not name the section of the entry, which is {section}")]
    OtherSection {
        /// The section of the entry.
        section: String,
    },
    /// The id stands twice.
    #[error("the id is used before, at {path}:{line}", path = .path.display())]
    Twice {
        /// The file of the first.
        path: PathBuf,
        /// The line of the first.
        line: u64,
    },
    /// `contested` without `accept`.
    #[error(
        "a contested clause says with `accept: note`, `nonstrict` or `fail` what a violation earns at most"
    )]
    NoAccept,
    /// `accept` without `contested`.
    #[error("`accept` stands only beside `contested`, which says why")]
    NotContested,
    /// `accept` is stricter than the level allows.
    #[error("`accept: {accept}` is more than breaking a {level} can earn")]
    AcceptTooStrict {
        /// The level of the clause.
        level: Level,
        /// What it says.
        accept: Severity,
    },
    /// `why_not` and `wire` contradict each other.
    #[error("`why_not` stands exactly where `wire` is partly or no")]
    WhyNot,
    /// `needs` has a word that no file explains.
    #[error("`needs` has the unknown word {need}; the vocabulary stands at the head of the file")]
    UnknownNeed {
        /// The word.
        need: String,
    },
    /// `same_as` leads nowhere.
    #[error("in `same_as`: {0}")]
    SameAsUnknown(UnknownClause),
    /// `same_as` leads to an entry with `same_as`.
    #[error("`same_as` points to {target}, which is no carrier; point to {carrier}")]
    SameAsNoCarrier {
        /// Where it leads.
        target: String,
        /// Where that one leads.
        carrier: String,
    },
}

/// No clause has this id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no clause {id}{}", .nearest.as_ref().map(|id| format!("; did you mean {id}?")).unwrap_or_default())]
pub struct UnknownClause {
    /// The id that was asked for.
    pub id: String,
    /// A known id that may have been meant.
    pub nearest: Option<String>,
}

impl Catalogue {
    /// The built-in catalogue. A `clauses.yaml` in a folder of `directory` stands in for the one of the folder of the same name,
    /// or is added.
    ///
    /// # Errors
    /// The first mistake in the data, with its file and line.
    pub fn load(directory: Option<&Path>) -> Result<Self, CatalogueError> {
        let mut sources: BTreeMap<(u16, String), Files> = BTreeMap::new();
        for files in std::iter::once(Files::scenarios()).chain(directory.map(Files::directory)) {
            for name in files.names()? {
                let rfc = name.strip_suffix("/clauses.yaml").and_then(file::rfc_of_folder);
                if let Some(rfc) = rfc {
                    sources.insert((rfc, name), files.clone());
                }
            }
        }
        let mut contents = Vec::new();
        for ((rfc, name), files) in sources {
            let (path, content) = (files.path(&name), files.read(&name)?);
            contents.push((path.clone(), file::parse(&content, &path, rfc)?));
        }
        Self::from_files(contents)
    }

    fn from_files(files: Vec<(PathBuf, Vec<Clause>)>) -> Result<Self, CatalogueError> {
        let mut catalogue = Self { clauses: Vec::new(), by_id: HashMap::new() };
        let mut paths: Vec<PathBuf> = Vec::new();
        for (path, clauses) in files {
            for clause in clauses {
                if let Some(&first) = catalogue.by_id.get(&clause.id) {
                    let mistake =
                        Mistake::Twice { path: paths[first].clone(), line: catalogue.clauses[first].line };
                    return Err(CatalogueError::Entry { path, line: clause.line, id: clause.id, mistake });
                }
                catalogue.by_id.insert(clause.id.clone(), catalogue.clauses.len());
                catalogue.clauses.push(clause);
                paths.push(path.clone());
            }
        }
        for (clause, path) in catalogue.clauses.iter().zip(&paths) {
            if let Err(mistake) = catalogue.check_same_as(clause) {
                let (path, line, id) = (path.clone(), clause.line, clause.id.clone());
                return Err(CatalogueError::Entry { path, line, id, mistake });
            }
        }
        Ok(catalogue)
    }

    fn check_same_as(&self, clause: &Clause) -> Result<(), Mistake> {
        let Some(target) = &clause.same_as else { return Ok(()) };
        match &self.require(target).map_err(Mistake::SameAsUnknown)?.same_as {
            None => Ok(()),
            Some(carrier) => {
                Err(Mistake::SameAsNoCarrier { target: target.clone(), carrier: carrier.clone() })
            }
        }
    }

    /// The clause with this id.
    pub fn get(&self, id: &str) -> Option<&Clause> {
        self.by_id.get(id).map(|&index| &self.clauses[index])
    }

    /// The clause with this id.
    ///
    /// # Errors
    /// If there is none, with the id that may have been meant.
    pub fn require(&self, id: &str) -> Result<&Clause, UnknownClause> {
        self.get(id).ok_or_else(|| UnknownClause {
            id: id.to_owned(),
            nearest: nearest(id, self.clauses.iter().map(|clause| clause.id.as_str())).map(str::to_owned),
        })
    }

    /// The carrier of the behaviour that the clause with this id states: itself, or what its `same_as` names.
    /// Coverage is counted by carriers; a verdict is by the severity of the clause that the scenario cites.
    ///
    /// # Errors
    /// If there is no clause with this id, with the id that may have been meant.
    pub fn carrier(&self, id: &str) -> Result<&Clause, UnknownClause> {
        let clause = self.require(id)?;
        match &clause.same_as {
            None => Ok(clause),
            Some(carrier) => self.require(carrier),
        }
    }

    /// All clauses, in the order of their RFCs.
    pub fn iter(&self) -> std::slice::Iter<'_, Clause> {
        self.clauses.iter()
    }

    /// The carriers among them.
    pub fn carriers(&self) -> impl Iterator<Item = &Clause> {
        self.iter().filter(|clause| clause.is_carrier())
    }

    /// How many entries there are, carriers or not.
    pub fn len(&self) -> usize {
        self.clauses.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty()
    }
}

impl<'a> IntoIterator for &'a Catalogue {
    type Item = &'a Clause;
    type IntoIter = std::slice::Iter<'a, Clause>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests;
