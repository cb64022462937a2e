//! Response codes (RFC 3501 section 7.1, RFC 4315).

use super::fault::Fault;
use super::imap::{Scene, code};
use crate::imap::command::Command;
use crate::imap::response::{Code, Condition, Response};
use crate::store::Access;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "append-without-trycreate",
        &["rfc3501-6.3.11-14"],
        "The NO to an APPEND into a missing mailbox lacks TRYCREATE",
    )
    .responses(|scene, said| {
        // It is said before the command is whole.
        if !matches!(scene.command, Some(Command::Copy { .. } | Command::Move { .. })) {
            omit(said, |code| *code == Code::TryCreate);
        }
    }),
    Fault::new(
        "copy-without-trycreate",
        &["rfc3501-6.4.7-07"],
        "The NO to a COPY into a missing mailbox lacks TRYCREATE",
    )
    .responses(|scene, said| {
        if matches!(scene.command, Some(Command::Copy { .. })) {
            omit(said, |code| *code == Code::TryCreate);
        }
    }),
    Fault::new("append-without-appenduid", &["rfc4315-3-01"], "APPEND gives no APPENDUID")
        .responses(|_, said| omit(said, |code| matches!(code, Code::AppendUid { .. }))),
    Fault::new("appenduid-wrong", &["rfc4315-3-02"], "APPENDUID gives the next UID").responses(|_, said| {
        code(said, |code| {
            if let Some(Code::AppendUid { uids, .. }) = code {
                uids.iter_mut().for_each(|uid| *uid += 1);
            }
        });
    }),
    Fault::new("copy-without-copyuid", &["rfc4315-3-04"], "COPY gives no COPYUID")
        .responses(|_, said| omit(said, |code| matches!(code, Code::CopyUid(_)))),
    Fault::new(
        "copyuid-exchanged",
        &["rfc4315-3-05", "rfc4315-3-04"],
        "COPYUID has the UIDs of the copies first",
    )
    .responses(|_, said| {
        code(said, |code| {
            if let Some(Code::CopyUid(copied)) = code {
                std::mem::swap(&mut copied.originals, &mut copied.copies);
            }
        });
    }),
    Fault::new("select-without-permanentflags", &["rfc3501-6.3.1-06"], "SELECT gives no PERMANENTFLAGS")
        .responses(|_, said| drop_untagged(said, |code| matches!(code, Code::PermanentFlags { .. }))),
    Fault::new("select-without-uidnext", &["rfc3501-6.3.1-07"], "SELECT gives no UIDNEXT")
        .responses(|_, said| drop_untagged(said, |code| matches!(code, Code::UidNext(_)))),
    Fault::new("select-without-uidvalidity", &["rfc3501-6.3.1-08"], "SELECT gives no UIDVALIDITY")
        .responses(|_, said| drop_untagged(said, |code| matches!(code, Code::UidValidity(_)))),
    Fault::new("select-without-read-write", &["rfc3501-6.3.1-12"], "The OK to SELECT lacks READ-WRITE")
        .responses(|_, said| omit(said, |code| *code == Code::ReadWrite)),
    Fault::new(
        "examine-says-read-write",
        &["rfc3501-6.3.2-05", "rfc3501-7.1-11"],
        "The OK to EXAMINE says READ-WRITE",
    )
    .responses(|scene, said| {
        if is_examine(scene) {
            code(said, |code| {
                if *code == Some(Code::ReadOnly) {
                    *code = Some(Code::ReadWrite);
                }
            });
        }
    }),
    Fault::new("examine-permits-flags", &["rfc3501-6.3.2-07"], "PERMANENTFLAGS under EXAMINE lists flags")
        .responses(|_, said| {
            code(said, |code| {
                if let Some(Code::PermanentFlags { access, .. }) = code {
                    *access = Access::ReadWrite;
                }
            });
        }),
    Fault::new(
        "examine-writes",
        &["rfc3501-6.3.2-02", "rfc3501-6.3.2-03", "rfc3501-6.3.2-04", "rfc3501-6.3.2-06"],
        "A mailbox opened with EXAMINE can be changed",
    )
    .command(|_, command| {
        if let Command::Select { access, .. } = command {
            *access = Access::ReadWrite;
        }
    })
    .responses(|scene, said| {
        if is_examine(scene) {
            code(said, |code| match code {
                Some(Code::PermanentFlags { access, .. }) => *access = Access::ReadOnly,
                Some(Code::ReadWrite) => *code = Some(Code::ReadOnly),
                _ => {}
            });
        }
    }),
    Fault::new(
        "code-behind-text",
        &["rfc3501-6.3.11-14", "rfc3501-6.4.7-07"],
        "TRYCREATE stands behind a word of text",
    )
    .octets(|_, octets| {
        super::imap::replace(octets, b" NO [TRYCREATE]", b" NO failed [TRYCREATE]");
    }),
    Fault::new("code-without-text", &["rfc3501-7.1.1-03"], "There is no text behind a response code")
        .responses(|_, said| {
            for response in said {
                if let Response::Status { code: Some(_), text, condition: Condition::Ok, .. } = response {
                    text.clear();
                }
            }
        }),
];

fn is_examine(scene: &Scene) -> bool {
    matches!(scene.command, Some(Command::Select { access: Access::ReadOnly, .. }))
}

fn omit(said: &mut [Response], such: impl Fn(&Code) -> bool) {
    code(said, |code| {
        code.take_if(|code| such(code));
    });
}

/// Leaves out untagged responses that are there for their code.
fn drop_untagged(said: &mut Vec<Response>, such: impl Fn(&Code) -> bool) {
    said.retain(
        |response| !matches!(response, Response::Status { tag: None, code: Some(code), .. } if such(code)),
    );
}
