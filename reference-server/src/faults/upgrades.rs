//! STARTTLS and STLS (RFC 3501 section 6.2.1, RFC 2595 section 4).

use super::fault::Fault;
use super::logins::capabilities;
use crate::imap::command::Command;
use crate::imap::response::{Condition, Response};
use crate::pop3::command::Command as Pop3Command;
use crate::pop3::reply::Reply;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "plaintext-run-under-tls",
        &["rfc3501-6.2.1-07", "rfc2595-4-10"],
        "Commands that came in the clear behind STARTTLS or STLS are run under TLS",
    )
    .upgrading(|_| {}),
    Fault::new(
        "starttls-in-name-only",
        &["rfc3501-6.2.1-09", "rfc3501-6.2.1-01"],
        "STARTTLS gets OK, and the session goes on in the clear",
    )
    .command(|_, command| {
        if matches!(command, Command::StartTls) {
            *command = Command::Noop;
        }
    }),
    Fault::new(
        "stls-in-name-only",
        &["rfc2595-4-12", "rfc2595-2.5-01", "rfc2595-4-05"],
        "STLS gets +OK, and the session goes on in the clear",
    )
    .pop3_command(|_, command| {
        if *command == Pop3Command::Stls {
            *command = Pop3Command::Noop;
        }
    })
    .reply(|scene, reply| {
        if scene.command == Some(Pop3Command::Stls) {
            *reply = Reply::done("begin TLS negotiation");
        }
    }),
    Fault::new("starttls-argument-ignored", &["rfc3501-6.2.1-02"], "An argument of STARTTLS is ignored")
        .line(|_, line| {
            let mut words = line.splitn(3, |octet| *octet == b' ');
            if let (Some(tag), Some(name), Some(_)) = (words.next(), words.next(), words.next())
                && name.eq_ignore_ascii_case(b"STARTTLS")
            {
                *line = [tag, b" ", name].concat();
            }
        }),
    Fault::new("starttls-twice-ok", &["rfc3501-6.2.1-06"], "STARTTLS under TLS gets OK").responses(
        |_, said| {
            for response in said {
                if let Response::Status { tag: Some(_), condition, text, .. } = response
                    && text == "TLS is active already"
                {
                    *condition = Condition::Ok;
                }
            }
        },
    ),
    Fault::new("starttls-after-login-ok", &["rfc3501-6.2.1-08"], "STARTTLS after login gets OK").responses(
        |scene, said| {
            if scene.line == "STARTTLS" {
                for response in said {
                    if let Response::Status { tag: Some(_), condition, text, .. } = response
                        && text == "already logged in"
                    {
                        *condition = Condition::Ok;
                    }
                }
            }
        },
    ),
    Fault::new(
        "stls-always-listed",
        &["rfc2595-4-02a", "rfc2595-4-02b"],
        "CAPA lists STLS under TLS and after login too",
    )
    .reply(|_, reply| {
        if let Reply::Capabilities(names) = reply
            && !names.iter().any(|name| name == "STLS")
        {
            names.push("STLS".to_owned());
        }
    }),
    Fault::new("stls-unlisted", &["rfc2595-4-01"], "CAPA does not list STLS").reply(|_, reply| {
        if let Reply::Capabilities(names) = reply {
            names.retain(|name| name != "STLS");
        }
    }),
    Fault::new("stls-after-login-ok", &["rfc2595-4-04"], "STLS after login gets +OK").reply(
        |scene, reply| {
            if scene.line == "STLS" && scene.earlier > 2 {
                *reply = Reply::done("begin TLS negotiation");
            }
        },
    ),
    Fault::new("stls-twice-challenged", &["rfc1939-3-36", "rfc2595-4-06"], "STLS under TLS gets a challenge")
        .reply(|_, reply| {
            if matches!(reply, Reply::Refused(_, text) if text == "TLS is active already") {
                *reply = Reply::Challenge(String::new());
            }
        }),
    Fault::new(
        "starttls-forgets-capabilities",
        &["rfc3501-6.1.1-02"],
        "Under TLS CAPABILITY is without IMAP4rev1",
    )
    .responses(|_, said| {
        capabilities(said, |names| {
            if !names.iter().any(|name| name == "STARTTLS") {
                names.retain(|name| name != "IMAP4rev1");
            }
        });
    }),
];
