//! The text of messages in RETR and TOP (RFC 1939 sections 3, 5 and 7).

use super::fault::Fault;
use super::pop3::Scene;
use crate::pop3::command::Command;
use crate::pop3::reply::Reply;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "retr-unstuffed",
        &["rfc1939-3-13", "rfc1939-3-15"],
        "Lines that begin with a dot are sent as they are",
    )
    .pop3_octets(|scene, octets| {
        lines(scene, octets, |line| {
            if line.starts_with(b"..") {
                line.remove(0);
            }
        });
    }),
    Fault::new("dots-doubled-everywhere", &["rfc1939-3-14"], "A dot at the end of a line is doubled")
        .pop3_octets(|scene, octets| {
            lines(scene, octets, |line| {
                if line.len() > 3 && line.ends_with(b".\r\n") {
                    line.insert(line.len() - 2, b'.');
                }
            });
        }),
    Fault::new(
        "dot-glued",
        &["rfc1939-3-17", "rfc1939-3-36"],
        "The final dot follows the last line without a line end of its own",
    )
    .pop3_octets(|scene, octets| {
        if is_text(scene) && octets.ends_with(b"\r\n.\r\n") {
            octets.truncate(octets.len() - 5);
            octets.extend_from_slice(b".\r\n");
        }
    }),
    Fault::new(
        "dot-with-lf",
        &["rfc1939-3-12", "rfc1939-3-09", "rfc1939-3-11"],
        "The final dot is followed by LF alone",
    )
    .pop3_octets(|_, octets| {
        if octets.ends_with(b"\r\n.\r\n") {
            octets.truncate(octets.len() - 2);
            octets.push(b'\n');
        }
    }),
    Fault::new("retr-adds-header", &["rfc1939-5-RETR-02"], "RETR adds a header field").pop3_octets(
        |scene, octets| {
            if matches!(scene.command, Some(Command::Retr(_)))
                && octets.starts_with(b"+OK")
                && let Some(at) = octets.iter().position(|octet| *octet == b'\n')
            {
                octets.splice(at + 1..=at, *b"X-UIDL: 1\r\n");
            }
        },
    ),
    Fault::new(
        "retr-strips-8-bit",
        &["rfc1939-5-RETR-10", "rfc1939-5-RETR-02"],
        "RETR clears the high bit of each octet",
    )
    .pop3_octets(|scene, octets| {
        if matches!(scene.command, Some(Command::Retr(_))) {
            octets.iter_mut().for_each(|octet| *octet &= 0x7f);
        }
    }),
    Fault::new(
        "retr-cut-short",
        &["rfc1939-5-RETR-02", "rfc1939-5-RETR-09"],
        "RETR sends 1000 octets of a message at most",
    )
    .reply(|scene, reply| {
        if let (Some(Command::Retr(_)), Reply::Message { end, .. }) = (&scene.command, reply) {
            *end = (*end).min(1000);
        }
    }),
    Fault::new(
        "retr-folds-lines",
        &["rfc1939-5-RETR-09", "rfc1939-5-RETR-02"],
        "RETR breaks lines of more than 998 octets",
    )
    .pop3_octets(|scene, octets| {
        lines(scene, octets, |line| {
            if line.len() > 1000 {
                line.splice(998..998, *b"\r\n");
            }
        });
    }),
    Fault::new("top-ignores-count", &["rfc1939-7-TOP-01", "rfc1939-7-TOP-02"], "TOP sends the whole message")
        .reply(|scene, reply| {
            if let (Some(Command::Top { .. }), Reply::Message { end, text, .. }) = (&scene.command, reply) {
                *end = text.len();
            }
        }),
    Fault::new(
        "top-one-line-more",
        &["rfc1939-7-TOP-01", "rfc1939-7-TOP-02"],
        "TOP sends one line more than asked for",
    )
    .pop3_command(|_, command| {
        if let Command::Top { lines, .. } = command {
            *lines = lines.saturating_add(1);
        }
    }),
    Fault::new("top-header-only", &["rfc1939-7-TOP-01"], "TOP sends the header only").pop3_command(
        |_, command| {
            if let Command::Top { lines, .. } = command {
                *lines = 0;
            }
        },
    ),
    Fault::new(
        "top-counts-header",
        &["rfc1939-7-TOP-02", "rfc1939-7-TOP-01"],
        "TOP counts the lines of the header",
    )
    .reply(|scene, reply| {
        if let (Some(Command::Top { lines, .. }), Reply::Message { end, text, .. }) = (&scene.command, reply)
        {
            let wanted = usize::try_from(*lines).unwrap_or(usize::MAX);
            let lines = text.split_inclusive(|octet| *octet == b'\n').take(wanted);
            *end = lines.map(<[u8]>::len).sum();
        }
    }),
];

fn is_text(scene: &Scene) -> bool {
    matches!(scene.command, Some(Command::Retr(_) | Command::Top { .. }))
}

/// Changes each line of the text of a message, as it is on the wire; not the first of the reply, nor the final dot.
fn lines(scene: &Scene, octets: &mut Vec<u8>, change: impl Fn(&mut Vec<u8>)) {
    if !is_text(scene) || !octets.ends_with(b"\r\n.\r\n") {
        return;
    }
    let mut changed = Vec::with_capacity(octets.len());
    let text = &octets[..octets.len() - 3];
    for (index, line) in text.split_inclusive(|octet| *octet == b'\n').enumerate() {
        let mut line = line.to_vec();
        if index > 0 {
            change(&mut line);
        }
        changed.extend(line);
    }
    changed.extend_from_slice(b".\r\n");
    *octets = changed;
}
