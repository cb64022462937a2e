//! Sends a command and awaits its answer.

use tokio::time::Instant;

use super::{bench::Bench, credentials};
use crate::{
    net::{Heard, Link},
    scenario::{evaluate::Segment, program::Protocol},
    session::{Closed, Command, EndStatus, ExchangeId},
};

/// A command has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Trouble {
    /// Nothing came in the time allowed.
    #[error("{0} is not answered within the time allowed")]
    Silence(String),
    /// The connection has ended first.
    #[error("the connection ends before {0} is answered")]
    Ended(String),
    /// No greeting in the time allowed.
    #[error("no greeting comes within the time allowed")]
    NoGreeting,
    /// The connection has ended first.
    #[error("the connection ends before the greeting")]
    EndedUngreeted,
    /// What comes can't be told apart any more; why.
    #[error("{0}")]
    Unframed(String),
}

impl Trouble {
    /// The connection has ended before `what` was answered.
    fn ended(link: &Link, what: String) -> Self {
        match link.session().closed() {
            Some(Closed::Unframed(why)) => Self::Unframed(why.clone()),
            _ => Self::Ended(what),
        }
    }
}

/// A command that a set-up needs was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// NO, BAD, or `-ERR`.
    #[error("{command} is refused: {answer}")]
    Refused {
        /// The command.
        command: String,
        /// The line that refused it.
        answer: String,
    },
    /// No answer.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// No connection.
    #[error("{0}")]
    NotConnected(String),
}

/// Sends a command of these segments and opens its exchange. Synchronizing literals are sent once the server invites them;
/// a refusal instead ends the exchange, and nothing more is sent.
///
/// # Errors
/// If no invitation comes.
pub(crate) async fn send(
    bench: &Bench,
    link: &mut Link,
    segments: &[Segment],
    label: Option<&str>,
    secrets: &[&str],
) -> Result<ExchangeId, Trouble> {
    let head = match segments.first() {
        Some(Segment::Octets(octets)) => octets.as_slice(),
        _ => &[],
    };
    let command = Command::of(head);
    let name = command.name.clone();
    let exchange = link.open(command, label);
    bench.count_command();
    let mut line = Vec::new();
    if link.session().protocol() == Protocol::Imap {
        line.extend_from_slice(link.session().exchange(exchange).tag.as_bytes());
        line.push(b' ');
    }
    // The initial response of a SASL exchange tells the password (RFC 4959, RFC 5034).
    let sasl = matches!(name.as_str(), "AUTHENTICATE" | "AUTH").then(|| initial_response(head)).flatten();
    let secrets: Vec<&str> = secrets.iter().copied().chain(sasl).collect();
    for (index, segment) in segments.iter().enumerate() {
        match segment {
            Segment::Octets(octets) => {
                line.extend_from_slice(octets);
                if index > 0 {
                    link.session_mut().extend(exchange, octets);
                }
            }
            Segment::SynchronizingLiteral(content) => {
                let header = format!("{{{}}}\r\n", content.len());
                line.extend_from_slice(header.as_bytes());
                queue(link, &std::mem::take(&mut line), &secrets);
                let deadline = bench.deadline(&name);
                if !invited(link, exchange, deadline).await? {
                    return Ok(exchange);
                }
                line.extend_from_slice(content);
                let session = link.session_mut();
                session.extend(exchange, header.as_bytes());
                session.extend(exchange, content);
            }
            // A tag of its own belongs to raw octets only.
            Segment::Tag => {}
        }
    }
    line.extend_from_slice(b"\r\n");
    queue(link, &line, &secrets);
    Ok(exchange)
}

/// The third word of `AUTHENTICATE PLAIN response`.
fn initial_response(command: &[u8]) -> Option<&str> {
    std::str::from_utf8(command).ok()?.split_whitespace().nth(2)
}

/// Queues octets; the transcript shows `***` for secrets.
pub(crate) fn queue(link: &mut Link, octets: &[u8], secrets: &[&str]) {
    let mut shown = credentials::hidden(link.session().protocol(), octets);
    for secret in secrets.iter().filter(|secret| secret.len() > 2) {
        let mut from = 0;
        while let Some(found) = memchr::memmem::find(&shown[from..], secret.as_bytes()) {
            let at = from + found;
            shown.to_mut().splice(at..at + secret.len(), *b"***");
            from = at + 3;
        }
    }
    link.queue(octets, &shown);
}

/// Waits for `+`. False: the exchange has ended instead.
async fn invited(link: &mut Link, exchange: ExchangeId, deadline: Instant) -> Result<bool, Trouble> {
    let before = link.session().continuations();
    let name = || "the literal".to_owned();
    loop {
        if link.session().exchange(exchange).end.is_some() {
            return Ok(false);
        }
        if link.session().continuations() > before {
            return Ok(true);
        }
        match link.hear(deadline).await {
            Heard::Octets => {}
            Heard::End => return Err(Trouble::ended(link, name())),
            Heard::Silence => return Err(Trouble::Silence(name())),
        }
    }
}

/// Awaits the end of an exchange.
///
/// # Errors
/// If it does not come.
pub(crate) async fn complete(
    bench: &Bench,
    link: &mut Link,
    exchange: ExchangeId,
) -> Result<EndStatus, Trouble> {
    let patience = bench.patience(&link.session().exchange(exchange).command.name);
    if link.has_queued() {
        link.flush(Instant::now() + patience).await;
    }
    // The server's time begins when it has been told everything.
    let deadline = Instant::now() + patience;
    loop {
        let open = link.session().exchange(exchange);
        if let Some(end) = open.end {
            return Ok(end.status);
        }
        let name = open.command.name.clone();
        match link.hear(deadline).await {
            Heard::Octets => {}
            Heard::End => return Err(Trouble::ended(link, name)),
            Heard::Silence => return Err(Trouble::Silence(name)),
        }
    }
}

/// Awaits the greeting.
///
/// # Errors
/// If it does not come, or refuses the connection.
pub(crate) async fn greeting(bench: &Bench, link: &mut Link) -> Result<(), Refusal> {
    let deadline = Instant::now() + bench.timeout;
    while !link.session().is_greeted() {
        match link.hear(deadline).await {
            Heard::Octets => {}
            Heard::End => {
                return Err(match Trouble::ended(link, String::new()) {
                    Trouble::Ended(_) => Trouble::EndedUngreeted.into(),
                    unframed => unframed.into(),
                });
            }
            Heard::Silence => return Err(Trouble::NoGreeting.into()),
        }
    }
    let refused = link.session().said_bye()
        || link.session().lines().first().is_some_and(|line| {
            line.pop3().is_some_and(|reply| reply.indicator != crate::pop3::Indicator::Ok)
        });
    if refused { Err(refusal(link, "the connection", 0)) } else { Ok(()) }
}

/// Sends a command that must succeed.
///
/// # Errors
/// If it is refused or not answered.
pub(crate) async fn must(
    bench: &Bench,
    link: &mut Link,
    segments: &[Segment],
    secrets: &[&str],
) -> Result<ExchangeId, Refusal> {
    let exchange = send(bench, link, segments, None, secrets).await?;
    must_end(bench, link, exchange).await
}

/// Sends a command that begins a SASL exchange, and the response to the one challenge.
///
/// # Errors
/// If no challenge comes. One that is refused at once is for [`must_end`] to tell.
pub(crate) async fn invite(
    bench: &Bench,
    link: &mut Link,
    segments: &[Segment],
    response: &[u8],
    secrets: &[&str],
) -> Result<ExchangeId, Trouble> {
    let exchange = send(bench, link, segments, None, secrets).await?;
    let deadline = bench.deadline(&link.session().exchange(exchange).command.name);
    if invited(link, exchange, deadline).await? {
        queue(link, &[response, b"\r\n"].concat(), secrets);
    }
    Ok(exchange)
}

/// Awaits the end of an exchange that must succeed.
///
/// # Errors
/// If it is refused or not answered.
pub(crate) async fn must_end(
    bench: &Bench,
    link: &mut Link,
    exchange: ExchangeId,
) -> Result<ExchangeId, Refusal> {
    match complete(bench, link, exchange).await? {
        EndStatus::Ok => Ok(exchange),
        EndStatus::No | EndStatus::Bad => {
            let command = link.session().exchange(exchange).command.name.clone();
            let line = link.session().exchange(exchange).end.map_or(0, |end| end.line);
            Err(refusal(link, &command, line))
        }
    }
}

/// Sends a command given as text that must succeed.
///
/// # Errors
/// If it is refused or not answered.
pub(crate) async fn command(bench: &Bench, link: &mut Link, text: &str) -> Result<ExchangeId, Refusal> {
    must(bench, link, &[Segment::Octets(text.as_bytes().to_vec())], &[]).await
}

fn refusal(link: &Link, command: &str, line: usize) -> Refusal {
    let answer = link.session().lines().get(line).map_or_else(String::new, |line| {
        let mut shown = String::new();
        crate::fault::escape(line.text(), &mut shown);
        shown
    });
    Refusal::Refused { command: command.to_owned(), answer }
}
