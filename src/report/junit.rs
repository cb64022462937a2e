//! The `junit` report: XML as GitHub, GitLab and Jenkins read it. One test suite for each file of scenarios, one for the broken watch
//! rules, one for waivers that have lost their use, and one for the run itself if it ended early.
//!
//! What a case is about, its clauses and their level, stands in its suite's properties, because Jenkins' schema knows no others.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::plain;
use super::record::{Cited, Entry, Report};
use crate::check::verdict::Verdict;

type Xml = Writer<Vec<u8>>;

/// The report as XML.
///
/// # Errors
/// Never, as far as we know: it is written into memory.
pub fn render(report: &Report) -> io::Result<String> {
    let mut suites: Vec<Suite> = Vec::new();
    for entry in &report.results {
        let name = entry.file.trim_end_matches(".yaml");
        let suite = match suites.iter_mut().find(|suite| suite.name == name) {
            Some(suite) => suite,
            None => {
                suites.push(Suite::new(name));
                let last = suites.len() - 1;
                &mut suites[last]
            }
        };
        suite.add(entry, report);
    }
    suites
        .sort_by(|a, b| crate::check::summary::natural(&a.name).cmp(crate::check::summary::natural(&b.name)));
    suites.extend(
        [rules(report), waivers(report), run(report)].into_iter().filter(|suite| !suite.cases.is_empty()),
    );

    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let sum =
        |what: fn(&Case) -> bool| suites.iter().map(|suite| suite.count(what)).sum::<usize>().to_string();
    xml.create_element("testsuites")
        .with_attributes([
            ("name", clean(&format!("mailspec: {}", report.target.title)).as_str()),
            ("tests", &sum(|_| true)),
            ("failures", &sum(Case::is_failure)),
            ("errors", &sum(Case::is_error)),
            ("time", &seconds(report.took_ms)),
        ])
        .write_inner_content(|xml| suites.iter().try_for_each(|suite| suite.write(report, xml)))?;
    let mut text = String::from_utf8(xml.into_inner()).map_err(io::Error::other)?;
    text.push('\n');
    Ok(text)
}

struct Suite {
    name: String,
    properties: Vec<(String, String)>,
    cases: Vec<Case>,
}

struct Case {
    name: String,
    class: String,
    took_ms: f64,
    outcome: Outcome,
    output: String,
}

enum Outcome {
    Passed,
    Skipped { message: String },
    Failed { element: &'static str, kind: String, message: String, text: String },
}

impl Case {
    fn is_failure(&self) -> bool {
        matches!(self.outcome, Outcome::Failed { element: FAILURE, .. })
    }

    fn is_error(&self) -> bool {
        matches!(self.outcome, Outcome::Failed { element: ERROR, .. })
    }

    fn is_skipped(&self) -> bool {
        matches!(self.outcome, Outcome::Skipped { .. })
    }

    fn write(&self, xml: &mut Xml) -> io::Result<()> {
        let case = xml.create_element("testcase").with_attributes([
            ("name", clean(&self.name).as_str()),
            ("classname", &clean(&self.class)),
            ("time", &seconds(self.took_ms)),
        ]);
        if matches!(self.outcome, Outcome::Passed) && self.output.is_empty() {
            return case.write_empty().map(drop);
        }
        case.write_inner_content(|xml| {
            match &self.outcome {
                Outcome::Passed => {}
                Outcome::Skipped { message } => {
                    xml.create_element("skipped")
                        .with_attribute(("message", line(message).as_str()))
                        .write_empty()?;
                }
                Outcome::Failed { element, kind, message, text } => {
                    let attributes = [("type", line(kind)), ("message", line(message))];
                    let attributes = attributes.iter().map(|(name, value)| (*name, value.as_str()));
                    let failure = xml.create_element(*element).with_attributes(attributes);
                    failure.write_text_content(BytesText::new(&clean(text)))?;
                }
            }
            if !self.output.is_empty() {
                xml.create_element("system-out").write_text_content(BytesText::new(&clean(&self.output)))?;
            }
            Ok(())
        })?;
        Ok(())
    }
}

const FAILURE: &str = "failure";
const ERROR: &str = "error";

impl Suite {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), properties: Vec::new(), cases: Vec::new() }
    }

    fn add(&mut self, entry: &Entry, report: &Report) {
        let name = entry.id.strip_prefix(&format!("{}/", self.name)).unwrap_or(&entry.id).to_owned();
        let clauses: Vec<&str> = entry.clauses.iter().map(|clause| clause.id.as_str()).collect();
        self.properties.push((format!("{name}.clauses"), clauses.join(" ")));
        if let Some(level) = entry.clauses.iter().filter_map(|Cited { level, .. }| *level).max() {
            self.properties.push((format!("{name}.level"), level.to_string()));
        }
        let verdict = entry.verdict.name();
        self.properties.push((format!("{name}.verdict"), verdict.to_owned()));
        let reason = entry.reason.as_deref().unwrap_or("no reason is given");
        let outcome = match (&entry.waiver, entry.verdict) {
            (Some(waiver), _) => Outcome::Skipped { message: format!("waived: {verdict}: {waiver}") },
            (None, Verdict::Unsupported | Verdict::Skipped) => {
                Outcome::Skipped { message: format!("{verdict}: {reason}") }
            }
            _ if !entry.fails_run => Outcome::Passed,
            _ => {
                let element = if entry.verdict == Verdict::Error { ERROR } else { FAILURE };
                let clause = entry.broken.first().and_then(|broken| broken.clause.clone());
                let kind = clause.map_or_else(|| verdict.to_owned(), |clause| format!("{verdict} {clause}"));
                let (message, text) = (plain::headline(entry), plain::failure(entry, report));
                Outcome::Failed { element, kind, message, text }
            }
        };
        let output = if matches!(entry.verdict, Verdict::Pass | Verdict::Unsupported | Verdict::Skipped) {
            String::new()
        } else {
            let told = if entry.fails_run { String::new() } else { plain::failure(entry, report) };
            told + &entry.transcript.as_ref().map(plain::exchange).unwrap_or_default()
        };
        let class = self.name.replace('/', ".");
        self.cases.push(Case { name, class, took_ms: entry.took_ms, outcome, output });
    }

    fn count(&self, what: fn(&Case) -> bool) -> usize {
        self.cases.iter().filter(|case| what(case)).count()
    }

    fn write(&self, report: &Report, xml: &mut Xml) -> io::Result<()> {
        let took = self.cases.iter().map(|case| case.took_ms).sum();
        let count = |what| self.count(what).to_string();
        let environment = &report.environment;
        xml.create_element("testsuite")
            .with_attributes([
                ("name", clean(&self.name).as_str()),
                ("tests", &count(|_| true)),
                ("failures", &count(Case::is_failure)),
                ("errors", &count(Case::is_error)),
                ("skipped", &count(Case::is_skipped)),
                ("time", &seconds(took)),
                ("timestamp", &clean(environment.began.trim_end_matches('Z'))),
            ])
            .write_inner_content(|xml| {
                let common = [("mailspec", &environment.mailspec), ("target", &report.target.title)];
                let common = common.map(|(name, value)| (name.to_owned(), value.clone()));
                xml.create_element("properties").write_inner_content(|xml| {
                    for (name, value) in common.iter().chain(&self.properties) {
                        let attributes = [("name", line(name)), ("value", line(value))];
                        let attributes = attributes.iter().map(|(name, value)| (*name, value.as_str()));
                        xml.create_element("property").with_attributes(attributes).write_empty()?;
                    }
                    Ok(())
                })?;
                self.cases.iter().try_for_each(|case| case.write(xml))
            })?;
        Ok(())
    }
}

fn rules(report: &Report) -> Suite {
    let mut suite = Suite::new("rules");
    for rule in report.rules.iter().filter(|rule| rule.verdict != Verdict::Note) {
        let text = plain::rule(rule, report);
        let name = rule.rule.trim_start_matches("rule/").to_owned();
        suite.properties.push((format!("{name}.clauses"), rule.clause.clone()));
        suite.properties.push((format!("{name}.verdict"), rule.verdict.name().to_owned()));
        let (outcome, output) = if rule.fails_run {
            let kind = format!("{} {}", rule.verdict.name(), rule.clause);
            let first = report.results.iter().find(|entry| entry.id == rule.first);
            let exchange = first.and_then(|entry| entry.transcript.as_ref()).map(plain::exchange);
            let message = plain::first_line(&rule.message).to_owned();
            (Outcome::Failed { element: FAILURE, kind, message, text }, exchange.unwrap_or_default())
        } else {
            (Outcome::Passed, text)
        };
        let name = format!("{name} {}", rule.clause);
        suite.cases.push(Case { name, class: "rules".to_owned(), took_ms: 0.0, outcome, output });
    }
    suite
}

fn waivers(report: &Report) -> Suite {
    let mut suite = Suite::new("waivers");
    for useless in &report.waivers.useless {
        let text = format!("{}:{}: {}", useless.file, useless.line, useless.message);
        let (kind, message) = (useless.lost.clone(), useless.message.clone());
        let outcome = Outcome::Failed { element: FAILURE, kind, message, text };
        let (name, class) = (useless.id.clone(), "waivers".to_owned());
        suite.cases.push(Case { name, class, took_ms: 0.0, outcome, output: String::new() });
    }
    suite
}

/// A run that ended early must not look like one in which all is well.
fn run(report: &Report) -> Suite {
    let mut suite = Suite::new("run");
    if let Some(reason) = &report.cut_short {
        let done = report.results.len();
        let text = format!("The run ended early, with {done} of {} results: {reason}", report.planned);
        let outcome =
            Outcome::Failed { element: ERROR, kind: "incomplete".to_owned(), message: reason.clone(), text };
        let (name, class) = ("is complete".to_owned(), "run".to_owned());
        suite.cases.push(Case { name, class, took_ms: 0.0, outcome, output: String::new() });
    }
    suite
}

/// Without a separator of thousands, as Surefire's type for times wants it.
fn seconds(milliseconds: f64) -> String {
    format!("{:.3}", milliseconds / 1e3)
}

/// In one line, as a parser would make an attribute's value anyway.
fn line(text: &str) -> String {
    clean(text).replace('\n', " ")
}

/// Without the characters that XML 1.0 forbids even as references (section 2.2): they are shown escaped. A carriage return, which a
/// parser would make a line feed of, is as well.
pub(crate) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t'
            | '\n'
            | '\u{20}'..='\u{7e}'
            | '\u{a0}'..='\u{d7ff}'
            | '\u{e000}'..='\u{fffd}'
            | '\u{10000}'.. => {
                clean.push(c);
            }
            _ => clean.extend(c.escape_default()),
        }
    }
    clean
}
