//! The bundled reference server: POP3 (RFC 1939) and IMAP4rev1 (RFC 3501) over one store in memory.
//!
//! [`store`] holds accounts, mailboxes and what each session has yet to be told; [`auth`] says who a client is.

pub mod auth;
pub mod cli;
pub mod clock;
pub mod config;
pub mod net;
pub mod pop3;
pub mod store;
