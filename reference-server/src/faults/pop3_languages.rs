//! UTF8 and LANG, and what servers were seen to do (RFC 6856, RFC 1939).

use super::fault::Fault;
use super::imap::replace;
use super::pop3_extensions::{capabilities, rename};
use crate::pop3::command::Command;
use crate::pop3::reply::{Code, Reply};
use std::time::Duration;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("utf8-with-argument", &["rfc6856-2-02"], "CAPA lists UTF8 ACCEPT")
        .reply(|_, reply| capabilities(reply, |names| rename(names, "UTF8 USER", "UTF8 ACCEPT"))),
    Fault::new("utf8-after-login-ok", &["rfc6856-2.1-06a"], "UTF8 gets +OK after login").reply(
        |scene, reply| {
            if scene.command == Some(Command::Utf8) {
                *reply = Reply::done("UTF-8 mode");
            }
        },
    ),
    Fault::new("utf8-refused", &["rfc6856-2.1-05"], "UTF8 gets -ERR").reply(|scene, reply| {
        if scene.command == Some(Command::Utf8) {
            *reply = Reply::refused("not here");
        }
    }),
    Fault::new(
        "utf8-mode-changes-sizes",
        &["rfc6856-2.1-03", "rfc6856-2.1-10"],
        "LIST of one message is one octet off in a session of four commands and more",
    )
    .reply(|scene, reply| {
        if let Reply::ScanListing(_, octets) = reply
            && scene.earlier > 3
        {
            *octets += 1;
        }
    }),
    Fault::new("utf8-mode-downgrades", &["rfc6856-2.1-08"], "UTF8 gets +OK and does nothing")
        .pop3_command(|_, command| {
            if *command == Command::Utf8 {
                *command = Command::Capa;
            }
        })
        .reply(|scene, reply| {
            if scene.command == Some(Command::Utf8) {
                *reply = Reply::done("UTF-8 mode");
            }
        }),
    Fault::new(
        "utf8-header-sent-raw",
        &["rfc6856-2.1-02"],
        "Headers in UTF-8 are sent to clients that did not say UTF8",
    )
    .reply(|_, reply| {
        if matches!(reply, Reply::Refused(Some(Code::Utf8), _)) {
            let text: &[u8] = "Subject: \u{e4}\r\n\r\n".as_bytes();
            *reply = Reply::Message { summary: "here".into(), text: text.into(), end: text.len() };
        }
    }),
    Fault::new("no-utf8-name-taken", &["rfc6856-2.2-03"], "Octets of a name that are no UTF-8 are ignored")
        .pop3_line(|_, line| {
            if line.to_ascii_uppercase().starts_with(b"USER ") && std::str::from_utf8(line).is_err() {
                line.retain(u8::is_ascii);
                line.pop_if(|last| *last == b'(');
            }
        }),
    Fault::new(
        "no-utf8-password-taken",
        &["rfc6856-2.2-03"],
        "Octets of a password that are no UTF-8 are ignored",
    )
    .pop3_line(|_, line| {
        if line.to_ascii_uppercase().starts_with(b"PASS ") && std::str::from_utf8(line).is_err() {
            line.retain(u8::is_ascii);
        }
    }),
    Fault::new("saslprep-omitted", &["rfc6856-2.2-01"], "A soft hyphen in a name counts").pop3_line(
        |_, line| {
            if line.to_ascii_uppercase().starts_with(b"USER ") {
                replace(line, b"\xc2\xad", b"-");
            }
        },
    ),
    Fault::new("prohibited-ignored", &["rfc6856-2.2-02"], "Characters that SASLprep prohibits are ignored")
        .pop3_line(|_, line| {
            if let Ok(text) = std::str::from_utf8(line)
                && !text.contains('\u{ad}')
            {
                line.retain(u8::is_ascii);
            }
        }),
    Fault::new(
        "lang-tag-untold",
        &["rfc6856-3-01a"],
        "The answer to LANG does not begin with the tag of the language",
    )
    .pop3_octets(|scene, octets| {
        if scene.line.starts_with("LANG ") {
            replace(octets, b"+OK ", b"+OK [chosen] ");
        }
    }),
    Fault::new("lang-listing-malformed", &["rfc6856-3-03"], "The listing of LANG has lines without a tag")
        .pop3_octets(|scene, octets| {
            if scene.line == "LANG" {
                replace(octets, b"\r\ni-default ", b"\r\n(i-default) ");
            }
        }),
    Fault::new(
        "lang-preferred-unlisted",
        &["rfc6856-3-04"],
        "LANG * chooses a language that LANG does not list",
    )
    .pop3_octets(|scene, octets| {
        if scene.line == "LANG *" {
            replace(octets, b"+OK i-default", b"+OK de");
        }
    }),
    Fault::new(
        "lang-refused-changes",
        &["rfc6856-3-02"],
        "After a LANG that is refused the texts are others",
    )
    .pop3_octets(|scene, octets| {
        if scene.command == Some(Command::Noop) && scene.earlier > 4 {
            replace(octets, b"+OK ", b"+OK alors, ");
        }
    }),
    Fault::new("lang-latin-1", &["rfc6856-3-06"], "Texts after LANG are in ISO 8859-1").pop3_octets(
        |scene, octets| {
            if scene.line.starts_with("LANG ") || scene.command == Some(Command::Noop) {
                replace(octets, b"+OK ", b"+OK \xe4 ");
                replace(octets, b"+OK \xe4 i-default ", b"+OK i-default \xe4 ");
            }
        },
    ),
    Fault::new(
        "lang-unlisted-after-login",
        &["rfc6856-3.1-01", "rfc2449-5-03"],
        "CAPA lists LANG before login only",
    )
    .reply(|scene, reply| {
        if scene.earlier > 2 {
            capabilities(reply, |names| names.retain(|name| name != "LANG"));
        }
    }),
    Fault::new("lang-refused-after-login", &["rfc6856-3.1-01"], "LANG gets -ERR after login").reply(
        |scene, reply| {
            if matches!(scene.command, Some(Command::Lang(Some(_)))) && scene.earlier > 2 {
                *reply = Reply::refused("too late");
            }
        },
    ),
    Fault::new(
        "lang-reveals-user",
        &["rfc6856-7-01"],
        "LANG * behind USER chooses the language of that user",
    )
    .pop3_octets(|scene, octets| {
        if scene.line == "LANG *" && scene.earlier > 2 {
            replace(octets, b"+OK i-default", b"+OK en");
        }
    }),
    Fault::new(
        "pop3-autologout-early",
        &["rfc1939-3-32a", "rfc1939-3-32b", "rfc1939-3-33"],
        "The server closes the connection of who is silent for 5 minutes",
    )
    .configuring(|config| config.timeouts.pop3 = Duration::from_secs(5 * 60)),
    Fault::new(
        "top-answered-twice",
        &["rfc1939-3-36", "rfc1939-7-TOP-01", "rfc1939-7-TOP-02"],
        "TOP gets +OK twice",
    )
    .pop3_octets(|scene, octets| {
        if matches!(scene.command, Some(Command::Top { .. })) && octets.starts_with(b"+OK") {
            octets.splice(0..0, *b"+OK\r\n");
        }
    }),
    Fault::new(
        "top-alters-header",
        &["rfc1939-7-TOP-12", "rfc1939-7-TOP-02", "rfc1939-7-TOP-01"],
        "The header of TOP has a field that RETR has not",
    )
    .pop3_octets(|scene, octets| {
        if matches!(scene.command, Some(Command::Top { .. }))
            && octets.starts_with(b"+OK")
            && let Some(at) = octets.iter().position(|octet| *octet == b'\n')
        {
            octets.splice(at + 1..=at, *b"X-UIDL: 1\r\n");
        }
    }),
    Fault::new(
        "top-arguments-forgiven",
        &["rfc1939-7-TOP-09", "rfc1939-7-TOP-08", "rfc1939-7-TOP-03"],
        "TOP takes what is no count of lines for 0",
    )
    .reply(|scene, reply| {
        if scene.line.starts_with("TOP ") && scene.command.is_none() {
            *reply =
                Reply::Message { summary: "here".into(), text: b"A: b\r\n\r\n".as_slice().into(), end: 8 };
        }
    }),
    Fault::new(
        "retr-of-deleted",
        &["rfc1939-5-RETR-04", "rfc1939-5-DELE-03"],
        "RETR of a message that is marked as deleted sends something",
    )
    .reply(|scene, reply| {
        if matches!(scene.command, Some(Command::Retr(_)))
            && matches!(reply, Reply::Refused(None, text) if text.contains("deleted"))
        {
            *reply =
                Reply::Message { summary: "here".into(), text: b"A: b\r\n\r\n".as_slice().into(), end: 8 };
        }
    }),
    Fault::new(
        "empty-line-ends-session",
        &["rfc1939-3-27", "rfc1939-3-31", "rfc1939-3-21"],
        "An empty line or a colon ends the session",
    )
    .pop3_line(|_, line| {
        if line.is_empty() || *line == b":" {
            *line = b"QUIT".to_vec();
        }
    }),
    Fault::new("stat-size-drifts", &["rfc1939-5-STAT-04"], "STAT gives another size with each command")
        .reply(|scene, reply| {
            if let Reply::DropListing { octets: octets @ 1.., .. } = reply {
                *octets += u64::from(scene.earlier);
            }
        }),
];
