//! IDLE, the autologout timer, UNSELECT and LITERAL+ (RFC 2177, RFC 3501 section 5.4, RFC 3691, RFC 7888).

use super::fault::Fault;
use super::imap::{before_tagged, replace, turn};
use crate::imap::command::{Command, State};
use crate::imap::response::{Condition, Data, Response};
use crate::store::Update;
use std::time::Duration;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "idle-refused",
        &["rfc2177-3-01", "rfc2177-3-02", "rfc2177-3-13", "rfc2177-3-05"],
        "IDLE gets BAD",
    )
    .line(|scene, line| {
        if scene.line == "IDLE" {
            line.push(b'X');
        }
    }),
    Fault::new(
        "idle-without-continuation",
        &["rfc2177-3-02", "rfc2177-3-13", "rfc2177-3-01"],
        "IDLE sends no continuation request",
    )
    .responses(|scene, said| {
        if scene.command == Some(Command::Idle) {
            said.retain(|response| !matches!(response, Response::Continue(_)));
        }
    }),
    Fault::new("idle-refused-without-mailbox", &["rfc2177-3-13"], "IDLE without a mailbox is never answered")
        .responses(|scene, said| {
            if scene.command == Some(Command::Idle) && scene.state == State::Authenticated {
                said.clear();
            }
        }),
    Fault::new("done-refused", &["rfc2177-3-04", "rfc2177-3-05"], "DONE gets BAD")
        .idle_line(|line| line.push(b'X')),
    Fault::new("done-in-capitals-only", &["rfc2177-3-05"], "DONE is known in capitals only").idle_line(
        |line| {
            if line.iter().any(u8::is_ascii_lowercase) {
                line.push(b'X');
            }
        },
    ),
    Fault::new("idle-takes-commands", &["rfc2177-3-07"], "A command ends IDLE and gets OK").octets(
        |scene, octets| {
            if scene.command == Some(Command::Idle) && octets.windows(5).any(|window| window == b" BAD ") {
                *octets = b"zz OK done\r\n".to_vec();
            }
        },
    ),
    Fault::new("idle-before-login", &["rfc2177-3-11"], "IDLE before login is invited to go on").octets(
        |scene, octets| {
            if scene.line == "IDLE" && scene.command.is_none() {
                octets.splice(0..0, *b"+ idling\r\n");
            }
        },
    ),
    Fault::new(
        "idle-numbers-wrong",
        &["rfc2177-3-10", "rfc3501-6.4.3-03", "rfc2177-3-03"],
        "EXPUNGE during IDLE has the numbers from before the first",
    )
    .updates(|scene, updates| {
        if scene.command == Some(Command::Idle) {
            let mut before = 0;
            for update in updates {
                if let Update::Expunge { number, .. } = update {
                    *number += before;
                    before += 1;
                }
            }
        }
    }),
    Fault::new(
        "autologout-early",
        &["rfc3501-5.4-01", "rfc3501-5.4-02", "rfc2177-3-12"],
        "The server logs out who is silent for 15 minutes",
    )
    .configuring(|config| config.timeouts.imap = Duration::from_secs(15 * 60)),
    Fault::new(
        "autologout-not-renewed",
        &["rfc3501-5.4-02"],
        "The server logs out half an hour after the session began, whatever the client does",
    )
    .patience(|scene, limit| *limit = limit.saturating_sub(scene.began.elapsed())),
    Fault::new("unselect-stays", &["rfc3691-2-02"], "UNSELECT leaves the mailbox selected").command(
        |_, command| {
            if *command == Command::Unselect {
                *command = Command::Noop;
            }
        },
    ),
    Fault::new("unselect-tells-expunges", &["rfc3691-2-04"], "UNSELECT tells of removals").responses(
        |scene, said| {
            if scene.command == Some(Command::Unselect) {
                before_tagged(said, Data::Expunge(1));
            }
        },
    ),
    Fault::new("unselect-of-nothing-ok", &["rfc3691-2-03a"], "UNSELECT gets OK where no mailbox is selected")
        .responses(|scene, said| {
            if scene.line == "UNSELECT" {
                turn(said, Condition::Bad, Condition::Ok);
            }
        }),
    Fault::new("unselect-argument-ok", &["rfc3691-2-03b"], "UNSELECT ignores an argument").responses(
        |scene, said| {
            if scene.line.starts_with("UNSELECT ") {
                turn(said, Condition::Bad, Condition::Ok);
            }
        },
    ),
    Fault::new(
        "literal-plus-invited",
        &["rfc7888-3-03", "rfc7888-6-01", "rfc7888-7-01"],
        "A non-synchronizing literal is answered by an invitation",
    )
    .octets(|scene, octets| {
        if scene.line.ends_with("+}") && scene.command.is_some() && !octets.starts_with(b"*") {
            octets.splice(0..0, *b"+ go ahead\r\n");
        }
    }),
    Fault::new(
        "literal-plus-unknown",
        &["rfc7888-3-04", "rfc7888-3-03", "rfc7888-3-06", "rfc7888-3-02a"],
        "A non-synchronizing literal gets BAD",
    )
    .line(|scene, line| {
        if scene.line.ends_with("+}") {
            replace(line, b" {", b" {x");
        }
    }),
    Fault::new(
        "literal-plus-empty-refused",
        &["rfc7888-3-06"],
        "An empty non-synchronizing literal gets BAD",
    )
    .line(|_, line| {
        if line.ends_with(b"{0+}") {
            line.truncate(line.len() - 4);
            line.extend_from_slice(b"{+}");
        }
    }),
    Fault::new("literal-plus-and-minus", &["rfc7888-5-02"], "CAPABILITY lists both LITERAL+ and LITERAL-")
        .octets(|_, octets| replace(octets, b" LITERAL+", b" LITERAL+ LITERAL-")),
    Fault::new(
        "literal-plus-by-server",
        &["rfc7888-3-01", "rfc3501-9-03b"],
        "The server sends literals as {n+}",
    )
    .octets(|_, octets| replace(octets, b"}\r\n", b"+}\r\n")),
];
