//! Envelopes, body structures and status lines as servers are known to send them (RFC 3501 sections 7 and 9).

use super::fault::Fault;
use super::imap::{data, replace, turn, without};
use super::imap_fetch::{fetched, is_section, rendition, text_of};
use crate::imap::command::{Command, FetchItem};
use crate::imap::response::{Attribute, Condition, Data, Response};
use crate::store::{Flags, Rendition, Update};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "structure-counts-lf",
        &["rfc3501-7.4.2-20", "rfc3501-6.4.5-36"],
        "The octets of a part in BODYSTRUCTURE are counted with bare LF",
    )
    .responses(|_, said| {
        for what in [Rendition::Body, Rendition::BodyStructure] {
            rendition(said, what, |_, text| counts(text, u64::saturating_sub));
        }
    }),
    Fault::new(
        "structure-size-negative",
        &["rfc3501-9-13", "rfc3501-4.2-01", "rfc3501-7.4.2-20"],
        "The octets of a part in BODYSTRUCTURE are -1",
    )
    .octets(|_, octets| {
        if is_structure(octets) {
            replace(octets, b"\"7bit\" ", b"\"7bit\" -");
            replace(octets, b"\"7BIT\" ", b"\"7BIT\" -");
        }
    }),
    Fault::new(
        "encoding-nil",
        &["rfc3501-9-18", "rfc3501-9-13"],
        "The encoding of a part in BODYSTRUCTURE is NIL",
    )
    .octets(|_, octets| {
        if is_structure(octets) {
            replace(octets, b" \"7bit\" ", b" NIL ");
            replace(octets, b" \"7BIT\" ", b" NIL ");
        }
    }),
    Fault::new(
        "encoding-unquoted",
        &["rfc3501-9-18", "rfc3501-9-13"],
        "The encoding of a part in BODYSTRUCTURE is not quoted",
    )
    .octets(|_, octets| {
        if is_structure(octets) {
            replace(octets, b" \"7bit\" ", b" 7bit ");
            replace(octets, b" \"7BIT\" ", b" 7BIT ");
        }
    }),
    Fault::new(
        "parameter-nil",
        &["rfc3501-9-20", "rfc3501-9-13", "rfc3501-7.4.2-25"],
        "The value of a parameter in BODYSTRUCTURE is NIL",
    )
    .octets(|_, octets| {
        if is_structure(octets) {
            replace(octets, b"\"us-ascii\")", b"NIL)");
        }
    }),
    Fault::new(
        "multipart-without-parts",
        &["rfc3501-9-22", "rfc3501-9-13", "rfc3501-7.4.2-11"],
        "A multipart in BODYSTRUCTURE has NIL in the place of its parts",
    )
    .responses(|_, said| {
        for what in [Rendition::Body, Rendition::BodyStructure] {
            rendition(said, what, |_, text| {
                if text.starts_with(b"((")
                    && let Some(end) = text.windows(3).rposition(|window| window == b") \"")
                {
                    text.splice(1..=end, *b"NIL");
                }
            });
        }
    }),
    Fault::new(
        "enclosed-without-envelope",
        &["rfc3501-9-21", "rfc3501-9-13", "rfc3501-9-23", "rfc3501-7.4.2-21"],
        "An enclosed message in BODYSTRUCTURE has no envelope",
    )
    .responses(|_, said| {
        for what in [Rendition::Body, Rendition::BodyStructure] {
            rendition(said, what, |_, text| {
                let lower = text.to_ascii_lowercase();
                // Behind the type stand parameters, identifier, description, encoding and octets; the date comes next.
                if let Some(at) = lower.windows(8).position(|window| window == b"\"rfc822\"")
                    && let Some(start) =
                        text[at..].windows(2).position(|window| window == b" (").map(|start| at + start)
                    && let Some(end) = end_of_list(&text[start + 1..])
                {
                    text.drain(start..start + 1 + end);
                }
            });
        }
    }),
    Fault::new("code-without-ok", &["rfc3501-9-61", "rfc3501-7.1-02"], "UIDVALIDITY is told without OK")
        .octets(|_, octets| replace(octets, b"* OK [UIDVALIDITY", b"* [UIDVALIDITY")),
    Fault::new(
        "code-unfinished",
        &["rfc3501-7.1-02", "rfc3501-9-62", "rfc3501-9-61"],
        "A response ends in the middle of its code",
    )
    .octets(|_, octets| {
        if octets.starts_with(b"* OK [PERMANENTFLAGS (") {
            octets.truncate(b"* OK [PERMANENTFLAGS (".len());
            octets.extend_from_slice(b"\r\n");
        }
    }),
    Fault::new("partial-ignored", &["rfc3501-6.4.5-26"], "A partial fetch gives the whole section").command(
        |_, command| {
            if let Command::Fetch { items, .. } = command {
                for item in items {
                    if let FetchItem::Section { partial: Some((origin, size)), .. } = item {
                        *origin = 0;
                        *size = u32::MAX;
                    }
                }
            }
        },
    ),
    Fault::new(
        "section-nil",
        &["rfc3501-6.4.5-11", "rfc3501-6.4.5-10", "rfc3501-6.4.5-25"],
        "BODY[n] is NIL",
    )
    .responses(|_, said| {
        fetched(said, |_, attributes| {
            for attribute in attributes {
                if let Attribute::Text { label, text } = attribute
                    && is_section(label, |part, text| !part.is_empty() && text.is_none())
                {
                    *text = None;
                }
            }
        });
    }),
    Fault::new(
        "section-with-header",
        &["rfc3501-6.4.5-11", "rfc3501-6.4.5-10"],
        "BODY[n] has a line of the header in front",
    )
    .responses(|_, said| {
        text_of(
            said,
            |label| is_section(label, |part, text| !part.is_empty() && text.is_none()),
            |text| {
                text.splice(0..0, *b"Content-Type: text/plain\r\n\r\n");
            },
        );
    }),
    Fault::new(
        "expunge-of-unannounced",
        &["rfc3501-5.2-06", "rfc3501-7.4.1-02"],
        "EXPUNGE is told of a message that was never announced",
    )
    .updates(|scene, updates| {
        if scene.command == Some(Command::Noop) && matches!(updates[..], [Update::Expunge { .. }, ..]) {
            updates.insert(0, Update::Expunge { number: 1_000, uid: 1_000_000 });
        }
    }),
    Fault::new("store-seen-untold", &["rfc3501-6.4.6-01"], "STORE does not tell a change of \\Seen")
        .responses(|scene, said| {
            if scene.line.contains("FLAGS (\\SEEN)") && matches!(scene.command, Some(Command::Store { .. })) {
                without(said, |data| matches!(data, Data::Fetch { .. }));
            }
        }),
    Fault::new(
        "fetch-beyond-the-end",
        &["rfc3501-6.4.5-45"],
        "FETCH of a number that no message has tells of message 1",
    )
    .responses(|scene, said| {
        if matches!(scene.command, Some(Command::Fetch { .. }))
            && matches!(said[..], [Response::Status { tag: Some(_), condition: Condition::Bad, .. }])
        {
            let attributes = vec![Attribute::Flags { flags: Flags::default(), recent: false }];
            said.insert(0, Response::Data(Data::Fetch { number: 1, attributes }));
            turn(said, Condition::Bad, Condition::Ok);
        }
    }),
    Fault::new(
        "failed-select-keeps",
        &["rfc3501-6.3.1-11", "rfc3501-6.3.1-10", "rfc3501-6.3.2-08"],
        "After a SELECT that fails the mailbox before is still selected",
    )
    .effect(|scene, effect| {
        if let (Some(Command::Select { .. }), None, Some((mailbox, access)), Some(account)) =
            (&scene.command, &effect.selected, &scene.opened, effect.account)
        {
            *effect.selected = account.select(mailbox, *access).ok().map(|(selected, _)| selected);
        }
    }),
    Fault::new(
        "unknown-command-no",
        &["rfc3501-2.2.2-06", "rfc3501-6.5.1-03"],
        "A command that is not known gets NO",
    )
    .responses(|_, said| {
        for response in said {
            if let Response::Status { tag: Some(_), condition, text, .. } = response
                && text == "unknown command"
            {
                *condition = Condition::No;
            }
        }
    }),
    Fault::new(
        "names-in-small-letters",
        &["rfc3501-7.2.2-10", "rfc3501-5.1-06"],
        "LIST tells names in small letters",
    )
    .responses(|_, said| {
        data(said, |data| {
            if let Data::List { name, .. } = data
                && name != "INBOX"
            {
                name.make_ascii_lowercase();
            }
        });
    }),
];

fn is_structure(octets: &[u8]) -> bool {
    octets.starts_with(b"* ")
        && [&b"BODYSTRUCTURE ("[..], b"BODY ("]
            .iter()
            .any(|name| octets.windows(name.len()).any(|window| window == *name))
}

/// Changes the octets in each run of `"encoding" octets lines`.
fn counts(text: &mut Vec<u8>, change: impl Fn(u64, u64) -> u64) {
    let mut changed = String::new();
    let Ok(whole) = std::str::from_utf8(text) else { return };
    let words: Vec<&str> = whole.split(' ').collect();
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            changed.push(' ');
        }
        let lines = words
            .get(index + 1)
            .map(|next| next.trim_end_matches(|c: char| !c.is_ascii_digit()).split(')').next().unwrap_or(""));
        match (word.parse::<u64>(), lines.and_then(|lines| lines.parse::<u64>().ok())) {
            (Ok(octets), Some(lines)) => changed.push_str(&change(octets, lines).to_string()),
            _ => changed.push_str(word),
        }
    }
    *text = changed.into_bytes();
}

/// How long the list is that begins here.
fn end_of_list(text: &[u8]) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (index, octet) in text.iter().enumerate() {
        match octet {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b'(' if !quoted => depth += 1,
            b')' if !quoted => {
                depth -= 1;
                if depth == 0 {
                    return Some(index + 1);
                }
            }
            _ => {}
        }
    }
    None
}
