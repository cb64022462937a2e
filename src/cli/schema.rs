//! `mailspec schema`

use clap::{Args, ValueEnum};

use super::{Failure, Output};
use crate::check::exit::Exit;
use crate::load;
use crate::report::json;
use crate::scenario::schema;

/// Print the JSON schema of a file that people write, or of a report
#[derive(Debug, Args)]
#[command(long_about = "\
Print the JSON schema of a file that people write: editors that know it complete keys and mark mistakes. Or that of the \
json report of a run, for programs that read it.")]
pub(super) struct Arguments {
    /// Which file
    #[arg(value_enum, default_value = "scenario")]
    file: File,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum File {
    /// A file of scenarios
    Scenario,
    /// The json report of a run
    Report,
    /// The json report of a run of load
    LoadReport,
}

impl Arguments {
    pub(super) fn run(&self, output: &mut Output) -> Result<Exit, Failure> {
        match self.file {
            File::Scenario => output.line(schema::json()),
            File::Report => output.line(json::schema().trim_end()),
            File::LoadReport => output.line(load::report::json::schema().trim_end()),
        }
        Ok(Exit::Expected)
    }
}
