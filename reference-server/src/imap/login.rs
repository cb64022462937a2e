//! STARTTLS, AUTHENTICATE and LOGIN (RFC 3501 section 6.2).

use tokio::time::sleep;

use super::response::{Code, Response};
use super::session::{Completion, Session, Step};
use super::wire::Line;
use crate::auth::{Failure, Progress, Secret};
use crate::net::Transport;

impl<T: Transport> Session<'_, T> {
    /// The session ends behind the tagged OK, and another begins under TLS.
    pub(super) fn start_tls(&self) -> Completion {
        match (self.connection.tls, self.connection.shared.config.imap_starttls) {
            (_, false) => Completion::bad("unknown command"),
            (true, _) => Completion::bad("TLS is active already"),
            (false, true) => Completion::ok("begin the TLS handshake"),
        }
    }

    pub(super) async fn login(&mut self, user: &[u8], password: &[u8]) -> Step<Completion> {
        if !self.connection.allows_passwords() {
            return Ok(Completion::no("passwords need TLS here").with(Code::PrivacyRequired));
        }
        let credentials = std::str::from_utf8(user).ok().zip(std::str::from_utf8(password).ok());
        match credentials.and_then(|(user, word)| self.connection.user_by_password(user, word)) {
            Some(user) => Ok(self.enter(&user)),
            None => self.failed_login().await,
        }
    }

    /// Any number of challenges and responses, each a line.
    pub(super) async fn authenticate(
        &mut self,
        mechanism: &str,
        initial: Option<Secret<Vec<u8>>>,
    ) -> Step<Completion> {
        let Some(mechanism) = self.connection.shared.config.mechanisms.named(mechanism) else {
            return Ok(Completion::no("no such mechanism"));
        };
        if mechanism.sends_password() && !self.connection.allows_passwords() {
            return Ok(Completion::no("the mechanism needs TLS here").with(Code::PrivacyRequired));
        }
        let mut progress = self.connection.begin_exchange(mechanism, initial.as_deref().map(Vec::as_slice));
        loop {
            match progress {
                Progress::Authenticated(user) => return Ok(self.enter(&user)),
                Progress::Failed(Failure::Credentials) => return self.failed_login().await,
                Progress::Failed(failure @ Failure::ChannelBinding) => {
                    return Ok(Completion::no(&failure.to_string()));
                }
                Progress::Failed(failure) => return Ok(Completion::bad(&failure.to_string())),
                Progress::Challenge(challenge, exchange) => {
                    self.send(Response::Continue(challenge)).await?;
                    self.flush().await?;
                    let Line::Complete(line) = self.line().await? else {
                        return Ok(Completion::bad("the response is too long"));
                    };
                    progress = self.connection.continue_exchange(exchange, &line);
                }
            }
        }
    }

    fn enter(&mut self, user: &str) -> Completion {
        let account = self.connection.shared.store.open_account(user);
        self.wire.speak_when_settled(account.ledger().clone());
        self.account = Some(account);
        Completion::ok("logged in").with(Code::Capability(self.capabilities()))
    }

    /// Neither the words nor the time tell what was wrong (RFC 3501 section 11.2).
    async fn failed_login(&mut self) -> Step<Completion> {
        self.connection.count_failed_login();
        sleep(self.connection.shared.config.timeouts.failed_login).await;
        Ok(Completion::no("authentication failed").with(Code::AuthenticationFailed))
    }
}
