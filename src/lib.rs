//! mailspec: conformance suite and load harness for mail retrieval servers.
pub mod scenario;
