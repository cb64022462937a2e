//! What all scenarios of a run share.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, AtomicU64, Ordering},
        mpsc::Sender,
    },
    time::Duration,
};

use tokio::time::Instant;

use super::probe::Facts;
use crate::{
    clauses::Catalogue,
    net::{Clock, ConnectError, Connector, Link},
    scenario::program::Protocol,
    session::{
        Limits, Scribe, Session,
        transcript::{Entry, Transcript},
    },
    target::{Account, Target},
    watch::Watch,
};

/// The target, how to reach it, and what is known of it.
pub struct Bench {
    /// The server under test.
    pub target: Target,
    /// Makes connections to it.
    pub connector: Connector,
    /// The clock of the run.
    pub clock: Clock,
    /// The clauses.
    pub catalogue: Arc<Catalogue>,
    /// How long an answer may take.
    pub timeout: Duration,
    /// How long the answer to a command that logs in or out may take.
    pub login_timeout: Duration,
    /// What a session may weigh.
    pub limits: Limits,
    /// What the server told of itself, for each protocol that it speaks.
    pub facts: Facts,
    /// Makes the names of mailboxes unique to the run.
    pub nonce: String,
    /// Who is told of what is said in talks, as it is said.
    pub(crate) live: Option<Sender<Entry>>,
    boxes: AtomicU32,
    commands: AtomicU64,
}

/// Servers delay the answer to a failed login, and to logins that follow it, where nobody says otherwise.
const LOGIN_TIMEOUT: Duration = Duration::from_secs(60);

impl Bench {
    /// A bench whose target is not yet known.
    #[must_use]
    pub fn new(target: Target, connector: Connector, catalogue: Arc<Catalogue>, timeout: Duration) -> Self {
        let limits = target.limits;
        let nonce = format!("{:06x}", rand::random::<u32>() & 0xff_ffff);
        Self {
            target,
            connector,
            clock: Clock::start(),
            catalogue,
            timeout,
            login_timeout: timeout.max(LOGIN_TIMEOUT),
            limits,
            facts: Facts::default(),
            nonce,
            live: None,
            boxes: AtomicU32::new(0),
            commands: AtomicU64::new(0),
        }
    }

    /// When the answer to a command that is sent now has to be there.
    #[must_use]
    pub fn deadline(&self, command: &str) -> Instant {
        Instant::now() + self.patience(command)
    }

    /// How long the answer to a command may take.
    #[must_use]
    pub fn patience(&self, command: &str) -> Duration {
        let login = matches!(
            command,
            "LOGIN" | "AUTHENTICATE" | "USER" | "PASS" | "APOP" | "AUTH" | "QUIT" | "LOGOUT"
        );
        if login { self.login_timeout } else { self.timeout }
    }

    /// The account at `index`.
    #[must_use]
    pub fn account(&self, index: usize) -> &Account {
        &self.target.accounts[index]
    }

    /// A name that no other mailbox of this run has.
    pub fn unique_name(&self) -> String {
        format!("mailspec-{}-{}", self.nonce, self.boxes.fetch_add(1, Ordering::Relaxed))
    }

    /// Counts a command that is sent.
    pub fn count_command(&self) {
        self.commands.fetch_add(1, Ordering::Relaxed);
    }

    /// How many commands have been sent, those that prepare and tidy up among them.
    pub fn commands(&self) -> u64 {
        self.commands.load(Ordering::Relaxed)
    }

    /// Connects a session that writes into `transcript` under `name`.
    ///
    /// # Errors
    /// If the server does not take the connection.
    pub async fn connect(
        &self,
        protocol: Protocol,
        name: &str,
        transcript: &Arc<Mutex<Transcript>>,
    ) -> Result<Link, ConnectError> {
        let (stream, tls) = self.connector.connect(protocol, Instant::now() + self.timeout).await?;
        let scribe = Scribe::new(name, Arc::clone(transcript));
        scribe.note(self.clock.now(), if tls { "connected, under TLS" } else { "connected" });
        let session = Session::new(protocol, self.limits, tls, scribe);
        Ok(Link::new(session, Watch::new(protocol), stream, self.clock))
    }

    /// Does the server still greet?
    pub async fn is_alive(&self, protocol: Protocol) -> bool {
        let transcript = Arc::default();
        let Ok(mut link) = self.connect(protocol, "", &transcript).await else { return false };
        let deadline = Instant::now() + self.timeout;
        while !link.session().is_greeted() {
            if link.hear(deadline).await != crate::net::Heard::Octets {
                return false;
            }
        }
        true
    }
}
