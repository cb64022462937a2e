//! What STORE, EXPUNGE, CLOSE, COPY, MOVE and APPEND do to messages (RFC 3501 section 6.4, RFC 6851).

use super::fault::Fault;
use super::imap::Effect;
use crate::imap::command::{Command, StoreFlags};
use crate::imap::response::Code;
use crate::store::{Flag, FlagChange, Flags, InternalDate};

pub(super) const FAULTS: &[Fault] =
    &[
        Fault::new(
            "store-flags-adds",
            &["rfc3501-6.4.6-05", "rfc3501-6.4.6-08"],
            "STORE FLAGS adds to the flags",
        )
        .command(|_, command| change(command, FlagChange::Replace, FlagChange::Add)),
        Fault::new("store-plus-replaces", &["rfc3501-6.4.6-06"], "STORE +FLAGS replaces the flags")
            .command(|_, command| change(command, FlagChange::Add, FlagChange::Replace)),
        Fault::new("store-minus-adds", &["rfc3501-6.4.6-07"], "STORE -FLAGS adds the flags")
            .command(|_, command| change(command, FlagChange::Remove, FlagChange::Add)),
        Fault::new("store-silent-told", &["rfc3501-6.4.6-02"], "STORE with .SILENT answers like one without")
            .command(|_, command| {
                if let Command::Store { store: StoreFlags { silent, .. }, .. } = command {
                    *silent = false;
                }
            }),
        Fault::new("store-untold", &["rfc3501-6.4.6-01"], "STORE does not tell the new flags").command(
            |_, command| {
                if let Command::Store { store: StoreFlags { silent, .. }, .. } = command {
                    *silent = true;
                }
            },
        ),
        Fault::new("store-changes-all", &["rfc3501-6.4.6-16"], "STORE changes all messages").effect(
            |scene, effect| {
                if let (Some(Command::Store { store, .. }), Some(selected)) =
                    (&scene.command, &mut effect.selected)
                {
                    let all: Vec<u32> = (1..=selected.count()).collect();
                    // A mailbox open read-only stays as it is.
                    let _ = selected.store(&all, store.change, &store.flags, None);
                }
            },
        ),
        Fault::new(
            "expunge-removes-all",
            &["rfc3501-6.4.3-01", "rfc3501-6.4.3-05"],
            "EXPUNGE and CLOSE remove all messages",
        )
        .expunging(|deleted, present| *deleted = present.to_vec()),
        Fault::new(
            "expunge-removes-none",
            &["rfc3501-6.4.3-01", "rfc3501-6.4.2-01"],
            "EXPUNGE and CLOSE remove nothing",
        )
        .expunging(|deleted, _| deleted.clear()),
        Fault::new(
            "expunge-leaves-last",
            &["rfc3501-6.4.3-01", "rfc3501-6.4.2-01"],
            "EXPUNGE and CLOSE leave the last message marked \\Deleted",
        )
        .expunging(|deleted, _| {
            deleted.pop();
        }),
        Fault::new("close-keeps-deleted", &["rfc3501-6.4.2-01"], "CLOSE removes nothing").command(
            |_, command| {
                if *command == Command::Close {
                    *command = Command::Unselect;
                }
            },
        ),
        Fault::new("unselect-expunges", &["rfc3691-2-01"], "UNSELECT removes what is marked \\Deleted")
            .command(|_, command| {
                if *command == Command::Unselect {
                    *command = Command::Close;
                }
            }),
        Fault::new(
            "uid-expunge-ignores-set",
            &["rfc4315-2.1-01"],
            "UID EXPUNGE removes all that is marked \\Deleted",
        )
        .command(|_, command| {
            if let Command::Expunge { uids } = command {
                *uids = None;
            }
        }),
        Fault::new("copy-loses-flags", &["rfc3501-6.4.7-02"], "COPY and MOVE drop the flags").copying(
            |messages| {
                for message in messages {
                    message.flags = Flags::default();
                }
            },
        ),
        Fault::new("copy-loses-keywords", &["rfc3501-6.4.7-13"], "COPY and MOVE drop keywords").copying(
            |messages| {
                for message in messages {
                    message.flags = message.flags.system().collect();
                }
            },
        ),
        Fault::new("copy-loses-date", &["rfc3501-6.4.7-03"], "COPY and MOVE set the internal date anew")
            .copying(|messages| {
                for message in messages {
                    message.internal_date = InternalDate::utc(1_000_000_000);
                }
            }),
        Fault::new("copy-alters-text", &["rfc3501-6.4.7-11"], "COPY and MOVE add a header field").copying(
            |messages| {
                for message in messages {
                    message.octets = [b"X-Copied: yes\r\n", &message.octets[..]].concat().into();
                    message.renditions = std::sync::Arc::default();
                }
            },
        ),
        Fault::new("copy-moves", &["rfc3501-6.4.7-09"], "COPY removes the messages from the source").command(
            |_, command| {
                if let Command::Copy { by, set, mailbox } = command {
                    *command = Command::Move { by: *by, set: set.clone(), mailbox: mailbox.clone() };
                }
            },
        ),
        Fault::new(
            "copy-creates-target",
            &["rfc3501-6.4.7-06"],
            "COPY to a mailbox that is missing makes it and fails",
        )
        .effect(|scene, effect| {
            if let Some(Command::Copy { mailbox, .. }) = &scene.command {
                create_missing(effect, mailbox);
            }
        }),
        Fault::new(
            "move-copies",
            &["rfc6851-3.3-01", "rfc6851-3.3-09"],
            "MOVE leaves the messages where they were",
        )
        .command(|_, command| {
            if let Command::Move { by, set, mailbox } = command {
                *command = Command::Copy { by: *by, set: set.clone(), mailbox: mailbox.clone() };
            }
        }),
        Fault::new("append-loses-flags", &["rfc3501-6.3.11-05"], "APPEND ignores the flags")
            .command(|_, command| appended(command, |message| message.flags = Flags::default())),
        Fault::new("append-sets-seen", &["rfc3501-6.3.11-06"], "APPEND sets \\Seen")
            .command(|_, command| appended(command, |message| message.flags.set(Flag::Seen))),
        Fault::new("append-ignores-date", &["rfc3501-6.3.11-08"], "APPEND ignores the date")
            .command(|_, command| appended(command, |message| message.internal_date = None)),
        Fault::new("append-adds-header", &["rfc3501-6.3.11-02"], "APPEND adds a header field to the message")
            .command(|_, command| {
                appended(command, |message| {
                    message.octets.splice(0..0, *b"X-Appended: yes\r\n");
                });
            }),
        Fault::new(
            "append-loses-8-bit",
            &["rfc3501-6.3.11-03"],
            "APPEND puts a question mark for each octet above 127",
        )
        .command(|_, command| {
            appended(command, |message| {
                for octet in message.octets.iter_mut().filter(|octet| !octet.is_ascii()) {
                    *octet = b'?';
                }
            });
        }),
    ];

fn change(command: &mut Command, asked: FlagChange, done: FlagChange) {
    if let Command::Store { store, .. } = command
        && store.change == asked
    {
        store.change = done;
    }
}

fn appended(command: &mut Command, change: impl Fn(&mut crate::store::NewMessage)) {
    if let Command::Append { messages, .. } = command {
        messages.iter_mut().for_each(|appended| change(&mut appended.message));
    }
}

/// Makes the mailbox that the client is just told it could create.
fn create_missing(effect: &Effect<'_>, mailbox: &str) {
    if let (Some(Code::TryCreate), Some(account)) = (&effect.completion.code, effect.account) {
        // A name that cannot be made is refused as before.
        let _ = account.create(mailbox);
    }
}
