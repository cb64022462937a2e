//! Asks a server what a profile has to say of it: for `mailspec init`.
//!
//! Nothing is removed that was there before: an INBOX that holds mail is left alone.

use std::time::Duration;

use super::{
    bench::Bench,
    client::{Refusal, command, complete, greeting, send},
    login::log_in,
    probe::Facts,
    run::{self, Unreachable},
    secrets::Secrets,
    steward::Steward,
};
use crate::{
    clauses::Catalogue,
    fixtures,
    net::{Connector, Link, tls::TlsError},
    scenario::{evaluate::Segment, program::Protocol},
    target::{DEFAULT_CONNECTIONS_PER_ACCOUNT, Listeners, Reach, Target, Upgrade},
};

/// What a server told, and what was tried on it.
#[derive(Debug)]
pub struct Survey {
    /// The target, with what was found out about TLS and the limit of connections.
    pub target: Target,
    /// What the server told of itself.
    pub facts: Facts,
    /// Why certificates are not to be verified, if they are not.
    pub unverified: Option<String>,
    /// How many connections of one account were open at the same time, when the server took no more of them.
    pub most_connections: Option<usize>,
    /// Whether mail can be delivered by IMAP APPEND.
    pub delivery: Trial,
}

/// What became of a message that was appended to INBOX.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trial {
    /// It was there, over POP3 too where the target speaks that.
    Arrived,
    /// It was not, or was refused: why.
    Failed(String),
    /// Nothing was appended, because INBOX holds as many messages, which a run will remove.
    Occupied(u64),
    /// The target has no IMAP.
    NoImap,
}

/// A server can't be asked.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// TLS can't be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// It can't be reached, or lets nobody in.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
}

/// Asks the server at `target`, in the network, whose answers may take `timeout` each.
///
/// # Errors
/// If it can't be reached, or does not let the first account in.
pub async fn survey(target: Target, catalogue: Catalogue, timeout: Duration) -> Result<Survey, SurveyError> {
    let catalogue = std::sync::Arc::new(catalogue);
    let mut bench = Bench::new(target.clone(), Connector::to(&target)?, catalogue, timeout);
    bench.target.upgrade = Upgrade {
        imap: wants_tls(&bench, Protocol::Imap).await,
        pop3: wants_tls(&bench, Protocol::Pop3).await,
    };
    let mut unverified = handshakes(&bench).await.err();
    if unverified.is_some() {
        bench.target.tls.verify = false;
        bench.connector = Connector::to(&bench.target)?;
    }
    if let Err(error) = run::examine(&mut bench).await {
        if unverified.is_some() || bench.target.upgrade == Upgrade::default() {
            return Err(error.into());
        }
        // It may be the handshake behind STARTTLS.
        bench.target.tls.verify = false;
        bench.connector = Connector::to(&bench.target)?;
        run::examine(&mut bench).await.map_err(|_| error.clone())?;
        unverified = Some(error.why);
    }
    let delivery = delivery(&bench).await;
    let most_connections = most_connections(&bench).await;
    if let Some(most) = most_connections {
        bench.target.connections_per_account = most;
    }
    Ok(Survey { target: bench.target, facts: bench.facts, unverified, most_connections, delivery })
}

/// Does the server take no password before STARTTLS or STLS, which it offers?
async fn wants_tls(bench: &Bench, protocol: Protocol) -> bool {
    let clear = matches!(&bench.target.reach, Reach::Network(listeners)
        if listeners.first(protocol).is_some_and(|(service, _)| !service.is_tls()));
    if !clear {
        return false;
    }
    let ask = if protocol == Protocol::Imap { "CAPABILITY" } else { "CAPA" };
    let Ok(mut link) = connect(bench, protocol).await else { return false };
    if command(bench, &mut link, ask).await.is_err() {
        return false;
    }
    let listed = link.session().capabilities().unwrap_or_default();
    let has = |wanted: &str| listed.iter().any(|line| line.split(' ').next() == Some(wanted));
    match protocol {
        Protocol::Imap => has("STARTTLS") && has("LOGINDISABLED"),
        Protocol::Pop3 => {
            let plain = listed.iter().any(|line| {
                line.split(' ').next() == Some("SASL") && line.split(' ').any(|word| word == "PLAIN")
            });
            has("STLS") && !has("USER") && !plain
        }
    }
}

/// Makes a handshake with each listener that is under TLS from the first octet.
async fn handshakes(bench: &Bench) -> Result<(), String> {
    let Reach::Network(listeners) = &bench.target.reach else { return Ok(()) };
    for only in [
        Listeners { imaps: listeners.imaps.clone(), ..Listeners::default() },
        Listeners { pop3s: listeners.pop3s.clone(), ..Listeners::default() },
    ] {
        let Some(protocol) = only.iter().next().map(|(service, _)| service.protocol()) else { continue };
        let target = Target { reach: Reach::Network(only), ..bench.target.clone() };
        let connector = Connector::to(&target).map_err(|error| error.to_string())?;
        let deadline = tokio::time::Instant::now() + bench.timeout;
        connector.connect(protocol, deadline).await.map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Appends a message to an empty INBOX, looks for it, and removes it.
async fn delivery(bench: &Bench) -> Trial {
    if !bench.target.speaks(Protocol::Imap) {
        return Trial::NoImap;
    }
    match try_delivery(bench).await {
        Ok(trial) => trial,
        Err(refusal) => {
            let mut why = refusal.to_string();
            Secrets::of(&bench.target.accounts).mask_text(&mut why);
            Trial::Failed(why)
        }
    }
}

async fn try_delivery(bench: &Bench) -> Result<Trial, Refusal> {
    let mut link = connect(bench, Protocol::Imap).await?;
    log_in(bench, &mut link, bench.account(0)).await?;
    command(bench, &mut link, "EXAMINE INBOX").await?;
    let exists = link.session().mailbox().and_then(|mailbox| mailbox.exists);
    let _ = command(bench, &mut link, "LOGOUT").await;
    if exists != Some(0) {
        return Ok(Trial::Occupied(exists.unwrap_or(0)));
    }
    let mut steward = Steward::of(bench, 0);
    let delivered = steward.deliver(fixtures::fixture("plain").unwrap_or_default()).await;
    let seen = match delivered {
        Ok(()) if bench.target.speaks(Protocol::Pop3) => is_in_maildrop(bench).await,
        other => other,
    };
    let emptied = steward.empty_inbox().await;
    steward.leave().await;
    seen.and(emptied).map(|()| Trial::Arrived)
}

async fn is_in_maildrop(bench: &Bench) -> Result<(), Refusal> {
    let mut link = connect(bench, Protocol::Pop3).await?;
    log_in(bench, &mut link, bench.account(0)).await?;
    let stat = command(bench, &mut link, "STAT").await?;
    let end = link.session().exchange(stat).end;
    let line = end.and_then(|end| link.session().lines().get(end.line));
    let text =
        line.map_or_else(String::new, |line| String::from_utf8_lossy(line.text()).trim_end().to_owned());
    let quit = send(bench, &mut link, &[Segment::Octets(b"QUIT".to_vec())], None, &[]).await?;
    let _ = complete(bench, &mut link, quit).await;
    if text.split(' ').nth(1) == Some("1") {
        return Ok(());
    }
    let why =
        format!("a message that was appended to INBOX is not in the maildrop: STAT is answered {text:?}");
    Err(Refusal::NotConnected(why))
}

/// Opens connections to one account until the server takes no more; `None` where it takes as many as a run opens at most.
async fn most_connections(bench: &Bench) -> Option<usize> {
    // A maildrop has one session at a time anyway.
    if !bench.target.speaks(Protocol::Imap) {
        return None;
    }
    let mut open = Vec::new();
    for _ in 0..DEFAULT_CONNECTIONS_PER_ACCOUNT {
        let Ok(mut link) = connect(bench, Protocol::Imap).await else { break };
        if log_in(bench, &mut link, bench.account(0)).await.is_err() {
            break;
        }
        open.push(link);
    }
    let most = open.len();
    for link in &mut open {
        let _ = command(bench, link, "LOGOUT").await;
    }
    (1..DEFAULT_CONNECTIONS_PER_ACCOUNT).contains(&most).then_some(most)
}

async fn connect(bench: &Bench, protocol: Protocol) -> Result<Link, Refusal> {
    let link = bench.connect(protocol, "", &std::sync::Arc::default()).await;
    let mut link = link.map_err(|error| Refusal::NotConnected(error.to_string()))?;
    greeting(bench, &mut link).await?;
    Ok(link)
}
