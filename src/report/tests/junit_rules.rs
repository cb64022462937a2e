//! What Jenkins' schema for JUnit (version 10 of its xUnit plugin) demands, in our own words: which elements stand in which, and which
//! attributes they may and must have. GitHub and GitLab read less than that.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// An element: its name, the elements that may stand in it, the attributes that it must have, and those that it may have.
type Rule = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

const RULES: [Rule; 9] = [
    ("testsuites", &["testsuite"], &[], &["name", "time", "tests", "failures", "errors"]),
    (
        "testsuite",
        &["testsuite", "properties", "testcase", "system-out", "system-err"],
        &["name", "tests", "failures", "errors"],
        &["group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"],
    ),
    ("properties", &["property"], &[], &[]),
    ("property", &[], &["name", "value"], &[]),
    (
        "testcase",
        &["skipped", "error", "failure", "system-out", "system-err"],
        &["name"],
        &["time", "classname", "group"],
    ),
    ("skipped", &[], &[], &["type", "message"]),
    ("error", &[], &[], &["type", "message"]),
    ("failure", &[], &[], &["type", "message"]),
    ("system-out", &[], &[], &[]),
];

/// The first thing that is against the rules; the numbers of cases must be those that the suites tell.
pub(super) fn check(xml: &str) -> Result<(), String> {
    let mut reader = Reader::from_str(xml);
    let mut open: Vec<String> = Vec::new();
    let mut told: Vec<[usize; 4]> = Vec::new();
    let mut seen = [0; 4];
    loop {
        let event =
            reader.read_event().map_err(|error| format!("at {}: {error}", reader.error_position()))?;
        match &event {
            Event::Start(start) | Event::Empty(start) => {
                let name = element(start, open.last().map(String::as_str))?;
                if name == "testsuite" {
                    compare(told.pop(), seen)?;
                    told.push(["tests", "failures", "errors", "skipped"].map(|name| number(start, name)));
                    seen = [0; 4];
                }
                if let Some(at) =
                    ["testcase", "failure", "error", "skipped"].iter().position(|one| *one == name)
                {
                    seen[at] += 1;
                }
                if matches!(event, Event::Start(_)) {
                    open.push(name);
                }
            }
            Event::End(_) => drop(open.pop()),
            Event::Text(text) => {
                let text: &str = text;
                characters(text)?;
                let mixed = ["system-out", "failure", "error", "skipped"];
                if !text.trim().is_empty() && !open.last().is_some_and(|name| mixed.contains(&name.as_str()))
                {
                    return Err(format!("text in {open:?}: {text}"));
                }
            }
            Event::GeneralRef(reference) => {
                let reference: &str = reference;
                if !["lt", "gt", "amp", "quot", "apos"].contains(&reference) {
                    return Err(format!("&{reference};"));
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if open.is_empty() { compare(told.pop(), seen) } else { Err(format!("{open:?} is left open")) }
}

fn element(start: &BytesStart<'_>, parent: Option<&str>) -> Result<String, String> {
    let name = start.name().as_ref().to_owned();
    let allowed = match parent {
        None => name == "testsuites",
        Some(parent) => RULES.iter().any(|rule| rule.0 == parent && rule.1.contains(&name.as_str())),
    };
    let rule = RULES.iter().find(|rule| rule.0 == name).filter(|_| allowed);
    let (_, _, must, may) = rule.ok_or_else(|| format!("{name} in {parent:?}"))?;
    let mut names = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| format!("{name}: {error}"))?;
        let key = attribute.key.as_ref().to_owned();
        let value = attribute.value.into_owned();
        characters(&value)?;
        if !must.contains(&key.as_str()) && !may.contains(&key.as_str()) {
            return Err(format!("{name} has {key}"));
        }
        // Surefire's type for times.
        let figures = |c: char| c.is_ascii_digit() || c == '.';
        if key == "time" && (!value.chars().all(figures) || value.matches('.').count() > 1) {
            return Err(format!("{name}: {value} is no time"));
        }
        names.push(key);
    }
    match must.iter().find(|must| !names.iter().any(|name| name == *must)) {
        Some(missing) => Err(format!("{name} has no {missing}")),
        None => Ok(name),
    }
}

/// XML 1.0 section 2.2.
fn characters(text: &str) -> Result<(), String> {
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    match text.chars().find(|&c| !allowed(c)) {
        Some(c) => Err(format!("{c:?} is no character of XML")),
        None => Ok(()),
    }
}

fn number(start: &BytesStart<'_>, name: &str) -> usize {
    let attribute = start.try_get_attribute(name).ok().flatten();
    attribute.and_then(|attribute| attribute.value.parse().ok()).unwrap_or(usize::MAX)
}

fn compare(told: Option<[usize; 4]>, seen: [usize; 4]) -> Result<(), String> {
    match told {
        Some(told) if told != seen => Err(format!("a suite tells {told:?}, and has {seen:?}")),
        _ => Ok(()),
    }
}

#[test]
fn a_report_keeps_the_rules() {
    let xml = crate::report::junit::render(&super::report()).unwrap();
    check(&xml).unwrap_or_else(|trouble| panic!("{trouble}\n{xml}"));
    let partial = super::record(&super::events(Some("gone")));
    check(&crate::report::junit::render(&partial).unwrap()).unwrap();
}

#[test]
fn what_breaks_the_rules_is_found() {
    let suite = |inner: &str| {
        format!(
            "<testsuites><testsuite name=\"a\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\">{inner}</testsuite></testsuites>"
        )
    };
    check(&suite("<testcase name=\"x\" time=\"1.5\"/>")).unwrap();
    for (inner, trouble) in [
        ("<testcase/>", "testcase has no name"),
        ("<testcase name=\"x\" time=\"1,5 s\"/>", "testcase: 1,5 s is no time"),
        ("<testcase name=\"x\"><properties/></testcase>", "properties in Some(\"testcase\")"),
        ("<testcase name=\"x\" level=\"must\"/>", "testcase has level"),
        ("<testcase name=\"x\"/><testcase name=\"y\"/>", "a suite tells [1, 0, 0, 0], and has [2, 0, 0, 0]"),
        ("<testcase name=\"x\"/>\u{1}", "'\\u{1}' is no character of XML"),
        ("<testcase name=\"x\"/>text", "text in [\"testsuites\", \"testsuite\"]: text"),
    ] {
        assert_eq!(check(&suite(inner)).unwrap_err(), trouble);
    }
}
