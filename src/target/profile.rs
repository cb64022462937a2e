//! A target from a profile: a YAML file, explained in `docs/targets.md`.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_yaml::Spanned;

use super::account::{Account, Secret};
use super::address::{Address, Service};
use super::control::Control;
use super::delivery::Delivery;
use super::limits::LimitsEntry;
use super::tls::TlsSettings;
use super::{Listeners, Reach, Target, Upgrade};
use crate::document::{self, DocumentError, Mistake, span_at, start_of};

impl Target {
    /// The target that the profile at `path` describes. Paths in it are relative to its folder.
    ///
    /// # Errors
    /// If the file cannot be read, or has a mistake.
    pub fn from_profile(path: &Path) -> Result<Self, DocumentError> {
        let text = document::read(path)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        parse(&path.display().to_string(), &text, folder)
    }
}

fn parse(path: &str, text: &str, folder: &Path) -> Result<Target, DocumentError> {
    let profile: Result<Profile, Mistake> =
        serde_yaml::from_str(text).map_err(|error| Mistake::of(&error, text));
    profile.and_then(|profile| profile.target(text, folder)).map_err(|mistake| mistake.within(path, text))
}

/// The file as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    name: Option<String>,
    imap: Option<Listener>,
    imaps: Option<Listener>,
    pop3: Option<Listener>,
    pop3s: Option<Listener>,
    tls: Option<Spanned<Tls>>,
    accounts: Spanned<Accounts>,
    delivery: Option<Spanned<DeliveryEntry>>,
    limits: Option<LimitsEntry>,
    server: Option<Control>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listener {
    address: Spanned<String>,
    tls: Option<Spanned<ListenerTls>>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum ListenerTls {
    Starttls,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Tls {
    verify: Option<bool>,
    ca: Option<PathBuf>,
    server_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum DeliveryEntry {
    ImapAppend(Nothing),
    Lmtp(Relay),
    Smtp(Relay),
    Maildir(MaildirEntry),
    Command(CommandEntry),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Relay {
    address: Spanned<String>,
    domain: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MaildirEntry {
    path: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CommandEntry {
    run: Vec<String>,
}

impl Profile {
    fn target(self, text: &str, folder: &Path) -> Result<Target, Mistake> {
        let mut listeners = Listeners::default();
        for (service, entry) in [
            (Service::Imap, &self.imap),
            (Service::Imaps, &self.imaps),
            (Service::Pop3, &self.pop3),
            (Service::Pop3s, &self.pop3s),
        ] {
            if let Some(Listener { address: written, tls }) = entry {
                if let Some(Spanned { value: ListenerTls::Starttls, referenced, .. }) = tls
                    && service.is_tls()
                {
                    let hint = "it is for imap and pop3, where sessions begin in the clear";
                    let span = span_at(referenced, text);
                    return Err(Mistake::new(format!("{service} is under TLS already"), span, hint));
                }
                *listeners.slot(service) = Some(address(written, Some(service.default_port()), text)?);
            }
        }
        if listeners == Listeners::default() {
            let hint = "add imap: { address: \"host:143\" }, or imaps, pop3, pop3s; one will do";
            return Err(Mistake::new("the profile has no address", start_of(text), hint));
        }
        let accounts = self.accounts.value.0;
        let span = || span_at(&self.accounts.referenced, text);
        if accounts.is_empty() {
            let hint = "two or more allow scenarios to run at the same time";
            return Err(Mistake::new("the profile has no account", span(), hint));
        }
        for (index, account) in accounts.iter().enumerate() {
            if accounts[..index].iter().any(|earlier| earlier.user == account.user) {
                let message = format!("the user {} stands twice", account.user);
                return Err(Mistake::new(message, span(), "each account is listed once"));
            }
        }
        let (connections_per_account, limits) = self.limits.unwrap_or_default().read(text)?;
        Ok(Target {
            name: self.name,
            reach: Reach::Network(listeners),
            tls: self
                .tls
                .map_or_else(|| Ok(TlsSettings::default()), |tls| tls_settings(tls, text, folder))?,
            upgrade: Upgrade {
                imap: self.imap.is_some_and(|listener| listener.tls.is_some()),
                pop3: self.pop3.is_some_and(|listener| listener.tls.is_some()),
            },
            accounts,
            delivery: self.delivery.map_or_else(|| Ok(Delivery::default()), |entry| delivery(entry, text))?,
            connections_per_account,
            limits,
            control: self.server,
        })
    }
}

fn address(written: &Spanned<String>, default_port: Option<u16>, text: &str) -> Result<Address, Mistake> {
    Address::parse(&written.value, default_port).map_err(|error| {
        let message = format!("{:?} is no address", written.value);
        Mistake::new(message, span_at(&written.referenced, text), error.to_string())
    })
}

fn tls_settings(tls: Spanned<Tls>, text: &str, folder: &Path) -> Result<TlsSettings, Mistake> {
    let Tls { verify, ca, server_name } = tls.value;
    let verify = verify.unwrap_or(true);
    if !verify && ca.is_some() {
        let hint = "with `verify: false` no certificate is looked at; remove one of the two";
        return Err(Mistake::new("`ca` has no use here", span_at(&tls.referenced, text), hint));
    }
    Ok(TlsSettings { verify, ca: ca.map(|ca| folder.join(ca)), server_name })
}

fn delivery(entry: Spanned<DeliveryEntry>, text: &str) -> Result<Delivery, Mistake> {
    let span = span_at(&entry.referenced, text);
    Ok(match entry.value {
        DeliveryEntry::ImapAppend(Nothing {}) => Delivery::ImapAppend,
        DeliveryEntry::Lmtp(Relay { address: written, domain }) => {
            Delivery::Lmtp { address: address(&written, Some(24), text)?, domain }
        }
        DeliveryEntry::Smtp(Relay { address: written, domain }) => {
            Delivery::Smtp { address: address(&written, Some(25), text)?, domain }
        }
        DeliveryEntry::Maildir(MaildirEntry { path }) => {
            if !path.contains("{user}") {
                let hint = "each account has a Maildir of its own: \"/srv/mail/{user}/Maildir\"";
                return Err(Mistake::new("the path does not contain {user}", span, hint));
            }
            Delivery::Maildir { path }
        }
        DeliveryEntry::Command(CommandEntry { run }) => {
            if run.is_empty() {
                return Err(Mistake::new("the command is empty", span, "run: [\"deliver\", \"{user}\"]"));
            }
            Delivery::Command { run }
        }
    })
}

/// `{ users: [u1, u2], password: pw }`, or a list of `{ user, password }`.
struct Accounts(Vec<Account>);

impl<'de> Deserialize<'de> for Accounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Alike {
            users: Vec<String>,
            password: Secret,
        }

        impl<'de> Visitor<'de> for Either {
            type Value = Accounts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("{ users: [u1, u2], password: pw } or a list of { user, password }")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Accounts, A::Error> {
                let Alike { users, password } =
                    Alike::deserialize(de::value::MapAccessDeserializer::new(map))?;
                let account = |user| Account { user, password: password.clone() };
                Ok(Accounts(users.into_iter().map(account).collect()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Accounts, A::Error> {
                Deserialize::deserialize(de::value::SeqAccessDeserializer::new(seq)).map(Accounts)
            }
        }

        deserializer.deserialize_any(Either)
    }
}

#[cfg(test)]
mod tests;
