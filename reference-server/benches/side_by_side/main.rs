//! The reference server and Dovecot side by side: commands per second, processor time per command, memory per session.
//!
//! ```sh
//! fixtures/servers/server install dovecot          # once; without it the reference server is measured alone
//! cargo bench -p reference-server                  # all cases
//! cargo bench -p reference-server -- noop search   # those whose name contains one of these words
//! ```
//!
//! Both servers run at the same time, each case goes to one and the other in turn, round by round, from the same client,
//! and what is printed are medians over the rounds. Processor time is that of all processes of a server, user and system.

mod case;
mod client;
mod mail;
mod memory;
mod process;
mod server;
mod table;

use std::io::{self, Write};
use std::time::Duration;

use clap::Parser;

use case::{Case, Sample};
use server::Contender;
use table::Row;

type Failure = Box<dyn std::error::Error>;

#[derive(Parser)]
struct Arguments {
    /// Measure the cases whose name contains one of these words
    words: Vec<String>,
    /// How often each server gets its turn
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How long a turn lasts, in seconds
    #[arg(long, default_value_t = 1.0)]
    seconds: f64,
    /// How many idle sessions the memory is measured with; 0 leaves it out
    #[arg(long, default_value_t = 2000)]
    idle: usize,
    /// Leave Dovecot out
    #[arg(long)]
    alone: bool,
    /// What cargo bench says; without it, as under `cargo test --benches`, nothing is measured
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    let mut out = io::stdout();
    if !arguments.bench {
        writeln!(out, "measures nothing unless it is run by cargo bench")?;
        return Ok(());
    }
    let wanted = |name: &str| {
        arguments.words.is_empty() || arguments.words.iter().any(|word| name.contains(word.as_str()))
    };
    let dovecot = if arguments.alone { Err("left out".into()) } else { server::dovecot() };
    let (durable, in_memory): (Vec<Case>, Vec<Case>) =
        case::all().into_iter().filter(|case| wanted(case.name)).partition(|case| case.durable);
    if let Err(why) = &dovecot {
        writeln!(out, "Dovecot is skipped: {why}\n")?;
    }
    let dovecot = dovecot.ok();

    let mut rows = Vec::new();
    if !in_memory.is_empty() || (wanted("idle") && arguments.idle > 0) {
        let reference = server::reference(None)?;
        let contenders: Vec<&Contender> = [&reference].into_iter().chain(&dovecot).collect();
        for case in &in_memory {
            rows.push(measure(case, &contenders, &arguments)?);
        }
        table::print(&rows, &mut out)?;
        if wanted("idle") && arguments.idle > 0 {
            memory::measure(&contenders, arguments.idle, &mut out)?;
        }
        rows.clear();
    }
    if !durable.is_empty() {
        match server::durable_reference()? {
            Some(reference) => {
                let contenders: Vec<&Contender> = [&reference].into_iter().chain(&dovecot).collect();
                for case in &durable {
                    rows.push(measure(case, &contenders, &arguments)?);
                }
                table::print(&rows, &mut out)?;
            }
            None => writeln!(out, "durable cases are skipped: the server knows no --data")?,
        }
    }
    Ok(())
}

/// Lets the contenders take turns; the order changes from round to round.
fn measure(case: &Case, contenders: &[&Contender], arguments: &Arguments) -> Result<Row, Failure> {
    let mut stages = Vec::new();
    for contender in contenders {
        stages.push(case.prepare(contender)?);
    }
    let turn = Duration::from_secs_f64(arguments.seconds);
    let mut samples: Vec<Vec<Sample>> = vec![Vec::new(); contenders.len()];
    for stage in &mut stages {
        // What is read or built once is not what is measured.
        stage.turn(turn / 4)?;
    }
    for round in 0..arguments.rounds {
        for index in 0..contenders.len() {
            let index = (index + round) % contenders.len();
            samples[index].push(stages[index].turn(turn)?);
        }
    }
    Ok(Row::new(case, &samples))
}
