//! The tables, and how a file is known to be ours.

use rusqlite::Connection;

/// What SQLite calls the application that a file belongs to: "mspc".
pub(super) const APPLICATION: i32 = 0x6d73_7063;

/// The format written here. Raise it with every change that an older server would misread.
pub(super) const FORMAT: i32 = 1;

/// Rows are found by account, by mailbox within it, by UID within that. The octets of messages, which never change, lie
/// in a table of their own, so that a change of flags writes few octets. `told` is the UID below which no message is
/// `\Recent`; `keywords` are separated by blanks, as atoms hold none.
const TABLES: &str = "
CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    user TEXT NOT NULL UNIQUE,
    last_uid_validity INTEGER NOT NULL DEFAULT 0,
    freed_uid_validity INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE name (
    account INTEGER NOT NULL, name TEXT NOT NULL, mailbox INTEGER,
    PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE subscription (
    account INTEGER NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE mailbox (
    account INTEGER NOT NULL, mailbox INTEGER NOT NULL,
    uid_validity INTEGER NOT NULL, uid_next INTEGER NOT NULL,
    highest_mod_sequence INTEGER NOT NULL,
    expunges_forgotten INTEGER NOT NULL DEFAULT 0, told INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (account, mailbox)
) STRICT, WITHOUT ROWID;
CREATE TABLE keyword (
    account INTEGER NOT NULL, mailbox INTEGER NOT NULL, keyword TEXT NOT NULL COLLATE NOCASE,
    PRIMARY KEY (account, mailbox, keyword)
) STRICT, WITHOUT ROWID;
CREATE TABLE message (
    account INTEGER NOT NULL, mailbox INTEGER NOT NULL, uid INTEGER NOT NULL,
    flags INTEGER NOT NULL, keywords TEXT NOT NULL, mod_sequence INTEGER NOT NULL,
    epoch INTEGER NOT NULL, offset_minutes INTEGER NOT NULL,
    octets INTEGER NOT NULL,
    PRIMARY KEY (account, mailbox, uid)
) STRICT, WITHOUT ROWID;
CREATE TABLE expunged (
    account INTEGER NOT NULL, mailbox INTEGER NOT NULL,
    mod_sequence INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    PRIMARY KEY (account, mailbox, mod_sequence, first)
) STRICT, WITHOUT ROWID;
CREATE TABLE octets (id INTEGER PRIMARY KEY, octets BLOB NOT NULL) STRICT;
";

/// Makes the tables in an empty file, all or none.
pub(super) fn create(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(TABLES)?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", FORMAT)?;
    transaction.commit()
}
