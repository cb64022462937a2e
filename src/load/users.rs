//! Who logs in: accounts by a template, from a file, or those of the target.

use std::{cell::RefCell, collections::VecDeque, path::Path};

use crate::target::Account;

/// The accounts of a run.
#[derive(Debug, Clone)]
pub struct Users {
    /// At least one.
    pub accounts: Vec<Account>,
    /// Sessions that one of them may have at the same time.
    pub sessions_each: usize,
}

/// `--users` is neither a template nor a file of users.
#[derive(Debug, thiserror::Error)]
pub enum UsersError {
    /// The range in braces.
    #[error("{0}: a template is written as 'u{{1..500}}:password'")]
    Template(String),
    /// The file can't be read.
    #[error("{path}: {why}; a template is written as 'u{{1..500}}:password'")]
    File {
        /// Which.
        path: String,
        /// Why.
        why: std::io::Error,
    },
    /// A line of the file.
    #[error("{path}:{line}: a line is USER:PASSWORD")]
    Line {
        /// The file.
        path: String,
        /// From 1.
        line: usize,
    },
    /// No user at all.
    #[error("{0}: there is no user in it")]
    Empty(String),
}

/// More accounts than this are a mistake in a template.
const MOST: u64 = 1_000_000;

impl Users {
    /// Accounts by a template such as `u{1..500}:password` (`{001..500}` keeps the zeros; in the password `{}` is the number), or from a
    /// file with a line `USER:PASSWORD` for each.
    ///
    /// # Errors
    /// If the text is neither.
    pub fn read(text: &str) -> Result<Vec<Account>, UsersError> {
        match text.split_once('{') {
            Some((head, rest)) => template(head, rest).ok_or_else(|| UsersError::Template(text.to_owned())),
            None => file(text),
        }
    }
}

fn template(head: &str, rest: &str) -> Option<Vec<Account>> {
    let (range, tail) = rest.split_once('}')?;
    let (low, high) = range.split_once("..")?;
    let (name_tail, password) = tail.split_once(':')?;
    let width = if low.starts_with('0') { low.len() } else { 0 };
    let (low, high): (u64, u64) = (low.parse().ok()?, high.parse().ok()?);
    if low > high || high - low >= MOST || password.is_empty() {
        return None;
    }
    let account = |number: u64| {
        let number = format!("{number:0width$}");
        Account::new(&format!("{head}{number}{name_tail}"), &password.replace("{}", &number))
    };
    Some((low..=high).map(account).collect())
}

fn file(path: &str) -> Result<Vec<Account>, UsersError> {
    let text = std::fs::read_to_string(Path::new(path));
    let text = text.map_err(|why| UsersError::File { path: path.to_owned(), why })?;
    let mut accounts = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match line.split_once(':') {
            Some((user, password)) if !user.is_empty() => accounts.push(Account::new(user, password)),
            _ => return Err(UsersError::Line { path: path.to_owned(), line: index + 1 }),
        }
    }
    if accounts.is_empty() { Err(UsersError::Empty(path.to_owned())) } else { Ok(accounts) }
}

/// The accounts of one thread, each lent to as many sessions as it may have.
#[derive(Debug)]
pub(super) struct Lender {
    free: RefCell<VecDeque<usize>>,
    /// None is lent a second time.
    once: bool,
}

impl Lender {
    /// The share of one thread of several.
    pub(super) fn of(users: &Users, thread: usize, threads: usize) -> Self {
        let own = || (0..users.accounts.len() * users.sessions_each).skip(thread).step_by(threads);
        Self { once: false, free: RefCell::new(own().map(|index| index % users.accounts.len()).collect()) }
    }

    /// So many accounts, each lent to one session and never again.
    pub(super) fn once(accounts: usize) -> Self {
        Self { free: RefCell::new((0..accounts).collect()), once: true }
    }

    /// An account that has been free for longest, by its index.
    pub(super) fn lend(&self) -> Option<usize> {
        self.free.borrow_mut().pop_front()
    }

    /// Takes it back.
    pub(super) fn take_back(&self, account: usize) {
        if !self.once {
            self.free.borrow_mut().push_back(account);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_and_files() {
        let names = |text: &str| {
            let accounts = Users::read(text).map_err(|error| error.to_string())?;
            let shown = accounts.iter().map(|a| format!("{}:{}", a.user, a.password.reveal()));
            Ok::<_, String>(shown.collect::<Vec<_>>().join(" "))
        };
        assert_eq!(names("u{1..3}:pw").as_deref(), Ok("u1:pw u2:pw u3:pw"));
        assert_eq!(
            names("u{09..10}@example.org:p{}").as_deref(),
            Ok("u09@example.org:p09 u10@example.org:p10")
        );
        for wrong in ["u{1..3}", "u{3..1}:pw", "u{1..}:pw", "u{1..3:pw", "u{1..2000000}:pw", "u{1..3}:"] {
            assert!(names(wrong).unwrap_err().contains("a template is written as"), "{wrong}");
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        std::fs::write(path, "ann:a:b\n\nbob:c\n").unwrap();
        assert_eq!(names(path).as_deref(), Ok("ann:a:b bob:c"));
        std::fs::write(path, "ann:a\nbob\n").unwrap();
        assert!(names(path).unwrap_err().ends_with(":2: a line is USER:PASSWORD"));
        std::fs::write(path, "").unwrap();
        assert!(names(path).unwrap_err().ends_with("there is no user in it"));
    }

    #[test]
    fn accounts_are_divided_among_threads_and_lent_in_turn() {
        let users = Users { accounts: Users::read("u{1..3}:pw").unwrap(), sessions_each: 2 };
        let lenders = [Lender::of(&users, 0, 2), Lender::of(&users, 1, 2)];
        let mut all = Vec::new();
        for lender in &lenders {
            let first = lender.lend().unwrap();
            lender.take_back(first);
            let lent: Vec<usize> = std::iter::from_fn(|| lender.lend()).collect();
            assert_eq!((lent.len(), lent.last()), (3, Some(&first)));
            all.extend(lent);
        }
        all.sort_unstable();
        assert_eq!(all, [0, 0, 1, 1, 2, 2]);
    }
}
