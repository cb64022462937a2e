//! `mailspec serve`

use clap::Args;
use reference_server::cli;

use super::{Failure, Output};
use crate::check::exit::Exit;

/// Run the bundled reference server
#[derive(Debug, Args)]
#[group(id = "serve")]
#[command(long_about = "\
Run the bundled reference server until Ctrl-C, for clients to be tested against. It keeps mail in \
memory, or with --data in a directory.")]
pub(super) struct Arguments {
    #[command(flatten)]
    server: cli::Arguments,
}

impl Arguments {
    pub(super) fn run(&self, output: &mut Output) -> Result<Exit, Failure> {
        // Sessions have threads of their own.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Failure::new(Exit::Errors, error))?;
        let served = runtime.block_on(cli::run(&self.server, &mut output.out));
        served.map(|()| Exit::Expected).map_err(|error| Failure::new(Exit::Errors, error))
    }
}
