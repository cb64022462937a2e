//! How mail comes in: LMTP (RFC 2033), with PIPELINING (RFC 2920), ENHANCEDSTATUSCODES (RFC 2034), 8BITMIME (RFC 6152)
//! and SIZE (RFC 1870).
//!
//! A line becomes a `command::Command`, the `session::Session` keeps the mail transaction, the `wire::Wire` reads lines
//! and messages, and `delivery` puts a message into the INBOX of each recipient, with a reply for each.

mod command;
mod delivery;
mod path;
mod reply;
mod session;
#[cfg(test)]
mod tests;
mod wire;

use std::io;

use tokio::time::timeout;

use crate::net::{Connection, Outcome, Transport};
use reply::Reply;
use session::{Next, Session};
use wire::Wire;

/// Serves one session over `stream`, from the greeting to the end.
pub async fn serve<T: Transport>(stream: T, connection: &mut Connection) -> Outcome<T> {
    let mut wire = Wire::new(stream);
    // A peer that is gone needs no more than one that has said goodbye.
    let _ = converse(&mut wire, connection).await;
    Outcome::Closed(wire.into_stream())
}

async fn converse<T: Transport>(wire: &mut Wire<T>, connection: &mut Connection) -> io::Result<()> {
    let limits = connection.shared.config.limits;
    let patience = connection.shared.config.timeouts.lmtp;
    let mut session = Session::new(connection);
    wire.queue(&session.greeting());
    loop {
        timeout(patience, wire.drain()).await??;
        let line = tokio::select! {
            line = timeout(patience, wire.line()) => line,
            () = session.server_closing() => return leave(wire, "4.3.2", "the server is shutting down").await,
        };
        let line = match line {
            Ok(line) => line?,
            Err(_) => return leave(wire, "4.4.2", "no command for too long").await,
        };
        let Some(line) = line else { return Ok(()) };
        let (reply, next) = session.receive(&line);
        wire.queue(&reply);
        match next {
            Next::Command => {}
            Next::Close => return timeout(patience, wire.flush()).await?,
            Next::Message => {
                timeout(patience, wire.flush()).await??;
                let message = tokio::select! {
                    message = wire.message(limits.message, patience) => message,
                    () = session.server_closing() => return leave(wire, "4.3.2", "the server is shutting down").await,
                };
                let message = match message {
                    Ok(message) => message,
                    Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                        return leave(wire, "4.4.2", "the message does not come").await;
                    }
                    Err(error) => return Err(error),
                };
                for reply in session.deliver(message).await {
                    wire.queue(&reply);
                }
            }
        }
    }
}

/// Says that the connection ends (RFC 5321 section 3.8), and ends it.
async fn leave<T: Transport>(wire: &mut Wire<T>, status: &'static str, why: &str) -> io::Result<()> {
    wire.queue(&Reply::new(421, status, why));
    wire.flush().await
}
