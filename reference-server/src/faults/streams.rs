//! Answers that stop in the middle, and such that want too much of a client.

use std::time::Duration;

use super::connection::Departure;
use super::fault::Fault;
use crate::imap::command::Command;

/// Longer than any client waits.
const FOREVER: Duration = Duration::from_secs(24 * 60 * 60);

/// Longer than any line or list that a client takes; not so long that it takes long.
const ENDLESS: usize = 9 * 1024 * 1024;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("fetch-stalls", &["rfc3501-2.2.1-08"], "The answer to FETCH stops in the middle").leaving(
        |octets| match holds(octets, b" FETCH (") {
            true => Departure::Pause(octets.len() / 2, FOREVER),
            false => Departure::Whole,
        },
    ),
    Fault::new(
        "fetch-cut-off",
        &["rfc3501-2.2.1-08", "rfc3501-3.4-02"],
        "In the middle of the answer to FETCH the server closes",
    )
    .leaving(|octets| match holds(octets, b" FETCH (") {
        true => Departure::Close(octets.len() / 2),
        false => Departure::Whole,
    }),
    Fault::new("search-unfinished", &["rfc3501-2.2.1-08"], "SEARCH is answered, and never completed")
        .leaving(|octets| match octets.starts_with(b"* SEARCH") {
            true => Departure::Pause(line(octets), FOREVER),
            false => Departure::Whole,
        }),
    Fault::new("retr-stalls", &["rfc1939-3-36"], "The answer to RETR or TOP stops in the middle").leaving(
        |octets| match is_multi_line(octets) {
            true => Departure::Pause(octets.len() / 2, FOREVER),
            false => Departure::Whole,
        },
    ),
    Fault::new(
        "retr-cut-off",
        &["rfc1939-3-36"],
        "In the middle of the answer to RETR or TOP the server closes",
    )
    .leaving(|octets| match is_multi_line(octets) {
        true => Departure::Close(octets.len() / 2),
        false => Departure::Whole,
    }),
    Fault::new(
        "line-break-late",
        &["rfc3501-2.2.1-08"],
        "The last CRLF of an answer to STATUS comes minutes later",
    )
    .leaving(|octets| match octets.starts_with(b"* STATUS") {
        true => Departure::Pause(octets.len() - 2, Duration::from_secs(300)),
        false => Departure::Whole,
    }),
    Fault::attack("endless-line", &["rfc3501-2.2-01"], "The answer to CHECK is a line that does not end")
        .octets(|scene, octets| {
            if scene.command == Some(Command::Check) {
                *octets = b"* OK ".to_vec();
                octets.resize(ENDLESS, b'x');
            }
        }),
    Fault::attack("giant-literal", &["rfc3501-4.3-01"], "FETCH announces a literal of 4 GiB").octets(
        |_, octets| {
            if let Some(at) = octets.windows(8).position(|window| window == b" FETCH (") {
                octets.truncate(at + 8);
                octets.extend_from_slice(b"BODY[] {4294967295}\r\n");
            }
        },
    ),
    Fault::attack("deep-nesting", &["rfc3501-9-61"], "BODYSTRUCTURE is nested a million times").octets(
        |_, octets| {
            if let Some(at) = octets.windows(14).position(|window| window == b"BODYSTRUCTURE ") {
                octets.truncate(at + 14);
                octets.resize(octets.len() + 1_000_000, b'(');
                octets.resize(octets.len() + 1_000_000, b')');
                octets.extend_from_slice(b")\r\n");
            }
        },
    ),
    Fault::attack(
        "endless-reply",
        &["rfc1939-3-08"],
        "The reply to NOOP in POP3 is a line that does not end",
    )
    .pop3_octets(|scene, octets| {
        if scene.command == Some(crate::pop3::command::Command::Noop) {
            *octets = b"+OK ".to_vec();
            octets.resize(ENDLESS, b'x');
        }
    }),
];

fn holds(octets: &[u8], part: &[u8]) -> bool {
    octets.windows(part.len()).any(|window| window == part)
}

/// How long the first line is.
fn line(octets: &[u8]) -> usize {
    octets.iter().position(|octet| *octet == b'\n').map_or(octets.len(), |end| end + 1)
}

/// An answer to RETR or TOP: it holds a header.
fn is_multi_line(octets: &[u8]) -> bool {
    octets.starts_with(b"+OK") && octets.ends_with(b"\r\n.\r\n") && holds(octets, b"Subject: ")
}
