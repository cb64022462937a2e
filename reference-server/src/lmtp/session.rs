//! The mail transaction (RFC 5321 section 3.3, RFC 2033 section 4), without I/O.

use super::command::{Command, SyntaxError};
use super::delivery::{Envelope, deliver};
use super::path::Path;
use super::reply::Reply;
use super::wire::Message;
use crate::net::{Connection, Line};

/// Most recipients of one message (RFC 5321 section 4.5.3.1.8 wants room for 100).
const MOST_RECIPIENTS: usize = 1000;

/// Refused commands in a row before the session ends.
const MOST_REFUSED: u32 = 100;

/// What follows the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The next command.
    Command,
    /// The message.
    Message,
    /// The server closes the connection.
    Close,
}

/// A session.
pub(super) struct Session<'connection> {
    connection: &'connection mut Connection,
    /// The client's name, once it has said LHLO.
    client: Option<String>,
    sender: Option<Path>,
    recipients: Vec<Recipient>,
    refused: u32,
}

/// A recipient that has been accepted.
pub(super) struct Recipient {
    pub(super) path: Path,
    /// The name of the account.
    pub(super) user: String,
}

impl<'connection> Session<'connection> {
    pub(super) fn new(connection: &'connection mut Connection) -> Self {
        Self { connection, client: None, sender: None, recipients: Vec::new(), refused: 0 }
    }

    pub(super) fn greeting(&self) -> Reply {
        Reply::plain(220, vec![format!("{} mailspec LMTP server ready", self.host())])
    }

    fn host(&self) -> &str {
        &self.connection.shared.config.host
    }

    /// Resolves once the server shuts down.
    pub(super) async fn server_closing(&mut self) {
        self.connection.server_closing().await;
    }

    /// Takes a command line.
    pub(super) fn receive(&mut self, line: &Line) -> (Reply, Next) {
        let command = match line {
            Line::Complete(line) => Command::parse(line).map_err(refusal),
            Line::TooLong => Err(Reply::new(500, "5.5.2", "the line is too long")),
        };
        let (reply, next) = match command {
            Ok(Command::Quit) => (Reply::new(221, "2.0.0", "goodbye"), Next::Close),
            Ok(Command::Data) => self.data(),
            Ok(command) => (self.execute(command), Next::Command),
            Err(refusal) => (refusal, Next::Command),
        };
        self.refused = if reply.refuses() { self.refused + 1 } else { 0 };
        if self.refused > MOST_REFUSED {
            return (Reply::new(421, "4.7.0", "too many commands refused"), Next::Close);
        }
        (reply, next)
    }

    fn execute(&mut self, command: Command) -> Reply {
        match command {
            Command::Lhlo { client } => {
                self.reset();
                self.client = Some(client);
                let size = format!("SIZE {}", self.connection.shared.config.limits.message);
                let extensions = ["PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME", &size];
                let lines = std::iter::once(self.host()).chain(extensions);
                Reply::plain(250, lines.map(str::to_owned).collect())
            }
            Command::Mail { .. } if self.client.is_none() => Reply::new(503, "5.5.1", "say LHLO first"),
            Command::Mail { .. } if self.sender.is_some() => {
                Reply::new(503, "5.5.1", "there is a sender already")
            }
            Command::Mail { size, .. }
                if size.is_some_and(|size| size > self.connection.shared.config.limits.message) =>
            {
                Reply::new(552, "5.3.4", "the message is too large")
            }
            Command::Mail { sender, .. } => {
                self.sender = Some(sender);
                Reply::new(250, "2.1.0", "sender ok")
            }
            Command::Rcpt { recipient } => self.rcpt(recipient),
            Command::Rset => {
                self.reset();
                Reply::new(250, "2.0.0", "forgotten")
            }
            Command::Vrfy => Reply::new(252, "2.1.5", "send some mail, and RCPT will tell"),
            Command::Noop | Command::Data | Command::Quit => Reply::new(250, "2.0.0", "nothing done"),
        }
    }

    fn rcpt(&mut self, path: Path) -> Reply {
        if self.sender.is_none() {
            return Reply::new(503, "5.5.1", "MAIL comes first");
        }
        if self.recipients.len() >= MOST_RECIPIENTS {
            return Reply::new(452, "4.5.3", "too many recipients");
        }
        let accounts = &self.connection.shared.accounts;
        // A user's name may be an address itself; else any domain is ours.
        let whole = path.domain.as_ref().map(|domain| format!("{}@{domain}", path.local));
        let user = whole.and_then(|whole| accounts.named(&whole)).or_else(|| accounts.named(&path.local));
        match user {
            Some(user) => {
                let reply = Reply::new(250, "2.1.5", format!("<{}> ok", path.address));
                self.recipients.push(Recipient { path, user });
                reply
            }
            None => Reply::new(550, "5.1.1", format!("<{}> is nobody here", path.address)),
        }
    }

    fn data(&self) -> (Reply, Next) {
        if self.sender.is_none() || self.recipients.is_empty() {
            // RFC 2033 section 4.2.
            return (Reply::new(503, "5.5.1", "no recipient has been accepted"), Next::Command);
        }
        (
            Reply::plain(354, vec!["send the message, and a dot on a line of its own".to_owned()]),
            Next::Message,
        )
    }

    /// Takes the message: a reply for each recipient, in their order (RFC 2033 section 4.2).
    pub(super) async fn deliver(&mut self, message: Message) -> Vec<Reply> {
        let recipients = std::mem::take(&mut self.recipients);
        let sender = self.sender.take();
        self.reset();
        let envelope = Envelope {
            sender: sender.map_or_else(String::new, |sender| sender.address),
            client: self.client.clone().unwrap_or_default(),
            host: self.host().to_owned(),
        };
        deliver(&self.connection.shared.store, &envelope, &recipients, &message).await
    }

    fn reset(&mut self) {
        self.sender = None;
        self.recipients.clear();
    }
}

fn refusal(error: SyntaxError) -> Reply {
    let (code, status) = match error {
        SyntaxError::Unknown | SyntaxError::Smtp => (500, "5.5.1"),
        SyntaxError::Octet => (500, "5.5.2"),
        SyntaxError::Missing | SyntaxError::Surplus | SyntaxError::Path => (501, "5.5.4"),
        SyntaxError::Parameter => (555, "5.5.4"),
    };
    Reply::new(code, status, error.to_string())
}
