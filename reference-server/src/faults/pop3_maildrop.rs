//! The maildrop: sizes, numbers, unique-ids, marks, the lock, the UPDATE state (RFC 1939 sections 4 to 7).

use super::fault::Fault;
use crate::pop3::command::Command;
use crate::pop3::reply::Reply;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("list-size-off", &["rfc1939-5-LIST-05"], "LIST gives each size one octet too large").reply(
        |_, reply| match reply {
            Reply::ScanListing(_, octets) => *octets += 1,
            Reply::ScanListings(listings) => listings.iter_mut().for_each(|(_, octets)| *octets += 1),
            _ => {}
        },
    ),
    Fault::new(
        "list-one-size-differs",
        &["rfc1939-5-LIST-13", "rfc1939-11-04a"],
        "LIST for one message gives another size than the full listing",
    )
    .reply(|_, reply| {
        if let Reply::ScanListing(_, octets) = reply {
            *octets += 2;
        }
    }),
    Fault::new("list-omits-last", &["rfc1939-5-LIST-03"], "LIST leaves the last message out").reply(
        |_, reply| {
            if let Reply::ScanListings(listings) = reply {
                listings.pop();
            }
        },
    ),
    Fault::new(
        "list-repeats-first",
        &["rfc1939-5-LIST-03", "rfc1939-4-12"],
        "LIST lists the first message twice",
    )
    .reply(|_, reply| {
        if let Reply::ScanListings(listings) = reply
            && let Some(first) = listings.first().copied()
        {
            listings.insert(0, first);
        }
    }),
    Fault::new("stat-size-off", &["rfc1939-5-STAT-04"], "STAT gives one octet too many").reply(|_, reply| {
        if let Reply::DropListing { octets: octets @ 1.., .. } = reply {
            *octets += 1;
        }
    }),
    Fault::new(
        "uidl-by-number",
        &["rfc1939-7-UIDL-09", "rfc1939-7-UIDL-06", "rfc1939-7-UIDL-16"],
        "The unique-id is the message-number",
    )
    .reply(|_, reply| match reply {
        Reply::UniqueIdListing(number, id) => *id = number.to_string(),
        Reply::UniqueIdListings(listings) => {
            listings.iter_mut().for_each(|(number, id)| *id = number.to_string());
        }
        _ => {}
    }),
    Fault::new("uidl-all-same", &["rfc1939-7-UIDL-05"], "All messages have the same unique-id").reply(
        |_, reply| match reply {
            Reply::UniqueIdListing(_, id) => "same".clone_into(id),
            Reply::UniqueIdListings(listings) => {
                listings.iter_mut().for_each(|(_, id)| "same".clone_into(id));
            }
            _ => {}
        },
    ),
    Fault::new(
        "uidl-changes",
        &["rfc1939-4-14a", "rfc1939-7-UIDL-15", "rfc1939-7-UIDL-06"],
        "A unique-id is another with each command",
    )
    .reply(|scene, reply| match reply {
        Reply::UniqueIdListing(_, id) => id.push_str(&scene.earlier.to_string()),
        Reply::UniqueIdListings(listings) => {
            listings.iter_mut().for_each(|(_, id)| id.push_str(&scene.earlier.to_string()));
        }
        _ => {}
    }),
    Fault::new("uidl-too-long", &["rfc1939-7-UIDL-04"], "Unique-ids have 80 characters").reply(|_, reply| {
        match reply {
            Reply::UniqueIdListing(_, id) => *id = format!("{id:x>80}"),
            Reply::UniqueIdListings(listings) => {
                listings.iter_mut().for_each(|(_, id)| *id = format!("{id:x>80}"));
            }
            _ => {}
        }
    }),
    Fault::new("uidl-two-spaces", &["rfc1939-7-UIDL-03"], "Lines of UIDL have two spaces").pop3_octets(
        |scene, octets| {
            if scene.command == Some(Command::Uidl(None)) {
                let head = octets.iter().position(|octet| *octet == b'\n').map_or(0, |at| at + 1);
                let spread = octets[head..]
                    .iter()
                    .flat_map(|octet| if *octet == b' ' { vec![b' '; 2] } else { vec![*octet] });
                let spread: Vec<u8> = spread.collect();
                octets.splice(head.., spread);
            }
        },
    ),
    Fault::new(
        "uidl-without-number",
        &["rfc1939-7-UIDL-01"],
        "UIDL for one message answers without the number",
    )
    .pop3_octets(|scene, octets| {
        if matches!(scene.command, Some(Command::Uidl(Some(_)))) && octets.starts_with(b"+OK ") {
            let end = octets[4..].iter().position(|octet| *octet == b' ').map_or(4, |at| at + 5);
            octets.drain(4..end);
        }
    }),
    Fault::new(
        "dele-does-nothing",
        &["rfc1939-5-DELE-03", "rfc1939-6-01"],
        "DELE gets +OK and marks nothing",
    )
    .pop3_command(|_, command| {
        if matches!(command, Command::Dele(_)) {
            *command = Command::Noop;
        }
    }),
    Fault::new("rset-does-nothing", &["rfc1939-5-RSET-01"], "RSET gets +OK and unmarks nothing")
        .pop3_command(|_, command| {
            if *command == Command::Rset {
                *command = Command::Noop;
            }
        }),
    Fault::new(
        "rset-without-marks-fails",
        &["rfc1939-5-RSET-02"],
        "RSET gets -ERR where no message is marked",
    )
    .reply(|scene, reply| {
        if scene.command == Some(Command::Rset) {
            *reply = Reply::refused("nothing to do");
        }
    }),
    Fault::new("update-removes-nothing", &["rfc1939-6-01"], "QUIT removes nothing")
        .updating(|marked, _| marked.clear()),
    Fault::new(
        "update-removes-all",
        &["rfc1939-6-06", "rfc1939-5-RSET-04"],
        "QUIT removes all messages if one is marked",
    )
    .updating(|marked, present| {
        if !marked.is_empty() {
            *marked = present.to_vec();
        }
    }),
    Fault::new(
        "update-without-mark",
        &["rfc1939-6-06", "rfc1939-5-RSET-04", "rfc2449-6.7-02"],
        "QUIT removes the first message though none is marked",
    )
    .updating(|marked, present| {
        if marked.is_empty() {
            marked.extend(present.first());
        }
    }),
    Fault::new("quit-leaves-one", &["rfc1939-6-01"], "QUIT leaves the last of several marked messages")
        .updating(|marked, _| {
            if marked.len() > 1 {
                marked.pop();
            }
        }),
    Fault::new("lock-ignored", &["rfc1939-4-03"], "Two sessions may have the maildrop at once")
        .locking(|locked| *locked = false),
    Fault::new(
        "retr-other-message",
        &["rfc1939-5-RETR-02", "rfc1939-5-RETR-01"],
        "RETR of message 2 sends message 1",
    )
    .pop3_command(|_, command| {
        if let Command::Retr(number) = command
            && number.get() == 2
        {
            *number = std::num::NonZeroU32::MIN;
        }
    }),
];
