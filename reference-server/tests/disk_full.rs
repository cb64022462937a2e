//! A disk without room: what cannot be stored is not acknowledged, and the server says so.

#![cfg(unix)]
#![allow(clippy::unwrap_used)] // Helpers of tests may panic as tests do.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

struct Server {
    process: Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Server {
    /// Starts a server whose files can have no more than `blocks` of 512 octets, if that is given.
    fn start(directory: &Path, blocks: Option<u32>) -> (Self, Vec<String>) {
        let limit = blocks.map_or_else(String::new, |blocks| format!("trap '' XFSZ; ulimit -f {blocks};"));
        let script = format!("{limit} exec \"$0\" \"$@\"");
        let mut process = Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_mailspec-server")])
            .args(["--imap", "0", "--pop3", "0", "--user", "alice:x", "--user", "bob:x", "--data"])
            .arg(directory)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut address = || {
            let mut line = String::new();
            output.read_line(&mut line).unwrap();
            line.trim().rsplit_once('/').unwrap().1.to_owned()
        };
        let addresses = vec![address(), address()];
        (Self { process, output }, addresses)
    }

    /// Ends it in good order and returns what it has said on standard error.
    fn end(mut self) -> String {
        let kill = format!("kill -TERM {}", self.process.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        let (mut rest, mut errors) = (String::new(), String::new());
        self.output.read_to_string(&mut rest).unwrap();
        self.process.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        errors
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

struct Client(BufReader<TcpStream>);

impl Client {
    /// Connects and takes the greeting.
    fn connect(address: &str) -> Self {
        let mut client = Self(BufReader::new(TcpStream::connect(address).unwrap()));
        client.line();
        client
    }

    fn log_in(address: &str, user: &str) -> (Self, String) {
        let mut client = Self::connect(address);
        let result = client.ask(&format!("LOGIN {user} x"));
        (client, result)
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn say(&mut self, text: &str) -> String {
        self.0.get_mut().write_all(format!("{text}\r\n").as_bytes()).unwrap();
        self.line()
    }

    /// The tagged response to a command, or a BYE.
    fn ask(&mut self, command: &str) -> String {
        let mut line = self.say(&format!("t {command}"));
        while line.starts_with("* ") && !line.starts_with("* BYE") {
            line = self.line();
        }
        line
    }
}

#[test]
fn what_cannot_be_stored_is_not_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let message = "x".repeat(10_000);
    let append = format!("APPEND INBOX {{{}+}}\r\n{message}", message.len());
    let (server, addresses) = Server::start(directory.path(), Some(600));
    let (imap, pop3) = (addresses[0].as_str(), addresses[1].as_str());
    let (mut other, _) = Client::log_in(imap, "bob");

    let (mut client, _) = Client::log_in(imap, "alice");
    let mut stored = 0;
    let end = loop {
        let result = client.ask(&append);
        if !result.starts_with("t OK") {
            break result;
        }
        stored += 1;
    };
    assert!((3..100).contains(&stored), "{stored} messages of 10 kB within 300 kB");
    assert_eq!(end, "* BYE [UNAVAILABLE] changes cannot be stored");
    assert_eq!(client.line(), "");

    // What is in memory and not on the disk is told to nobody.
    assert_eq!(Client::log_in(imap, "alice").1, "* BYE [UNAVAILABLE] changes cannot be stored");
    let mut pop = Client::connect(pop3);
    pop.say("USER alice");
    assert_eq!(pop.say("PASS x"), "-ERR [SYS/TEMP] changes cannot be stored");

    // Others may read, and change nothing.
    assert!(other.ask("SELECT INBOX").starts_with("t OK [READ-WRITE]"));
    for command in [append.as_str(), "CREATE a", "SUBSCRIBE INBOX", "RENAME INBOX b"] {
        assert_eq!(other.ask(command), "t NO [UNAVAILABLE] changes cannot be stored at present");
    }
    assert!(other.ask("NOOP").starts_with("t OK"));
    drop(other);

    let errors = server.end();
    let database = directory.path().join("mail.db");
    assert!(errors.starts_with(&format!("cannot write {}: ", database.display())), "{errors}");
    assert!(errors.contains("see that there is room on the disk, and start again"), "{errors}");

    let (_server, addresses) = Server::start(directory.path(), None);
    let (mut client, _) = Client::log_in(&addresses[0], "alice");
    let status = client.say("t STATUS INBOX (MESSAGES UIDNEXT)");
    assert_eq!(status, format!("* STATUS INBOX (MESSAGES {stored} UIDNEXT {})", stored + 1));
    assert!(client.line().starts_with("t OK"));
    assert!(client.ask(&append).starts_with("t OK"));
}
