//! The `html` report: one page that needs nothing else, with plots as inline SVG.
//!
//! It is well-formed XML as well, so that a test can tell that no name in it breaks the page, and it allows no script: what a server says
//! stands in it.

mod charts;
mod plot;
mod text;

use std::fmt::Write;

use super::{
    record::{Command, Distribution, Measured, Record},
    table::number,
    timeline,
};
use text::{digits, escaped, time};

/// Columns of a plot over time.
const COLUMNS: usize = 240;

/// The report as a page.
#[must_use]
pub fn render(record: &Record) -> String {
    let columns = timeline::columns(record, COLUMNS);
    let title = escaped(&format!("{} against {}", record.workload.name, record.target));
    let mut page = format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
<title>{title}</title>
<style>
{}</style>
</head>
<body>
<main>
"#,
        include_str!("style.css")
    );
    head(record, &mut page);
    gates(record, &mut page);
    table(record, &mut page);
    troubles(record, &mut page);
    page.push_str(&charts::percentiles(record));
    page.push_str(&charts::rate(&columns));
    page.push_str(&charts::latency(&columns));
    page.push_str(&charts::heat(&columns));
    page.push_str(&charts::commands(record, &columns));
    page.push_str(&charts::outstanding(&columns));
    foot(record, &mut page);
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn head(record: &Record, page: &mut String) {
    let verdict = match record.exit_code {
        _ if !record.limits.is_empty() => "NOT VALID: the generator was the limit, not the server",
        0 => "as expected",
        1 => "failed: a rule was broken, or a gate did not hold",
        3 => "every command went wrong",
        4 => "failed: no command was answered",
        _ => "failed",
    };
    let _ = writeln!(
        page,
        "<header>\n<h1>{}</h1>\n<p>{}</p>\n<p class=\"{}\">{verdict} (exit code {})</p>\n<dl>",
        escaped(&record.workload.name),
        escaped(&record.workload.title),
        if record.exit_code == 0 { "good" } else { "bad" },
        record.exit_code
    );
    let sessions = &record.sessions;
    let facts = [
        ("server", record.target.clone()),
        ("began", record.environment.began.clone()),
        ("lasted", format!("{} s of {} s", digits(record.lasted_s), digits(record.planned_s))),
        ("model", record.model.description.clone()),
        (
            "sessions",
            format!(
                "{} begun, {} completed, {} failed",
                number(sessions.begun),
                number(sessions.completed),
                number(sessions.failed)
            ),
        ),
        ("commands", format!("{}, {}/s", number(record.total.count), digits(record.total.per_second))),
        ("errors", number(record.total.errors)),
    ];
    let starts = record.starts.as_ref().map(|starts| {
        let (queued, unsent) = (number(starts.queued), number(starts.unsent));
        let planned = number(starts.planned);
        (
            "planned",
            format!("{planned}, of which {queued} waited for a free session and {unsent} were never sent"),
        )
    });
    let late = record.generator.lateness.as_ref().map(|late| {
        let [p50, p99, max] = [late.p50_ms, late.p99_ms, late.max_ms].map(time);
        let busy = record.generator.busiest * 100.0;
        ("generator", format!("{busy:.0} % of a processor (its busiest thread), late by {p50} (p50), {p99} (p99), {max} (max)"))
    });
    for (name, fact) in facts.into_iter().chain(starts).chain(late) {
        let _ = writeln!(page, "<div><dt>{name}</dt><dd>{}</dd></div>", escaped(&fact));
    }
    page.push_str("</dl>\n</header>\n");
}

/// Why the run is not valid, and what the gates came to; nothing where there is neither.
fn gates(record: &Record, page: &mut String) {
    for limit in &record.limits {
        let _ = writeln!(page, "<p class=\"bad\">{}</p>", escaped(limit));
    }
    if record.gates.is_empty() {
        return;
    }
    page.push_str(
        "<section><h2>Gates</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">gate</th>",
    );
    page.push_str("<th scope=\"col\">measured</th><th scope=\"col\">verdict</th></tr></thead>\n<tbody>\n");
    for gate in &record.gates {
        let (class, verdict) = if gate.held { ("good", "held") } else { ("bad", "failed") };
        let measured = gate.measured.as_deref().unwrap_or("no samples");
        let _ = writeln!(
            page,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"{class}\">{verdict}</td></tr>",
            escaped(&gate.gate),
            escaped(measured)
        );
    }
    page.push_str("</tbody>\n</table></div>\n</section>\n");
}

fn table(record: &Record, page: &mut String) {
    page.push_str("<section><h2>Commands</h2>\n<p>Latency is measured from the planned moment, service time from sending.</p>\n");
    page.push_str("<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">command</th>");
    let heads =
        ["count", "per second", "errors", "p50", "p90", "p99", "p99.9", "max", "service p50", "service p99"];
    for head in heads {
        let _ = write!(page, "<th scope=\"col\">{head}</th>");
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for Command { name, measured } in &record.commands {
        row(name, measured, "", page);
    }
    row("all commands", &record.total, " class=\"total\"", page);
    page.push_str("</tbody>\n</table></div>\n</section>\n");
}

fn row(name: &str, measured: &Measured, attributes: &str, page: &mut String) {
    let latency = |of: fn(&Distribution) -> f64| {
        measured.latency.as_ref().map_or("–".to_owned(), |found| time(of(found)))
    };
    let service = |of: fn(&Distribution) -> f64| {
        measured.service.as_ref().map_or("–".to_owned(), |found| time(of(found)))
    };
    let cells = [
        number(measured.count),
        digits(measured.per_second),
        number(measured.errors),
        latency(|found| found.p50_ms),
        latency(|found| found.p90_ms),
        latency(|found| found.p99_ms),
        latency(|found| found.p99_9_ms),
        latency(|found| found.max_ms),
        service(|found| found.p50_ms),
        service(|found| found.p99_ms),
    ];
    let _ = write!(page, "<tr{attributes}><th scope=\"row\">{}</th>", escaped(name));
    for cell in cells {
        let _ = write!(page, "<td>{cell}</td>");
    }
    page.push_str("</tr>\n");
}

/// Errors and broken rules; nothing where there are none.
fn troubles(record: &Record, page: &mut String) {
    if !record.errors.is_empty() {
        page.push_str("<section><h2>Errors</h2>\n");
        for error in &record.errors {
            let what = format!("{}, {} times: {}", error.command, number(error.count), error.reason);
            detail(&what, "", &error.exchange, page);
        }
        page.push_str("</section>\n");
    }
    if !record.findings.is_empty() {
        page.push_str("<section><h2>Broken rules</h2>\n");
        for finding in &record.findings {
            let count = number(finding.count);
            let what =
                format!("{}: rule/{} ({}), {count} times", finding.verdict, finding.rule, finding.clause);
            detail(&what, &finding.message, &finding.exchange, page);
        }
        page.push_str("</section>\n");
    }
}

fn detail(what: &str, message: &str, exchange: &str, page: &mut String) {
    let _ = writeln!(page, "<details><summary>{}</summary>", escaped(what));
    for text in [message, exchange].into_iter().filter(|text| !text.is_empty()) {
        let _ = writeln!(page, "<pre>{}</pre>", escaped(text));
    }
    page.push_str("</details>\n");
}

fn foot(record: &Record, page: &mut String) {
    let environment = &record.environment;
    let _ = writeln!(
        page,
        "<footer><p>mailspec {} on {} {}, {} threads, seed {}</p>\n<pre>mailspec load {}</pre></footer>",
        escaped(&environment.mailspec),
        escaped(&environment.os),
        escaped(&environment.arch),
        record.generator.threads,
        record.generator.seed,
        escaped(&environment.arguments)
    );
}
