//! Gates: what a run must reach. A gate whose metric has no samples fails.

use std::{fmt, time::Duration};

use super::{
    histogram::Durations,
    report::{CommandReport, Report},
};

/// A metric, a comparison and a limit: `fetch.p99 < 50ms`.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// As written.
    pub text: String,
    metric: Metric,
    comparison: Comparison,
    limit: f64,
}

#[derive(Debug, Clone, PartialEq)]
enum Metric {
    /// Seconds: of a command (`None`: of the generator's lateness), from planned moments or from sending.
    Time { command: Option<String>, service: bool, figure: Figure },
    /// The share of errors, of a command or of all.
    ErrorShare(Option<String>),
    /// The number of errors.
    Errors(Option<String>),
    /// The number of answered commands.
    Count(String),
    /// Of the planned starts those that were answered without an error.
    RateShare,
    /// Answered commands in a second.
    Rate,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Figure {
    Quantile(f64),
    Mean,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What a gate came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// The gate as written.
    pub gate: String,
    /// What was measured; `None` without samples.
    pub measured: Option<String>,
    /// It holds.
    pub held: bool,
}

/// A text is no gate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no gate: {1}; gates are written as 'fetch.p99 < 50ms', 'uid fetch.service.max < 1s', 'errors < 0.1%', \
     'rate >= 95%', 'rate >= 500/s', 'lateness.p99 < 5ms'"
)]
pub struct GateError(String, &'static str);

impl std::str::FromStr for Gate {
    type Err = GateError;

    fn from_str(text: &str) -> Result<Self, GateError> {
        let wrong = |why| GateError(text.to_owned(), why);
        let signs = [
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ];
        let found = signs.into_iter().find_map(|(sign, is)| Some((text.split_once(sign)?, is)));
        let ((metric, limit), comparison) = found.ok_or_else(|| wrong("it compares nothing"))?;
        let (metric, limit) = (metric.trim().to_ascii_lowercase(), limit.trim());
        let unit = limit.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(limit.len());
        let number: f64 = limit[..unit].parse().map_err(|_| wrong("the limit is no number"))?;
        let unit = limit[unit..].trim();
        let (metric, limit) = match (metric.as_str(), unit) {
            ("rate", "%") => (Metric::RateShare, number / 100.0),
            ("rate", "/s") => (Metric::Rate, number),
            ("rate", _) => return Err(wrong("a rate is compared with a share (95%) or a rate (500/s)")),
            ("errors", "%") => (Metric::ErrorShare(None), number / 100.0),
            ("errors", "") => (Metric::Errors(None), number),
            (of, unit) => of_command(of, unit, number)
                .ok_or_else(|| wrong("there is no such metric, or not in this unit"))?,
        };
        Ok(Self { text: text.trim().to_owned(), metric, comparison, limit })
    }
}

fn of_command(metric: &str, unit: &str, number: f64) -> Option<(Metric, f64)> {
    // `p99.9` has a dot of its own.
    let (command, figure) = match metric.strip_suffix(".p99.9") {
        Some(command) => (command, "p99.9"),
        None => metric.rsplit_once('.')?,
    };
    match (figure, unit) {
        ("errors", "%") => return Some((Metric::ErrorShare(Some(command.to_owned())), number / 100.0)),
        ("errors", "") => return Some((Metric::Errors(Some(command.to_owned())), number)),
        ("count", "") => return Some((Metric::Count(command.to_owned()), number)),
        _ => {}
    }
    let figure = match figure {
        "max" => Figure::Quantile(1.0),
        "mean" => Figure::Mean,
        quantile => {
            let share: f64 = quantile.strip_prefix('p')?.parse().ok()?;
            Figure::Quantile(Some(share / 100.0).filter(|share| (0.0..=1.0).contains(share))?)
        }
    };
    let seconds = match unit {
        "us" => number / 1e6,
        "ms" => number / 1e3,
        "s" => number,
        _ => return None,
    };
    let (command, service) = match command.strip_suffix(".service") {
        Some(command) => (command, true),
        None => (command, false),
    };
    let command = (command != "lateness").then(|| command.to_owned());
    Some((Metric::Time { command, service, figure }, seconds))
}

impl Gate {
    /// The command that it asks about, in small letters.
    #[must_use]
    pub fn command(&self) -> Option<&str> {
        match &self.metric {
            Metric::Time { command, .. } | Metric::ErrorShare(command) | Metric::Errors(command) => {
                command.as_deref()
            }
            Metric::Count(command) => Some(command),
            Metric::RateShare | Metric::Rate => None,
        }
    }

    /// What it comes to in a run.
    #[must_use]
    pub fn judge(&self, report: &Report) -> Passage {
        let measured = self.measure(report);
        let held = measured.is_some_and(|measured| match self.comparison {
            Comparison::Less => measured < self.limit,
            Comparison::LessOrEqual => measured <= self.limit,
            Comparison::Greater => measured > self.limit,
            Comparison::GreaterOrEqual => measured >= self.limit,
        });
        Passage { gate: self.text.clone(), measured: measured.map(|measured| self.shown(measured)), held }
    }

    fn measure(&self, report: &Report) -> Option<f64> {
        let command =
            |name: &str| report.commands.iter().find(|command| command.name.eq_ignore_ascii_case(name));
        let answered = |command: &CommandReport| command.count - command.errors.min(command.count);
        match &self.metric {
            Metric::Time { command: None, figure, .. } => figure.of(&report.lateness),
            Metric::Time { command: Some(name), service, figure } => {
                let command = command(name)?;
                figure.of(if *service { &command.service } else { &command.latency })
            }
            Metric::ErrorShare(None) => share(report.error_count(), report.count() + report.other_count()),
            Metric::ErrorShare(Some(name)) => share(command(name)?.errors, command(name)?.count),
            Metric::Errors(None) => {
                (report.count() + report.other_count() > 0).then(|| real(report.error_count()))
            }
            Metric::Errors(Some(name)) => command(name).filter(|c| c.count > 0).map(|c| real(c.errors)),
            Metric::Count(name) => Some(real(answered(command(name)?))),
            Metric::RateShare => share(report.fulfilled(), report.planned_starts),
            Metric::Rate => {
                (report.count() > 0).then(|| report.rate(report.count() - report.command_errors()))
            }
        }
    }

    fn shown(&self, measured: f64) -> String {
        match self.metric {
            Metric::Time { .. } => format!("{:.3} ms", measured * 1e3),
            Metric::ErrorShare(_) | Metric::RateShare => format!("{:.3} %", measured * 100.0),
            Metric::Rate => format!("{measured:.1}/s"),
            Metric::Errors(_) | Metric::Count(_) => format!("{measured:.0}"),
        }
    }
}

impl Figure {
    fn of(self, durations: &Durations) -> Option<f64> {
        let duration: Duration = match self {
            Self::Quantile(share) => durations.quantile(share),
            Self::Mean => durations.mean(),
        };
        (durations.count() > 0).then_some(duration.as_secs_f64())
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a run are far below 2^53")]
fn real(count: u64) -> f64 {
    count as f64
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| real(part) / real(whole))
}

impl fmt::Display for Passage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.held { "held" } else { "FAILED" };
        let measured = self.measured.as_deref().unwrap_or("no samples");
        write!(f, "gate {verdict}: {} ({measured})", self.gate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_are_read() {
        for text in [
            "fetch.p99 < 50ms",
            "uid fetch.service.p99.9 <= 1s",
            "errors < 0.1%",
            "errors<=0",
            "rate >= 95%",
            "rate > 500/s",
            "lateness.p99 < 5ms",
            "NOOP.max < 900us",
            "noop.errors < 1%",
            "connect.count > 10",
            "session.mean < 2s",
        ] {
            assert!(text.parse::<Gate>().is_ok(), "{text}");
        }
        assert_eq!("uid fetch.service.p99.9 <= 1s".parse::<Gate>().unwrap().command(), Some("uid fetch"));
        for text in [
            "",
            "fetch",
            "fetch.p99",
            "fetch.p99 < fast",
            "fetch.p101 < 1s",
            "fetch.p99 < 5%",
            "rate < 5ms",
            "fetch.x < 1s",
        ] {
            let error = text.parse::<Gate>().unwrap_err().to_string();
            assert!(error.contains("gates are written as"), "{error}");
        }
    }
}
