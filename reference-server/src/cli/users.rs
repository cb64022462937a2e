//! The file of `--users`.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::value;
use crate::auth::User;

/// Why a file of users cannot be used. What stands in it is not shown: it may be a password.
#[derive(Debug, Error)]
pub enum UsersError {
    /// It cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A line is not understood.
    #[error("{path}:{line}: {problem}")]
    Line {
        /// The file.
        path: PathBuf,
        /// The number of the line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
}

/// Reads the users: a line for each, `NAME:PASSWORD`. Empty lines and lines that begin with `#` say nothing.
pub(super) fn read(path: &Path) -> Result<Vec<User>, UsersError> {
    let text =
        std::fs::read_to_string(path).map_err(|source| UsersError::Read { path: path.to_owned(), source })?;
    parse(&text).map_err(|(line, problem)| UsersError::Line { path: path.to_owned(), line, problem })
}

fn parse(text: &str) -> Result<Vec<User>, (usize, String)> {
    let mut users: Vec<User> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let user = value::user(line).map_err(|problem| (index + 1, problem))?;
        if users.iter().any(|earlier| earlier.name == user.name) {
            return Err((index + 1, format!("user {:?} is given twice", user.name)));
        }
        users.push(user);
    }
    if users.is_empty() {
        return Err((
            1,
            "the file names no user: expected lines of a name, a colon and a password".to_owned(),
        ));
    }
    Ok(users)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_user() {
        let users = parse("# name:password\r\nalice:a:b\r\n\n  \nbob:#c \n").unwrap();
        assert_eq!(users, [User::new("alice", "a:b"), User::new("bob", "#c ")]);
    }

    #[test]
    fn a_mistake_is_shown_by_its_line_and_without_its_text() {
        for (text, expected) in [
            ("alice:x\n\nhunter2\n", (3, "expected a name, a colon and a password")),
            (":x", (1, "expected a name, a colon and a password")),
            ("alice:", (1, "expected a name, a colon and a password")),
            ("a:x\n#\na:y", (3, "user \"a\" is given twice")),
        ] {
            assert_eq!(parse(text), Err((expected.0, expected.1.to_owned())), "{text:?}");
        }
        assert!(parse("# nobody\n").unwrap_err().1.starts_with("the file names no user: "));
        let error = read(Path::new("no/users")).unwrap_err().to_string();
        assert!(error.starts_with("cannot read no/users: "), "{error}");
    }
}
