//! `mailspec schema`

use clap::{Args, ValueEnum};

use super::{Failure, Output};
use crate::check::exit::Exit;
use crate::scenario::schema;

/// Print the JSON schema of a file that people write, for editors
#[derive(Debug, Args)]
#[command(long_about = "\
Print the JSON schema of a file that people write. Editors that know it complete keys and mark mistakes.")]
pub(super) struct Arguments {
    /// Which file
    #[arg(value_enum, default_value = "scenario")]
    file: File,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum File {
    /// A file of scenarios
    Scenario,
}

impl Arguments {
    pub(super) fn run(&self, output: &mut Output) -> Result<Exit, Failure> {
        match self.file {
            File::Scenario => output.line(schema::json()),
        }
        Ok(Exit::Expected)
    }
}
