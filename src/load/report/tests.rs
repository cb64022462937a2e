//! Each format, from one fixed result.

use std::{sync::Arc, time::Duration};

use proptest::prelude::*;

use super::{
    format::Format,
    record::{
        Command, CommandInterval, ErrorKind, Finding, Gate, Generator, Interval, Measured, Model, Record,
        Sessions, Starts, VERSION, Workload,
    },
    recording::distribution,
    *,
};
use crate::report::{destination::Named, record::Environment};

/// Latencies of a second: so many, the longer the later.
fn latencies(second: u32, base: u32) -> Durations {
    let mut durations = Durations::default();
    (1..=20).for_each(|n| {
        durations.record(Duration::from_micros(u64::from(base * (100 + n * n * (second + 1)))));
    });
    durations
}

/// A run of three seconds with two commands, an error and a broken rule.
pub(crate) fn fixed() -> Record {
    let names = [("connect", 3), ("session", 9), ("LOGIN", 2), ("FETCH", 1)];
    let measured = |durations: &Durations, count, errors| Measured {
        count,
        errors,
        per_second: f64::from(u32::try_from(count).unwrap()) / 2.5,
        latency: distribution(durations),
        service: distribution(durations),
    };
    let command = |(name, base): (&str, u32)| {
        let mut all = Durations::default();
        (0..3).for_each(|second| all.add(&latencies(second, base)));
        if name == "session" {
            all.clear();
        }
        let errors = u64::from(name == "FETCH");
        Command { name: name.to_owned(), measured: measured(&all, all.count() + errors, errors) }
    };
    let interval = |second: u32| Interval {
        from_s: second.into(),
        length_s: if second == 2 { 0.5 } else { 1.0 },
        count: 40 + u64::from(second == 1),
        errors: u64::from(second == 1),
        outstanding: second.into(),
        oldest_ms: 1.5 * f64::from(second),
        begun: 1,
        planned_starts: 40,
        lateness_p99_ms: (second > 0).then_some(0.25),
        commands: [("LOGIN", 2), ("FETCH", 1)]
            .map(|(name, base)| {
                let durations = latencies(second, base);
                let ms = |share| durations.quantile(share).as_secs_f64() * 1e3;
                CommandInterval {
                    name: name.to_owned(),
                    count: 20,
                    errors: 0,
                    p50_ms: ms(0.5),
                    p99_ms: ms(0.99),
                    max_ms: ms(1.0),
                    latency: durations.pack(),
                    service: durations.pack(),
                }
            })
            .to_vec(),
    };
    let mut all = Durations::default();
    (0..3).for_each(|second| [2, 1].iter().for_each(|base| all.add(&latencies(second, *base))));
    Record {
        mailspec_load_report: VERSION,
        environment: Environment {
            mailspec: "0.1.0".to_owned(),
            os: "linux".to_owned(),
            arch: "x86_64".to_owned(),
            began: "2026-01-02T03:04:05Z".to_owned(),
            arguments: "look --sessions 3".to_owned(),
        },
        workload: Workload {
            name: "look".to_owned(),
            title: "Clients that look".to_owned(),
            sha256: "00ff".to_owned(),
        },
        target: "imap://localhost:143".to_owned(),
        model: Model { description: "closed model: 3 sessions".to_owned(), sessions: 3, rate: None },
        generator: Generator { threads: 2, seed: 1, busiest: 0.25, lateness: distribution(&latencies(0, 1)) },
        starts: Some(Starts { planned: 124, queued: 2, unsent: 1 }),
        planned_s: 2.5,
        lasted_s: 2.5,
        exit_code: 1,
        limits: vec!["late by more than 1 ms".to_owned()],
        gates: vec![
            Gate { gate: "fetch.p99 < 50ms".to_owned(), measured: Some("3.2 ms".to_owned()), held: true },
            Gate { gate: "store.p99 < 50ms".to_owned(), measured: None, held: false },
        ],
        sessions: Sessions { begun: 3, completed: 2, failed: 1 },
        total: measured(&all, 121, 1),
        commands: names.map(command).to_vec(),
        errors: vec![ErrorKind {
            command: "FETCH".to_owned(),
            reason: "refused: NO".to_owned(),
            count: 1,
            exchange: "  0.0 C: a1 FETCH 1 (FLAGS)\n  1.0 S: a1 NO\n".to_owned(),
        }],
        findings: vec![Finding {
            rule: "grammar".to_owned(),
            clause: "rfc3501-9-01".to_owned(),
            verdict: "fail".to_owned(),
            count: 2,
            message: "this is no response".to_owned(),
            exchange: "  1.0 S: * <b>\n".to_owned(),
        }],
        intervals: (0..3).map(interval).collect(),
    }
}

#[test]
fn json_comes_back_as_it_was() {
    let record = fixed();
    let text = json::render(&record).unwrap();
    let mut expected = record;
    for command in expected.intervals.iter_mut().flat_map(|interval| &mut interval.commands) {
        (command.latency, command.service) = Default::default();
    }
    assert_eq!(json::read(&text).unwrap(), expected);
    let other = json::read(r#"{ "mailspec_load_report": 7 }"#).unwrap_err().to_string();
    assert_eq!(other, "the report has version 7 of the schema, and this mailspec reads version 1");
    ["{}", "["].iter().for_each(|text| assert!(json::read(text).is_err()));
}

#[test]
fn each_key_of_the_json_report_is_in_its_schema() {
    let schema: serde_json::Value = serde_json::from_str(&json::schema()).unwrap();
    let known = json::schema();
    assert_eq!(schema["title"], "Record");
    fn keys(value: &serde_json::Value, found: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(object) => object.iter().for_each(|(key, value)| {
                found.push(key.clone());
                keys(value, found);
            }),
            serde_json::Value::Array(list) => list.iter().for_each(|value| keys(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    keys(&serde_json::to_value(fixed()).unwrap(), &mut found);
    assert!(found.len() > 50);
    found.iter().for_each(|key| assert!(known.contains(&format!("\"{key}\": {{")), "{key}"));
}

#[test]
fn the_interval_log_has_all_latencies() {
    use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};
    let log = hlog::render(&fixed()).unwrap();
    // The crate's reader knows no line of headings.
    let log: String =
        log.lines().filter(|line| !line.starts_with('"')).map(|line| format!("{line}\n")).collect();
    let mut fetched = Durations::default();
    let mut lines = 0;
    for entry in IntervalLogIterator::new(log.as_bytes()) {
        let LogEntry::Interval(line) = entry.unwrap() else { continue };
        lines += 1;
        if line.tag().is_some_and(|tag| tag.as_str() == "FETCH") {
            fetched.add(&Durations::from_base64(line.encoded_histogram()));
        }
    }
    assert_eq!((lines, fetched.count()), (3 * 2 * 2, 60));
    assert_eq!(fetched.max(), latencies(2, 1).max());
}

#[test]
fn a_run_without_answers_has_reports_as_well() {
    let mut record = fixed();
    record.intervals.clear();
    for command in &mut record.commands {
        (command.measured.latency, command.measured.service) = (None, None);
    }
    (record.total.latency, record.total.service) = (None, None);
    for format in Format::ALL {
        let text = format.render(&record).unwrap();
        assert!(!text.contains("NaN") && !text.contains("inf\""), "{}: {text}", format.name());
    }
    well_formed(&html::render(&record));
}

/// The text of the page, outside of tags; panics where it is no XML.
fn well_formed(page: &str) -> String {
    use quick_xml::{Reader, events::Event};
    let mut reader = Reader::from_str(page);
    reader.config_mut().check_end_names = true;
    let (mut depth, mut text) = (0, String::new());
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error} in {page}")) {
            Event::Start(tag) => {
                assert!(tag.attributes().all(|attribute| attribute.is_ok()), "{page}");
                depth += 1;
            }
            Event::Empty(tag) => assert!(tag.attributes().all(|attribute| attribute.is_ok()), "{page}"),
            Event::End(_) => depth -= 1,
            Event::Text(part) => text.push_str(&part),
            Event::GeneralRef(name) => {
                text.push_str(quick_xml::escape::resolve_predefined_entity(&name).unwrap());
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn odd_names_break_no_report(name in r#"[ -~\PC<>&"',\x00-\x1f]{0,20}"#, other in any::<String>()) {
        let mut record = fixed();
        record.commands[3].name = name.clone();
        record.intervals[1].commands[1].name = name.clone();
        record.workload.name = other.clone();
        record.workload.title = other.clone();
        record.target = name.clone();
        record.model.description = other.clone();
        record.errors[0].command = name.clone();
        record.errors[0].reason = other.clone();
        record.findings[0].message = other;
        let text = well_formed(&html::render(&record));
        prop_assert!(text.contains(&crate::report::junit::clean(&name)));
        // Nothing that a browser takes for an element begins in a name.
        let log = hlog::render(&record).unwrap();
        prop_assert!(log.lines().filter(|line| line.starts_with("Tag=")).all(|line| line.split(',').count() == 5));
        prop_assert_eq!(log.lines().filter(|line| line.contains("HIST")).count(), 12);
        json::read(&json::render(&record).unwrap()).unwrap();
    }
}

/// The command of an interval is told apart by its name.
#[test]
fn a_report_of_the_engine_becomes_a_record() {
    let report = Report {
        workload: "look".to_owned(),
        title: "Clients that look".to_owned(),
        source: "title: x".to_owned(),
        target: "a server".to_owned(),
        model: crate::load::plan::Model::Closed { sessions: 2 },
        threads: 1,
        seed: 4,
        lasted: Duration::from_secs(2),
        planned: Duration::from_secs(3),
        commands: vec![CommandReport {
            name: Arc::from("NOOP"),
            count: 20,
            errors: 0,
            latency: latencies(0, 1),
            service: latencies(0, 1),
        }],
        planned_starts: 0,
        queued: 0,
        unsent: 0,
        lateness: Durations::default(),
        begun: 2,
        completed: 1,
        failed: 1,
        errors: Vec::new(),
        findings: Vec::new(),
        intervals: Vec::new(),
        busiest: 0.0,
        limits: Vec::new(),
        gates: Vec::new(),
    };
    let record = recording::record(&report, Environment::default(), &Catalogue::load(None).unwrap());
    assert_eq!(record.total, record.commands[0].measured);
    // A histogram keeps three digits.
    assert!((record.total.latency.as_ref().unwrap().min_ms - 0.101).abs() < 0.000_5);
    assert!((record.total.per_second - 10.0).abs() < 1e-9);
    assert_eq!(record.workload.sha256.len(), 64);
    assert_eq!(record.exit_code, 0);
}
