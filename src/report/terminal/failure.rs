//! One failure, told as a good compiler tells an error: where, what was expected, what came, by which clause.

use std::fmt::Write;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::layout::{WIDTH, counted, tame, wrapped};
use super::{Look, exchange};
use crate::check::summary::BrokenRule;
use crate::check::verdict::{Broken, Outcome, Verdict};
use crate::clauses::Catalogue;
use crate::scenario::program::Place;

/// Ids that are listed where many scenarios share one error.
const LISTED: usize = 5;

/// A result that is no pass.
pub(super) fn outcome(outcome: &Outcome, catalogue: &Catalogue, look: &Look) -> String {
    let id = outcome.id();
    let mut remarks = Vec::new();
    if let Some(reason) = &outcome.reason {
        remarks.push(("reason", block(reason)));
    }
    if look.verbose || outcome.broken.is_empty() {
        remarks.extend(outcome.notes.iter().map(|note| ("note", block(note))));
    }
    remarks.push(("scenario", wrapped(&outcome.scenario.title, WIDTH - 16)));
    // The worst first, which is what the verdict is about; else in the order of the talk.
    let mut broken: Vec<&Broken> = outcome.broken.iter().collect();
    broken.sort_by_key(|broken| std::cmp::Reverse(broken.verdict));

    let text = &outcome.scenario.source.text;
    let labels: Vec<String> = broken.iter().map(|broken| label(broken, text)).collect();
    let claims: Vec<Vec<(&str, String)>> = broken
        .iter()
        .enumerate()
        .map(|(index, own)| {
            let told = own.clause.is_some() && broken[..index].iter().any(|other| other.clause == own.clause);
            claim(own, told, catalogue)
        })
        .collect();
    let mut groups = Vec::new();
    for (index, broken) in broken.iter().enumerate() {
        let level = level(broken.verdict);
        let title = if index == 0 {
            level.primary_title(id.as_str())
        } else {
            level.secondary_title("also in this scenario")
        };
        let group = match snippet(outcome, broken.place, &labels[index]) {
            Some(snippet) => title.element(snippet),
            None => title.element(message("expected", &broken.expected)),
        };
        let own = if index == 0 { remarks.as_slice() } else { &[] };
        groups.push(with(with(group, &claims[index]), own));
    }
    if groups.is_empty() {
        groups.push(with(Group::with_title(level(outcome.verdict).primary_title(id.as_str())), &remarks));
    }
    let mut text = rendered(&groups, look);

    let tells = look.verbose || look.require.fails(outcome.verdict);
    if tells && !look.telling {
        let position = broken.first().map_or(usize::MAX, |broken| broken.transcript_position);
        text += &exchange::render(&outcome.transcript, position, look);
    }
    text + &again(&id, if outcome.is_flaky() { outcome.rounds.len() } else { 1 }, look)
}

/// Results that are errors: those with one reason are told of together.
pub(super) fn errors(outcomes: &[&Arc<Outcome>], catalogue: &Catalogue, look: &Look) -> String {
    let mut text = String::new();
    let mut told: Vec<Option<&str>> = Vec::new();
    for &first in outcomes {
        let reason = first.reason.as_deref();
        if reason.is_some() && told.contains(&reason) {
            continue;
        }
        told.push(reason);
        text += outcome(first, catalogue, look).trim_end();
        text.push('\n');
        let others: Vec<String> = outcomes
            .iter()
            .filter(|other| {
                reason.is_some() && other.reason.as_deref() == reason && !Arc::ptr_eq(other, first)
            })
            .map(|other| other.id())
            .collect();
        if !others.is_empty() {
            let _ = writeln!(text, "  the same in {}:", counted(others.len(), "other"));
            let listed = if look.verbose { others.len() } else { LISTED.min(others.len()) };
            for id in &others[..listed] {
                let _ = writeln!(text, "    {id}");
            }
            if others.len() > listed {
                let _ = writeln!(text, "    ... and {} more; -v lists all", others.len() - listed);
            }
        }
        text.push('\n');
    }
    text
}

/// A broken watch rule, with its first finding.
pub(super) fn rule(rule: &BrokenRule, catalogue: &Catalogue, look: &Look) -> String {
    let BrokenRule { finding, outcome, verdict, count } = rule;
    let id = outcome.id();
    let title = format!("rule/{}, found {}", finding.rule, counted(*count, "time"));
    let mut remarks = vec![("found", block(&finding.message))];
    remarks.extend(clause(finding.clause, catalogue));
    remarks.push(("first", format!("in {id}")));
    let group = with(Group::with_title(level(*verdict).primary_title(title.as_str())), &remarks);
    let mut text = rendered(&[group], look);
    if !look.telling {
        text += &exchange::render(&outcome.transcript, finding.transcript_position, look);
    }
    text + &again(&id, 1, look)
}

fn again(id: &str, rounds: usize, look: &Look) -> String {
    let target = if look.target.is_empty() { String::new() } else { format!(" {}", look.target) };
    let rounds = if rounds > 1 { format!(" --repeat {rounds}") } else { String::new() };
    format!("  again: mailspec check --filter {id}{target}{rounds}\n\n")
}

fn rendered(groups: &[Group<'_>], look: &Look) -> String {
    let renderer = if look.colour { Renderer::styled() } else { Renderer::plain() };
    renderer.term_width(WIDTH).render(groups) + "\n"
}

/// What was expected, in the line of the scenario.
fn label(broken: &Broken, text: &str) -> String {
    let written = text.get(broken.place.start..broken.place.end);
    match broken.clause {
        // Not what stands there anyway.
        Some(_) if written.is_some_and(|written| written.trim() == broken.expected) => {
            let marker = written.and_then(|written| written.split_once(':')).map(|(marker, _)| marker);
            let forbids = marker.is_some_and(|marker| marker.ends_with('!'));
            if forbids { "must not come" } else { "expected" }.to_owned()
        }
        Some(_) => format!("expected: {}", broken.expected),
        None => format!("needed before the talk can go on: {}", broken.expected),
    }
}

/// What came, and the clause; only its id if it was told of before.
fn claim<'a>(broken: &Broken, told: bool, catalogue: &Catalogue) -> Vec<(&'a str, String)> {
    let mut remarks = vec![("came", block(&broken.came))];
    match &broken.clause {
        Some(id) if told => remarks.push(("clause", format!("{id}, as above"))),
        Some(id) => remarks.extend(clause(id, catalogue)),
        None => {}
    }
    remarks
}

fn clause<'a>(id: &str, catalogue: &Catalogue) -> Vec<(&'a str, String)> {
    let Some(clause) = catalogue.get(id) else {
        return vec![("clause", format!("{id}, which is not in the catalogue"))];
    };
    let level = clause.level.to_string().to_uppercase();
    let head = format!("{id}, a {level} of RFC {} section {}:", clause.rfc, clause.section);
    let mut remarks = vec![("clause", format!("{head}\n{}", wrapped(&clause.text, WIDTH - 14)))];
    if let (Some(contested), Some(accept)) = (&clause.contested, clause.accept) {
        let text = format!("counts as {accept} at most: {contested}");
        remarks.push(("contested", wrapped(&text, WIDTH - 17)));
    }
    remarks
}

/// The line of the scenario. None where the place is not in the text.
fn snippet<'a>(
    outcome: &'a Outcome,
    place: Place,
    label: &'a str,
) -> Option<Snippet<'a, annotate_snippets::Annotation<'a>>> {
    let source = &outcome.scenario.source;
    let span = first_line(&source.text, place)?;
    let annotation = AnnotationKind::Primary.span(span).label(label);
    Some(Snippet::source(source.text.as_str()).path(source.path.as_str()).annotation(annotation))
}

fn first_line(text: &str, place: Place) -> Option<Range<usize>> {
    let line = text.get(place.start..place.end)?.lines().next()?.trim_end();
    (!line.is_empty()).then(|| place.start..place.start + line.len())
}

fn with<'a>(group: Group<'a>, remarks: &'a [(&'a str, String)]) -> Group<'a> {
    remarks.iter().fold(group, |group, (name, text)| group.element(message(name, text)))
}

fn message<'a>(name: &'a str, text: &'a str) -> annotate_snippets::Message<'a> {
    Level::NOTE.with_name(name).message(text)
}

fn level(verdict: Verdict) -> Level<'static> {
    let level = match verdict {
        Verdict::Fail | Verdict::Blocked | Verdict::Error => Level::ERROR,
        Verdict::Nonstrict => Level::WARNING,
        Verdict::Pass | Verdict::Note | Verdict::Unsupported | Verdict::Skipped => Level::NOTE,
    };
    level.with_name(verdict.name())
}

/// Text that may have lines and a caret of its own, which must stay where they are.
fn block(text: &str) -> String {
    let text = tame(text);
    if text.contains('\n') { text.trim_end().to_owned() } else { wrapped(&text, WIDTH - 14) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_forbids_is_not_called_expected() {
        for (line, expected, told) in [
            ("S: OK", "S: OK", "expected"),
            ("S: * OK [ALERT] !: x", "S: * OK [ALERT] !: x", "expected"),
            ("bob S!: * _ EXPUNGE", "bob S!: * _ EXPUNGE", "must not come"),
            ("= exists == 2", "2 messages", "expected: 2 messages"),
        ] {
            let broken = Broken {
                verdict: Verdict::Fail,
                clause: Some("rfc3501-6-01".into()),
                place: Place { start: 0, end: line.len() },
                expected: expected.to_owned(),
                came: String::new(),
                transcript_position: 0,
            };
            assert_eq!(label(&broken, line), told);
        }
    }
}
