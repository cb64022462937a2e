//! Greetings, status lines, continuations and ends.

use super::fault::Fault;
use super::imap::replace;
use crate::pop3::command::Command;
use crate::pop3::reply::Reply;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("status-text-8-bit", &["rfc3501-1.2-01"], "The text of each tagged result has an 8-bit octet")
        .octets(|scene, octets| {
            if scene.command.is_some() && !octets.starts_with(b"*") && !octets.starts_with(b"+") {
                replace(octets, b"\r\n", b" \xE9\r\n");
            }
        }),
    Fault::new(
        "continuation-bare",
        &["rfc3501-7.5-01"],
        "A continuation is a plus sign without a space behind it",
    )
    .octets(|_, octets| {
        if octets.starts_with(b"+ ") {
            *octets = b"+\r\n".to_vec();
        }
    }),
    Fault::new("pop3-greeting-refuses", &["rfc1939-4-01"], "The greeting of POP3 is negative").pop3_octets(
        |scene, octets| {
            if scene.earlier == 0 && scene.line.is_empty() {
                replace(octets, b"+OK", b"-ERR");
            }
        },
    ),
    Fault::new("capa-endless", &["rfc2449-5-07", "rfc1939-3-12", "rfc1939-3-36"], "CAPA lacks its last line")
        .pop3_octets(|scene, octets| {
            if scene.command == Some(Command::Capa) && octets.ends_with(b"\r\n.\r\n") {
                octets.truncate(octets.len() - 3);
            }
        }),
    Fault::new("stat-one-too-many", &["rfc1939-5-STAT-03"], "STAT counts one message too many").reply(
        |_, reply| {
            if let Reply::DropListing { messages, .. } = reply {
                *messages += 1;
            }
        },
    ),
];
