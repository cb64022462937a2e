//! Two sides of runs of one workload: what has changed, and whether that is more than noise.
//!
//! A side is one run or several. Its figure is the mean over its runs. If a side has several, the noise is known: both are taken to vary as
//! much, and the band is what the difference of the two means stays within in 95 of 100 cases if nothing has changed (Student's t with the pooled
//! variance).

use std::fmt::Write;

use super::report::{
    record::{Distribution, Measured, Record},
    timeline::real,
};

/// A figure that is compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Of what: `FETCH`, or `all commands`.
    pub command: String,
    /// Which: `p99`.
    pub figure: &'static str,
    /// The mean over the runs of one side.
    pub before: f64,
    /// And of the other.
    pub after: f64,
    /// How far apart the two may be by chance, where that is known.
    pub noise: Option<f64>,
}

impl Line {
    /// By how much of the first the second differs: 0.1 is 10 % more. None if the first is nothing.
    #[must_use]
    pub fn change(&self) -> Option<f64> {
        (self.before != 0.0).then(|| (self.after - self.before) / self.before)
    }

    /// Is it further apart than by chance? None if the noise is not known.
    #[must_use]
    pub fn differs(&self) -> Option<bool> {
        self.noise.map(|noise| (self.after - self.before).abs() > noise)
    }
}

/// Runs can't be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} can't be compared with {first}: {what} differs, {theirs} here and {ours} there")]
pub struct Unlike {
    /// The run that differs.
    pub name: String,
    /// From which.
    pub first: String,
    /// In what.
    pub what: &'static str,
    /// What the first has.
    pub ours: String,
    /// What the other has.
    pub theirs: String,
}

/// A run and the name of its file.
pub type Named = (String, Record);

/// Are all of them runs of one workload, at one rate or with as many sessions?
///
/// # Errors
/// Which is not, and in what it differs.
pub fn alike<'r>(runs: impl IntoIterator<Item = &'r Named>) -> Result<(), Unlike> {
    let mut runs = runs.into_iter();
    let Some((first, ours)) = runs.next() else { return Ok(()) };
    for (name, theirs) in runs {
        let facts = [
            ("the workload", &ours.workload.name, &theirs.workload.name),
            ("what the workload says (SHA-256)", &ours.workload.sha256, &theirs.workload.sha256),
            ("the model", &ours.model.description, &theirs.model.description),
        ];
        if let Some((what, ours, theirs)) = facts.into_iter().find(|(_, ours, theirs)| ours != theirs) {
            let (ours, theirs) = (ours.clone(), theirs.clone());
            return Err(Unlike { name: name.clone(), first: first.clone(), what, ours, theirs });
        }
    }
    Ok(())
}

/// What makes no comparison impossible, and yet may explain a change.
#[must_use]
pub fn differences(before: &[Named], after: &[Named]) -> Vec<String> {
    /// What it is called, and how it is read.
    type Fact = (&'static str, fn(&Record) -> String);
    let facts: [Fact; 5] = [
        ("the server", |run| run.target.clone()),
        ("how long it was to last", |run| format!("{} s", run.planned_s)),
        ("the threads of the generator", |run| run.generator.threads.to_string()),
        ("mailspec", |run| run.environment.mailspec.clone()),
        ("the machine", |run| format!("{} {}", run.environment.os, run.environment.arch)),
    ];
    let mut found = Vec::new();
    for (what, of) in facts {
        let values = |side: &[Named]| {
            let mut values: Vec<String> = side.iter().map(|(_, run)| of(run)).collect();
            values.sort();
            values.dedup();
            values.join(", ")
        };
        let (ours, theirs) = (values(before), values(after));
        if ours != theirs {
            found.push(format!("{what} differs: {ours}; {theirs}"));
        }
    }
    found
}

/// All figures that both sides have, command by command.
#[must_use]
pub fn lines(before: &[Named], after: &[Named]) -> Vec<Line> {
    let mut lines = Vec::new();
    let commands = before.first().map(|(_, run)| run.commands.iter().map(|command| command.name.as_str()));
    for name in std::iter::once(None).chain(commands.into_iter().flatten().map(Some)) {
        for (figure, of) in FIGURES {
            let values = |side: &[Named]| -> Option<Vec<f64>> {
                side.iter().map(|(_, run)| of(measured(run, name)?)).collect()
            };
            if let (Some(ours), Some(theirs)) = (values(before), values(after)) {
                lines.push(line(name.unwrap_or("all commands"), figure, &ours, &theirs));
            }
        }
    }
    lines
}

type Figure = fn(&Measured) -> Option<f64>;

const FIGURES: [(&str, Figure); 7] = [
    ("per second", |m| (m.count > 0).then_some(m.per_second)),
    ("errors %", |m| (m.count > 0).then(|| 100.0 * real(m.errors) / real(m.count))),
    ("p50 ms", |m| latency(m, |found| found.p50_ms)),
    ("p90 ms", |m| latency(m, |found| found.p90_ms)),
    ("p99 ms", |m| latency(m, |found| found.p99_ms)),
    ("p99.9 ms", |m| latency(m, |found| found.p99_9_ms)),
    ("mean ms", |m| latency(m, |found| found.mean_ms)),
];

fn latency(measured: &Measured, of: fn(&Distribution) -> f64) -> Option<f64> {
    measured.latency.as_ref().map(of)
}

fn measured<'r>(run: &'r Record, name: Option<&str>) -> Option<&'r Measured> {
    let Some(name) = name else { return Some(&run.total) };
    run.commands.iter().find(|command| command.name == name).map(|command| &command.measured)
}

fn line(command: &str, figure: &'static str, ours: &[f64], theirs: &[f64]) -> Line {
    let (before, after) = (mean(ours), mean(theirs));
    let squares = |side: &[f64], mean: f64| side.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    let freedom = (ours.len() + theirs.len()).saturating_sub(2);
    let noise = (freedom > 0).then(|| {
        let variance = (squares(ours, before) + squares(theirs, after)) / real(freedom as u64);
        let spread = 1.0 / real(ours.len() as u64) + 1.0 / real(theirs.len() as u64);
        student(freedom) * (variance * spread).sqrt()
    });
    Line { command: command.to_owned(), figure, before, after, noise }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / real(values.len().max(1) as u64)
}

/// The 97.5 % quantile of Student's t distribution, by degrees of freedom.
fn student(freedom: usize) -> f64 {
    const QUANTILES: [f64; 20] = [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145,
        2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    ];
    match freedom {
        0 => f64::INFINITY,
        few if few <= QUANTILES.len() => QUANTILES[few - 1],
        // Good to a hundredth.
        many => 1.96 + 2.5 / real(many as u64),
    }
}

/// The comparison as text.
#[must_use]
pub fn render(before: &[Named], after: &[Named]) -> String {
    let mut text = String::new();
    let sides = [("A", before), ("B", after)];
    if let Some((_, run)) = before.first() {
        let _ = writeln!(text, "{}: {}\n{}", run.workload.name, run.workload.title, run.model.description);
    }
    for (letter, side) in sides {
        let names: Vec<&str> = side.iter().map(|(name, _)| name.as_str()).collect();
        let target = side.first().map_or("", |(_, run)| &run.target);
        let _ = writeln!(text, "{letter}: {} ({target})", names.join(", "));
    }
    for difference in differences(before, after) {
        let _ = writeln!(text, "note: {difference}");
    }
    let lines = lines(before, after);
    let width = lines.iter().map(|line| line.command.chars().count()).max().unwrap_or(0);
    let _ =
        writeln!(text, "\n{:width$} {:10} {:>12} {:>12} {:>10} {:>10}", "", "", "A", "B", "change", "noise");
    let mut last = "";
    for line in &lines {
        let name = if line.command == last { "" } else { &line.command };
        last = &line.command;
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        let change = line.change().map_or("-".to_owned(), |change| {
            format!("{}{}", if change < 0.0 { "" } else { "+" }, percent(change))
        });
        let noise = match line.noise {
            Some(noise) if line.before != 0.0 => format!("± {}", percent(noise / line.before)),
            _ => "-".to_owned(),
        };
        let mark = match line.differs() {
            Some(true) if line.after > line.before => "  more",
            Some(true) => "  less",
            _ => "",
        };
        let _ = writeln!(
            text,
            "{name:width$} {:10} {:>12} {:>12} {change:>10} {noise:>10}{mark}",
            line.figure,
            shown(line.before),
            shown(line.after)
        );
    }
    if lines.iter().any(|line| line.noise.is_some()) {
        text.push_str(
            "\nmore, less: beyond the noise, which one figure in 20 is by chance where nothing has changed\n",
        );
    } else {
        text.push_str("\nThe noise is not known: give several runs of each side, A1.json A2.json --to B1.json B2.json\n");
    }
    text
}

fn shown(value: f64) -> String {
    match value {
        small if small < 1.0 => format!("{small:.4}"),
        middle if middle < 100.0 => format!("{middle:.3}"),
        large => format!("{large:.1}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::report::tests::fixed;

    fn runs(rates: &[f64], factor: f64) -> Vec<Named> {
        let run = |(index, rate): (usize, &f64)| {
            let mut run = fixed();
            run.total.per_second = rate * factor;
            run.commands.truncate(1);
            (format!("{index}.json"), run)
        };
        rates.iter().enumerate().map(run).collect()
    }

    #[test]
    fn a_change_is_told_from_noise() {
        let steady = [100.0, 101.0, 99.0];
        let rate = |before: &[Named], after: &[Named]| lines(before, after).swap_remove(0);
        for (before, after, differs) in [
            (&steady[..], 1.0, Some(false)),
            (&steady, 1.01, Some(false)),
            (&steady, 1.10, Some(true)),
            (&steady, 0.90, Some(true)),
            (&[100.0, 130.0, 70.0], 1.10, Some(false)),
            (&[100.0], 2.0, None),
        ] {
            let found = rate(&runs(before, 1.0), &runs(before, after));
            assert_eq!(found.differs(), differs, "{found:?}");
            assert!((found.change().unwrap() - (after - 1.0)).abs() < 1e-9);
        }
        // t(4) = 2.776, pooled deviation 1, three runs each.
        let noise = rate(&runs(&steady, 1.0), &runs(&steady, 1.0)).noise.unwrap();
        assert!((noise - 2.776 * (2.0_f64 / 3.0).sqrt()).abs() < 1e-9);
        // One run on a side has the spread of the other.
        let noise = rate(&runs(&steady, 1.0), &runs(&[100.0], 1.0)).noise.unwrap();
        assert!((noise - 4.303 * (4.0_f64 / 3.0).sqrt()).abs() < 1e-9);
    }

    #[test]
    fn different_runs_are_not_compared() {
        let mut all = [runs(&[1.0], 1.0), runs(&[1.0], 1.0)].concat();
        all[1].0 = "b.json".to_owned();
        assert_eq!(alike(&all), Ok(()));
        all[1].1.model.description = "closed model: 7 sessions".to_owned();
        let error = alike(&all).unwrap_err().to_string();
        assert!(error.starts_with("b.json can't be compared with 0.json: the model differs, "), "{error}");
        all[1].1.workload.sha256 = "1234".to_owned();
        all[1].1.workload.name = "mixed".to_owned();
        let error = alike(&all).unwrap_err().to_string();
        assert!(error.starts_with("b.json can't be compared with 0.json: the workload differs, "), "{error}");
    }
}
