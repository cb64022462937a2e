//! What a run tells its sinks.

use std::{sync::Arc, time::Duration};

use crate::check::{verdict::Outcome, waivers::Complaint};

/// One event of a run, in the order of time.
#[derive(Debug)]
pub enum Event {
    /// The target is known and answers.
    Started {
        /// Its name, and where it listens.
        target: String,
        /// How many results are to come.
        planned: usize,
    },
    /// A scenario or row begins.
    Begun {
        /// Its id.
        id: String,
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
