//! mailspec: conformance suite and load harness for mail retrieval servers.

pub mod check;
pub mod clauses;
pub mod cli;
pub mod document;
pub mod embedded;
pub mod fault;
pub mod fixtures;
pub mod imap;
pub mod nearest;
pub mod net;
pub mod oracle;
pub mod pop3;
pub mod report;
pub mod scenario;
pub mod session;
pub mod target;
pub mod watch;
