//! What POP3 has to refuse and does not (RFC 1939).

use std::borrow::Cow;

use super::fault::Fault;
use super::imap::replace;
use super::pop3::Scene;
use crate::pop3::command::{Command, MessageNumber};
use crate::pop3::reply::{Code, Reply};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "pop3-before-login-ok",
        &["rfc1939-3-29", "rfc1939-7-PASS-05", "rfc1939-7-APOP-06"],
        "Commands of the TRANSACTION state get +OK before login",
    )
    .reply(|scene, reply| grant(scene, reply, "log in first")),
    Fault::new(
        "pop3-between-user-and-pass-ok",
        &["rfc1939-3-29", "rfc1939-7-USER-09"],
        "Any command gets +OK between USER and PASS",
    )
    .reply(|scene, reply| grant(scene, reply, "after USER comes PASS or QUIT")),
    Fault::new(
        "pass-without-user-ok",
        &["rfc1939-7-PASS-01", "rfc1939-7-PASS-02", "rfc1939-7-PASS-03"],
        "PASS gets +OK without a USER before it",
    )
    .reply(|scene, reply| grant(scene, reply, "PASS comes right after USER")),
    Fault::new(
        "pop3-missing-argument-ok",
        &[
            "rfc1939-3-23",
            "rfc1939-7-PASS-09",
            "rfc1939-7-USER-03",
            "rfc1939-7-APOP-08",
            "rfc1734-3-02",
            "rfc1939-7-TOP-08",
        ],
        "Commands that lack an argument get +OK",
    )
    .reply(|scene, reply| grant(scene, reply, "argument missing")),
    Fault::new("pop3-tab-is-space", &["rfc1939-3-05"], "A tab is taken for a space").pop3_line(|_, line| {
        replace(line, b" \t", b" ");
        replace(line, b"\t", b" ");
    }),
    Fault::new(
        "pop3-surplus-ok",
        &["rfc1939-3-26a", "rfc1939-3-26b"],
        "Commands with an argument too many get +OK",
    )
    .reply(|scene, reply| grant(scene, reply, "too many arguments")),
    Fault::new(
        "pop3-no-number-ok",
        &["rfc1939-3-24", "rfc1939-3-25", "rfc1939-7-TOP-07", "rfc1939-7-TOP-09", "rfc1939-7-UIDL-12"],
        "What is no message-number gets +OK",
    )
    .reply(|scene, reply| grant(scene, reply, "not a message-number")),
    Fault::new(
        "pop3-no-such-message-ok",
        &["rfc1939-5-RETR-05", "rfc1939-7-TOP-07", "rfc1939-7-UIDL-12", "rfc1939-5-LIST-10"],
        "A message-number above all messages gets +OK",
    )
    .reply(|scene, reply| grant(scene, reply, "no such message")),
    Fault::new(
        "empty-maildrop-listed",
        &["rfc1939-7-UIDL-14", "rfc1939-5-LIST-07"],
        "UIDL and LIST of an empty maildrop have a line",
    )
    .reply(|_, reply| match reply {
        Reply::UniqueIdListings(listings) if listings.is_empty() => {
            listings.push((MessageNumber::MIN, "none".to_owned()));
        }
        Reply::ScanListings(listings) if listings.is_empty() => listings.push((MessageNumber::MIN, 0)),
        _ => {}
    }),
    Fault::new("empty-maildrop-has-octets", &["rfc1939-5-STAT-07"], "An empty maildrop has one octet").reply(
        |_, reply| {
            if let Reply::DropListing { messages: 0, octets } = reply {
                *octets = 1;
            }
        },
    ),
    Fault::new("names-told", &["rfc1939-7-USER-08"], "USER with an unknown name gets -ERR").reply(
        |scene, reply| {
            if scene.line == "USER NO-SUCH-USER" {
                *reply = Reply::refused("who is that?");
            }
        },
    ),
    Fault::new(
        "user-replaced-in-name-only",
        &["rfc1939-7-PASS-05"],
        "A second USER gets +OK and the first counts",
    )
    .pop3_line(|_, line| {
        if line.eq_ignore_ascii_case(b"USER no-such-user") {
            *line = b"CAPA".to_vec();
        }
    })
    .reply(|scene, reply| {
        if scene.line == "USER NO-SUCH-USER" {
            *reply = Reply::done("go on");
        }
        if scene.earlier > 2 && matches!(reply, Reply::Refused(None, text) if text.starts_with("PASS comes"))
        {
            *reply = Reply::done("welcome");
        }
    }),
    Fault::new("pop3-argument-limit-low", &["rfc1939-3-06"], "A name of 40 characters ends the session")
        .pop3_line(|_, line| {
            if line.len() > 44 && line[..5].eq_ignore_ascii_case(b"USER ") {
                *line = b"QUIT".to_vec();
            }
        }),
    Fault::new(
        "apop-any-digest-ok",
        &["rfc1939-7-APOP-06", "rfc1939-7-APOP-10"],
        "APOP with a wrong digest gets +OK",
    )
    .reply(|scene, reply| {
        if matches!(scene.command, Some(Command::Apop { .. }))
            && matches!(reply, Reply::Refused(Some(Code::Auth), _))
        {
            *reply = Reply::done("welcome");
        }
    }),
    Fault::new("timestamp-malformed", &["rfc1939-7-APOP-02"], "The timestamp of the greeting has two @")
        .pop3_octets(|scene, octets| {
            if scene.earlier == 0 && scene.line.is_empty() {
                replace(octets, b"@", b"@@");
            }
        }),
    Fault::new(
        "timestamp-in-vain",
        &["rfc1939-7-APOP-01"],
        "APOP gets no reply but a line that says nothing",
    )
    .pop3_octets(|scene, octets| {
        if matches!(scene.command, Some(Command::Apop { .. })) {
            *octets = b"hello\r\n".to_vec();
        }
    }),
    Fault::new("retr-differs", &["rfc1939-5-RETR-08", "rfc1939-11-04a"], "RETR sends another text each time")
        .pop3_octets(|scene, octets| {
            if matches!(scene.command, Some(Command::Retr(_))) && octets.ends_with(b"\r\n.\r\n") {
                let end = octets.len() - 3;
                octets.splice(end..end, format!("{}\r\n", scene.earlier).into_bytes());
            }
        }),
    Fault::new(
        "pop3-codes-on-ok",
        &["rfc2449-8-05", "rfc3206-4-03"],
        "The +OK to STAT has the code SYS/TEMP",
    )
    .pop3_octets(|scene, octets| {
        if scene.command == Some(Command::Noop) {
            replace(octets, b"+OK ", b"+OK [SYS/TEMP] ");
        }
    }),
    Fault::new(
        "after-login-ok",
        &["rfc1939-3-30", "rfc5034-4-02", "rfc2595-4-04", "rfc6856-2.1-06a"],
        "Commands that log in get +OK after login",
    )
    .reply(|scene, reply| grant(scene, reply, "logged in already")),
];

/// Says +OK where the server refused with such a text, and what has to follow.
fn grant(scene: &Scene, reply: &mut Reply, such: &str) {
    if matches!(reply, Reply::Refused(None, text) if text.starts_with(such)) {
        *reply = match scene.line.split(' ').next() {
            Some("RETR" | "TOP") => {
                let text = b"Subject: x\r\n\r\n".as_slice();
                Reply::Message { summary: Cow::Borrowed("here"), text: text.into(), end: text.len() }
            }
            Some("LIST" | "UIDL") if !scene.line.contains(' ') => Reply::ScanListings(Vec::new()),
            Some("CAPA") => Reply::Capabilities(Vec::new()),
            _ => Reply::Done(Cow::Borrowed("done")),
        };
    }
}
