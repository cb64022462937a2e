//! The command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    mailspec::cli::main().into()
}
