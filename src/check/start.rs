//! From a target to a run: the runtime, the connector, the bundled server.

use std::{sync::Arc, time::Duration};

use reference_server::{
    config::Config,
    net::{Server, StartError},
};

use super::{
    bench::Bench,
    run::{self, Unreachable},
    select::Selected,
};
use crate::{
    clauses::Catalogue,
    net::{Connector, tls::TlsError},
    report::Sink,
    target::{Reach, Target},
};

/// What to run, and on what.
pub struct Plan {
    /// The server under test.
    pub target: Target,
    /// The clauses.
    pub catalogue: Arc<Catalogue>,
    /// The scenarios and rows.
    pub selected: Vec<Selected>,
    /// How many run at a time; as many as the accounts allow where it is not said.
    pub jobs: Option<usize>,
    /// How long an answer may take.
    pub timeout: Duration,
}

/// A run can't begin.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// No runtime.
    #[error("can't start: {0}")]
    Runtime(#[from] std::io::Error),
    /// The bundled server.
    #[error("the bundled server can't start: {0}")]
    Bundled(#[from] StartError),
    /// TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The target.
    #[error("the target can't be used: {0}")]
    Unreachable(#[from] Unreachable),
}

impl Plan {
    /// Runs it to its end and tells `sink` of it. The bundled server is reached through pipes in memory, in virtual time.
    ///
    /// # Errors
    /// If the run can't begin.
    pub fn carry_out(self, sink: &mut dyn Sink) -> Result<(), CheckError> {
        let bundled = self.target.reach == Reach::Bundled;
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().start_paused(bundled).build()?;
        runtime.block_on(async {
            let connector = if bundled {
                Connector::to_bundled(Server::in_process(self.config())?)?
            } else {
                Connector::to(&self.target)?
            };
            let jobs = self.jobs.unwrap_or(self.target.accounts.len());
            let mut bench = Bench::new(self.target, connector, self.catalogue, self.timeout);
            run::examine(&mut bench).await?;
            run::run(&bench, &self.selected, jobs, sink).await;
            Ok(())
        })
    }

    fn config(&self) -> Config {
        let accounts = self.target.accounts.iter();
        accounts
            .fold(Config::default(), |config, account| config.user(&account.user, account.password.reveal()))
    }
}
