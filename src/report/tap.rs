//! The `tap` report: Test Anything Protocol, version 14. Broken rules and waivers without use are test points behind the results.

use std::fmt::Write;

use super::plain;
use super::record::{Entry, Report};
use crate::check::verdict::Verdict;

/// The report as TAP.
pub fn render(report: &Report) -> String {
    let broken: Vec<_> = report.rules.iter().filter(|rule| rule.verdict != Verdict::Note).collect();
    let points = report.results.len() + broken.len() + report.waivers.useless.len();
    let mut text = format!("TAP version 14\n1..{points}\n# {}\n", line(&report.target.title));
    let mut number = 0;
    for entry in &report.results {
        number += 1;
        result(number, entry, report, &mut text);
    }
    for rule in broken {
        number += 1;
        point(number, !rule.fails_run, &rule.rule, None, &mut text);
        diagnostics(&[("verdict", rule.verdict.name()), ("message", &plain::rule(rule, report))], &mut text);
    }
    for useless in &report.waivers.useless {
        number += 1;
        let name = format!("waiver {} at {}:{}", useless.id, useless.file, useless.line);
        point(number, false, &name, None, &mut text);
        diagnostics(&[("verdict", &useless.lost), ("message", &useless.message)], &mut text);
    }
    let _ = writeln!(text, "# {}", line(&plain::sums(report)));
    if let Some(reason) = &report.cut_short {
        let _ = writeln!(text, "Bail out! {}", line(reason));
    }
    text
}

fn result(number: usize, entry: &Entry, report: &Report, text: &mut String) {
    let reason = entry.reason.as_deref().unwrap_or("no reason is given");
    let (held, directive) = match (&entry.waiver, entry.verdict) {
        (Some(waiver), _) => (false, Some(("TODO", waiver.to_string()))),
        (None, Verdict::Unsupported | Verdict::Skipped) => {
            (true, Some(("SKIP", format!("{}: {reason}", entry.verdict.name()))))
        }
        (None, _) => (!entry.fails_run, None),
    };
    point(number, held, &entry.id, directive.as_ref().map(|(name, why)| (*name, why.as_str())), text);
    if !matches!(entry.verdict, Verdict::Pass | Verdict::Unsupported | Verdict::Skipped) {
        let exchange = entry.transcript.as_ref().map(plain::exchange).unwrap_or_default();
        let message = plain::failure(entry, report);
        let mut fields = vec![("verdict", entry.verdict.name()), ("message", message.as_str())];
        if !exchange.is_empty() {
            fields.push(("exchange", &exchange));
        }
        diagnostics(&fields, text);
    }
}

fn point(number: usize, held: bool, name: &str, directive: Option<(&str, &str)>, text: &mut String) {
    let _ = write!(text, "{}ok {number} - {}", if held { "" } else { "not " }, escaped(name));
    if let Some((directive, why)) = directive {
        let _ = write!(text, " # {directive} {}", escaped(why));
    }
    text.push('\n');
}

/// The block below a test point: YAML, whose texts in quotes are those of JSON.
fn diagnostics(fields: &[(&str, &str)], text: &mut String) {
    text.push_str("  ---\n");
    for (name, value) in fields {
        let lines: Vec<&str> = value.trim_end().lines().collect();
        if let [one] = lines.as_slice() {
            let _ = writeln!(text, "  {name}: {}", quoted(one));
        } else {
            let _ = writeln!(text, "  {name}:");
            for line in lines {
                let _ = writeln!(text, "    - {}", quoted(line));
            }
        }
    }
    text.push_str("  ...\n");
}

fn quoted(value: &str) -> String {
    // A text can always be written.
    serde_json::to_string(&super::terminal::tame(value)).unwrap_or_default()
}

/// `#` begins a directive, and `\` escapes it.
fn escaped(text: &str) -> String {
    line(text).replace('\\', "\\\\").replace('#', "\\#")
}

/// In one line, without what steers a terminal.
fn line(text: &str) -> String {
    super::terminal::tame(text).replace('\n', " ")
}
