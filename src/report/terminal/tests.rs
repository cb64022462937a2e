use std::sync::{Mutex, PoisonError};

use super::*;
use crate::check::verdict::{Broken, Finding};
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

fn scenario(id: &str) -> Arc<Scenario> {
    Arc::new(Scenario {
        id: id.to_owned(),
        source: Arc::new(Source { path: "rfc3501/6.4.3-expunge.yaml".to_owned(), text: TEXT.to_owned() }),
        place: place("renumbers"),
        protocol: Protocol::Imap,
        title: "EXPUNGE announces each removal and renumbers what follows".to_owned(),
        clauses: vec!["rfc3501-6.4.3-02".into()],
        requires: Vec::new(),
        given: Given::default(),
        lease: Lease::Mailbox,
        slow: false,
        fresh: false,
        rows: vec![Row { name: None, clause: None, program: Program::default() }],
    })
}

/// A transcript that `write` fills: a pen for the main session, and one for bob's.
fn transcript(write: impl FnOnce(&Scribe, &Scribe)) -> Transcript {
    let shared = Arc::new(Mutex::new(Transcript::default()));
    write(&Scribe::new("", Arc::clone(&shared)), &Scribe::new("bob", Arc::clone(&shared)));
    Arc::try_unwrap(shared).unwrap().into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn ended(id: &str, verdict: Verdict) -> Outcome {
    Outcome {
        scenario: scenario(id),
        row: None,
        verdict,
        rounds: Vec::new(),
        reason: None,
        waived: None,
        broken: Vec::new(),
        notes: Vec::new(),
        clauses: Vec::new(),
        findings: Vec::new(),
        took: ms(12),
        commands: 3,
        replies: Vec::new(),
        transcript: Transcript::default(),
    }
}

fn broken(verdict: Verdict, of: &str, clause: Option<&str>, expected: &str, came: &str) -> Broken {
    Broken {
        verdict,
        clause: clause.map(Into::into),
        place: place(of),
        expected: expected.to_owned(),
        came: came.to_owned(),
        transcript_position: 4,
    }
}

/// What the sink writes for these outcomes, one of them repeated in the tests below.
fn report_with(look: Look, outcomes: Vec<Outcome>, cut_short: Option<&str>) -> String {
    let catalogue = Catalogue::load(None).unwrap();
    let mut out = Vec::new();
    let mut sink = Terminal::new(&mut out, look, &catalogue);
    sink.take(&Event::Started {
        target: "imap://h:143".to_owned(),
        server: Box::default(),
        planned: outcomes.len(),
    });
    let commands = outcomes.iter().map(|outcome| u64::from(outcome.commands)).sum();
    for outcome in outcomes {
        sink.take(&Event::Begun { id: outcome.id() });
        sink.take(&Event::Ended(Arc::new(outcome)));
    }
    sink.take(&Event::Finished {
        took: ms(3240),
        commands,
        cut_short: cut_short.map(str::to_owned),
        complaints: Vec::new(),
    });
    String::from_utf8(out).unwrap()
}

fn report(outcomes: Vec<Outcome>) -> String {
    report_with(Look { target: "imap://alice:***@h".to_owned(), ..Look::default() }, outcomes, None)
}

const RENUMBERS: &str = "rfc3501/6.4.3-expunge/renumbers";

#[test]
fn a_broken_must() {
    let mut outcome = ended(RENUMBERS, Verdict::Fail);
    outcome.broken = vec![
        broken(
            Verdict::Nonstrict,
            "S: * #2 EXPUNGE",
            Some("rfc3501-6.4.3-03"),
            "S: * #2 EXPUNGE",
            "nothing of the kind",
        ),
        broken(
            Verdict::Fail,
            "S: * #4 EXPUNGE",
            Some("rfc3501-6.4.3-02"),
            "an EXPUNGE of message 3",
            "* 4 EXPUNGE\n  ^ 3 was expected",
        ),
    ];
    outcome.transcript = transcript(|main, bob| {
        main.sent(ms(100), b"a1 EXPUNGE\r\n");
        bob.received(ms(101), b"* BYE\n");
        main.received(ms(102), b"* 2 EXPUNGE\r\n");
        main.received(ms(102), b"* 4 EXPUNGE\r\n");
        main.received(ms(103), b"a1 OK behind the failure\r\n");
    });
    insta::assert_snapshot!(report(vec![outcome]), @r#"
    imap://h:143: 1 scenario to run
    fail        rfc3501/6.4.3-expunge/renumbers (12.0 ms)

    fail: rfc3501/6.4.3-expunge/renumbers
     --> rfc3501/6.4.3-expunge.yaml:8:7
      |
    8 |       S: * #4 EXPUNGE
      |       ^^^^^^^^^^^^^^^ expected: an EXPUNGE of message 3
      |
      = came: * 4 EXPUNGE
                ^ 3 was expected
      = clause: rfc3501-6.4.3-02, a MUST of RFC 3501 section 6.4.3:
                EXPUNGE reports each message that it removes before its tagged OK
      = scenario: EXPUNGE announces each removal and renumbers what follows
    nonstrict: also in this scenario
     --> rfc3501/6.4.3-expunge.yaml:7:7
      |
    7 |       S: * #2 EXPUNGE
      |       ^^^^^^^^^^^^^^^ expected
      = came: nothing of the kind
      = clause: rfc3501-6.4.3-03, a MUST of RFC 3501 section 6.4.3:
                The numbers in a series of EXPUNGE lines take the earlier ones into account
      exchange:
            0.0 ms      C: a1 EXPUNGE
            1.0 ms  bob S: * BYE\n
            2.0 ms      S: * 2 EXPUNGE
            2.0 ms      S: * 4 EXPUNGE
      again: mailspec check --filter rfc3501/6.4.3-expunge/renumbers imap://alice:***@h

                            pass    fail
    rfc3501                    -       1
      6.4.3-expunge            -       1

    1 result, 3 commands, 3.2 s
    check: 0 passed, 1 failed
    "#);
}

#[test]
fn a_broken_should_with_a_long_exchange() {
    let exchange = |verdict| {
        let mut outcome = ended(RENUMBERS, verdict);
        outcome.broken = vec![broken(verdict, "S: * #2 EXPUNGE", Some("rfc3501-6.4.3-02"), "this", "that")];
        outcome.broken[0].transcript_position = 40;
        outcome.transcript = transcript(|main, _| {
            for number in 0..50 {
                main.received(ms(number), &vec![b'x'; 300]);
            }
        });
        outcome
    };
    let text = report(vec![exchange(Verdict::Nonstrict)]);
    assert!(!text.contains("exchange"), "{text}");
    let text = report(vec![exchange(Verdict::Fail)]);
    assert!(text.contains("  exchange, the last 20 of 40 entries:\n       20.0 ms  S: xxx"), "{text}");
    assert!(text.contains("x... (60 octets more)\n  again:"), "{text}");
    let verbose = Look { verbose: true, ..Look::default() };
    let text = report_with(verbose, vec![exchange(Verdict::Nonstrict)], None);
    assert_eq!(text.matches(&"x".repeat(300)).count(), 40, "{text}");
}

#[test]
fn a_refused_precondition() {
    let mut outcome = ended(RENUMBERS, Verdict::Blocked);
    outcome.reason = Some("EXPUNGE was refused".to_owned());
    outcome.broken = vec![broken(Verdict::Blocked, "C: EXPUNGE", None, "OK", "a1 NO not now")];
    outcome.transcript = transcript(|main, _| {
        main.sent(ms(1), b"a1 EXPUNGE\r\n");
        main.received(ms(2), b"a1 NO not now\r\n");
    });
    insta::assert_snapshot!(report(vec![outcome]), @r#"
    imap://h:143: 1 scenario to run
    blocked     rfc3501/6.4.3-expunge/renumbers (12.0 ms): EXPUNGE was refused

    blocked: rfc3501/6.4.3-expunge/renumbers
     --> rfc3501/6.4.3-expunge.yaml:6:7
      |
    6 |       C: EXPUNGE
      |       ^^^^^^^^^^ needed before the talk can go on: OK
      |
      = came: a1 NO not now
      = reason: EXPUNGE was refused
      = scenario: EXPUNGE announces each removal and renumbers what follows
      exchange:
            0.0 ms  C: a1 EXPUNGE
            1.0 ms  S: a1 NO not now
      again: mailspec check --filter rfc3501/6.4.3-expunge/renumbers imap://alice:***@h

                            pass    fail  blocked
    rfc3501                    -       -        1
      6.4.3-expunge            -       -        1

    A blocked scenario could not be judged, which fails the run.
    1 result, 3 commands, 3.2 s
    check: 0 passed, 0 failed, 1 blocked
    "#);
}

#[test]
fn errors_with_one_reason_are_told_of_together() {
    let mut outcomes = vec![ended("rfc3501/7-x/passes", Verdict::Pass)];
    for number in 0..8 {
        let mut outcome = ended(&format!("rfc3501/6.4.3-expunge/s{number}"), Verdict::Error);
        outcome.reason = Some("127.0.0.1:143: connection refused".to_owned());
        outcomes.push(outcome);
    }
    insta::assert_snapshot!(report_with(Look::default(), outcomes, Some("the target is gone; the last scenario was rfc3501/6.4.3-expunge/s7")), @r#"
    imap://h:143: 9 scenarios to run
    error       rfc3501/6.4.3-expunge/s0 (12.0 ms): 127.0.0.1:143: connection refused
    error       rfc3501/6.4.3-expunge/s1 (12.0 ms): 127.0.0.1:143: connection refused
    error       rfc3501/6.4.3-expunge/s2 (12.0 ms): 127.0.0.1:143: connection refused
    error       rfc3501/6.4.3-expunge/s3 (12.0 ms): 127.0.0.1:143: connection refused
    error       rfc3501/6.4.3-expunge/s4 (12.0 ms): 127.0.0.1:143: connection refused
    error       rfc3501/6.4.3-expunge/s5 (12.0 ms): 127.0.0.1:143: connection refused
    error       rfc3501/6.4.3-expunge/s6 (12.0 ms): 127.0.0.1:143: connection refused
    error       rfc3501/6.4.3-expunge/s7 (12.0 ms): 127.0.0.1:143: connection refused

    error: rfc3501/6.4.3-expunge/s0
     |
     = reason: 127.0.0.1:143: connection refused
     = scenario: EXPUNGE announces each removal and renumbers what follows
      again: mailspec check --filter rfc3501/6.4.3-expunge/s0
      the same in 7 others:
        rfc3501/6.4.3-expunge/s1
        rfc3501/6.4.3-expunge/s2
        rfc3501/6.4.3-expunge/s3
        rfc3501/6.4.3-expunge/s4
        rfc3501/6.4.3-expunge/s5
        ... and 2 more; -v lists all

                            pass    fail   error
    rfc3501                    1       -       8
      6.4.3-expunge            -       -       8

    The run ended early: the target is gone; the last scenario was rfc3501/6.4.3-expunge/s7
    9 results, 27 commands, 3.2 s
    check: 1 passed, 0 failed, 8 errors
    "#);
}

#[test]
fn a_broken_rule() {
    let outcomes = (0..2).map(|_| {
        let mut outcome = ended(RENUMBERS, Verdict::Pass);
        outcome.findings = vec![Finding {
            rule: "expunge-timing",
            clause: "rfc3501-7.4.1-05",
            at_most: None,
            message: "an EXPUNGE while FETCH is answered\n  | * 1 EXPUNGE\\r\\n\n  |     ^^^^^^^".to_owned(),
            waived: None,
            transcript_position: 2,
        }];
        outcome.transcript = transcript(|main, _| {
            main.sent(ms(1), b"a1 FETCH 2 FLAGS\r\n");
            main.received(ms(2), b"* 1 EXPUNGE\r\n");
        });
        outcome
    });
    insta::assert_snapshot!(report(outcomes.collect()), @r#"
    imap://h:143: 2 scenarios to run

    fail: rule/expunge-timing, found 2 times
     |
     = found: an EXPUNGE while FETCH is answered
                | * 1 EXPUNGE\r\n
                |     ^^^^^^^
     = clause: rfc3501-7.4.1-05, a MUST of RFC 3501 section 7.4.1:
               An untagged EXPUNGE is never sent while FETCH is answered
     = first: in rfc3501/6.4.3-expunge/renumbers
      exchange:
            0.0 ms  C: a1 FETCH 2 FLAGS
            1.0 ms  S: * 1 EXPUNGE
      again: mailspec check --filter rfc3501/6.4.3-expunge/renumbers imap://alice:***@h

                            pass    fail
    rfc3501                    2       -

    2 results, 6 commands, 3.2 s
    check: 2 passed, 0 failed, 1 rule broken
    "#);
}

#[test]
fn what_is_no_failure() {
    let with_reason = |id: &str, verdict, reason: &str| {
        let mut outcome = ended(id, verdict);
        outcome.reason = Some(reason.to_owned());
        outcome
    };
    let mut noted = ended("rfc1939/5-transaction/noted", Verdict::Note);
    noted.notes = vec!["took the branch `refused`".to_owned()];
    let outcomes = vec![
        ended("rfc1939/5-transaction/a", Verdict::Pass),
        noted,
        with_reason("rfc3501/6.4.10-x/b", Verdict::Unsupported, "UIDPLUS is not advertised"),
        with_reason("rfc3501/6.4.9-x/c", Verdict::Unsupported, "UIDPLUS is not advertised"),
        with_reason("rfc3501/6.4.9-x/d", Verdict::Skipped, "needs a second account; add one to the profile"),
        ended("rfc3501/7-y/d", Verdict::Pass),
    ];
    insta::assert_snapshot!(report(outcomes), @r#"
    imap://h:143: 6 scenarios to run

    not run:
          1 skipped      needs a second account; add one to the profile
          2 unsupported  UIDPLUS is not advertised

                            pass    fail    note  unsupported  skipped
    rfc1939                    1       -       1            -        -
      5-transaction            1       -       1            -        -
    rfc3501                    1       -       -            2        1
      6.4.9-x                  -       -       -            1        1
      6.4.10-x                 -       -       -            1        -

    Notes are shown with -v.
    6 results, 18 commands, 3.2 s
    check: 2 passed, 0 failed, 1 noted, 2 unsupported, 1 skipped
    "#);
}

#[test]
fn verbose_shows_each_result_and_notes() {
    let mut noted = ended("rfc1939/5-transaction/noted", Verdict::Note);
    noted.notes = vec!["took the branch `refused`".to_owned()];
    let look = Look { verbose: true, ..Look::default() };
    insta::assert_snapshot!(report_with(look, vec![noted, ended("rfc3501/7-y/d", Verdict::Pass)], None), @r#"
    imap://h:143: 2 scenarios to run
    note        rfc1939/5-transaction/noted (12.0 ms)
    pass        rfc3501/7-y/d (12.0 ms)

    note: rfc1939/5-transaction/noted
     |
     = note: took the branch `refused`
     = scenario: EXPUNGE announces each removal and renumbers what follows
      again: mailspec check --filter rfc1939/5-transaction/noted

                            pass    fail    note
    rfc1939                    -       -       1
      5-transaction            -       -       1
    rfc3501                    1       -       -
      7-y                      1       -       -

    2 results, 6 commands, 3.2 s
    check: 1 passed, 0 failed, 1 noted
    "#);
}

#[test]
fn progress_is_told_after_each_tenth_of_a_long_run() {
    let outcomes = (0..40).map(|number| ended(&format!("rfc3501/7-y/s{number}"), Verdict::Pass)).collect();
    let text = report(outcomes);
    assert_eq!(text.matches("so far").count(), 9, "{text}");
    assert!(text.contains("\n4 of 40 results, 0 failed so far\n"), "{text}");
    assert!(text.ends_with("\ncheck: 40 passed, 0 failed\n"), "{text}");
}

#[test]
fn colours_come_only_when_asked_for() {
    let colourful =
        |colour| report_with(Look { colour, ..Look::default() }, vec![ended(RENUMBERS, Verdict::Fail)], None);
    assert!(!colourful(false).contains('\x1b'));
    assert!(colourful(true).contains('\x1b'));
}

#[test]
fn a_place_outside_the_text_is_survived() {
    let mut outcome = ended(RENUMBERS, Verdict::Fail);
    outcome.broken = vec![broken(Verdict::Fail, "talk", Some("rfc0-0"), "this", "that")];
    outcome.broken[0].place = Place { start: 10_000, end: 20_000 };
    let text = report(vec![outcome]);
    assert!(
        text.contains("expected: this") && text.contains("rfc0-0, which is not in the catalogue"),
        "{text}"
    );
}
