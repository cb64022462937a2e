//! The `markdown` report: short, for a job's summary or a comment on a change.

use std::fmt::Write;

use super::plain::{self, clause, first_line};
use super::record::{Counts, Entry, Report};
use super::terminal::tame;
use crate::check::verdict::Verdict;

/// Failures that are told in full; GitHub takes 65,536 characters in a comment.
const TOLD: usize = 20;
/// Failures that are named beyond those.
const NAMED: usize = 100;
/// Characters of one text that are shown.
const CHARACTERS: usize = 800;

/// The report in Markdown, as GitHub and GitLab show it.
pub fn render(report: &Report) -> String {
    let mut text = format!("## mailspec: {}\n\n", escaped(&report.target.title));
    let _ = writeln!(text, "**{}**: {}\n", capitalised(plain::word(report)), plain::sums(report));
    if let Some(reason) = &report.cut_short {
        let _ = writeln!(
            text,
            "> The run ended early, with {} of {} results: {}\n",
            report.results.len(),
            report.planned,
            escaped(reason)
        );
    }
    table(report, &mut text);
    failures(report, &mut text);
    rules(report, &mut text);
    waivers(report, &mut text);
    let environment = &report.environment;
    let _ = writeln!(
        text,
        "<sub>mailspec {}, {}, {} commands in {:.1} s</sub>",
        escaped(&environment.mailspec),
        escaped(&environment.began),
        report.commands,
        report.took_ms / 1e3
    );
    text
}

/// A column of the table: its name, and how many results count in it.
type Column = (&'static str, fn(&Counts) -> usize);

const COLUMNS: [Column; 9] = [
    ("pass", |counts| counts.pass),
    ("fail", |counts| counts.fail),
    ("nonstrict", |counts| counts.nonstrict),
    ("blocked", |counts| counts.blocked),
    ("error", |counts| counts.error),
    ("xfail", |counts| counts.xfail),
    ("note", |counts| counts.note),
    ("unsupported", |counts| counts.unsupported),
    ("skipped", |counts| counts.skipped),
];

/// A row for each RFC; columns that are empty throughout are left out.
fn table(report: &Report, text: &mut String) {
    let columns: Vec<Column> = COLUMNS
        .into_iter()
        .filter(|(name, count)| matches!(*name, "pass" | "fail") || count(&report.counts) > 0)
        .collect();
    if report.results.is_empty() {
        return;
    }
    text.push_str("| |");
    columns.iter().for_each(|(name, _)| {
        let _ = write!(text, " {name} |");
    });
    text.push_str("\n| --- |");
    columns.iter().for_each(|_| text.push_str(" ---: |"));
    text.push('\n');
    let mut sections = report.sections.iter().peekable();
    while let Some(first) = sections.next() {
        let mut counts: Vec<usize> = columns.iter().map(|(_, count)| count(&first.counts)).collect();
        while let Some(same) = sections.next_if(|next| next.rfc == first.rfc) {
            for (sum, (_, count)) in counts.iter_mut().zip(&columns) {
                *sum += count(&same.counts);
            }
        }
        let _ = write!(text, "| {} |", escaped(&first.rfc));
        for count in counts {
            let _ = write!(text, " {} |", if count == 0 { "-".to_owned() } else { count.to_string() });
        }
        text.push('\n');
    }
    text.push('\n');
}

fn failures(report: &Report, text: &mut String) {
    let mut failures: Vec<&Entry> = report.results.iter().filter(|entry| entry.fails_run).collect();
    failures.sort_by_key(|entry| std::cmp::Reverse(entry.verdict));
    for entry in failures.iter().take(TOLD) {
        failure(entry, report, text);
    }
    if failures.len() > TOLD {
        let _ = writeln!(text, "And {} more:\n", failures.len() - TOLD);
        for entry in failures.iter().skip(TOLD).take(NAMED) {
            let _ = writeln!(text, "- {}: {}", entry.verdict.name(), escaped(&entry.id));
        }
        if failures.len() > TOLD + NAMED {
            let _ = writeln!(text, "- and {} more", failures.len() - TOLD - NAMED);
        }
        text.push('\n');
    }
}

fn failure(entry: &Entry, report: &Report, text: &mut String) {
    let _ = writeln!(
        text,
        "<details><summary><b>{}</b> {}: {}</summary>\n",
        entry.verdict.name(),
        escaped(&entry.id),
        escaped(&entry.title)
    );
    let mut block = String::new();
    if let Some(broken) = entry.broken.first() {
        let _ = writeln!(block, "{}:{}: {}", entry.file, broken.line, broken.source);
        let _ = writeln!(block, "expected: {}", broken.expected);
        let _ = writeln!(block, "came: {}", cut(&broken.came));
        if let Some(id) = &broken.clause {
            let _ = writeln!(text, "{}\n", escaped(&clause(id, report)));
        }
    }
    if let Some(reason) = &entry.reason {
        let _ = writeln!(block, "reason: {}", cut(reason));
    }
    if let Some(again) = &entry.again {
        let _ = writeln!(block, "again: {again}");
    }
    fenced(&block, text);
    text.push_str("</details>\n\n");
}

fn rules(report: &Report, text: &mut String) {
    for rule in report.rules.iter().filter(|rule| rule.verdict != Verdict::Note) {
        let _ = writeln!(
            text,
            "<details><summary><b>{}</b> {}, found {} times: {}</summary>\n",
            rule.verdict.name(),
            escaped(&rule.rule),
            rule.count,
            escaped(first_line(&rule.message))
        );
        let _ = writeln!(text, "{}\n", escaped(&clause(&rule.clause, report)));
        fenced(&format!("{}\nfirst in {}\n", cut(&rule.message), rule.first), text);
        text.push_str("</details>\n\n");
    }
}

fn waivers(report: &Report, text: &mut String) {
    for useless in &report.waivers.useless {
        let _ = writeln!(
            text,
            "- **{}** {}:{}: {}",
            escaped(&useless.lost),
            escaped(&useless.file),
            useless.line,
            escaped(&useless.message)
        );
    }
    if !report.waivers.useless.is_empty() {
        text.push('\n');
    }
}

/// A block that shows its text as it is, whatever stands in it.
fn fenced(block: &str, text: &mut String) {
    let block = tame(block);
    let longest = block.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let _ = writeln!(text, "{fence}text\n{}\n{fence}\n", block.trim_end());
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(CHARACTERS) {
        Some((at, _)) => format!("{} ...", &text[..at]),
        None => text.to_owned(),
    }
}

/// Text in one line in which nothing is markup, neither of Markdown nor of HTML.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in tame(text).chars() {
        match c {
            '\n' => escaped.push(' '),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '|' | '~' | '!' | '@' => {
                escaped.push('\\');
                escaped.push(c);
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
