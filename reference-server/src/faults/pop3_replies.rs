//! Replies and what is taken for a command (RFC 1939 section 3, RFC 2449, RFC 3206).

use super::fault::Fault;
use crate::pop3::command::Command;
use crate::pop3::reply::{Code, Reply};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("pop3-bare-lf", &["rfc1939-3-07"], "Replies of one line end with LF alone").pop3_octets(
        |_, octets| {
            if octets.iter().filter(|octet| **octet == b'\n').count() == 1 {
                octets.retain(|octet| *octet != b'\r');
            }
        },
    ),
    Fault::new("status-in-small-letters", &["rfc1939-3-09"], "The status indicator is +ok").pop3_octets(
        |_, octets| {
            super::imap::replace(octets, b"+OK", b"+ok");
        },
    ),
    Fault::new("unknown-pop3-command-ok", &["rfc1939-3-21"], "A command that is not known gets +OK").reply(
        |scene, reply| {
            if scene.command.is_none()
                && matches!(reply, Reply::Refused(None, text) if text == "unknown command")
            {
                *reply = Reply::done("whatever");
            }
        },
    ),
    Fault::new("pop3-two-replies", &["rfc1939-3-36", "rfc1939-3-35"], "NOOP is answered twice").pop3_octets(
        |scene, octets| {
            if scene.command == Some(Command::Noop) {
                let again = octets.clone();
                octets.extend(again);
            }
        },
    ),
    Fault::new("noop-refused", &["rfc1939-5-NOOP-01"], "NOOP gets -ERR").reply(|scene, reply| {
        if scene.command == Some(Command::Noop) {
            *reply = Reply::refused("not now");
        }
    }),
    Fault::new("keywords-in-capitals-only", &["rfc1939-3-03"], "Commands in small letters are not known")
        .pop3_line(|_, line| {
            let end = line.iter().position(|octet| *octet == b' ').unwrap_or(line.len());
            if line[..end].iter().any(u8::is_ascii_lowercase) && end <= 4 {
                line[..end].fill(b'x');
            }
        }),
    Fault::new("spaces-forgiven", &["rfc1939-3-05"], "Two spaces in front of an argument are taken for one")
        .pop3_line(|_, line| {
            super::imap::replace(line, b"  ", b" ");
        }),
    Fault::new(
        "surplus-argument-ignored",
        &["rfc1939-3-26a"],
        "An argument of STAT, RSET, NOOP or QUIT is ignored",
    )
    .pop3_line(|_, line| {
        let takes_none = [&b"STAT"[..], b"RSET", b"NOOP", b"QUIT"];
        if takes_none.iter().any(|name| line.len() > 4 && line[..4].eq_ignore_ascii_case(name))
            && line[4] == b' '
        {
            line.truncate(4);
        }
    }),
    Fault::new(
        "zero-is-one",
        &["rfc1939-5-LIST-11", "rfc1939-5-RETR-05", "rfc1939-5-DELE-05"],
        "Message-number 0 is taken for 1",
    )
    .pop3_line(|_, line| {
        if line.ends_with(b" 0") && !line.starts_with(b"TOP") {
            line.pop();
            line.push(b'1');
        }
    }),
    Fault::new(
        "wrong-password-without-auth",
        &["rfc3206-6-01"],
        "A login with wrong credentials gets no AUTH code",
    )
    .reply(|_, reply| {
        if let Reply::Refused(code @ Some(Code::Auth), _) = reply {
            *code = None;
        }
    }),
    Fault::new(
        "in-use-for-wrong-password",
        &["rfc3206-6-01", "rfc2449-8-07"],
        "A login with wrong credentials gets IN-USE",
    )
    .reply(|_, reply| {
        if let Reply::Refused(code @ Some(Code::Auth), _) = reply {
            *code = Some(Code::InUse);
        }
    }),
    Fault::new("pop3-wrong-password-ok", &["rfc1939-7-PASS-05"], "PASS with a wrong password gets +OK")
        .reply(|scene, reply| {
            if matches!(scene.command, Some(Command::Pass { .. }))
                && matches!(reply, Reply::Refused(Some(Code::Auth), _))
            {
                *reply = Reply::done("welcome");
            }
        }),
    Fault::new(
        "greeting-repeats-timestamp",
        &["rfc1939-7-APOP-03"],
        "The timestamp of the greeting is always the same",
    )
    .pop3_octets(|scene, octets| {
        if scene.command.is_none()
            && scene.earlier == 0
            && let (Some(start), Some(end)) = (
                octets.iter().position(|octet| *octet == b'<'),
                octets.iter().position(|octet| *octet == b'>'),
            )
        {
            octets.splice(start..=end, *b"<1.1@localhost>");
        }
    }),
    Fault::new("capa-without-uidl", &["rfc2449-5-11"], "CAPA does not list UIDL").reply(|_, reply| {
        if let Reply::Capabilities(names) = reply {
            names.retain(|name| name != "UIDL");
        }
    }),
    Fault::new("capa-glued", &["rfc2449-6.7-08", "rfc2449-5-08"], "CAPA lists EXPIRENEVER").reply(
        |_, reply| {
            if let Reply::Capabilities(names) = reply {
                names
                    .iter_mut()
                    .filter(|name| *name == "EXPIRE NEVER")
                    .for_each(|name| "EXPIRENEVER".clone_into(name));
            }
        },
    ),
    Fault::new("quit-unanswered", &["rfc1939-6-02"], "QUIT is not answered").pop3_octets(|scene, octets| {
        if scene.command == Some(Command::Quit) {
            octets.clear();
        }
    }),
];
