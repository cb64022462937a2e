//! Where a report in a file goes: whole or not at all, so that nobody reads half of one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::format::Format;
use crate::nearest::nearest;

/// Formats that the command line knows by their names: those of a run of `check`, or of `load`.
pub trait Named: Copy + 'static {
    /// All of them.
    const ALL: &'static [Self];
    /// Two that help who has forgotten how a report is asked for.
    const EXAMPLES: &'static str;

    /// As the command line writes it.
    #[must_use]
    fn name(self) -> &'static str;
}

/// A report that is wanted: `junit=reports/latest/junit.xml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted<F = Format> {
    /// In which format.
    pub format: F,
    /// Where.
    pub place: Place,
}

/// Where a report goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Standard output: `-`.
    Output,
    /// A file.
    File(PathBuf),
}

/// `FORMAT=PATH` is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WantedError {
    /// No `=`, or nothing behind it.
    #[error("write FORMAT=PATH: {0}; - as the path is standard output")]
    NoPath(&'static str),
    /// No format of ours.
    #[error("there is no format {name:?}{}; there are {known}",
        .nearest.map(|nearest| format!(", did you mean {nearest}?")).unwrap_or_default())]
    NoFormat {
        /// What was asked for.
        name: String,
        /// The format that may be meant.
        nearest: Option<&'static str>,
        /// All formats.
        known: String,
    },
}

impl<F: Named> FromStr for Wanted<F> {
    type Err = WantedError;

    fn from_str(text: &str) -> Result<Self, WantedError> {
        let (name, path) = text.split_once('=').unwrap_or((text, ""));
        let names = || F::ALL.iter().map(|format| format.name());
        let Some(&format) = F::ALL.iter().find(|format| format.name() == name) else {
            let known = names().collect::<Vec<_>>().join(", ");
            return Err(WantedError::NoFormat {
                name: name.to_owned(),
                nearest: nearest(name, names()),
                known,
            });
        };
        match path {
            "" => Err(WantedError::NoPath(F::EXAMPLES)),
            "-" => Ok(Self { format, place: Place::Output }),
            path => Ok(Self { format, place: Place::File(path.into()) }),
        }
    }
}

/// A report can't be written.
#[derive(Debug, thiserror::Error)]
#[error("the {format} report can't be written to {path}: {source}", path = .path.display())]
pub struct WriteError {
    format: &'static str,
    path: PathBuf,
    source: io::Error,
}

impl<F: Named> Wanted<F> {
    /// Could the report be written as things are? Asked before the run, which may take long. Makes the folder.
    ///
    /// # Errors
    /// If it could not.
    pub fn try_out(&self) -> Result<(), WriteError> {
        let Place::File(path) = &self.place else { return Ok(()) };
        let tried = match Way::to(path) {
            Way::Through => OpenOptions::new().append(true).open(path).map(drop),
            Way::Replace(path) => {
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder).map_err(|source| self.error(source))?;
                }
                if path.is_dir() {
                    return Err(self.error(io::ErrorKind::IsADirectory.into()));
                }
                let beside = beside(&path);
                File::create(&beside).and_then(|_| fs::remove_file(&beside))
            }
        };
        tried.map_err(|source| self.error(source))
    }

    /// Writes the report. What stood in the file before is replaced at once, or stays as it was.
    ///
    /// # Errors
    /// If it can't be written, as on a full disk.
    pub fn write(&self, text: &str) -> Result<(), WriteError> {
        let written = match &self.place {
            Place::Output => {
                let mut out = io::stdout().lock();
                out.write_all(text.as_bytes()).and_then(|()| out.flush())
            }
            Place::File(path) => write(path, text),
        };
        written.map_err(|source| self.error(source))
    }

    /// The report could not even be made.
    pub(crate) fn error(&self, source: io::Error) -> WriteError {
        let path = match &self.place {
            Place::Output => PathBuf::from("standard output"),
            Place::File(path) => path.clone(),
        };
        WriteError { format: self.format.name(), path, source }
    }
}

/// Writes a whole file, or leaves what was there.
///
/// # Errors
/// If it can't be written.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    match Way::to(path) {
        Way::Through => through(path, text),
        Way::Replace(path) => replace(&path, text),
    }
}

/// How to write to a path.
enum Way {
    /// Into what is there: a device, a pipe, or a file to which others add as well.
    Through,
    /// By a file that takes the place of what is there.
    Replace(PathBuf),
}

impl Way {
    fn to(path: &Path) -> Self {
        // GitHub shows what all commands of a step have added to this file.
        let summary = std::env::var_os("GITHUB_STEP_SUMMARY");
        if summary.is_some_and(|summary| Path::new(&summary) == path && path.exists()) {
            return Self::Through;
        }
        // A link stays, and what it leads to is replaced.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match fs::metadata(&path) {
            Ok(found) if !found.is_file() && !found.is_dir() => Self::Through,
            _ => Self::Replace(path),
        }
    }
}

fn through(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).open(path)?;
    file.write_all(text.as_bytes())
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let beside = beside(path);
    let written = File::create(&beside)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // It is of no use to anybody.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// A name in the same folder, and so on the same disk.
fn beside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_is_a_format_and_a_path() {
        let wanted = |text: &str| text.parse::<Wanted<Format>>();
        let file = |path: &str| Place::File(path.into());
        assert_eq!(
            wanted("json=a=b.html").unwrap(),
            Wanted { format: Format::Json, place: file("a=b.html") }
        );
        assert_eq!(wanted("tap=-").unwrap(), Wanted { format: Format::Tap, place: Place::Output });
        let mistakes = ["junit", "junit=", "junti=x", "x"].map(|text| wanted(text).unwrap_err().to_string());
        insta::assert_snapshot!(mistakes.join("\n"), @r#"
        write FORMAT=PATH: junit=report.xml, html=report.html; - as the path is standard output
        write FORMAT=PATH: junit=report.xml, html=report.html; - as the path is standard output
        there is no format "junti", did you mean junit?; there are json, junit, html, markdown, tap
        there is no format "x"; there are json, junit, html, markdown, tap
        "#);
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/report.tap");
        let wanted = Wanted { format: Format::Tap, place: Place::File(path.clone()) };
        wanted.try_out().unwrap();
        assert!(!path.exists());
        for text in ["long, long ago\n", "now\n"] {
            wanted.write(text).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(fs::read_dir(folder.path().join("new")).unwrap().count(), 1);
    }

    #[test]
    fn a_place_where_nothing_can_be_written_is_found_out_before_the_run() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "kept").unwrap();
        for path in [folder.path().to_owned(), file.join("below")] {
            let error =
                Wanted { format: Format::Tap, place: Place::File(path.clone()) }.try_out().unwrap_err();
            let expected = format!("the tap report can't be written to {}: ", path.display());
            assert!(error.to_string().starts_with(&expected), "{error}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&file, &link).unwrap();
            Wanted { format: Format::Tap, place: Place::File(link.clone()) }.write("new").unwrap();
            assert!(link.is_symlink());
            assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_told() {
        let wanted = Wanted { format: Format::Json, place: Place::File("/dev/full".into()) };
        let error = wanted.write("{}").unwrap_err().to_string();
        assert!(error.starts_with("the json report can't be written to /dev/full: No space left"), "{error}");
    }
}
