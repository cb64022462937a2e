//! The server as a command: its arguments, and what it does with them.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::Args;
use thiserror::Error;

use crate::config::{CertificateSource, Config};
use crate::imap::{Extension, Extensions};
use crate::net::{Server, Service, StartError};

/// The arguments of the server. Without an address it offers all four services on loopback.
#[derive(Clone, Debug, Default, Args)]
pub struct Arguments {
    /// Where to listen for IMAP: ADDRESS:PORT, or PORT on loopback; 0 picks a free port
    #[arg(long, value_name = "ADDR", value_parser = address)]
    pub imap: Option<SocketAddr>,
    /// Where to listen for IMAP over implicit TLS
    #[arg(long, value_name = "ADDR", value_parser = address)]
    pub imaps: Option<SocketAddr>,
    /// Where to listen for POP3
    #[arg(long, value_name = "ADDR", value_parser = address)]
    pub pop3: Option<SocketAddr>,
    /// Where to listen for POP3 over implicit TLS
    #[arg(long, value_name = "ADDR", value_parser = address)]
    pub pop3s: Option<SocketAddr>,
    /// A user; give it once per user [default: user:secret]
    #[arg(long = "user", value_name = "NAME:PASSWORD", value_parser = user)]
    pub users: Vec<(String, String)>,
    /// The certificate chain in PEM [default: one made at the start, for localhost]
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The private key in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Refuse passwords on connections without TLS
    #[arg(long)]
    pub require_tls: bool,
    /// Hide an extension of IMAP, such as MOVE; give it once per extension
    #[arg(long, value_name = "NAME")]
    pub without: Vec<Extension>,
}

/// Why the command fails.
#[derive(Debug, Error)]
pub enum RunError {
    /// The server does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// What there is to say cannot be written, or Ctrl-C cannot be waited for.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Arguments {
    /// The set-up that the arguments ask for.
    #[must_use]
    pub fn config(&self) -> Config {
        let nowhere = [self.imap, self.imaps, self.pop3, self.pop3s].iter().all(Option::is_none);
        let or_default = |given: Option<SocketAddr>, port| given.or_else(|| nowhere.then(|| loopback(port)));
        let mut users = self.users.clone();
        if users.is_empty() {
            users.push(("user".to_owned(), "secret".to_owned()));
        }
        Config {
            users,
            imap: or_default(self.imap, 1143),
            imaps: or_default(self.imaps, 1993),
            pop3: or_default(self.pop3, 1110),
            pop3s: or_default(self.pop3s, 1995),
            certificate: match (&self.tls_cert, &self.tls_key) {
                (Some(chain), Some(key)) => {
                    CertificateSource::Files { chain: chain.clone(), key: key.clone() }
                }
                _ => CertificateSource::SelfSigned,
            },
            cleartext_passwords: !self.require_tls,
            extensions: Extensions::without(self.without.iter().copied()),
            ..Config::default()
        }
    }
}

/// Runs the server until Ctrl-C and writes to `output` where it listens.
///
/// # Errors
/// If the server cannot start or `output` cannot be written.
pub async fn run(arguments: &Arguments, output: &mut impl Write) -> Result<(), RunError> {
    let config = arguments.config();
    let names: Vec<String> = config.users.iter().map(|(name, _)| name.clone()).collect();
    let server = Server::start(config).await?;
    for service in Service::ALL {
        if let Some(address) = server.address(service) {
            writeln!(output, "{service}://{address}")?;
        }
    }
    writeln!(output, "users: {}; Ctrl-C ends", names.join(", "))?;
    output.flush()?;
    tokio::signal::ctrl_c().await?;
    server.shutdown().await;
    Ok(())
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

fn address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(port) = text.parse() {
        return Ok(loopback(port));
    }
    text.parse().map_err(|_| {
        "expected an address and a port, like 127.0.0.1:1143 or [::1]:1143, or a port".to_owned()
    })
}

fn user(text: &str) -> Result<(String, String), String> {
    match text.split_once(':') {
        Some((name, password)) if !name.is_empty() && !password.is_empty() => {
            Ok((name.to_owned(), password.to_owned()))
        }
        _ => Err("expected a name, a colon and a password".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::{FromArgMatches, error::ErrorKind};

    use super::*;

    fn arguments(given: &[&str]) -> Result<Arguments, clap::Error> {
        let command = Arguments::augment_args(clap::Command::new("server"));
        let matches = command.try_get_matches_from([&["server"], given].concat())?;
        Arguments::from_arg_matches(&matches)
    }

    #[test]
    fn without_an_address_all_services_are_on_loopback() {
        let config = arguments(&[]).unwrap().config();
        let all = [config.imap, config.imaps, config.pop3, config.pop3s];
        assert_eq!(all, [1143, 1993, 1110, 1995].map(|port| Some(loopback(port))));
        assert_eq!(config.users, [("user".to_owned(), "secret".to_owned())]);
        assert!(config.cleartext_passwords);
    }

    #[test]
    fn an_address_leaves_the_other_services_out() {
        let config = arguments(&["--pop3", "[::1]:0", "--imaps", "993", "--require-tls"]).unwrap().config();
        assert_eq!((config.imap, config.pop3s), (None, None));
        assert_eq!(config.pop3, Some("[::1]:0".parse().unwrap()));
        assert_eq!(config.imaps, Some("127.0.0.1:993".parse().unwrap()));
        assert!(!config.cleartext_passwords);
    }

    #[test]
    fn passwords_may_hold_colons() {
        let config = arguments(&["--user", "alice:a:b", "--user", "bob:c"]).unwrap().config();
        assert_eq!(config.users, [("alice".into(), "a:b".into()), ("bob".into(), "c".into())]);
    }

    #[test]
    fn extensions_can_be_hidden() {
        let extensions =
            arguments(&["--without", "move", "--without", "LITERAL+"]).unwrap().config().extensions;
        assert_eq!(extensions, Extensions::without([Extension::LiteralPlus, Extension::Move]));
        assert!(!extensions.has(Extension::Move) && extensions.has(Extension::Idle));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for (given, kind) in [
            (["--user", "alice"], ErrorKind::ValueValidation),
            (["--user", ":x"], ErrorKind::ValueValidation),
            (["--imap", "localhost"], ErrorKind::ValueValidation),
            (["--pop3", "70000"], ErrorKind::ValueValidation),
            (["--without", "XMOVE"], ErrorKind::ValueValidation),
            (["--tls-cert", "chain.pem"], ErrorKind::MissingRequiredArgument),
        ] {
            assert_eq!(arguments(&given).unwrap_err().kind(), kind, "{given:?}");
        }
    }
}
