//! One conversation without I/O: octets and time in, octets and events out.

pub mod state;
pub mod transcript;

/// A moment: the time since the run began.
pub type Time = std::time::Duration;
