//! The command line: arguments become one call, and its result the exit code. One file per subcommand.

mod check;
mod clauses;
mod compare;
mod completions;
mod duration;
mod explain;
mod faults;
mod init;
mod load;
mod man;
mod matrix;
mod reports;
mod schema;
mod serve;
mod suite;

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use clap::{Parser, Subcommand};

use crate::check::exit::Exit;

/// Conformance suite and load harness for mail retrieval servers: POP3 (RFC 1939) and IMAP4rev1 (RFC 3501)
#[derive(Debug, Parser)]
#[command(name = "mailspec", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Never use colours; the environment variable NO_COLOR does the same
    #[arg(long, global = true, display_order = 900)]
    no_color: bool,
}

const EXIT_CODES: &str = "\
Exit codes: 0 all as expected, 1 violations, 2 usage or scenario error,
3 target unreachable or errors only, 4 nothing selected.";

#[derive(Debug, Subcommand)]
enum Command {
    Check(Box<check::Arguments>),
    Init(init::Arguments),
    Load(Box<load::Arguments>),
    Compare(compare::Arguments),
    Serve(Box<serve::Arguments>),
    Clauses(clauses::Arguments),
    Explain(explain::Arguments),
    Faults(faults::Arguments),
    Matrix(matrix::Arguments),
    Schema(schema::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

/// Why a command ends without having done its work.
#[derive(Debug)]
struct Failure {
    exit: Exit,
    message: String,
}

impl Failure {
    fn new(exit: Exit, message: impl Display) -> Self {
        Self { exit, message: format!("{message}") }
    }

    /// A mistake in what the user gave.
    fn usage(message: impl Display) -> Self {
        Self::new(Exit::Usage, message)
    }
}

/// Where a command writes, and how.
struct Output {
    out: AutoStream<io::StdoutLock<'static>>,
    colour: bool,
    /// Standard error is a terminal, on which progress can be drawn.
    live: bool,
}

impl Output {
    /// Writes a line. Nobody is left to be told when the reader of our output has gone.
    fn line(&mut self, text: impl Display) {
        let _ = writeln!(self.out, "{text}");
    }
}

/// Does what the command line asks for.
#[must_use]
pub fn main() -> Exit {
    let arguments = Arguments::parse();
    if arguments.no_color {
        ColorChoice::Never.write_global();
    }
    let colour = AutoStream::choice(&io::stdout()) != ColorChoice::Never;
    let choice = if colour { ColorChoice::Always } else { ColorChoice::Never };
    let out = AutoStream::new(io::stdout().lock(), choice);
    let mut output = Output { out, colour, live: io::stderr().is_terminal() };
    let result = match arguments.command {
        Command::Check(arguments) => arguments.run(&mut output),
        Command::Init(arguments) => arguments.run(&mut output),
        Command::Load(arguments) => arguments.run(&mut output),
        Command::Compare(arguments) => arguments.run(&mut output),
        Command::Serve(arguments) => arguments.run(&mut output),
        Command::Clauses(arguments) => arguments.run(&mut output),
        Command::Explain(arguments) => arguments.run(&mut output),
        Command::Faults(arguments) => arguments.run(&mut output),
        Command::Matrix(arguments) => arguments.run(&mut output),
        Command::Schema(arguments) => arguments.run(&mut output),
        Command::Completions(arguments) => arguments.run(&mut output),
        Command::Man(arguments) => arguments.run(&mut output),
    };
    let _ = output.out.flush();
    result.unwrap_or_else(|Failure { exit, message }| {
        // What already comes as a report on a file needs no introduction.
        let introduction = if message.starts_with("error") { "" } else { "error: " };
        let _ = writeln!(anstream::stderr(), "{introduction}{message}");
        exit
    })
}

/// A runtime for a look before the run.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::new(Exit::Errors, error))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        super::Arguments::command().debug_assert();
    }
}
