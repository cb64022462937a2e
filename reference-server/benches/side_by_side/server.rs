//! The servers that are compared: how each is started, reached and stopped.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, fs};

use super::{Failure, mail};
use crate::client::Client;

pub(crate) const PASSWORD: &str = "testpass";

/// The user of everything but APPEND, and of the sessions that append, each with a mailbox of its own.
pub(crate) const USER: &str = "bench0";
pub(crate) const USERS: usize = 9;

/// How many messages lie in the mailbox that is searched.
const SEARCHED: usize = 10_000;

/// A running server; it stops when this is dropped.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) imap: SocketAddr,
    pub(crate) pop3: SocketAddr,
    /// The process that all others of the server descend from.
    pub(crate) process: u32,
    running: Running,
}

enum Running {
    Reference(Child),
    Dovecot,
}

impl Drop for Contender {
    fn drop(&mut self) {
        // At the end of the run there is nobody left to tell.
        match &mut self.running {
            Running::Reference(child) => {
                let _ = child.kill();
                let _ = child.wait();
            }
            Running::Dovecot => {
                let _ = control_dovecot("stop").status();
            }
        }
    }
}

/// The reference server with mail in memory, or in `data`.
pub(crate) fn reference(data: Option<&Path>) -> Result<Contender, Failure> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mailspec-server"));
    command.args(["--imap", "0", "--pop3", "0"]);
    for number in 0..USERS {
        command.args(["--user", &format!("bench{number}:{PASSWORD}")]);
    }
    if let Some(data) = data {
        command.arg("--data").arg(data);
    }
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let (mut imap, mut pop3) = (None, None);
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            match line?.split_once("://") {
                Some(("imap", address)) => imap = Some(address.parse()?),
                Some(("pop3", address)) => pop3 = Some(address.parse()?),
                Some(_) => {}
                None => break,
            }
        }
    }
    let process = child.id();
    let (Some(imap), Some(pop3)) = (imap, pop3) else {
        return Err("the reference server did not start".into());
    };
    let running = Running::Reference(child);
    let contender = Contender { name: "reference server", imap, pop3, process, running };
    fill(&contender)?;
    Ok(contender)
}

/// The reference server with mail that survives a crash, in a fresh folder; none if it knows no such thing.
pub(crate) fn durable_reference() -> Result<Option<Contender>, Failure> {
    let help = Command::new(env!("CARGO_BIN_EXE_mailspec-server")).arg("--help").output()?;
    if !String::from_utf8_lossy(&help.stdout).contains("--data") {
        return Ok(None);
    }
    // Beside Dovecot's mail, so that both write to the same disk.
    let data = state().join("bench-data");
    remove(&data)?;
    fs::create_dir_all(&data)?;
    reference(Some(&data)).map(Some)
}

/// Dovecot as `fixtures/servers` sets it up, with fresh mailboxes.
///
/// # Errors
/// Why it cannot be measured.
pub(crate) fn dovecot() -> Result<Contender, Failure> {
    let state = state();
    if !state.join("roots/dovecot").exists() {
        return Err("it is not installed; run: fixtures/servers/server install dovecot".into());
    }
    for number in 0..USERS {
        remove(&state.join(format!("srv/dovecot/mail/bench{number}")))?;
    }
    if !control_dovecot("start").status()?.success() {
        return Err("it does not start".into());
    }
    let process = fs::read_to_string(state.join("srv/dovecot/pid"))?.trim().parse()?;
    let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let contender =
        Contender { name: "Dovecot", imap: at(28143), pop3: at(28110), process, running: Running::Dovecot };
    fill(&contender)?;
    Ok(contender)
}

fn control_dovecot(verb: &str) -> Command {
    let mut script = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/servers/server"));
    script.args([verb, "dovecot"]).env("SERVERS_STATE", state()).stdout(Stdio::null());
    script
}

/// Where `fixtures/servers` keeps what it installs.
fn state() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../.servers");
    env::var_os("SERVERS_STATE").map_or_else(default, PathBuf::from)
}

fn remove(folder: &Path) -> Result<(), Failure> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Ok(())
}

/// The same mail on every server.
fn fill(contender: &Contender) -> Result<(), Failure> {
    let mut client = Client::imap(contender.imap, USER, PASSWORD)?;
    client.imap_command(b"CREATE envelopes")?;
    client.imap_command(b"CREATE large")?;
    client.imap_command(b"CREATE many")?;
    append(&mut client, "INBOX", (0..1).map(|number| mail::message(number, 4096)))?;
    append(&mut client, "envelopes", (0..100).map(|number| mail::message(number, 2000)))?;
    append(&mut client, "large", (0..1).map(|number| mail::message(number, 10_000)))?;
    append(&mut client, "many", (0..SEARCHED).map(|number| mail::message(number, 2000)))?;
    client.imap_command(b"SELECT many")?;
    let hundredth: Vec<String> = (1..=SEARCHED).step_by(100).map(|number| number.to_string()).collect();
    client.imap_command(format!("STORE {} +FLAGS.SILENT (\\Flagged)", hundredth.join(",")).as_bytes())?;
    client.imap_command(b"LOGOUT")?;
    Ok(())
}

/// Appends messages, many at once (RFC 3502).
fn append(
    client: &mut Client,
    mailbox: &str,
    messages: impl Iterator<Item = Vec<u8>>,
) -> Result<(), Failure> {
    let messages: Vec<Vec<u8>> = messages.collect();
    for (batch, messages) in messages.chunks(100).enumerate() {
        let mut command = format!("APPEND {mailbox}").into_bytes();
        for message in messages {
            let date = format!("{:2}-Jun-2026 12:00:00 +0200", batch % 28 + 1);
            command.extend(format!(" \"{date}\" {{{}+}}\r\n", message.len()).into_bytes());
            command.extend_from_slice(message);
        }
        client.imap_command(&command)?;
    }
    Ok(())
}
