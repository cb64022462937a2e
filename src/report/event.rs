//! What a run tells its sinks.

use std::{sync::Arc, time::Duration};

use crate::{
    check::{verdict::Outcome, waivers::Complaint},
    session::transcript::Entry,
};

/// One event of a run, in the order of time.
#[derive(Debug)]
pub enum Event {
    /// The target is known and answers.
    Started {
        /// Its name, and where it listens.
        target: String,
        /// What it is, by its profile and by its own words.
        server: Box<Server>,
        /// How many results are to come.
        planned: usize,
    },
    /// A scenario or row begins.
    Begun {
        /// Its id.
        id: String,
    },
    /// Something was said or happened on a session of what runs; only where the run was asked to tell.
    Said {
        /// The id of what runs.
        id: Arc<str>,
        /// What; secrets are masked.
        entry: Entry,
    },
    /// A scenario or row has ended.
    Ended(Arc<Outcome>),
    /// The run has ended.
    Finished {
        /// How long it took.
        took: Duration,
        /// How many commands were exchanged, those that prepare and tidy up among them.
        commands: u64,
        /// Why it ended before all had run, if it did.
        cut_short: Option<String>,
        /// Waivers that have lost their use.
        complaints: Vec<Complaint>,
    },
}

/// The server under test: what its profile says of it, and what it told of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Server {
    /// What its profile calls it.
    pub name: Option<String>,
    /// Where it listens: `imap://127.0.0.1:143`; empty for the bundled server.
    pub addresses: Vec<String>,
    /// How many accounts the run may use.
    pub accounts: usize,
    /// How mail gets in.
    pub delivery: &'static str,
    /// What it answers to ID (RFC 2971): names and values. POP3's IMPLEMENTATION (RFC 2449 section 6.9) is such a name.
    pub identity: Vec<(String, String)>,
    /// What it advertises in IMAP, before login or behind it.
    pub imap: Vec<String>,
    /// What it advertises in POP3.
    pub pop3: Vec<String>,
    /// The prefix of the personal namespace.
    pub prefix: String,
    /// The hierarchy delimiter, if there is one.
    pub delimiter: Option<String>,
}
