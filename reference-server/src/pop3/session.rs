//! The states of a session (RFC 1939 section 3), without I/O.

use std::time::Duration;

use super::authorization::Authorization;
use super::capabilities::{Capabilities, Capability, listing};
use super::command::{Command, LINE_LIMIT};
use super::language::Language;
use super::reply::Reply;
use super::transaction::Transaction;
use crate::faults::pop3::Seams;
use crate::net::{Connection, Line};
use crate::store::Ledger;

/// The longest response line of a SASL exchange with its CRLF: three fields of 255 octets (RFC 4616 section 2) are 1024
/// octets in base64, and names may grow on the way.
const RESPONSE_LIMIT: usize = 4096;

/// What a line leads to.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) reply: Reply,
    /// Whether the reply waits a little: the price of a failed login.
    pub(super) slowly: bool,
    pub(super) next: Next,
}

/// What follows the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The next command.
    Command,
    /// The server closes the connection.
    Close,
    /// The TLS handshake.
    Upgrade,
}

impl Step {
    pub(super) fn then(reply: Reply, next: Next) -> Self {
        Self { reply, slowly: false, next }
    }
}

impl From<Reply> for Step {
    fn from(reply: Reply) -> Self {
        Self::then(reply, Next::Command)
    }
}

/// A session. Dropped in any state it unlocks the maildrop and removes nothing.
pub(super) struct Session<'connection> {
    connection: &'connection mut Connection,
    state: State,
    /// Whether headers in UTF-8 are sent as they are: once the client has sent UTF8 (RFC 6856 section 2.1), and on a server
    /// that does not know the command, where nobody could get them otherwise.
    utf8: bool,
    /// Of the account whose maildrop this is, once there is one.
    ledger: Ledger,
    /// Who is asked at the seams, if anyone.
    seams: Option<Seams>,
}

enum State {
    Authorization(Authorization),
    Transaction(Transaction),
    /// QUIT has been answered; nothing else will be (RFC 1939 section 6).
    Over,
}

impl<'connection> Session<'connection> {
    pub(super) fn new(connection: &'connection mut Connection) -> Self {
        let state = State::Authorization(Authorization::default());
        let utf8 = !connection.shared.config.capabilities.has(Capability::Utf8);
        let seams = connection.shared.config.faults.clone().map(Seams::new);
        Self { connection, state, utf8, ledger: Ledger::default(), seams }
    }

    /// What the server says first; nothing behind an upgrade.
    pub(super) fn greeting(&self) -> Option<Reply> {
        let timestamp = &self.connection.timestamp;
        if self.connection.upgraded {
            return None;
        }
        let mut greeting = Reply::done(format!("mailspec POP3 server ready {timestamp}"));
        if let Some(seams) = &self.seams {
            seams.reply(&mut greeting);
        }
        Some(greeting)
    }

    /// How long the next line may be, with its CRLF.
    pub(super) fn line_limit(&self) -> usize {
        match &self.state {
            State::Authorization(authorization) if authorization.awaits_response() => RESPONSE_LIMIT,
            _ => LINE_LIMIT,
        }
    }

    /// Who is asked at the seams, if anyone.
    pub(super) fn seams(&self) -> Option<&Seams> {
        self.seams.as_ref()
    }

    /// What tells whether all that the session may speak of is durable.
    pub(super) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// How long the client may take for a command.
    pub(super) fn autologout(&self) -> Duration {
        self.connection.shared.config.timeouts.pop3
    }

    /// Resolves once the server shuts down.
    pub(super) async fn server_closing(&mut self) {
        self.connection.server_closing().await;
    }

    /// Takes a line: a response to a challenge, or a command.
    pub(super) fn receive(&mut self, line: &Line) -> Step {
        let Step { reply, slowly, next } = match (&mut self.seams, line) {
            (Some(seams), Line::Complete(octets)) => {
                let mut octets = octets.clone();
                seams.line(&mut octets);
                self.answer(&Line::Complete(octets))
            }
            _ => self.answer(line),
        };
        let mut reply = reply.with_codes_of(self.offered());
        if let Some(seams) = &self.seams {
            seams.reply(&mut reply);
        }
        Step { reply, slowly, next }
    }

    fn offered(&self) -> &Capabilities {
        &self.connection.shared.config.capabilities
    }

    fn answer(&mut self, line: &Line) -> Step {
        if let State::Authorization(authorization) = &mut self.state
            && let Some(exchange) = authorization.take_exchange()
        {
            let login = authorization.response(exchange, line, self.connection);
            return self.after(login);
        }
        let command = match line {
            Line::Complete(line) => {
                Command::parse(line, self.offered()).map_err(|error| Reply::refused(error.to_string()))
            }
            Line::TooLong => Err(Reply::refused("a command line has at most 255 octets")),
        };
        match command {
            Ok(mut command) => {
                if let Some(seams) = &mut self.seams {
                    seams.command(&mut command);
                }
                self.execute(command)
            }
            Err(reply) => {
                if let State::Authorization(authorization) = &mut self.state {
                    authorization.forget_user();
                }
                reply.into()
            }
        }
    }

    fn execute(&mut self, command: Command) -> Step {
        match (&mut self.state, command) {
            (State::Authorization(authorization), command) => {
                let login = match command {
                    Command::Capa => {
                        authorization.forget_user();
                        return Reply::Capabilities(listing(self.connection, false)).into();
                    }
                    Command::Lang(range) => {
                        authorization.forget_user();
                        return lang(range.as_deref()).into();
                    }
                    Command::Utf8 => {
                        authorization.forget_user();
                        self.utf8 = true;
                        return Reply::done("UTF-8 mode").into();
                    }
                    command => authorization.execute(command, self.connection),
                };
                self.after(login)
            }
            (State::Transaction(_), Command::Capa) => {
                Reply::Capabilities(listing(self.connection, true)).into()
            }
            (State::Transaction(_), Command::Lang(range)) => lang(range.as_deref()).into(),
            (State::Transaction(_), Command::Quit) => match std::mem::replace(&mut self.state, State::Over) {
                State::Transaction(transaction) => Step::then(transaction.update(), Next::Close),
                State::Authorization(_) | State::Over => over(),
            },
            (State::Transaction(transaction), command) => transaction.execute(&command, self.utf8).into(),
            (State::Over, _) => over(),
        }
    }

    /// A login that held changes the state.
    fn after(&mut self, login: Login) -> Step {
        match login {
            Login::Open(step) => step,
            Login::Done(transaction) => {
                let reply = Reply::done(transaction.welcome());
                self.ledger = transaction.ledger().clone();
                self.state = State::Transaction(transaction);
                reply.into()
            }
        }
    }
}

/// What a command of the AUTHORIZATION state leads to.
pub(super) enum Login {
    /// The same state, or the end.
    Open(Step),
    /// The TRANSACTION state.
    Done(Transaction),
}

impl<S: Into<Step>> From<S> for Login {
    fn from(step: S) -> Self {
        Self::Open(step.into())
    }
}

/// LANG, in any state (RFC 6856 section 3.2). All languages have the same texts, so there is nothing to remember.
fn lang(range: Option<&str>) -> Reply {
    let Some(range) = range else { return Reply::LanguageListings };
    match Language::matching(range) {
        Some(language) => Reply::done(format!("{} language chosen", language.tag())),
        None => Reply::refused("no such language here"),
    }
}

fn over() -> Step {
    Step::then(Reply::refused("the session is over"), Next::Close)
}
