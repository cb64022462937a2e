//! Medians and ratios, as a table in Markdown.

use std::io::{self, Write};

use crate::case::{Case, Sample};

/// The medians of one case.
pub(crate) struct Row {
    name: &'static str,
    goal: f64,
    /// Of the reference server, and of Dovecot if that was measured.
    results: Vec<Medians>,
    /// By how much Dovecot's processor time exceeds the reference server's: the median over the rounds.
    ratio: Option<f64>,
}

struct Medians {
    /// Microseconds of processor time.
    processor: f64,
    per_second: f64,
}

impl Row {
    /// `samples` by contender and round.
    pub(crate) fn new(case: &Case, samples: &[Vec<Sample>]) -> Self {
        let results = samples.iter().map(|samples| Medians {
            processor: median(samples.iter().map(processor).collect()),
            per_second: median(samples.iter().map(per_second).collect()),
        });
        let ratio = match samples {
            [ours, theirs] => Some(median(
                ours.iter().zip(theirs).map(|(ours, theirs)| processor(theirs) / processor(ours)).collect(),
            )),
            _ => None,
        };
        Self { name: case.name, goal: case.goal, results: results.collect(), ratio }
    }
}

/// Prints the rows, one line each.
pub(crate) fn print(rows: &[Row], out: &mut impl Write) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "| case | reference server: CPU µs per command | Dovecot: CPU µs per command | ratio | goal | reference server: commands per second | Dovecot: commands per second |"
    )?;
    writeln!(out, "| --- | ---: | ---: | ---: | ---: | ---: | ---: |")?;
    for Row { name, goal, results, ratio } in rows {
        let processor = |index: usize| {
            results.get(index).map_or("-".to_owned(), |medians| format!("{:.1}", medians.processor))
        };
        let per_second = |index: usize| {
            results.get(index).map_or("-".to_owned(), |medians| format!("{:.0}", medians.per_second))
        };
        let ratio = ratio.map_or("-".to_owned(), |ratio| format!("{ratio:.1}"));
        writeln!(
            out,
            "| {name} | {} | {} | {ratio} | {goal:.0} | {} | {} |",
            processor(0),
            processor(1),
            per_second(0),
            per_second(1)
        )?;
    }
    writeln!(out)
}

/// Microseconds of processor time per command.
fn processor(sample: &Sample) -> f64 {
    sample.processor.as_secs_f64() * 1e6 / f64::from(sample.commands)
}

fn per_second(sample: &Sample) -> f64 {
    f64::from(sample.commands) / sample.elapsed.as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}
