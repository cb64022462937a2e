//! MOVE and MULTIAPPEND (RFC 6851, RFC 3502).

use super::fault::Fault;
use super::imap::{code, replace, turn, without};
use super::imap_qresync::drop_code;
use crate::imap::command::{Command, Numbering, Segment, SequenceSet};
use crate::imap::response::{Attribute, Code, Condition, Data, Response};
use crate::store::{Access, Flag, FlagChange, Flags, Update};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("move-untold", &["rfc6851-3.3-09", "rfc6851-3.3-01"], "MOVE does not tell of removals")
        .updates(|scene, updates| {
            if matches!(scene.command, Some(Command::Move { .. })) {
                updates.clear();
            }
        }),
    Fault::new(
        "move-loses-messages",
        &["rfc6851-3.3-05", "rfc6851-3.3-01"],
        "MOVE removes the messages and puts them nowhere",
    )
    .effect(|scene, effect| {
        if let (Some(Command::Move { mailbox, .. }), Some(account)) = (&scene.command, effect.account)
            && let Ok((mut target, _)) = account.select(mailbox, Access::ReadWrite)
        {
            let deleted: Flags = [Flag::Deleted].into_iter().collect();
            let all: Vec<u32> = (1..=target.count()).collect();
            // What cannot be done is left.
            let _ = target.store(&all, FlagChange::Add, &deleted, None);
            let _ = target.expunge(None);
        }
    }),
    Fault::new("move-tells-flags", &["rfc6851-3.3-02"], "MOVE tells that the messages are \\Deleted")
        .responses(|scene, said| {
            if matches!(scene.command, Some(Command::Move { .. }))
                && matches!(said[..], [Response::Data(Data::Expunge(_) | Data::Vanished { .. })])
            {
                let flags = [Flag::Deleted].into_iter().collect();
                let attributes = vec![Attribute::Flags { flags, recent: false }];
                said.insert(0, Response::Data(Data::Fetch { number: 1, attributes }));
            }
        }),
    Fault::new(
        "move-marks-deleted",
        &["rfc6851-3.3-03", "rfc6851-3.3-11"],
        "Moved messages are \\Deleted in the target",
    )
    .effect(|scene, effect| {
        if let (Some(Command::Move { mailbox, .. }), Some(account)) = (&scene.command, effect.account)
            && let Ok((mut target, _)) = account.select(mailbox, Access::ReadWrite)
        {
            let deleted: Flags = [Flag::Deleted].into_iter().collect();
            let all: Vec<u32> = (1..=target.count()).collect();
            // What cannot be done is left.
            let _ = target.store(&all, FlagChange::Add, &deleted, None);
        }
    }),
    Fault::new(
        "move-without-trycreate",
        &["rfc6851-3.3-07"],
        "The NO to a MOVE into a missing mailbox lacks TRYCREATE",
    )
    .responses(|scene, said| {
        if matches!(scene.command, Some(Command::Move { .. })) {
            code(said, |code| {
                code.take_if(|code| *code == Code::TryCreate);
            });
        }
    }),
    Fault::new("uid-move-by-number", &["rfc6851-3.3-08"], "UID MOVE takes message numbers").command(
        |_, command| {
            if let Command::Move { by, .. } = command {
                *by = Numbering::Sequence;
            }
        },
    ),
    Fault::new("uid-move-missing-no", &["rfc6851-3.3-08"], "UID MOVE of UIDs that do not exist gets NO")
        .effect(|scene, effect| {
            if let Some(Command::Move { by: Numbering::Uid, set: SequenceSet::Listed(set), .. }) =
                &scene.command
                && set.ranges(1).last().is_some_and(|last| last > 1_000_000)
            {
                effect.completion.condition = Condition::No;
            }
        }),
    Fault::new(
        "move-into-itself-refused",
        &["rfc6851-3.3-10"],
        "MOVE to the selected mailbox loses messages",
    )
    .effect(|scene, effect| {
        if let (Some(Command::Move { mailbox, .. }), Some((opened, _)), Some(selected)) =
            (&scene.command, &scene.opened, &mut effect.selected)
            && mailbox == opened
        {
            let deleted: Flags = [Flag::Deleted].into_iter().collect();
            let all: Vec<u32> = (1..=selected.count()).collect();
            let _ = selected.store(&all, FlagChange::Add, &deleted, None);
            let _ = selected.expunge(None);
        }
    }),
    Fault::new(
        "move-examined",
        &["rfc6851-3.3-12"],
        "MOVE removes messages from a mailbox opened with EXAMINE",
    )
    .effect(|scene, effect| {
        if let (Some(Command::Move { .. }), Some((mailbox, Access::ReadOnly)), Some(account)) =
            (&scene.command, &scene.opened, effect.account)
            && let Ok((mut selected, _)) = account.select(mailbox, Access::ReadWrite)
        {
            let deleted: Flags = [Flag::Deleted].into_iter().collect();
            let _ = selected.store(&[1], FlagChange::Add, &deleted, None);
            let _ = selected.expunge(None);
        }
    }),
    Fault::new("move-expunges-others", &["rfc6851-3.3-13"], "MOVE removes what else is marked \\Deleted")
        .effect(|scene, effect| {
            if let (Some(Command::Move { .. }), Some(selected)) = (&scene.command, &mut effect.selected) {
                let _ = selected.expunge(None);
            }
        }),
    Fault::new("move-unselected-ok", &["rfc6851-3.3-15"], "MOVE gets OK where no mailbox is selected")
        .responses(|scene, said| {
            if scene.line.contains("MOVE ") && scene.command.is_none() {
                turn(said, Condition::Bad, Condition::Ok);
            }
        }),
    Fault::new("move-without-copyuid", &["rfc6851-4.3-01", "rfc6851-4.3-02"], "MOVE gives no COPYUID")
        .responses(|_, said| drop_code(said, |code| matches!(code, Code::CopyUid(_)))),
    Fault::new("move-copyuid-tagged", &["rfc6851-4.3-02"], "MOVE gives COPYUID in its tagged OK").octets(
        |scene, octets| {
            if matches!(scene.command, Some(Command::Move { .. })) {
                if octets.starts_with(b"* OK [COPYUID") {
                    octets.clear();
                } else if !octets.starts_with(b"*") {
                    replace(octets, b" OK ", b" OK [COPYUID 1 2 1] ");
                }
            }
        },
    ),
    Fault::new("move-without-highestmodseq", &["rfc6851-4.4-03"], "MOVE does not tell HIGHESTMODSEQ")
        .responses(|scene, said| {
            if matches!(scene.command, Some(Command::Move { .. })) {
                let is_highest = |code: &Code| matches!(code, Code::HighestModSeq(_));
                drop_code(said, is_highest);
                code(said, |code| {
                    code.take_if(|code| is_highest(code));
                });
            }
        }),
    Fault::new(
        "move-expunge-with-qresync",
        &["rfc6851-4.4-05", "rfc7162-3.2.10-01"],
        "MOVE tells removals by EXPUNGE though QRESYNC is enabled",
    )
    .responses(|scene, said| {
        if matches!(scene.command, Some(Command::Move { .. }))
            && matches!(said[..], [Response::Data(Data::Vanished { .. })])
        {
            *said = vec![Response::Data(Data::Expunge(1))];
        }
    }),
    Fault::new(
        "move-forgotten",
        &["rfc6851-4.4-02", "rfc7162-3.2.5-04b"],
        "QRESYNC does not tell what was moved away",
    )
    .responses(|scene, said| {
        if matches!(&scene.command, Some(Command::Select { parameters, .. }) if parameters.resync.is_some()) {
            without(said, |data| matches!(data, Data::Vanished { .. }));
        }
    }),
    Fault::new(
        "multiappend-in-reverse",
        &["rfc3502-6.3.11-01"],
        "APPEND adds several messages from the last to the first",
    )
    .command(|_, command| {
        if let Command::Append { messages, .. } = command {
            messages.reverse();
        }
    }),
    Fault::new(
        "multiappend-in-part",
        &["rfc3502-6.3.11-02", "rfc3502-6.3.11-03"],
        "An APPEND that is refused adds its first message",
    )
    .refused(|_, segments, account| {
        if let [Segment::Line(line), Segment::Literal(octets), ..] = segments
            && let Some(name) = std::str::from_utf8(line).ok().and_then(|line| line.split(' ').nth(2))
        {
            // There may be no such mailbox.
            let _ = account.append(name.trim_matches('"'), octets.clone(), Flags::default(), None);
        }
    }),
    Fault::new("append-of-nothing-ok", &["rfc3502-6.3.11-03"], "APPEND of a message without octets gets OK")
        .responses(|scene, said| {
            if scene.line.starts_with("APPEND ") && scene.command.is_none() {
                for response in said {
                    if let Response::Status { tag: Some(_), condition, text, .. } = response
                        && text.contains("at least one octet")
                    {
                        *condition = Condition::Ok;
                    }
                }
            }
        }),
    Fault::new(
        "multiappend-flags-of-first",
        &["rfc3502-6.3.11-05a"],
        "All messages of an APPEND get the flags of the first",
    )
    .command(|_, command| {
        if let Command::Append { messages, .. } = command
            && let Some(flags) = messages.first().map(|first| first.message.flags.clone())
        {
            messages.iter_mut().for_each(|appended| appended.message.flags = flags.clone());
        }
    }),
    Fault::new(
        "multiappend-date-of-second",
        &["rfc3502-6.3.11-05b"],
        "All messages of an APPEND get the date of the second",
    )
    .command(|_, command| {
        if let Command::Append { messages, .. } = command
            && let Some(date) = messages.get(1).map(|second| second.message.internal_date)
        {
            messages.iter_mut().for_each(|appended| appended.message.internal_date = date);
        }
    }),
    Fault::new(
        "multiappend-announced-late",
        &["rfc3502-6.3.11-07"],
        "Of several messages that are appended one is announced at once",
    )
    .updates(|scene, updates| {
        if matches!(&scene.command, Some(Command::Append { messages, .. }) if messages.len() > 1) {
            for update in updates {
                if let Update::Exists(count) = update {
                    *count -= 1;
                }
            }
        }
    }),
];
