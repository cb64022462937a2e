//! The harness's own grammar of POP3 replies (RFC 1939, RFC 2449).
//!
//! [`frame`] cuts the stream into replies, [`reply`] reads each one, and [`grammar`] tells every breach of the rules. Nothing here
//! does I/O.

pub mod frame;
pub mod grammar;
pub mod reply;

pub use frame::{Expect, Frame, FrameError, Framer, Limits};
pub use reply::{Indicator, Line, Reply};
