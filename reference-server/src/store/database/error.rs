//! Why a directory cannot be used, and what to do about it.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// The data directory of a server cannot be used.
#[derive(Debug, Error)]
pub enum DatabaseError {
    /// It can be neither found nor made, or not be written to.
    #[error("cannot use {}: {source}; --data needs a directory that this user may write to", path.display())]
    Directory {
        /// The directory, or the file in it.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another process holds the lock.
    #[error(
        "{} is in use by {holder}: stop that server, or give --data another directory", path.display()
    )]
    InUse {
        /// The directory.
        path: PathBuf,
        /// The process, as far as it is known.
        holder: String,
    },
    /// The file may be read only.
    #[error("cannot write {}: make it writable for this user, or give --data another directory", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The file is not one of this program.
    #[error("{} is no mail of this server ({what}): move it away, or give --data another directory", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        what: String,
    },
    /// The file has been written by a newer version.
    #[error(
        "{} has format {format}, and this server knows formats up to {known}: use the newer server that wrote it, or give \
         --data another directory", path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        format: i32,
        /// The newest format known here.
        known: i32,
    },
    /// The file contradicts itself.
    #[error(
        "{} is damaged: {what}; put back a copy of the directory, or move the file away to begin without mail",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// SQLite reports an error of another kind.
    #[error("cannot {doing} {}: {source}", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// The thread that writes cannot be started.
    #[error("cannot start the thread that writes: {0}")]
    Thread(#[source] io::Error),
}
