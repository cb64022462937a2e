//! What IMAP has to refuse and does not, and the other way round (RFC 3501 sections 2.2, 4.3, 6.2 and 9).

use super::fault::Fault;
use super::imap::{Scene, replace, turn};
use crate::imap::command::{Command, SequenceSet, State};
use crate::imap::response::{Code, Condition, Response};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "malformed-ok",
        &[
            "rfc3501-2.2.2-05",
            "rfc3501-2.2.2-07",
            "rfc3501-4.3-05",
            "rfc3501-4.3-06",
            "rfc3501-6.2.3-03",
            "rfc3501-9-05",
            "rfc3501-9-11",
            "rfc3501-9-36b",
            "rfc3501-9-58",
            "rfc3501-9-83",
            "rfc3501-7.1.3-03",
            "rfc5256-3-SORT-11",
        ],
        "A command that is malformed gets OK",
    )
    .responses(|scene, said| {
        if scene.command.is_none() {
            turn(said, Condition::Bad, Condition::Ok);
        }
        untag(said);
    }),
    Fault::new(
        "line-too-long-unanswered",
        &["rfc3501-7.1.3-03"],
        "A line that is too long gets a BYE without an end",
    )
    .responses(|_, said| {
        said.retain(
            |response| !matches!(response, Response::Status { text, .. } if text == "the line is too long"),
        );
    }),
    Fault::new(
        "trycreate-everywhere",
        &["rfc3501-7.1-12"],
        "Each BAD to a command on mailboxes has TRYCREATE",
    )
    .responses(|_, said| {
        for response in said {
            if let Response::Status { tag: Some(_), condition: Condition::Bad, code: code @ None, .. } =
                response
            {
                *code = Some(Code::TryCreate);
            }
        }
    }),
    Fault::new("nil-is-a-gap", &["rfc3501-4.5-02"], "A mailbox name spelled NIL is refused as malformed")
        .line(|scene, line| {
            if scene.line.starts_with("STATUS NIL ") || scene.line.starts_with("LIST NIL ") {
                replace(line, b" NIL ", b" (NIL) ");
            }
        }),
    Fault::new("inbox-missing", &["rfc3501-5.1-04"], "EXAMINE INBOX gets NO").effect(|scene, effect| {
        if matches!(&scene.command, Some(Command::Select { mailbox, .. }) if mailbox == "INBOX") {
            effect.completion.condition = Condition::No;
            *effect.selected = None;
        }
    }),
    Fault::new(
        "select-missing-ok",
        &["rfc3501-6.3.1-15", "rfc3501-6.3.2-08"],
        "SELECT of a name that does not exist gets OK",
    )
    .responses(|scene, said| {
        if matches!(scene.command, Some(Command::Select { .. })) {
            turn(said, Condition::No, Condition::Ok);
        }
    }),
    Fault::new("append-creates", &["rfc3501-6.3.11-13"], "APPEND to a mailbox that is missing makes it")
        .refused(|scene, _, account| {
            if let Some(name) = appended_to(scene) {
                // It may exist.
                let _ = account.create(&name);
            }
        }),
    Fault::new("append-missing-ok", &["rfc3501-6.3.11-12"], "APPEND to a mailbox that is missing gets OK")
        .responses(|scene, said| {
            if scene.line.starts_with("APPEND ") {
                turn(said, Condition::No, Condition::Ok);
            }
        }),
    Fault::new("login-literals-refused", &["rfc3501-6.2.3-04"], "LOGIN with literals gets BAD").line(
        |scene, line| {
            if scene.line.starts_with("LOGIN {") {
                replace(line, b" {", b" {x");
            }
        },
    ),
    Fault::new(
        "capability-code-incomplete",
        &["rfc3501-7.1-05", "rfc3501-7.1-06"],
        "The CAPABILITY code does not hold IMAP4rev1",
    )
    .octets(|_, octets| replace(octets, b"[CAPABILITY IMAP4rev1 ", b"[CAPABILITY ")),
    Fault::new("capability-imap4-last", &["rfc3501-9-26"], "CAPABILITY lists IMAP4 as its last name").octets(
        |_, octets| {
            if octets.starts_with(b"* CAPABILITY ") {
                replace(octets, b"\r\n", b" IMAP4\r\n");
            }
        },
    ),
    Fault::new(
        "auth-listed-and-refused",
        &["rfc3501-6.1.1-03"],
        "AUTHENTICATE gets NO, whatever CAPABILITY lists",
    )
    .line(|scene, line| {
        if scene.line.starts_with("AUTHENTICATE ") {
            replace(line, b" ", b" X");
        }
    }),
    Fault::new("second-greeting", &["rfc3501-2.2-01"], "PREAUTH comes in the middle of a session").octets(
        |scene, octets| {
            if scene.command == Some(Command::Noop) {
                octets.splice(0..0, *b"* PREAUTH welcome back\r\n");
            }
        },
    ),
    Fault::new("continuation-unasked", &["rfc3501-7.5-02"], "NOOP gets a continuation request").octets(
        |scene, octets| {
            if scene.command == Some(Command::Noop) && !octets.starts_with(b"*") {
                octets.splice(0..0, *b"+ go ahead\r\n");
            }
        },
    ),
    Fault::new(
        "talk-behind-logout",
        &["rfc3501-6.1.3-02", "rfc3501-7.1.5-03"],
        "Something follows the OK to LOGOUT",
    )
    .octets(|scene, octets| {
        if scene.command == Some(Command::Logout) && !octets.starts_with(b"*") {
            octets.extend_from_slice(b"* OK still here\r\n");
        }
    }),
    Fault::new("bye-omitted", &["rfc3501-3.4-02"], "The server ends connections without BYE")
        .responses(|scene, said| {
            if scene.command != Some(Command::Logout) {
                said.retain(|response| {
                    !matches!(response, Response::Status { condition: Condition::Bye, .. })
                });
            }
        })
        .configuring(|config| config.timeouts.imap = std::time::Duration::from_secs(15 * 60)),
    Fault::new("exists-falls", &["rfc3501-5.2-04"], "The count of messages falls by EXISTS").octets(
        |scene, octets| {
            if scene.state == State::Selected
                && scene.command == Some(Command::Noop)
                && !octets.starts_with(b"*")
            {
                octets.splice(0..0, *b"* 0 EXISTS\r\n");
            }
        },
    ),
    Fault::new("rfc822-altered", &["rfc3501-6.4.5-40"], "RFC822 lacks the last octet of the message")
        .responses(|_, said| {
            super::imap_fetch::text_of(
                said,
                |label| *label == crate::imap::response::Label::Rfc822,
                |text| {
                    text.pop();
                },
            );
        }),
    Fault::new("code-unknown", &["rfc3501-7.1-16"], "SELECT has a response code that no RFC has").octets(
        |_, octets| {
            if octets.starts_with(b"* OK [UIDNEXT ") {
                octets.splice(0..0, *b"* OK [COLOUR red] nice\r\n");
            }
        },
    ),
    Fault::new(
        "store-behind-expunge",
        &["rfc3501-5.5-03"],
        "A STORE that comes in one segment with an EXPUNGE is carried out behind it",
    )
    .command(|scene, command| {
        if scene.pipelined && matches!(command, Command::Store { .. }) {
            *command = Command::Noop;
        }
    })
    .effect(|scene, effect| {
        if let (Some(Command::Expunge { .. }), Some(selected)) = (&scene.command, &mut effect.selected) {
            for command in &scene.company {
                if let Command::Store { set: SequenceSet::Listed(set), store, .. } = command {
                    let ranges = set.ranges(selected.count());
                    let numbers: Vec<u32> =
                        (1..=selected.count()).filter(|number| ranges.contains(*number)).collect();
                    // A mailbox open read-only stays as it is.
                    let _ = selected.store(&numbers, store.change, &store.flags, None);
                }
            }
        }
    }),
    Fault::new(
        "create-existing-hangs-up",
        &["rfc3501-6.3.3-03", "rfc3501-3.4-02"],
        "CREATE of a name that exists ends the connection",
    )
    .effect(|scene, effect| {
        if matches!(scene.command, Some(Command::Create { .. }))
            && effect.completion.condition == Condition::No
        {
            *effect.hangs_up = true;
        }
    }),
    Fault::new("copyuid-lost-member", &["rfc4315-3-05"], "COPYUID of several messages has one UID too few")
        .responses(|_, said| {
            super::imap::code(said, |code| {
                if let Some(Code::CopyUid(copied)) = code
                    && copied.copies.len() > 1
                {
                    copied.copies.pop();
                }
            });
        }),
    Fault::new("appenduid-untagged", &["rfc4315-3-02", "rfc4315-3-01"], "APPENDUID comes in an untagged OK")
        .octets(|scene, octets| {
            if matches!(scene.command, Some(Command::Append { .. }))
                && let Some(start) = octets.windows(12).position(|window| window == b" [APPENDUID ")
                && let Some(end) = octets.iter().position(|octet| *octet == b']')
            {
                let code: Vec<u8> = octets.drain(start..=end).collect();
                octets.splice(0..0, [b"* OK", &code[..], b" added\r\n"].concat());
            }
        }),
];

/// BAD without a tag becomes OK too.
fn untag(said: &mut [Response]) {
    for response in said {
        if let Response::Status { tag: None, condition: condition @ Condition::Bad, .. } = response {
            *condition = Condition::Ok;
        }
    }
}

/// The mailbox that an APPEND names.
fn appended_to(scene: &Scene) -> Option<String> {
    let name = scene.sent.split(' ').nth(1)?;
    scene.line.starts_with("APPEND ").then(|| name.trim_matches('"').to_owned())
}
