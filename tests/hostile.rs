//! Servers that do what no server should: the run ends, says what arrived, and blames no more than that shows.

#![allow(clippy::unwrap_used)] // Helpers of tests may panic as tests do.

use std::{
    io::{BufRead, BufReader, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use mailspec::{
    check::{
        exit::Exit,
        select::{Selection, select},
        start::{CheckError, Conduct, Plan},
        summary::Summary,
        verdict::{Outcome, Verdict},
        waivers::Waivers,
    },
    clauses::Catalogue,
    embedded::Files,
    fixtures::Fixtures,
    report::{Sink, event::Event},
    scenario::parse,
    session::Limits,
    target::Target,
};

/// Nothing here takes so long, unless it never ends.
const GUARD: Duration = Duration::from_secs(120);
/// The patience of the runs with these servers.
const TIMEOUT: Duration = Duration::from_millis(400);

/// `noop` meets the server's malice, `other` comes behind it on a connection of its own.
const IMAP: &str = "\
protocol: imap
scenarios:
  noop:
    title: NOOP succeeds
    clauses: [rfc3501-6.1.2-01]
    given: { state: authenticated }
    talk: |
      C: NOOP
      S: OK
  other:
    title: CHECK is no command for this state
    clauses: [rfc3501-6.1.2-01]
    given: { state: authenticated }
    talk: |
      C: CHECK
      S: BAD
";

const POP3: &str = "\
protocol: pop3
scenarios:
  noop:
    title: NOOP succeeds
    clauses: [rfc1939-5-NOOP-01]
    talk: |
      C: NOOP
      S: +OK
  other:
    title: STAT counts nothing
    clauses: [rfc1939-5-NOOP-01]
    talk: |
      C: STAT
      S: +OK 0 0
";

/// Lines that await the answer by themselves.
const AWAITED: &str = "\
protocol: imap
scenarios:
  line:
    title: NOOP succeeds
    clauses: [rfc3501-6.1.2-01]
    given: { state: authenticated }
    talk: |
      C>: NOOP
      S: * FLAGS (never)
  close:
    title: The server closes
    clauses: [rfc3501-6.1.2-01]
    given: { state: authenticated }
    talk: |
      C>: NOOP
      -- closed
";

/// What the server does.
#[derive(Clone)]
enum Malice {
    /// Each connection: closes it at once.
    Closes,
    /// Each connection: says nothing, ever.
    NeverGreets,
    /// To NOOP: sends these octets and waits for more.
    Says(Vec<u8>),
    /// To NOOP: sends these octets and closes.
    SaysAndCloses(Vec<u8>),
    /// To NOOP: sends these octets again and again.
    Repeats(&'static [u8]),
    /// To NOOP: resets the connection.
    Resets,
    /// To NOOP: closes, and takes no connection any more.
    Dies,
    /// Takes one connection and is gone when that ends.
    Once,
    /// Says these octets behind the greeting, and nothing to NOOP.
    AnswersEarly(&'static [u8]),
}

#[derive(Clone, Copy, PartialEq)]
enum Protocol {
    Imap,
    Pop3,
}

/// Starts a server that is polite but for its malice. It ends with the process.
fn serve(protocol: Protocol, malice: &Malice) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let malice = malice.clone();
    thread::spawn(move || {
        let dead = Arc::new(AtomicBool::new(false));
        for stream in listener.incoming() {
            let (malice, dead) = (malice.clone(), Arc::clone(&dead));
            if matches!(malice, Malice::Once) {
                drop(listener);
                let _ = stream.and_then(|stream| converse(stream, protocol, &malice, &dead));
                return;
            }
            if !dead.load(Ordering::SeqCst) {
                // Whatever the client does to the connection, the server goes on.
                thread::spawn(move || stream.and_then(|stream| converse(stream, protocol, &malice, &dead)));
            }
        }
    });
    address
}

fn converse(
    stream: TcpStream,
    protocol: Protocol,
    malice: &Malice,
    dead: &AtomicBool,
) -> std::io::Result<()> {
    let mut out = stream.try_clone()?;
    match malice {
        Malice::Closes => return Ok(()),
        Malice::NeverGreets => {}
        Malice::AnswersEarly(octets) => out.write_all(&[greeting(protocol), octets].concat())?,
        _ => out.write_all(greeting(protocol))?,
    }
    let mut lines = BufReader::with_capacity(1, stream);
    loop {
        if let Malice::Resets = malice {
            // What is left unread when a socket is closed makes the system reset the connection.
            let mut ahead = [0; 16];
            let count = out.peek(&mut ahead)?;
            if count == 0 || ahead[..count].windows(4).any(|word| word == b"NOOP") {
                return Ok(());
            }
        }
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 || matches!(malice, Malice::NeverGreets) {
            continue_until_closed(&mut lines);
            return Ok(());
        }
        if !line.contains("NOOP") {
            out.write_all(polite(protocol, line.trim_end()).as_bytes())?;
            continue;
        }
        match malice {
            Malice::Says(octets) => out.write_all(octets)?,
            Malice::SaysAndCloses(octets) => {
                out.write_all(octets)?;
                return out.shutdown(Shutdown::Both);
            }
            Malice::Repeats(octets) => {
                let many = octets.repeat(1 + 4096 / octets.len());
                loop {
                    out.write_all(&many)?;
                }
            }
            Malice::Dies => {
                dead.store(true, Ordering::SeqCst);
                return out.shutdown(Shutdown::Both);
            }
            Malice::AnswersEarly(_) => {}
            Malice::Closes | Malice::NeverGreets | Malice::Once | Malice::Resets => return Ok(()),
        }
    }
}

fn continue_until_closed(lines: &mut impl BufRead) {
    while lines.fill_buf().is_ok_and(|octets| !octets.is_empty()) {
        let count = lines.fill_buf().map_or(0, <[u8]>::len);
        lines.consume(count);
    }
}

fn greeting(protocol: Protocol) -> &'static [u8] {
    match protocol {
        Protocol::Imap => b"* OK ready\r\n",
        Protocol::Pop3 => b"+OK ready\r\n",
    }
}

/// The right answer to what the harness asks before it judges.
fn polite(protocol: Protocol, line: &str) -> String {
    if protocol == Protocol::Pop3 {
        return match line.split(' ').next().unwrap_or_default() {
            "USER" | "PASS" | "QUIT" => "+OK\r\n",
            "STAT" => "+OK 0 0\r\n",
            _ => "-ERR no\r\n",
        }
        .to_owned();
    }
    let (tag, command) = line.split_once(' ').unwrap_or((line, ""));
    match command.split(' ').next().unwrap_or_default() {
        "CAPABILITY" => format!("* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n"),
        "LIST" => format!("* LIST (\\Noselect) \"/\" \"\"\r\n{tag} OK done\r\n"),
        "LOGOUT" => format!("* BYE see you\r\n{tag} OK done\r\n"),
        "LOGIN" => format!("{tag} OK done\r\n"),
        _ => format!("{tag} BAD no\r\n"),
    }
}

/// What a run told.
struct Told {
    summary: Summary,
    outcomes: Vec<Arc<Outcome>>,
    catalogue: Arc<Catalogue>,
}

impl Sink for Told {
    fn take(&mut self, event: &Event) {
        self.summary.take(event, &self.catalogue);
        if let Event::Ended(outcome) = event {
            self.outcomes.push(Arc::clone(outcome));
        }
    }
}

impl Told {
    /// Verdict, clause and text of the scenario called `name`.
    fn of(&self, name: &str) -> Option<(Verdict, String)> {
        let outcome = self.outcomes.iter().find(|outcome| outcome.scenario.id.ends_with(name))?;
        let broken = outcome.broken.iter().map(|broken| {
            let clause = broken.clause.as_deref().unwrap_or_default();
            format!("{clause}: {}", broken.came)
        });
        let text: Vec<String> = broken.chain(outcome.reason.clone()).collect();
        Some((outcome.verdict, text.join("\n")))
    }
}

fn run(protocol: Protocol, malice: &Malice) -> Result<Told, CheckError> {
    run_suite(protocol, malice, if protocol == Protocol::Imap { IMAP } else { POP3 })
}

fn run_suite(protocol: Protocol, malice: &Malice, text: &str) -> Result<Told, CheckError> {
    let (scheme, file) = match protocol {
        Protocol::Imap => ("imap", "rfc3501/6.1.2-noop.yaml"),
        Protocol::Pop3 => ("pop3", "rfc1939/5-noop.yaml"),
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();

    let catalogue = Arc::new(Catalogue::load(None).unwrap());
    let fixtures = Fixtures::load(None).unwrap();
    let scenarios = parse::load(&Files::directory(folder.path()), &catalogue, &fixtures);
    let scenarios: Vec<_> = scenarios.unwrap().into_iter().map(Arc::new).collect();
    let selected = select(&scenarios, &Selection::default(), &catalogue, |_| true).unwrap();

    let mut target = Target::from_urls(&[format!("{scheme}://u:p@{}", serve(protocol, malice))]).unwrap();
    let mut limits = Limits { lines_per_exchange: 1000, octets: 4 << 20, ..Limits::default() };
    limits.imap.line = 128 << 10;
    limits.imap.literal = 1 << 20;
    limits.pop3.reply = 1 << 20;
    target.limits = limits;
    let (report, reported) = mpsc::channel();
    thread::spawn(move || {
        let mut told =
            Told { summary: Summary::default(), outcomes: Vec::new(), catalogue: Arc::clone(&catalogue) };
        let plan = Plan {
            target,
            catalogue,
            selected,
            waivers: Waivers::none(),
            jobs: None,
            timeout: TIMEOUT,
            conduct: Conduct::default(),
        };
        let result = plan.carry_out(&mut told);
        // Nobody listens any more once the guard has gone off.
        let _ = report.send(result.map(|()| told));
    });
    reported.recv_timeout(GUARD).expect("the run goes on for ever, or has panicked")
}

#[test]
fn a_server_that_can_t_be_talked_to_is_not_judged() {
    for (malice, why) in [
        (Malice::Closes, "the connection ends before the greeting"),
        (Malice::NeverGreets, "no greeting comes within the time allowed"),
    ] {
        for (protocol, name) in [(Protocol::Imap, "IMAP"), (Protocol::Pop3, "POP3")] {
            let error = run(protocol, &malice).err().unwrap();
            assert!(matches!(error, CheckError::Unreachable(_)), "{error}");
            assert_eq!(error.to_string(), format!("the target can't be used: {name}: {why}"));
        }
    }
}

#[test]
fn malice_ends_in_a_verdict_and_spares_the_next_scenario() {
    use Verdict::{Blocked, Fail, Pass};
    let deep = |count: usize| {
        format!("* LIST {}{} \"/\" x\r\na1 OK no\r\n", "(".repeat(count), ")".repeat(count)).into_bytes()
    };
    let garbage: Vec<u8> = (0..60_000u32).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[2]).collect();
    let (imap, pop3) = (Protocol::Imap, Protocol::Pop3);
    for (name, protocol, malice, verdict, text) in [
        ("silence", imap, Malice::Says(vec![]), Fail, "rfc3501-2.2.1-08: NOOP is not answered"),
        ("silence", pop3, Malice::Says(vec![]), Fail, "rfc1939-3-36: NOOP is not answered"),
        (
            "close",
            imap,
            Malice::SaysAndCloses(vec![]),
            Fail,
            "rfc3501-2.2.1-08: the connection ends before NOOP",
        ),
        ("close", pop3, Malice::SaysAndCloses(vec![]), Fail, "rfc1939-3-36: the connection ends before NOOP"),
        ("reset", imap, Malice::Resets, Fail, "rfc3501-2.2.1-08: the connection ends before NOOP"),
        ("reset", pop3, Malice::Resets, Fail, "rfc1939-3-36: the connection ends before NOOP"),
        ("half a line", imap, Malice::SaysAndCloses(b"* OK ha".to_vec()), Fail, "rfc3501-2.2.1-08"),
        (
            "half a literal",
            imap,
            Malice::SaysAndCloses(b"* LIST () \"/\" {10}\r\nhalf".to_vec()),
            Fail,
            "rfc3501-2.2.1-08: the connection ends before NOOP",
        ),
        (
            "endless line",
            imap,
            Malice::Repeats(b"x"),
            Blocked,
            "has more than 131072 octets outside literals",
        ),
        ("endless line", pop3, Malice::Repeats(b"x"), Blocked, "has more than 65536 octets"),
        (
            "endless untagged",
            imap,
            Malice::Repeats(b"* OK x\r\n"),
            Blocked,
            "more than 1000 lines for one command",
        ),
        (
            "9 GiB",
            imap,
            Malice::Says(b"* LIST () \"/\" {9663676416}\r\n".to_vec()),
            Blocked,
            "a literal of 9663676416 octets is announced",
        ),
        (
            "more digits than any number has",
            imap,
            Malice::Says(format!("* LIST () \"/\" {{{}}}\r\n", "9".repeat(300)).into_bytes()),
            Fail,
            "rfc3501-2.2.1-08: NOOP is not answered",
        ),
        ("nesting, and no answer", imap, Malice::Says(deep(50_000)), Fail, "rfc3501-2.2.1-08"),
        ("garbage", imap, Malice::Says(garbage.clone()), Fail, "rfc3501-2.2.1-08: NOOP is not answered"),
        (
            "early",
            imap,
            Malice::AnswersEarly(b"a0 OK early\r\n"),
            Fail,
            "rfc3501-2.2.1-08: NOOP is not answered",
        ),
    ] {
        let told = run(protocol, &malice).unwrap_or_else(|error| panic!("{name}: {error}"));
        let (came, message) = told.of("/noop").unwrap();
        assert_eq!(came, verdict, "{name}: {message}");
        assert!(message.contains(text), "{name}: {message}");
        assert_eq!(told.of("/other").unwrap(), (Pass, String::new()), "{name}");
        assert_eq!(told.summary.cut_short, None, "{name}");
        assert_eq!(Exit::of(&told.summary), Exit::Violations, "{name}");
    }
}

#[test]
fn what_can_t_be_framed_is_held_against_no_claim() {
    let literal = Malice::Says(b"* LIST () \"/\" {9663676416}\r\n".to_vec());
    for malice in [Malice::Repeats(b"x"), Malice::Repeats(b"* OK x\r\n"), literal] {
        let told = run_suite(Protocol::Imap, &malice, AWAITED).unwrap();
        for name in ["/line", "/close"] {
            let (verdict, message) = told.of(name).unwrap();
            assert_eq!(verdict, Verdict::Blocked, "{name}: {message}");
        }
    }
}

#[test]
fn garbage_as_a_reply_of_pop3_is_one() {
    let told = run(Protocol::Pop3, &Malice::Says(b"\xff\x00 nonsense\r\n".to_vec())).unwrap();
    let (verdict, message) = told.of("/noop").unwrap();
    assert_eq!(verdict, Verdict::Fail, "{message}");
    assert_eq!(Exit::of(&told.summary), Exit::Violations);
}

#[test]
fn a_server_that_has_died_ends_the_run() {
    let all =
        [Protocol::Imap, Protocol::Pop3].map(|protocol| [(protocol, Malice::Dies), (protocol, Malice::Once)]);
    for (protocol, malice) in all.iter().flatten() {
        let told = run(*protocol, malice).unwrap();
        let (verdict, message) = told.of("/noop").unwrap();
        assert_eq!(verdict, Verdict::Error, "{message}");
        assert!(message.starts_with("the server does not answer"), "{message}");
        assert!(told.of("/other").is_none());
        let why = told.summary.cut_short.as_deref().unwrap();
        assert!(why.ends_with("noop/noop"), "{why}");
        assert_eq!(Exit::of(&told.summary), Exit::Errors);
    }
}
