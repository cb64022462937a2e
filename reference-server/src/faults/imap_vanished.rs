//! VANISHED, HIGHESTMODSEQ and CLOSED (QRESYNC, RFC 7162 sections 3.2.7 to 3.2.11).

use super::fault::Fault;
use super::imap::{before_tagged, code, data};
use super::imap_qresync::{NOBODY, drop_code, omit_highest, resynchronizes, vanished};
use crate::imap::command::{Command, Numbering};
use crate::imap::response::{Code, Condition, Data, Response};
use crate::store::{Expunges, UidRanges};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "expunge-without-highestmodseq",
        &["rfc7162-3.2.7-01", "rfc7162-3.2.9-01"],
        "The OK to EXPUNGE has no HIGHESTMODSEQ",
    )
    .responses(|scene, said| {
        if matches!(scene.command, Some(Command::Expunge { .. })) {
            omit_highest(said);
        }
    }),
    Fault::new(
        "uid-expunge-without-highestmodseq",
        &["rfc7162-3.2.9-01"],
        "The OK to UID EXPUNGE has no HIGHESTMODSEQ",
    )
    .responses(|scene, said| {
        if matches!(scene.command, Some(Command::Expunge { uids: Some(_) })) {
            omit_highest(said);
        }
    }),
    Fault::new("close-tells-highestmodseq", &["rfc7162-3.2.8-01"], "The OK to CLOSE has HIGHESTMODSEQ")
        .responses(|scene, said| {
            if scene.command == Some(Command::Close) {
                code(said, |code| *code = Some(Code::HighestModSeq(1)));
            }
        }),
    Fault::new(
        "close-tells-vanished",
        &["rfc7162-3.2.8-02", "rfc7162-3.2.10-03"],
        "CLOSE tells of something that vanished",
    )
    .responses(|scene, said| {
        if scene.command == Some(Command::Close) {
            before_tagged(said, Data::Vanished { earlier: false, uids: UidRanges::of([1]) });
        }
    }),
    Fault::new(
        "qresync-expunge",
        &["rfc7162-3.2.10-01"],
        "Removals are told by EXPUNGE though QRESYNC is enabled",
    )
    .responses(|_, said| {
        data(said, |data| {
            if matches!(data, Data::Vanished { earlier: false, .. }) {
                *data = Data::Expunge(1);
            }
        });
    }),
    Fault::new(
        "vanished-always-earlier",
        &["rfc7162-3.2.10-01", "rfc7162-3.2.10-07"],
        "Each VANISHED says EARLIER",
    )
    .responses(|_, said| vanished(said, |earlier, _| *earlier = true)),
    Fault::new(
        "vanished-names-nobody",
        &["rfc7162-3.2.10-03"],
        "VANISHED names a UID that the client was never told of",
    )
    .responses(|_, said| {
        vanished(said, |earlier, uids| {
            if !*earlier {
                *uids = UidRanges::merged(uids.iter().chain([(NOBODY, NOBODY)]).collect());
            }
        });
    }),
    Fault::new(
        "vanished-during-uid-search",
        &["rfc7162-3.2.10-05"],
        "Removals are told while a UID SEARCH with message numbers is answered",
    )
    .expunges(|scene, expunges| {
        if matches!(scene.command, Some(Command::Search { by: Numbering::Uid, .. })) {
            *expunges = Expunges::Allowed;
        }
    }),
    Fault::new(
        "earlier-unasked",
        &["rfc7162-3.2.10-07", "rfc7162-3.2.6-05"],
        "UID FETCH sends VANISHED (EARLIER) unasked",
    )
    .responses(|scene, said| {
        if matches!(scene.command, Some(Command::Fetch { by: Numbering::Uid, .. })) {
            before_tagged(said, Data::Vanished { earlier: true, uids: UidRanges::of([NOBODY]) });
        }
    }),
    Fault::new("select-earlier-unasked", &["rfc7162-3.2.10-07"], "SELECT sends VANISHED (EARLIER) unasked")
        .responses(|scene, said| {
            if matches!(scene.command, Some(Command::Select { .. })) && !resynchronizes(scene) {
                before_tagged(said, Data::Vanished { earlier: true, uids: UidRanges::of([NOBODY]) });
            }
        }),
    Fault::new(
        "closed-untold",
        &["rfc7162-3.2.11-01"],
        "SELECT does not say that the mailbox before is closed",
    )
    .responses(|_, said| drop_code(said, |code| *code == Code::Closed)),
    Fault::new(
        "closed-after-close",
        &["rfc7162-3.2.11-01"],
        "SELECT says that a mailbox is closed where none was selected",
    )
    .responses(|scene, said| {
        if matches!(scene.command, Some(Command::Select { .. }))
            && scene.opened.is_some()
            && matches!(said[..], [Response::Data(Data::Flags(_))])
        {
            said.insert(0, Response::untagged(Condition::Ok, Some(Code::Closed), "closed"));
        }
    }),
    Fault::new(
        "closed-late",
        &["rfc7162-3.2.11-02", "rfc7162-3.2.11-01"],
        "SELECT says that the mailbox before is closed behind the data of the new one",
    )
    .responses(|scene, said| {
        if matches!(scene.command, Some(Command::Select { .. })) {
            drop_code(said, |code| *code == Code::Closed);
            if scene.opened.is_some() && matches!(said[..], [Response::Data(Data::Recent(_))]) {
                said.push(Response::untagged(Condition::Ok, Some(Code::Closed), "closed"));
            }
        }
    }),
];
