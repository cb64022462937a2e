//! The sums: what did not run, the table by RFC and section, the closing lines.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use super::Look;
use super::layout::{WIDTH, counted, duration, number, style, tame, wrapped};
use crate::check::exit::Require;
use crate::check::summary::{Counts, Summary};
use crate::check::verdict::{Outcome, Verdict};

/// The columns of the table.
const COLUMNS: [Verdict; 8] = [
    Verdict::Pass,
    Verdict::Fail,
    Verdict::Nonstrict,
    Verdict::Note,
    Verdict::Blocked,
    Verdict::Unsupported,
    Verdict::Skipped,
    Verdict::Error,
];

/// Why scenarios did not run, and how many for each reason.
pub(super) fn not_run(outcomes: &[Arc<Outcome>]) -> String {
    let mut reasons: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for outcome in outcomes {
        if matches!(outcome.verdict, Verdict::Unsupported | Verdict::Skipped) {
            let reason = outcome.reason.as_deref().unwrap_or("no reason is given");
            *reasons.entry((outcome.verdict.name(), reason)).or_default() += 1;
        }
    }
    let mut text = String::new();
    for ((verdict, reason), count) in reasons {
        if text.is_empty() {
            text.push_str("not run:\n");
        }
        let reason = wrapped(&tame(reason), 78).replace('\n', &format!("\n{:21}", ""));
        let _ = writeln!(text, "  {count:>5} {verdict:<11}  {reason}");
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// Results whose rounds differ, with how often each verdict came.
pub(super) fn flaky(summary: &Summary, look: &Look) -> String {
    let mut text = String::new();
    for outcome in &summary.flaky {
        let mut counts: Vec<(Verdict, usize)> = Vec::new();
        for &verdict in &outcome.rounds {
            match counts.iter_mut().find(|(known, _)| *known == verdict) {
                Some((_, count)) => *count += 1,
                None => counts.push((verdict, 1)),
            }
        }
        let counts: Vec<String> =
            counts.iter().map(|(verdict, count)| format!("{} {count}", verdict.name())).collect();
        let rounds = outcome.rounds.len();
        let name = look.paint(style(Verdict::Fail), "flaky", 0);
        let _ = writeln!(text, "{name}: {}: of {rounds} rounds {}", outcome.id(), counts.join(", "));
    }
    if !text.is_empty() {
        text.push_str("A verdict that differs between rounds fails the run.\n\n");
    }
    text
}

/// Failures that were expected, by waiver, and waivers that have lost their use.
pub(super) fn waived(summary: &Summary, look: &Look) -> String {
    let mut text = String::new();
    for (waiver, count) in &summary.waived {
        if text.is_empty() {
            text.push_str("expected failures, by waiver:\n");
        }
        let reason = wrapped(&waiver.to_string(), WIDTH - 8).replace('\n', &format!("\n{:8}", ""));
        let _ = writeln!(text, "  {count:>5} {}\n        {reason}", waiver.id);
    }
    if !text.is_empty() {
        text.push('\n');
    }
    for complaint in &summary.complaints {
        let name = look.paint(style(Verdict::Fail), complaint.lost.name(), 0);
        let _ = writeln!(text, "{name}: {complaint}");
    }
    if !summary.complaints.is_empty() {
        text.push_str("A waiver that has lost its use fails the run.\n\n");
    }
    text
}

/// The table by RFC and section. Sections in which all passed have no row of their own, but with `-v`.
pub(super) fn table(summary: &Summary, look: &Look) -> String {
    if summary.counts.total() == 0 {
        return String::new();
    }
    let columns: Vec<Verdict> = COLUMNS
        .into_iter()
        .filter(|verdict| matches!(verdict, Verdict::Pass | Verdict::Fail) || summary.counts.of(*verdict) > 0)
        .collect();
    let mut rfcs: Vec<(&str, Counts)> = Vec::new();
    for (section, counts) in &summary.sections {
        match rfcs.last_mut().filter(|(rfc, _)| *rfc == section.rfc) {
            Some((_, sum)) => sum.add_all(counts),
            None => rfcs.push((&section.rfc, *counts)),
        }
    }
    let mut rows: Vec<(String, &Counts)> = Vec::new();
    for (rfc, sum) in &rfcs {
        rows.push(((*rfc).to_owned(), sum));
        for (section, counts) in summary.sections.iter().filter(|(section, _)| section.rfc == *rfc) {
            if look.verbose || counts.of(Verdict::Pass) < counts.total() {
                rows.push((format!("  {}", section.file), counts));
            }
        }
    }
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).max(20);
    let mut text = " ".repeat(width);
    for verdict in &columns {
        let _ = write!(text, "  {:>6}", verdict.name());
    }
    let waives = summary.counts.expected > 0;
    if waives {
        text.push_str("   xfail");
    }
    text.push('\n');
    for (name, counts) in rows {
        let _ = write!(text, "{name:width$}");
        for verdict in &columns {
            let column = verdict.name().len().max(6);
            let count = counts.of(*verdict);
            let shown = if count == 0 { "-".to_owned() } else { number(count as u64) };
            let shown = format!("{shown:>column$}");
            let plain = count == 0 || *verdict == Verdict::Pass;
            let _ = write!(text, "  {}", if plain { shown } else { look.paint(style(*verdict), &shown, 0) });
        }
        if waives {
            let shown = if counts.expected == 0 { "-".to_owned() } else { number(counts.expected as u64) };
            let _ = write!(text, "  {shown:>6}");
        }
        text.push('\n');
    }
    text.push('\n');
    text
}

/// The closing lines; the last one begins with `check:`.
pub(super) fn closing(summary: &Summary, look: &Look) -> String {
    let counts = &summary.counts;
    let mut text = String::new();
    if let Some(reason) = &summary.cut_short {
        let _ = writeln!(
            text,
            "{} {}",
            look.paint(style(Verdict::Error), "The run ended early:", 0),
            tame(reason)
        );
    }
    let undecided = summary.waived.iter().filter(|(waiver, _)| waiver.is_placeholder()).count();
    if undecided > 0 {
        let _ = writeln!(
            text,
            "{} yet to be given a reason.",
            if undecided == 1 {
                "1 waiver has".to_owned()
            } else {
                format!("{} have", counted(undecided, "waiver"))
            }
        );
    }
    let nonstrict = counts.of(Verdict::Nonstrict);
    if counts.of(Verdict::Blocked) > 0 {
        text.push_str("A blocked scenario could not be judged, which fails the run.\n");
    }
    if nonstrict > 0 {
        text.push_str(match look.require {
            Require::Must => "Nonstrict results break a SHOULD and do not fail the run.\n",
            Require::Should => {
                "Nonstrict results break a SHOULD, which fails the run with --require should.\n"
            }
        });
    }
    if counts.of(Verdict::Note) > 0 && !look.verbose {
        text.push_str("Notes are shown with -v.\n");
    }
    let commands = counted(usize::try_from(summary.commands).unwrap_or(usize::MAX), "command");
    let _ = write!(text, "{}, {commands}", counted(counts.total(), "result"));
    if !summary.took.is_zero() {
        let _ = write!(text, ", {}", duration(summary.took));
    }
    if let (Some(median), Some(most)) = (summary.replies.quantile(0.5), summary.replies.quantile(0.99)) {
        let _ = write!(text, "; replies p50 {}, p99 {}", duration(median), duration(most));
    }
    text.push('\n');

    let part = |verdict: Verdict, word: &str, always: bool| {
        let count = counts.of(verdict);
        let shown = format!("{} {word}", number(count as u64));
        (always || count > 0).then(|| match (count, verdict) {
            (0, _) => shown,
            _ => look.paint(style(verdict), &shown, 0),
        })
    };
    let rules = |verdict: Verdict, word: &str| {
        let count = summary.rules.iter().filter(|rule| rule.verdict == verdict).count();
        (count > 0).then(|| look.paint(style(verdict), &format!("{} {word}", counted(count, "rule")), 0))
    };
    let expected = (counts.expected > 0).then(|| format!("{} xfail", number(counts.expected as u64)));
    let lost = (!summary.complaints.is_empty())
        .then(|| look.paint(style(Verdict::Fail), &counted(summary.complaints.len(), "useless waiver"), 0));
    let flaky = (!summary.flaky.is_empty())
        .then(|| look.paint(style(Verdict::Fail), &format!("{} flaky", summary.flaky.len()), 0));
    let parts = [
        part(Verdict::Pass, "passed", true),
        part(Verdict::Fail, "failed", true),
        rules(Verdict::Fail, "broken"),
        flaky,
        lost,
        part(Verdict::Blocked, "blocked", false),
        part(Verdict::Error, if counts.of(Verdict::Error) == 1 { "error" } else { "errors" }, false),
        part(Verdict::Nonstrict, "nonstrict", false),
        rules(Verdict::Nonstrict, "bent"),
        expected,
        part(Verdict::Note, "noted", false),
        rules(Verdict::Note, "noted"),
        part(Verdict::Unsupported, "unsupported", false),
        part(Verdict::Skipped, "skipped", false),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let _ = writeln!(text, "check: {}", parts.join(", "));
    text
}
