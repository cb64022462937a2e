//! `mailspec compare`

use std::path::PathBuf;

use clap::Args;

use super::{Failure, Output};
use crate::{
    check::exit::Exit,
    load::{
        compare::{self, Named},
        report::json,
    },
};

/// Compare runs of load: what has changed, and whether it is more than noise
#[derive(Debug, Args)]
#[command(long_about = "\
Compare json reports of mailspec load, side by side: what has changed, and whether it is more than noise. With several runs of \
each side the noise is known.

  mailspec compare before.json after.json
  mailspec compare before1.json before2.json before3.json --to after1.json after2.json after3.json

Runs of different workloads, at different rates or with different numbers of sessions are refused, and runs that are not valid.")]
pub(super) struct Arguments {
    /// Reports of the first side; without --to two, one of each side
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Reports of the second side
    #[arg(long, value_name = "FILE", num_args = 1..)]
    to: Vec<PathBuf>,
}

impl Arguments {
    pub(super) fn run(&self, output: &mut Output) -> Result<Exit, Failure> {
        let (before, after) = match (&self.files[..], &self.to[..]) {
            ([before, after], []) => (std::slice::from_ref(before), std::slice::from_ref(after)),
            (_, []) => {
                return Err(Failure::usage(
                    "give two reports, or several of each side: A1.json A2.json --to B1.json B2.json",
                ));
            }
            (before, after) => (before, after),
        };
        let (before, after) = (read(before)?, read(after)?);
        compare::alike(before.iter().chain(&after)).map_err(Failure::usage)?;
        output.line(compare::render(&before, &after).trim_end());
        Ok(Exit::Expected)
    }
}

fn read(paths: &[PathBuf]) -> Result<Vec<Named>, Failure> {
    let one = |path: &PathBuf| {
        let name = path.display().to_string();
        let text =
            std::fs::read_to_string(path).map_err(|error| Failure::usage(format!("{name}: {error}")))?;
        let record = json::read(&text).map_err(|error| Failure::usage(format!("{name}: {error}")))?;
        match record.limits.first() {
            Some(limit) => {
                Err(Failure::usage(format!("{name} is not valid: {limit}; its figures are not the server's")))
            }
            None => Ok((name, record)),
        }
    };
    paths.iter().map(one).collect()
}
