//! mailspec: conformance suite and load harness for mail retrieval servers.
//!
//! # A map for newcomers
//!
//! The way of `mailspec check`, and where each step of it lives:
//!
//! 1. [`cli`] turns arguments into one call, and its result into the exit code.
//! 2. [`clauses`] reads the catalogue of what the RFCs demand, [`scenario`] compiles the files of scenarios (their language is told in
//!    `docs/scenario-language.md`), and [`fixtures`] has the messages that they name. All three are [`embedded`] in the program.
//! 3. [`target`] is the server under test: addresses, accounts, ways of delivery.
//! 4. [`check`] selects scenarios, runs several at a time, each with an account or mailbox on loan, and gives verdicts.
//! 5. [`net`] carries octets between the server and a [`session`], which is one conversation without I/O. [`imap`] and [`pop3`] are the
//!    grammars with which the session reads what the server says.
//! 6. [`watch`] looks on in every session: the rules that hold of every response.
//! 7. [`report`] takes the events of the run and shows them.
//!
//! [`load`] drives the same sessions by the thousand, by scripts in the same language, and measures.
//!
//! Beside the way: [`oracle`] is the harness's own SEARCH, [`inflow`] holds what has arrived and is not yet read, [`fault`] is how grammars and rules tell what is wrong with some octets,
//! [`document`] how mistakes in YAML files are told, and [`nearest`] finds what a mistyped name may have meant.
//!
//! Dependencies point one way, from the command line down to the grammars; [`imap`] and [`pop3`] know nothing of sockets, nor of each
//! other. The bundled server is a package of its own, `reference-server`, and shares no protocol code with this one, so that an error
//! in one can't hide an error in the other.

pub mod check;
pub mod clauses;
pub mod cli;
pub mod document;
pub mod embedded;
pub mod fault;
pub mod faults;
pub mod fixtures;
pub mod imap;
pub mod inflow;
pub mod load;
pub mod nearest;
pub mod net;
pub mod oracle;
pub mod pop3;
pub mod report;
pub mod scenario;
pub mod session;
pub mod target;
pub mod watch;
