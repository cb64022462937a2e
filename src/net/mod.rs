//! Drives sessions over a transport: TCP, TLS or a pipe in memory, with one clock that can be virtual.
//!
//! Virtual time is tokio's paused clock on a current-thread runtime: when every task waits, time jumps to the next deadline.

mod clock;
mod connector;
mod link;
pub mod tls;

pub use clock::Clock;
pub use connector::{ConnectError, Connector, Pipes};
pub use link::{Heard, Link};

use tokio::io::{AsyncRead, AsyncWrite};

/// A transport: TCP, TLS, or a pipe in memory.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Any transport.
pub type BoxStream = Box<dyn Stream>;
