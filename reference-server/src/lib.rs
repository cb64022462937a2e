//! The bundled reference server: POP3 (RFC 1939) and IMAP4rev1 (RFC 3501) over one store in memory, and LMTP
//! (RFC 2033) for mail to come in.
//!
//! [`net`] drives a session of [`imap`], [`pop3`] or [`lmtp`] on each connection; [`auth`] says who a client is; [`store`] holds
//! accounts, mailboxes and what each session has yet to be told; [`message`] knows what mail looks like inside.

pub mod auth;
pub mod cli;
pub mod clock;
pub mod config;
pub mod faults;
pub mod imap;
pub mod lmtp;
pub mod message;
pub mod net;
pub mod pop3;
pub mod store;

/// Its examples are tests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/reference-server.md")]
#[doc = include_str!("../../docs/faults.md")]
struct Document;
