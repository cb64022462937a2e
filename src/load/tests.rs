//! Whole runs in virtual time, on one thread, against servers in this process.

use std::{
    rc::Rc,
    sync::{Arc, OnceLock, atomic::AtomicBool, mpsc},
    time::Duration,
};

use reference_server::{config::Config, net::Server};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream},
    time::Instant,
};

use super::{
    arrivals::Arrivals,
    plan::{CommandNames, Model, Plan},
    report::Report,
    run::{Observer, merge},
    stage::{Arena, Stage},
    users::{Lender, Users},
    worker::{self, Part},
};
use crate::{
    check::probe::Facts,
    clauses::Catalogue,
    embedded::Files,
    fixtures::Fixtures,
    net::{BoxStream, Clock, Connector},
    scenario::{
        parse::workload::workload,
        program::{Protocol, Source},
        workload::{Starts, Workload},
    },
    session::Time,
    target::Target,
};

struct Silent;

impl Observer for Silent {}

pub(super) fn compile(text: &str) -> Workload {
    let source = Arc::new(Source { path: "load/test.yaml".to_owned(), text: text.to_owned() });
    workload(&source, &Fixtures::load(None).unwrap()).unwrap_or_else(|mistakes| panic!("{}", mistakes[0]))
}

/// A plan for the workload: 4 users, 10 s.
pub(super) fn plan(workload: Workload, model: Model) -> Plan {
    Plan {
        workload,
        target: Target::bundled(),
        users: Users { accounts: Target::bundled().accounts, sessions_each: 100 },
        model,
        duration: Duration::from_secs(10),
        timeout: Duration::from_secs(10),
        threads: 1,
        gates: Vec::new(),
        seed: 7,
    }
}

/// Runs it in virtual time against the server at the end of the pipes.
pub(super) fn run(plan: Plan, pipes: impl Fn(Protocol) -> BoxStream + Send + Sync + 'static) -> Report {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let connector = Connector::through(Box::new(pipes), &plan.target).unwrap();
        let names = CommandNames::of(plan.workload.scripts.iter().map(|script| &script.program));
        let sessions = plan.model.sessions();
        let lender = Lender::of(&plan.users, 0, 1);
        let arena = Arc::new(Arena {
            plan,
            names,
            connector,
            clock: Clock::start(),
            facts: Facts::default(),
            virtual_time: true,
        });
        let stage = Rc::new(Stage::new(Arc::clone(&arena), lender, sessions, Time::ZERO));
        let (tell, told) = mpsc::channel();
        let part =
            Part { thread: 0, threads: 1, sessions, tell, interrupted: Arc::new(AtomicBool::new(false)) };
        worker::work(stage, part).await;
        let (total, intervals) = merge(&arena, &told, 1, &mut Silent);
        Report::of(&arena, "a server", total, intervals, None)
    })
}

/// The reference server, over pipes.
pub(super) fn reference(protocol: Protocol) -> BoxStream {
    thread_local! {
        static SERVER: Server = Server::in_process(
            Target::bundled()
                .accounts
                .iter()
                .fold(Config::default(), |config, a| config.user(&a.user, a.password.reveal())),
        )
        .unwrap();
    }
    SERVER.with(|server| match protocol {
        Protocol::Imap => Box::new(server.connect_imap()),
        Protocol::Pop3 => Box::new(server.connect_pop3()),
    })
}

/// An IMAP server that answers each line with what `answer` makes of its tag and the rest, some time later.
pub(super) fn answering(answer: fn(&str, &str) -> (Duration, String)) -> impl Fn(Protocol) -> BoxStream {
    move |_| {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        tokio::spawn(serve(theirs, answer));
        Box::new(ours)
    }
}

async fn serve(stream: DuplexStream, answer: fn(&str, &str) -> (Duration, String)) {
    let (read, mut write) = tokio::io::split(stream);
    let mut lines = BufReader::new(read).lines();
    let _ = write.write_all(b"* OK hi\r\n").await;
    while let Ok(Some(line)) = lines.next_line().await {
        let (tag, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let (pause, text) = answer(tag, rest);
        tokio::time::sleep(pause).await;
        if text.is_empty() || write.write_all(text.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// An IMAP server that answers at once, but for the last 200 ms of each second, in which it stands still.
fn stalling() -> impl Fn(Protocol) -> BoxStream + Send + Sync {
    let began = OnceLock::new();
    move |_| {
        // The run begins with the first connection.
        let began = *began.get_or_init(Instant::now);
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        tokio::spawn(async move {
            let (read, mut write) = tokio::io::split(theirs);
            let mut lines = BufReader::new(read).lines();
            let _ = write.write_all(b"* OK hi\r\n").await;
            while let Ok(Some(line)) = lines.next_line().await {
                let now = began.elapsed();
                if now.subsec_millis() >= 800 {
                    tokio::time::sleep_until(began + Duration::from_secs(now.as_secs() + 1)).await;
                }
                let tag = line.split(' ').next().unwrap_or_default();
                let _ = write.write_all(format!("{tag} OK done\r\n").as_bytes()).await;
            }
        });
        Box::new(ours)
    }
}

fn count(report: &Report, name: &str) -> (u64, u64) {
    let command = report.commands.iter().find(|command| &*command.name == name).unwrap();
    (command.count, command.errors)
}

#[test]
fn the_workloads_that_are_shipped_compile() {
    let files = Files::scenarios();
    let names: Vec<String> =
        files.names().unwrap().into_iter().filter(|name| name.starts_with("load/")).collect();
    assert!(names.len() >= 8, "{names:?}");
    for name in names {
        let text = String::from_utf8(files.read(&name).unwrap().into_owned()).unwrap();
        let workload = compile(&text);
        assert!(!workload.title.is_empty(), "{name}");
    }
}

#[test]
fn the_example_of_the_documentation_compiles() {
    let document = include_str!("../../docs/load.md");
    let example = document.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let workload = compile(example);
    assert_eq!((workload.stock, workload.sizes.len(), workload.scripts[0].weight), (20, 2, 3));
}

#[test]
fn a_closed_run_goes_on_when_it_is_answered_and_ends_in_good_order() {
    let text = "
title: t
protocol: imap
scripts:
  s:
    talk: |
      C: LOGIN $user $password
      C: SELECT INBOX
      -- repeat always
      -- think 1s
      C: APPEND INBOX {$mail}
      -- repeat 2
      C: FETCH $(random(1, exists)) (FLAGS)
      -- end
      -- end
      C: LOGOUT
";
    let report = run(plan(compile(text), Model::Closed { sessions: 4 }), reference);
    assert_eq!(report.errors.len(), 0, "{:?}", report.errors);
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    assert_eq!((report.begun, report.completed, report.failed), (4, 4, 0));
    // The first of the four begins at once and has ten rounds within 10 s, the last one begins in the first second.
    let (appends, fetches) = (count(&report, "APPEND").0, count(&report, "FETCH").0);
    assert!((36..=40).contains(&appends) && fetches == 2 * appends, "{appends} {fetches}");
    assert_eq!(count(&report, "LOGIN"), (4, 0));
    assert_eq!(report.lasted, Duration::from_secs(10));
    assert_eq!(report.intervals.len(), 10);
}

#[test]
fn loops_choices_and_lists_of_a_script() {
    let text = "
title: t
protocol: imap
scripts:
  s:
    talk: |
      C: LOGIN $user $password
      C: SELECT INBOX
      -- repeat 3
      C: APPEND INBOX {$mail}
      -- end
      -- repeat 2
      C: UID SEARCH ALL
      S: /^\\* SEARCH (?<uids>[0-9 ]+)/
      -- for each $uid in $uids
      C: UID FETCH $uid (FLAGS)
      S: * _ FETCH (UID $uid FLAGS $flags)
      -- end
      -- end
      -- for each $n in 1..exists
      -- choose 50
      C: NOOP
      -- or 50
      C: CHECK
      -- end
      -- end
      -- for each $n in 4..3
      C: EXPUNGE
      -- end
      C: CLOSE
      C: LOGOUT
      -- think 60m
";
    let workload = compile(text);
    let report = run(plan(workload, Model::Closed { sessions: 1 }), reference);
    assert_eq!(report.errors.len(), 0, "{:?}", report.errors);
    assert_eq!(count(&report, "UID SEARCH").0, 2);
    assert_eq!(count(&report, "UID FETCH").0, 6);
    assert_eq!(count(&report, "NOOP").0 + count(&report, "CHECK").0, 3);
    assert_eq!((count(&report, "EXPUNGE").0, count(&report, "CLOSE").0), (0, 1));
}

#[test]
fn what_goes_wrong_is_counted_with_what_was_said() {
    let text = "
title: t
protocol: imap
scripts:
  s:
    talk: |
      C: LOGIN $user $password
      C: CHECK
      S: NO|BAD
      C: NOOP
      S: * 3 EXISTS
      C: EXPUNGE
";
    let answer = |tag: &str, rest: &str| {
        let text = match rest.split(' ').next() {
            Some("LOGIN") => format!("{tag} OK in\r\n"),
            Some("CHECK") => format!("{tag} NO not now\r\n"),
            // No mailbox is selected: a FETCH response has no place here.
            Some("NOOP") => format!("* 3 EXISTS\r\n* 1 FETCH (FLAGS ())\r\n{tag} OK done\r\n"),
            Some("EXPUNGE") => format!("{tag} NO [INUSE] try {tag}\r\n"),
            _ => String::new(),
        };
        (Duration::from_millis(100), text)
    };
    let report = run(plan(compile(text), Model::Closed { sessions: 1 }), answering(answer));
    let (checks, expunges) = (count(&report, "CHECK"), count(&report, "EXPUNGE"));
    assert!(checks.0 > 3 && checks.1 == 0, "a refusal that a line allows is none: {checks:?}");
    assert!(expunges.0 > 3 && expunges.1 == expunges.0, "{expunges:?}");
    assert_eq!(report.errors.len(), 1, "answers that differ in digits are one kind: {:?}", report.errors);
    let (command, trouble, tally) = &report.errors[0];
    assert_eq!((&**command, trouble.to_string().as_str()), ("EXPUNGE", "refused: NO [INUSE] try a0"));
    assert_eq!(tally.count, expunges.1);
    assert!(!tally.transcript.entries().is_empty());
    assert_eq!((report.failed, report.completed), (report.begun, 0));
    let rules: Vec<&str> = report.findings.iter().map(|tally| tally.finding.rule).collect();
    assert_eq!(rules, ["messages-only-if-selected"]);
    let catalogue = Catalogue::load(None).unwrap();
    insta::assert_snapshot!(super::report::table::render(&report, &catalogue), @r#"
    test: t
    against a server
    closed model: 1 session, 10.0 s of 10.0 s, 1 thread of the generator, seed 7
    13 sessions begun, 0 completed, 13 failed; 49 commands, 4.9/s, 12 errors

    latency in ms      count per second     errors        p50        p90        p99      p99.9        max
    connect               13        1.3          0      0.001      0.001      0.001      0.001      0.001
    session                0        0.0          0          -          -          -          -          -
    LOGIN                 13        1.3          0        100        100        100        100        100
    CHECK                 12        1.2          0        100        100        100        100        100
    NOOP                  12        1.2          0        100        100        100        100        100
    EXPUNGE               12        1.2         12        100        100        100        100        100
    generator: 0 % of a processor (its busiest thread), late by 0.001 ms (p50), 0.001 ms (p99), 0.001 ms (max)

    error: EXPUNGE, 12 times: refused: NO [INUSE] try a0
            0.0 ms  -- state: not authenticated
            0.0 ms  C: a1 LOGIN u1 ***
          100.0 ms  S: a1 OK in
          100.0 ms  -- state: authenticated
          100.0 ms  C: a2 CHECK
          200.0 ms  S: a2 NO not now
          200.0 ms  C: a3 NOOP
          300.0 ms  S: * 3 EXISTS
          300.0 ms  S: * 1 FETCH (FLAGS ())
          300.0 ms  S: a3 OK done
          300.0 ms  C: a4 EXPUNGE
          400.0 ms  S: a4 NO [INUSE] try a4

    violation: rule/messages-only-if-selected (rfc3501-5.2-06), 13 times
      rfc3501-5.2-06: no mailbox was ever selected
        | * 1 FETCH (FLAGS ())\r\n
        | ^^^^^^^^^^^^^^^^^^^^
            0.0 ms  S: * OK hi
            0.0 ms  -- state: not authenticated
            0.0 ms  C: a1 LOGIN u1 ***
          100.0 ms  S: a1 OK in
          100.0 ms  -- state: authenticated
          100.0 ms  C: a2 CHECK
          200.0 ms  S: a2 NO not now
          200.0 ms  C: a3 NOOP
          300.0 ms  S: * 3 EXISTS
          300.0 ms  S: * 1 FETCH (FLAGS ())
          300.0 ms  S: a3 OK done
    "#);
}

#[test]
fn a_server_that_falls_silent_or_hangs_up_is_an_error() {
    let text = "
title: t
protocol: imap
scripts:
  silent:
    talk: |
      C: NOOP
  hangs-up:
    talk: |
      C: CHECK
";
    let answer = |tag: &str, rest: &str| match rest {
        "NOOP" => (Duration::from_secs(3600), format!("{tag} OK\r\n")),
        _ => (Duration::from_secs(1), String::new()),
    };
    let plan = Plan { timeout: Duration::from_secs(2), ..plan(compile(text), Model::Closed { sessions: 4 }) };
    let report = run(plan, answering(answer));
    let told: Vec<String> =
        report.errors.iter().map(|(name, trouble, _)| format!("{name}: {trouble}")).collect();
    assert!(told.contains(&"NOOP: no answer in the time allowed".to_owned()), "{told:?}");
    assert!(told.contains(&"CHECK: the server closes the connection".to_owned()), "{told:?}");
    assert_eq!(report.count(), report.error_count());
}

const NOOP: &str = "
title: t
protocol: imap
starts: commands
scripts:
  s:
    talk: |
      C: LOGIN $user $password
      -- repeat always
      C: NOOP
      -- end
";

fn open(rate: f64, arrivals: Arrivals, sessions: usize) -> Model {
    Model::Open { starts: Starts::Commands, rate, arrivals, sessions }
}

/// Of moments spread evenly over a second, those in its last fifth wait for its end: latencies are 0 for four of five, and between 0 and
/// 200 ms for the fifth, each equally likely. So p90 is 100 ms, and p99 is 190 ms.
#[test]
fn a_stall_is_told_as_long_as_it_is() {
    for (arrivals, sessions) in
        [(Arrivals::Constant, 64), (Arrivals::Poisson, 64), (Arrivals::Poisson, 4), (Arrivals::Constant, 1)]
    {
        let plan = Plan {
            // Not the end of a stall: what it has held up is then sent.
            duration: Duration::from_millis(100_500),
            ..plan(compile(NOOP), open(200.0, arrivals, sessions))
        };
        let report = run(plan, stalling());
        let noops = report.commands.iter().find(|command| &*command.name == "NOOP").unwrap();
        for (share, truth) in [(0.9, 100.0), (0.99, 190.0)] {
            let told = noops.latency.quantile(share).as_secs_f64() * 1e3;
            let error = (told / truth - 1.0).abs();
            assert!(error < 0.05, "{arrivals:?}, {sessions} sessions: {told} ms at {share}, not {truth} ms");
        }
        assert!(noops.latency.quantile(0.75) < Duration::from_millis(3));
        assert!(report.planned_starts.abs_diff(20_100) < 500, "{}", report.planned_starts);
        // Those of the last millisecond may come too late for the end: the timer of virtual time knows no less.
        assert_eq!((noops.count + report.unsent, noops.errors), (report.planned_starts, 0));
        assert!(report.unsent <= 3, "{}", report.unsent);
        // With few sessions the stall shows as waiting, and is no fault of the generator.
        assert_eq!(report.queued > 1000, sessions < 40, "{}", report.queued);
        assert!(report.lateness.quantile(0.99) < Duration::from_millis(3));
        // What has no answer shows while it lasts: at the end of each second the server has just come to life again.
        assert!(report.intervals.iter().all(|interval| interval.oldest < Duration::from_millis(250)));
    }
}

#[test]
fn gates_hold_or_fail_and_want_samples() {
    let gates = [
        ("noop.p99 < 300ms", true),
        ("noop.p99 < 150ms", false),
        ("noop.service.mean < 1s", true),
        ("expunge.p99 < 9s", false),
        ("errors < 0.1%", true),
        ("noop.errors <= 0", true),
        ("rate >= 99%", true),
        ("rate >= 100/s", false),
        ("noop.count > 400", true),
        ("connect.max < 1s", true),
        ("lateness.p99 < 10ms", true),
    ];
    let text = NOOP.to_owned() + "      -- if not open\n      C: EXPUNGE\n      -- end\n";
    let parsed = gates.iter().map(|(gate, _)| gate.parse().unwrap());
    let plan = Plan { gates: parsed.collect(), ..plan(compile(&text), open(50.0, Arrivals::Constant, 20)) };
    let report = run(plan, stalling());
    let held: Vec<(&str, bool)> = report.gates.iter().map(|gate| (gate.gate.as_str(), gate.held)).collect();
    assert_eq!(held, gates, "{:#?}", report.gates);
    let catalogue = Catalogue::load(None).unwrap();
    assert_eq!(report.exit(&catalogue).code(), 1);
    assert!(report.gates[3].to_string().ends_with("(no samples)"), "{}", report.gates[3]);
}

#[test]
fn a_closed_loop_hides_a_stall() {
    let text = NOOP.replace("C: NOOP", "-- think 1ms\n      C: NOOP");
    let report = run(plan(compile(&text), Model::Closed { sessions: 1 }), stalling());
    let noops = report.commands.iter().find(|command| &*command.name == "NOOP").unwrap();
    assert!(noops.count > 1000 && noops.latency.quantile(0.99) < Duration::from_millis(3));
    assert!(noops.latency.max() > Duration::from_millis(150));
}

#[test]
fn sessions_at_planned_moments() {
    let text = "
title: t
protocol: imap
scripts:
  s:
    talk: |
      C: LOGIN $user $password
      -- think 1s
      C: LOGOUT
";
    let model =
        Model::Open { starts: Starts::Sessions, rate: 2.0, arrivals: Arrivals::Constant, sessions: 10 };
    let report = run(plan(compile(text), model), reference);
    assert!(report.errors.is_empty() && report.findings.is_empty(), "{:?}", report.errors);
    assert_eq!((report.planned_starts, report.begun, report.completed), (20, 20, 20));
    assert_eq!((count(&report, "connect").0, count(&report, "LOGIN").0), (20, 20));
    // A server that never answers takes all places: what is planned is told nevertheless.
    let plan = Plan { timeout: Duration::from_secs(60), ..plan(compile(text), model) };
    let report = run(plan, answering(|_, _| (Duration::from_secs(3600), String::new())));
    assert_eq!((report.planned_starts, report.begun, report.unsent), (20, 10, 10));
    let last = report.intervals.last().unwrap();
    assert!(last.oldest > Duration::from_secs(9), "{last:?}");
}
