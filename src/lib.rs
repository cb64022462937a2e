//! mailspec: conformance suite and load harness for mail retrieval servers.

pub mod clauses;
pub mod embedded;
pub mod nearest;
pub mod scenario;
