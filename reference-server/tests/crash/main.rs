//! `--data DIR` and `kill -9`.
//!
//! Some clients change their accounts as fast as they can, each with a second session that looks on, until the server is
//! killed at a random moment. Started again on the same directory, it must show each account as its client has been told
//! that it is, with or without the one operation that was under way, and nothing in between; and no UID, UIDVALIDITY
//! or mod-sequence that anybody has ever been told may be taken back or given to something else.
//!
//! `CRASH_ROUNDS=200` makes that many rounds; `CRASH_SEED` repeats a run, as far as the times of threads allow.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, unreachable_pub)] // All of it is a test.

mod client;
mod model;
mod writer;

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::io::{BufRead, BufReader, Lines};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use client::{Gone, Imap, Status};
use model::{Account, Op, Uid, Validity};
use writer::Writer;

const USERS: [&str; 5] = ["u1", "u2", "u3", "u4", "u5"];

/// A running server.
struct Server {
    process: Child,
    /// It has more to say, and ends if nobody listens.
    _output: Lines<BufReader<ChildStdout>>,
    imap: SocketAddr,
    pop3: SocketAddr,
}

fn spawn(directory: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mailspec-server"));
    command.args(["--imap", "0", "--pop3", "0", "--data"]).arg(directory);
    for user in USERS {
        command.arg("--user").arg(format!("{user}:secret"));
    }
    command.stdout(Stdio::piped()).spawn().unwrap()
}

impl Server {
    fn start(directory: &Path) -> Self {
        let mut process = spawn(directory);
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut address = |scheme: &str| {
            let line = lines.next().expect("the server starts").unwrap();
            line.strip_prefix(scheme).unwrap_or_else(|| panic!("{line}")).parse().unwrap()
        };
        let (imap, pop3) = (address("imap://"), address("pop3://"));
        Self { process, _output: lines, imap, pop3 }
    }

    fn kill(self) {
        drop(self);
    }
}

impl Drop for Server {
    /// A test that fails leaves no server behind either.
    fn drop(&mut self) {
        // On Unix this is SIGKILL.
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// Everything that sessions were ever told of one account.
#[derive(Default)]
struct Memory {
    /// By name, the highest UIDVALIDITY.
    names: BTreeMap<String, u32>,
    /// By UIDVALIDITY, the highest UIDNEXT and HIGHESTMODSEQ.
    marks: BTreeMap<u32, (Uid, u64)>,
    /// By UIDVALIDITY and UID, which message it was.
    mails: HashMap<(u32, Uid), u64>,
}

impl Memory {
    /// Takes in what was told now, unless something else was told before.
    fn take(&mut self, told: &[Status]) -> Result<(), String> {
        for status in told {
            let name = self.names.entry(status.name.clone()).or_default();
            let (next, mod_sequence) = self.marks.entry(status.validity).or_default();
            if status.validity < *name || status.next < *next || status.mod_sequence < *mod_sequence {
                let before = format!("UIDVALIDITY {name}, UIDNEXT {next}, HIGHESTMODSEQ {mod_sequence}");
                return Err(format!("{status:?}, but {before} were told before"));
            }
            (*name, *next, *mod_sequence) = (status.validity, status.next, status.mod_sequence);
        }
        Ok(())
    }

    fn take_account(&mut self, seen: &Account) -> Result<(), String> {
        for (name, mailbox) in &seen.names {
            let Some(mailbox) = mailbox else { continue };
            let Validity::Is(validity) = mailbox.validity else { continue };
            for (uid, mail) in &mailbox.mails {
                let known = *self.mails.entry((validity, *uid)).or_insert(mail.id);
                if known != mail.id {
                    return Err(format!("{name}: UID {uid} is message {}, and was {known}", mail.id));
                }
            }
        }
        let mut validities: Vec<u32> = seen
            .names
            .values()
            .flatten()
            .filter_map(|mailbox| match mailbox.validity {
                Validity::Is(validity) => Some(validity),
                Validity::AtLeast(_) => None,
            })
            .collect();
        validities.sort_unstable();
        let all = validities.len();
        validities.dedup();
        if validities.len() < all {
            return Err("two mailboxes have one UIDVALIDITY".to_owned());
        }
        Ok(())
    }
}

/// What came of one account's clients in one round.
struct Round {
    /// What the account is, by all that has been acknowledged.
    certain: Account,
    /// What was under way at the end.
    doubtful: Option<Op>,
    told: Vec<Status>,
    looked_on: Vec<Status>,
    done: usize,
}

/// Looks on until the server goes.
fn look_on(imap: SocketAddr, user: &str) -> Vec<Status> {
    let mut told = Vec::new();
    let mut look = || -> Result<Infallible, Gone> {
        let mut session = Imap::log_in(imap, user)?;
        loop {
            told.push(session.status("INBOX")?);
        }
    };
    let Err(Gone) = look();
    told
}

/// Has the clients of one account at work until the server goes.
fn work(imap: SocketAddr, pop3: SocketAddr, user: &'static str, account: Account, seed: u64) -> Round {
    let looking = thread::spawn(move || look_on(imap, user));
    let mut writer = Writer::new(account, user, seed);
    let Err(Gone) = writer.work(imap, pop3);
    let Writer { account: certain, doubtful, told, done, .. } = writer;
    Round { certain, doubtful, told, looked_on: looking.join().unwrap(), done }
}

/// Holds an account after the restart against what its clients have been told.
fn check(memory: &mut Memory, round: &Round, seen: &Account, told: &[Status]) -> Result<(), String> {
    let before = round.certain.admits(seen);
    let after = round.doubtful.as_ref().map(|op| round.certain.after(op).admits(seen));
    match (before, after) {
        (Ok(()), _) | (_, Some(Ok(()))) => {}
        (Err(what), None) => return Err(what),
        (Err(before), Some(Err(after))) => {
            return Err(format!("{before}; nor, with {:?}: {after}", round.doubtful));
        }
    }
    // Two sessions were told in an order that nobody knows.
    let mut other =
        Memory { names: memory.names.clone(), marks: memory.marks.clone(), mails: HashMap::new() };
    memory.take(&round.told)?;
    other.take(&round.looked_on)?;
    other.take(told)?;
    memory.take(told)?;
    memory.take_account(seen)
}

#[test]
fn what_was_acknowledged_survives_being_killed() {
    let number = |name: &str| std::env::var(name).ok().map(|value| value.parse::<u64>().unwrap());
    let rounds = number("CRASH_ROUNDS").unwrap_or(40);
    let seed = number("CRASH_SEED").unwrap_or_else(rand::random);
    eprintln!("CRASH_SEED={seed} CRASH_ROUNDS={rounds}");
    let mut random = StdRng::seed_from_u64(seed);
    let directory = tempfile::tempdir().unwrap();
    let mut accounts = USERS.map(|_| (Account::new(), Memory::default()));
    let (mut done, mut doubtful, mut happened) = (0, 0, 0);
    for round in 0..rounds {
        if round % 8 == 7 {
            // While it starts, too.
            let mut starting = spawn(directory.path());
            thread::sleep(Duration::from_millis(random.random_range(0..60)));
            starting.kill().unwrap();
            starting.wait().unwrap();
        }
        let server = Server::start(directory.path());
        let (imap, pop3) = (server.imap, server.pop3);
        let working: Vec<_> = USERS
            .iter()
            .zip(&accounts)
            .map(|(user, (account, _))| {
                let (account, seed) = (account.clone(), random.random());
                thread::spawn(move || work(imap, pop3, user, account, seed))
            })
            .collect();
        thread::sleep(Duration::from_millis(random.random_range(5..250)));
        server.kill();
        let ended: Vec<Round> = working.into_iter().map(|thread| thread.join().unwrap()).collect();

        let server = Server::start(directory.path());
        for ((user, ended), (account, memory)) in USERS.iter().zip(&ended).zip(&mut accounts) {
            let (seen, told) = Imap::log_in(server.imap, user).unwrap().account().unwrap();
            if let Err(what) = check(memory, ended, &seen, &told) {
                panic!("seed {seed}, round {round}, {user}, after {} operations: {what}", ended.done);
            }
            done += ended.done;
            doubtful += usize::from(ended.doubtful.is_some());
            happened += usize::from(ended.certain.admits(&seen).is_err());
            *account = seen;
        }
        // Once more without any work between: what was mended at the start must stay so.
        server.kill();
    }
    eprintln!(
        "{done} operations acknowledged; {doubtful} under way at a kill, {happened} of them had happened"
    );
    // A run in which nothing was at stake would prove nothing.
    assert!(done as u64 > rounds && doubtful > 0, "{done} operations, {doubtful} under way");
}
