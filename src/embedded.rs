//! Data files that are built into the program, and the directory that may override them.
//!
//! A debug build reads them from the source tree at run time, so that a changed scenario needs no rebuild.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "scenarios/"]
struct ScenarioFiles;

#[derive(RustEmbed)]
#[folder = "fixtures/mail/"]
struct MailFiles;

/// A tree of data files: built in, or below a directory.
///
/// Names are relative to the root of the tree and use `/` on every platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    root: Root,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Root {
    Scenarios,
    Mail,
    Directory(PathBuf),
}

/// A data file or directory could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {source}", path = .path.display())]
pub struct FilesError {
    path: PathBuf,
    source: std::io::Error,
}

/// No tree of ours is deeper; a loop of symbolic links ends here.
const MAX_DEPTH: usize = 8;

impl Files {
    /// The built-in `scenarios/`: scenarios, workloads and the catalogue of clauses.
    pub fn scenarios() -> Self {
        Self { root: Root::Scenarios }
    }

    /// The built-in `fixtures/mail/`: messages.
    pub fn mail() -> Self {
        Self { root: Root::Mail }
    }

    /// The files below `directory`, wherever it lies.
    pub fn directory(directory: impl Into<PathBuf>) -> Self {
        Self { root: Root::Directory(directory.into()) }
    }

    /// The names of all files, sorted.
    ///
    /// # Errors
    /// If a directory cannot be listed. Built-in trees never fail.
    pub fn names(&self) -> Result<Vec<String>, FilesError> {
        let mut names: Vec<String> = match &self.root {
            Root::Scenarios => ScenarioFiles::iter().map(Cow::into_owned).collect(),
            Root::Mail => MailFiles::iter().map(Cow::into_owned).collect(),
            Root::Directory(directory) => {
                let mut names = Vec::new();
                walk(directory, "", MAX_DEPTH, &mut names)?;
                names
            }
        };
        names.sort_unstable();
        Ok(names)
    }

    /// The content of the file called `name`.
    ///
    /// # Errors
    /// If there is no such file, or it cannot be read.
    pub fn read(&self, name: &str) -> Result<Cow<'static, [u8]>, FilesError> {
        let built_in = match &self.root {
            Root::Scenarios => ScenarioFiles::get(name),
            Root::Mail => MailFiles::get(name),
            Root::Directory(directory) => {
                let path = directory.join(name);
                return std::fs::read(&path).map(Cow::Owned).map_err(|source| FilesError { path, source });
            }
        };
        built_in.map(|file| file.data).ok_or_else(|| FilesError {
            path: self.path(name),
            source: std::io::Error::new(std::io::ErrorKind::NotFound, "no such built-in file"),
        })
    }

    /// Where `name` lies, for messages: below the override directory, or as it is called in the source tree.
    pub fn path(&self, name: &str) -> PathBuf {
        match &self.root {
            Root::Scenarios => Path::new("scenarios").join(name),
            Root::Mail => Path::new("fixtures/mail").join(name),
            Root::Directory(directory) => directory.join(name),
        }
    }
}

fn walk(directory: &Path, prefix: &str, depth: usize, names: &mut Vec<String>) -> Result<(), FilesError> {
    let error = |source| FilesError { path: directory.to_owned(), source };
    for entry in std::fs::read_dir(directory).map_err(error)? {
        let entry = entry.map_err(error)?;
        let file_name = entry.file_name();
        // A name that is no UTF-8 is no name of ours, and hidden files are not data.
        let Some(name) = file_name.to_str().filter(|name| !name.starts_with('.')) else { continue };
        let name = format!("{prefix}{name}");
        if entry.path().is_dir() {
            if depth > 0 {
                walk(&entry.path(), &format!("{name}/"), depth - 1, names)?;
            }
        } else {
            names.push(name);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_files_are_listed_and_read() {
        let files = Files::scenarios();
        let names = files.names().unwrap();
        assert!(names.contains(&"rfc1939/clauses.yaml".to_owned()), "{names:?}");
        assert!(names.is_sorted());
        assert!(files.read("rfc1939/clauses.yaml").unwrap().starts_with(b"# RFC 1939"));
    }

    #[test]
    fn a_directory_is_listed_with_its_folders_and_without_hidden_files() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(directory.path().join("rfc1/deeper")).unwrap();
        for name in ["b.yaml", "rfc1/a.yaml", "rfc1/deeper/c.yaml", "rfc1/.hidden"] {
            std::fs::write(directory.path().join(name), name).unwrap();
        }
        let files = Files::directory(directory.path());
        assert_eq!(files.names().unwrap(), ["b.yaml", "rfc1/a.yaml", "rfc1/deeper/c.yaml"]);
        assert_eq!(&*files.read("rfc1/a.yaml").unwrap(), b"rfc1/a.yaml");
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = Files::scenarios().read("rfc1939/nothing.yaml").unwrap_err();
        assert_eq!(error.to_string(), "scenarios/rfc1939/nothing.yaml: no such built-in file");
        let error = Files::directory("no/such/place").names().unwrap_err();
        assert!(error.to_string().starts_with("no/such/place: "), "{error}");
    }
}
