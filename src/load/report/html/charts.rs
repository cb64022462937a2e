//! The plots of a run.

use super::{
    plot::{Axis, Plot},
    text::{digits, escaped, short, time},
};
use crate::load::{
    histogram::Durations,
    report::{
        record::{Command, Record},
        timeline::{Column, ROWS, real},
    },
};

/// Colours that can be told apart.
const COLOURS: usize = 8;

/// For a wide window and for a telephone: a plot that is scaled can't be read.
const SIZES: [(&str, u32, u32); 2] = [("wide", 760, 260), ("narrow", 343, 220)];

/// A plot with its heading and legend, in both sizes.
fn figure(heading: &str, note: &str, series: &[String], draw: impl Fn(u32, u32) -> Plot) -> String {
    let keys = series.iter().enumerate().map(|(index, name)| {
        format!(r#"<li><span class="key s{}"></span>{}</li>"#, index % COLOURS, escaped(name))
    });
    let legend = match series {
        [] => String::new(),
        _ => format!(r#"<ul class="legend">{}</ul>"#, keys.collect::<String>()),
    };
    let plots = SIZES.map(|(class, width, height)| draw(width, height).svg(class, heading));
    format!("<section><h2>{heading}</h2>\n<p>{note}</p>\n{legend}\n{}\n</section>\n", plots.concat())
}

/// The commands that have a colour: the most frequent.
fn coloured(record: &Record) -> Vec<&Command> {
    let mut commands: Vec<&Command> = record.commands.iter().filter(|command| command.is_command()).collect();
    commands.retain(|command| command.measured.latency.is_some());
    commands.sort_by_key(|command| std::cmp::Reverse(command.measured.count));
    commands.truncate(COLOURS);
    commands
}

fn names(commands: &[&Command]) -> Vec<String> {
    commands.iter().map(|command| command.name.clone()).collect()
}

/// Latency by percentile, a line for each command.
pub(super) fn percentiles(record: &Record) -> String {
    let commands = coloured(record);
    let lines: Vec<Vec<(f64, f64)>> = commands
        .iter()
        .filter_map(|command| command.measured.latency.as_ref())
        .map(|latency| {
            let durations = Durations::from_base64(&latency.histogram);
            let most = real(durations.count()).max(2.0);
            let values = durations.histogram().iter_quantiles(4);
            // The last one is at 100 %, which is infinitely far away.
            let at = |share: f64| if share < 1.0 { 1.0 / (1.0 - share) } else { most };
            values
                .map(|v| (at(v.quantile_iterated_to()).min(most), real(v.value_iterated_to()) / 1e6))
                .collect()
        })
        .collect();
    let all = || lines.iter().flatten();
    let (low, high) = bounds(all().map(|point| point.1));
    let far = all().map(|point| point.0).fold(2.0, f64::max);
    let shares = ["0 %", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %", "99.9999 %", "99.99999 %"];
    let ticks = shares.iter().zip(0..).map(|(label, power)| (10_f64.powi(power), (*label).to_owned()));
    let ticks: Vec<_> = ticks.filter(|tick| tick.0 <= far).collect();
    let note = "From the planned moment to the end of the answer: how many of the commands took no longer.";
    figure("Latency by percentile", note, &names(&commands), |width, height| {
        let ticks = ticks.clone();
        // A label needs its place.
        let step = if width < 400 && ticks.len() > 5 { 2 } else { 1 };
        let x = Axis::logarithmic(ticks.into_iter().step_by(step).collect(), far);
        let mut plot = Plot::new(width, height, x, Axis::decades(low, high, time));
        for (series, line) in lines.iter().enumerate() {
            plot.line(series, line.iter().map(|point| Some(*point)));
        }
        plot
    })
}

/// The least and the largest.
fn bounds(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values.fold((f64::MAX, 0.0), |(low, high), value| (value.min(low), value.max(high)));
    if low > high { (1.0, 1.0) } else { (low, high) }
}

/// The axis of time.
fn clock(columns: &[Column], width: u32) -> Axis {
    let end = columns.last().map_or(1.0, |last| last.to);
    Axis::linear(0.0, end, width / 80, |seconds| format!("{} s", digits(seconds)))
}

/// What a line shows: its label, and its value in a column.
type Series<'l> = (&'l str, fn(&Column) -> f64);

/// Lines over time, on a linear axis that begins at 0.
fn over_time(
    heading: &str,
    note: &str,
    columns: &[Column],
    series: &[Series<'_>],
    shown: fn(f64) -> String,
) -> String {
    let values = || columns.iter().flat_map(|column| series.iter().map(move |one| one.1(column)));
    let high = values().fold(0.0, f64::max);
    let labels: Vec<String> = series.iter().map(|one| one.0.to_owned()).collect();
    let labels = if labels.len() > 1 { labels } else { Vec::new() };
    figure(heading, note, &labels, |width, height| {
        let mut plot =
            Plot::new(width, height * 3 / 4, clock(columns, width), Axis::linear(0.0, high * 1.05, 5, shown));
        for (index, (_, of)) in series.iter().enumerate() {
            plot.line(index, columns.iter().map(|column| Some((column.middle(), of(column)))));
        }
        plot
    })
}

/// Commands and errors in a second.
pub(super) fn rate(columns: &[Column]) -> String {
    let note = "Commands that were answered or went wrong, and errors, those of connections included, in each second.";
    over_time("Throughput", note, columns, &[("commands/s", |c| c.rate), ("errors/s", |c| c.errors)], short)
}

/// What has no answer yet.
pub(super) fn outstanding(columns: &[Column]) -> String {
    let (many, old) = (
        "Commands without an answer at the end of each second.",
        "How long ago the oldest command without an answer had been planned: a stall shows while it lasts.",
    );
    over_time("In flight", many, columns, &[("in flight", |c| real(c.outstanding))], short)
        + &over_time("Oldest in flight", old, columns, &[("oldest", |c| c.oldest)], time)
}

/// Latency over time, all commands together.
pub(super) fn latency(columns: &[Column]) -> String {
    let (low, high) = bounds(columns.iter().filter_map(|column| column.latency).flatten());
    let labels = ["p50", "p99", "max"].map(str::to_owned);
    figure("Latency over time", "All commands together.", &labels, |width, height| {
        let mut plot = Plot::new(width, height, clock(columns, width), Axis::decades(low, high, time));
        for index in 0..labels.len() {
            plot.line(index, columns.iter().map(|c| c.latency.map(|latency| (c.middle(), latency[index]))));
        }
        plot
    })
}

/// The p99 of each command over time.
pub(super) fn commands(record: &Record, columns: &[Column]) -> String {
    let names = names(&coloured(record));
    let values = columns.iter().flat_map(|column| names.iter().filter_map(|name| column.commands.get(name)));
    let (low, high) = bounds(values.copied());
    figure(
        "p99 of each command over time",
        "The latency that 99 of 100 did not exceed.",
        &names,
        |width, height| {
            let mut plot = Plot::new(width, height, clock(columns, width), Axis::decades(low, high, time));
            for (series, name) in names.iter().enumerate() {
                plot.line(series, columns.iter().map(|c| c.commands.get(name).map(|p99| (c.middle(), *p99))));
            }
            plot
        },
    )
}

/// How many commands took how long at what time.
pub(super) fn heat(columns: &[Column]) -> String {
    let edge = |row: i32| 10_f64.powf(f64::from(row) / f64::from(ROWS));
    let rows = || columns.iter().flat_map(|column| column.heat.keys());
    let (low, high) =
        (rows().min().map_or(1.0, |row| edge(*row)), rows().max().map_or(1.0, |row| edge(row + 1)));
    // A float may lie a hair beyond the decade that it is.
    let (low, high) = (low * 1.001, high * 0.999);
    let length = |column: &Column| (column.to - column.from).max(0.001);
    let density = |column: &Column, count: u64| real(count) / length(column);
    let most =
        columns.iter().flat_map(|c| c.heat.values().map(move |count| density(c, *count))).fold(0.0, f64::max);
    let note = "How many commands took how long, at what time: the darker, the more. A single slow command is seen as well.";
    figure("Heat map of latency", note, &[], |width, height| {
        let mut plot = Plot::new(width, height, clock(columns, width), Axis::decades(low, high, time));
        for column in columns {
            for (row, count) in &column.heat {
                // The eye sees the root of it as even; the least is to be seen too.
                let dark = 0.12 + 0.88 * (density(column, *count) / most).sqrt();
                let (bottom, top) = (edge(*row), edge(row + 1));
                let says = format!(
                    "{} s to {} s, {} to {}: {count}",
                    digits(column.from),
                    digits(column.to),
                    time(bottom),
                    time(top)
                );
                plot.cell((column.from, column.to), (bottom, top), dark, &says);
            }
        }
        plot
    })
}
