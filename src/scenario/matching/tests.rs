//! Patterns as scenarios write them, against lines as servers send them.

use std::sync::{Arc, LazyLock};

use super::*;
use crate::{
    clauses::Catalogue,
    fixtures::{Fixtures, fixture},
    scenario::{
        captures::Captures,
        evaluate::stage::Stage,
        parse,
        program::{Action, Expect, ExpectMode, Program, Slot, Source},
    },
};

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::load(None).unwrap());

/// The program of a talk whose `S:` lines hold these patterns.
fn program(protocol: &str, patterns: &[&str]) -> Program {
    let (clause, command) =
        if protocol == "imap" { ("rfc3501-6.4.3-02", "NOOP") } else { ("rfc1939-3-13", "RETR 1") };
    let given = if protocol == "imap" {
        "{ messages: [plain, html], names: [a, a/b] }"
    } else {
        "{ messages: [plain, html] }"
    };
    let mut text = format!(
        "protocol: {protocol}\nscenarios:\n  one:\n    title: One\n    clauses: [{clause}]\n    given: {given}\n    talk: |\n      C: {command}\n"
    );
    for pattern in patterns {
        let (mark, pattern) = match pattern.strip_prefix("?:") {
            Some(pattern) => ("S?:", pattern),
            None => ("S:", *pattern),
        };
        text.push_str(&format!("      {mark} {pattern}\n"));
    }
    let source = Arc::new(Source { path: "test.yaml".into(), text });
    let fixtures = Fixtures::load(None).unwrap();
    let mut scenarios = parse::file(&source, &CATALOGUE, &fixtures).unwrap_or_else(|mistakes| {
        panic!("{}", mistakes.iter().map(|mistake| mistake.render(false)).collect::<String>())
    });
    scenarios.remove(0).rows.remove(0).program
}

fn expects(program: &Program) -> Vec<&Expect> {
    let mut expects = Vec::new();
    for step in &program.steps {
        if let Action::Expect(expect) = &step.action {
            expects.push(&**expect);
        }
    }
    expects
}

enum Read {
    Imap(Vec<u8>, imap::Response),
    Pop3(Vec<u8>, pop3::Reply),
}

impl Read {
    fn imap(octets: &[u8]) -> Vec<Self> {
        let mut framer = imap::Framer::new(imap::Limits::default());
        framer.push(octets);
        let mut read = Vec::new();
        while let Some(frame) = framer.next().unwrap() {
            read.push(Self::Imap(frame.octets.to_vec(), imap::Response::parse(&frame)));
        }
        assert!(framer.unread().is_empty(), "{}", String::from_utf8_lossy(octets));
        read
    }

    fn pop3(octets: &[u8]) -> Self {
        let mut framer = pop3::Framer::new(pop3::Limits::default());
        framer.push(octets);
        let single = octets.iter().filter(|&&octet| octet == b'\n').count() == 1;
        let expect = if single { pop3::Expect::SingleLine } else { pop3::Expect::MultiLine };
        let frame = framer.next(expect).unwrap().unwrap();
        Self::Pop3(frame.octets.to_vec(), pop3::Reply::parse(&frame))
    }

    fn line(&self) -> Line<'_> {
        match self {
            Self::Imap(octets, response) => Line { octets, content: Content::Imap(response), numbers: &[] },
            Self::Pop3(octets, reply) => Line { octets, content: Content::Pop3(reply), numbers: &[] },
        }
    }
}

/// Why the line does not match, if it does not.
fn mismatch(protocol: &str, pattern: &str, line: &str) -> Option<Mismatch> {
    let program = program(protocol, &[pattern]);
    let read = match protocol {
        "imap" => Read::imap(format!("{line}\r\n").as_bytes()).remove(0),
        _ => Read::pop3(format!("{line}\r\n").as_bytes()),
    };
    let mut captures = Captures::of(&program);
    let result = match_line(&expects(&program)[0].pattern, &read.line(), &Stage::default(), &mut captures);
    if result.is_err() {
        for slot in 0..program.captures.len() {
            let slot = Slot(u16::try_from(slot).unwrap());
            assert_eq!(
                captures.get(slot),
                None,
                "a failed match leaves nothing captured: {pattern} on {line}"
            );
        }
    }
    result.err()
}

#[track_caller]
fn check(protocol: &str, table: &[(&str, &[&str], &[&str])]) {
    for (pattern, good, bad) in table {
        for line in *good {
            let mismatch = mismatch(protocol, pattern, line);
            assert_eq!(mismatch.map(|mismatch| mismatch.what), None, "`{pattern}` should match `{line}`");
        }
        for line in *bad {
            assert!(mismatch(protocol, pattern, line).is_some(), "`{pattern}` should not match `{line}`");
        }
    }
}

#[test]
fn what_the_oracle_cannot_answer_is_trouble_and_no_difference() {
    let trouble = |pattern: &str, line: &str| mismatch("imap", pattern, line).map(|it| it.trouble);
    assert_eq!(trouble("* SEARCH $(hits(\"ALL\"))", "* SEARCH 1 2"), None);
    assert_eq!(trouble("* SEARCH $(hits(\"ALL\"))", "* SEARCH 1"), Some(false));
    // The stage knows no other keys.
    assert_eq!(trouble("* SEARCH $(hits(\"SEEN\"))", "* SEARCH 1"), Some(true));
    assert_eq!(trouble("* SEARCH $(hits(\"SEEN\"))", "* SORT 1"), Some(false));
    assert_eq!(trouble("* SEARCH $(exists)", "* SEARCH 1"), Some(false));
}

#[test]
fn statuses() {
    check(
        "imap",
        &[
            ("OK", &["a OK done", "b ok", "a OK [ALERT] done"], &["a NO x", "* OK x", "+ x"]),
            ("NO|BAD", &["a NO x", "a BAD x"], &["a OK x"]),
            (
                "NO [TRYCREATE]",
                &["a NO [TRYCREATE] x", "a NO [trycreate]"],
                &["a NO x", "a NO [ALERT] x", "a OK [TRYCREATE]"],
            ),
            ("NO [TRYCREATE|NONEXISTENT]", &["a NO [NONEXISTENT] x"], &["a NO [ALERT] x"]),
            (
                "* OK [UIDVALIDITY $old]",
                &["* OK [UIDVALIDITY 7] x"],
                &["* OK [UIDNEXT 7] x", "* OK [UIDVALIDITY] x"],
            ),
            (
                "* OK [UIDNEXT 12]",
                &["* OK [UIDNEXT 12] x", "* OK [UIDNEXT 012] x"],
                &["* OK [UIDNEXT 13] x", "* OK [UIDNEXT 12 13] x"],
            ),
            ("* OK [UIDNEXT ...]", &["* OK [UIDNEXT 12] x", "* OK [UIDNEXT] x"], &["* OK [UIDVALIDITY 1] x"]),
            (
                r"* OK [PERMANENTFLAGS (\Seen \*)]",
                &[r"* OK [PERMANENTFLAGS (\Deleted \SEEN \*)] x"],
                &[r"* OK [PERMANENTFLAGS (\Seen)] x", "* OK [PERMANENTFLAGS ()] x"],
            ),
            (
                r"* OK [PERMANENTFLAGS =(\Seen)]",
                &[r"* OK [PERMANENTFLAGS (\Seen)] x"],
                &[r"* OK [PERMANENTFLAGS (\Seen \*)] x"],
            ),
            (
                "OK [APPENDUID _ @1]",
                &["a OK [APPENDUID 38505 11] x"],
                &["a OK [APPENDUID 38505 12] x", "a OK [APPENDUID 38505] x"],
            ),
            (
                "OK [COPYUID _ 3:5 7,8]",
                &["a OK [COPYUID 1 3,4,5 7:8] x", "a OK [COPYUID 1 3:5 7,8] x"],
                &["a OK [COPYUID 1 3:5 8,7] x"],
            ),
            (
                "OK [CAPABILITY IDLE]",
                &["a OK [CAPABILITY IMAP4rev1 idle] x"],
                &["a OK [CAPABILITY IMAP4rev1] x"],
            ),
            (
                "NO [BADCHARSET (UTF-8)]",
                &["a NO [BADCHARSET (utf-8)] x"],
                &["a NO [BADCHARSET (x)] x", "a NO [BADCHARSET] x"],
            ),
            (
                "NO [XFOO a 2]",
                &["a NO [XFOO a 2] x"],
                &["a NO [XFOO a 3] x", "a NO [XFOO a] x", "a NO [XFOO a 2 3] x"],
            ),
            ("* BYE", &["* BYE", "* BYE see you"], &["* OK x", "a BYE x"]),
            ("* OK /(?<stamp><[^>]+>)/", &["* OK ready <1.2@x> go"], &["* OK ready"]),
            ("+ ...", &["+ ", "+ x"], &["* OK x"]),
            ("+ $challenge", &["+ PDE+"], &["* OK x"]),
            ("/^injected/", &["injected OK x"], &["a OK injected"]),
        ],
    );
}

#[test]
fn numbers_and_lists_of_the_mailbox() {
    check(
        "imap",
        &[
            ("* 3 EXISTS", &["* 3 EXISTS", "* 3 exists"], &["* 4 EXISTS", "* 3 RECENT", "* 3 FETCH (UID 1)"]),
            ("* _ EXPUNGE", &["* 3 EXPUNGE"], &["* 3 EXISTS"]),
            ("* #2 EXPUNGE", &["* 2 EXPUNGE"], &["* 1 EXPUNGE"]),
            (
                r"* FLAGS (\Seen)",
                &[r"* FLAGS (\Seen \Deleted)", r"* FLAGS (\SEEN)"],
                &[r"* FLAGS (\Deleted)", "* FLAGS ()"],
            ),
            (
                r"* FLAGS =($Work \Seen)",
                &[r"* FLAGS (\Seen $WORK)", r"* FLAGS (\Recent \Seen $work)"],
                &[r"* FLAGS (\Seen $work \Draft)"],
            ),
            (
                "* SEARCH 2 4",
                &["* SEARCH 2 4", "* SEARCH 4 2", "* search 4 2 4"],
                &["* SEARCH 2", "* SEARCH", "* SEARCH 2 4 5", "* SORT 2 4"],
            ),
            ("* SEARCH", &["* SEARCH"], &["* SEARCH 1"]),
            ("* SEARCH 2 ...", &["* SEARCH 2 4", "* SEARCH 2"], &["* SEARCH 4"]),
            ("* SEARCH $(hits(\"ALL\"))", &["* SEARCH 2 1"], &["* SEARCH 1", "* SEARCH 1 2 3"]),
            ("* SEARCH $(uidhits(\"ALL\"))", &["* SEARCH 11 12"], &["* SEARCH 1 2"]),
            (
                "* SEARCH #2 $x",
                &["* SEARCH 7 2", "* SEARCH 2 7"],
                &["* SEARCH 2", "* SEARCH 2 7 8", "* SEARCH 7 8"],
            ),
            ("* SEARCH 2 (MODSEQ 5)", &["* SEARCH 2 (MODSEQ 5)"], &["* SEARCH 2", "* SEARCH 2 (MODSEQ 6)"]),
            ("* SEARCH 2", &[], &["* SEARCH 2 (MODSEQ 5)"]),
            ("* SORT 4 2", &["* SORT 4 2", "* sort 4 2"], &["* SORT 2 4", "* SORT 4", "* SORT 4 2 3"]),
            ("* SORT $(hits(\"ALL\"))", &["* SORT 1 2"], &["* SORT 2 1", "* SORT 1", "* SORT 1 2 3"]),
            (
                "* CAPABILITY IDLE IMAP4REV1",
                &["* CAPABILITY IMAP4rev1 UIDPLUS IDLE"],
                &["* CAPABILITY IMAP4rev1"],
            ),
            (
                "* STATUS $a (MESSAGES 2)",
                &["* STATUS \"box/child\" (UIDNEXT 3 messages 2)"],
                &[
                    "* STATUS box/child (UIDNEXT 2)",
                    "* STATUS box/child (MESSAGES 3)",
                    "* STATUS other (MESSAGES 2)",
                ],
            ),
            (
                "* STATUS INBOX =(MESSAGES 2 UNSEEN _)",
                &["* STATUS inbox (UNSEEN 0 MESSAGES 2)"],
                &["* STATUS inbox (UNSEEN 0 MESSAGES 2 RECENT 0)", "* STATUS inbox (MESSAGES 2)"],
            ),
            (
                "* ENABLED CONDSTORE ...",
                &["* ENABLED CONDSTORE QRESYNC", "* ENABLED condstore"],
                &["* ENABLED"],
            ),
            (
                "* ID (\"name\" \"x\" ...)",
                &["* ID (\"name\" {1}\r\nx \"y\" NIL)"],
                &["* ID (\"name\" \"X\")", "* ID NIL"],
            ),
            (
                "* NAMESPACE ((_ _)) NIL NIL",
                &["* NAMESPACE ((\"\" \"/\")) NIL NIL"],
                &[
                    "* NAMESPACE ((\"\" \"/\")) NIL",
                    "* NAMESPACE NIL NIL NIL",
                    "* NAMESPACE ((\"\" \"/\")) NIL \"NIL\"",
                ],
            ),
            ("* QUOTAROOT INBOX ...", &["* QUOTAROOT INBOX \"\""], &["* QUOTAROOT other \"\""]),
        ],
    );
}

#[test]
fn mailbox_names() {
    check(
        "imap",
        &[
            (
                "* LIST (...) \"/\" $a",
                &[
                    "* LIST () \"/\" box/child",
                    r#"* LIST (\Marked) {1}
/ "box/child""#,
                ],
                &["* LIST () \".\" box/child", "* LIST () \"/\" BOX/child", "* LSUB () \"/\" box/child"],
            ),
            (r"* LIST (\Noselect) _ x", &[r"* LIST (\HasChildren \noselect) NIL x"], &["* LIST () NIL x"]),
            (
                r"* LIST =(\Noselect) _ x",
                &[r"* LIST (\Noselect) NIL x"],
                &[r"* LIST (\HasChildren \Noselect) NIL x"],
            ),
            (
                "* LIST (...) NIL INBOX",
                &["* LIST () NIL inbox", "* LIST () NIL \"InBox\""],
                &["* LIST () \"NIL\" INBOX", "* LIST () NIL INBOX2"],
            ),
            // The stage has no hierarchy delimiter.
            ("* LIST (...) $sep x", &["* LIST () NIL x"], &["* LIST () \"/\" x"]),
            (
                "* LSUB (...) _ \"&AOk-\"",
                &["* LSUB () \"/\" &AOk-", "* LSUB () \"/\" {5}\r\n&AOk-"],
                &["* LSUB () \"/\" &aOk-", "* LSUB () \"/\" é"],
            ),
            ("* LIST (...) _ \"12\"", &["* LIST () \"/\" 12"], &["* LIST () \"/\" 13"]),
            (
                "* LIST (...) _ \"NIL\"",
                &["* LIST () \"/\" NIL", "* LIST () \"/\" \"NIL\""],
                &["* LIST () \"/\" x"],
            ),
            (
                "* LIST (...) _ x (\"CHILDINFO\" (\"SUBSCRIBED\"))",
                &["* LIST () \"/\" x (\"CHILDINFO\" (\"SUBSCRIBED\"))"],
                &["* LIST () \"/\" x"],
            ),
            ("* LIST (...) _ x", &["* LIST () \"/\" x (\"CHILDINFO\" (\"SUBSCRIBED\"))"], &[]),
        ],
    );
}

#[test]
fn fetch_items() {
    check(
        "imap",
        &[
            (
                "* 1 FETCH (UID @1)",
                &["* 1 FETCH (FLAGS () uid 11)"],
                &["* 2 FETCH (UID 11)", "* 1 FETCH (UID 12)", "* 1 FETCH (FLAGS ())", "* 1 FETCH ()"],
            ),
            ("* 1 FETCH (...)", &["* 1 FETCH (UID 11)"], &["* 2 FETCH (UID 11)"]),
            (
                r"* 1 FETCH (UID 11 FLAGS (\Seen $Work))",
                &[r"* 1 FETCH (FLAGS ($work \SEEN \Draft) UID 11)"],
                &[r"* 1 FETCH (FLAGS (\Seen) UID 11)"],
            ),
            (
                r"* 1 FETCH (FLAGS =(\Seen))",
                &[r"* 1 FETCH (FLAGS (\Seen))", r"* 1 FETCH (FLAGS (\Recent \Seen) UID 1)"],
                &[r"* 1 FETCH (FLAGS (\Seen \Draft))", "* 1 FETCH (FLAGS ())"],
            ),
            (r"* 1 FETCH (FLAGS =(\Recent))", &[r"* 1 FETCH (FLAGS (\Recent))"], &["* 1 FETCH (FLAGS ())"]),
            (
                "* 1 FETCH (FLAGS =())",
                &["* 1 FETCH (FLAGS ())", r"* 1 FETCH (FLAGS (\Recent))"],
                &[r"* 1 FETCH (FLAGS (\Seen))"],
            ),
            ("* 1 FETCH =(UID _)", &["* 1 FETCH (UID 11)"], &["* 1 FETCH (UID 11 FLAGS ())"]),
            (
                "* 1 FETCH (RFC822.SIZE $(octets({plain})))",
                &["* 1 FETCH (RFC822.SIZE 313)"],
                &["* 1 FETCH (RFC822.SIZE 314)", "* 1 FETCH (RFC822.SIZE \"313\")"],
            ),
            (
                "* 1 FETCH (BODY[]<10> \"abc\")",
                &["* 1 FETCH (body[]<10> {3}\r\nabc)"],
                &[
                    "* 1 FETCH (BODY[] {3}\r\nabc)",
                    "* 1 FETCH (BODY[]<11> \"abc\")",
                    "* 1 FETCH (BODY[]<10> \"Abc\")",
                ],
            ),
            (
                "* 1 FETCH (BODY[HEADER.FIELDS (FROM \"To\")] _)",
                &[
                    "* 1 FETCH (BODY[HEADER.FIELDS (\"from\" TO)] \"x\")",
                    "* 1 FETCH (BODY[HEADER.FIELDS (To From)] \"x\")",
                ],
                &[
                    "* 1 FETCH (BODY[HEADER.FIELDS (From)] \"x\")",
                    "* 1 FETCH (BODY[HEADER.FIELDS.NOT (From To)] \"x\")",
                ],
            ),
            (
                "* 1 FETCH (BODY[2] NIL)",
                &["* 1 FETCH (BODY[2] NIL)", "* 1 FETCH (BODY[2] nil)"],
                &["* 1 FETCH (BODY[2] \"NIL\")", "* 1 FETCH (BODY[2] \"\")"],
            ),
            ("* 1 FETCH (BODY[2] \"NIL\")", &["* 1 FETCH (BODY[2] \"NIL\")"], &["* 1 FETCH (BODY[2] NIL)"]),
            (
                "* 1 FETCH (INTERNALDATE \"17-Jul-1996 02:44:25 -0700\")",
                &[
                    "* 1 FETCH (INTERNALDATE \"17-Jul-1996 02:44:25 -0700\")",
                    "* 1 FETCH (INTERNALDATE \"17-jul-1996 09:44:25 +0000\")",
                ],
                &["* 1 FETCH (INTERNALDATE \"17-Jul-1996 02:44:25 +0700\")"],
            ),
            (
                "* 1 FETCH (INTERNALDATE \" 7-Jul-1996 02:44:25 +0000\")",
                &["* 1 FETCH (INTERNALDATE \"07-Jul-1996 02:44:25 +0000\")"],
                &["* 1 FETCH (INTERNALDATE \"17-Jul-1996 02:44:25 +0000\")"],
            ),
            (
                "* 1 FETCH (ENVELOPE (_ \"Hi\" ...))",
                &["* 1 FETCH (ENVELOPE (NIL \"Hi\" NIL))", "* 1 FETCH (ENVELOPE (\"d\" {2}\r\nHi))"],
                &["* 1 FETCH (ENVELOPE (NIL \"HI\" NIL))", "* 1 FETCH (ENVELOPE (NIL))"],
            ),
            (
                "* 1 FETCH (X (1 ? 2 3))",
                &["* 1 FETCH (X (1))", "* 1 FETCH (X (1 2))", "* 1 FETCH (X (1 2 3))"],
                &["* 1 FETCH (X (1 2 3 4))", "* 1 FETCH (X (1 3))", "* 1 FETCH (X ())", "* 1 FETCH (X 1)"],
            ),
            (
                "* 1 FETCH (X /^a(?<x>.)$/)",
                &["* 1 FETCH (X ab)", "* 1 FETCH (X \"ab\")"],
                &["* 1 FETCH (X abc)"],
            ),
            (
                "* 1 FETCH (X $v Y $v)",
                &["* 1 FETCH (X 7 Y 7)", "* 1 FETCH (X a Y \"a\")"],
                &["* 1 FETCH (X 7 Y 8)", "* 1 FETCH (X a Y A)"],
            ),
            // The last occurrence, or any.
            ("* 1 FETCH (UID 3)", &["* 1 FETCH (UID 2 UID 3)", "* 1 FETCH (UID 3 UID 2)"], &[]),
        ],
    );
}

#[test]
fn body_structures() {
    let text = r#"("TEXT" "Plain" ("CHARSET" "US-ASCII" "format" "flowed") NIL NIL "7BIT" 12 3 "md5" ("INLINE" ("filename" "A")) ("EN") "loc")"#;
    let line = |body: &str| format!("* 1 FETCH (BODYSTRUCTURE {body})");
    let pattern = |body: &str| format!("* 1 FETCH (BODYSTRUCTURE {body})");
    let table = [
        (r#"("text" "plain" ("charset" "us-ascii" "format" "flowed") NIL NIL "7bit" 12 3 ...)"#, true),
        (r#"("text" "plain" ("format" "flowed" "charset" "us-ascii") NIL NIL "7bit" 12 3 ...)"#, true),
        (
            r#"("text" "plain" (...) NIL NIL "7bit" 12 3 "md5" ("inline" ("FILENAME" "A")) ("en") "loc")"#,
            true,
        ),
        (r#"("text" "plain" ("format" "flowed" ...) _ _ _ _ _ ...)"#, true),
        (r#"("text" "plain" (...) NIL NIL "7bit" 12 3 "MD5" ...)"#, false),
        (r#"("text" "plain" (...) NIL NIL "7bit" 12 3 "md5" ("inline" ("FILENAME" "a")) ...)"#, false),
        (r#"("text" "plain" (...) NIL NIL "7bit" 12 3 "md5" ("inline" (...)) ("en") "LOC")"#, false),
        (r#"("text" "plain" ("format" "Flowed" ...) ...)"#, false),
        (r#"("text" "plain" ("format" "flowed") ...)"#, false),
        (r#"("text" "html" (...) ...)"#, false),
        (r#"("text" "plain" (...) NIL NIL "7bit" 13 3 ...)"#, false),
        (r#"("text" "plain" (...) NIL NIL "7bit" 12 3)"#, false),
    ];
    for (body, good) in table {
        let mismatch = mismatch("imap", &pattern(body), &line(text));
        assert_eq!(mismatch.is_none(), good, "{body}: {mismatch:?}");
    }
    let message =
        format!(r#"("message" "rfc822" NIL "<Id>" NIL "7bit" 90 (NIL "Subject" NIL) {text} 4 NIL NIL)"#);
    let multipart = format!(r#"({text}{message} "MIXED" ("boundary" "B") NIL ("DE"))"#);
    let table = [
        (r#"((...) (...) "mixed" ("BOUNDARY" "B") NIL ("de"))"#, true),
        (
            r#"((...) ("MESSAGE" "RFC822" NIL "<Id>" NIL "7bit" 90 (...) ("text" "plain" ...) 4 ? NIL NIL NIL) "mixed" ...)"#,
            true,
        ),
        (
            r#"((...) ("message" "rfc822" NIL "<Id>" NIL "7bit" 90 (NIL "Subject" ...) ...) "mixed" ...)"#,
            true,
        ),
        (
            r#"((...) ("message" "rfc822" NIL "<Id>" NIL "7bit" 90 (NIL "subject" ...) ...) "mixed" ...)"#,
            false,
        ),
        (r#"((...) ("message" "rfc822" NIL "<id>" NIL "7bit" ...) "mixed" ...)"#, false),
        (r#"((...) (...) "mixed" ("boundary" "b") ...)"#, false),
        (r#"((...) "mixed" ...)"#, false),
        (r#"((...) (...) "mixed")"#, false),
        (r#"((...) (...) "mixed" ? ("boundary" _) NIL ...)"#, true),
    ];
    for (body, good) in table {
        let mismatch = mismatch("imap", &pattern(body), &line(&multipart));
        assert_eq!(mismatch.is_none(), good, "{body}: {mismatch:?}");
    }
}

#[test]
fn pop3_status_lines() {
    check(
        "pop3",
        &[
            ("+OK", &["+OK", "+OK anything", "+ok x"], &["-ERR x", "+ x", "garbage"]),
            ("-ERR", &["-ERR no"], &["+OK"]),
            ("+OK|-ERR", &["-ERR no", "+OK yes"], &["+ x"]),
            ("-ERR [IN-USE]", &["-ERR [in-use] x", "-ERR [IN-USE]"], &["-ERR x", "-ERR [AUTH] x"]),
            ("+OK 2 ...", &["+OK 2 320", "+OK 2", "+OK 02 x"], &["+OK 3 2", "+OK", "+OK two"]),
            ("+OK 2 320", &["+OK 2 320"], &["+OK 2 320 x", "+OK 2  320", "+OK 2"]),
            ("+OK 1 $size", &["+OK 1 99"], &["+OK 2 99", "+OK 1"]),
            ("+OK /(?<stamp><[^>]+>)/", &["+OK ready <1.2@x>"], &["+OK ready", "-ERR <1.2@x>"]),
            ("+ $challenge", &["+ PDE+"], &["+OK x"]),
            ("+ ...", &["+ ", "+ x"], &["-ERR"]),
        ],
    );
}

/// The outcome for a whole POP3 reply: the indices of missing patterns.
fn missing_of(patterns: &[&str], reply: &[u8], in_order: bool) -> (Vec<usize>, Outcome) {
    let program = program("pop3", patterns);
    let read = Read::pop3(reply);
    let wanted: Vec<Wanted<'_>> = wanted(&program);
    let mut captures = Captures::of(&program);
    let outcome = match_reply(&wanted, &read.line(), in_order, &Stage::default(), &mut captures);
    (outcome.missing.iter().map(|missing| missing.pattern).collect(), outcome)
}

fn wanted(program: &Program) -> Vec<Wanted<'_>> {
    let expects = expects(program).into_iter();
    expects
        .map(|Expect { pattern, mode, .. }| Wanted {
            pattern,
            optional: *mode == ExpectMode::May,
            admits: None,
        })
        .collect()
}

#[test]
fn pop3_bodies() {
    let uidl = b"+OK\r\n1 aX\r\n2 b\r\n4 aX\r\n.\r\n";
    let table: [(&[&str], bool, &[usize]); 16] = [
        (&["+OK", "1 aX", "2 b", "4 aX", "."], true, &[]),
        (&["1 aX", "4 aX"], true, &[]),
        (&["2 b", "1 aX"], true, &[1]),
        (&["2 b", "1 aX"], false, &[]),
        (&["2 b", "."], true, &[1]),
        (&["."], true, &[0]),
        (&["4 _", "."], true, &[]),
        (&["."], false, &[0]),
        (&["2 ...", "1 ...", "4 ...", "."], false, &[]),
        (&["1 \"ax\""], true, &[0]),
        (&["1"], true, &[0]),
        (&["1 ..."], true, &[]),
        (&["\"1 aX\""], true, &[]),
        (&["_ $x", "4 $x"], true, &[]),
        // The first line for `_ $x` would leave none for the second: it goes on looking.
        (&["_ $x", "2 $x"], true, &[1]),
        (&["-ERR", "3 c"], true, &[0, 1]),
    ];
    for (patterns, in_order, missing) in table {
        assert_eq!(missing_of(patterns, uidl, in_order).0, missing, "{patterns:?}");
    }
    let capa = b"+OK\r\nSASL PLAIN\r\nUIDL\r\n.\r\n";
    assert_eq!(missing_of(&["UIDL", "SASL ..."], capa, false).0, [0; 0]);
    assert_eq!(missing_of(&["/^sasl/"], capa, false).0, [0]);
    assert_eq!(missing_of(&["/^SASL PLAIN$/"], capa, false).0, [0; 0]);
    assert_eq!(missing_of(&["."], b"+OK\r\n.\r\n", true).0, [0; 0]);
    let (_, outcome) = missing_of(&["+OK", "1 b"], uidl, true);
    let (line, nearest) = outcome.missing[0].nearest.clone().unwrap();
    assert_eq!((line, nearest.what.as_str()), (1, "expected b, came aX"));
    assert_eq!(nearest.at.unwrap().of(uidl), b"aX");
}

#[test]
fn pop3_whole_bodies() {
    let stuffed = |message: &[u8], end: &[u8]| {
        let text = String::from_utf8(message.to_vec()).unwrap();
        let text = text.replace("\r\n.", "\r\n..");
        [b"+OK\r\n", text.as_bytes(), end, b".\r\n"].concat()
    };
    let dots = fixture("dots").unwrap();
    let plain = fixture("plain").unwrap();
    assert_eq!(missing_of(&["{dots}"], &stuffed(dots, b"\r\n"), true).0, [0; 0]);
    assert_eq!(missing_of(&["{dots}"], &stuffed(dots, b"\r\n\r\n"), true).0, [0]);
    assert_eq!(missing_of(&["{plain}"], &stuffed(plain, b""), true).0, [0; 0]);
    assert_eq!(missing_of(&["{plain}"], &stuffed(plain, b"\r\n"), true).0, [0]);
    assert_eq!(missing_of(&["{plain:HEADER}"], &stuffed(plain, b""), true).0, [0]);
    assert_eq!(missing_of(&["{plain}"], b"+OK\r\n", true).0, [0]);
    // Not unstuffed by the server: the first octet that differs is named, where it stands in the reply.
    let mut wrong = stuffed(dots, b"\r\n");
    let at = wrong.windows(4).position(|window| window == b"\r\n..").unwrap() + 3;
    wrong[at] = b'!';
    let (_, outcome) = missing_of(&["{dots}"], &wrong, true);
    let mismatch = outcome.missing[0].nearest.clone().map(|(_, mismatch)| mismatch);
    let mismatch = mismatch.unwrap();
    assert!(mismatch.what.contains("is the first to differ"), "{}", mismatch.what);
    assert_eq!(mismatch.at.unwrap().start as usize, at);
}

/// The outcome for a window, and the captures by name.
fn window(patterns: &[&str], lines: &str, numbers: &[&[Option<u32>]]) -> (Outcome, Vec<(String, String)>) {
    let program = program("imap", patterns);
    let read = Read::imap(lines.replace('\n', "\r\n").as_bytes());
    let mut lines: Vec<Line<'_>> = read.iter().map(Read::line).collect();
    for (line, numbers) in lines.iter_mut().zip(numbers) {
        line.numbers = numbers;
    }
    let mut captures = Captures::of(&program);
    let outcome = match_set(&wanted(&program), &lines, &Stage::default(), &mut captures);
    let value = |index: usize| {
        let value = captures.get(Slot(u16::try_from(index).unwrap()))?;
        Some((program.captures[index].clone(), String::from_utf8_lossy(value).into_owned()))
    };
    (outcome, (0..program.captures.len()).filter_map(value).collect())
}

#[test]
fn sets_of_lines() {
    /// Patterns, lines, the lines of each pattern, and which patterns are missing.
    type Row<'a> = (&'a [&'a str], &'a str, &'a [&'a [usize]], &'a [usize]);
    let table: [Row<'_>; 10] = [
        (&["* 2 EXISTS", "OK"], "* 2 EXISTS\na OK x\n", &[&[0], &[1]], &[]),
        (&["OK", "* 2 EXISTS"], "* 1 RECENT\n* 2 EXISTS\na OK x\n", &[&[2], &[1]], &[]),
        // Each line satisfies one pattern.
        (&["* _ EXISTS", "* _ EXISTS"], "* 2 EXISTS\n", &[&[0], &[]], &[1]),
        (&["* _ EXISTS", "* 2 EXISTS"], "* 2 EXISTS\n* 3 EXISTS\n", &[&[1], &[0]], &[]),
        // FETCH lines may serve several, and are merged.
        (&["* 1 FETCH (UID 5)", "* 1 FETCH (FLAGS ())"], "* 1 FETCH (UID 5 FLAGS ())\n", &[&[0], &[0]], &[]),
        (
            &["* 1 FETCH (UID 5 FLAGS ())"],
            "* 1 FETCH (UID 5)\n* 2 FETCH (UID 6)\n* 1 FETCH (FLAGS ())\n",
            &[&[0, 2]],
            &[],
        ),
        // Items of two messages are not merged.
        (&["* _ FETCH (UID 5 FLAGS ())"], "* 1 FETCH (UID 5)\n* 2 FETCH (FLAGS ())\n", &[&[]], &[0]),
        (&["* _ FETCH (UID 6 FLAGS ())"], "* 1 FETCH (UID 5)\n* 2 FETCH (FLAGS () UID 6)\n", &[&[1]], &[]),
        // What may be there is taken, unless another must have it.
        (&["?:* _ EXISTS", "* 2 EXISTS"], "* 2 EXISTS\n", &[&[], &[0]], &[]),
        (&["?:* _ EXISTS", "* 2 EXISTS"], "* 2 EXISTS\n* 3 EXISTS\n", &[&[1], &[0]], &[]),
    ];
    for (patterns, lines, assigned, missing) in table {
        let (outcome, _) = window(patterns, lines, &[]);
        assert_eq!(outcome.lines, assigned, "{patterns:?} {lines}");
        assert_eq!(
            outcome.missing.iter().map(|missing| missing.pattern).collect::<Vec<_>>(),
            missing,
            "{patterns:?}"
        );
    }
}

#[test]
fn captures_decide_which_line_serves() {
    let (outcome, captures) = window(
        &["* _ FETCH (UID $u)", "* OK [UIDNEXT $u]"],
        "* 1 FETCH (UID 5)\n* 2 FETCH (UID 6)\n* OK [UIDNEXT 6] x\n",
        &[],
    );
    assert!(outcome.missing.is_empty());
    assert_eq!(captures, [("u".to_owned(), "6".to_owned())]);
    // Of a pattern that is missing nothing stays.
    let (outcome, captures) =
        window(&["* STATUS $m (MESSAGES 1 UNSEEN 2)"], "* STATUS x (MESSAGES 1)\n", &[]);
    assert_eq!(outcome.missing.len(), 1);
    assert!(captures.is_empty());
}

#[test]
fn numbers_are_taken_where_the_line_arrives() {
    let (before, after): (&[_], &[_]) = (&[Some(1), Some(2)], &[None, Some(1)]);
    let lines = "* 1 EXPUNGE\n* 1 EXPUNGE\n";
    let (outcome, _) = window(&["* #1 EXPUNGE", "* #2 EXPUNGE"], lines, &[before, after]);
    assert_eq!((outcome.missing.len(), outcome.lines), (0, vec![vec![0], vec![1]]));
    let (outcome, _) = window(&["* #2 EXPUNGE", "* #1 EXPUNGE"], lines, &[before, after]);
    assert_eq!((outcome.missing.len(), outcome.lines), (0, vec![vec![1], vec![0]]));
    let (outcome, _) = window(
        &["* #2 FETCH (UID 12 FLAGS ())"],
        "* 2 FETCH (UID 12)\n* 1 FETCH (FLAGS ())\n",
        &[before, after],
    );
    assert_eq!(outcome.lines, [[0, 1]]);
}

#[test]
fn the_nearest_line_is_shown() {
    let lines = "* LIST () \"/\" other\n* LIST (\\Noselect) \".\" box/child\n* 2 EXISTS\na NO x\n";
    let (outcome, _) = window(&["* LIST (...) \"/\" $a", "* 3 EXPUNGE", "OK", "* 3 EXISTS"], lines, &[]);
    let shown: Vec<_> = outcome
        .missing
        .iter()
        .map(|missing| missing.nearest.as_ref().map(|(line, mismatch)| (*line, mismatch.what.as_str())))
        .collect();
    assert_eq!(
        shown,
        [
            Some((1, "expected \"/\", came \".\"")),
            None,
            Some((3, "expected OK, came NO")),
            Some((2, "expected 3, came 2")),
        ]
    );
}

#[test]
fn an_intricate_set_ends() {
    let patterns: Vec<String> =
        (0..40).map(|index| format!("* STATUS $m{index} (MESSAGES $n{index})")).collect();
    let mut patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
    patterns.push("* STATUS none (MESSAGES 1)");
    let lines: String = (0..40).map(|index| format!("* STATUS box{index} (MESSAGES {index})\n")).collect();
    let (outcome, _) = window(&patterns, &lines, &[]);
    assert_eq!(outcome.missing.iter().map(|missing| missing.pattern).collect::<Vec<_>>(), [40]);
}

#[test]
fn lines_of_other_exchanges_are_not_had() {
    let program = program("imap", &["OK"]);
    let read = Read::imap(b"a NO x\r\nb OK x\r\n");
    let lines: Vec<Line<'_>> = read.iter().map(Read::line).collect();
    for (only, good) in [(0, false), (1, true)] {
        let admits = |line| line == only;
        let patterns =
            [Wanted { pattern: &expects(&program)[0].pattern, optional: false, admits: Some(&admits) }];
        let outcome = match_set(&patterns, &lines, &Stage::default(), &mut Captures::of(&program));
        assert_eq!(outcome.missing.is_empty(), good);
    }
}

#[test]
fn mismatches_say_what_was_expected_and_what_came() {
    let table = [
        ("* 3 EXISTS", "* 4 EXISTS", "expected 3, came 4", "4"),
        ("* 3 EXISTS", "* OK hello", "expected EXISTS, came \"* OK hello\"", "* OK hello"),
        ("* #2 EXPUNGE", "* 1 EXPUNGE", "expected 2, came 1", "1"),
        (
            r"* 1 FETCH (FLAGS (\Seen))",
            r"* 1 FETCH (FLAGS (\Draft))",
            r"expected \Seen among (\Draft)",
            r"(\Draft)",
        ),
        (
            r"* 1 FETCH (FLAGS =(\Seen))",
            r"* 1 FETCH (FLAGS (\Seen \Draft))",
            r"expected no others, came \Draft",
            r"\Draft",
        ),
        ("* 1 FETCH (UID 1)", "* 1 FETCH (FLAGS ())", "expected the item UID, came FLAGS", ""),
        ("* 1 FETCH (X (1 2))", "* 1 FETCH (X (1))", "expected 2, but nothing more came", ")"),
        ("* 1 FETCH (X (1))", "* 1 FETCH (X (1 \"b\"))", "expected no more, came \"b\"", "\"b\""),
        (
            "* SEARCH 2 4",
            "* SEARCH 2 3",
            "expected the numbers 2 4, came 2 3: 4 missing, 3 too many",
            "* SEARCH 2 3",
        ),
        ("OK [UIDNEXT 1]", "a OK done", "expected the response code [UIDNEXT], came none", "done"),
        ("* 1 FETCH (X /^a/)", "* 1 FETCH (X b)", "expected a match of /^a/, came \"b\"", "b"),
        ("* 1 FETCH (X $v Y $v)", "* 1 FETCH (X 1 Y 2)", "expected $v = \"1\", came 2", "2"),
        (
            "* 1 FETCH (BODY[] \"0123456789012345678901234567890123456789012345678901234567890123\")",
            "* 1 FETCH (BODY[] {64}\r\n0123456789012345678901234567890123456789x12345678901234567890123)",
            "octet 40 is the first to differ: expected 64 octets with …\"4567890123456789»012345678901234567890123\", came 64 with \
             …\"4567890123456789»x12345678901234567890123\"",
            "x",
        ),
    ];
    for (pattern, line, what, at) in table {
        let mismatch = mismatch("imap", pattern, line).unwrap();
        assert_eq!(mismatch.what, what);
        assert_eq!(mismatch.at.map_or(&b""[..], |at| at.of(line.as_bytes())), at.as_bytes(), "{what}");
    }
}

mod whatever_the_server_sends {
    use proptest::prelude::*;

    use super::*;

    const PATTERNS: [&str; 14] = [
        "OK [COPYUID _ 1:3 $x]",
        "NO [XFOO a 2]",
        "* OK [CAPABILITY IDLE] /(?<y>.)/",
        "+ $c",
        "/a(?<z>b)/",
        "* #1 EXPUNGE",
        "* 1 FETCH =(FLAGS =(\\Seen) BODY[]<1> {plain} INTERNALDATE \"17-Jul-1996 02:44:25 -0700\")",
        "* _ FETCH (BODYSTRUCTURE ((...) (_ _ (\"charset\" _ ...) ...) \"mixed\" ? (...) _) UID $u)",
        "* STATUS $a =(MESSAGES $m)",
        "* LIST (\\Noselect) $sep $b (_ _)",
        "* FLAGS =($f)",
        "* SEARCH $(hits(\"ALL\")) $n ...",
        "* CAPABILITY IDLE",
        "* SORT $(hits(\"ALL\")) _ ? 3 ...",
    ];

    static PROGRAM: LazyLock<Program> = LazyLock::new(|| program("imap", &PATTERNS));

    /// Lines that look like responses, with pieces put together at random.
    fn lines() -> impl Strategy<Value = Vec<u8>> {
        let words = [
            "* ",
            "+ ",
            "a ",
            "OK ",
            "NO ",
            "[",
            "]",
            "(",
            ")",
            " ",
            "1",
            "4294967296",
            "FETCH ",
            "EXPUNGE",
            "FLAGS ",
            "BODY[]",
            "<1> ",
            "BODYSTRUCTURE ",
            "STATUS ",
            "LIST ",
            "SEARCH ",
            "SORT ",
            "CAPABILITY ",
            "COPYUID ",
            "1:3",
            "9:18446744073709551615",
            "NIL",
            "\"x",
            "\"",
            "{3}\r\nabc",
            "\\Seen",
            "INTERNALDATE ",
            "MESSAGES ",
            "UID ",
            "\u{e9}",
            "\\",
            "IDLE",
            "XFOO ",
        ];
        let word = prop_oneof![
            4 => prop::sample::select(words.to_vec()).prop_map(|word| word.as_bytes().to_vec()),
            1 => prop::collection::vec(any::<u8>(), 0..4),
        ];
        prop::collection::vec(word, 0..24).prop_map(|words| words.concat())
    }

    proptest! {
        #[test]
        fn nothing_panics(octets in prop::collection::vec(lines(), 1..4)) {
            let octets: Vec<u8> = octets.into_iter().flat_map(|line| [line, b"\r\n".to_vec()].concat()).collect();
            let mut framer = imap::Framer::new(imap::Limits::default());
            framer.push(&octets);
            let mut read = Vec::new();
            while let Ok(Some(frame)) = framer.next() {
                read.push(Read::Imap(frame.octets.to_vec(), imap::Response::parse(&frame)));
            }
            let lines: Vec<Line<'_>> = read.iter().map(Read::line).collect();
            let mut captures = Captures::of(&PROGRAM);
            let outcome = match_set(&wanted(&PROGRAM), &lines, &Stage::default(), &mut captures);
            prop_assert_eq!(outcome.lines.len(), PATTERNS.len());
            for missing in &outcome.missing {
                prop_assert!(outcome.lines[missing.pattern].is_empty());
                let Some((line, mismatch)) = &missing.nearest else { continue };
                let at = mismatch.at.unwrap_or_default();
                prop_assert!(at.end as usize <= lines[*line].octets.len(), "{:?}", mismatch);
            }
        }

        #[test]
        fn nothing_panics_in_replies(octets in prop::collection::vec(any::<u8>(), 0..60)) {
            let program = &*POP3;
            let octets = [b"+OK ", &octets[..], b"\r\n.\r\n"].concat();
            let mut framer = pop3::Framer::new(pop3::Limits::default());
            framer.push(&octets);
            if let Ok(Some(frame)) = framer.next(pop3::Expect::MultiLine) {
                let reply = Read::Pop3(frame.octets.to_vec(), pop3::Reply::parse(&frame));
                for in_order in [true, false] {
                    let mut captures = Captures::of(program);
                    let outcome = match_reply(&wanted(program), &reply.line(), in_order, &Stage::default(), &mut captures);
                    prop_assert_eq!(outcome.lines.len(), 4);
                }
            }
        }
    }

    static POP3: LazyLock<Program> =
        LazyLock::new(|| program("pop3", &["+OK 1 ...", "$a \"b c\" $d", "{dots}", "."]));
}
