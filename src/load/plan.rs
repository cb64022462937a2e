//! What a run does: the workload, the target, how many sessions, for how long.

use std::{sync::Arc, time::Duration};

use super::{arrivals::Arrivals, gates::Gate, users::Users};
use crate::{
    scenario::{
        program::{Action, Program, every_action},
        workload::{Starts, Workload},
    },
    target::Target,
};

/// What to run, and on what.
#[derive(Debug)]
pub struct Plan {
    /// What sessions say.
    pub workload: Workload,
    /// The server.
    pub target: Target,
    /// Who logs in.
    pub users: Users,
    /// When sessions and commands start.
    pub model: Model,
    /// How long new ones are started.
    pub duration: Duration,
    /// How long an answer may take.
    pub timeout: Duration,
    /// Threads of the generator, each with a runtime and sessions of its own.
    pub threads: usize,
    /// What the run must reach.
    pub gates: Vec<Gate>,
    /// All that is left to chance follows from it.
    pub seed: u64,
}

/// When sessions and commands start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Model {
    /// So many sessions at a time; one that ends is followed by another, a command by the next once it is answered.
    Closed {
        /// How many.
        sessions: usize,
    },
    /// At planned moments, whatever the server does.
    Open {
        /// What is planned.
        starts: Starts,
        /// How many in a second.
        rate: f64,
        /// How they are spaced.
        arrivals: Arrivals,
        /// The most sessions at the same time; what finds none free waits, and counts from its planned moment.
        sessions: usize,
    },
}

impl Model {
    /// The most sessions at the same time.
    #[must_use]
    pub fn sessions(self) -> usize {
        match self {
            Self::Closed { sessions } | Self::Open { sessions, .. } => sessions,
        }
    }

    /// Does a planned moment begin one of these?
    #[must_use]
    pub fn plans(self, what: Starts) -> bool {
        matches!(self, Self::Open { starts, .. } if starts == what)
    }
}

/// A command of the workload: an index into [`CommandNames`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CommandIndex(pub usize);

/// What is measured, in the order in which it is shown.
#[derive(Debug, Clone)]
pub struct CommandNames(Arc<[Arc<str>]>);

/// From the start of a connection to its greeting.
pub const CONNECT: CommandIndex = CommandIndex(0);
/// A run of a script from its planned start to its end.
pub const SESSION: CommandIndex = CommandIndex(1);

/// The end of IDLE: from DONE to the tagged response.
const DONE: &str = "DONE";

impl CommandNames {
    /// The names of what the programs send.
    #[must_use]
    pub fn of<'p>(programs: impl IntoIterator<Item = &'p Program>) -> Self {
        let mut names: Vec<Arc<str>> = vec!["connect".into(), "session".into()];
        for action in programs.into_iter().flat_map(|program| every_action(&program.steps)) {
            let Action::Send(send) = action else { continue };
            let name = if send.command.is_empty() { DONE } else { &send.command };
            if !names.iter().any(|known| **known == *name) {
                names.push(name.into());
            }
        }
        Self(names.into())
    }

    /// With a command that the scripts do not name.
    #[must_use]
    pub fn with(self, name: Option<&str>) -> Self {
        let more = name.filter(|name| !self.0.iter().any(|known| **known == **name)).map(Arc::from);
        Self(self.0.iter().cloned().chain(more).collect())
    }

    /// The index of a command; of octets that are none, that of DONE.
    #[must_use]
    pub fn index(&self, command: &str) -> CommandIndex {
        let name = if command.is_empty() { DONE } else { command };
        // Every command of every script is known; what can't be is counted with the sessions.
        self.0.iter().position(|known| **known == *name).map_or(SESSION, CommandIndex)
    }

    /// Is there a command of this name, in whatever case?
    #[must_use]
    pub fn knows(&self, name: &str) -> bool {
        self.0.iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// The name of a command.
    #[must_use]
    pub fn name(&self, index: CommandIndex) -> &Arc<str> {
        &self.0[index.0]
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = (CommandIndex, &Arc<str>)> {
        self.0.iter().enumerate().map(|(index, name)| (CommandIndex(index), name))
    }
}
