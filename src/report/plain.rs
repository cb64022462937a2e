//! What reports in files say in plain text: a failure, an exchange, what the run came to. Nothing in it steers a terminal.

use std::fmt::Write;

use super::record::{Broken, Entry, From, Report, Rule, Transcript};
use super::terminal::tame;
use crate::check::verdict::Verdict;

/// Entries of an exchange that are shown.
const SHOWN: usize = 40;

/// A result that is no pass: where, what was expected, what came, by which clause, and how to run it again.
pub(super) fn failure(entry: &Entry, report: &Report) -> String {
    let mut text = format!("{}: {}\n", entry.verdict.name(), entry.id);
    let mut say = |name: &str, value: &str| {
        let _ = writeln!(text, "{name}: {}", indented(value, name.len() + 2));
    };
    say("scenario", &entry.title);
    for broken in &entry.broken {
        claim(broken, entry, report, &mut say);
    }
    if entry.flaky {
        let rounds: Vec<&str> = entry.rounds.iter().map(|verdict| verdict.name()).collect();
        say("flaky", &format!("its rounds differ: {}", rounds.join(", ")));
    }
    if let Some(reason) = &entry.reason {
        say("reason", reason);
    }
    entry.notes.iter().for_each(|note| say("note", note));
    if let Some(waiver) = &entry.waiver {
        say("waived", &waiver.to_string());
    }
    if let Some(again) = &entry.again {
        say("again", again);
    }
    text
}

fn claim(broken: &Broken, entry: &Entry, report: &Report, say: &mut impl FnMut(&str, &str)) {
    say("line", &format!("{}:{}: {}", entry.file, broken.line, broken.source));
    say("expected", &broken.expected);
    say("came", &broken.came);
    if let Some(id) = &broken.clause {
        say("clause", &clause(id, report));
    }
}

/// A broken watch rule.
pub(super) fn rule(rule: &Rule, report: &Report) -> String {
    let times = if rule.count == 1 { "once".to_owned() } else { format!("{} times", rule.count) };
    let mut text = format!("{}: {}, found {times}\n", rule.verdict.name(), rule.rule);
    for (name, value) in [
        ("found", rule.message.as_str()),
        ("clause", &clause(&rule.clause, report)),
        ("first", &format!("in {}", rule.first)),
    ] {
        let _ = writeln!(text, "{name}: {}", indented(value, name.len() + 2));
    }
    text
}

/// `rfc3501-6.4.3-02, a MUST of RFC 3501 section 6.4.3: EXPUNGE reports …`
pub(super) fn clause(id: &str, report: &Report) -> String {
    match report.clause(id) {
        Some(clause) => {
            let level = clause.level.to_string().to_uppercase();
            format!("{id}, a {level} of RFC {} section {}: {}", clause.rfc, clause.section, clause.text)
        }
        None => id.to_owned(),
    }
}

/// What was said, the last of it.
pub(super) fn exchange(transcript: &Transcript) -> String {
    let mut text = String::new();
    let from = transcript.entries.len().saturating_sub(SHOWN);
    if from + transcript.omitted > 0 {
        let _ = writeln!(text, "... {} entries before", from + transcript.omitted);
    }
    let width = transcript.entries[from..].iter().map(|said| said.session.chars().count()).max().unwrap_or(0);
    for said in &transcript.entries[from..] {
        let marker = match said.from {
            From::Client => "C:",
            From::Server => "S:",
            From::Note => "--",
        };
        let name = format!("{:width$}{}", tame(&said.session), if width > 0 { " " } else { "" });
        let more = if said.more > 0 { format!("... ({} octets more)", said.more) } else { String::new() };
        let _ = writeln!(text, "{:>9.1} ms  {name}{marker} {}{more}", said.at_ms, tame(&said.text));
    }
    text
}

/// The first line of what came, and what was expected, for where there is room for one line.
pub(super) fn headline(entry: &Entry) -> String {
    let said = match (entry.broken.first(), &entry.reason) {
        (Some(broken), _) => {
            format!("{}; expected: {}", first_line(&broken.came), first_line(&broken.expected))
        }
        (None, Some(reason)) => first_line(reason).to_owned(),
        (None, None) => entry.title.clone(),
    };
    tame(&said).replace('\n', " ")
}

pub(super) fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// What the run came to: `1 failed, 2 rules broken, 812 passed`, what is bad in front. What there is none of is left out.
pub(super) fn sums(report: &Report) -> String {
    let counts = &report.counts;
    let rules = |verdict| report.rules.iter().filter(|rule| rule.verdict == verdict).count();
    let plural =
        |count: usize, one: &str, many: &str| (count, if count == 1 { one } else { many }.to_owned());
    let parts = [
        (counts.fail, "failed".to_owned()),
        plural(rules(Verdict::Fail), "rule broken", "rules broken"),
        plural(report.waivers.useless.len(), "useless waiver", "useless waivers"),
        (counts.blocked, "blocked".to_owned()),
        plural(counts.error, "error", "errors"),
        (counts.nonstrict, "nonstrict".to_owned()),
        plural(rules(Verdict::Nonstrict), "rule bent", "rules bent"),
        (counts.xfail, "xfail".to_owned()),
        (counts.pass, "passed".to_owned()),
        (counts.note, "noted".to_owned()),
        (counts.unsupported, "unsupported".to_owned()),
        (counts.skipped, "skipped".to_owned()),
    ];
    let told = parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
    let told: Vec<String> = told.collect();
    if told.is_empty() { "nothing ran".to_owned() } else { told.join(", ") }
}

/// The server in a few words: the name in its profile, else what it calls itself, else where it listens.
pub(super) fn server(report: &Report) -> String {
    let target = &report.target;
    let own = target.identity.get("name").map(|name| match target.identity.get("version") {
        Some(version) => format!("{name} {version}"),
        None => name.clone(),
    });
    target.name.clone().or(own).unwrap_or_else(|| target.title.clone())
}

/// The verdict on the run in a word.
pub(super) fn word(report: &Report) -> &'static str {
    match (report.complete, report.exit_code) {
        (false, _) => "incomplete",
        (true, 0) => "passed",
        (true, 3) => "errors",
        (true, _) => "failed",
    }
}

/// Lines behind the first stand below it.
fn indented(text: &str, columns: usize) -> String {
    tame(text).trim_end().replace('\n', &format!("\n{:columns$}", ""))
}
