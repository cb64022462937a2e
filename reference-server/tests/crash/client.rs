//! Clients that stop when the server does.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::model::{Account, Mail, Mailbox, Uid, Validity};

/// The server has gone.
#[derive(Debug)]
pub struct Gone;

impl From<std::io::Error> for Gone {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

/// What STATUS tells.
#[derive(Clone, Debug)]
pub struct Status {
    pub name: String,
    pub validity: u32,
    pub next: Uid,
    pub mod_sequence: u64,
}

/// A response: its line, and the literals of it.
struct Response {
    line: String,
    literals: Vec<Vec<u8>>,
}

pub struct Imap {
    stream: BufReader<TcpStream>,
    condstore: bool,
}

/// The octets of a message, by which it is known again: those with a higher id are longer.
pub fn octets(id: u64) -> Vec<u8> {
    let mut octets = format!("Subject: {id}\r\n\r\n").into_bytes();
    let size = id.wrapping_mul(7919) % 6000;
    octets.extend((0..size).map(|at| b'a' + u8::try_from((at * (id + 1)) % 26).unwrap()));
    octets.extend_from_slice(b"\r\n");
    octets
}

fn connect(address: SocketAddr) -> Result<BufReader<TcpStream>, Gone> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    Ok(BufReader::new(stream))
}

fn line(stream: &mut BufReader<TcpStream>) -> Result<String, Gone> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    line.strip_suffix("\r\n").map(str::to_owned).ok_or(Gone)
}

/// The words behind `name (` up to the parenthesis.
fn list<'a>(line: &'a str, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    let start = line.find(&format!("{name} (")).unwrap() + name.len() + 2;
    let end = start + line[start..].find(')').unwrap();
    line[start..end].split_ascii_whitespace()
}

fn number<T: std::str::FromStr>(line: &str, name: &str) -> Option<T> {
    let start = line.find(&format!("{name} "))? + name.len() + 1;
    let digits: String = line[start..].chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

impl Imap {
    pub fn log_in(address: SocketAddr, user: &str) -> Result<Self, Gone> {
        let mut stream = connect(address)?;
        line(&mut stream)?;
        let mut client = Self { stream, condstore: false };
        client.command(format!("LOGIN {user} secret"))?;
        let capabilities = client.command("CAPABILITY")?;
        client.condstore = capabilities.iter().any(|response| response.line.contains(" CONDSTORE"));
        Ok(client)
    }

    /// Sends a command, which must succeed.
    pub fn perform(&mut self, command: impl AsRef<[u8]>) -> Result<(), Gone> {
        self.command(command).map(drop)
    }

    fn command(&mut self, command: impl AsRef<[u8]>) -> Result<Vec<Response>, Gone> {
        let command = command.as_ref();
        self.stream.get_mut().write_all(&[b"t ", command, b"\r\n"].concat())?;
        let mut responses = Vec::new();
        loop {
            let response = self.response()?;
            if let Some(result) = response.line.strip_prefix("t ") {
                let shown = String::from_utf8_lossy(&command[..command.len().min(200)]);
                assert!(result.starts_with("OK"), "{shown}: {result}");
                return Ok(responses);
            }
            responses.push(response);
        }
    }

    fn response(&mut self) -> Result<Response, Gone> {
        let mut response = Response { line: line(&mut self.stream)?, literals: Vec::new() };
        while let Some(size) = response.line.strip_suffix('}').and_then(|line| line.rsplit_once('{')) {
            let mut literal = vec![0; size.1.parse().unwrap()];
            self.stream.read_exact(&mut literal)?;
            response.literals.push(literal);
            response.line.push_str(&line(&mut self.stream)?);
        }
        Ok(response)
    }

    pub fn status(&mut self, name: &str) -> Result<Status, Gone> {
        let mod_sequence = if self.condstore { " HIGHESTMODSEQ" } else { "" };
        let responses = self.command(format!("STATUS {name} (UIDVALIDITY UIDNEXT{mod_sequence})"))?;
        let line = &responses.iter().find(|response| response.line.starts_with("* STATUS")).unwrap().line;
        Ok(Status {
            name: name.to_owned(),
            validity: number(line, "UIDVALIDITY").unwrap(),
            next: number(line, "UIDNEXT").unwrap(),
            mod_sequence: number(line, "HIGHESTMODSEQ").unwrap_or(0),
        })
    }

    /// Reads the whole account.
    pub fn account(&mut self) -> Result<(Account, Vec<Status>), Gone> {
        let mut account = Account::default();
        let mut told = Vec::new();
        for Response { line, .. } in self.command("LSUB \"\" *")? {
            account.subscribed.insert(listed(&line));
        }
        for Response { line, .. } in self.command("LIST \"\" *")? {
            let name = listed(&line);
            if line.contains("\\Noselect") {
                account.names.insert(name, None);
                continue;
            }
            let status = self.status(&name)?;
            let mut mailbox =
                Mailbox { validity: Validity::Is(status.validity), next: status.next, mails: [].into() };
            self.perform(format!("EXAMINE {name}"))?;
            for response in self.command("UID FETCH 1:* (FLAGS BODY.PEEK[])")? {
                let Response { line, literals } = response;
                let flags: BTreeSet<String> =
                    list(&line, "FLAGS").filter(|flag| *flag != "\\Recent").map(str::to_owned).collect();
                let text = String::from_utf8_lossy(&literals[0]);
                let id = number(&text, "Subject:").unwrap_or_else(|| panic!("a message is {text:?}"));
                assert!(literals[0] == octets(id), "message {id} has other octets");
                mailbox.mails.insert(number(&line, "UID").unwrap(), Mail { id, flags });
            }
            account.names.insert(name, Some(mailbox));
            told.push(status);
        }
        Ok((account, told))
    }
}

fn listed(line: &str) -> String {
    line.rsplit(' ').next().unwrap().trim_matches('"').to_owned()
}

/// Deletes messages of the maildrop by their place in it.
pub fn pop(address: SocketAddr, user: &str, numbers: &[usize]) -> Result<(), Gone> {
    let mut stream = connect(address)?;
    line(&mut stream)?;
    let mut commands = vec![format!("USER {user}"), "PASS secret".to_owned()];
    commands.extend(numbers.iter().map(|number| format!("DELE {number}")));
    commands.push("QUIT".to_owned());
    for command in commands {
        stream.get_mut().write_all(format!("{command}\r\n").as_bytes())?;
        let reply = line(&mut stream)?;
        assert!(reply.starts_with("+OK"), "{command}: {reply}");
    }
    Ok(())
}
