//! Changes into rows.

use rusqlite::{Connection, Transaction, params};

use super::Database;
use crate::store::change::Change;
use crate::store::flags::Flags;
use crate::store::journal::{AccountId, Record, Writer};

impl Writer for Database {
    fn write(&mut self, records: &[Record]) -> Result<(), String> {
        let write = |connection: &mut Connection| {
            let transaction = connection.transaction()?;
            for record in records {
                for change in &record.changes {
                    apply(&transaction, record.account, change)?;
                }
            }
            transaction.commit()
        };
        write(&mut self.connection).map_err(|error| format!("cannot write {}: {error}", self.path.display()))
    }
}

fn apply(to: &Transaction<'_>, account: AccountId, change: &Change) -> rusqlite::Result<()> {
    let run =
        |sql: &str, params: &[&dyn rusqlite::ToSql]| to.prepare_cached(sql)?.execute(params).map(|_| ());
    match change {
        Change::Account { user } => {
            run("INSERT INTO account (id, user) VALUES (?, ?)", params![key(account), user])
        }
        Change::UidValidities { last, freed } => run(
            "UPDATE account SET last_uid_validity = ?2, freed_uid_validity = ?3 WHERE id = ?1",
            params![key(account), last, freed],
        ),
        Change::Name { name, mailbox } => run(
            "INSERT OR REPLACE INTO name (account, name, mailbox) VALUES (?, ?, ?)",
            params![key(account), name, mailbox.map(key)],
        ),
        Change::NameGone { name } => {
            run("DELETE FROM name WHERE account = ? AND name = ?", params![key(account), name])
        }
        Change::Subscribed { name } => run(
            "INSERT OR IGNORE INTO subscription (account, name) VALUES (?, ?)",
            params![key(account), name],
        ),
        Change::Unsubscribed { name } => {
            run("DELETE FROM subscription WHERE account = ? AND name = ?", params![key(account), name])
        }
        Change::Mailbox { mailbox, uid_validity, uid_next, highest_mod_sequence } => run(
            "INSERT INTO mailbox (account, mailbox, uid_validity, uid_next, highest_mod_sequence)
             VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET uid_validity = ?3, uid_next = ?4, highest_mod_sequence = ?5",
            params![key(account), key(*mailbox), uid_validity, uid_next, key(*highest_mod_sequence)],
        ),
        Change::MailboxGone { mailbox } => {
            let of = params![key(account), key(*mailbox)];
            run(
                "DELETE FROM octets WHERE id IN (SELECT octets FROM message WHERE account = ? AND mailbox = ?)",
                of,
            )?;
            run("DELETE FROM message WHERE account = ? AND mailbox = ?", of)?;
            run("DELETE FROM expunged WHERE account = ? AND mailbox = ?", of)?;
            run("DELETE FROM keyword WHERE account = ? AND mailbox = ?", of)?;
            run("DELETE FROM mailbox WHERE account = ? AND mailbox = ?", of)
        }
        Change::Keyword { mailbox, keyword } => run(
            "INSERT OR IGNORE INTO keyword (account, mailbox, keyword) VALUES (?, ?, ?)",
            params![key(account), key(*mailbox), keyword.as_str()],
        ),
        Change::Message { mailbox, uid, message, mod_sequence } => {
            run("INSERT INTO octets (octets) VALUES (?)", params![&message.octets[..]])?;
            run(
                "INSERT INTO message
                 (account, mailbox, uid, flags, keywords, mod_sequence, epoch, offset_minutes, octets)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                params![
                    key(account),
                    key(*mailbox),
                    uid,
                    message.flags.bits(),
                    keywords(&message.flags),
                    key(*mod_sequence),
                    message.internal_date.epoch,
                    message.internal_date.offset_minutes,
                    to.last_insert_rowid()
                ],
            )
        }
        Change::Flags { mailbox, uid, flags, mod_sequence } => run(
            "UPDATE message SET flags = ?4, keywords = ?5, mod_sequence = ?6
             WHERE account = ?1 AND mailbox = ?2 AND uid = ?3",
            params![key(account), key(*mailbox), uid, flags.bits(), keywords(flags), key(*mod_sequence)],
        ),
        Change::Expunged { mailbox, mod_sequence, first, last } => {
            let of = params![key(account), key(*mailbox), first, last];
            run(
                "DELETE FROM octets WHERE id IN
                 (SELECT octets FROM message WHERE account = ? AND mailbox = ? AND uid BETWEEN ? AND ?)",
                of,
            )?;
            run("DELETE FROM message WHERE account = ? AND mailbox = ? AND uid BETWEEN ? AND ?", of)?;
            run(
                "INSERT INTO expunged (account, mailbox, mod_sequence, first, last) VALUES (?, ?, ?, ?, ?)",
                params![key(account), key(*mailbox), key(*mod_sequence), first, last],
            )
        }
        Change::ExpungesForgotten { mailbox, up_to } => {
            let of = params![key(account), key(*mailbox), key(*up_to)];
            run("DELETE FROM expunged WHERE account = ? AND mailbox = ? AND mod_sequence <= ?", of)?;
            run("UPDATE mailbox SET expunges_forgotten = ?3 WHERE account = ?1 AND mailbox = ?2", of)
        }
        Change::Told { mailbox, below } => run(
            "UPDATE mailbox SET told = ?3 WHERE account = ?1 AND mailbox = ?2",
            params![key(account), key(*mailbox), below],
        ),
    }
}

/// An id or a mod-sequence as SQLite has integers. They are counted from 0: none gets so high.
fn key(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}

fn keywords(flags: &Flags) -> String {
    let keywords: Vec<&str> = flags.keywords().map(crate::store::Keyword::as_str).collect();
    keywords.join(" ")
}
