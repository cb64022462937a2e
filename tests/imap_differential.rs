//! The harness's grammar of IMAP responses against an independent one: `imap-codec` without its quirks.
//!
//! Well-formed lines and all their one-octet mutations are given to both. Wherever one accepts what the other refuses, one of
//! the explanations below must hold, and every explanation must be needed.

use std::collections::BTreeMap;

use imap_codec::ResponseCodec;
use imap_codec::decode::Decoder;
use mailspec::fault::Severity;
use mailspec::imap::{Framer, Kind, Limits, Response, grammar};

/// Lines that both accept.
const LINES: &[&str] = &[
    "* OK [UIDNEXT 44] next\r\n",
    "* BYE bye\r\n",
    "a1 OK [READ-WRITE] done\r\n",
    "a1 NO [BADCHARSET (UTF-8 \"x\")] no\r\n",
    "* OK [PERMANENTFLAGS (\\Answered kw \\*)] x\r\n",
    "+ go on\r\n",
    "+ Zm9v\r\n",
    "* CAPABILITY IMAP4rev1 AUTH=PLAIN IDLE\r\n",
    "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft kw)\r\n",
    "* LIST (\\Noselect \\Foo) \"/\" foo\r\n",
    "* LSUB () NIL \"a b\"\r\n",
    "* STATUS box (MESSAGES 231 UIDNEXT 44292)\r\n",
    "* SEARCH 2 84\r\n",
    "* 23 EXISTS\r\n",
    "* 0 RECENT\r\n",
    "* 44 EXPUNGE\r\n",
    "* 1 FETCH (FLAGS (\\Seen \\Recent) UID 4 RFC822.SIZE 44)\r\n",
    "* 2 FETCH (INTERNALDATE \"17-Jul-1996 02:44:25 -0700\")\r\n",
    "* 1 FETCH (BODY[1.HEADER.FIELDS (A \"B\")]<0> {3}\r\nabc BODY[TEXT] NIL RFC822 \"\")\r\n",
    "* 1 FETCH (ENVELOPE (NIL \"s\" ((\"n\" NIL \"m\" \"h\")(NIL NIL \"m\" \"h\")) NIL NIL NIL NIL NIL NIL \"<i>\"))\r\n",
    "* 1 FETCH (BODY ((\"TEXT\" \"PLAIN\" (\"a\" \"b\") NIL NIL \"7BIT\" 1 2)(\"IMAGE\" \"PNG\" NIL NIL NIL \"7BIT\" 3) \"MIXED\"))\r\n",
    "* 1 FETCH (BODYSTRUCTURE (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 2 NIL (\"inline\" NIL) (\"en\" \"de\") \"loc\"))\r\n",
];

/// One line on which the two differ.
struct Difference<'a> {
    line: &'a [u8],
    kind: Kind,
    /// What we refuse it for; empty where only they refuse it.
    clauses: Vec<&'static str>,
    notes: Vec<&'static str>,
}

impl Difference<'_> {
    fn only_we_refuse(&self, clause: &str) -> bool {
        self.clauses.contains(&clause)
    }

    fn only_they_refuse(&self) -> bool {
        self.clauses.is_empty()
    }

    fn has(&self, text: &[u8]) -> bool {
        self.line.windows(text.len()).any(|window| window == text)
    }

    fn in_code(&self) -> bool {
        self.has(b"[")
            && matches!(self.kind, Kind::Status { .. } | Kind::Tagged { .. } | Kind::Continuation(_))
    }
}

type Explanation = (&'static str, fn(&Difference<'_>) -> bool);

const EXPLANATIONS: &[Explanation] = &[
    // Only we refuse.
    ("they take the arguments of a known response code as free text where they do not fit it", |d| {
        d.in_code() && !d.only_they_refuse()
    }),
    ("section 7.2.1 wants IMAP4rev1 in the list, they leave it to the caller", |d| {
        d.only_we_refuse("rfc3501-6.1.1-02")
    }),
    ("a mechanism's name is that of RFC 4422, not any atom", |d| d.only_we_refuse("rfc3501-6.1.1-09")),
    ("section 7.2.6 wants the five system flags, they leave it to the caller", |d| {
        d.only_we_refuse("rfc3501-7.2.6-01")
    }),
    ("flags with a backslash are those of standards, they keep any atom", |d| {
        d.only_we_refuse("rfc3501-9-39")
    }),
    ("nz-number begins with a digit other than zero", |d| {
        !d.only_they_refuse() && (d.has(b" 0") || d.has(b"[0"))
    }),
    ("a text part has a count of lines; they take it as a basic part, whose type may be any string", |d| {
        d.only_we_refuse("rfc3501-7.4.2-22")
    }),
    ("servers do not send {n+}", |d| d.only_we_refuse("rfc3501-9-61") && d.has(b"+}\r\n")),
    // Only they refuse.
    ("a response of an extension is kept", |d| d.only_they_refuse() && matches!(d.kind, Kind::Other { .. })),
    ("an item of an extension is kept, in FETCH and in STATUS", |d| {
        d.only_they_refuse()
            && matches!(d.kind, Kind::Fetch { .. } | Kind::MailboxStatus { .. })
            && !is_known_item(d)
    }),
    ("8-bit octets in text meant for people earn a note", |d| {
        d.only_they_refuse() && d.notes.contains(&"rfc3501-1.2-01")
    }),
];

fn is_known_item(difference: &Difference<'_>) -> bool {
    let known = |name: &[u8]| {
        let known: [&[u8]; 16] = [
            b"FLAGS",
            b"UID",
            b"RFC822",
            b"RFC822.SIZE",
            b"RFC822.TEXT",
            b"RFC822.HEADER",
            b"INTERNALDATE",
            b"ENVELOPE",
            b"BODY",
            b"BODYSTRUCTURE",
            b"MESSAGES",
            b"RECENT",
            b"UIDNEXT",
            b"UIDVALIDITY",
            b"UNSEEN",
            b"",
        ];
        known.iter().any(|known| name.eq_ignore_ascii_case(known))
    };
    match &difference.kind {
        Kind::Fetch { items, .. } => items.iter().all(|item| known(item.name.of(difference.line))),
        Kind::MailboxStatus { items, .. } => items.iter().all(|(item, _)| known(item.raw(difference.line))),
        _ => true,
    }
}

/// What we say of `line`, if it is one frame.
fn ours(line: &[u8]) -> Option<Response> {
    let mut framer = Framer::new(Limits::default());
    framer.push(line);
    let frame = framer.next().ok()??;
    if frame.octets.len() != line.len() {
        return None;
    }
    let mut response = Response::parse(&frame);
    grammar::check(&frame, &mut response);
    Some(response)
}

fn they_accept(line: &[u8]) -> bool {
    matches!(ResponseCodec::default().decode(line), Ok((rest, _)) if rest.is_empty())
}

fn mutations(line: &[u8]) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    for at in 0..line.len() {
        out.push([&line[..at], &line[at + 1..]].concat());
        out.push([&line[..=at], &line[at..]].concat());
        for octet in b" ()\"0x\\[]{}<>%*\t\x00\x80+-N,9" {
            out.push([&line[..at], &[*octet], &line[at + 1..]].concat());
            out.push([&line[..at], &[*octet], &line[at..]].concat());
        }
    }
    out
}

#[test]
fn every_difference_has_an_explanation() {
    let mut needed: BTreeMap<&str, usize> = BTreeMap::new();
    let mut unexplained = Vec::new();
    for line in LINES {
        assert!(they_accept(line.as_bytes()), "{line}");
        assert_eq!(ours(line.as_bytes()).map(|ours| ours.faults.len()), Some(0), "{line}");
        for line in mutations(line.as_bytes()) {
            let Some(Response { kind, faults }) = ours(&line) else { continue };
            let of = |severity| {
                faults.iter().filter(move |f| f.severity == severity).map(|f| f.clause).collect::<Vec<_>>()
            };
            let difference =
                Difference { line: &line, kind, clauses: of(Severity::Clause), notes: of(Severity::Note) };
            if difference.clauses.is_empty() == they_accept(&line) {
                continue;
            }
            match EXPLANATIONS.iter().find(|(_, holds)| holds(&difference)) {
                Some((why, _)) => *needed.entry(why).or_default() += 1,
                None => {
                    unexplained.push(format!(
                        "{:?} {:?}",
                        String::from_utf8_lossy(&line),
                        difference.clauses
                    ));
                }
            }
        }
    }
    assert!(unexplained.is_empty(), "{} unexplained:\n{}", unexplained.len(), unexplained.join("\n"));
    for (why, _) in EXPLANATIONS {
        assert!(needed.contains_key(why), "no difference needs this any more: {why}");
    }
}
