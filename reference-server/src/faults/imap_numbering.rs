//! Message sequence numbers, unique identifiers, and when changes are told (RFC 3501 sections 2.3.1, 5.2 and 7.4.1).

use super::fault::Fault;
use super::imap::{attributes, code, data, without};
use crate::imap::command::Command;
use crate::imap::response::{Attribute, Code, Data};
use crate::store::{Expunges, Update};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "expunge-untold",
        &["rfc3501-6.4.3-02", "rfc3501-7.4.1-11"],
        "Removed messages are not told by EXPUNGE",
    )
    .updates(|_, updates| updates.retain(|update| !matches!(update, Update::Expunge { .. }))),
    Fault::new(
        "expunge-numbers-before",
        &["rfc3501-6.4.3-03"],
        "The numbers in a series of EXPUNGE are those before the first",
    )
    .updates(|_, updates| {
        let mut before = 0;
        for update in updates {
            if let Update::Expunge { number, .. } = update {
                *number += before;
                before += 1;
            }
        }
    }),
    Fault::new("expunge-during-fetch", &["rfc3501-7.4.1-05"], "EXPUNGE is told while FETCH is answered")
        .expunges(|scene, expunges| {
            if matches!(scene.command, Some(Command::Fetch { .. })) {
                *expunges = Expunges::Allowed;
            }
        }),
    Fault::new("expunge-during-store", &["rfc3501-7.4.1-06"], "EXPUNGE is told while STORE is answered")
        .expunges(|scene, expunges| {
            if matches!(scene.command, Some(Command::Store { .. })) {
                *expunges = Expunges::Allowed;
            }
        }),
    Fault::new("expunge-during-search", &["rfc3501-7.4.1-07"], "EXPUNGE is told while SEARCH is answered")
        .expunges(|scene, expunges| {
            if matches!(scene.command, Some(Command::Search { .. })) {
                *expunges = Expunges::Allowed;
            }
        }),
    Fault::new(
        "expunge-told-never-by-noop",
        &["rfc3501-7.4.1-11", "rfc3501-6.1.2-02"],
        "NOOP does not tell of expunges by others",
    )
    .expunges(|scene, expunges| {
        if scene.command == Some(Command::Noop) {
            *expunges = Expunges::Withheld;
        }
    }),
    Fault::new(
        "noop-without-news",
        &["rfc3501-6.1.2-02", "rfc3501-5.2-02", "rfc3501-7.4.1-11"],
        "NOOP tells nothing, and nobody does later",
    )
    .updates(|scene, updates| {
        if scene.command == Some(Command::Noop) {
            updates.clear();
        }
    }),
    Fault::new(
        "new-mail-untold",
        &["rfc3501-5.2-02", "rfc3501-6.1.2-02", "rfc3501-6.3.11-16"],
        "New messages are not told by EXISTS",
    )
    .updates(|_, updates| updates.retain(|update| !matches!(update, Update::Exists(_)))),
    Fault::new(
        "append-untold",
        &["rfc3501-6.3.11-16"],
        "APPEND to the selected mailbox does not tell of the message",
    )
    .updates(|scene, updates| {
        if matches!(scene.command, Some(Command::Append { .. })) {
            updates.clear();
        }
    }),
    Fault::new(
        "flags-of-others-untold",
        &["rfc3501-5.2-03"],
        "Flags that another session changes are not told",
    )
    .updates(|_, updates| updates.retain(|update| !matches!(update, Update::Fetch { .. }))),
    Fault::new("idle-silent", &["rfc2177-3-03"], "Nothing is told during IDLE").updates(|scene, updates| {
        if scene.command == Some(Command::Idle) {
            updates.clear();
        }
    }),
    Fault::new("exists-too-high", &["rfc3501-7.3.1-01"], "EXISTS is one too high").responses(|_, said| {
        data(said, |data| {
            if let Data::Exists(count) = data {
                *count += 1;
            }
        });
    }),
    Fault::new("recent-too-high", &["rfc3501-7.3.2-01"], "RECENT is one too high").responses(|_, said| {
        data(said, |data| {
            if let Data::Recent(count) = data {
                *count += 1;
            }
        });
    }),
    Fault::new(
        "uidvalidity-constant",
        &["rfc3501-6.3.3-08", "rfc3501-6.3.5-06"],
        "UIDVALIDITY is the same for all mailboxes and times",
    )
    .responses(|_, said| {
        code(said, |code| {
            if let Some(Code::UidValidity(value)) = code {
                *value = 1;
            }
        });
        data(said, |data| {
            if let Data::Status { items, .. } = data {
                items.iter_mut().filter(|(item, _)| *item == "UIDVALIDITY").for_each(|(_, value)| *value = 1);
            }
        });
    }),
    Fault::new("uidnext-too-low", &["rfc3501-6.3.1-07", "rfc3501-2.3.1.1-11"], "UIDNEXT is the highest UID")
        .responses(|_, said| {
            code(said, |code| {
                if let Some(Code::UidNext(uid)) = code
                    && *uid > 1
                {
                    *uid -= 1;
                }
            });
        }),
    Fault::new("uidnext-zero", &["rfc3501-7.1-13", "rfc3501-6.3.1-07"], "UIDNEXT is 0 in an empty mailbox")
        .responses(|_, said| {
            code(said, |code| {
                if *code == Some(Code::UidNext(1)) {
                    *code = Some(Code::UidNext(0));
                }
            });
        }),
    Fault::new("uids-drift", &["rfc3501-2.3.1.1-05"], "UIDs grow while the mailbox is selected").responses(
        |scene, said| {
            attributes(said, |attribute| {
                if let Attribute::Uid(uid) = attribute {
                    *uid += scene.earlier;
                }
            });
        },
    ),
    Fault::new("uids-descend", &["rfc3501-2.3.1.1-14"], "UIDs fall as numbers rise").responses(|_, said| {
        attributes(said, |attribute| {
            if let Attribute::Uid(uid) = attribute {
                *uid = u32::MAX - *uid;
            }
        });
    }),
    Fault::new(
        "unseen-off",
        &["rfc3501-6.3.1-21"],
        "UNSEEN in SELECT names the message behind the first unseen one",
    )
    .responses(|_, said| {
        code(said, |code| {
            if let Some(Code::Unseen(number)) = code {
                *number += 1;
            }
        });
    }),
    Fault::new("select-without-flags", &["rfc3501-6.3.1-01"], "SELECT sends no FLAGS").responses(
        |scene, said| {
            if matches!(scene.command, Some(Command::Select { .. })) {
                without(said, |data| matches!(data, Data::Flags(_)));
            }
        },
    ),
    Fault::new("select-without-exists", &["rfc3501-6.3.1-02"], "SELECT sends no EXISTS").responses(
        |scene, said| {
            if matches!(scene.command, Some(Command::Select { .. })) {
                without(said, |data| matches!(data, Data::Exists(_)));
            }
        },
    ),
    Fault::new("select-without-recent", &["rfc3501-6.3.1-03"], "SELECT sends no RECENT").responses(
        |scene, said| {
            if matches!(scene.command, Some(Command::Select { .. })) {
                without(said, |data| matches!(data, Data::Recent(_)));
            }
        },
    ),
];
