//! CAPA and response codes (RFC 2449, RFC 3206).

use super::fault::Fault;
use super::imap::replace;
use super::pop3::Scene;
use crate::pop3::command::Command;
use crate::pop3::reply::{Code, Reply};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "pop3-line-limit-low",
        &["rfc2449-3-01"],
        "A command line of more than 128 octets ends the session",
    )
    .pop3_line(|_, line| {
        if line.len() > 128 {
            *line = b"QUIT".to_vec();
        }
    }),
    Fault::new(
        "greeting-with-bracket",
        &["rfc2449-3-08", "rfc1939-7-APOP-02"],
        "The greeting has a < before its timestamp",
    )
    .pop3_octets(|scene, octets| {
        if scene.earlier == 0 && scene.line.is_empty() {
            replace(octets, b"+OK ", b"+OK <> ");
        }
    }),
    Fault::new("capa-refused-before-login", &["rfc2449-5-01"], "CAPA gets -ERR before login").reply(
        |scene, reply| {
            if matches!(reply, Reply::Capabilities(_)) && scene.earlier < 3 {
                *reply = Reply::refused("not yet");
            }
        },
    ),
    Fault::new("capa-refused-after-login", &["rfc2449-5-02"], "CAPA gets -ERR after login").reply(
        |scene, reply| {
            if matches!(reply, Reply::Capabilities(_)) && scene.earlier > 2 {
                *reply = Reply::refused("too late");
            }
        },
    ),
    Fault::new(
        "capa-shrinks-after-login",
        &["rfc2449-5-03", "rfc2449-6.2-02", "rfc2449-6.9-02", "rfc6856-3.1-01", "rfc5034-3-03"],
        "CAPA lists TOP only after login",
    )
    .reply(|scene, reply| {
        if let Reply::Capabilities(names) = reply
            && scene.earlier > 2
        {
            names.retain(|name| name == "TOP");
        }
    }),
    Fault::new("capa-shrinks-to-others", &["rfc2449-5-03"], "CAPA does not list TOP after login").reply(
        |scene, reply| {
            if let Reply::Capabilities(names) = reply
                && scene.earlier > 2
            {
                names.retain(|name| name != "TOP");
            }
        },
    ),
    Fault::new("capa-without-top", &["rfc2449-5-11"], "CAPA does not list TOP")
        .reply(|_, reply| capabilities(reply, |names| names.retain(|name| name != "TOP"))),
    Fault::new("capa-resets", &["rfc2449-5-10"], "CAPA unmarks what is marked as deleted")
        .pop3_command(|scene, command| {
            if *command == Command::Capa && scene.earlier > 2 {
                *command = Command::Rset;
            }
        })
        .reply(|scene, reply| {
            if scene.command == Some(Command::Capa) && !matches!(reply, Reply::Capabilities(_)) {
                *reply = Reply::Capabilities(vec!["TOP".to_owned(), "UIDL".to_owned(), "USER".to_owned()]);
            }
        }),
    Fault::new("capa-two-spaces", &["rfc2449-5-08"], "CAPA has two spaces before a parameter").reply(
        |_, reply| {
            capabilities(reply, |names| names.iter_mut().for_each(|name| *name = name.replace(' ', "  ")));
        },
    ),
    Fault::new("capa-name-with-dot", &["rfc2449-3-03"], "CAPA lists a name with a dot in it")
        .reply(|_, reply| capabilities(reply, |names| names.push("X.Y".to_owned()))),
    Fault::new("capa-tab", &["rfc2449-5-08", "rfc2449-3-03"], "CAPA has a tab in a line")
        .reply(|_, reply| capabilities(reply, |names| names.push("X-Y\tZ".to_owned()))),
    Fault::new("capa-expire-word", &["rfc2449-6.7-08"], "CAPA lists EXPIRE SOMETIMES").reply(|_, reply| {
        capabilities(reply, |names| rename(names, "EXPIRE NEVER", "EXPIRE SOMETIMES"));
    }),
    Fault::new("capa-expire-bare", &["rfc2449-6.7-08"], "CAPA lists EXPIRE without an argument").reply(
        |_, reply| {
            capabilities(reply, |names| rename(names, "EXPIRE NEVER", "EXPIRE"));
        },
    ),
    Fault::new(
        "capa-expire-user-after-login",
        &["rfc2449-6.7-08"],
        "CAPA lists EXPIRE NEVER USER, after login too",
    )
    .reply(|_, reply| capabilities(reply, |names| rename(names, "EXPIRE NEVER", "EXPIRE NEVER USER"))),
    Fault::new(
        "capa-expire-differs",
        &["rfc2449-6.7-06", "rfc2449-6.7-05"],
        "CAPA lists EXPIRE NEVER before login and EXPIRE 30 after it",
    )
    .reply(|scene, reply| {
        if scene.earlier > 2 {
            capabilities(reply, |names| rename(names, "EXPIRE NEVER", "EXPIRE 30"));
        }
    }),
    Fault::new(
        "capa-expire-untold-after-login",
        &["rfc2449-6.7-07"],
        "CAPA lists EXPIRE 30 USER before login and nothing after it",
    )
    .reply(|scene, reply| {
        let later = scene.earlier > 2;
        capabilities(reply, |names| match later {
            true => names.retain(|name| !name.starts_with("EXPIRE")),
            false => rename(names, "EXPIRE NEVER", "EXPIRE 30 USER"),
        });
    }),
    Fault::new(
        "capa-expire-shorter",
        &["rfc2449-6.7-05"],
        "CAPA lists EXPIRE 30 USER before login and EXPIRE 5 after it",
    )
    .reply(|scene, reply| {
        let told = if scene.earlier > 2 { "EXPIRE 5" } else { "EXPIRE 30 USER" };
        capabilities(reply, |names| rename(names, "EXPIRE NEVER", told));
    }),
    Fault::new("login-delay-word", &["rfc2449-6.5-02"], "CAPA lists LOGIN-DELAY without a number")
        .reply(|_, reply| capabilities(reply, |names| names.push("LOGIN-DELAY soon".to_owned()))),
    Fault::new("login-delay-bare", &["rfc2449-6.5-02"], "CAPA lists LOGIN-DELAY without an argument")
        .reply(|_, reply| capabilities(reply, |names| names.push("LOGIN-DELAY".to_owned()))),
    Fault::new(
        "login-delay-user-after-login",
        &["rfc2449-6.5-07"],
        "CAPA lists LOGIN-DELAY 1 USER, after login too",
    )
    .reply(|_, reply| capabilities(reply, |names| names.push("LOGIN-DELAY 1 USER".to_owned()))),
    Fault::new(
        "login-delay-grows",
        &["rfc2449-6.5-03", "rfc2449-6.5-04"],
        "CAPA lists LOGIN-DELAY 1 before login and LOGIN-DELAY 900 after it",
    )
    .reply(|scene, reply| {
        let told = if scene.earlier > 2 { "LOGIN-DELAY 900" } else { "LOGIN-DELAY 1" };
        capabilities(reply, |names| names.push(told.to_owned()));
    }),
    Fault::new(
        "login-delay-untold-after-login",
        &["rfc2449-6.5-05"],
        "CAPA lists LOGIN-DELAY 1 USER before login and nothing after it",
    )
    .reply(|scene, reply| {
        if scene.earlier < 3 {
            capabilities(reply, |names| names.push("LOGIN-DELAY 1 USER".to_owned()));
        }
    }),
    Fault::new(
        "login-delay-idle-threat",
        &["rfc2449-6.5-01"],
        "CAPA lists LOGIN-DELAY 900 and nobody is refused for it",
    )
    .reply(|_, reply| capabilities(reply, |names| names.push("LOGIN-DELAY 900".to_owned()))),
    Fault::new("implementation-bare", &["rfc2449-6.9-01"], "CAPA lists IMPLEMENTATION without an argument")
        .reply(|_, reply| {
            capabilities(reply, |names| rename(names, "IMPLEMENTATION mailspec-server", "IMPLEMENTATION"));
        }),
    Fault::new("top-listed-and-refused", &["rfc2449-6.1-01"], "TOP gets -ERR though CAPA lists it")
        .pop3_line(|scene, line| unknown(scene, line, "TOP ")),
    Fault::new("uidl-listed-and-refused", &["rfc2449-6.8-01"], "UIDL gets -ERR though CAPA lists it")
        .pop3_line(|scene, line| unknown(scene, line, "UIDL")),
    Fault::new("sasl-lists-more", &["rfc2449-6.3-02"], "CAPA lists mechanisms that AUTH does not know")
        .reply(|_, reply| {
            capabilities(reply, |names| {
                for name in names.iter_mut().filter(|name| name.starts_with("SASL ")) {
                    name.push_str(" DIGEST-MD5 SCRAM-SHA-1");
                }
            });
        }),
    Fault::new(
        "sasl-listed-and-refused",
        &["rfc2449-6.3-02"],
        "AUTH knows no mechanism though CAPA lists some",
    )
    .pop3_line(|scene, line| {
        if scene.line.starts_with("AUTH ") {
            *line = b"AUTH X-NOSUCH".to_vec();
        }
    }),
    Fault::new("code-malformed", &["rfc2449-6.4-01"], "A response code of POP3 is not closed")
        .pop3_octets(|_, octets| replace(octets, b"-ERR [AUTH] ", b"-ERR [AUTH ")),
    Fault::new(
        "resp-codes-unlisted",
        &["rfc2449-8-04"],
        "Response codes are sent and CAPA does not list RESP-CODES",
    )
    .reply(|_, reply| capabilities(reply, |names| names.retain(|name| name != "RESP-CODES"))),
    Fault::new(
        "auth-resp-code-unlisted",
        &["rfc3206-5-03"],
        "The code AUTH is sent and CAPA does not list AUTH-RESP-CODE",
    )
    .reply(|_, reply| capabilities(reply, |names| names.retain(|name| name != "AUTH-RESP-CODE"))),
    Fault::new("sys-for-wrong-password", &["rfc3206-4-02", "rfc3206-6-01"], "A wrong password gets SYS/TEMP")
        .reply(|_, reply| {
            if let Reply::Refused(code @ Some(Code::Auth), _) = reply {
                *code = Some(Code::SysTemp);
            }
        }),
    Fault::new(
        "sys-without-level",
        &["rfc3206-4-01"],
        "A command that cannot be carried out gets SYS without a second level",
    )
    .pop3_octets(|scene, octets| {
        if matches!(scene.command, Some(Command::Retr(_))) {
            replace(octets, b"-ERR ", b"-ERR [SYS] ");
        }
    }),
    Fault::new(
        "auth-code-for-user",
        &["rfc3206-5-04"],
        "USER of an unknown name gets -ERR with the code AUTH",
    )
    .reply(|scene, reply| {
        if scene.line == "USER NO-SUCH-USER" {
            *reply = Reply::Refused(Some(Code::Auth), "who is that?".into());
        }
    }),
    Fault::new("auth-code-for-lock", &["rfc3206-5-02"], "A login that the lock refuses gets the code AUTH")
        .reply(|_, reply| {
            if let Reply::Refused(code @ Some(Code::InUse), _) = reply {
                *code = Some(Code::Auth);
            }
        }),
    Fault::new("auth-code-everywhere", &["rfc3206-5-01"], "Each -ERR has the code AUTH").reply(|_, reply| {
        if let Reply::Refused(code, _) = reply {
            *code = Some(Code::Auth);
        }
    }),
];

pub(super) fn capabilities(reply: &mut Reply, change: impl FnOnce(&mut Vec<String>)) {
    if let Reply::Capabilities(names) = reply {
        change(names);
    }
}

pub(super) fn rename(names: &mut [String], from: &str, to: &str) {
    for name in names.iter_mut().filter(|name| *name == from) {
        to.clone_into(name);
    }
}

/// Makes a command one that nobody knows.
fn unknown(scene: &Scene, line: &mut Vec<u8>, command: &str) {
    if scene.line.starts_with(command) {
        *line = b"XYZZY".to_vec();
    }
}
