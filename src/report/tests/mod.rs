//! One fixed stream of events, and what each sink makes of it.

mod junit_rules;
mod schema;
mod sinks;
mod validity;

use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use super::Sink;
use super::event::{Event, Server};
use super::record::{Environment, Recorder, Report};
use crate::check::exit::Require;
use crate::check::verdict::{Broken, Finding, Outcome, Verdict};
use crate::check::waivers::{Complaint, Ledger, Lost, Waivers};
use crate::clauses::{Catalogue, Coverage};
use crate::fault::{Fault, Span};
use crate::scenario::program::{Given, Lease, Place, Program, Protocol, Row, Scenario, Source};
use crate::session::transcript::{Scribe, Transcript};

const TEXT: &str = "\
protocol: imap
scenarios:
  renumbers:
    title: EXPUNGE announces each removal and renumbers what follows
    talk: |
      C: EXPUNGE
      S: * #2 EXPUNGE
      S: * #4 EXPUNGE
";

fn place(of: &str) -> Place {
    let start = TEXT.find(of).unwrap();
    Place { start, end: start + of.len() }
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn outcome(id: &str, row: Option<&str>, verdict: Verdict) -> Outcome {
    let protocol = if id.starts_with("rfc1939") { Protocol::Pop3 } else { Protocol::Imap };
    let (file, _) = id.rsplit_once('/').unwrap();
    let row = row.map(str::to_owned);
    let scenario = Scenario {
        id: id.to_owned(),
        source: Arc::new(Source { path: format!("{file}.yaml"), text: TEXT.to_owned() }),
        place: place("renumbers"),
        protocol,
        title: "EXPUNGE announces each removal and renumbers what follows".to_owned(),
        clauses: vec!["rfc3501-6.4.3-02".into()],
        requires: Vec::new(),
        given: Given::default(),
        lease: Lease::Mailbox,
        slow: false,
        fresh: false,
        rows: vec![Row { name: row.clone(), clause: None, program: Program::default() }],
    };
    Outcome {
        scenario: Arc::new(scenario),
        row,
        verdict,
        rounds: Vec::new(),
        reason: None,
        waived: None,
        broken: Vec::new(),
        notes: Vec::new(),
        clauses: vec![("rfc3501-6.4.3-02".into(), verdict)],
        findings: Vec::new(),
        took: ms(12),
        commands: 3,
        replies: vec![ms(2)],
        transcript: Transcript::default(),
    }
}

fn transcript(write: impl FnOnce(&Scribe, &Scribe)) -> Transcript {
    let shared = Arc::new(Mutex::new(Transcript::default()));
    write(&Scribe::new("", Arc::clone(&shared)), &Scribe::new("bob", Arc::clone(&shared)));
    Arc::try_unwrap(shared).unwrap().into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn broken(verdict: Verdict, of: &str, clause: Option<&str>, expected: &str, came: String) -> Broken {
    let (clause, expected) = (clause.map(Into::into), expected.to_owned());
    Broken { verdict, clause, place: place(of), expected, came, transcript_position: 4 }
}

/// A MUST that is broken twice, in a talk of two sessions, with an octet to blame and octets that can't be shown.
fn failed() -> Outcome {
    let mut outcome = outcome("rfc3501/6.4.3-expunge/renumbers", None, Verdict::Fail);
    let came = Fault::note("the nearest line", Span::new(2, 3), "expected 3").render(b"* 4 EXPUNGE\r\n");
    outcome.broken = vec![
        broken(
            Verdict::Nonstrict,
            "S: * #2 EXPUNGE",
            Some("rfc3501-6.4.3-03"),
            "this",
            "nothing <came>".into(),
        ),
        broken(Verdict::Fail, "S: * #4 EXPUNGE", Some("rfc3501-6.4.3-02"), "S: * #4 EXPUNGE", came),
    ];
    outcome.clauses.push(("rfc3501-6.4.3-03".into(), Verdict::Nonstrict));
    outcome.transcript = transcript(|main, bob| {
        main.sent(ms(100), b"a1 EXPUNGE\r\n");
        bob.received(ms(101), b"* OK \x1b[31m& <b>\xff\n");
        main.received(ms(102), b"* 2 EXPUNGE\r\n");
        main.received(ms(102), b"* 4 EXPUNGE\r\n");
        main.received(ms(103), b"a1 OK behind the failure\r\n");
        main.note(ms(104), "the client closes the connection");
    });
    outcome
}

/// A pass in which a watch rule has found something.
fn found() -> Outcome {
    let mut outcome = outcome("rfc3501/6.4.8-uid/fetch", Some("one"), Verdict::Pass);
    outcome.findings = vec![Finding {
        rule: "uid-in-fetch",
        clause: "rfc3501-6.4.8-10",
        at_most: None,
        message: Fault::new("rfc3501-6.4.8-10", Span::new(2, 3), "no UID").render(b"* 1 FETCH ()\r\n"),
        waived: None,
        transcript_position: 1,
    }];
    outcome.transcript = transcript(|main, _| main.received(ms(0), b"* 1 FETCH ()\r\n"));
    outcome
}

fn waived() -> Outcome {
    let waivers = "- id: rfc3501/7.4.1-expunge-response/late\n  reason: known | since # 2.3\n  link: https://bugs.example/1\n";
    let mut outcome = outcome("rfc3501/7.4.1-expunge-response/late", None, Verdict::Fail);
    outcome.broken =
        vec![broken(Verdict::Fail, "C: EXPUNGE", Some("rfc3501-7.4.1-05"), "no EXPUNGE", "one".into())];
    outcome.clauses = vec![("rfc3501-7.4.1-05".into(), Verdict::Fail)];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("waivers.yaml");
    std::fs::write(&path, waivers).unwrap();
    let waivers = Waivers::read(&path).unwrap();
    Ledger::new(&waivers).enter(&mut outcome, &Catalogue::load(None).unwrap());
    assert!(outcome.waived.is_some());
    outcome
}

fn without_talk(id: &str, verdict: Verdict, reason: &str) -> Outcome {
    let mut outcome = outcome(id, None, verdict);
    outcome.reason = Some(reason.to_owned());
    outcome.clauses.clear();
    outcome
}

/// The stream.
fn events(cut_short: Option<&str>) -> Vec<Event> {
    let outcomes = vec![
        outcome("rfc1939/5-stat/counts", None, Verdict::Pass),
        failed(),
        found(),
        waived(),
        outcome("rfc3501/6.4.3-expunge/none", Some("a"), Verdict::Nonstrict),
        without_talk("rfc2177-idle/3-idle/done", Verdict::Unsupported, "IDLE is not advertised"),
        without_talk("rfc1939/5-stat/size", Verdict::Error, "no connection: \u{1}\u{202e}]]> refused"),
    ];
    let server = Server {
        name: Some("Example <Mail> 4.2".to_owned()),
        addresses: vec!["imap://h:143".to_owned(), "pop3://h:110".to_owned()],
        accounts: 4,
        delivery: "lmtp",
        identity: vec![("name".to_owned(), "Ex".to_owned()), ("version".to_owned(), "4.2".to_owned())],
        imap: vec!["IDLE".to_owned(), "IMAP4REV1".to_owned()],
        pop3: vec!["UIDL".to_owned()],
        prefix: "INBOX.".to_owned(),
        delimiter: Some(".".to_owned()),
    };
    let target = "Example <Mail> 4.2 (imap://h:143 pop3://h:110)".to_owned();
    let mut events = vec![Event::Started { target, server: Box::new(server), planned: outcomes.len() }];
    for outcome in outcomes {
        events.push(Event::Begun { id: outcome.id() });
        events.push(Event::Ended(Arc::new(outcome)));
    }
    let complaint = Complaint {
        path: "waivers.yaml".to_owned(),
        lost: Lost::Xpass,
        id: "rfc1939/5-stat/*".to_owned(),
        message: "rfc1939/5-stat/counts passed; delete lines 7 to 9".to_owned(),
        line: 7,
    };
    let cut_short = cut_short.map(str::to_owned);
    events.push(Event::Finished { took: ms(3240), commands: 21, cut_short, complaints: vec![complaint] });
    events
}

fn environment() -> Environment {
    Environment {
        mailspec: "0.1.0".to_owned(),
        os: "linux".to_owned(),
        arch: "x86_64".to_owned(),
        began: "2026-11-23T03:56:56Z".to_owned(),
        arguments: "--target example.yaml".to_owned(),
    }
}

/// What is recorded of these events; of the clauses only those that they are about.
fn record(events: &[Event]) -> Report {
    let catalogue = Catalogue::load(None).unwrap();
    let coverage = Coverage::of(&catalogue, &[], crate::watch::rules());
    let mut recorder =
        Recorder::new(environment(), Require::Must, "imap://h:143".to_owned(), &catalogue, &coverage);
    events.iter().for_each(|event| recorder.take(event));
    let mut report = recorder.report(1, None);
    report.clauses.retain(|clause| clause.verdict.is_some());
    report
}

/// What is recorded of the stream. The catalogue takes long to read, and so this is done once.
fn report() -> Report {
    static REPORT: LazyLock<Report> = LazyLock::new(|| record(&events(None)));
    REPORT.clone()
}
