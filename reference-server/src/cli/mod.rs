//! The server as a command: its arguments, and what it does with them.

mod interrupt;
mod users;
mod value;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use clap::Args;
use thiserror::Error;

use crate::auth::{Mechanisms, User};
use crate::config::{CertificateSource, Config, Limits, Timeouts};
use crate::faults::{self, Fault, Faults, Rate};
use crate::imap::Extensions;
use crate::net::{Server, Service, StartError};
use crate::pop3::Capabilities;
use interrupt::Interrupts;
use value::{address, duration, fault, loopback, size, user};

pub use users::UsersError;
pub use value::Feature;

/// The arguments of the server. Without an address for IMAP or POP3 it offers both on loopback, in clear and under TLS.
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
    /// Where to listen for LMTP, by which mail comes in; whoever reaches it may deliver
    #[arg(long, value_name = "ADDR", value_parser = address)]
    pub lmtp: Option<SocketAddr>,
    /// A user; give it once per user [default: user:secret]
    #[arg(long = "user", value_name = "NAME:PASSWORD", value_parser = user)]
    pub named: Vec<User>,
    /// A file of more users, a line NAME:PASSWORD for each; # begins a comment line
    #[arg(long = "users", value_name = "FILE")]
    pub listed: Option<PathBuf>,
    /// Keep the mail in this directory: what is acknowledged survives a crash [default: in memory]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The certificate chain in PEM [default: one made at the start, for localhost]
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The private key in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Refuse passwords on connections without TLS
    #[arg(long)]
    pub require_tls: bool,
    /// Hide a capability: an extension of IMAP such as MOVE, a capability of POP3 such as UIDL, a SASL mechanism; give it
    /// once per capability
    #[arg(long, value_name = "NAME")]
    pub without: Vec<Feature>,
    /// Do something wrong on purpose, by its name in --list-faults; give it once per fault
    #[arg(long = "fault", value_name = "NAME", value_parser = fault)]
    pub faults: Vec<&'static Fault>,
    /// How often faults strike where they could: above 0, up to 1 [default: 1]
    #[arg(long, value_name = "RATE", requires = "faults")]
    pub fault_rate: Option<Rate>,
    /// Print the faults that there are, the clauses that they break, and what they do
    #[arg(long)]
    pub list_faults: bool,
    /// Log an IMAP client out that sends no command for so long [default: 30m]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub imap_timeout: Option<Duration>,
    /// Log a POP3 client out that sends no command for so long [default: 10m]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub pop3_timeout: Option<Duration>,
    /// Turn connections away above this number [default: 65536]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_connections: Option<u32>,
    /// Refuse larger messages [default: 64MiB]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub max_message: Option<u64>,
}

/// Why the command fails.
#[derive(Debug, Error)]
pub enum RunError {
    /// The server does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The users cannot be read.
    #[error(transparent)]
    Users(#[from] UsersError),
    /// A change could not be made durable while the server ran.
    #[error("{0}; changes have been refused since: see that there is room on the disk, and start again")]
    Data(String),
    /// What there is to say cannot be written, or signals cannot be waited for.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Arguments {
    /// The set-up that the arguments ask for.
    ///
    /// # Errors
    /// If the file of users cannot be used.
    pub fn config(&self) -> Result<Config, UsersError> {
        let nowhere = [self.imap, self.imaps, self.pop3, self.pop3s].iter().all(Option::is_none);
        let or_default = |given: Option<SocketAddr>, port| given.or_else(|| nowhere.then(|| loopback(port)));
        let mut users = self.named.clone();
        if let Some(path) = &self.listed {
            users.extend(users::read(path)?);
        }
        if users.is_empty() {
            users.push(User::new("user", "secret"));
        }
        let without = |feature: fn(&Feature) -> bool| self.without.iter().any(feature);
        let (timeouts, limits) = (Timeouts::default(), Limits::default());
        Ok(Config {
            users,
            imap: or_default(self.imap, 1143),
            imaps: or_default(self.imaps, 1993),
            pop3: or_default(self.pop3, 1110),
            pop3s: or_default(self.pop3s, 1995),
            lmtp: self.lmtp,
            data: self.data.clone(),
            certificate: match (&self.tls_cert, &self.tls_key) {
                (Some(chain), Some(key)) => {
                    CertificateSource::Files { chain: chain.clone(), key: key.clone() }
                }
                _ => CertificateSource::SelfSigned,
            },
            cleartext_passwords: !self.require_tls,
            threads: thread::available_parallelism().map_or(1, NonZeroUsize::get),
            timeouts: Timeouts {
                imap: self.imap_timeout.unwrap_or(timeouts.imap),
                pop3: self.pop3_timeout.unwrap_or(timeouts.pop3),
                ..timeouts
            },
            limits: Limits {
                connections: self.max_connections.unwrap_or(limits.connections),
                message: self.max_message.unwrap_or(limits.message),
                ..limits
            },
            extensions: Extensions::without(self.without.iter().filter_map(|feature| match feature {
                Feature::Extension(extension) => Some(*extension),
                _ => None,
            })),
            capabilities: Capabilities::without(self.without.iter().filter_map(|feature| match feature {
                Feature::Capability(capability) => Some(*capability),
                _ => None,
            })),
            mechanisms: Mechanisms::without(self.without.iter().filter_map(|feature| match feature {
                Feature::Mechanism(mechanism) => Some(*mechanism),
                _ => None,
            })),
            imap_starttls: !without(|feature| *feature == Feature::Starttls),
            faults: Faults::new(&self.faults, self.fault_rate.unwrap_or_default()),
            ..Config::default()
        })
    }
}

/// Prints the faults if that is asked for. Otherwise it runs the server until Ctrl-C or SIGTERM and writes to `output` where it listens. Sessions are told and ended in good
/// order.
///
/// # Errors
/// If the users cannot be read, the server cannot start, `output` cannot be written, or a change could not be made durable.
pub async fn run(arguments: &Arguments, output: &mut impl Write) -> Result<(), RunError> {
    if arguments.list_faults {
        write!(output, "{}", faults::listing())?;
        return Ok(output.flush()?);
    }
    let config = arguments.config()?;
    let names: Vec<String> = config.users.iter().map(|user| user.name.clone()).collect();
    let server = Server::start(config).await?;
    // Whoever reads where the server listens may end it at once.
    let mut interrupts = Interrupts::listen()?;
    for service in Service::ALL {
        if let Some(address) = server.address(service) {
            writeln!(output, "{service}://{address}")?;
        }
    }
    writeln!(output, "users: {}; Ctrl-C ends", names.join(", "))?;
    output.flush()?;
    let failure = tokio::select! {
        () = interrupts.next() => None,
        reason = server.store().failure() => Some(reason),
    };
    let Some(reason) = failure else {
        server.shutdown().await;
        return Ok(());
    };
    // Those who only read may go on. Where standard error is closed, the exit code has to do.
    let _ = writeln!(io::stderr(), "{reason}; no change is taken until the server starts again; Ctrl-C ends");
    interrupts.next().await;
    server.shutdown().await;
    Err(RunError::Data(reason))
}

#[cfg(test)]
mod tests {
    use clap::{FromArgMatches, error::ErrorKind};

    use super::*;
    use crate::auth::Mechanism;
    use crate::imap::Extension;
    use crate::pop3::Capability;

    fn arguments(given: &[&str]) -> Result<Arguments, clap::Error> {
        let command = Arguments::augment_args(clap::Command::new("server"));
        let matches = command.try_get_matches_from([&["server"], given].concat())?;
        Arguments::from_arg_matches(&matches)
    }

    #[test]
    fn without_an_address_all_services_are_on_loopback() {
        let config = arguments(&[]).unwrap().config().unwrap();
        let all = [config.imap, config.imaps, config.pop3, config.pop3s];
        assert_eq!(all, [1143, 1993, 1110, 1995].map(|port| Some(loopback(port))));
        assert_eq!(config.users, [User::new("user", "secret")]);
        assert_eq!(config.lmtp, None);
        assert!(config.cleartext_passwords);
    }

    #[test]
    fn an_address_leaves_the_other_services_out() {
        let config =
            arguments(&["--pop3", "[::1]:0", "--imaps", "993", "--require-tls"]).unwrap().config().unwrap();
        assert_eq!((config.imap, config.pop3s), (None, None));
        assert_eq!(config.pop3, Some("[::1]:0".parse().unwrap()));
        assert_eq!(config.imaps, Some("127.0.0.1:993".parse().unwrap()));
        assert!(!config.cleartext_passwords);
    }

    #[test]
    fn passwords_may_hold_colons() {
        let config = arguments(&["--user", "alice:a:b", "--user", "bob:c"]).unwrap().config().unwrap();
        assert_eq!(config.users, [User::new("alice", "a:b"), User::new("bob", "c")]);
    }

    #[test]
    fn capabilities_can_be_hidden() {
        let hidden = ["move", "LITERAL+", "uidl", "Stls", "scram-sha-256", "STARTTLS"];
        let given: Vec<&str> = hidden.iter().flat_map(|name| ["--without", name]).collect();
        let config = arguments(&given).unwrap().config().unwrap();
        assert_eq!(config.extensions, Extensions::without([Extension::LiteralPlus, Extension::Move]));
        assert_eq!(config.capabilities, Capabilities::without([Capability::Uidl, Capability::Stls]));
        assert_eq!(config.mechanisms, Mechanisms::without([Mechanism::ScramSha256]));
        assert!(!config.imap_starttls);
    }

    #[test]
    fn no_two_features_have_one_name() {
        let mut names: Vec<&str> = Extension::ALL.map(Extension::name).into();
        names.extend(Capability::ALL.map(Capability::name));
        names.extend(Mechanism::ALL.map(Mechanism::name));
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    }

    #[test]
    fn times_and_limits_can_be_set() {
        let given = ["--imap-timeout", "31m", "--pop3-timeout", "90s", "--max-connections", "7"];
        let config = arguments(&[&given[..], &["--max-message", "1MiB"]].concat()).unwrap().config().unwrap();
        assert_eq!(config.timeouts.imap, Duration::from_secs(31 * 60));
        assert_eq!(config.timeouts.pop3, Duration::from_secs(90));
        assert_eq!((config.limits.connections, config.limits.message), (7, 1 << 20));
        let config = arguments(&[]).unwrap().config().unwrap();
        assert_eq!((config.timeouts, config.limits), (Timeouts::default(), Limits::default()));
    }

    #[test]
    fn a_file_of_users_adds_to_those_named() {
        let path = std::env::temp_dir().join(format!("mailspec-users-{}", std::process::id()));
        std::fs::write(&path, "# two\nbob:b\ncarol:c\n").unwrap();
        let name = path.to_str().unwrap();
        let both = arguments(&["--users", name, "--user", "alice:a"]).unwrap().config();
        let alone = arguments(&["--users", name]).unwrap().config();
        std::fs::remove_file(&path).unwrap();
        let names = |config: Config| config.users.into_iter().map(|user| user.name).collect::<Vec<_>>();
        assert_eq!(names(both.unwrap()), ["alice", "bob", "carol"]);
        assert_eq!(names(alone.unwrap()), ["bob", "carol"]);
    }

    #[test]
    fn no_password_is_ever_shown() {
        let given = arguments(&["--user", "alice:hunter2"]).unwrap();
        let config = given.config().unwrap();
        let server = Server::in_process(config.clone()).unwrap();
        for shown in [format!("{given:?}"), format!("{config:?}"), format!("{server:?}")] {
            assert!(shown.contains("alice") && !shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for (given, kind) in [
            (["--user", "alice"], ErrorKind::ValueValidation),
            (["--user", ":x"], ErrorKind::ValueValidation),
            (["--imap", "localhost"], ErrorKind::ValueValidation),
            (["--pop3", "70000"], ErrorKind::ValueValidation),
            (["--without", "XMOVE"], ErrorKind::ValueValidation),
            (["--imap-timeout", "30"], ErrorKind::ValueValidation),
            (["--max-connections", "0"], ErrorKind::ValueValidation),
            (["--max-message", "5GiB"], ErrorKind::ValueValidation),
            (["--tls-cert", "chain.pem"], ErrorKind::MissingRequiredArgument),
        ] {
            assert_eq!(arguments(&given).unwrap_err().kind(), kind, "{given:?}");
        }
    }
}
