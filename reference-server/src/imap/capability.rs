//! CAPABILITY, LOGOUT (RFC 3501 section 6.1) and ID (RFC 2971).

use super::response::{Condition, Data, Response};
use super::session::{Completion, Session, Step};
use crate::net::Transport;

impl<T: Transport> Session<'_, T> {
    /// The capabilities in the present state.
    pub(super) fn capabilities(&self) -> Vec<String> {
        let mut names = vec!["IMAP4rev1".to_owned()];
        let offered = self.extensions().iter();
        if self.account.is_some() {
            names.extend(offered.map(|extension| extension.name().to_owned()));
            return names;
        }
        let offered = offered.filter(|extension| extension.precedes_login());
        names.extend(offered.map(|extension| extension.name().to_owned()));
        if !self.connection.tls && self.connection.shared.config.imap_starttls {
            names.push("STARTTLS".to_owned());
        }
        let passwords = self.connection.allows_passwords();
        if !passwords {
            names.push("LOGINDISABLED".to_owned());
        }
        let mechanisms = self.connection.mechanisms();
        names.extend(mechanisms.map(|mechanism| format!("AUTH={}", mechanism.name())));
        names
    }

    pub(super) async fn capability(&mut self) -> Step<Completion> {
        self.data(Data::Capability(self.capabilities())).await?;
        Ok(Completion::ok("CAPABILITY completed"))
    }

    /// The session ends behind the tagged OK; what is selected is left without expunging.
    pub(super) async fn logout(&mut self) -> Step<Completion> {
        self.selected = None;
        self.send(Response::untagged(Condition::Bye, None, "logging out")).await?;
        Ok(Completion::ok("LOGOUT completed"))
    }

    pub(super) async fn id(&mut self) -> Step<Completion> {
        let pairs = vec![("name", "mailspec reference server"), ("version", env!("CARGO_PKG_VERSION"))];
        self.data(Data::Id(pairs)).await?;
        Ok(Completion::ok("ID completed"))
    }
}
