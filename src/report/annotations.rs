//! Annotations: lines that GitHub Actions picks out of the log and shows on the summary of a run and beside the files of a change.

use std::fmt::Write;

use super::plain;
use super::record::Report;
use crate::check::verdict::Verdict;

/// GitHub shows no more than ten of a kind for a step.
const SHOWN: usize = 10;

/// The annotations of a run; empty where all was as expected.
pub fn render(report: &Report) -> String {
    let mut errors: Vec<String> = Vec::new();
    if let Some(reason) = &report.cut_short {
        errors.push(annotation("error", &[("title", "The run ended early")], reason));
    }
    for useless in &report.waivers.useless {
        // Here alone there is a file of the reader's own to point into.
        let line = useless.line.to_string();
        let title = format!("{} waiver", useless.lost);
        let at = [("file", useless.file.as_str()), ("line", &line), ("title", &title)];
        errors.push(annotation("error", &at, &useless.message));
    }
    for entry in report.results.iter().filter(|entry| entry.fails_run) {
        let title = format!("{}: {}", entry.verdict.name(), entry.id);
        errors.push(annotation("error", &[("title", &title)], &plain::failure(entry, report)));
    }
    for rule in report.rules.iter().filter(|rule| rule.fails_run) {
        errors.push(annotation("error", &[("title", &rule.rule)], &plain::rule(rule, report)));
    }
    let nonstrict = report
        .results
        .iter()
        .filter(|entry| entry.verdict == Verdict::Nonstrict && !entry.fails_run && entry.waiver.is_none());
    let warnings = nonstrict.map(|entry| {
        let title = format!("nonstrict: {}", entry.id);
        annotation("warning", &[("title", &title)], &plain::failure(entry, report))
    });
    let warnings: Vec<String> = warnings.collect();
    let mut text = String::new();
    for lines in [errors, warnings] {
        // The tenth says how many there are.
        let told = if lines.len() > SHOWN { SHOWN - 1 } else { lines.len() };
        lines[..told].iter().for_each(|line| text.push_str(line));
        if lines.len() > told {
            let more = format!("and {} more; the report has all of them", lines.len() - told);
            text += &annotation("notice", &[("title", "mailspec check")], &more);
        }
    }
    text
}

/// `::error title=…::message`
fn annotation(kind: &str, properties: &[(&str, &str)], message: &str) -> String {
    let mut text = format!("::{kind}");
    for (index, (name, value)) in properties.iter().enumerate() {
        let separator = if index == 0 { ' ' } else { ',' };
        let value = escaped(value).replace(':', "%3A").replace(',', "%2C");
        let _ = write!(text, "{separator}{name}={value}");
    }
    text + "::" + &escaped(message.trim_end()) + "\n"
}

fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}
