//! Brings a session to the state that a talk begins in.

use super::{
    bench::Bench,
    client::{Refusal, command, greeting, must},
};
use crate::{
    net::Link,
    scenario::{
        evaluate::Segment,
        program::{GivenState, Protocol},
    },
    target::Account,
};

/// Logs in.
///
/// # Errors
/// If the server refuses.
pub(crate) async fn log_in(bench: &Bench, link: &mut Link, account: &Account) -> Result<(), Refusal> {
    let password = account.password.reveal();
    let secrets = [password];
    match link.session().protocol() {
        Protocol::Imap => {
            let mut segments = vec![Segment::Octets(b"LOGIN ".to_vec())];
            push_astring(&mut segments, account.user.as_bytes());
            push(&mut segments, b" ");
            push_astring(&mut segments, password.as_bytes());
            must(bench, link, &segments, &secrets).await?;
        }
        Protocol::Pop3 => {
            command(bench, link, &format!("USER {}", account.user)).await?;
            must(bench, link, &[Segment::Octets(format!("PASS {password}").into_bytes())], &secrets).await?;
        }
    }
    Ok(())
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
