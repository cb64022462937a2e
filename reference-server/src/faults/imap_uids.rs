//! Unique identifiers and \Recent over time, UIDPLUS (RFC 3501 section 2.3, RFC 4315).

use super::fault::Fault;
use super::imap::{code, replace, turn};
use crate::imap::command::{Command, Numbering, SequenceSet};
use crate::imap::response::{Code, Condition};
use crate::store::Access;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "uids-reused",
        &["rfc3501-2.3.1.1-04", "rfc3501-2.3.1.1-02", "rfc3501-2.3.1.1-11"],
        "The UID of an expunged message is given again",
    )
    .numbering(|next, last| *next = last + 1),
    Fault::new(
        "uidvalidity-of-mailboxes-the-same",
        &["rfc3501-6.3.3-08", "rfc3501-2.3.1.1-15", "rfc3501-6.3.4-08"],
        "A mailbox that is deleted and made again has the UIDVALIDITY that it had",
    )
    .founding(|uid_validity| *uid_validity = 7),
    Fault::new("recent-forever", &["rfc3501-2.3.2-03"], "Messages stay \\Recent for each session").telling(
        |recent, stays| {
            *recent = true;
            *stays = true;
        },
    ),
    Fault::new("examine-takes-recent", &["rfc3501-6.3.2-04"], "EXAMINE takes \\Recent from messages").effect(
        |scene, effect| {
            if let (Some(Command::Select { mailbox, access: Access::ReadOnly, .. }), Some(account)) =
                (&scene.command, effect.account)
            {
                // Selected and left at once.
                let _ = account.select(mailbox, Access::ReadWrite);
            }
        },
    ),
    Fault::new(
        "recent-for-nobody",
        &["rfc3501-6.3.11-07", "rfc3501-2.3.2-05"],
        "No message is ever \\Recent",
    )
    .telling(|recent, stays| {
        *recent = false;
        *stays = false;
    }),
    Fault::new("uid-expunge-set-missing-ok", &["rfc4315-2.1-05"], "UID EXPUNGE without a set gets OK")
        .responses(|scene, said| {
            if scene.line == "UID EXPUNGE" {
                turn(said, Condition::Bad, Condition::Ok);
            }
        }),
    Fault::new(
        "uid-expunge-missing-no",
        &["rfc4315-2.1-06"],
        "UID EXPUNGE of UIDs that do not exist gets NO",
    )
    .effect(|scene, effect| {
        if let Some(Command::Expunge { uids: Some(SequenceSet::Listed(set)) }) = &scene.command
            && set.ranges(1).last().is_some_and(|last| last > 1_000_000)
        {
            effect.completion.condition = Condition::No;
        }
    }),
    Fault::new(
        "uid-expunge-examined",
        &["rfc4315-2.1-04"],
        "UID EXPUNGE removes messages from a mailbox opened with EXAMINE",
    )
    .effect(|scene, effect| {
        if let (Some(Command::Expunge { uids: Some(_) }), Some((mailbox, Access::ReadOnly)), Some(account)) =
            (&scene.command, &scene.opened, effect.account)
            && let Ok((mut selected, _)) = account.select(mailbox, Access::ReadWrite)
        {
            // It is gone or was not there.
            let _ = selected.expunge(None);
        }
    }),
    Fault::new(
        "uid-expunge-unselected-ok",
        &["rfc4315-2.1-07"],
        "UID EXPUNGE gets OK where no mailbox is selected",
    )
    .responses(|scene, said| {
        if scene.line.starts_with("UID EXPUNGE ") && scene.command.is_none() {
            turn(said, Condition::Bad, Condition::Ok);
        }
    }),
    Fault::new(
        "copyuid-of-nothing",
        &["rfc4315-3-09", "rfc3501-9-03b"],
        "A COPY of nothing has a COPYUID without UIDs",
    )
    .octets(|scene, octets| {
        if matches!(scene.command, Some(Command::Copy { by: Numbering::Uid, .. })) {
            replace(octets, b" OK COPY", b" OK [COPYUID 1  ] COPY");
        }
    }),
    Fault::new("uidnotsticky", &["rfc4315-3-10"], "SELECT says UIDNOTSTICKY").octets(|_, octets| {
        if octets.starts_with(b"* OK [UIDNEXT ") {
            octets.splice(0..0, *b"* NO [UIDNOTSTICKY] not kept\r\n");
        }
    }),
    Fault::new("uidnotsticky-ok", &["rfc4315-3-13"], "SELECT says UIDNOTSTICKY in an OK").octets(
        |_, octets| {
            if octets.starts_with(b"* OK [UIDNEXT ") {
                octets.splice(0..0, *b"* OK [UIDNOTSTICKY] not kept\r\n");
            }
        },
    ),
    Fault::new(
        "appenduid-descends",
        &["rfc4315-3-11"],
        "APPENDUID names the UIDs of several messages from the last to the first",
    )
    .responses(|_, said| {
        code(said, |code| {
            if let Some(Code::AppendUid { uids, .. }) = code {
                uids.reverse();
            }
        });
    }),
    Fault::new(
        "appenduid-first-only",
        &["rfc4315-3-11", "rfc4315-3-03"],
        "APPENDUID names the UID of the first message only",
    )
    .responses(|_, said| {
        code(said, |code| {
            if let Some(Code::AppendUid { uids, .. }) = code {
                uids.truncate(1);
            }
        });
    }),
];
