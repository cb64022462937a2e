//! An account's mailboxes in a database, for a server that is started with `--data DIR`.
//!
//! The database is SQLite, built in, with a write-ahead log that is synchronized to the disk at every commit. It was chosen over
//! redb by what a durable append of 4 kB takes, transactions being shared: alone 0.24 ms of CPU and 3.7 ms in all (redb: 0.4 and
//! 5 to 6), with 16 writers 0.05 ms of CPU and 0.2 to 0.7 ms (redb: 0.05 and 0.2), in a file of half the size; and because
//! it checks itself, names its application and format, and can be looked into with the `sqlite3` of any system.
//!
//! All is read at the start and kept in memory; from then on the database is only written to.

mod error;
mod load;
mod schema;
mod write;

#[cfg(test)]
mod tests;

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags};

pub use error::DatabaseError;
pub(super) use load::{SavedAccount, SavedMailbox};

/// The database within the directory. SQLite puts its log beside it.
const DATABASE: &str = "mail.db";

/// The file whose lock says that a server uses the directory.
const LOCK: &str = "lock";

/// An open database, which no other process uses.
#[derive(Debug)]
pub(super) struct Database {
    connection: Connection,
    path: PathBuf,
    /// Unlocked by the system when it is closed, however the process ends.
    _lock: File,
}

impl Database {
    /// Opens the database in `directory`; makes both if need be.
    pub(super) fn open(directory: &Path) -> Result<Self, DatabaseError> {
        let unusable = |path: &Path| {
            let path = path.to_owned();
            |source| DatabaseError::Directory { path, source }
        };
        if fs::metadata(directory).is_ok_and(|found| !found.is_dir()) {
            let source = io::Error::new(io::ErrorKind::NotADirectory, "it is no directory");
            return Err(unusable(directory)(source));
        }
        fs::create_dir_all(directory).map_err(unusable(directory))?;
        let lock = lock(directory)?;
        let path = directory.join(DATABASE);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        let connection = match Connection::open_with_flags(&path, flags) {
            Ok(connection) => connection,
            Err(source) => return Err(failed(&path, "open", source)),
        };
        let mut database = Self { connection, path, _lock: lock };
        database.prepare().map_err(|error| match error {
            Refusal::Said(error) => error,
            Refusal::Sqlite(source) => failed(&database.path, "open", source),
        })?;
        // The entry of a new file is in no log.
        File::open(directory).and_then(|directory| directory.sync_all()).map_err(unusable(directory))?;
        Ok(database)
    }

    fn prepare(&mut self) -> Result<(), Refusal> {
        let path = self.path.clone();
        let connection = &mut self.connection;
        if connection.is_readonly("main")? {
            return Err(Refusal::Said(DatabaseError::ReadOnly { path }));
        }
        connection.set_prepared_statement_cache_capacity(64);
        // The lock on the directory is ours; so the log needs no shared memory.
        connection.pragma_update(None, "locking_mode", "exclusive")?;
        let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let format: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        let is_new = application == 0 && format == 0 && tables == 0;
        if !is_new && application != schema::APPLICATION {
            let what = "a database of another program".to_owned();
            return Err(Refusal::Said(DatabaseError::Foreign { path, what }));
        }
        if format > schema::FORMAT {
            return Err(Refusal::Said(DatabaseError::Newer { path, format, known: schema::FORMAT }));
        }
        if !is_new && format < schema::FORMAT {
            let what = format!("its format is {format}, which never was");
            return Err(Refusal::Said(DatabaseError::Damaged { path, what }));
        }
        let found: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if found != "ok" {
            return Err(Refusal::Said(DatabaseError::Damaged { path, what: found }));
        }
        // Each commit is synchronized to the disk before it is reported (`full`), also on Apple's systems.
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0))?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "fullfsync", true)?;
        connection.pragma_update(None, "checkpoint_fullfsync", true)?;
        if is_new {
            schema::create(connection)?;
        }
        Ok(())
    }
}

/// Why a database is not opened.
enum Refusal {
    Said(DatabaseError),
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// What an error of SQLite means to who started the server.
fn failed(path: &Path, doing: &'static str, source: rusqlite::Error) -> DatabaseError {
    let path = path.to_owned();
    match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => {
            DatabaseError::Foreign { path, what: "no database at all".to_owned() }
        }
        Some(ErrorCode::DatabaseCorrupt) => DatabaseError::Damaged { path, what: source.to_string() },
        Some(ErrorCode::ReadOnly) => DatabaseError::ReadOnly { path },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            DatabaseError::InUse { path, holder: "another program".to_owned() }
        }
        _ => DatabaseError::Sqlite { path, doing, source },
    }
}

/// Takes the lock of a directory, and writes into it who has it.
fn lock(directory: &Path) -> Result<File, DatabaseError> {
    let path = directory.join(LOCK);
    let unusable = |source| DatabaseError::Directory { path: path.clone(), source };
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    let mut file = options.open(&path).map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // Whoever it is, the directory is in use.
            let _ = file.read_to_string(&mut holder);
            let holder = match holder.trim() {
                "" => "another process".to_owned(),
                process => format!("process {process}"),
            };
            return Err(DatabaseError::InUse { path: directory.to_owned(), holder });
        }
        Err(TryLockError::Error(source)) => return Err(unusable(source)),
    }
    let write = |file: &mut File| {
        file.set_len(0)?;
        file.rewind()?;
        writeln!(file, "{}", std::process::id())
    };
    write(&mut file).map_err(unusable)?;
    Ok(file)
}
