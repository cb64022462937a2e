//! Rows into accounts, and whether they can be.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rusqlite::Row;

use super::{Database, DatabaseError, failed};
use crate::store::account::MailboxId;
use crate::store::expunged;
use crate::store::flags::{Flags, Keyword};
use crate::store::internal_date::InternalDate;
use crate::store::journal::AccountId;
use crate::store::message::{Message, ModSequence, Uid};
use crate::store::names::INBOX;

/// An account as it was when the last record was written.
#[derive(Debug, Default)]
pub(in crate::store) struct SavedAccount {
    pub(in crate::store) user: String,
    pub(in crate::store) last_uid_validity: u32,
    pub(in crate::store) highest_freed: u32,
    pub(in crate::store) names: BTreeMap<String, Option<MailboxId>>,
    pub(in crate::store) subscriptions: BTreeSet<String>,
    pub(in crate::store) mailboxes: BTreeMap<MailboxId, SavedMailbox>,
}

/// A mailbox as it was when the last record was written.
#[derive(Debug, Default)]
pub(in crate::store) struct SavedMailbox {
    pub(in crate::store) uid_validity: u32,
    pub(in crate::store) uid_next: Uid,
    pub(in crate::store) highest_mod_sequence: ModSequence,
    /// No message with a lower UID is `\Recent`.
    pub(in crate::store) told: Uid,
    pub(in crate::store) keywords: BTreeSet<Keyword>,
    pub(in crate::store) messages: BTreeMap<Uid, (Message, ModSequence)>,
    /// In ascending order of mod-sequences.
    pub(in crate::store) expunged: Vec<expunged::Record>,
    /// The highest mod-sequence among older expunges.
    pub(in crate::store) forgotten: ModSequence,
}

type Accounts = BTreeMap<AccountId, SavedAccount>;

impl Database {
    /// Reads everything.
    pub(in crate::store) fn load(&self) -> Result<Accounts, DatabaseError> {
        let mut accounts = Accounts::new();
        let read = |table: &str, sql: &str, take: &mut dyn FnMut(&Row<'_>) -> Result<(), Misfit>| {
            let mut read = || -> Result<(), Misfit> {
                let mut statement = self.connection.prepare(sql)?;
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    take(row)?;
                }
                Ok(())
            };
            read().map_err(|misfit| match misfit {
                Misfit::Sqlite(source @ rusqlite::Error::SqliteFailure(..)) => {
                    failed(&self.path, "read", source)
                }
                Misfit::Sqlite(error) => self.damaged(format!("in table {table}, {error}")),
                Misfit::Because(why) => self.damaged(format!("in table {table}, {why}")),
            })
        };
        read("account", "SELECT * FROM account", &mut |row| {
            let account = SavedAccount {
                user: row.get("user")?,
                last_uid_validity: row.get("last_uid_validity")?,
                highest_freed: row.get("freed_uid_validity")?,
                ..SavedAccount::default()
            };
            accounts.insert(id(row, "id")?, account);
            Ok(())
        })?;
        read("mailbox", "SELECT * FROM mailbox", &mut |row| {
            let mailbox = SavedMailbox {
                uid_validity: row.get("uid_validity")?,
                uid_next: row.get("uid_next")?,
                highest_mod_sequence: id(row, "highest_mod_sequence")?,
                forgotten: id(row, "expunges_forgotten")?,
                told: row.get("told")?,
                ..SavedMailbox::default()
            };
            if mailbox.uid_validity == 0 || mailbox.uid_next == 0 {
                return Err(Misfit::Because("a UIDVALIDITY or a UID is 0"));
            }
            account(&mut accounts, row)?.mailboxes.insert(id(row, "mailbox")?, mailbox);
            Ok(())
        })?;
        read("name", "SELECT * FROM name", &mut |row| {
            let mailbox = row.get::<_, Option<i64>>("mailbox")?.map(|_| id(row, "mailbox")).transpose()?;
            account(&mut accounts, row)?.names.insert(row.get("name")?, mailbox);
            Ok(())
        })?;
        read("subscription", "SELECT * FROM subscription", &mut |row| {
            account(&mut accounts, row)?.subscriptions.insert(row.get("name")?);
            Ok(())
        })?;
        read("keyword", "SELECT * FROM keyword", &mut |row| {
            let keyword = Keyword::new(row.get::<_, String>("keyword")?);
            mailbox(&mut accounts, row)?.keywords.insert(keyword);
            Ok(())
        })?;
        read("expunged", "SELECT * FROM expunged ORDER BY mod_sequence, first", &mut |row| {
            let record = (id(row, "mod_sequence")?, row.get("first")?, row.get("last")?);
            mailbox(&mut accounts, row)?.expunged.push(record);
            Ok(())
        })?;
        let messages = "SELECT account, mailbox, uid, flags, keywords, mod_sequence, epoch, offset_minutes, octets.octets AS octets
             FROM message LEFT JOIN octets ON octets.id = message.octets";
        read("message", messages, &mut |row| {
            let uid: Uid = row.get("uid")?;
            let (message, mod_sequence) = (message(row)?, id(row, "mod_sequence")?);
            let mailbox = mailbox(&mut accounts, row)?;
            if uid == 0 || uid >= mailbox.uid_next {
                return Err(Misfit::Because("a UID is out of range"));
            }
            if mod_sequence > mailbox.highest_mod_sequence {
                return Err(Misfit::Because("a mod-sequence is above the highest of its mailbox"));
            }
            mailbox.messages.insert(uid, (message, mod_sequence));
            Ok(())
        })?;
        for account in accounts.values() {
            account
                .check()
                .map_err(|why| self.damaged(format!("in the account of {:?}, {why}", account.user)))?;
        }
        Ok(accounts)
    }

    fn damaged(&self, what: String) -> DatabaseError {
        DatabaseError::Damaged { path: self.path.clone(), what }
    }
}

impl SavedAccount {
    /// Whether each mailbox has one name, and what has to be unlike others is.
    fn check(&self) -> Result<(), &'static str> {
        let named: BTreeSet<MailboxId> = self.names.values().flatten().copied().collect();
        if named.len() != self.names.values().flatten().count() {
            return Err("a mailbox has two names");
        }
        if !named.iter().eq(self.mailboxes.keys()) {
            return Err("a mailbox has no name, or a name has no mailbox");
        }
        if !matches!(self.names.get(INBOX), Some(Some(_))) {
            return Err("there is no INBOX");
        }
        if self.mailboxes.values().any(|mailbox| mailbox.uid_validity > self.last_uid_validity) {
            return Err("a UIDVALIDITY is above the last one given");
        }
        Ok(())
    }
}

/// Why a row is not what it should be.
enum Misfit {
    Sqlite(rusqlite::Error),
    Because(&'static str),
}

impl From<rusqlite::Error> for Misfit {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

fn account<'a>(accounts: &'a mut Accounts, row: &Row<'_>) -> Result<&'a mut SavedAccount, Misfit> {
    accounts.get_mut(&id(row, "account")?).ok_or(Misfit::Because("a row is of no account"))
}

fn mailbox<'a>(accounts: &'a mut Accounts, row: &Row<'_>) -> Result<&'a mut SavedMailbox, Misfit> {
    let id = id(row, "mailbox")?;
    account(accounts, row)?.mailboxes.get_mut(&id).ok_or(Misfit::Because("a row is of no mailbox"))
}

fn message(row: &Row<'_>) -> Result<Message, Misfit> {
    let octets: Option<Vec<u8>> = row.get("octets")?;
    let octets = octets.ok_or(Misfit::Because("a message has lost its octets"))?;
    let mut flags = Flags::from_bits(row.get("flags")?).ok_or(Misfit::Because("a flag is unknown"))?;
    for keyword in row.get::<_, String>("keywords")?.split_ascii_whitespace() {
        flags.set_keyword(Keyword::new(keyword));
    }
    let internal_date = InternalDate { epoch: row.get("epoch")?, offset_minutes: row.get("offset_minutes")? };
    Ok(Message { octets: octets.into(), renditions: Arc::default(), flags, internal_date })
}

fn id(row: &Row<'_>, column: &str) -> Result<u64, Misfit> {
    u64::try_from(row.get::<_, i64>(column)?)
        .map_err(|_| Misfit::Because("an id or a mod-sequence is negative"))
}
