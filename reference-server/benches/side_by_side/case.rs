//! What is measured.

use std::time::{Duration, Instant};

use crate::client::{Client, tagged};
use crate::server::{Contender, PASSWORD, USER};
use crate::{Failure, mail, process};

/// How many sessions send the same command at the same time and await all replies before the next.
const SESSIONS: usize = 8;

/// A command, and how often it is to be carried out for each time that Dovecot can in the same processor time.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) goal: f64,
    /// Whether the reference server keeps its mail on disk, as Dovecot does.
    pub(crate) durable: bool,
    talk: Talk,
}

enum Talk {
    /// This command in so many sessions that have this mailbox selected.
    Imap { sessions: usize, mailbox: &'static str, command: Vec<u8> },
    /// APPEND in sessions of different users.
    Append(Vec<u8>),
    /// A connection for each: login, RETR, QUIT.
    Pop3,
}

/// What one turn came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) commands: u32,
    pub(crate) elapsed: Duration,
    /// Of all processes of the server.
    pub(crate) processor: Duration,
}

/// All cases.
pub(crate) fn all() -> Vec<Case> {
    let imap = |name, goal, sessions, mailbox, command: &str| {
        let talk = Talk::Imap { sessions, mailbox, command: command.as_bytes().to_vec() };
        Case { name, goal, durable: false, talk }
    };
    let append = format!("APPEND INBOX {{{}+}}\r\n", mail::message(1, 4096).len()).into_bytes();
    vec![
        imap("noop", 4.0, SESSIONS, "envelopes", "NOOP"),
        imap("noop, one session", 4.0, 1, "envelopes", "NOOP"),
        imap("fetch 100 envelopes", 5.0, SESSIONS, "envelopes", "FETCH 1:100 (ENVELOPE)"),
        imap("fetch body[] of 10 kB", 5.0, SESSIONS, "large", "FETCH 1 (BODY[])"),
        imap("search flagged", 2.0, 1, "many", "SEARCH FLAGGED"),
        imap("search from", 2.0, 1, "many", "SEARCH FROM \"alice.7770@\""),
        imap("search subject", 2.0, 1, "many", "SEARCH SUBJECT \"Number 4711\""),
        imap("search body", 2.0, 1, "many", "SEARCH BODY \"line 9999 of\""),
        imap("search since", 2.0, 1, "many", "SEARCH SINCE 28-Jun-2026"),
        Case { name: "pop3 login, retr, quit", goal: 5.0, durable: false, talk: Talk::Pop3 },
        Case {
            name: "append of 4 kB, durable",
            goal: 2.0,
            durable: true,
            talk: Talk::Append([append, mail::message(1, 4096)].concat()),
        },
    ]
}

impl Case {
    /// Opens the sessions that the case needs on a server.
    pub(crate) fn prepare<'s>(&'s self, contender: &'s Contender) -> Result<Stage<'s>, Failure> {
        let mut clients = Vec::new();
        let mut command = Vec::new();
        match &self.talk {
            Talk::Imap { sessions, mailbox, command: wanted } => {
                command = tagged(wanted);
                for _ in 0..*sessions {
                    let mut client = Client::imap(contender.imap, USER, PASSWORD)?;
                    client.imap_command(format!("SELECT {mailbox}").as_bytes())?;
                    clients.push(client);
                }
            }
            Talk::Append(wanted) => {
                command = tagged(wanted);
                for number in 1..=SESSIONS {
                    clients.push(Client::imap(contender.imap, &format!("bench{number}"), PASSWORD)?);
                }
            }
            Talk::Pop3 => {}
        }
        Ok(Stage { contender, clients, command })
    }
}

/// A case on a server, with its sessions open.
pub(crate) struct Stage<'s> {
    contender: &'s Contender,
    /// None for POP3, where each connection serves once.
    clients: Vec<Client>,
    command: Vec<u8>,
}

impl Stage<'_> {
    /// Sends commands for so long, at least one in each session.
    pub(crate) fn turn(&mut self, length: Duration) -> Result<Sample, Failure> {
        let (before, start, mut commands) =
            (process::processor_time(self.contender.process)?, Instant::now(), 0);
        while commands == 0 || start.elapsed() < length {
            commands += self.once()?;
        }
        let (elapsed, after) = (start.elapsed(), process::processor_time(self.contender.process)?);
        Ok(Sample { commands, elapsed, processor: after.saturating_sub(before) })
    }

    fn once(&mut self) -> Result<u32, Failure> {
        if self.clients.is_empty() {
            return self.retrieve();
        }
        for client in &mut self.clients {
            client.send(&self.command)?;
        }
        for client in &mut self.clients {
            client.imap_result()?;
        }
        Ok(u32::try_from(self.clients.len())?)
    }

    fn retrieve(&self) -> Result<u32, Failure> {
        let mut client = Client::connect(self.contender.pop3)?;
        client.line()?;
        client.pop3_command(format!("USER {USER}\r\n").as_bytes())?;
        client.pop3_command(format!("PASS {PASSWORD}\r\n").as_bytes())?;
        client.pop3_command(b"RETR 1\r\n")?;
        client.pop3_lines()?;
        client.pop3_command(b"QUIT\r\n")?;
        Ok(1)
    }
}
