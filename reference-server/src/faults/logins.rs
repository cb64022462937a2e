//! Passwords, digests and the exchanges of SASL (RFC 4422).

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::fault::Fault;
use crate::auth::{Accounts, Exchange, Failure, Mechanism, Progress};
use crate::imap::command::Command;
use crate::imap::response::{Code, Condition, Data, Response};
use crate::pop3::command::Command as Pop3Command;
use crate::pop3::reply::Reply;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("any-password", &["rfc3501-6.2.3-02", "rfc1939-7-PASS-05"], "Any password of a user is right")
        .verdict(|claim, user| {
            if claim.exists && !claim.digest {
                user.get_or_insert_with(|| claim.name.to_owned());
            }
        }),
    Fault::new("any-apop-digest", &["rfc1939-7-APOP-06", "rfc1939-7-APOP-10"], "Any digest of APOP is right")
        .verdict(|claim, user| {
            if claim.exists && claim.digest {
                user.get_or_insert_with(|| claim.name.to_owned());
            }
        }),
    Fault::new("apop-refused", &["rfc1939-7-APOP-04"], "APOP is refused, whatever the digest").verdict(
        |claim, user| {
            if claim.digest {
                *user = None;
            }
        },
    ),
    Fault::new(
        "any-plain-password",
        &["rfc3501-6.2.2-06", "rfc5034-4-15", "rfc4616-2-08"],
        "Any password in a message of PLAIN is right",
    )
    .exchange(|response, accounts, progress| {
        if let (Progress::Failed(Failure::Credentials), Some([_, name, _])) = (&progress, plain(response)) {
            let_in(&name, accounts, progress);
        }
    }),
    Fault::new("any-cram-digest", &["rfc2195-2-04", "rfc5034-4-15"], "Any digest of CRAM-MD5 is right")
        .exchange(|response, accounts, progress| {
            if let (Progress::Failed(Failure::Credentials), Some((name, _))) = (&progress, cram(response)) {
                let_in(&name, accounts, progress);
            }
        }),
    Fault::new(
        "cram-malformed-accepted",
        &["rfc2195-2-05"],
        "A response of CRAM-MD5 without a digest or a name lets in",
    )
    .exchange(|response, accounts, progress| {
        let complete = cram(response).is_some_and(|(_, digest)| digest.len() == 32);
        if matches!(progress, Progress::Failed(Failure::Credentials | Failure::Syntax))
            && !complete
            && plain(response).is_none()
            && let Some(name) = accounts.names().next()
        {
            *progress = Progress::Authenticated(name.to_owned());
        }
    }),
    Fault::new(
        "any-identity",
        &["rfc3501-6.2.2-18", "rfc4616-2-04", "rfc5034-4-18"],
        "In a message of PLAIN the authorization identity is ignored",
    )
    .response(|response| {
        if let Some([identity, name, password]) = plain(response)
            && !identity.is_empty()
        {
            *response = BASE64.encode(format!("\0{name}\0{password}")).into_bytes();
        }
    }),
    Fault::new("cancel-refused-with-no", &["rfc3501-6.2.2-05"], "A SASL exchange that is cancelled gets NO")
        .exchange(|_, _, progress| {
            if matches!(progress, Progress::Failed(Failure::Cancelled)) {
                *progress = Progress::Failed(Failure::Credentials);
            }
        }),
    Fault::new(
        "cancel-ignored",
        &["rfc3501-6.2.2-05", "rfc5034-4-06"],
        "A SASL exchange that is cancelled begins anew",
    )
    .exchange(|_, accounts, progress| {
        if matches!(progress, Progress::Failed(Failure::Cancelled)) {
            *progress = anew(accounts);
        }
    }),
    Fault::new(
        "not-base64-ignored",
        &["rfc3501-6.2.2-08", "rfc5034-4-11", "rfc4959-3-02", "rfc3501-9-12"],
        "A response of SASL that is no base64 begins the exchange anew",
    )
    .exchange(|_, accounts, progress| {
        if matches!(progress, Progress::Failed(Failure::NotBase64)) {
            *progress = anew(accounts);
        }
    }),
    Fault::new(
        "base64-lenient",
        &["rfc5034-4-12", "rfc3501-9-12"],
        "What is no base64 is passed over in a response of SASL",
    )
    .response(|response| {
        response.retain(|octet| octet.is_ascii_alphanumeric() || b"+/=*".contains(octet));
    }),
    Fault::new("base64-in-pieces", &["rfc5034-4-13"], "A response of SASL may consist of padded pieces")
        .response(|response| {
            let ends = |window: &[u8]| window[0] == b'=' && window[1] != b'=';
            if let Some(end) = response.windows(2).position(ends)
                && let (Ok(mut first), Ok(second)) =
                    (BASE64.decode(&response[..=end]), BASE64.decode(&response[end + 1..]))
            {
                first.extend(second);
                *response = BASE64.encode(first).into_bytes();
            }
        }),
    Fault::new(
        "equals-sign-is-no-response",
        &["rfc5034-4-09", "rfc4959-3-06"],
        "A lone = as the initial response of SASL is taken for none",
    )
    .exchange(|response, accounts, progress| {
        if response == b"=" {
            *progress = anew(accounts);
        }
    }),
    Fault::new(
        "server-first-takes-response",
        &["rfc5034-4-10", "rfc4959-3-03"],
        "An initial response is ignored where the server speaks first",
    )
    .exchange(|_, accounts, progress| {
        if matches!(progress, Progress::Failed(Failure::InitialResponse)) {
            *progress = anew(accounts);
        }
    }),
    Fault::new(
        "long-response-refused",
        &["rfc5034-4-14", "rfc4616-2-01"],
        "A response of SASL of more than 255 octets ends the exchange as if it were not there",
    )
    .exchange(|response, accounts, progress| {
        if response.len() > 255 {
            *progress = anew(accounts);
        }
    }),
    Fault::new(
        "sasl-challenge-not-base64",
        &["rfc5034-4-05", "rfc3501-6.2.2-02", "rfc2195-2-01"],
        "The challenges of SASL are no base64",
    )
    .exchange(|_, _, progress| {
        if let Progress::Challenge(text, _) = progress {
            *text = format!("!{text}!");
        }
    }),
    Fault::new(
        "unknown-mechanism-accepted",
        &["rfc3501-6.2.2-01", "rfc5034-4-04", "rfc3501-6.2.2-14"],
        "Of an unknown SASL mechanism is thought that it is PLAIN",
    )
    .command(|_, command| {
        if let Command::Authenticate { mechanism, .. } = command
            && Mechanism::from_name(mechanism).is_none()
        {
            "PLAIN".clone_into(mechanism);
        }
    })
    .pop3_command(|_, command| {
        if let Pop3Command::Auth { mechanism, .. } = command
            && Mechanism::from_name(mechanism).is_none()
        {
            "PLAIN".clone_into(mechanism);
        }
    }),
    Fault::new(
        "listed-mechanism-refused",
        &["rfc3501-6.1.1-03", "rfc2449-6.3-02"],
        "No SASL mechanism is taken, not even such that are listed",
    )
    .command(|_, command| {
        if let Command::Authenticate { mechanism, .. } = command {
            "NONE".clone_into(mechanism);
        }
    })
    .pop3_command(|_, command| {
        if let Pop3Command::Auth { mechanism, .. } = command {
            "NONE".clone_into(mechanism);
        }
    }),
    Fault::new(
        "mechanisms-listed-and-unknown",
        &["rfc2449-6.3-02", "rfc3501-6.1.1-03", "rfc3501-6.2.2-14"],
        "SASL mechanisms are listed that are not there",
    )
    .responses(|_, said| {
        capabilities(said, |names| {
            if names.iter().any(|name| name.starts_with("AUTH=")) {
                names.push("AUTH=DIGEST-MD5".to_owned());
                names.push("AUTH=SCRAM-SHA-1".to_owned());
            }
        });
    })
    .reply(|_, reply| {
        if let Reply::Capabilities(names) = reply {
            for name in names.iter_mut().filter(|name| name.starts_with("SASL")) {
                name.push_str(" DIGEST-MD5 SCRAM-SHA-1");
            }
        }
    }),
    Fault::new("sasl-in-plaintext-only", &["rfc5034-4-27"], "PLAIN is the only SASL mechanism of POP3")
        .reply(|_, reply| {
            if let Reply::Capabilities(names) = reply {
                names
                    .iter_mut()
                    .filter(|name| name.starts_with("SASL"))
                    .for_each(|name| "SASL PLAIN".clone_into(name));
            }
        }),
    Fault::new("sasl-with-comma", &["rfc5034-3-01"], "CAPA has commas between SASL mechanisms").reply(
        |_, reply| {
            if let Reply::Capabilities(names) = reply {
                names
                    .iter_mut()
                    .filter(|name| name.starts_with("SASL"))
                    .for_each(|name| *name = name.replace(' ', ", ").replacen(", ", " ", 1));
            }
        },
    ),
    Fault::new(
        "logindisabled-in-name-only",
        &["rfc3501-7.2.1-03", "rfc3501-11.2-03", "rfc3501-11.2-05"],
        "LOGINDISABLED is listed, and LOGIN and AUTHENTICATE PLAIN take a right password",
    )
    .responses(|_, said| {
        capabilities(said, |names| {
            if names.iter().any(|name| name == "AUTH=PLAIN") {
                names.push("LOGINDISABLED".to_owned());
            }
        });
    }),
    Fault::new(
        "clear-logins-unlisted",
        &["rfc2595-2.3-01", "rfc5034-4-25"],
        "Passwords in the clear are taken in POP3 though none of the ways is listed",
    )
    .reply(|_, reply| {
        if let Reply::Capabilities(names) = reply
            && names.iter().any(|name| name == "STLS")
        {
            names.retain(|name| name != "USER");
            for name in names.iter_mut().filter(|name| name.starts_with("SASL")) {
                *name = name.replace(" PLAIN", "").replace(" LOGIN", "");
            }
        }
    }),
    Fault::new("login-without-password-no", &["rfc3501-6.2.3-03"], "LOGIN without a password gets NO")
        .responses(|scene, said| {
            if scene.line.starts_with("LOGIN") {
                for response in said {
                    if let Response::Status { tag: Some(_), condition: condition @ Condition::Bad, .. } =
                        response
                    {
                        *condition = Condition::No;
                    }
                }
            }
        }),
    Fault::new(
        "pass-without-user",
        &["rfc1939-7-PASS-01", "rfc1939-7-PASS-02"],
        "PASS needs no USER before it",
    )
    .reply(|_, reply| {
        if matches!(reply, Reply::Refused(_, text) if text.starts_with("PASS comes right after")) {
            *reply = Reply::done("welcome");
        }
    }),
    Fault::new("user-twice-ok", &["rfc1939-7-USER-09"], "Behind USER another USER gets +OK").reply(
        |_, reply| {
            if matches!(reply, Reply::Refused(_, text) if text.starts_with("after USER")) {
                *reply = Reply::done("send PASS");
            }
        },
    ),
    Fault::new("user-without-name-ok", &["rfc1939-7-USER-03"], "USER without a name gets +OK").reply(
        |scene, reply| {
            if scene.line.trim_end() == "USER" {
                *reply = Reply::done("send PASS");
            }
        },
    ),
    Fault::new("pass-without-password-ok", &["rfc1939-7-PASS-09"], "PASS without a password gets +OK").reply(
        |scene, reply| {
            if scene.line.trim_end() == "PASS" {
                *reply = Reply::done("welcome");
            }
        },
    ),
    Fault::new("apop-without-digest-ok", &["rfc1939-7-APOP-08"], "APOP without a name or a digest gets +OK")
        .reply(|scene, reply| {
            if scene.line.starts_with("APOP") && scene.line.split_whitespace().count() < 3 {
                *reply = Reply::done("welcome");
            }
        }),
    Fault::new("timestamp-in-two", &["rfc1939-7-APOP-02"], "The timestamp of the greeting has no @")
        .pop3_octets(|scene, octets| {
            if scene.earlier == 0 && scene.line.is_empty() {
                octets.iter_mut().filter(|octet| **octet == b'@').for_each(|octet| *octet = b' ');
            }
        }),
    Fault::new("names-told-at-user", &["rfc1939-7-USER-08"], "USER tells that a name is unknown").reply(
        |scene, reply| {
            if scene.line.starts_with("USER NO-SUCH") {
                *reply = Reply::refused("never heard of it");
            }
        },
    ),
    Fault::new(
        "transaction-before-login",
        &["rfc1939-3-29"],
        "Commands of the TRANSACTION state get +OK before login",
    )
    .reply(|_, reply| {
        if matches!(reply, Reply::Refused(_, text) if text == "log in first") {
            *reply = Reply::done("if you say so");
        }
    }),
];

/// The authorization identity, the name and the password of a message of PLAIN (RFC 4616 section 2).
fn plain(response: &[u8]) -> Option<[String; 3]> {
    let message = String::from_utf8(BASE64.decode(response).ok()?).ok()?;
    let mut parts = message.split('\0').map(str::to_owned);
    Some([parts.next()?, parts.next()?, parts.next()?])
}

/// The name and the digest of a response of CRAM-MD5 (RFC 2195 section 2).
fn cram(response: &[u8]) -> Option<(String, String)> {
    let message = String::from_utf8(BASE64.decode(response).ok()?).ok()?;
    let (name, digest) = message.rsplit_once(' ')?;
    (!message.contains('\0')).then(|| (name.to_owned(), digest.to_owned()))
}

fn let_in(name: &str, accounts: &Accounts, progress: &mut Progress) {
    if let Some(user) = accounts.named(name) {
        *progress = Progress::Authenticated(user);
    }
}

/// An exchange of PLAIN that waits for its message.
fn anew(accounts: &Accounts) -> Progress {
    Exchange::begin(Mechanism::Plain, None, "localhost", accounts)
}

/// Does something to each list of the capabilities of IMAP.
pub(super) fn capabilities(said: &mut [Response], change: impl Fn(&mut Vec<String>)) {
    for response in said {
        match response {
            Response::Data(Data::Capability(names))
            | Response::Status { code: Some(Code::Capability(names)), .. } => change(names),
            _ => {}
        }
    }
}
