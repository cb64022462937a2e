//! What failed last, by target, in a file of the folder that the run was started in: for `--rerun-failed`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::exit::Require;
use super::summary::fails;
use crate::clauses::Catalogue;
use crate::report::{Sink, event::Event};

/// The folder; it keeps itself out of git.
pub const FOLDER: &str = ".mailspec";
/// The file in it.
pub const FILE: &str = "failed.json";
/// The version of the file's form.
const VERSION: u32 = 1;

/// The file.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    version: u32,
    /// Ids by target.
    targets: BTreeMap<String, BTreeSet<String>>,
}

/// Watches a run, and records what fails.
#[derive(Debug)]
pub struct LastFailed<'a> {
    folder: PathBuf,
    target: String,
    require: Require,
    catalogue: &'a Catalogue,
    ran: BTreeSet<String>,
    failed: BTreeSet<String>,
}

/// The ids of what failed on `target` when it was last run, in any run of which `folder` has a record; empty if there is none.
///
/// # Errors
/// If the file is there and can't be read.
pub fn failed_on(folder: &Path, target: &str) -> io::Result<BTreeSet<String>> {
    Ok(read(&folder.join(FILE))?.targets.remove(target).unwrap_or_default())
}

fn read(path: &Path) -> io::Result<Record> {
    match fs::read_to_string(path) {
        Ok(text) => {
            let record: Record = serde_json::from_str(&text)?;
            if record.version == VERSION {
                return Ok(record);
            }
            let version = record.version;
            Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("version {version} is not known, remove it"),
            ))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Ok(Record { version: VERSION, targets: BTreeMap::new() })
        }
        Err(error) => Err(error),
    }
}

impl<'a> LastFailed<'a> {
    /// The record of a run on `target` that begins.
    #[must_use]
    pub fn new(folder: &Path, target: &str, require: Require, catalogue: &'a Catalogue) -> Self {
        let (ran, failed) = (BTreeSet::new(), BTreeSet::new());
        Self { folder: folder.to_owned(), target: target.to_owned(), require, catalogue, ran, failed }
    }

    /// Writes what failed. What did not run this time stays as it was. Nothing is written where there is nothing to tell.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn write(self) -> io::Result<()> {
        let path = self.folder.join(FILE);
        // What can't be read any more is of no use, and gives way.
        let mut record = read(&path).unwrap_or(Record { version: VERSION, targets: BTreeMap::new() });
        let known = record.targets.entry(self.target.clone()).or_default();
        known.retain(|id| !self.ran.contains(id));
        known.extend(self.failed);
        record.targets.retain(|_, ids| !ids.is_empty());
        if record.targets.is_empty() && !path.exists() {
            return Ok(());
        }
        fs::create_dir_all(&self.folder)?;
        let ignore = self.folder.join(".gitignore");
        if !ignore.exists() {
            fs::write(ignore, "*\n")?;
        }
        // Another run may read it at any time.
        let draft = self.folder.join(format!("{FILE}.{}", std::process::id()));
        fs::write(&draft, serde_json::to_string_pretty(&record)? + "\n")?;
        fs::rename(draft, path)
    }
}

impl Sink for LastFailed<'_> {
    fn take(&mut self, event: &Event) {
        if let Event::Ended(outcome) = event {
            let id = outcome.id();
            if fails(outcome, self.require, self.catalogue) {
                self.failed.insert(id.clone());
            }
            self.ran.insert(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_run_stays_and_what_passed_goes() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join(FOLDER);
        let catalogue = Catalogue::load(None).unwrap();
        let run = |target: &str, ran: &[&str], failed: &[&str]| {
            let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
            let mut last = LastFailed::new(&folder, target, Require::Must, &catalogue);
            (last.ran, last.failed) = (owned(ran), owned(failed));
            last.write().unwrap();
        };
        let failed = |target: &str| failed_on(&folder, target).unwrap().into_iter().collect::<Vec<_>>();
        run("one", &["a", "b"], &[]);
        assert!(!folder.exists(), "nothing failed, and nothing is written");
        run("one", &["a", "b", "c"], &["a", "b"]);
        run("two", &["a"], &["a"]);
        run("one", &["a", "c"], &["c"]);
        assert_eq!(
            (failed("one"), failed("two"), failed("three")),
            (vec!["b".into(), "c".into()], vec!["a".into()], vec![])
        );
        run("one", &["b", "c"], &[]);
        assert_eq!((failed("one"), failed("two")), (Vec::new(), vec!["a".to_owned()]));
        assert_eq!(fs::read_to_string(folder.join(".gitignore")).unwrap(), "*\n");
        fs::write(folder.join(FILE), "{").unwrap();
        assert!(failed_on(&folder, "one").is_err());
        run("one", &["a"], &["a"]);
        assert_eq!(failed("one"), ["a"]);
    }
}
