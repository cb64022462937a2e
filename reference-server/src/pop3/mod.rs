//! The POP3 side (RFC 1939), with CAPA (RFC 2449), STLS (RFC 2595), AUTH (RFC 5034), response codes (RFC 3206), and UTF8
//! and LANG (RFC 6856). [`Capabilities`] can hide each of them.
//!
//! What comes in passes four seams: a line becomes a `command::Command`, the `session::Session` carries it out on
//! the maildrop, what it has to say is a `reply::Reply`, and the `wire::Wire` sends that as octets.

mod authorization;
mod capabilities;
pub(crate) mod command;
mod language;
mod message_text;
pub(crate) mod reply;
mod session;
mod transaction;
mod update;
mod wire;

#[cfg(test)]
mod tests;

use std::io;

use tokio::time::{sleep, timeout};

use crate::net::{Connection, Outcome, Transport};
use reply::Reply;
use session::{Next, Session, Step};
use wire::Wire;

pub use capabilities::{Capabilities, Capability, UnknownCapability};

/// Serves one session over `stream`. Whatever ends it except QUIT removes no message (RFC 1939 section 6).
pub async fn serve<T: Transport>(stream: T, connection: &mut Connection) -> Outcome<T> {
    let mut wire = Wire::of(stream, connection);
    match converse(&mut wire, connection).await {
        Ok(End::Upgrade) => {
            connection.leave_behind(wire.untaken());
            Outcome::Upgrade(wire.into_stream())
        }
        // A peer that is gone needs no more than one that has said goodbye.
        Ok(End::Closed) | Err(_) => Outcome::Closed(wire.into_stream()),
    }
}

/// Parses a command, for the fuzzer.
#[cfg(fuzzing)]
pub fn fuzz_command(octets: &[u8]) {
    let _ = command::Command::parse(octets, &Capabilities::default());
}

enum End {
    Closed,
    Upgrade,
}

async fn converse<T: Transport>(wire: &mut Wire<T>, connection: &mut Connection) -> io::Result<End> {
    let timeouts = connection.shared.config.timeouts;
    let mut session = Session::new(connection);
    if let Some(greeting) = session.greeting() {
        send(wire, &greeting, &session).await?;
    }
    loop {
        let line = tokio::select! {
            // The autologout timer (RFC 1939 section 3): only a complete command restarts it, and nothing is said.
            line = timeout(timeouts.pop3, wire.line(session.line_limit())) => line??,
            () = session.server_closing() => return Ok(End::Closed),
        };
        let Some(line) = line else {
            return Ok(End::Closed);
        };
        let Step { reply, slowly, next } = session.receive(&line);
        wire.speak_when_settled(session.ledger());
        if slowly {
            wire.flush().await?;
            sleep(timeouts.failed_login).await;
        }
        send(wire, &reply, &session).await?;
        match next {
            Next::Command => {}
            Next::Close => return timeout(timeouts.pop3, wire.flush()).await?.map(|()| End::Closed),
            Next::Upgrade => return timeout(timeouts.pop3, wire.flush()).await?.map(|()| End::Upgrade),
        }
    }
}

/// Sends a reply, a piece at a time: a client that stops reading is logged out like one that stops writing.
async fn send<T: Transport>(wire: &mut Wire<T>, reply: &Reply, session: &Session<'_>) -> io::Result<()> {
    if let Some(seams) = session.seams() {
        wire.output().extend(seams.octets(reply));
        return timeout(session.autologout(), wire.drain()).await?;
    }
    let mut octets = reply.octets();
    while octets.fill(wire.output()) {
        timeout(session.autologout(), wire.drain()).await??;
    }
    Ok(())
}
