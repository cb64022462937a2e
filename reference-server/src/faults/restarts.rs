//! What a restart of the server loses or changes (RFC 3501 section 2.3.1.1, RFC 1939 section 7).

use super::fault::Fault;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "restart-loses-newest",
        &["rfc3501-2.3.1.1-20", "rfc1939-7-UIDL-08"],
        "A restart loses the newest message of each mailbox",
    )
    .restarting(|kept| {
        kept.uids.pop();
    }),
    Fault::new(
        "restart-renews-uidvalidity",
        &["rfc3501-2.3.1.1-20", "rfc1939-7-UIDL-08"],
        "After a restart each mailbox has another UIDVALIDITY",
    )
    .restarting(|kept| kept.uid_validity += 1),
    Fault::new(
        "restart-renumbers",
        &["rfc3501-2.3.1.1-20", "rfc1939-7-UIDL-08"],
        "A restart gives new UIDs to all messages",
    )
    .restarting(|kept| {
        let by = kept.uid_next;
        kept.uids.iter_mut().for_each(|(_, uid)| *uid += by);
        kept.uid_next += by;
    }),
    Fault::new(
        "restart-reuses-uids",
        &["rfc3501-2.3.1.1-04", "rfc3501-2.3.1.1-02"],
        "After a restart new messages get UIDs again that removed ones had",
    )
    .restarting(|kept| kept.uid_next = kept.uids.last().map_or(1, |(_, last)| last + 1)),
    Fault::new(
        "restart-says-no-bye",
        &["rfc3501-3.4-04"],
        "When the server shuts down it closes connections without BYE",
    )
    .octets(|scene, octets| {
        let at_logout = scene.line.starts_with("LOGOUT");
        if octets.starts_with(b"* BYE") && !at_logout {
            octets.clear();
        }
    }),
];
