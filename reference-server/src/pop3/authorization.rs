//! The AUTHORIZATION state: USER and PASS, APOP (RFC 1939 section 7), AUTH (RFC 5034), STLS (RFC 2595 section 4).

use super::command::Command;
use super::reply::{Code, Reply};
use super::session::{Login, Next, Step};
use super::transaction::Transaction;
use crate::auth::{Exchange, Failure, Progress};
use crate::net::{Connection, Line};
use crate::store::StoreError;

/// What the session remembers before its login.
#[derive(Debug, Default)]
pub(super) struct Authorization {
    /// The name that the last command, a USER, has given: PASS counts only as the very next command.
    user: Option<String>,
    /// The SASL exchange that the next line belongs to.
    exchange: Option<Exchange>,
}

impl Authorization {
    pub(super) fn awaits_response(&self) -> bool {
        self.exchange.is_some()
    }

    pub(super) fn take_exchange(&mut self) -> Option<Exchange> {
        self.exchange.take()
    }

    /// Any command but PASS makes USER void.
    pub(super) fn forget_user(&mut self) {
        self.user = None;
    }

    pub(super) fn execute(&mut self, command: Command, connection: &mut Connection) -> Login {
        let user = self.user.take();
        match (command, user) {
            (Command::Quit, _) => Step::then(Reply::done("goodbye"), Next::Close).into(),
            (Command::Stls, _) => stls(connection).into(),
            (Command::Auth { mechanism, initial_response }, _) => {
                self.auth(&mechanism, initial_response.as_deref(), connection)
            }
            (Command::Pass { password }, Some(user)) => {
                let user = connection.user_by_password(&user, &password);
                log_in(user, connection)
            }
            (Command::Pass { .. }, None) => Reply::refused("PASS comes right after USER").into(),
            // RFC 1939 section 7: after the greeting, or after a USER or PASS that was refused.
            (Command::User { .. } | Command::Apop { .. }, Some(_)) => {
                Reply::refused("after USER comes PASS or QUIT").into()
            }
            (Command::User { name }, None) => self.user(name, connection).into(),
            (Command::Apop { name, digest }, None) => {
                let user = connection.user_by_digest(&name, &digest);
                log_in(user, connection)
            }
            _ => Reply::refused("log in first").into(),
        }
    }

    /// The reply does not tell whether there is such a user.
    fn user(&mut self, name: String, connection: &Connection) -> Reply {
        if !connection.allows_passwords() {
            return Reply::refused("passwords only under TLS: send STLS first");
        }
        self.user = Some(name);
        Reply::done("send PASS")
    }

    fn auth(&mut self, mechanism: &str, initial: Option<&str>, connection: &mut Connection) -> Login {
        let Some(mechanism) = connection.shared.config.mechanisms.named(mechanism) else {
            return Reply::refused("no such mechanism").into();
        };
        if mechanism.sends_password() && !connection.allows_passwords() {
            return Reply::refused("this mechanism only under TLS: send STLS first").into();
        }
        let progress = connection.begin_exchange(mechanism, initial.map(str::as_bytes));
        self.progress(progress, connection)
    }

    /// Takes the line behind a challenge.
    pub(super) fn response(&mut self, exchange: Exchange, line: &Line, connection: &mut Connection) -> Login {
        match line {
            Line::Complete(line) => {
                let progress = connection.continue_exchange(exchange, line);
                self.progress(progress, connection)
            }
            Line::TooLong => Reply::refused("response too long").into(),
        }
    }

    fn progress(&mut self, progress: Progress, connection: &mut Connection) -> Login {
        match progress {
            Progress::Challenge(challenge, exchange) => {
                self.exchange = Some(exchange);
                Reply::Challenge(challenge).into()
            }
            Progress::Authenticated(user) => log_in(Some(user), connection),
            Progress::Failed(Failure::Credentials) => log_in(None, connection),
            Progress::Failed(failure) => Reply::refused(failure.to_string()).into(),
        }
    }
}

/// RFC 2595 section 4: only before the login, only once.
fn stls(connection: &Connection) -> Step {
    if connection.tls {
        return Reply::refused("TLS is active already").into();
    }
    Step::then(Reply::done("begin TLS negotiation"), Next::Upgrade)
}

/// Opens the maildrop of the user whose credentials held, if they did.
fn log_in(user: Option<String>, connection: &mut Connection) -> Login {
    let Some(user) = user else {
        connection.count_failed_login();
        let next = if connection.has_failed_too_often() { Next::Close } else { Next::Command };
        let reply = Reply::Refused(Some(Code::Auth), "name and password do not match".into());
        return Step { reply, slowly: true, next }.into();
    };
    match connection.shared.store.open_account(&user).open_maildrop() {
        Ok(maildrop) => Login::Done(Transaction::new(maildrop)),
        Err(StoreError::MaildropLocked) => {
            Reply::Refused(Some(Code::InUse), "another session has locked the maildrop".into()).into()
        }
        Err(error) => Reply::Refused(Some(Code::SysTemp), error.to_string().into()).into(),
    }
}
