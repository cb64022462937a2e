//! What lines compile to, and that no input panics. How mistakes are told is in `tests/mistakes`.

use std::sync::LazyLock;

use proptest::prelude::*;
use regex::Regex;

use super::*;
use crate::scenario::program::{Action, Program, Question, Row, Send, Step};

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::load(None).unwrap());
static FIXTURES: LazyLock<Fixtures> = LazyLock::new(|| Fixtures::load(None).unwrap());

fn read(text: &str) -> Result<Vec<Scenario>, Vec<Mistake>> {
    let source = Arc::new(Source { path: "rfc3501/test.yaml".to_owned(), text: text.to_owned() });
    file(&source, &CATALOGUE, &FIXTURES)
}

fn shown(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(|mistake| format!("{mistake}\n")).collect()
}

fn rows(protocol: &str, facts: &str, talk: &str) -> Vec<Row> {
    let given = match protocol {
        "imap" => "{ messages: [plain, html], names: [a, a/b], sessions: { bob: { state: selected } } }",
        _ => "{ messages: [plain], sessions: { bob: { state: connected } } }",
    };
    let talk = talk.replace('\n', "\n      ");
    let text = format!(
        "protocol: {protocol}\nscenarios:\n  one:\n    title: A title\n    clauses: [rfc3501-6.4.3-02]\n    given: {given}\n{facts}    talk: |\n      {talk}\n"
    );
    read(&text).unwrap_or_else(|mistakes| panic!("{}", shown(&mistakes))).remove(0).rows
}

fn program(protocol: &str, talk: &str) -> Program {
    rows(protocol, "", talk).remove(0).program
}

/// Debug output without places and such.
fn brief(value: &dyn std::fmt::Debug) -> String {
    static PLACE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"place: Place \{[^}]*\}, ").unwrap());
    static OCTETS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\[\d+(, \d+)*\]").unwrap());
    let text = format!("{value:?}");
    let text = PLACE.replace_all(&text, "");
    let text = OCTETS.replace_all(&text, |found: &regex::Captures<'_>| {
        let octets: Vec<u8> = found[0]
            .trim_matches(['[', ']'])
            .split(", ")
            .map(|octet| octet.parse().unwrap_or(b'?'))
            .collect();
        format!("{:?}", String::from_utf8_lossy(&octets))
    });
    text.replace("ValuePattern { form: ", "{").replace("Expression { term: ", "{")
}

fn sends(program: &Program) -> Vec<&Send> {
    program
        .steps
        .iter()
        .filter_map(|step| if let Action::Send(send) = &step.action { Some(send) } else { None })
        .collect()
}

#[test]
fn commands_become_pieces() {
    for (protocol, line, pieces, command) in [
        ("imap", "C: NOOP", r#"[Octets("NOOP")]"#, "NOOP"),
        (
            "imap",
            "C: uid fetch @2 (FLAGS)",
            r#"[Octets("uid fetch "), Value({Uid(2) }), Octets(" (FLAGS)")]"#,
            "UID FETCH",
        ),
        (
            "imap",
            "C: UID STORE #1:#2 +FLAGS ($Work)",
            r#"[Octets("UID STORE "), Value({MessageNumber(1) }), Octets(":"), Value({MessageNumber(2) }), Octets(" +FLAGS ($Work)")]"#,
            "UID STORE",
        ),
        ("imap", "C: SELECT $a_b", r#"[Octets("SELECT "), Astring({Name(Mailbox("a/b")) })]"#, "SELECT"),
        (
            "imap",
            r#"C: SELECT "$a""#,
            r#"[Octets("SELECT \""), QuotedValue({Name(Mailbox("a")) }), Octets("\"")]"#,
            "SELECT",
        ),
        (
            "imap",
            r#"C: LIST "" $a%"#,
            r#"[Octets("LIST \"\" "), Value({Name(Mailbox("a")) }), Octets("%")]"#,
            "LIST",
        ),
        (
            "imap",
            r#"C: APPEND x {"a\r\n"+}"#,
            r#"[Octets("APPEND x "), Literal { value: {Octets("a\r\n") }, synchronizing: false }]"#,
            "APPEND",
        ),
        (
            "imap",
            r"C: APPEND x {plain[0..5]}",
            r#"[Octets("APPEND x "), Literal { value: {Fixture("Date:") }, synchronizing: true }]"#,
            "APPEND",
        ),
        ("imap", "C: APPEND x {12}", r#"[Octets("APPEND x {12}")]"#, "APPEND"),
        ("imap", r"C~: $tag NOOP\r\n", r#"[Tag, Octets(" NOOP\r\n")]"#, "NOOP"),
        ("imap", r"C~: a\x20\\{12}$user", r#"[Octets("a \\{12}"), Value({Name(User) })]"#, ""),
        ("imap", "C: LOGIN user@2.example a", r#"[Octets("LOGIN user@2.example a")]"#, "LOGIN"),
        ("pop3", "C: USER $user", r#"[Octets("USER "), Value({Name(User) })]"#, "USER"),
        ("pop3", "C: PASS a\"b", r#"[Octets("PASS a\"b")]"#, "PASS"),
        ("pop3", r"C~: $tag STAT\r\n", r#"[Tag, Octets("STAT\r\n")]"#, "STAT"),
    ] {
        let end = if protocol == "imap" { "S: OK" } else { "S: +OK" };
        let program = program(protocol, &format!("{line}\n{end}"));
        let send = sends(&program)[0];
        assert_eq!(brief(&send.template.pieces), pieces, "{line}");
        assert_eq!(send.command, command, "{line}");
    }
}

#[test]
fn patterns_become_forms() {
    for (protocol, line, expected) in [
        ("imap", "S: NO|BAD", r#"Tagged(StatusPattern { status: ["NO", "BAD"], code: None, text: None })"#),
        (
            "imap",
            "S: NO [TRYCREATE] ...",
            r#"Tagged(StatusPattern { status: ["NO"], code: Some(ListPattern { items: [{Atom(["TRYCREATE"]) }], optional_from: None, rest: false, exact: false }), text: None })"#,
        ),
        ("imap", "S: * 2 EXISTS", r#"Numbered { number: {Number(2) }, keyword: "EXISTS" }"#),
        (
            "imap",
            "S: * #2 expunge",
            r#"Numbered { number: {Computed({MessageNumber(2) }) }, keyword: "EXPUNGE" }"#,
        ),
        ("imap", "S: + ...", "Continuation(None)"),
        ("imap", "S: + $x", "Continuation(Some({Capture(Slot(0)) }))"),
        (
            "imap",
            "S: * 1 FETCH (body[header.fields (From)]<3> NIL UID _ ...)",
            r#"Fetch { number: {Number(1) }, items: ItemsPattern { items: [ItemPattern { name: "BODY[HEADER.FIELDS (FROM)]<3>", value: {Nil } }, ItemPattern { name: "UID", value: {Any } }], exact: false } }"#,
        ),
        (
            "imap",
            r"S: * 1 FETCH =(FLAGS =(\Seen $Work))",
            r#"Fetch { number: {Number(1) }, items: ItemsPattern { items: [ItemPattern { name: "FLAGS", value: {List(ListPattern { items: [{Atom(["\\Seen"]) }, {Atom(["$Work"]) }], optional_from: None, rest: false, exact: true }) } }], exact: true } }"#,
        ),
        ("imap", "S: * SEARCH 2 ...", "Search { numbers: [{Number(2) }], rest: true }"),
        (
            "imap",
            r#"S: * LIST (...) "/" $a"#,
            r#"List { keyword: "LIST", attributes: {List(ListPattern { items: [], optional_from: None, rest: true, exact: false }) }, delimiter: {Text("/") }, mailbox: {Computed({Name(Mailbox("a")) }) }, extended: [] }"#,
        ),
        (
            "imap",
            "S: * VANISHED (EARLIER) 3:5",
            r#"Other(ListPattern { items: [{Atom(["VANISHED"]) }, {List(ListPattern { items: [{Atom(["EARLIER"]) }], optional_from: None, rest: false, exact: false }) }, {Atom(["3:5"]) }], optional_from: None, rest: false, exact: false })"#,
        ),
        (
            "imap",
            "S: * THREAD (_ ? _ ...)(4)",
            r#"Other(ListPattern { items: [{Atom(["THREAD"]) }, {List(ListPattern { items: [{Any }, {Any }], optional_from: Some(1), rest: true, exact: false }) }, {List(ListPattern { items: [{Number(4) }], optional_from: None, rest: false, exact: false }) }], optional_from: None, rest: false, exact: false })"#,
        ),
        ("pop3", "S: +OK", "Reply(ReplyPattern { ok: true, err: false, code: None, words: None })"),
        (
            "pop3",
            "S: +OK|-ERR [in-use] ...",
            r#"Reply(ReplyPattern { ok: true, err: true, code: Some("IN-USE"), words: None })"#,
        ),
        (
            "pop3",
            "S: +OK 1 $size ...",
            "Reply(ReplyPattern { ok: true, err: false, code: None, words: Some(WordsPattern { words: [{Number(1) }, {Capture(Slot(0)) }], rest: true }) })",
        ),
        (
            "pop3",
            "S: SASL PLAIN (x) ...",
            r#"BodyLine(WordsPattern { words: [{Atom(["SASL"]) }, {Atom(["PLAIN"]) }, {Atom(["(x)"]) }], rest: true })"#,
        ),
        ("pop3", "S: .", "BodyEnd"),
        ("pop3", "S: {plain[0..4]}", r#"Body({Fixture("Date") })"#),
    ] {
        let program = program(protocol, &format!("C: NOOP\n{line}"));
        let Action::Expect(expect) = &program.steps[1].action else { panic!("{line}") };
        assert_eq!(brief(&expect.pattern), expected, "{line}");
        assert_eq!(&*expect.clause, "rfc3501-6.4.3-02");
    }
}

#[test]
fn operators_bind_as_usual() {
    for (line, expected) in [
        (
            "= exists + 1 - 2 == 3 and not open or recent < 1",
            "Binary(Or, {Binary(And, {Binary(Equal, {Binary(Minus, {Binary(Plus, {Call(Exists, []) }, {Number(1) }) }, {Number(2) }) }, {Number(3) }) }, {Not({Call(Open, []) }) }) }, {Binary(Less, {Call(Recent, []) }, {Number(1) }) })",
        ),
        (
            r"= flags(#1) has \Seen and flags(#2) lacks (\Deleted $Work)",
            r#"Binary(And, {Binary(Has, {Call(Flags, [{MessageNumber(1) }]) }, {Flags(["\\Seen"]) }) }, {Binary(Lacks, {Call(Flags, [{MessageNumber(2) }]) }, {Flags(["\\Deleted", "$Work"]) }) })"#,
        ),
        (
            "= (open or open) and open",
            "Binary(And, {Binary(Or, {Call(Open, []) }, {Call(Open, []) }) }, {Call(Open, []) })",
        ),
        (
            r#"= concat("a(b\"", $user) == lower("x")"#,
            r#"Binary(Equal, {Call(Concat, [{Octets("a(b\"") }, {Name(User) }]) }, {Call(Lower, [{Octets("x") }]) })"#,
        ),
    ] {
        let program = program("imap", line);
        let Action::Assert(assert) = &program.steps[0].action else { panic!("{line}") };
        assert_eq!(brief(&assert.expression.term), expected, "{line}");
    }
}

#[test]
fn sessions_labels_and_blocks_nest() {
    let program = program(
        "imap",
        "C[a]>: NOOP\nbob C: NOOP\nS[a]: OK\n-- if not UIDPLUS\n  = open\n-- else\n  -- either one\n    S!: * _ EXPUNGE\n  -- or two nonstrict\n    bob -- drop\n  -- end\n-- end\nbob -- repeat 5s\nC: NOOP\n= open\n-- end",
    );
    let outline = |steps: &[Step]| -> Vec<String> {
        let name = |action: &Action| brief(action).split(['(', ' ']).next().unwrap_or_default().to_owned();
        steps.iter().map(|step| format!("{} {}", step.session.0, name(&step.action))).collect()
    };
    assert_eq!(outline(&program.steps), ["0 Send", "1 Send", "0 Expect", "0 If", "1 Repeat"]);
    let Action::If { condition, then, otherwise } = &program.steps[3].action else { panic!() };
    assert!(condition.negated && condition.question == Question::Capability("UIDPLUS".to_owned()));
    assert_eq!(outline(then), ["0 Assert"]);
    let Action::Either { branches, .. } = &otherwise[0].action else { panic!() };
    let names: Vec<(&str, bool)> =
        branches.iter().map(|branch| (branch.name.as_str(), branch.nonstrict)).collect();
    assert_eq!(names, [("one", false), ("two", true)]);
    assert_eq!(outline(&branches[1].steps), ["1 Direct"]);
}

#[test]
fn a_row_replaces_text_outside_of_expressions() {
    let facts = "    cases:\n      all: { key: ALL, n: 12 }\n      or: { key: 'OR (SEEN) SUBJECT \"$n\"', n: \"0\" }\n";
    let talk = "C: SEARCH $key\nS: * SEARCH $(hits($key))\n-- if or\n= $n == \"0\"\n-- end\nS: * $n EXISTS";
    let rows = rows("imap", facts, talk);
    assert_eq!(rows[0].program.captures, ["key", "n"]);
    assert_eq!(brief(&sends(&rows[0].program)[0].template.pieces), r#"[Octets("SEARCH ALL")]"#);
    // What a row puts in is not searched for columns again: `$n` is read as a capture.
    assert_eq!(
        brief(&sends(&rows[1].program)[0].template.pieces),
        r#"[Octets("SEARCH OR (SEEN) SUBJECT \""), QuotedValue({Capture(Slot(1)) }), Octets("\"")]"#
    );
    for (row, taken) in rows.iter().zip([false, true]) {
        let Action::If { condition, .. } = &row.program.steps[2].action else { panic!() };
        assert_eq!(condition.question, Question::Row(taken));
    }
}

#[test]
fn places_point_into_the_file() {
    let text = "protocol: imap\nscenarios:\n  one:\n    title: Ünïcode before\n    clauses: [rfc3501-6.4.3-02]\n    given: { messages: [plain] }\n    talk: |\n      C: NOOP\n\n      S: * 1 FETCH (UID 1\n          FLAGS $x)\n";
    let scenario = read(text).unwrap_or_else(|mistakes| panic!("{}", shown(&mistakes))).remove(0);
    assert_eq!(&text[scenario.place.start..scenario.place.end], "one");
    let step = &scenario.rows[0].program.steps[1];
    assert_eq!(&text[step.place.start..step.place.end], "S: * 1 FETCH (UID 1\n          FLAGS $x)");
    let Action::Expect(expect) = &step.action else { panic!() };
    let crate::scenario::pattern::Pattern::Fetch { items, .. } = &expect.pattern else { panic!() };
    let place = items.items[1].value.place;
    assert_eq!(&text[place.start..place.end], "$x");
}

#[test]
fn line_ends_of_windows_are_no_mistake() {
    let text = "protocol: imap\r\nscenarios:\r\n  one:\r\n    title: T\r\n    clauses: [rfc3501-6.4.3-02]\r\n    talk: |\r\n      C: NOOP\r\n      S: OK\r\n";
    let scenario = read(text).unwrap_or_else(|mistakes| panic!("{}", shown(&mistakes))).remove(0);
    assert_eq!(scenario.rows[0].program.steps.len(), 2);
}

#[test]
fn mistakes_have_line_and_column() {
    let mistakes =
        read("protocol: imap\nscenarios:\n  one: { title: ä, clauses: [x], talk: y }\n").unwrap_err();
    let positions: Vec<(usize, usize)> = mistakes.iter().map(Mistake::position).collect();
    assert_eq!(positions, [(3, 30), (3, 40)], "{}", shown(&mistakes));
}

#[test]
fn large_talks_are_read() {
    let head =
        "protocol: imap\nscenarios:\n  one:\n    title: T\n    clauses: [rfc3501-6.4.3-02]\n    talk: |\n";
    // Whatever is not linear would not end within the patience of whoever runs this.
    for line in [
        "      C: NOOP\n      S: * _ EXISTS\n".repeat(20_000),
        format!("      C: NOOP\n      S: * X {}\n", "(_ \"a\" $x) ".repeat(20_000)),
        format!("      C: {}\n      S: OK\n", "$user \"x$user\" {12} ".repeat(20_000)),
        format!("      = {}\n", "(".repeat(100_000)),
        format!("      = open{}\n", " and open".repeat(20_000)),
        format!("      = {}open\n", "not ".repeat(20_000)),
        format!("      S: * X {}\n", "(".repeat(100_000)),
        "      S: $no\n".repeat(5_000),
        "      -- if X\n".repeat(5_000),
        format!("      C: NOOP\n{}", "       continued\n".repeat(20_000)),
    ] {
        match read(&format!("{head}{line}")) {
            Ok(scenarios) => assert_eq!(scenarios.len(), 1),
            Err(mistakes) => assert!(!mistakes.is_empty()),
        }
    }
}

/// Pieces that talks are made of, and some that they are not.
fn fragment() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "C: ",
        "C>: ",
        "C~: ",
        "C[a]: ",
        "S: ",
        "S!: ",
        "S?: ",
        "S[a]: ",
        "= ",
        "§ ",
        "-- ",
        "bob ",
        "# ",
        "\n",
        "\n  ",
        "\n",
        " ",
        "NOOP",
        "* ",
        "+ ",
        "OK",
        "NO|BAD",
        "+OK ",
        "-ERR ",
        "[X ",
        "]",
        "(",
        ")",
        "=(",
        "...",
        "?",
        "_",
        "NIL",
        "12",
        "\"",
        "\"a\"",
        "{plain}",
        "{plain[1..",
        "{plain:HEADER",
        "{\"",
        "{",
        "}",
        "+}",
        "$x",
        "$(",
        "$user",
        "$tag",
        "$key",
        "#1",
        "@2",
        "#",
        "/",
        "/(?<x>.)/",
        "\\",
        "\\x",
        "\\r",
        "FETCH ",
        "UID ",
        "FLAGS ",
        "BODY[",
        "<1>",
        "|",
        "exists",
        "flags(",
        "concat(",
        "and ",
        "or ",
        "not ",
        "==",
        "<",
        "has ",
        "if ",
        "else",
        "end",
        "either a",
        "or b",
        "repeat 1s",
        "wait 5ms",
        "pace 1 every 1s",
        "rfc3501-6.4.3-02",
        "é",
        "\u{2028}",
        "\t",
        "99999999999999999999",
        ",",
        "-",
    ])
}

fn is_told_well(text: &str) {
    if let Err(mistakes) = read(text) {
        assert!(!mistakes.is_empty());
        for mistake in &mistakes {
            assert!(
                mistake.place.start <= mistake.place.end && mistake.place.end <= text.len(),
                "{mistake:?}"
            );
            let (line, column) = mistake.position();
            assert!(line > 0 && column > 0);
            assert!(!mistake.render(true).is_empty());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn no_talk_panics(fragments in prop::collection::vec(fragment(), 0..60), pop3 in any::<bool>()) {
        let talk = fragments.concat().replace('\n', "\n      ");
        let protocol = if pop3 { "pop3" } else { "imap" };
        is_told_well(&format!(
            "protocol: {protocol}\nscenarios:\n  one:\n    title: T\n    clauses: [rfc3501-6.4.3-02]\n    given: {{ messages: [plain, html], sessions: {{ bob: {{}} }} }}\n    cases:\n      r: {{ key: '(\"' }}\n      s: {{ key: $x }}\n    talk: |\n      {talk}\n"
        ));
    }

    #[test]
    fn no_file_panics(cut in any::<prop::sample::Index>(), length in 0_usize..40, put in "[ -~\n\té]{0,8}") {
        const DOCUMENT: &str = include_str!("../../../docs/scenario-language.md");
        let blocks: Vec<&str> =
            DOCUMENT.split("```yaml\n").skip(1).filter_map(|block| block.split("```").next()).collect();
        let all = blocks.join("");
        let boundaries: Vec<usize> = all.char_indices().map(|(at, _)| at).collect();
        let at = cut.index(boundaries.len());
        let (from, to) = (boundaries[at], boundaries[(at + length).min(boundaries.len() - 1)]);
        // The example that the cut falls into.
        let start = all[..from].rfind("protocol:").unwrap_or(0);
        let end = all[to..].find("protocol:").map_or(all.len(), |next| to + next);
        is_told_well(&format!("{}{put}{}", &all[start..from], &all[to..end]));
    }
}
