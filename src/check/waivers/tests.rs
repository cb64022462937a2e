use super::*;
use crate::check::verdict::Broken;
use crate::clauses::Catalogue;
use crate::scenario::program::{Given, Lease, Place, Program, Protocol, Row, Source};
use crate::session::transcript::Transcript;

fn read(text: &str) -> Waivers {
    Waivers::parse("waivers.yaml", text).unwrap_or_else(|error| panic!("{error}"))
}

fn bad(text: &str) -> String {
    Waivers::parse("waivers.yaml", text).unwrap_err().to_string()
}

/// A file of one-line entries: ids, and a message where there is a `~`.
fn file(entries: &[&str]) -> Waivers {
    let entry = |entry: &&str| {
        let (id, message) = entry.split_once('~').unwrap_or((entry, ""));
        let message = if message.is_empty() { String::new() } else { format!(", message: {message:?}") };
        format!("- {{ id: {id:?}, reason: known, link: https://e.example/1{message} }}\n")
    };
    read(&entries.iter().map(entry).collect::<String>())
}

fn scenario(id: &str, rows: &[&str]) -> Arc<Scenario> {
    let row =
        |name: Option<&str>| Row { name: name.map(str::to_owned), clause: None, program: Program::default() };
    let rows =
        if rows.is_empty() { vec![row(None)] } else { rows.iter().map(|name| row(Some(name))).collect() };
    Arc::new(Scenario {
        id: id.to_owned(),
        source: Arc::new(Source { path: String::new(), text: String::new() }),
        place: Place { start: 0, end: 0 },
        protocol: Protocol::Imap,
        title: String::new(),
        clauses: Vec::new(),
        requires: Vec::new(),
        given: Given::default(),
        lease: Lease::Mailbox,
        slow: false,
        fresh: false,
        rows,
    })
}

fn suite() -> Vec<Arc<Scenario>> {
    vec![scenario("r/1-a/x", &[]), scenario("r/1-a/y", &["one", "two"]), scenario("r/2-b/z", &[])]
}

/// The result of `ID=VERDICT`; it failed with `came`, where that is given behind a `~`.
fn outcome(result: &str) -> Outcome {
    use Verdict::{Blocked, Error, Fail, Nonstrict, Pass, Skipped};
    let (id, result) = result.split_once('=').unwrap();
    let (name, came) = result.split_once('~').unwrap_or((result, "something else"));
    let verdict = [Pass, Fail, Blocked, Error, Nonstrict, Skipped].into_iter().find(|v| v.name() == name);
    let verdict = verdict.unwrap_or_else(|| panic!("{name}"));
    let (scenario, row) = suite()
        .into_iter()
        .find_map(|scenario| {
            let row = id.strip_prefix(scenario.id.as_str())?.strip_prefix('/').map(str::to_owned);
            Some((scenario, row))
        })
        .unwrap();
    let broken = waivable(verdict).then(|| Broken {
        verdict,
        clause: None,
        place: Place { start: 0, end: 0 },
        expected: "OK".to_owned(),
        came: came.to_owned(),
        transcript_position: 0,
    });
    Outcome {
        scenario,
        row,
        verdict,
        rounds: Vec::new(),
        reason: None,
        waived: None,
        broken: broken.into_iter().collect(),
        notes: Vec::new(),
        clauses: Vec::new(),
        findings: Vec::new(),
        took: std::time::Duration::ZERO,
        commands: 0,
        replies: Vec::new(),
        transcript: Transcript::default(),
    }
}

struct Run {
    /// For each result, the line of the waiver that covers it; 0 if none does.
    covered: Vec<usize>,
    complaints: Vec<String>,
}

fn run_of(waivers: Waivers, selection: &Selection, cut_short: bool, results: &[&str]) -> Run {
    let waivers = waivers.over(&suite(), selection);
    let catalogue = Catalogue::load(None).unwrap();
    let mut ledger = Ledger::new(&waivers);
    let line = |waiver: Option<Arc<Waiver>>| waiver.map_or(0, |waiver| waiver.first_line);
    let covered = results.iter().map(|result| {
        let mut outcome = outcome(result);
        ledger.enter(&mut outcome, &catalogue);
        line(outcome.waived)
    });
    let covered = covered.collect();
    let complaints = ledger.close(cut_short);
    Run { covered, complaints: complaints.iter().map(ToString::to_string).collect() }
}

fn run(entries: &[&str], results: &[&str]) -> Run {
    run_of(file(entries), &Selection::default(), false, results)
}

const ALL_PASS: [&str; 4] = ["r/1-a/x=pass", "r/1-a/y/one=pass", "r/1-a/y/two=pass", "r/2-b/z=pass"];

#[test]
fn failures_are_covered_by_id_glob_and_message() {
    for (entries, result, line) in [
        (&["r/1-a/x"][..], "r/1-a/x=fail", 1),
        (&["r/1-a/x"], "r/1-a/x=blocked", 1),
        (&["r/1-a/x"], "r/1-a/x=nonstrict", 1),
        (&["r/1-a/x"], "r/1-a/x=error", 0),
        (&["r/1-a/x"], "r/1-a/x=pass", 0),
        (&["r/1-a/y"], "r/1-a/y/two=fail", 1),
        (&["r/1-a/y/one"], "r/1-a/y/two=fail", 0),
        (&["r/1-a/y/*", "r/2*/**"], "r/2-b/z=fail", 2),
        (&["r/1-a/y", "r/1-a/x"], "r/1-a/x=fail", 2),
        (&["r/1-a/x~Logged in"], "r/1-a/x=fail~+OK Logged in.", 1),
        (&["r/1-a/x~Logged in"], "r/1-a/x=fail~-ERR no", 0),
        (&["rule/*", "*/**"], "r/1-a/x=fail", 2),
        (&["r/1"], "r/1-a/x=fail", 0),
    ] {
        assert_eq!(run(entries, &[result]).covered, [line], "{entries:?} {result}");
    }
}

#[test]
fn waivers_without_use_are_complained_about() {
    let only_x = ["r/1-a/x=fail", "r/1-a/y/one=pass", "r/1-a/y/two=pass", "r/2-b/z=pass"];
    for (entries, results, complaints) in [
        (&["r/1-a/x"][..], &only_x[..], &[][..]),
        (&["r/1-a/x"], &ALL_PASS, &["waivers.yaml:1: r/1-a/x passed; delete line 1"]),
        (&["r/1-a/y"], &ALL_PASS, &["waivers.yaml:1: all 2 results of r/1-a/y passed; delete line 1"]),
        // One of what it covers did not run, or was not judged.
        (&["r/1-a/y"], &["r/1-a/y/one=pass"], &[]),
        (&["r/1-a/y"], &["r/1-a/y/one=pass", "r/1-a/y/two=error"], &[]),
        (
            &["r/1-a/y"],
            &["r/1-a/y/one=pass", "r/1-a/y/two=skipped"],
            &["waivers.yaml:1: r/1-a/y passed; delete line 1"],
        ),
        (&["r/1-a/x"], &["r/1-a/x=skipped"], &[]),
        (&["r/1-a/x~other"], &only_x, &[]),
        (
            &["r/1-a/xy"],
            &only_x,
            &["waivers.yaml:1: there is no scenario r/1-a/xy, did you mean r/1-a/x?; delete line 1"],
        ),
        (
            &["rule/uid-fxed"],
            &only_x,
            &["waivers.yaml:1: there is no rule rule/uid-fxed, did you mean rule/uid-fixed?; delete line 1"],
        ),
        (&["rule/uid-fixed"], &only_x, &["waivers.yaml:1: rule/uid-fixed was not broken; delete line 1"]),
        // Nothing was said over POP3.
        (&["rule/stat-totals"], &["r/1-a/x=fail"], &[]),
        (
            &["r/1-a/x", "r/1-a/x"],
            &only_x,
            &["waivers.yaml:2: r/1-a/x is waived in line 1 as well; delete line 2"],
        ),
        (
            &["r/1-a/*", "r/1-a/x"],
            &only_x,
            &["waivers.yaml:2: r/1-a/x is waived in line 1 as well; delete line 2"],
        ),
        (
            &["r/1-a/x", "r/1-a/*"],
            &["r/1-a/x=fail", "r/1-a/y/one=fail"],
            &["waivers.yaml:1: r/1-a/x is waived in line 2 as well; delete line 1"],
        ),
        (
            &["r/1-a/*", "**/x", "**/z"],
            &["r/1-a/x=fail", "r/1-a/y/one=fail", "r/2-b/z=fail"],
            &["waivers.yaml:2: r/1-a/x is waived in line 1 as well; delete line 2"],
        ),
        (&["r/1-a/x~one", "r/1-a/x~two"], &["r/1-a/x=fail~two"], &[]),
    ] {
        assert_eq!(run(entries, results).complaints, complaints, "{entries:?} {results:?}");
    }
}

#[test]
fn an_expired_waiver_covers_nothing_and_has_to_go() {
    let text = |date: &str| {
        format!("- id: r/1-a/x\n  reason: TODO\n  link: https://e.example/1\n  expires: {date}\n")
    };
    let on = |waivers: Waivers, today: &str| Waivers { today: today.parse().unwrap(), ..waivers };
    let only_x = ["r/1-a/x=fail", "r/1-a/y/one=pass", "r/1-a/y/two=pass", "r/2-b/z=pass"];
    let last_day = run_of(on(read(&text("2026-11-30")), "2026-11-30"), &Selection::default(), false, &only_x);
    assert_eq!((&last_day.covered[..1], &last_day.complaints[..]), (&[1][..], &[][..]));
    for (results, cut_short) in [(&only_x, false), (&ALL_PASS, false), (&ALL_PASS, true)] {
        let over = on(read(&text("2026-11-30")), "2026-12-01");
        let over = run_of(over, &Selection::default(), cut_short, results);
        assert_eq!(over.covered, [0, 0, 0, 0]);
        assert_eq!(
            over.complaints,
            ["waivers.yaml:1: r/1-a/x was waived until 2026-11-30; delete lines 1 to 4"]
        );
    }
}

#[test]
fn overlapping_globs_have_to_be_narrowed() {
    let results = ["r/1-a/x=fail~boom", "r/1-a/y/one=fail", "r/2-b/z=fail~boom"];
    let run = run(&["r/1-a/*", "r/**~boom"], &results);
    assert_eq!(run.covered, [1, 1, 2]);
    assert_eq!(
        run.complaints,
        ["waivers.yaml:2: r/1-a/x is waived in line 1 as well; narrow one of the two"]
    );
}

#[test]
fn what_did_not_run_may_still_need_its_waiver() {
    let filtered = Selection { filters: vec!["r/2-b".to_owned()], ..Selection::default() };
    let entries = ["r/9-c/gone", "r/1-a/x", "rule/uid-fixed", "rule/no-such"];
    let run = run_of(file(&entries), &filtered, false, &["r/2-b/z=pass"]);
    assert_eq!(run.complaints, [""; 0]);
    let run = run_of(file(&["r/9-c/gone", "r/2-b/z"]), &Selection::default(), true, &["r/2-b/z=pass"]);
    assert_eq!(run.complaints, [""; 0]);
}

#[test]
fn findings_of_rules_are_covered() {
    let catalogue = Catalogue::load(None).unwrap();
    let finding = |message: &str| Finding {
        rule: "uidnext-never-falls",
        clause: "rfc3501-2.3.1.1-05",
        at_most: None,
        message: message.to_owned(),
        waived: None,
        transcript_position: 0,
    };
    let waivers =
        file(&["r/1-a/x", "rule/uidnext-never-falls~UIDNEXT 4"]).over(&suite(), &Selection::default());
    let mut ledger = Ledger::new(&waivers);
    let mut outcome = outcome("r/1-a/x=fail");
    outcome.findings = vec![finding("UIDNEXT 4 is too low"), finding("UIDNEXT 5 is too low")];
    ledger.enter(&mut outcome, &catalogue);
    let covered: Vec<bool> = outcome.findings.iter().map(|finding| finding.waived.is_some()).collect();
    assert_eq!(covered, [true, false]);
    assert_eq!(ledger.close(false), []);
}

#[test]
fn entries_know_their_lines() {
    let waivers = read(
        "# known\n- id: r/1-a/x\n  reason: >\n    off by\n    default\n  link: https://e.example/1\n\n# next\n\
         - id: r/2-b/z\n  message: abc\n  reason: b\n  link: http://e.example/2\n\n",
    );
    let lines: Vec<_> = waivers.iter().map(|waiver| (waiver.first_line, waiver.last_line)).collect();
    assert_eq!(lines, [(2, 6), (9, 12)]);
    assert_eq!(read("").iter().count(), 0);
    assert_eq!(read("# nothing\n").iter().count(), 0);
}

#[test]
fn mistakes_are_shown_where_they_stand() {
    insta::assert_snapshot!(bad("- id: r/1-a/x\n  raeson: a\n  link: https://e.example\n"), @r#"
    error: unknown key `raeson`
     --> waivers.yaml:2:3
      |
    2 |   raeson: a
      |   ^^^^^^
      |
      = help: did you mean `reason`?
    "#);
    insta::assert_snapshot!(bad("- id: r/1-a/x\n  link: https://e.example\n"), @r#"
    error: the key `reason` is missing
     --> waivers.yaml:2:3
      |
    2 |   link: https://e.example
      |   ^^^^
      |
      = help: add `reason: ...`
    "#);
    insta::assert_snapshot!(bad("- id: counts\n  reason: a\n  link: https://e.example\n"), @r#"
    error: "counts" is no id
     --> waivers.yaml:1:7
      |
    1 | - id: counts
      |       ^^^^^^
      |
      = help: write the id of a scenario as `mailspec check --list` shows it, or rule/NAME
    "#);
    insta::assert_snapshot!(bad("- id: r/1-a/x\n  reason: ''\n  link: https://e.example\n"), @r#"
    error: the reason is empty
     --> waivers.yaml:2:11
      |
    2 |   reason: ''
      |           ^^
      |
      = help: say why the failure is accepted
    "#);
    insta::assert_snapshot!(bad("- id: r/1-a/x\n  reason: a\n  link: later\n"), @r#"
    error: "later" is no link
     --> waivers.yaml:3:9
      |
    3 |   link: later
      |         ^^^^^
      |
      = help: give the https:// address of a bug report, or of a page of the manual
    "#);
    insta::assert_snapshot!(bad("- id: r/1-a/x\n  reason: a\n  link: http://e.example\n  message: ' '\n"), @r#"
    error: every failure contains an empty message
     --> waivers.yaml:4:12
      |
    4 |   message: ' '
      |            ^^^
      |
      = help: quote a part of what the failure says, or remove `message`
    "#);
    insta::assert_snapshot!(bad("- id: r/1-a/x\n  reason: a\n  link: http://e.example\n  expires: 2026-2-30\n"), @r#"
    error: "2026-2-30" is no date
     --> waivers.yaml:4:12
      |
    4 |   expires: 2026-2-30
      |            ^^^^^^^^^
      |
      = help: write the last day on which it holds as YYYY-MM-DD
    "#);
    insta::assert_snapshot!(bad("- id: r/1-a/x\n  reason: 'TODO: look'\n  link: http://e.example\n"), @r#"
    error: a reason that is still to be written needs a date
     --> waivers.yaml:2:11
      |
    2 |   reason: 'TODO: look'
      |           ^^^^^^^^^^^^
      |
      = help: say why the failure is accepted, or add `expires: YYYY-MM-DD`, until which it may stay undecided
    "#);
    insta::assert_snapshot!(bad("id: r/1-a/x\n"), @r#"
    error: expected sequence start
     --> waivers.yaml:1:1
      |
    1 | id: r/1-a/x
      | ^
    "#);
}
