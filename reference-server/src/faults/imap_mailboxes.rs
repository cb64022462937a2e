//! The commands on mailboxes (RFC 3501 section 6.3).

use super::fault::Fault;
use super::imap::{Scene, data, without};
use crate::imap::command::{Command, StatusItem};
use crate::imap::response::{Condition, Data, Response};
use crate::store::{Access, DELIMITER};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("create-existing-ok", &["rfc3501-6.3.3-03"], "CREATE of a name that exists gets OK")
        .responses(|scene, said| grant(scene, said, |command| matches!(command, Command::Create { mailbox } if !is_inbox(mailbox)))),
    Fault::new("create-inbox-ok", &["rfc3501-6.3.3-02"], "CREATE of INBOX gets OK")
        .responses(|scene, said| grant(scene, said, |command| matches!(command, Command::Create { mailbox } if is_inbox(mailbox)))),
    Fault::new("delete-does-nothing", &["rfc3501-6.3.4-01"], "DELETE gets OK and removes nothing")
        .command(|_, command| if matches!(command, Command::Delete { mailbox } if !is_inbox(mailbox)) { *command = Command::Noop; }),
    Fault::new("delete-missing-ok", &["rfc3501-6.3.4-03"], "DELETE of a name that does not exist gets OK")
        .responses(|scene, said| grant(scene, said, |command| matches!(command, Command::Delete { mailbox } if !is_inbox(mailbox)))),
    Fault::new("delete-inbox-ok", &["rfc3501-6.3.4-02"], "DELETE of INBOX gets OK")
        .responses(|scene, said| grant(scene, said, |command| matches!(command, Command::Delete { mailbox } if is_inbox(mailbox)))),
    Fault::new("delete-takes-children", &["rfc3501-6.3.4-04"], "DELETE removes the mailboxes below as well").effect(|scene, effect| {
        if let (Some(Command::Delete { mailbox }), Some(account)) = (&scene.command, effect.account) {
            let below = format!("{mailbox}{DELIMITER}");
            for listed in account.list().iter().rev().filter(|listed| listed.name.starts_with(&below)) {
                // It is gone then, one way or the other.
                let _ = account.delete(&listed.name);
            }
        }
    }),
    Fault::new("delete-unsubscribes", &["rfc3501-6.3.6-04"], "DELETE drops the subscription").effect(|scene, effect| {
        if let (Some(Command::Delete { mailbox }), Some(account)) = (&scene.command, effect.account) {
            // There may be none.
            let _ = account.unsubscribe(mailbox);
        }
    }),
    Fault::new("rename-missing-ok", &["rfc3501-6.3.5-02"], "RENAME of a name that does not exist gets OK")
        .responses(|scene, said| grant(scene, said, |command| matches!(command, Command::Rename { to, .. } if !is_inbox(to)))),
    Fault::new("rename-leaves-children", &["rfc3501-6.3.5-04"], "RENAME does not take the mailboxes below along").effect(|scene, effect| {
        if let (Some(Command::Rename { from, to }), Some(account)) = (&scene.command, effect.account) {
            let below = format!("{to}{DELIMITER}");
            for listed in account.list() {
                if let Some(rest) = listed.name.strip_prefix(&below) {
                    // Back to where it was.
                    let _ = account.rename(&listed.name, &format!("{from}{DELIMITER}{rest}"));
                }
            }
        }
    }),
    Fault::new("subscribe-does-nothing", &["rfc3501-6.3.6-01"], "SUBSCRIBE gets OK and does nothing")
        .command(|_, command| if matches!(command, Command::Subscribe { .. }) { *command = Command::Noop; }),
    Fault::new("unsubscribe-does-nothing", &["rfc3501-6.3.7-01"], "UNSUBSCRIBE gets OK and does nothing")
        .command(|_, command| if matches!(command, Command::Unsubscribe { .. }) { *command = Command::Noop; }),
    Fault::new("unsubscribe-deletes", &["rfc3501-6.3.7-04"], "UNSUBSCRIBE removes the mailbox too").effect(|scene, effect| {
        if let (Some(Command::Unsubscribe { mailbox }), Some(account)) = (&scene.command, effect.account) {
            // There may be none.
            let _ = account.delete(mailbox);
        }
    }),
    Fault::new("lsub-lists-all", &["rfc3501-6.3.9-02"], "LSUB returns all mailboxes")
        .command(|_, command| {
            if let Command::Lsub { reference, pattern } = command {
                *command = Command::List { reference: std::mem::take(reference), pattern: std::mem::take(pattern) };
            }
        })
        .responses(|scene, said| {
            if matches!(scene.command, Some(Command::Lsub { .. })) {
                data(said, |data| {
                    if let Data::List { name, .. } = data {
                        *data = Data::Lsub { name: std::mem::take(name), attributes: Vec::new() };
                    }
                });
            }
        }),
    Fault::new("list-percent-is-asterisk", &["rfc3501-6.3.8-12"], "% in LIST matches the delimiter too").command(|_, command| {
        if let Command::List { pattern, .. } = command {
            *pattern = pattern.replace('%', "*");
        }
    }),
    Fault::new("list-asterisk-is-percent", &["rfc3501-6.3.8-10"], "* in LIST does not match the delimiter").command(|_, command| {
        if let Command::List { pattern, .. } = command {
            *pattern = pattern.replace('*', "%");
        }
    }),
    Fault::new("lsub-asterisk-is-percent", &["rfc3501-6.3.9-03", "rfc3501-6.3.9-09"], "* in LSUB does not match the delimiter").command(|_, command| {
        if let Command::Lsub { pattern, .. } = command {
            *pattern = pattern.replace('*', "%");
        }
    }),
    Fault::new("list-ignores-reference", &["rfc3501-6.3.8-09"], "LIST ignores the reference").command(|_, command| {
        if let Command::List { reference, .. } = command {
            reference.clear();
        }
    }),
    Fault::new("list-delimiter-untold", &["rfc3501-6.3.8-05"], "LIST with an empty pattern answers nothing")
        .responses(|_, said| without(said, |data| matches!(data, Data::List { name, .. } if name.is_empty()))),
    Fault::new("list-without-noselect", &["rfc3501-6.3.8-14"], "LIST does not mark names that are no mailboxes").responses(|_, said| {
        data(said, |data| {
            if let Data::List { name, attributes, .. } = data
                && !name.is_empty()
            {
                attributes.retain(|attribute| *attribute != "\\Noselect");
            }
        });
    }),
    Fault::new("list-omits-levels", &["rfc3501-6.3.8-13"], "LIST leaves out names that are no mailboxes").responses(|_, said| {
        without(said, |data| {
            matches!(data, Data::List { name, attributes, .. } if !name.is_empty() && attributes.contains(&"\\Noselect"))
        });
    }),
    Fault::new("list-omits-inbox", &["rfc3501-6.3.8-18"], "LIST leaves INBOX out")
        .responses(|_, said| without(said, |data| matches!(data, Data::List { name, .. } if is_inbox(name)))),
    Fault::new("lsub-without-noselect", &["rfc3501-6.3.9-05"], "LSUB does not mark the parent that stands for a name below it").responses(|_, said| {
        data(said, |data| if let Data::Lsub { attributes, .. } = data { attributes.clear(); });
    }),
    Fault::new("status-messages-off", &["rfc3501-6.3.10-05"], "MESSAGES in STATUS is one too high")
        .responses(|_, said| status(said, "MESSAGES", |value| *value += 1)),
    Fault::new("status-recent-zero", &["rfc3501-6.3.10-06"], "RECENT in STATUS is always 0")
        .responses(|_, said| status(said, "RECENT", |value| *value = 0)),
    Fault::new("status-unseen-zero", &["rfc3501-6.3.10-09"], "UNSEEN in STATUS is always 0")
        .responses(|_, said| status(said, "UNSEEN", |value| *value = 0)),
    Fault::new("status-uidnext-off", &["rfc3501-6.3.10-07"], "UIDNEXT in STATUS is one too high")
        .responses(|_, said| status(said, "UIDNEXT", |value| *value += 1)),
    Fault::new("status-uidvalidity-off", &["rfc3501-6.3.10-08"], "UIDVALIDITY in STATUS is another than in SELECT")
        .responses(|_, said| status(said, "UIDVALIDITY", |value| *value -= 1)),
    Fault::new("status-omits-item", &["rfc3501-6.3.10-11"], "STATUS leaves its last item out").responses(|_, said| {
        data(said, |data| {
            if let Data::Status { items, .. } = data
                && items.len() > 1
            {
                items.pop();
            }
        });
    }),
    Fault::new("status-clears-recent", &["rfc3501-6.3.10-02"], "STATUS uses \\Recent up").effect(|scene, effect| {
        if let (Some(Command::Status { mailbox, .. }), Some(account)) = (&scene.command, effect.account) {
            // Selected and left at once.
            let _ = account.select(mailbox, Access::ReadWrite);
        }
    }),
    Fault::new("status-unknown-mailbox-ok", &["rfc3501-6.3.10-10"], "STATUS of a name that does not exist gets OK")
        .responses(|scene, said| grant(scene, said, |command| matches!(command, Command::Status { .. }))),
    Fault::new("status-asks-messages-only", &["rfc3501-6.3.10-11"], "STATUS answers MESSAGES whatever is asked").command(|_, command| {
        if let Command::Status { items, .. } = command {
            *items = vec![StatusItem::Messages];
        }
    }),
];

fn is_inbox(name: &str) -> bool {
    name.eq_ignore_ascii_case("INBOX")
}

/// Says OK where the server refused.
fn grant(scene: &Scene, said: &mut [Response], such: impl Fn(&Command) -> bool) {
    if scene.command.as_ref().is_some_and(such) {
        for response in said {
            if let Response::Status { tag: Some(_), condition: condition @ Condition::No, code, .. } =
                response
            {
                *condition = Condition::Ok;
                *code = None;
            }
        }
    }
}

fn status(said: &mut [Response], item: &str, change: impl Fn(&mut u64)) {
    data(said, |data| {
        if let Data::Status { items, .. } = data {
            items.iter_mut().filter(|(name, _)| *name == item).for_each(|(_, value)| change(value));
        }
    });
}
