//! mailspec: conformance suite and load harness for mail retrieval servers.
