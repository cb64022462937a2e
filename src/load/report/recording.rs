//! From the result of a run to its record.

use std::{fmt::Write, time::Duration};

use sha2::{Digest, Sha256};

use super::{
    Report,
    record::{
        Command, CommandInterval, Distribution, ErrorKind, Finding, Gate, Generator, Interval, Measured,
        Model, Record, Sessions, Starts, VERSION, Workload,
    },
};
use crate::{
    check::{summary::cost, verdict::Verdict},
    clauses::Catalogue,
    load::{gates::Passage, histogram::Durations, interval, plan, tally::FindingTally},
    report::{record::Environment, terminal::exchange},
};

/// The record of a run.
#[must_use]
pub fn record(report: &Report, environment: Environment, catalogue: &Catalogue) -> Record {
    let (mut latency, mut service) = (Durations::default(), Durations::default());
    for command in report.commands.iter().filter(|command| command.is_command()) {
        latency.add(&command.latency);
        service.add(&command.service);
    }
    let measured = |count, errors, latency: &Durations, service: &Durations| Measured {
        count,
        errors,
        per_second: report.rate(count),
        latency: distribution(latency),
        service: distribution(service),
    };
    let commands = report.commands.iter().map(|command| Command {
        name: command.name.to_string(),
        measured: measured(command.count, command.errors, &command.latency, &command.service),
    });
    let errors = report.errors.iter().map(|(command, trouble, tally)| ErrorKind {
        command: command.to_string(),
        reason: trouble.to_string(),
        count: tally.count,
        exchange: exchange::plain(&tally.transcript),
    });
    let rate = match report.model {
        plan::Model::Open { rate, .. } => Some(rate),
        plan::Model::Closed { .. } => None,
    };
    Record {
        mailspec_load_report: VERSION,
        environment,
        workload: Workload {
            name: report.workload.clone(),
            title: report.title.clone(),
            sha256: digest(&report.source),
        },
        target: report.target.clone(),
        model: Model { description: report.model.to_string(), sessions: report.model.sessions(), rate },
        generator: Generator {
            threads: report.threads,
            seed: report.seed,
            busiest: report.busiest,
            lateness: distribution(&report.lateness),
        },
        planned_s: report.planned.as_secs_f64(),
        lasted_s: report.lasted.as_secs_f64(),
        exit_code: report.exit(catalogue).code(),
        limits: report.limits.clone(),
        gates: report.gates.iter().cloned().map(gate).collect(),
        starts: rate.map(|_| Starts {
            planned: report.planned_starts,
            queued: report.queued,
            unsent: report.unsent,
        }),
        sessions: Sessions { begun: report.begun, completed: report.completed, failed: report.failed },
        total: measured(report.count(), report.error_count(), &latency, &service),
        commands: commands.collect(),
        errors: errors.collect(),
        findings: report.findings.iter().map(|tally| finding(tally, catalogue)).collect(),
        intervals: report.intervals.iter().map(interval).collect(),
    }
}

/// SHA-256, in hexadecimal digits.
fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut digits, octet| {
        let _ = write!(digits, "{octet:02x}");
        digits
    })
}

pub(super) fn distribution(durations: &Durations) -> Option<Distribution> {
    if durations.count() == 0 {
        return None;
    }
    let histogram = durations.histogram();
    let quantile = |share| ms(durations.quantile(share));
    Some(Distribution {
        count: durations.count(),
        min_ms: ms(Duration::from_nanos(histogram.min())),
        mean_ms: ms(durations.mean()),
        stddev_ms: rounded(histogram.stdev() / 1e6),
        p50_ms: quantile(0.5),
        p90_ms: quantile(0.9),
        p95_ms: quantile(0.95),
        p99_ms: quantile(0.99),
        p99_9_ms: quantile(0.999),
        p99_99_ms: quantile(0.9999),
        max_ms: ms(durations.max()),
        histogram: durations.base64(),
    })
}

fn gate(Passage { gate, measured, held }: Passage) -> Gate {
    Gate { gate, measured, held }
}

fn finding(tally: &FindingTally, catalogue: &Catalogue) -> Finding {
    let verdict = match cost(&tally.finding, catalogue) {
        Verdict::Fail => "fail",
        Verdict::Nonstrict => "nonstrict",
        _ => "note",
    };
    Finding {
        rule: tally.finding.rule.to_owned(),
        clause: tally.finding.clause.to_owned(),
        verdict: verdict.to_owned(),
        count: tally.count,
        message: tally.finding.message.clone(),
        exchange: exchange::plain(&tally.transcript),
    }
}

fn interval(interval: &interval::Interval) -> Interval {
    let commands = interval.commands.iter().map(|command| CommandInterval {
        name: command.name.to_string(),
        count: command.count,
        errors: command.errors,
        p50_ms: ms(command.p50),
        p99_ms: ms(command.p99),
        max_ms: ms(command.max),
        latency: command.latency.clone(),
        service: command.service.clone(),
    });
    Interval {
        from_s: interval.from.as_secs_f64(),
        length_s: interval.length.as_secs_f64(),
        count: interval.count,
        errors: interval.errors,
        outstanding: interval.outstanding,
        oldest_ms: ms(interval.oldest),
        begun: interval.begun,
        planned_starts: interval.planned,
        lateness_p99_ms: interval.late.map(ms),
        commands: commands.collect(),
    }
}

/// In milliseconds, to the nanosecond.
fn ms(duration: Duration) -> f64 {
    rounded(duration.as_secs_f64() * 1e3)
}

fn rounded(milliseconds: f64) -> f64 {
    (milliseconds * 1e6).round() / 1e6
}
