//! The server under test: where it listens, who may log in, how mail gets in, how it is started and stopped.
//!
//! A target comes from URLs ([`Target::from_urls`]), from a profile ([`Target::from_profile`]), or is the bundled
//! reference server in this process ([`Target::bundled`]). `docs/targets.md` explains all three by example.

mod account;
mod address;
mod control;
pub mod delivery;
mod draft;
mod limits;
mod preflight;
mod profile;
mod tls;
mod url;

use std::fmt;

pub use account::{Account, Secret};
pub use address::{Address, AddressError, Service};
pub use control::Control;
pub use delivery::Delivery;
pub use draft::Remarks;
pub use preflight::Unreachable;
pub use tls::TlsSettings;
pub use url::{UrlError, masked};

use crate::scenario::program::Protocol;
use crate::session::Limits;

/// Connections that one account may have open at the same time, where the profile does not say. Some servers refuse more.
pub const DEFAULT_CONNECTIONS_PER_ACCOUNT: usize = 10;

/// The server under test.
#[derive(Debug, Clone)]
pub struct Target {
    /// What to call it in reports, if it was given a name.
    pub name: Option<String>,
    /// Where it is.
    pub reach: Reach,
    /// How TLS connections are verified.
    pub tls: TlsSettings,
    /// Where sessions go under TLS before they log in.
    pub upgrade: Upgrade,
    /// Who may log in; at least one. Each account is used over every protocol.
    pub accounts: Vec<Account>,
    /// How a message gets into an account's INBOX.
    pub delivery: Delivery,
    /// Connections that one account may have open at the same time; at least one.
    pub connections_per_account: usize,
    /// What a session with it may weigh.
    pub limits: Limits,
    /// How it is started, stopped and killed, if we may.
    pub control: Option<Control>,
}

/// Where a target is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// The reference server, in this process, over pipes in memory.
    Bundled,
    /// Over the network.
    Network(Listeners),
}

/// The protocols in which a session that begins in the clear goes under TLS before it logs in: by STARTTLS (RFC 3501
/// section 6.2.1) or STLS (RFC 2595 section 4).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Upgrade {
    /// In IMAP.
    pub imap: bool,
    /// In POP3.
    pub pop3: bool,
}

impl Upgrade {
    /// Is it wanted in `protocol`?
    #[must_use]
    pub fn wanted(self, protocol: Protocol) -> bool {
        match protocol {
            Protocol::Imap => self.imap,
            Protocol::Pop3 => self.pop3,
        }
    }
}

/// The addresses of a target in the network; at least one is set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listeners {
    /// IMAP, in the clear or with STARTTLS.
    pub imap: Option<Address>,
    /// IMAP under TLS from the first octet.
    pub imaps: Option<Address>,
    /// POP3, in the clear or with STLS.
    pub pop3: Option<Address>,
    /// POP3 under TLS from the first octet.
    pub pop3s: Option<Address>,
}

impl Target {
    /// The bundled reference server, started in this process, with four accounts.
    #[must_use]
    pub fn bundled() -> Self {
        Self {
            name: Some("bundled reference server".to_owned()),
            reach: Reach::Bundled,
            tls: TlsSettings::default(),
            upgrade: Upgrade::default(),
            // Nothing outside this process can reach it, so the password needs no secrecy.
            accounts: ["u1", "u2", "u3", "u4"].map(|user| Account::new(user, "testpass")).into(),
            delivery: Delivery::ImapAppend,
            connections_per_account: DEFAULT_CONNECTIONS_PER_ACCOUNT,
            limits: Limits::default(),
            control: None,
        }
    }

    /// Whether it can be spoken to in `protocol`.
    #[must_use]
    pub fn speaks(&self, protocol: Protocol) -> bool {
        match &self.reach {
            Reach::Bundled => true,
            Reach::Network(listeners) => listeners.first(protocol).is_some(),
        }
    }

    /// Whether the profile says how it is stopped and started in good order.
    #[must_use]
    pub fn can_restart(&self) -> bool {
        self.control.as_ref().is_some_and(Control::can_restart)
    }

    /// Whether it can be killed and started.
    #[must_use]
    pub fn can_kill(&self) -> bool {
        self.control.as_ref().is_some_and(Control::can_kill)
    }
}

impl Listeners {
    /// The address of `service`.
    #[must_use]
    pub fn get(&self, service: Service) -> Option<&Address> {
        match service {
            Service::Imap => self.imap.as_ref(),
            Service::Imaps => self.imaps.as_ref(),
            Service::Pop3 => self.pop3.as_ref(),
            Service::Pop3s => self.pop3s.as_ref(),
        }
    }

    /// The listener that sessions of `protocol` use unless they ask for TLS: the clear one where there is one.
    #[must_use]
    pub fn first(&self, protocol: Protocol) -> Option<(Service, &Address)> {
        let services = match protocol {
            Protocol::Imap => [Service::Imap, Service::Imaps],
            Protocol::Pop3 => [Service::Pop3, Service::Pop3s],
        };
        services.into_iter().find_map(|service| Some((service, self.get(service)?)))
    }

    /// All listeners that are set.
    pub fn iter(&self) -> impl Iterator<Item = (Service, &Address)> {
        Service::ALL.into_iter().filter_map(|service| Some((service, self.get(service)?)))
    }

    fn slot(&mut self, service: Service) -> &mut Option<Address> {
        match service {
            Service::Imap => &mut self.imap,
            Service::Imaps => &mut self.imaps,
            Service::Pop3 => &mut self.pop3,
            Service::Pop3s => &mut self.pop3s,
        }
    }
}

/// Its name and where it listens, without accounts: `Dovecot 2.3 (imap://127.0.0.1:28143)`.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let addresses = match &self.reach {
            Reach::Bundled => String::new(),
            Reach::Network(listeners) => {
                let urls = listeners.iter().map(|(service, address)| format!("{service}://{address}"));
                urls.collect::<Vec<_>>().join(" ")
            }
        };
        match (&self.name, addresses.is_empty()) {
            (Some(name), true) => f.write_str(name),
            (Some(name), false) => write!(f, "{name} ({addresses})"),
            (None, _) => f.write_str(&addresses),
        }
    }
}
