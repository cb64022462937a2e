//! States, greetings and results (RFC 3501 sections 3, 6.1 and 7.1).

use super::fault::Fault;
use super::imap::without;
use crate::imap::command::{Command, State};
use crate::imap::response::{Condition, Data, Response};

pub(super) const FAULTS: &[Fault] =
    &[
        Fault::new("logout-without-bye", &["rfc3501-6.1.3-01"], "LOGOUT is answered without BYE").responses(
            |_, said| {
                said.retain(|response| {
                    !matches!(response, Response::Status { tag: None, condition: Condition::Bye, .. })
                });
            },
        ),
        Fault::new(
            "logout-without-ok",
            &["rfc3501-6.1.3-01", "rfc3501-2.2.1-08"],
            "LOGOUT gets BYE and no tagged OK",
        )
        .responses(|scene, said| {
            if scene.command == Some(Command::Logout) {
                said.retain(|response| !matches!(response, Response::Status { tag: Some(_), .. }));
            }
        }),
        Fault::new("two-results", &["rfc3501-2.2.1-08"], "NOOP gets two tagged results").responses(
            |scene, said| {
                if scene.command == Some(Command::Noop)
                    && let [result @ Response::Status { tag: Some(_), .. }] = &said[..]
                {
                    let again = result.clone();
                    said.push(again);
                }
            },
        ),
        Fault::new("capability-untold", &["rfc3501-6.1.1-01"], "CAPABILITY has no untagged answer")
            .responses(|_, said| without(said, |data| matches!(data, Data::Capability(_)))),
        Fault::new("noop-fails", &["rfc3501-6.1.2-01", "rfc3501-6.1-01"], "NOOP gets NO").responses(
            |scene, said| {
                if scene.command == Some(Command::Noop) {
                    turn(said, Condition::Ok, Condition::No);
                }
            },
        ),
        Fault::new("check-fails", &["rfc3501-6.4.1-01"], "CHECK gets NO").responses(|scene, said| {
            if scene.command == Some(Command::Check) {
                turn(said, Condition::Ok, Condition::No);
            }
        }),
        Fault::new("unknown-command-ok", &["rfc3501-2.2.2-06"], "A command that is not known gets OK")
            .responses(|_, said| {
                for response in said {
                    if let Response::Status { tag: Some(_), condition, text, .. } = response
                        && text == "unknown command"
                    {
                        *condition = Condition::Ok;
                    }
                }
            }),
        Fault::new("greeting-no", &["rfc3501-9-43", "rfc3501-2.2-01"], "The greeting is NO").responses(
            |scene, said| {
                if scene.earlier == 0 && scene.command.is_none() {
                    for response in said {
                        if let Response::Status { tag: None, condition: condition @ Condition::Ok, .. } =
                            response
                        {
                            *condition = Condition::No;
                        }
                    }
                }
            },
        ),
        Fault::new("commands-in-capitals-only", &["rfc3501-9-02"], "Commands in small letters are not known")
            .line(|_, line| {
                let mut words = line.split_mut(|octet| *octet == b' ').skip(1);
                if let Some(name) = words.next()
                    && name.iter().any(u8::is_ascii_lowercase)
                {
                    name.fill(b'x');
                }
            }),
        Fault::new("wrong-password-ok", &["rfc3501-6.2.3-02"], "LOGIN with a wrong password gets OK")
            .responses(|scene, said| {
                if matches!(scene.command, Some(Command::Login { .. })) {
                    turn(said, Condition::No, Condition::Ok);
                }
            }),
        Fault::new("wrong-response-ok", &["rfc3501-6.2.2-06"], "AUTHENTICATE with wrong credentials gets OK")
            .responses(|scene, said| {
                if matches!(scene.command, Some(Command::Authenticate { .. })) {
                    turn(said, Condition::No, Condition::Ok);
                }
            }),
        Fault::new("before-login-ok", &["rfc3501-3.1-01"], "Commands before login get OK and do nothing")
            .responses(|scene, said| {
                if scene.state == State::NotAuthenticated && scene.command.is_none() {
                    for response in said {
                        if let Response::Status { tag: Some(_), condition, text, .. } = response
                            && text == "log in first"
                        {
                            *condition = Condition::Ok;
                        }
                    }
                }
            }),
        Fault::new(
            "not-selected-ok",
            &["rfc3501-3.2-01"],
            "Commands on messages get OK where no mailbox is selected",
        )
        .responses(|_, said| {
            for response in said {
                if let Response::Status { tag: Some(_), condition, text, .. } = response
                    && text == "no mailbox is selected"
                {
                    *condition = Condition::Ok;
                }
            }
        }),
        Fault::new("close-stays-selected", &["rfc3501-6.4.2-04"], "CLOSE leaves the mailbox selected")
            .command(|_, command| {
                if *command == Command::Close {
                    *command = Command::Expunge { uids: None };
                }
            })
            .updates(|scene, updates| {
                if scene.command == Some(Command::Close) {
                    updates.clear();
                }
            }),
        Fault::new("close-tells-expunges", &["rfc3501-6.4.2-03"], "CLOSE tells of each removal by EXPUNGE")
            .command(|_, command| {
                if *command == Command::Close {
                    *command = Command::Expunge { uids: None };
                }
            }),
        Fault::new("challenge-not-base64", &["rfc3501-6.2.2-02"], "A SASL challenge is plain text")
            .responses(|scene, said| {
                if matches!(scene.command, Some(Command::Authenticate { .. })) {
                    for response in said {
                        if let Response::Continue(text) = response
                            && !text.is_empty()
                        {
                            *text = "what do you say?".to_owned();
                        }
                    }
                }
            }),
    ];

/// Changes the condition of a tagged result.
fn turn(said: &mut [Response], from: Condition, to: Condition) {
    for response in said {
        if let Response::Status { tag: Some(_), condition, .. } = response
            && *condition == from
        {
            *condition = to;
        }
    }
}
