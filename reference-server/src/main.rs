//! The bundled reference server as a program of its own.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use reference_server::cli::{Arguments, RunError, run};

/// A POP3 and IMAP4rev1 server to test clients and test suites against.
#[derive(Parser)]
#[command(name = "mailspec-server", version)]
struct Command {
    #[command(flatten)]
    arguments: Arguments,
}

fn main() -> ExitCode {
    let Command { arguments } = Command::parse();
    // Sessions have threads of their own.
    let result = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(RunError::from)
        .and_then(|runtime| runtime.block_on(run(&arguments, &mut io::stdout())));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where standard error is closed, the exit code has to do.
            let _ = writeln!(io::stderr(), "mailspec-server: {error}");
            ExitCode::FAILURE
        }
    }
}
