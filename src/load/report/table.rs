//! The summary of a run, as text.

use std::{fmt::Write, time::Duration};

use super::{CommandReport, Report};
use crate::{
    check::{summary::cost, verdict::Verdict},
    clauses::Catalogue,
    report::terminal::exchange,
};

/// Errors that are listed.
const LISTED: usize = 10;

/// The summary: what ran, a line for each command, errors, findings.
#[must_use]
pub fn render(report: &Report, catalogue: &Catalogue) -> String {
    let mut text = String::new();
    head(report, &mut text);
    commands(report, &mut text);
    pace(report, &mut text);
    errors(report, &mut text);
    findings(report, catalogue, &mut text);
    verdicts(report, &mut text);
    text.truncate(text.trim_end().len());
    text
}

fn head(report: &Report, text: &mut String) {
    let _ = writeln!(text, "{}: {}", report.workload, report.title);
    let _ = writeln!(text, "against {}", report.target);
    let _ = writeln!(
        text,
        "{}, {} of {}, {} of the generator, seed {}",
        report.model,
        shown(report.lasted),
        shown(report.planned),
        counted(report.threads as u64, "thread"),
        report.seed
    );
    let _ = writeln!(
        text,
        "{} begun, {} completed, {} failed; {}, {:.1}/s, {}\n",
        counted(report.begun, "session"),
        number(report.completed),
        number(report.failed),
        counted(report.count(), "command"),
        report.rate(report.count()),
        counted(report.error_count(), "error"),
    );
}

fn pace(report: &Report, text: &mut String) {
    if report.lateness.count() > 0 {
        let late = |share| milliseconds(report.lateness.quantile(share));
        let _ = writeln!(
            text,
            "generator: {:.0} % of a processor (its busiest thread), late by {} ms (p50), {} ms (p99), {} ms (max)",
            report.busiest * 100.0,
            late(0.5),
            late(0.99),
            late(1.0)
        );
    }
    if report.planned_starts > 0 {
        let _ = writeln!(
            text,
            "planned: {}, of which {} waited for a free session and {} were never sent",
            number(report.planned_starts),
            number(report.queued),
            number(report.unsent)
        );
    }
    text.push('\n');
}

const HEADS: [&str; 8] = ["count", "per second", "errors", "p50", "p90", "p99", "p99.9", "max"];

fn commands(report: &Report, text: &mut String) {
    let names = report.commands.iter().map(|command| command.name.len());
    let width = names.max().unwrap_or(0).max("latency in ms".len());
    let _ = write!(text, "{:width$}", "latency in ms");
    for head in HEADS {
        let _ = write!(text, " {head:>10}");
    }
    text.push('\n');
    for command in &report.commands {
        let _ = write!(text, "{:width$}", command.name);
        for cell in cells(report, command) {
            let _ = write!(text, " {cell:>10}");
        }
        text.push('\n');
    }
}

fn cells(report: &Report, command: &CommandReport) -> [String; 8] {
    let quantile = |share: f64| match command.latency.count() {
        0 => "-".to_owned(),
        _ => milliseconds(command.latency.quantile(share)),
    };
    [
        number(command.count),
        format!("{:.1}", report.rate(command.count)),
        number(command.errors),
        quantile(0.5),
        quantile(0.9),
        quantile(0.99),
        quantile(0.999),
        quantile(1.0),
    ]
}

fn verdicts(report: &Report, text: &mut String) {
    for gate in &report.gates {
        let _ = writeln!(text, "{gate}");
    }
    for limit in &report.limits {
        let _ = writeln!(text, "NOT VALID: {limit}: these are not figures of the server");
    }
}

fn errors(report: &Report, text: &mut String) {
    for (command, trouble, tally) in report.errors.iter().take(LISTED) {
        let _ = writeln!(text, "error: {command}, {} times: {trouble}", number(tally.count));
        text.push_str(&exchange::plain(&tally.transcript));
        text.push('\n');
    }
    if report.errors.len() > LISTED {
        let _ = writeln!(text, "and {} more kinds of errors\n", report.errors.len() - LISTED);
    }
}

fn findings(report: &Report, catalogue: &Catalogue, text: &mut String) {
    for tally in &report.findings {
        let verdict = match cost(&tally.finding, catalogue) {
            Verdict::Fail => "violation",
            Verdict::Nonstrict => "nonstrict",
            _ => "note",
        };
        let (rule, clause) = (tally.finding.rule, tally.finding.clause);
        let _ = writeln!(text, "{verdict}: rule/{rule} ({clause}), {} times", number(tally.count));
        for line in tally.finding.message.lines() {
            let _ = writeln!(text, "  {line}");
        }
        text.push_str(&exchange::plain(&tally.transcript));
        text.push('\n');
    }
}

/// `1,234,567`
#[must_use]
pub(super) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn counted(count: u64, thing: &str) -> String {
    format!("{} {thing}{}", number(count), if count == 1 { "" } else { "s" })
}

/// In milliseconds, with as many digits as tell something.
#[must_use]
pub(super) fn milliseconds(duration: Duration) -> String {
    let milliseconds = duration.as_secs_f64() * 1e3;
    match milliseconds {
        small if small < 1.0 => format!("{small:.3}"),
        middle if middle < 100.0 => format!("{middle:.2}"),
        large => format!("{large:.0}"),
    }
}

fn shown(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
