//! Sinks of one event stream, each in its own file.

pub mod event;
