//! Every rule, with lines that keep it and lines that break it.

use super::*;
use crate::imap::frame::{Framer, Limits};

fn clauses(line: &[u8]) -> Vec<&'static str> {
    let mut framer = Framer::new(Limits::default());
    framer.push(line);
    let frame = framer.next().unwrap().unwrap();
    assert_eq!(frame.octets.len(), line.len(), "one frame: {}", String::from_utf8_lossy(line));
    let mut response = Response::parse(&frame);
    check(&frame, &mut response);
    response.faults.iter().map(|fault| fault.clause).collect()
}

const PART: &str = r#"("TEXT" "PLAIN" ("CHARSET" "us-ascii") NIL NIL "7BIT" 12 1)"#;
const ENVELOPE: &str = r#"(NIL "s" (("n" NIL "m" "h")(NIL NIL "m" "h")) NIL NIL NIL NIL NIL NIL "<i>")"#;

#[test]
fn what_keeps_the_grammar_has_no_fault() {
    let lines = [
        "* OK ready",
        "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN LITERAL+ STATUS=SIZE] ready",
        "* PREAUTH [ALERT] hi",
        "* BYE",
        "* BYE bye {5}",
        "a1 OK done",
        "a-1.x~] ok [READ-WRITE] done",
        "a1 NO [BADCHARSET] no",
        "a1 NO [BADCHARSET (UTF-8 \"US-ASCII\")] no",
        "a1 NO [BADCHARSET ({5}\r\nUTF-8)] no",
        "a1 OK [APPENDUID 38505 3955] done",
        "a1 OK [APPENDUID 38505 3955:3957] done",
        "a1 OK [COPYUID 38505 304,319:320 3956:3958] done",
        "a1 OK [MODIFIED 7,9] done",
        "a1 NO [X-OWN it's 5\" wide (and more] no",
        "a1 NO [REFERRAL imap://user;AUTH=*@host/x] no",
        "a1 NO [METADATA LONGENTRIES 1234] no",
        "a1 NO [OVERQUOTA] no",
        "* OK [UIDNEXT 4294967295] next",
        "* OK [UIDVALIDITY 1] valid",
        "* OK [UNSEEN 12] first",
        "* OK [HIGHESTMODSEQ 9223372036854775807] x",
        "* OK [PERMANENTFLAGS ()] x",
        "* OK [PERMANENTFLAGS (\\Answered kw $Junk \\*)] x",
        "+ ",
        "+ go on",
        "+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UuZXhhbXBsZS5uZXQ+",
        "+ [ALERT] text",
        "* CAPABILITY IMAP4rev1",
        "* CAPABILITY IMAP4rev1 AUTH=SCRAM-SHA-256 I18NLEVEL=1 CONTEXT=SEARCH URLAUTH=BINARY X-FOO",
        "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Forwarded Junk[1)",
        "* LIST () \"/\" INBOX",
        "* LIST (\\HasNoChildren \\Noselect) NIL \"a b\"",
        "* LIST (\\Marked) \"\\\\\" {3}\r\nfoo",
        "* LIST () \".\" foo]bar",
        "* LIST () \"/\" NIL",
        "* LIST () \"/\" 123",
        "* LIST (\\NonExistent) \"/\" foo (\"CHILDINFO\" (\"SUBSCRIBED\"))",
        "* LIST (\\Subscribed) \"/\" foo (\"OLDNAME\" (\"bar\"))",
        "* LSUB (\\Noselect) \"/\" foo/bar",
        "* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292)",
        "* STATUS \"a b\" ()",
        "* STATUS x (MESSAGES 0 SIZE 99999999999 HIGHESTMODSEQ 7011231777 MAILBOXID (F2212ea87) APPENDLIMIT NIL)",
        "* SEARCH",
        "* SEARCH 2 84 882 10",
        "* SEARCH 2 5 (MODSEQ 917162500)",
        "* 0 EXISTS",
        "* 23 EXISTS",
        "* 4294967295 RECENT",
        "* 44 EXPUNGE",
        "* 1 FETCH (FLAGS ())",
        "* 1 FETCH (FLAGS (\\Seen \\Recent kw) UID 4 RFC822.SIZE 0)",
        "* 12 FETCH (INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" INTERNALDATE \" 7-jul-1996 02:44:25 +0000\")",
        "* 1 FETCH (BODY[] {3}\r\nabc)",
        "* 1 FETCH (BODY[]<0> {3}\r\nabc UID 4)",
        "* 1 FETCH (BODY[HEADER.FIELDS (DATE \"FROM\" {2}\r\nTO)] \"\")",
        "* 1 FETCH (BODY[1.2.HEADER.FIELDS.NOT (\"a]b\")] NIL BODY[1.MIME] \"\" BODY[4.1.TEXT] NIL BODY[3] NIL)",
        "* 1 FETCH (BODY[HEADER.FIELDS.NOT (SUBJECT a]b [c)] NIL BODY[HEADER.FIELDS (])]<0> NIL UID 1)",
        "* 1 FETCH (RFC822 {0}\r\n RFC822.HEADER \"x\" RFC822.TEXT NIL)",
        "* 1 FETCH (MODSEQ (624140003) EMAILID (M6d99ac3275bb4e) THREADID NIL PREVIEW \"hi\" SAVEDATE NIL)",
        "* 1 FETCH (BINARY[1] ~{2}\r\na\n BINARY[2]<1> ~{1}\r\na)",
        "* 1 FETCH (BINARY[1]<0> ~{3}\r\na\0b BINARY.SIZE[1.2] 7 BINARY[2] {1}\r\nx)",
        "* 1 FETCH (X-GM-LABELS (\\Inbox \"a b\") X-GM-MSGID 1278455344230334865)",
        "* ESEARCH (TAG \"A282\") UID MIN 2 ALL 2,10:11",
        "* VANISHED (EARLIER) 41,43:116",
        "* ENABLED CONDSTORE QRESYNC",
        "* ENABLED",
        "* SORT",
        "* SORT 2 3 6",
        "* SORT 2 3 6 (MODSEQ 917162500)",
        "* THREAD",
        "* THREAD (2)(3 6 (4 23)(44 7 96))",
        "* THREAD ((3)(5))(1 ((2)(4))(6))",
        "* NAMESPACE ((\"\" \"/\")(\"#mh/\" \"/\" \"X-PARAM\" (\"FLAG1\" \"FLAG2\"))) NIL ((\"#shared/\" \"/\"))",
        "* ID (\"name\" \"x\" \"version\" NIL)",
        "* ID NIL",
        "* QUOTA \"\" (STORAGE 10 512)",
        "* ACL INBOX u1 lrswipkxtecda",
        "* METADATA \"\" (/shared/comment \"x\")",
    ];
    for line in lines {
        assert_eq!(clauses(format!("{line}\r\n").as_bytes()), faults_of(line), "{line}");
    }
}

#[test]
fn of_unknown_responses_only_the_name_is_judged() {
    for (line, expected) in [
        ("* XOWN  whatever=\"it wants {8}x( )\r\n", None),
        ("* 5 XOWN a  b\r\n", None),
        ("* SEAR(CH 1\r\n", Some("rfc3501-9-61")),
        ("* SEARCH\t1\r\n", Some("rfc3501-9-03b")),
    ] {
        assert_eq!(clauses(line.as_bytes()), Vec::from_iter(expected), "{line}");
    }
}

/// The one line among the good ones that has no text.
fn faults_of(line: &str) -> Vec<&'static str> {
    if line == "* BYE" { vec!["rfc3501-7.1.1-03"] } else { vec![] }
}

#[test]
fn structures_that_keep_the_grammar() {
    let values = [
        PART.to_owned(),
        format!("({PART}{PART} \"MIXED\")"),
        format!("({PART} \"MIXED\" (\"BOUNDARY\" \"x\") (\"INLINE\" NIL) (\"en\" \"de\") NIL)"),
        format!("({PART} \"MIXED\" NIL NIL NIL)"),
        r#"("IMAGE" "PNG" NIL "<id>" "d" "BASE64" 99 NIL ("attachment" ("filename" "a")) "en" "loc")"#
            .to_owned(),
        r#"("application" "octet-stream" NIL NIL NIL "x-own" 0)"#.to_owned(),
        format!(r#"("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 400 {ENVELOPE} {PART} 12 NIL NIL NIL NIL)"#),
        r#"("MESSAGE" "DELIVERY-STATUS" NIL NIL NIL "7BIT" 400 NIL NIL)"#.to_owned(),
        r#"("MESSAGE" "GLOBAL" NIL NIL NIL "8BIT" 400 NIL NIL)"#.to_owned(),
        format!(r#"("MESSAGE" "GLOBAL" NIL NIL NIL "8BIT" 400 {ENVELOPE} {PART} 12)"#),
        "({4}\r\nTEXT \"PLAIN\" NIL NIL NIL {4}\r\n7BIT 4 1)".to_owned(),
    ];
    for value in values {
        let line = format!("* 1 FETCH (BODYSTRUCTURE {value} ENVELOPE {ENVELOPE} UID 4)\r\n");
        assert_eq!(clauses(line.as_bytes()), Vec::<&str>::new(), "{line}");
    }
}

#[test]
fn what_breaks_the_grammar_is_told_by_its_clause() {
    let cases: &[(&str, &[&str])] = &[
        // Lines
        ("* OK x\n", &["rfc3501-2.2-02"]),
        ("\r\n", &["rfc3501-9-61"]),
        ("*\r\n", &["rfc3501-9-61"]),
        ("* \r\n", &["rfc3501-9-61"]),
        ("hello\r\n", &["rfc3501-2.2.2-04"]),
        ("a1 FINE done\r\n", &["rfc3501-2.2.2-04"]),
        ("a1 BYE done\r\n", &["rfc3501-2.2.2-04"]),
        ("a1 PREAUTH done\r\n", &["rfc3501-2.2.2-04"]),
        ("a+1 OK done\r\n", &["rfc3501-9-61"]),
        ("a1  OK done\r\n", &["rfc3501-9-03b"]),
        ("*  OK done\r\n", &["rfc3501-9-03b"]),
        ("* OK a\0b\r\n", &["rfc3501-9-04"]),
        ("* OK a\rb\r\n", &["rfc3501-9-61"]),
        // 8-bit octets
        ("* OK caf\u{E9}\r\n", &["rfc3501-1.2-01"]),
        ("* LIST () \"/\" caf\u{E9}\r\n", &["rfc3501-1.2-01"]),
        ("* LIST () \"/\" \"caf\u{E9}\"\r\n", &["rfc3501-4.3-12"]),
        // Text and codes
        ("* OK\r\n", &["rfc3501-7.1.1-03"]),
        ("* SORT 2 0\r\n", &["rfc5256-3-SORT-10"]),
        ("* SORT (2 3)\r\n", &["rfc5256-3-SORT-10"]),
        ("* SORT (MODSEQ 3)\r\n", &["rfc5256-3-SORT-10"]),
        ("* SORT 2 (MODSEQ x)\r\n", &["rfc5256-3-SORT-10"]),
        ("* SORT 2:3\r\n", &["rfc5256-3-SORT-10"]),
        ("* THREAD 2\r\n", &["rfc5256-3-THREAD-10"]),
        ("* THREAD (2) (3)\r\n", &["rfc5256-3-THREAD-10"]),
        ("* THREAD (2 (3) (4))\r\n", &["rfc5256-3-THREAD-10"]),
        ("* THREAD ()\r\n", &["rfc5256-3-THREAD-10"]),
        ("* THREAD (2 (3))\r\n", &["rfc5256-3-THREAD-10"]),
        ("* THREAD ((3))\r\n", &["rfc5256-3-THREAD-10"]),
        ("* THREAD (2 (3)(x))\r\n", &["rfc5256-3-THREAD-10"]),
        ("* THREAD (2 (3)(4) 5)\r\n", &["rfc5256-3-THREAD-10"]),
        ("* 1 FETCH (BINARY.PEEK[1] \"x\")\r\n", &["rfc3516-4.2-03"]),
        ("* 1 FETCH (BINARY[1] ~{1}\r\nx)\r\n", &["rfc3516-4.3-01"]),
        ("* 1 FETCH (BINARY[1] {1}\r\n\0)\r\n", &["rfc3501-9-04"]),
        ("* 1 FETCH (BINARY[1] x)\r\n", &["rfc3516-7-01"]),
        ("* 1 FETCH (BINARY[1.MIME] \"x\")\r\n", &["rfc3516-7-01"]),
        ("* 1 FETCH (BINARY.SIZE[0] 4)\r\n", &["rfc3516-7-01"]),
        ("* 1 FETCH (BINARY.SIZE[1] NIL)\r\n", &["rfc3501-9-57"]),
        ("a1 OK [READ-ONLY]\r\n", &["rfc3501-7.1.1-03"]),
        ("a1 OK [READ-ONLY] \r\n", &["rfc3501-7.1.1-03"]),
        ("a1 OK [READ-ONLY]done\r\n", &["rfc3501-9-03b"]),
        ("* NO [X a1 NO done\r\n", &["rfc3501-9-62"]),
        ("* OK [] x\r\n", &["rfc3501-9-61"]),
        ("* OK [ALERT x] x\r\n", &["rfc3501-9-62"]),
        ("* OK [UIDNEXT 0] x\r\n", &["rfc3501-6.3.1-07"]),
        ("* OK [UIDNEXT 01] x\r\n", &["rfc3501-6.3.1-07"]),
        ("* OK [UIDNEXT] x\r\n", &["rfc3501-9-62"]),
        ("* OK [UIDNEXT  4] x\r\n", &["rfc3501-9-03b"]),
        ("* OK [UIDVALIDITY 4294967296] x\r\n", &["rfc3501-6.3.1-08"]),
        ("* OK [UNSEEN x] x\r\n", &["rfc3501-9-62"]),
        ("* OK [PERMANENTFLAGS \\Seen] x\r\n", &["rfc3501-9-62"]),
        ("* OK [PERMANENTFLAGS (\\Recent)] x\r\n", &["rfc3501-7.2.6-03"]),
        ("* OK [PERMANENTFLAGS (\\Own)] x\r\n", &["rfc3501-9-39"]),
        ("* OK [HIGHESTMODSEQ x] x\r\n", &["rfc3501-9-62"]),
        ("* 1 FETCH (MODSEQ (0))\r\n", &["rfc7162-3.1-01"]),
        ("* 1 FETCH (MODSEQ 7)\r\n", &["rfc7162-3.1.4-02"]),
        ("* 1 FETCH (MODSEQ (1 2))\r\n", &["rfc7162-3.1.4-02"]),
        ("* 1 FETCH (MODSEQ ())\r\n", &["rfc7162-3.1.4-02"]),
        ("a1 NO [BADCHARSET ()] x\r\n", &["rfc3501-9-62"]),
        ("a1 OK [COPYUID 1  ] x\r\n", &["rfc3501-9-03b", "rfc3501-9-62"]),
        ("a1 OK [APPENDUID 0 1] x\r\n", &["rfc3501-9-62"]),
        ("a1 OK [APPENDUID 1 *] x\r\n", &["rfc3501-9-62"]),
        ("a1 OK [MODIFIED 1,,2] x\r\n", &["rfc3501-9-62"]),
        ("a1 NO APPEND [TRYCREATE] failed\r\n", &["rfc3501-9-62"]),
        ("* [UIDNEXT 4] x\r\n", &["rfc3501-9-61"]),
        ("* OK [CAPABILITY AUTH=PLAIN] x\r\n", &["rfc3501-7.1-05"]),
        ("+\r\n", &["rfc3501-7.5-01"]),
        // Capabilities
        ("* CAPABILITY AUTH=PLAIN\r\n", &["rfc3501-6.1.1-02"]),
        ("* CAPABILITY\r\n", &["rfc3501-6.1.1-02"]),
        ("* CAPABILITY IMAP4rev1 \r\n", &["rfc3501-7.2.1-08a"]),
        ("* CAPABILITY IMAP4rev1  IDLE\r\n", &["rfc3501-7.2.1-08a"]),
        ("* CAPABILITY IMAP4rev1 IDLE Idle\r\n", &["rfc3501-7.2.1-08b"]),
        ("* CAPABILITY IMAP4rev1 LITERAL +\r\n", &["rfc3501-7.2.1-05"]),
        ("* CAPABILITY IMAP4rev1 AUTH=\r\n", &["rfc3501-6.1.1-09"]),
        ("* CAPABILITY IMAP4rev1 \"IDLE\"\r\n", &["rfc3501-9-61"]),
        // Flags
        ("* FLAGS \\Seen\r\n", &["rfc3501-9-61"]),
        ("* FLAGS\r\n", &["rfc3501-9-61", "rfc3501-9-61"]),
        ("* FLAGS (\\Seen)\r\n", &["rfc3501-7.2.6-01"]),
        ("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)\r\n", &["rfc3501-9-42"]),
        ("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\Recent)\r\n", &["rfc3501-7.2.6-03"]),
        ("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft a]b)\r\n", &["rfc3501-9-61"]),
        ("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\)\r\n", &["rfc3501-9-61"]),
        ("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft) x\r\n", &["rfc3501-9-61"]),
        // LIST
        ("* LIST () \"/\"\r\n", &["rfc3501-9-61", "rfc3501-9-61"]),
        ("* LIST \\Noselect \"/\" x\r\n", &["rfc3501-9-51"]),
        ("* LIST (Noselect) \"/\" x\r\n", &["rfc3501-9-51"]),
        ("* LIST (\\Noselect \\Marked) \"/\" x\r\n", &["rfc3501-7.2.2-05"]),
        ("* LIST () / x\r\n", &["rfc3501-9-50"]),
        ("* LIST () \"//\" x\r\n", &["rfc3501-9-50"]),
        ("* LIST () \"\" x\r\n", &["rfc3501-9-50"]),
        ("* LIST () \"&\" x\r\n", &["rfc3501-1.2-02"]),
        ("* LIST () \"/\" x y\r\n", &["rfc3501-9-51"]),
        ("* LIST () \"/\" x*\r\n", &["rfc3501-9-61"]),
        ("* LIST () \"/\" \"x\\y\"\r\n", &["rfc3501-9-59"]),
        ("* LIST () \"/\" \"x\r\n", &["rfc3501-9-59"]),
        ("* LIST ()  \"/\" x\r\n", &["rfc3501-9-03b"]),
        ("* LIST () \"/\"\tx\r\n", &["rfc3501-9-03b", "rfc3501-9-03b"]),
        ("* LIST ( ) \"/\" x\r\n", &["rfc3501-9-03b"]),
        ("* LIST (\\HasChildren ) \"/\" x\r\n", &["rfc3501-9-03b"]),
        ("* LIST () \"/\" x \r\n", &["rfc3501-9-03b"]),
        // STATUS and SEARCH
        ("* STATUS x MESSAGES 1\r\n", &["rfc3501-9-61", "rfc3501-9-61"]),
        ("* STATUS x (MESSAGES)\r\n", &["rfc3501-9-61"]),
        ("* STATUS x (MESSAGES -1)\r\n", &["rfc3501-9-57"]),
        ("* STATUS x (MESSAGES 1 )\r\n", &["rfc3501-9-03b"]),
        ("* STATUS a b (MESSAGES 1)\r\n", &["rfc3501-9-61", "rfc3501-9-61"]),
        ("* SEARCH \r\n", &["rfc3501-7.2.5-01"]),
        ("* SEARCH 1 \r\n", &["rfc3501-7.2.5-01"]),
        ("* SEARCH 1  2\r\n", &["rfc3501-7.2.5-01"]),
        ("* SEARCH 1 0\r\n", &["rfc3501-9-61"]),
        ("* SEARCH 4294967296\r\n", &["rfc3501-9-57"]),
        ("* SEARCH 1,2\r\n", &["rfc3501-9-61"]),
        // Counts
        ("* 4294967296 EXISTS\r\n", &["rfc3501-9-57"]),
        ("* 99999999999999999999 EXISTS\r\n", &["rfc3501-9-57"]),
        ("* -1 EXISTS\r\n", &["rfc3501-9-57"]),
        ("* EXISTS 4\r\n", &["rfc3501-9-61"]),
        ("* 1 OK x\r\n", &["rfc3501-9-61"]),
        ("* 1\r\n", &["rfc3501-9-61"]),
        ("* 1  EXISTS\r\n", &["rfc3501-9-03b"]),
        ("* 1 EXISTS \r\n", &["rfc3501-9-03b"]),
        ("* 1 EXISTS x\r\n", &["rfc3501-9-61"]),
        ("* 0 EXPUNGE\r\n", &["rfc3501-9-61"]),
        ("* 0 FETCH (UID 1)\r\n", &["rfc3501-9-61"]),
        // FETCH
        ("* 1 FETCH\r\n", &["rfc3501-9-54"]),
        ("* 1 FETCH ()\r\n", &["rfc3501-9-54"]),
        ("* 1 FETCH UID 4\r\n", &["rfc3501-9-54"]),
        ("* 1 FETCH (UID)\r\n", &["rfc3501-9-54"]),
        ("* 1 FETCH (BODY[] )\r\n", &["rfc3501-9-54"]),
        ("* 1 FETCH (UID 0)\r\n", &["rfc3501-2.3.1.1-01"]),
        ("* 1 FETCH (RFC822.SIZE -1)\r\n", &["rfc3501-9-57"]),
        ("* 1 FETCH (UID 1 )\r\n", &["rfc3501-9-03b"]),
        ("* 1 FETCH ( UID 1)\r\n", &["rfc3501-9-03b"]),
        ("* 1 FETCH (UID  1)\r\n", &["rfc3501-9-03b"]),
        ("* 1 FETCH (UID 1  FLAGS ())\r\n", &["rfc3501-9-03b"]),
        ("* 1 FETCH (UID 1 FLAGS())\r\n", &["rfc3501-9-03b"]),
        ("* 1 FETCH (FLAGS ()UID 1)\r\n", &["rfc3501-9-03b"]),
        ("* 1 FETCH (UID 1\r\n", &["rfc3501-9-61"]),
        ("* 1 FETCH (UID 1))\r\n", &["rfc3501-9-61"]),
        ("* 1 FETCH (FLAGS \\Seen)\r\n", &["rfc3501-7.4.2-42"]),
        ("* 1 FETCH (FLAGS (\\*))\r\n", &["rfc3501-9-42"]),
        ("* 1 FETCH (INTERNALDATE \"7-Jul-1996 02:44:25 -0700\")\r\n", &["rfc3501-7.4.2-43"]),
        ("* 1 FETCH (INTERNALDATE \"17-Jux-1996 02:44:25 -0700\")\r\n", &["rfc3501-7.4.2-43"]),
        ("* 1 FETCH (INTERNALDATE \"00-Jul-1996 02:44:25 -0700\")\r\n", &["rfc3501-7.4.2-43"]),
        ("* 1 FETCH (INTERNALDATE \"17-Jul-1996 24:44:25 -0700\")\r\n", &["rfc3501-7.4.2-43"]),
        ("* 1 FETCH (BODY[] {3}\r\nab UID 1)\r\n", &["rfc3501-9-03b"]),
        ("* 1 FETCH (BODY[HEADER.FIELDS (A  B)] NIL)\r\n", &["rfc3501-9-03b"]),
        ("* 1 FETCH (INTERNALDATE NIL)\r\n", &["rfc3501-7.4.2-43"]),
        ("* 1 FETCH (BODY[] x)\r\n", &["rfc3501-9-61"]),
        ("* 1 FETCH (BODY[0] NIL)\r\n", &["rfc3501-9-61"]),
        ("* 1 FETCH (BODY[1.] NIL)\r\n", &["rfc3501-9-61"]),
        ("* 1 FETCH (BODY[MIME] NIL)\r\n", &["rfc3501-9-61"]),
        ("* 1 FETCH (BODY[HEADER.FIELDS ()] NIL)\r\n", &["rfc3501-9-61"]),
        ("* 1 FETCH (BODY[HEADER.FIELDS DATE] NIL)\r\n", &["rfc3501-9-61"]),
        ("* 1 FETCH (BODY[ NIL)\r\n", &["rfc3501-9-61"]),
        ("* 1 FETCH (BODY[HEADER.FIELDS (A B] NIL)\r\n", &["rfc3501-9-61"]),
        ("* 1 FETCH (BODY[]<x> NIL)\r\n", &["rfc3501-9-61"]),
        ("* 1 FETCH (BODY.PEEK[] NIL)\r\n", &["rfc3501-9-54"]),
        ("* 1 FETCH (BODY[] {1+}\r\nx)\r\n", &["rfc3501-9-61"]),
        ("* 1 FETCH (BODY[] {1}\r\n\0)\r\n", &["rfc3501-9-04"]),
    ];
    for (line, expected) in cases {
        assert_eq!(&clauses(line.as_bytes())[..], *expected, "{line}");
    }
}

#[test]
fn structures_that_break_the_grammar() {
    let envelope = |addresses: &str| format!("(NIL NIL {addresses} NIL NIL NIL NIL NIL NIL NIL)");
    let envelopes: &[(String, &[&str])] = &[
        ("NIL".into(), &["rfc3501-7.4.2-29"]),
        ("(NIL NIL NIL)".into(), &["rfc3501-7.4.2-29"]),
        (envelope("()"), &["rfc3501-9-37"]),
        (envelope("\"x\""), &["rfc3501-9-37"]),
        (envelope("((NIL NIL \"m\"))"), &["rfc3501-9-06"]),
        (envelope("((NIL NIL m \"h\"))"), &["rfc3501-9-06"]),
        (envelope("(\"x\")"), &["rfc3501-9-06"]),
        (envelope("((NIL NIL \"m\" \"h\") (NIL NIL \"m\" \"h\"))"), &["rfc3501-9-03b"]),
        (
            envelope("((NIL NIL \"m\" \"h\"))((NIL NIL \"m\" \"h\"))").replacen(" NIL)", ")", 1),
            &["rfc3501-9-03b"],
        ),
        ("(date NIL NIL NIL NIL NIL NIL NIL NIL NIL)".into(), &["rfc3501-9-61"]),
    ];
    for (value, expected) in envelopes {
        let line = format!("* 1 FETCH (ENVELOPE {value})\r\n");
        assert_eq!(&clauses(line.as_bytes())[..], *expected, "{line}");
    }
    let bodies: &[(&str, &[&str])] = &[
        ("NIL", &["rfc3501-9-13"]),
        ("()", &["rfc3501-9-13"]),
        ("(NIL \"alternative\")", &["rfc3501-7.4.2-27"]),
        ("(\"TEXT\" \"PLAIN\")", &["rfc3501-7.4.2-18"]),
        ("(\"TEXT\" \"PLAIN\" NIL NIL NIL NIL 1 1)", &["rfc3501-9-18"]),
        ("(\"TEXT\" \"PLAIN\" NIL NIL NIL 7BIT 1 1)", &["rfc3501-9-18"]),
        ("(\"TEXT\" \"PLAIN\" () NIL NIL \"7BIT\" 1 1)", &["rfc3501-9-20"]),
        ("(\"TEXT\" \"PLAIN\" (\"a\") NIL NIL \"7BIT\" 1 1)", &["rfc3501-9-20"]),
        ("(\"TEXT\" \"PLAIN\" (\"a\" NIL) NIL NIL \"7BIT\" 1 1)", &["rfc3501-9-20"]),
        ("(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" NIL 1)", &["rfc3501-9-57"]),
        ("(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1)", &["rfc3501-7.4.2-22"]),
        ("(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 NIL)", &["rfc3501-7.4.2-22"]),
        ("(\"IMAGE\" \"PNG\" NIL NIL NIL \"7BIT\" 1 1)", &["rfc3501-7.4.2-23"]),
        ("(\"IMAGE\" \"PNG\" NIL NIL NIL \"7BIT\" 1 NIL \"inline\")", &["rfc3501-7.4.2-14"]),
        ("(\"IMAGE\" \"PNG\" NIL NIL NIL \"7BIT\" 1 NIL (\"inline\" ()))", &["rfc3501-9-20"]),
        ("(\"IMAGE\" \"PNG\" NIL NIL NIL \"7BIT\" 1 NIL NIL ())", &["rfc3501-7.4.2-15"]),
        ("(\"IMAGE\" \"PNG\" NIL NIL NIL \"7BIT\" 1 NIL NIL NIL x)", &["rfc3501-7.4.2-16"]),
        ("(\"IMAGE\" \"PNG\" NIL NIL NIL \"7BIT\" 1 NIL NIL NIL NIL NIL)", &["rfc3501-7.4.2-17"]),
        ("(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 1)", &["rfc3501-7.4.2-21"]),
        ("(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 1 NIL NIL NIL NIL)", &["rfc3501-7.4.2-21"]),
        ("((\"IMAGE\" \"PNG\" NIL NIL NIL \"7BIT\" 1))", &["rfc3501-7.4.2-11"]),
        ("((\"IMAGE\" \"PNG\" NIL NIL NIL \"7BIT\" 1)\"MIXED\")", &["rfc3501-9-03b"]),
        (
            "((\"IMAGE\" \"PNG\" NIL NIL NIL \"7BIT\" 1) (\"IMAGE\" \"PNG\" NIL NIL NIL \"7BIT\" 1) \"MIXED\")",
            &["rfc3501-9-03b"],
        ),
    ];
    for (value, expected) in bodies {
        let line = format!("* 1 FETCH (BODYSTRUCTURE {value})\r\n");
        assert_eq!(&clauses(line.as_bytes())[..], *expected, "{line}");
    }
    let extended = "* 1 FETCH (BODY (\"IMAGE\" \"PNG\" NIL NIL NIL \"7BIT\" 1 NIL))\r\n";
    assert_eq!(clauses(extended.as_bytes()), ["rfc3501-6.4.5-08"]);
}

#[test]
fn only_text_meant_for_people_earns_a_mere_note_for_8_bit_octets() {
    use crate::fault::Severity;
    for (line, severity) in [
        ("* OK [ALERT] caf\u{E9}\r\n", Severity::Note),
        ("a1 NO caf\u{E9}\r\n", Severity::Note),
        ("* OK [X-\u{E9}] x\r\n", Severity::Clause),
        ("* STATUS \u{E9} ()\r\n", Severity::Clause),
    ] {
        let frame = Frame::line(line.as_bytes());
        let mut response = Response::parse(&frame);
        check(&frame, &mut response);
        let found: Vec<_> = response.faults.iter().map(|f| (f.clause, f.severity)).collect();
        assert_eq!(found, [("rfc3501-1.2-01", severity)], "{line}");
        let mut response = Response::parse(&frame);
        check_with(&frame, &mut response, Enabled { utf8: true });
        assert_eq!(response.faults, []);
    }
}

#[test]
fn deep_nesting_is_passed_over_without_blame() {
    let mut body = PART.to_owned();
    for _ in 0..2000 {
        body = format!("({body} \"MIXED\")");
    }
    let line = format!("* 1 FETCH (BODYSTRUCTURE {body} UID 4)\r\n");
    let frame = Frame::line(line.as_bytes());
    let mut response = Response::parse(&frame);
    check(&frame, &mut response);
    assert!(
        response.faults.iter().all(|f| f.severity == crate::fault::Severity::Note),
        "{:?}",
        response.faults
    );
    let Kind::Fetch { items, .. } = &response.kind else { unreachable!() };
    assert_eq!(items.len(), 2);
}
