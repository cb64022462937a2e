//! How a server is started, stopped and killed.

use serde::Deserialize;

/// Commands that start, stop and kill the server: a program and its arguments each, run without a shell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// Starts it. The server is taken to be up once it greets.
    pub start: Vec<String>,
    /// Stops it in good order; ended when the server has ended.
    #[serde(default)]
    pub stop: Vec<String>,
    /// Ends it without warning, as `kill -9` does.
    #[serde(default)]
    pub kill: Vec<String>,
}

impl Control {
    /// Whether the server can be stopped in good order and started.
    #[must_use]
    pub fn can_restart(&self) -> bool {
        !self.start.is_empty() && !self.stop.is_empty()
    }

    /// Whether the server can be killed and started.
    #[must_use]
    pub fn can_kill(&self) -> bool {
        !self.start.is_empty() && !self.kill.is_empty()
    }
}
