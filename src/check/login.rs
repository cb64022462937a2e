//! Brings a session to the state that a talk begins in.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use tokio::time::Instant;

use super::{
    bench::Bench,
    client::{Refusal, command, greeting, invite, must, must_end},
};
use crate::{
    net::Link,
    scenario::{
        evaluate::Segment,
        program::{GivenState, Protocol},
    },
    target::Account,
};

/// Logs in, under TLS where the profile wants that: by LOGIN, or USER and PASS, or by AUTH PLAIN where only that is
/// offered.
///
/// # Errors
/// If the server refuses.
pub(crate) async fn log_in(bench: &Bench, link: &mut Link, account: &Account) -> Result<(), Refusal> {
    let protocol = link.session().protocol();
    if bench.target.upgrade.wanted(protocol) && !link.session().is_tls() {
        go_under_tls(bench, link).await?;
    }
    let password = account.password.reveal();
    let secrets = [password];
    match protocol {
        Protocol::Imap if has(bench, link, "LOGINDISABLED") && has(bench, link, "AUTH=PLAIN") => {
            let response = plain(account);
            let command = [Segment::Octets(b"AUTHENTICATE PLAIN".to_vec())];
            let exchange = invite(bench, link, &command, response.as_bytes(), &[&response]).await?;
            must_end(bench, link, exchange).await?;
        }
        Protocol::Imap => {
            let mut segments = vec![Segment::Octets(b"LOGIN ".to_vec())];
            push_astring(&mut segments, account.user.as_bytes());
            push(&mut segments, b" ");
            push_astring(&mut segments, password.as_bytes());
            must(bench, link, &segments, &secrets).await?;
        }
        Protocol::Pop3 if !has(bench, link, "USER") && has(bench, link, "SASL PLAIN") => {
            let response = plain(account);
            let command = [Segment::Octets(b"AUTH PLAIN".to_vec())];
            let exchange = invite(bench, link, &command, response.as_bytes(), &[&response]).await?;
            must_end(bench, link, exchange).await?;
        }
        Protocol::Pop3 => {
            command(bench, link, &format!("USER {}", account.user)).await?;
            must(bench, link, &[Segment::Octets(format!("PASS {password}").into_bytes())], &secrets).await?;
        }
    }
    Ok(())
}

/// STARTTLS or STLS, the handshake, and what the server can do behind it: what it said before counts no more.
async fn go_under_tls(bench: &Bench, link: &mut Link) -> Result<(), Refusal> {
    let (upgrade, ask) = match link.session().protocol() {
        Protocol::Imap => ("STARTTLS", "CAPABILITY"),
        Protocol::Pop3 => ("STLS", "CAPA"),
    };
    command(bench, link, upgrade).await?;
    let deadline = Instant::now() + bench.timeout;
    if let Err(error) = link.secure(&bench.connector, deadline).await {
        link.fail(error.to_string());
        return Err(Refusal::NotConnected(error.to_string()));
    }
    command(bench, link, ask).await.map(drop)
}

/// Whether a capability is offered now; where the session has not asked, whether it ever was.
fn has(bench: &Bench, link: &Link, capability: &str) -> bool {
    let protocol = link.session().protocol();
    match (link.session().capabilities(), capability.split_once(' ')) {
        (None, _) => bench.facts.advertises(protocol, capability),
        (Some(listed), None) => listed.iter().any(|line| line == capability),
        // `SASL PLAIN` stands in `SASL LOGIN PLAIN`.
        (Some(listed), Some((keyword, argument))) => listed.iter().any(|line| {
            let mut words = line.split(' ');
            words.next() == Some(keyword) && words.any(|word| word == argument)
        }),
    }
}

/// The message of PLAIN (RFC 4616 section 2), in base64.
fn plain(account: &Account) -> String {
    BASE64.encode(format!("\0{}\0{}", account.user, account.password.reveal()))
}

/// Brings a fresh connection to `state`, with `mailbox` selected where that asks for one.
///
/// # Errors
/// If the server refuses.
pub(crate) async fn bring_to(
    bench: &Bench,
    link: &mut Link,
    account: &Account,
    state: GivenState,
    mailbox: &[u8],
) -> Result<(), Refusal> {
    if state == GivenState::Connected {
        return Ok(());
    }
    greeting(bench, link).await?;
    log_in(bench, link, account).await?;
    let verb = match state {
        GivenState::Selected => "SELECT ",
        GivenState::Examined => "EXAMINE ",
        GivenState::Connected | GivenState::Authenticated => return Ok(()),
    };
    let mut segments = vec![Segment::Octets(verb.into())];
    push_astring(&mut segments, mailbox);
    must(bench, link, &segments, &[]).await.map(drop)
}

/// Appends text to a command.
pub(crate) fn push(segments: &mut Vec<Segment>, octets: &[u8]) {
    match segments.last_mut() {
        Some(Segment::Octets(last)) => last.extend_from_slice(octets),
        _ => segments.push(Segment::Octets(octets.to_vec())),
    }
}

/// Appends an astring to a command: quoted, or a literal where only that will do.
pub(crate) fn push_astring(segments: &mut Vec<Segment>, value: &[u8]) {
    match crate::imap::command::quoted(value) {
        Some(quoted) => push(segments, &quoted),
        None => segments.push(Segment::SynchronizingLiteral(value.to_vec())),
    }
}
