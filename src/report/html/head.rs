//! The head of the page: what ran, and what it came to.

use std::fmt::Write;

use super::text::escaped;
use crate::report::plain;
use crate::report::record::Report;

pub(super) fn render(report: &Report) -> String {
    let word = plain::word(report);
    let mut head = format!(
        "<header class=\"top {word}\">\n<p class=\"kind\">mailspec report</p>\n<h1>{}</h1>\n",
        escaped(&plain::server(report))
    );
    let _ = writeln!(
        head,
        "<p class=\"verdict\"><span class=\"word\">{word}</span> {}</p>",
        escaped(&plain::sums(report))
    );
    if let Some(reason) = &report.cut_short {
        let _ = writeln!(
            head,
            "<p class=\"cut\" role=\"alert\"><strong>This report is partial.</strong> The run ended early, with {} of {} results: {}</p>",
            report.results.len(),
            report.planned,
            escaped(reason)
        );
    }
    let identity = &report.target.identity;
    let own_name = identity.get("name").map(|name| match identity.get("version") {
        Some(version) => format!("calls itself {name} {version}"),
        None => format!("calls itself {name}"),
    });
    let replies = report
        .replies
        .map(|replies| format!("replies p50 {:.1} ms, p99 {:.1} ms", replies.p50_ms, replies.p99_ms));
    let facts = [
        Some(report.target.addresses.join(" ")).filter(|addresses| !addresses.is_empty()),
        own_name,
        Some(report.environment.began.replace('T', " ").replace('Z', " UTC")),
        Some(format!("{:.1} s", report.took_ms / 1e3)),
        Some(format!("{} results", report.results.len())),
        Some(format!("{} commands", report.commands)),
        replies,
    ];
    head.push_str("<ul class=\"meta\">");
    for fact in facts.into_iter().flatten() {
        let _ = write!(head, "<li>{}</li>", escaped(&fact));
    }
    head.push_str("</ul>\n<nav aria-label=\"Parts of this report\">");
    if report.results.iter().any(|entry| entry.fails_run) || !report.rules.is_empty() {
        head.push_str("<a href=\"#broken\">What broke</a> ");
    }
    head.push_str(
        "<a href=\"#results\">Results</a> <a href=\"#clauses\">Clauses</a> <a href=\"#server\">Server</a></nav>\n</header>\n",
    );
    head
}
