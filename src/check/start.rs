//! From a target to a run: the runtime, the connector, the bundled server.

use std::{collections::BTreeMap, future::pending, num::NonZeroU32, sync::Arc, time::Duration};

use reference_server::{
    config::Config,
    faults::Faults,
    net::{Server, StartError},
};
use tokio::runtime::{Builder, Runtime};

use super::{
    bench::Bench,
    exit::Require,
    obstacle::reason_not_to,
    probe::Facts,
    run::{self, Unreachable},
    select::{Selected, row_id},
    waivers::Waivers,
};
use crate::{
    clauses::Catalogue,
    net::{Connector, Pipes, tls::TlsError},
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
    /// Failures that are expected.
    pub waivers: Waivers,
    /// How many run at a time; as many as the accounts allow where it is not said.
    pub jobs: Option<usize>,
    /// How long an answer may take.
    pub timeout: Duration,
    /// How the run is conducted otherwise.
    pub conduct: Conduct,
}

/// How a run is conducted, where that is not as usual.
#[derive(Debug, Clone, Copy)]
pub struct Conduct {
    /// What fails the run.
    pub require: Require,
    /// Begin nothing more once something fails the run.
    pub fail_fast: bool,
    /// How often each scenario runs; at least once.
    pub rounds: NonZeroU32,
    /// How long the answers to logging in and out may take; as long as is usual where it is not said.
    pub login_timeout: Option<Duration>,
    /// Tell of each line as it is said, and run one scenario at a time.
    pub live: bool,
}

impl Default for Conduct {
    fn default() -> Self {
        Self {
            require: Require::Must,
            fail_fast: false,
            rounds: NonZeroU32::MIN,
            login_timeout: None,
            live: false,
        }
    }
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
        self.carry_out_until(pending(), sink)
    }

    /// As [`carry_out`](Self::carry_out), but ends the run early once `stop` ends, which says why.
    ///
    /// # Errors
    /// If the run can't begin.
    pub fn carry_out_until(
        self,
        stop: impl Future<Output = String>,
        sink: &mut dyn Sink,
    ) -> Result<(), CheckError> {
        self.runtime()?.block_on(async {
            let connector = self.connector()?;
            self.carry_out_over(connector, None, stop, sink).await
        })
    }

    /// Runs it on the bundled server, whatever the target says, with faults, in virtual time. What is `known` of it stands in for what it
    /// does not tell.
    ///
    /// # Errors
    /// If the run can't begin.
    pub fn carry_out_with_faults(
        self,
        faults: Faults,
        known: &Facts,
        sink: &mut dyn Sink,
    ) -> Result<(), CheckError> {
        runtime(true)?.block_on(async {
            let config = Config { faults: Some(faults), ..self.config() };
            let connector = Connector::to_bundled(Server::in_process(config)?)?;
            self.carry_out_over(connector, Some(known), pending(), sink).await
        })
    }

    /// What the target says of itself.
    ///
    /// # Errors
    /// If it can't be asked.
    pub fn facts(self) -> Result<Facts, CheckError> {
        self.runtime()?.block_on(async {
            let connector = self.connector()?;
            let (bench, _) = self.bench(connector, None).await?;
            Ok(bench.facts)
        })
    }

    /// Runs it on another server in this process than the target says, in virtual time.
    ///
    /// # Errors
    /// If the run can't begin.
    pub fn carry_out_through(self, pipes: Pipes, sink: &mut dyn Sink) -> Result<(), CheckError> {
        let connector = Connector::through(pipes, &self.target)?;
        runtime(true)?.block_on(self.carry_out_over(connector, None, pending(), sink))
    }

    async fn carry_out_over(
        self,
        connector: Connector,
        known: Option<&Facts>,
        stop: impl Future<Output = String>,
        sink: &mut dyn Sink,
    ) -> Result<(), CheckError> {
        let jobs = if self.conduct.live { 1 } else { self.jobs.unwrap_or(self.target.accounts.len()) };
        let (waivers, conduct) = (self.waivers.clone(), self.conduct);
        let (mut bench, selected) = self.bench(connector, known).await?;
        run::run(&mut bench, &selected, &waivers, jobs, conduct, stop, sink).await;
        Ok(())
    }

    /// What of the selected would not run on this target, by id, and why.
    ///
    /// # Errors
    /// If the target can't be asked.
    pub fn would_not_run(self) -> Result<BTreeMap<String, String>, CheckError> {
        self.runtime()?.block_on(async {
            let connector = self.connector()?;
            let (bench, selected) = self.bench(connector, None).await?;
            let rows = selected.iter().flat_map(|one| one.rows.iter().map(move |&row| (&one.scenario, row)));
            let reasons = rows.filter_map(|(scenario, row)| {
                let (verdict, reason) = reason_not_to(&bench, scenario, &scenario.rows[row])?;
                Some((row_id(scenario, row), format!("{}: {reason}", verdict.name())))
            });
            Ok(reasons.collect())
        })
    }

    /// Time is virtual where the server is in this process.
    fn runtime(&self) -> Result<Runtime, CheckError> {
        runtime(self.target.reach == Reach::Bundled)
    }

    fn connector(&self) -> Result<Connector, CheckError> {
        Ok(match self.target.reach {
            Reach::Bundled => Connector::to_bundled(Server::in_process(self.config())?)?,
            Reach::Network(_) => Connector::to(&self.target)?,
        })
    }

    async fn bench(
        self,
        connector: Connector,
        known: Option<&Facts>,
    ) -> Result<(Bench, Vec<Selected>), CheckError> {
        let mut bench = Bench::new(self.target, connector, self.catalogue, self.timeout);
        if let Some(login_timeout) = self.conduct.login_timeout {
            bench.login_timeout = login_timeout;
        }
        match (run::examine(&mut bench).await, known) {
            (Ok(()), _) => {}
            (Err(_), Some(known)) => bench.facts = known.clone(),
            (Err(unreachable), None) => return Err(unreachable.into()),
        }
        Ok((bench, self.selected))
    }

    fn config(&self) -> Config {
        let accounts = self.target.accounts.iter();
        accounts
            .fold(Config::default(), |config, account| config.user(&account.user, account.password.reveal()))
    }
}

fn runtime(virtual_time: bool) -> Result<Runtime, CheckError> {
    Ok(Builder::new_current_thread().enable_all().start_paused(virtual_time).build()?)
}
