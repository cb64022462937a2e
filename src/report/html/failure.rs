//! One result in full: what was expected, what came, by which clause, and what was said.

use std::fmt::Write;

use super::exchange::{self, Mark};
use super::text::{anchor, escaped};
use crate::report::record::{Entry, Report, Rule};

/// The body of a result that is no pass.
pub(super) fn body(entry: &Entry, report: &Report, html: &mut String) {
    html.push_str("<div class=\"body\">\n");
    if let Some(waiver) = &entry.waiver {
        let _ = writeln!(
            html,
            "<p class=\"waived\">Expected: {} {}</p>",
            escaped(&waiver.reason),
            link(&waiver.link, &waiver.link)
        );
    }
    if entry.flaky {
        let rounds: Vec<&str> = entry.rounds.iter().map(|verdict| verdict.name()).collect();
        let _ = writeln!(html, "<p class=\"flaky\">Its rounds differ: {}</p>", rounds.join(", "));
    }
    if let Some(reason) = &entry.reason {
        let _ = writeln!(html, "<p class=\"reason\">{}</p>", escaped(reason));
    }
    for broken in &entry.broken {
        let _ = write!(
            html,
            "<div class=\"claim {}\"><p class=\"source\"><span class=\"place\">{}:{}</span> <code>{}</code></p>",
            broken.verdict.name(),
            escaped(&entry.file),
            broken.line,
            escaped(&broken.source)
        );
        html.push_str("<dl>");
        if broken.expected != broken.source {
            let _ = write!(html, "<dt>expected</dt><dd>{}</dd>", escaped(&broken.expected));
        }
        let _ = write!(html, "<dt>came</dt><dd>{}</dd>", quoted(&broken.came));
        if let Some(id) = &broken.clause {
            let _ = write!(html, "<dt>clause</dt><dd>{}</dd>", clause(id, report));
        }
        html.push_str("</dl></div>\n");
    }
    for finding in &entry.findings {
        let _ = write!(
            html,
            "<div class=\"claim {}\"><p class=\"source\"><b>{}</b></p><dl><dt>found</dt><dd>{}</dd>\
             <dt>clause</dt><dd>{}</dd></dl></div>",
            finding.verdict.name(),
            escaped(&finding.rule),
            quoted(&finding.message),
            clause(&finding.clause, report)
        );
    }
    if !entry.notes.is_empty() {
        html.push_str("<ul class=\"notes\">");
        entry.notes.iter().for_each(|note| {
            let _ = write!(html, "<li>{}</li>", quoted(note));
        });
        html.push_str("</ul>\n");
    }
    if entry.broken.is_empty() && !entry.clauses.is_empty() {
        html.push_str("<p class=\"about\">About ");
        for (index, cited) in entry.clauses.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let _ = write!(html, "{comma}{}", clause_link(&cited.id));
        }
        html.push_str("</p>\n");
    }
    if let Some(transcript) = &entry.transcript {
        let labels: Vec<String> = entry
            .broken
            .iter()
            .map(|broken| format!("{}: {}", broken.verdict.name(), broken.source))
            .collect();
        let of_claims = entry.broken.iter().zip(&labels).map(|(broken, label)| Mark {
            entries: broken.entries,
            blame: broken.blame,
            label,
        });
        let of_rules = entry.findings.iter().map(|finding| Mark {
            entries: finding.entries,
            blame: finding.blame,
            label: &finding.rule,
        });
        exchange::render(transcript, &of_claims.chain(of_rules).collect::<Vec<_>>(), html);
    }
    if let Some(again) = &entry.again {
        let _ = writeln!(html, "<p class=\"again\">again: <code>{}</code></p>", escaped(again));
    }
    html.push_str("</div>");
}

/// A broken watch rule; the exchange stands with the result in which it was found first.
pub(super) fn rule(rule: &Rule, report: &Report, html: &mut String) {
    let times = if rule.count == 1 { "once".to_owned() } else { format!("in {} results", rule.count) };
    let _ = write!(
        html,
        "<details class=\"result rule\"><summary><span class=\"badge {verdict}\">{verdict}</span> \
         <span class=\"what\"><span class=\"id\">{}</span> <span class=\"title\">{}</span></span></summary>\n<div class=\"body\"><dl><dt>found</dt><dd>{times}, first in <a href=\"#{}\">{}</a></dd>\
         <dt>first</dt><dd>{}</dd><dt>clause</dt><dd>{}</dd></dl></div></details>\n",
        escaped(&rule.rule),
        escaped(crate::report::plain::first_line(&rule.message)),
        anchor(&rule.first),
        escaped(&rule.first),
        quoted(&rule.message),
        clause(&rule.clause, report),
        verdict = rule.verdict.name(),
    );
}

/// Prose as prose, and lines that are quoted, or whose columns matter, as they are.
fn quoted(text: &str) -> String {
    let mut html = String::new();
    let mut lines = text.trim_end().lines().peekable();
    while let Some(line) = lines.next() {
        if !line.starts_with("  ") {
            let _ = write!(html, "<p>{}</p>", escaped(line));
            continue;
        }
        let mut block = vec![line];
        while let Some(next) = lines.next_if(|next| next.starts_with("  ")) {
            block.push(next);
        }
        let block: Vec<&str> = block.iter().map(|line| line.strip_prefix("  | ").unwrap_or(line)).collect();
        let _ = write!(html, "<pre tabindex=\"0\">{}</pre>", escaped(&block.join("\n")));
    }
    html
}

/// The clause: its id, level, place and text.
pub(super) fn clause(id: &str, report: &Report) -> String {
    match report.clause(id) {
        Some(clause) => format!(
            "{} <span class=\"level {level}\">{}</span> {}: {}",
            clause_link(id),
            clause.level.to_string().to_uppercase(),
            rfc_link(clause.rfc, &clause.section),
            escaped(&clause.text),
            level = clause.level
        ),
        None => format!("<code>{}</code>", escaped(id)),
    }
}

pub(super) fn clause_link(id: &str) -> String {
    format!("<a class=\"clause\" href=\"#{}\">{}</a>", anchor(id), escaped(id))
}

/// Where the RFC Editor publishes the section; a section that is named, not numbered, is left to the reader.
pub(super) fn rfc_link(rfc: u16, section: &str) -> String {
    let numbered = section.starts_with(|c: char| c.is_ascii_digit());
    let fragment = if numbered { format!("#section-{}", anchor(section)) } else { String::new() };
    let title = format!("RFC {rfc} section {section}");
    link(&format!("https://www.rfc-editor.org/rfc/rfc{rfc}{fragment}"), &title)
}

/// A link out of the page, which is followed only if somebody clicks on it. What is no address of the web is shown as text.
fn link(address: &str, text: &str) -> String {
    if address.starts_with("https://") || address.starts_with("http://") {
        format!("<a rel=\"noreferrer\" href=\"{}\">{}</a>", escaped(address), escaped(text))
    } else {
        escaped(text)
    }
}
