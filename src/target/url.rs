//! A target from URLs: `imap://alice:pw@host:143 pop3://alice:pw@host:110`.

use super::account::Account;
use super::address::{Address, AddressError, Service};
use super::delivery::Delivery;
use super::tls::TlsSettings;
use super::{DEFAULT_CONNECTIONS_PER_ACCOUNT, Listeners, Reach, Target, Upgrade};
use crate::nearest::nearest;

/// URLs do not describe a target. Passwords are not in the messages.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// There is no `://`.
    #[error("{url}: write SCHEME://USER:PASSWORD@HOST:PORT, with imap, imaps, pop3 or pop3s as the scheme")]
    NoScheme {
        /// The URL, masked.
        url: String,
    },
    /// The scheme is none of ours.
    #[error(
        "{url}: the scheme {scheme} is unknown{}; it is imap, imaps, pop3 or pop3s",
        .meant.map(|meant| format!(", did you mean {meant}?")).unwrap_or_default()
    )]
    Scheme {
        /// The URL, masked.
        url: String,
        /// The scheme.
        scheme: String,
        /// The one that may have been meant.
        meant: Option<&'static str>,
    },
    /// The host or port is wrong.
    #[error("{url}: {error}")]
    Address {
        /// The URL, masked.
        url: String,
        /// What is wrong.
        error: AddressError,
    },
    /// A user without a password, or the reverse.
    #[error("{url}: a user needs a password; write {service}://USER:PASSWORD@HOST")]
    NoPassword {
        /// The URL, masked.
        url: String,
        /// Its scheme.
        service: Service,
    },
    /// A `%` is not followed by two hexadecimal digits, or the result is no UTF-8.
    #[error("{url}: in user and password, % begins an octet in two hexadecimal digits, and %25 is % itself")]
    Percent {
        /// The URL, masked.
        url: String,
    },
    /// Something follows the host.
    #[error("{url}: nothing may follow the host and port")]
    Path {
        /// The URL, masked.
        url: String,
    },
    /// One service at two places.
    #[error("{service} is given at {first} and at {second}; all URLs together are one server")]
    TwoPlaces {
        /// The service.
        service: Service,
        /// The first place.
        first: Address,
        /// The second place.
        second: Address,
    },
    /// One user with two passwords.
    #[error("the user {user} is given with two passwords")]
    TwoPasswords {
        /// The user.
        user: String,
    },
    /// No URL has a user.
    #[error("no URL has a user; write {service}://USER:PASSWORD@HOST")]
    NoAccount {
        /// A scheme that was used.
        service: Service,
    },
    /// No URL at all.
    #[error("no URL is given")]
    None,
}

impl Target {
    /// The target that `urls` describe together. Each account is used over every protocol; delivery is by IMAP APPEND.
    ///
    /// # Errors
    /// If a URL is none of ours, or two contradict each other.
    pub fn from_urls<S: AsRef<str>>(urls: &[S]) -> Result<Self, UrlError> {
        let mut listeners = Listeners::default();
        let mut accounts: Vec<Account> = Vec::new();
        let mut first_service = None;
        for url in urls {
            let Parsed { service, address, account } = parse(url.as_ref())?;
            first_service.get_or_insert(service);
            match listeners.slot(service) {
                Some(first) if *first != address => {
                    return Err(UrlError::TwoPlaces { service, first: first.clone(), second: address });
                }
                slot => *slot = Some(address),
            }
            let Some(account) = account else { continue };
            match accounts.iter().find(|known| known.user == account.user) {
                None => accounts.push(account),
                Some(known) if *known == account => {}
                Some(_) => return Err(UrlError::TwoPasswords { user: account.user }),
            }
        }
        let service = first_service.ok_or(UrlError::None)?;
        if accounts.is_empty() {
            return Err(UrlError::NoAccount { service });
        }
        Ok(Self {
            name: None,
            reach: Reach::Network(listeners),
            tls: TlsSettings::default(),
            upgrade: Upgrade::default(),
            accounts,
            delivery: Delivery::ImapAppend,
            connections_per_account: DEFAULT_CONNECTIONS_PER_ACCOUNT,
            limits: crate::session::Limits::default(),
            control: None,
        })
    }
}

/// `url` with `***` in the place of the password. What has no `://` but an `@` loses all that stands before it.
#[must_use]
pub fn masked(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let Some((userinfo, host)) = rest.rsplit_once('@') else { return url.to_owned() };
    if scheme.is_empty() {
        return format!("***@{host}");
    }
    match userinfo.split_once(':') {
        Some((user, _)) => format!("{scheme}://{user}:***@{host}"),
        None => url.to_owned(),
    }
}

struct Parsed {
    service: Service,
    address: Address,
    account: Option<Account>,
}

fn parse(url: &str) -> Result<Parsed, UrlError> {
    let shown = || masked(url);
    let (scheme, rest) = url.split_once("://").ok_or_else(|| UrlError::NoScheme { url: shown() })?;
    let scheme = scheme.to_ascii_lowercase();
    let Some(service) = Service::ALL.into_iter().find(|service| service.name() == scheme) else {
        let meant = nearest(&scheme, Service::ALL.map(Service::name));
        let meant = Service::ALL.map(Service::name).into_iter().find(|name| Some(*name) == meant);
        return Err(UrlError::Scheme { url: shown(), scheme, meant });
    };
    // The last @ ends the user and password, so that an @ in a user's name works without %40.
    let (userinfo, host) = match rest.rsplit_once('@') {
        Some((userinfo, host)) => (Some(userinfo), host),
        None => (None, rest),
    };
    let host = host.strip_suffix('/').unwrap_or(host);
    if host.contains(['/', '?', '#']) {
        return Err(UrlError::Path { url: shown() });
    }
    let address = Address::parse(host, Some(service.default_port()))
        .map_err(|error| UrlError::Address { url: shown(), error })?;
    let Some(userinfo) = userinfo else { return Ok(Parsed { service, address, account: None }) };
    let (user, password) = userinfo
        .split_once(':')
        .filter(|(user, _)| !user.is_empty())
        .ok_or_else(|| UrlError::NoPassword { url: shown(), service })?;
    let decode = |text| decode(text).ok_or_else(|| UrlError::Percent { url: shown() });
    let account = Some(Account::new(&decode(user)?, &decode(password)?));
    Ok(Parsed { service, address, account })
}

/// Undoes percent-encoding, RFC 3986 section 2.1; `None` where it is malformed or no UTF-8.
fn decode(text: &str) -> Option<String> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        if octet == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            let value = digit()? * 16 + digit()?;
            octets.push(u8::try_from(value).ok()?);
        } else {
            octets.push(octet);
        }
    }
    String::from_utf8(octets).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_combine_to_one_target() {
        let target = Target::from_urls(&[
            "imap://alice:pw@host",
            "pop3://alice:pw@host:28110/",
            "IMAPS://b%40x:p%3A%25@[::1]",
            "imap://carol@example.org:p:w@host:143",
        ])
        .unwrap();
        assert_eq!(target.to_string(), "imap://host:143 imaps://[::1]:993 pop3://host:28110");
        assert_eq!(
            target.accounts,
            [
                Account::new("alice", "pw"),
                Account::new("b@x", "p:%"),
                Account::new("carol@example.org", "p:w")
            ]
        );
        assert!(!format!("{target:?}").contains("pw"), "{target:?}");
    }

    #[test]
    fn mistakes_are_explained_without_the_password() {
        for (urls, message) in [
            (
                &["host:143"][..],
                "host:143: write SCHEME://USER:PASSWORD@HOST:PORT, with imap, imaps, pop3 or pop3s as the scheme",
            ),
            (
                &["alice:hush@host"],
                "***@host: write SCHEME://USER:PASSWORD@HOST:PORT, with imap, imaps, pop3 or pop3s as the scheme",
            ),
            (
                &["imapz://a:hush@h"],
                "imapz://a:***@h: the scheme imapz is unknown, did you mean imap?; it is imap, imaps, pop3 or pop3s",
            ),
            (
                &["imap://a:hush@h:x"],
                "imap://a:***@h:x: \"x\" is no port; a port is a number from 1 to 65535",
            ),
            (&["imap://a@h"], "imap://a@h: a user needs a password; write imap://USER:PASSWORD@HOST"),
            (
                &["imap://a:hush%2@h"],
                "imap://a:***@h: in user and password, % begins an octet in two hexadecimal digits, and %25 is % itself",
            ),
            (&["imap://a:hush@h/INBOX"], "imap://a:***@h/INBOX: nothing may follow the host and port"),
            (
                &["imap://a:hush@h", "imap://b:hush@i"],
                "imap is given at h:143 and at i:143; all URLs together are one server",
            ),
            (&["imap://a:hush@h", "pop3://a:hush2@h"], "the user a is given with two passwords"),
            (&["imap://h"], "no URL has a user; write imap://USER:PASSWORD@HOST"),
            (&[], "no URL is given"),
        ] {
            assert_eq!(Target::from_urls(urls).unwrap_err().to_string(), message);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic_or_tell_the_password(text in "\\PC{0,40}", password in "[a-z]{12}") {
            let _ = Target::from_urls(&[&text]);
            let url = format!("imap://a:{password}@{text}");
            if let Err(error) = Target::from_urls(&[&url]) {
                proptest::prop_assert!(!error.to_string().contains(&password), "{}", error);
            }
        }
    }
}
