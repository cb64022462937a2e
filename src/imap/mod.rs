//! The harness's own grammar of IMAP4rev1 responses (RFC 3501 sections 2.2, 4, 7 and 9), and what it needs to write commands.
//!
//! [`frame`] cuts the stream into responses, [`node`] and [`response`] read each one, forgiving what can be understood, and
//! [`grammar`] tells every breach of the rules, clause by clause. [`sequence_set`] and [`mailbox_name`] say which messages and
//! which mailbox are meant. Nothing here does I/O, and everything points into the frame's octets instead of copying them.

pub mod command;
pub mod frame;
pub mod grammar;
pub mod mailbox_name;
pub mod node;
pub mod response;
pub mod sequence_set;

pub use frame::{Frame, FrameError, Framer, Limits, Literal};
pub use node::{Node, NodeKind};
pub use response::{Code, FetchItem, Kind, Response, Status, Text};
