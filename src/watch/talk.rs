//! Conversations for the tests of the rules.
//!
//! One line each: `C:` the client sends a command (IMAP tags are a1, a2, ... in the order of the commands), `C~:` octets that belong to
//! no exchange, `S:` a line of the server, `END` the server closes. `\n` within a line is a line end.

use std::sync::{Arc, Mutex};

use super::Watch;
use crate::{
    check::verdict::{Finding, Verdict},
    scenario::program::Protocol,
    session::{Closed, Command, Limits, Scribe, Session, Time, transcript::Transcript},
};

/// A mailbox of three messages is selected; the next tag is a2.
pub(super) const SELECTED: &str = "S: * PREAUTH hi
    C: SELECT box
    S: * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)
    S: * OK [PERMANENTFLAGS (\\Deleted \\Seen \\*)] ok
    S: * 3 EXISTS
    S: * 0 RECENT
    S: * OK [UIDVALIDITY 7] ok
    S: * OK [UIDNEXT 40] ok
    S: a1 OK [READ-WRITE] done
    ";

/// The maildrop is open.
pub(super) const LOGGED_IN: &str = "S: +OK hi
    C: USER u
    S: +OK
    C: PASS p
    S: +OK
    ";

pub(super) type Case<'a> = (&'a str, &'a [&'a str]);

/// Each IMAP conversation must bring exactly these findings, as rule and clause.
#[track_caller]
pub(super) fn imap(cases: &[Case<'_>]) {
    judge(Protocol::Imap, "", cases);
}

/// As [`imap`], behind [`SELECTED`].
#[track_caller]
pub(super) fn selected(cases: &[Case<'_>]) {
    judge(Protocol::Imap, SELECTED, cases);
}

/// Each POP3 conversation must bring exactly these findings.
#[track_caller]
pub(super) fn pop3(cases: &[Case<'_>]) {
    judge(Protocol::Pop3, "", cases);
}

/// As [`pop3`], behind [`LOGGED_IN`].
#[track_caller]
pub(super) fn logged_in(cases: &[Case<'_>]) {
    judge(Protocol::Pop3, LOGGED_IN, cases);
}

#[track_caller]
fn judge(protocol: Protocol, before: &str, cases: &[Case<'_>]) {
    for (script, expected) in cases {
        let (findings, _) = watch(protocol, &[before, script].concat());
        let name = |finding: &Finding| {
            let note = if finding.at_most == Some(Verdict::Note) { " note" } else { "" };
            format!("{} {}{note}", finding.rule, finding.clause)
        };
        let names: Vec<String> = findings.iter().map(name).collect();
        assert_eq!(names, *expected, "{script}\n{findings:#?}");
    }
}

/// Holds a conversation.
pub(super) fn watch(protocol: Protocol, script: &str) -> (Vec<Finding>, Vec<(&'static str, usize)>) {
    let mut watch = Watch::new(protocol);
    let scribe = Scribe::new("", Arc::new(Mutex::new(Transcript::default())));
    let mut session = Session::new(protocol, Limits::default(), false, scribe);
    for line in script.lines().map(str::trim_start).filter(|line| !line.is_empty()) {
        let (who, text) = line.split_once(':').unwrap_or((line, ""));
        let mut octets = text.strip_prefix(' ').unwrap_or(text).replace("\\n", "\r\n").into_bytes();
        octets.extend_from_slice(b"\r\n");
        match who {
            "C" => {
                let command = Command::of(&octets);
                let exchange = session.open(command, None, Time::ZERO, &mut watch);
                let mut sent = session.exchange(exchange).tag.clone().into_bytes();
                sent.push(b' ');
                sent.extend_from_slice(&octets);
                session.sent(if protocol == Protocol::Imap { &sent } else { &octets }, Time::ZERO);
            }
            "C~" => session.sent(&octets, Time::ZERO),
            "S" => session.receive(&octets, Time::ZERO, &mut watch),
            "END" => session.close(Closed::ByServer, Time::ZERO, &mut watch),
            _ => panic!("not a line of a conversation: {line}"),
        }
    }
    let counts = watch.counts().collect();
    (watch.take_findings(), counts)
}
