//! From sockets and pipes to sessions.
//!
//! A [`Server`] accepts connections over TCP, over TLS and in memory, and drives a session on each. A session is generic
//! over its [`Transport`]; it gets a [`Connection`], which holds what it shares with others and what it must keep
//! over an upgrade, and ends with an [`Outcome`]. When that asks for an upgrade (STLS, STARTTLS), the handshake happens
//! here and the session starts again over the encrypted stream: nothing that it has read or learnt before survives.

mod connection;
mod drive;
mod line;
mod output;
mod receive;
mod server;
mod service;
mod threads;
mod tls;

#[cfg(test)]
mod tests;

pub(crate) use line::{Line, crlf, take_all_but_cr};
pub(crate) use output::Output;
pub(crate) use receive::receive;

pub use connection::{Connection, Outcome, Shared, Transport};
pub use server::{Server, StartError};
pub use service::{Protocol, Service};
pub use tls::TlsError;
