//! The results: first what broke, then all, by RFC and section, behind filters.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::failure;
use super::text::{anchor, escaped};
use crate::check::summary::Section as Place;
use crate::check::verdict::Verdict;
use crate::report::record::{Counts, Entry, Report};

/// Scenarios that are listed at once among what broke.
const LISTED: usize = 25;

/// The name of a state, and how many results have it.
type State = (&'static str, fn(&Counts) -> usize);

/// Names of states, the worst first, and how many results have each.
const STATES: [State; 9] = [
    ("fail", |counts| counts.fail),
    ("blocked", |counts| counts.blocked),
    ("error", |counts| counts.error),
    ("nonstrict", |counts| counts.nonstrict),
    ("xfail", |counts| counts.xfail),
    ("note", |counts| counts.note),
    ("pass", |counts| counts.pass),
    ("skipped", |counts| counts.skipped),
    ("unsupported", |counts| counts.unsupported),
];

/// What fails the run, as a list that leads to each, broken rules, and waivers without use.
pub(super) fn broken(report: &Report, html: &mut String) {
    let mut failing: Vec<&Entry> = report.results.iter().filter(|entry| entry.fails_run).collect();
    failing.sort_by_cached_key(|entry| (std::cmp::Reverse(entry.verdict), Place::of(&entry.id), entry.line));
    if failing.is_empty() && report.rules.is_empty() && report.waivers.useless.is_empty() {
        return;
    }
    html.push_str("<section id=\"broken\"><h2>What broke</h2>\n");
    let worth = |verdict| report.rules.iter().filter(move |rule| rule.verdict == verdict);
    let rules = [Verdict::Fail, Verdict::Nonstrict, Verdict::Note].into_iter().flat_map(worth);
    rules.for_each(|rule| failure::rule(rule, report, html));
    useless(report, html);
    let mut scenarios: Vec<Vec<&Entry>> = Vec::new();
    for entry in failing {
        match scenarios.last_mut().filter(|rows| scenario(rows[0]) == scenario(entry)) {
            Some(rows) => rows.push(entry),
            None => scenarios.push(vec![entry]),
        }
    }
    list(&scenarios[..scenarios.len().min(LISTED)], html);
    if let Some(more) = scenarios.get(LISTED..).filter(|more| !more.is_empty()) {
        let _ = writeln!(html, "<details class=\"more\"><summary>and {} more</summary>", more.len());
        list(more, html);
        html.push_str("</details>\n");
    }
    html.push_str("</section>\n");
}

/// Scenarios with something that fails the run, each with its rows.
fn list(scenarios: &[Vec<&Entry>], html: &mut String) {
    if scenarios.is_empty() {
        return;
    }
    html.push_str("<ul class=\"toc\">\n");
    for rows in scenarios {
        let first = rows[0];
        let _ = write!(html, "<li>{} <div>", badge(state(first)));
        if first.row.is_some() {
            let _ = write!(html, "<span class=\"id\">{}</span>:", escaped(scenario(first)));
            for row in rows {
                let name = row.row.as_deref().unwrap_or_default();
                let _ = write!(html, " <a href=\"#{}\">{}</a>", anchor(&row.id), escaped(name));
            }
        } else {
            let _ = write!(html, "<a href=\"#{}\">{}</a>", anchor(&first.id), escaped(&first.id));
        }
        let _ = writeln!(html, " <span class=\"title\">{}</span></div></li>", escaped(&first.title));
    }
    html.push_str("</ul>\n");
}

fn useless(report: &Report, html: &mut String) {
    if report.waivers.useless.is_empty() {
        return;
    }
    html.push_str("<ul class=\"toc\">\n");
    for useless in &report.waivers.useless {
        let _ = writeln!(
            html,
            "<li><span class=\"badge fail\">{}</span> <div>{}:{}: {}</div></li>",
            escaped(&useless.lost),
            escaped(&useless.file),
            useless.line,
            escaped(&useless.message)
        );
    }
    html.push_str("</ul>\n");
}

/// The id without the row.
fn scenario(entry: &Entry) -> &str {
    let row = entry.row.as_deref().unwrap_or_default();
    entry.id.strip_suffix(row).and_then(|id| id.strip_suffix('/')).unwrap_or(&entry.id)
}

fn badge(state: &str) -> String {
    format!("<span class=\"badge {state}\">{state}</span>")
}

/// The filters. Without scripts they would do nothing, and are not shown.
pub(super) fn filters(report: &Report, html: &mut String) {
    html.push_str(
        "<section id=\"results\"><h2>Results</h2>\n<form class=\"filters\" role=\"search\" hidden=\"\">\n\
         <label class=\"find\">Search <input type=\"search\" name=\"text\" autocomplete=\"off\" \
         placeholder=\"id, title, clause, text\"/></label>\n<fieldset><legend>Verdicts</legend>",
    );
    for (name, count) in STATES {
        let count = count(&report.counts);
        if count > 0 {
            let _ = write!(
                html,
                "<label class=\"chip {name}\"><input type=\"checkbox\" name=\"state\" value=\"{name}\"/> {name} <b>{count}</b></label>"
            );
        }
    }
    html.push_str(
        "</fieldset>\n<p class=\"shown\"><output aria-live=\"polite\"></output> \
         <button type=\"reset\">all results</button> <button type=\"button\" data-open=\"1\">open all</button> \
         <button type=\"button\" data-open=\"\">close all</button></p>\n</form>\n",
    );
}

/// All results, in groups that open and close.
pub(super) fn sections(report: &Report, html: &mut String) {
    let mut places: BTreeMap<Place, Vec<&Entry>> = BTreeMap::new();
    for entry in &report.results {
        places.entry(Place::of(&entry.id)).or_default().push(entry);
    }
    let mut places = places.into_iter().peekable();
    while let Some((first, entries)) = places.next() {
        let rfc = first.rfc.clone();
        let mut files = vec![(first, entries)];
        while let Some(same) = places.next_if(|(next, _)| next.rfc == rfc) {
            files.push(same);
        }
        let all: Vec<&Entry> = files.iter().flat_map(|(_, entries)| entries.iter().copied()).collect();
        let _ = writeln!(
            html,
            "<details class=\"group rfc\"{}><summary><h3>{}</h3>{}</summary>",
            open(&all),
            escaped(&heading(&rfc)),
            bar(&all)
        );
        for (place, mut entries) in files {
            entries.sort_by_key(|entry| entry.line);
            let _ = writeln!(
                html,
                "<details class=\"group file\"{}><summary><h4>{}</h4>{}</summary>",
                open(&entries),
                escaped(&place.file.replacen('-', " ", 1).replace('-', " ")),
                bar(&entries)
            );
            entries.iter().for_each(|entry| result(entry, report, html));
            html.push_str("</details>\n");
        }
        html.push_str("</details>\n");
    }
    html.push_str("<p class=\"none\" hidden=\"\">No result fits.</p>\n</section>\n");
}

fn result(entry: &Entry, report: &Report, html: &mut String) {
    let state = state(entry);
    let own = entry
        .id
        .split_once('/')
        .and_then(|(_, rest)| rest.split_once('/'))
        .map_or(entry.id.as_str(), |(_, own)| own);
    let failing = if entry.fails_run { " fails" } else { "" };
    let head = format!(
        "{} <span class=\"what\"><span class=\"id\">{}</span> <span class=\"title\">{}</span></span>",
        badge(state),
        escaped(own),
        escaped(&entry.title)
    );
    let attributes = format!("id=\"{}\" class=\"result{failing}\" data-state=\"{state}\"", anchor(&entry.id));
    // A pass has nothing to open, but for what a rule has found.
    if entry.verdict == Verdict::Pass && entry.findings.is_empty() && !entry.flaky {
        let _ = writeln!(html, "<div {attributes}>{head}</div>");
        return;
    }
    let _ = writeln!(html, "<details {attributes}><summary>{head}</summary>");
    failure::body(entry, report, html);
    html.push_str("</details>\n");
}

/// The word for a result: its verdict, unless a waiver expects it.
fn state(entry: &Entry) -> &'static str {
    if entry.waiver.is_some() { "xfail" } else { entry.verdict.name() }
}

/// Groups with something that fails the run are open.
fn open(entries: &[&Entry]) -> &'static str {
    if entries.iter().any(|entry| entry.fails_run) { " open=\"\"" } else { "" }
}

/// How many of a group have which state, in words and as a bar.
fn bar(entries: &[&Entry]) -> String {
    let counted = STATES.map(|(name, _)| (name, entries.iter().filter(|entry| state(entry) == name).count()));
    let told = counted.iter().filter(|(_, count)| *count > 0);
    let words: Vec<String> = told.clone().map(|(name, count)| format!("{count} {name}")).collect();
    let parts: String =
        told.map(|(name, count)| format!("<i class=\"{name}\" style=\"flex:{count}\"></i>")).collect();
    format!(
        "<span class=\"counts\">{}</span><span class=\"bar\" aria-hidden=\"true\">{parts}</span>",
        words.join(", ")
    )
}

/// `RFC 2177 idle` of `rfc2177-idle`.
pub(super) fn heading(rfc: &str) -> String {
    let (number, name) = rfc.split_once('-').unwrap_or((rfc, ""));
    let number =
        number.strip_prefix("rfc").map_or_else(|| number.to_owned(), |number| format!("RFC {number}"));
    format!("{number} {}", name.replace('-', " ")).trim_end().to_owned()
}
