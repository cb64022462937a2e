//! What is loaded is what was written, and what cannot be loaded is told.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::clock::Clock;
use crate::store::*;

fn open(directory: &Path) -> Store {
    Store::open(directory, Clock::starting_at(1_000)).unwrap()
}

/// All of an account that outlives a session, in a form to compare.
fn picture(account: &Account) -> BTreeMap<String, String> {
    let mut state = account.state();
    let mut picture = BTreeMap::new();
    picture.insert(
        String::new(),
        format!("{} {:?} {:?}", account.user(), state.subscriptions(), state.uid_validities()),
    );
    for (name, id) in state.names().clone() {
        let mailbox = id.map(|id| {
            let mailbox = state.mailbox(id).unwrap();
            format!(
                "{} {} {} {:?} {:?} {:?}",
                mailbox.uid_validity(),
                mailbox.uid_next(),
                mailbox.highest_mod_sequence(),
                mailbox.keywords(),
                mailbox.expunged(),
                mailbox.messages()
            )
        });
        picture.insert(name, format!("{id:?} {mailbox:?}"));
    }
    picture
}

/// One of the things that sessions do; what the store refuses is part of the game.
#[derive(Clone, Debug)]
enum Act {
    Append(u8, Vec<u8>),
    Create(u8),
    Delete(u8),
    Rename(u8, u8),
    Subscribe(u8),
    Unsubscribe(u8),
    Select(u8),
    Store(Vec<u32>, FlagChange, u8),
    Expunge,
    Updates,
    Seen(u32),
    Copy(Vec<u32>, u8),
    Move(Vec<u32>, u8),
    Maildrop(Vec<u32>),
    Reopen,
}

const NAMES: [&str; 7] = ["inbox", "a", "a/b", "a/b/c", "d", "d/e", "Sent"];

fn name(index: u8) -> &'static str {
    NAMES[usize::from(index) % NAMES.len()]
}

fn flags(bits: u8) -> Flags {
    let mut flags: Flags = Flag::ALL
        .into_iter()
        .enumerate()
        .filter(|(at, _)| bits >> at & 1 == 1)
        .map(|(_, flag)| flag)
        .collect();
    for (bit, keyword) in [(5, "$Work"), (6, "$WORK"), (7, "other")] {
        if bits >> bit & 1 == 1 {
            flags.set_keyword(Keyword::new(keyword));
        }
    }
    flags
}

fn act() -> impl Strategy<Value = Act> {
    let numbers = || prop::collection::vec(1_u32..6, 0..4);
    let change = prop_oneof![Just(FlagChange::Replace), Just(FlagChange::Add), Just(FlagChange::Remove)];
    prop_oneof![
        4 => (any::<u8>(), prop::collection::vec(any::<u8>(), 1..4)).prop_map(|(name, flags)| Act::Append(name, flags)),
        2 => any::<u8>().prop_map(Act::Create),
        1 => any::<u8>().prop_map(Act::Delete),
        2 => any::<(u8, u8)>().prop_map(|(from, to)| Act::Rename(from, to)),
        1 => any::<u8>().prop_map(Act::Subscribe),
        1 => any::<u8>().prop_map(Act::Unsubscribe),
        3 => any::<u8>().prop_map(Act::Select),
        4 => (numbers(), change, any::<u8>()).prop_map(|(numbers, change, flags)| Act::Store(numbers, change, flags)),
        2 => Just(Act::Expunge),
        2 => Just(Act::Updates),
        1 => (1_u32..6).prop_map(Act::Seen),
        2 => (numbers(), any::<u8>()).prop_map(|(numbers, to)| Act::Copy(numbers, to)),
        2 => (numbers(), any::<u8>()).prop_map(|(numbers, to)| Act::Move(numbers, to)),
        1 => numbers().prop_map(Act::Maildrop),
        2 => Just(Act::Reopen),
    ]
}

/// A server's life: its store, one account, two sessions that take turns.
struct World {
    directory: TempDir,
    store: Store,
    account: Arc<Account>,
    sessions: [Option<Selected>; 2],
}

impl World {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let store = open(directory.path());
        store.open_account("someone else");
        let account = store.open_account("alice");
        Self { directory, store, account, sessions: [None, None] }
    }

    fn perform(&mut self, act: &Act, turn: usize) {
        let session = &mut self.sessions[turn % 2];
        let account = &self.account;
        // Whether the store refuses is tested elsewhere; here it is what it remembers that counts.
        match (act, session) {
            (Act::Append(to, all), _) => {
                let message = |bits: &u8| NewMessage {
                    octets: vec![*bits; 1 + usize::from(*bits)],
                    flags: flags(*bits),
                    internal_date: Some(InternalDate { epoch: -i64::from(*bits), offset_minutes: -90 }),
                };
                let _ = account.append_all(name(*to), all.iter().map(message).collect());
            }
            (Act::Create(at), _) => drop(account.create(name(*at))),
            (Act::Delete(at), _) => drop(account.delete(name(*at))),
            (Act::Rename(from, to), _) => drop(account.rename(name(*from), name(*to))),
            (Act::Subscribe(at), _) => drop(account.subscribe(name(*at))),
            (Act::Unsubscribe(at), _) => drop(account.unsubscribe(name(*at))),
            (Act::Select(at), session) => {
                let access = if at % 5 == 0 { Access::ReadOnly } else { Access::ReadWrite };
                *session = account.select(name(*at), access).ok().map(|(selected, _)| selected);
            }
            (Act::Maildrop(numbers), _) => account.open_maildrop().unwrap().update(numbers).unwrap(),
            (Act::Reopen, _) => self.reopen(),
            (_, None) => {}
            (Act::Store(numbers, change, bits), Some(session)) => {
                drop(session.store(numbers, *change, &flags(*bits), None));
            }
            (Act::Expunge, Some(session)) => drop(session.expunge(None)),
            (Act::Updates, Some(session)) => drop(session.updates(Expunges::Allowed)),
            (Act::Seen(number), Some(session)) => drop(session.mark_seen(*number)),
            (Act::Copy(numbers, to), Some(session)) => drop(session.copy(numbers, name(*to))),
            (Act::Move(numbers, to), Some(session)) => drop(session.move_to(numbers, name(*to))),
        }
    }

    /// Why the journal writes no more.
    fn end(&self) -> String {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(self.store.failure())
    }

    /// Ends the server and starts it again: everything must be as before.
    fn reopen(&mut self) {
        self.sessions = [None, None];
        let before = picture(&self.account);
        self.store.close();
        assert_eq!(self.end(), "the server stops");
        self.store = open(self.directory.path());
        self.account = self.store.account("alice").unwrap();
        assert_eq!(picture(&self.account), before);
        assert!(self.store.account("someone else").is_some());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_loaded_is_what_was_written(acts in prop::collection::vec(act(), 1..60)) {
        let mut world = World::new();
        for (turn, act) in acts.iter().enumerate() {
            world.perform(act, turn);
        }
        world.reopen();
    }
}

#[test]
fn forgotten_expunges_stay_forgotten() {
    let mut world = World::new();
    let odd: Vec<Uid> = (1..=10_001).map(|index| 2 * index - 1).collect();
    let message = NewMessage { octets: b"x".to_vec(), flags: Flags::default(), internal_date: None };
    world.account.append_all(INBOX, vec![message; 20_002]).unwrap();
    world.account.open_maildrop().unwrap().update(&[2]).unwrap();
    world.account.open_maildrop().unwrap().update(&odd).unwrap();
    world.reopen();
    let (selected, data) = world.account.select(INBOX, Access::ReadWrite).unwrap();
    let all = UidRanges::merged(vec![(1, Uid::MAX)]);
    // They are not known one by one any more, so that whatever is gone is told.
    assert_eq!(selected.vanished(&all, data.highest_mod_sequence - 1).iter().next(), Some((1, 3)));
}

fn refusal(directory: &Path) -> String {
    let said = Store::open(directory, Clock::starting_at(1)).unwrap_err().to_string();
    said.replace(&directory.display().to_string(), "DIR")
}

/// A directory that a server has used.
fn used() -> TempDir {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path());
    store.open_account("alice").append(INBOX, vec![b'x'; 10_000], Flags::default(), None).unwrap();
    store.close();
    directory
}

/// Changes the database behind the server's back.
fn tamper(directory: &Path, sql: &str) {
    Connection::open(directory.join("mail.db")).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn a_directory_has_one_server() {
    let directory = used();
    let store = open(directory.path());
    let said = format!(
        "DIR is in use by process {}: stop that server, or give --data another directory",
        std::process::id()
    );
    assert_eq!(refusal(directory.path()), said);
    store.close();
    open(directory.path());
}

#[test]
fn what_is_no_directory_is_refused() {
    let directory = used();
    let file = directory.path().join("mail.db");
    assert_eq!(
        refusal(&file),
        "cannot use DIR: it is no directory; --data needs a directory that this user may write to"
    );
    let below = directory.path().join("mail.db/deeper");
    assert!(refusal(&below).starts_with("cannot use DIR: "));
}

#[test]
fn a_database_is_made_where_it_is_missing() {
    let directory = TempDir::new().unwrap();
    let deep = directory.path().join("not/yet");
    open(&deep).open_account("alice");
    assert!(open(&deep).account("alice").is_some());
}

#[test]
fn an_empty_file_is_a_new_database() {
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("mail.db"), "").unwrap();
    assert!(open(directory.path()).account("alice").is_none());
}

#[test]
fn files_of_others_are_left_alone() {
    for (make, what) in [
        ((|path| fs::write(path, "From alice\n".repeat(1000)).unwrap()) as fn(&Path), "no database at all"),
        (
            |path| Connection::open(path).unwrap().execute_batch("CREATE TABLE mine (x)").unwrap(),
            "a database of another program",
        ),
        (
            |path| Connection::open(path).unwrap().execute_batch("PRAGMA application_id = 7").unwrap(),
            "a database of another program",
        ),
    ] {
        let directory = TempDir::new().unwrap();
        let file = directory.path().join("mail.db");
        make(&file);
        let before = fs::read(&file).unwrap();
        assert_eq!(
            refusal(directory.path()),
            format!(
                "DIR/mail.db is no mail of this server ({what}): move it away, or give --data another directory"
            )
        );
        assert_eq!(fs::read(&file).unwrap(), before);
    }
}

#[test]
fn a_newer_format_is_not_touched() {
    let directory = used();
    tamper(directory.path(), "PRAGMA user_version = 2");
    assert_eq!(
        refusal(directory.path()),
        "DIR/mail.db has format 2, and this server knows formats up to 1: use the newer server that wrote it, or give \
         --data another directory"
    );
}

#[test]
fn damage_is_told() {
    for (sql, what) in [
        ("DELETE FROM octets", "in table message, a message has lost its octets"),
        ("DELETE FROM name", "in the account of \"alice\", a mailbox has no name, or a name has no mailbox"),
        ("UPDATE message SET uid = 7", "in table message, a UID is out of range"),
        ("UPDATE message SET flags = 32", "in table message, a flag is unknown"),
        (
            "UPDATE message SET mod_sequence = 9",
            "in table message, a mod-sequence is above the highest of its mailbox",
        ),
        ("UPDATE mailbox SET uid_validity = 0", "in table mailbox, a UIDVALIDITY or a UID is 0"),
        ("UPDATE mailbox SET uid_next = -1", "in table mailbox, Integer -1 out of range at index 3"),
        (
            "UPDATE account SET last_uid_validity = 1",
            "in the account of \"alice\", a UIDVALIDITY is above the last one given",
        ),
        ("DELETE FROM account", "in table mailbox, a row is of no account"),
        ("DROP TABLE keyword", "no such table: keyword"),
    ] {
        let directory = used();
        tamper(directory.path(), sql);
        let said = refusal(directory.path());
        assert!(said.contains(what), "{sql}: {said}");
    }
}

#[test]
fn a_page_that_is_overwritten_is_noticed() {
    let original = used();
    let octets = fs::read(original.path().join("mail.db")).unwrap();
    for page in 1..octets.len() / 4096 {
        let mut octets = octets.clone();
        octets[page * 4096..][..4096].fill(0xff);
        let directory = TempDir::new().unwrap();
        fs::write(directory.path().join("mail.db"), octets).unwrap();
        let said = refusal(directory.path());
        assert!(
            said.starts_with("DIR/mail.db is damaged: ") && said.ends_with(" to begin without mail"),
            "page {page}: {said}"
        );
    }
}
