//! Parts without their transfer encoding (BINARY, RFC 3516).

use super::fault::Fault;
use super::imap::{attributes, code, data, replace, turn};
use crate::imap::command::{BinaryItem, Command, FetchItem};
use crate::imap::response::{Attribute, Code, Condition, Data, Response};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "binary-unlisted",
        &["rfc3516-4.1-01"],
        "FETCH BINARY works and CAPABILITY does not list BINARY",
    )
    .octets(|_, octets| replace(octets, b" BINARY", b"")),
    Fault::new("binary-encoded", &["rfc3516-4.2-01a", "rfc3516-7-01"], "BINARY gives base64").responses(
        |_, said| {
            content(said, |content| *content = b"VGhlIHdvcmQ=".to_vec());
        },
    ),
    Fault::new("binary-lf-stripped", &["rfc3516-6-01", "rfc3516-4.2-01a"], "BINARY ends lines with LF")
        .responses(|_, said| {
            content(said, |content| content.retain(|octet| *octet != b'\r'));
        }),
    Fault::new(
        "binary-partial-ignored",
        &["rfc3516-4.2-01b"],
        "BINARY gives the whole part where some was asked for",
    )
    .command(|_, command| {
        items(command, |item| {
            if let BinaryItem::Content { partial: Some((origin, size)), .. } = item {
                *origin = 0;
                *size = u32::MAX;
            }
        });
    }),
    Fault::new(
        "binary-partial-without-origin",
        &["rfc3516-4.2-01b"],
        "A partial BINARY does not name its origin",
    )
    .responses(|_, said| {
        attributes(said, |attribute| {
            if let Attribute::Binary { origin, .. } = attribute {
                *origin = None;
            }
        });
    }),
    Fault::new("binary-leaves-unseen", &["rfc3516-4.2-02a"], "BINARY does not set \\Seen").command(
        |_, command| {
            items(command, |item| {
                if let BinaryItem::Content { peek, .. } = item {
                    *peek = true;
                }
            });
        },
    ),
    Fault::new("binary-peek-sets-seen", &["rfc3516-4.2-02b"], "BINARY.PEEK sets \\Seen").command(
        |_, command| {
            items(command, |item| {
                if let BinaryItem::Content { peek, .. } = item {
                    *peek = false;
                }
            });
        },
    ),
    Fault::new("binary-size-sets-seen", &["rfc3516-4.2-02b"], "BINARY.SIZE sets \\Seen").effect(
        |scene, effect| {
            if matches!(&scene.command, Some(Command::Fetch { items, .. })
            if items.iter().any(|item| matches!(item, FetchItem::Binary { item: BinaryItem::Size, .. })))
                && let Some(selected) = effect.selected
            {
                selected.mark_seen(1);
            }
        },
    ),
    Fault::new(
        "binary-peek-labelled",
        &["rfc3516-4.2-03", "rfc3501-9-03b"],
        "The answer to BINARY.PEEK is called BINARY.PEEK",
    )
    .octets(|scene, octets| {
        if scene.line.contains("BINARY.PEEK") {
            replace(octets, b"BINARY[", b"BINARY.PEEK[");
        }
    }),
    Fault::new("binary-always-literal8", &["rfc3516-4.3-01"], "BINARY sends a binary literal without need")
        .octets(|_, octets| {
            if let Some(at) = octets.windows(7).position(|window| window == b"BINARY[")
                && let Some(behind) = octets[at..].windows(2).position(|window| window == b"] ")
            {
                let start = at + behind + 2;
                match octets[start] {
                    b'{' => octets.insert(start, b'~'),
                    b'"' => {
                        let length = octets[start + 1..].iter().position(|octet| *octet == b'"').unwrap_or(0);
                        let text = octets[start + 1..=start + length].to_vec();
                        let literal = [format!("~{{{length}}}\r\n").into_bytes(), text].concat();
                        octets.splice(start..start + length + 2, literal);
                    }
                    _ => {}
                }
            }
        }),
    Fault::new(
        "binary-never-literal8",
        &["rfc3516-4.3-04", "rfc3501-4.3-05"],
        "BINARY sends NUL in an ordinary literal",
    )
    .octets(|_, octets| replace(octets, b" ~{", b" {")),
    Fault::new(
        "binary-unknown-encoding-ok",
        &["rfc3516-4.3-02"],
        "BINARY of a part with an unknown encoding gets OK",
    )
    .responses(|_, said| {
        for response in said {
            if let Response::Status { condition, code, .. } = response
                && *code == Some(Code::UnknownCte)
            {
                *condition = Condition::Ok;
                *code = None;
            }
        }
    }),
    Fault::new(
        "binary-without-unknown-cte",
        &["rfc3516-4.3-02", "rfc3516-4.4-02"],
        "The NO to BINARY has no UNKNOWN-CTE",
    )
    .responses(|_, said| {
        code(said, |code| {
            code.take_if(|code| *code == Code::UnknownCte);
        });
    }),
    Fault::new("binary-size-off", &["rfc3516-4.3-03", "rfc3516-7-01"], "BINARY.SIZE is one too high")
        .responses(|_, said| {
            attributes(said, |attribute| {
                if let Attribute::BinarySize { size, .. } = attribute {
                    *size += 1;
                }
            });
        }),
    Fault::new("append-binary-loses-nul", &["rfc3516-4.4-01"], "APPEND of a binary literal drops NUL")
        .command(|_, command| {
            appended(command, |octets| octets.retain(|octet| *octet != 0));
        }),
    Fault::new(
        "append-binary-refused",
        &["rfc3516-4.4-02", "rfc3516-4.4-03"],
        "APPEND of a binary literal gets NO",
    )
    .responses(|scene, said| {
        if let Some(Command::Append { messages, .. }) = &scene.command
            && messages.iter().any(|message| message.binary)
        {
            turn(said, Condition::Ok, Condition::No);
        }
    }),
    Fault::new(
        "append-binary-adds-line",
        &["rfc3516-4.4-03", "rfc3516-4.4-01"],
        "APPEND of a binary literal adds a header field",
    )
    .command(|_, command| {
        appended(command, |octets| {
            octets.splice(0..0, *b"X-Binary: yes\r\n");
        });
    }),
    Fault::new(
        "append-binary-decodes-words",
        &["rfc3516-5-01"],
        "APPEND of a binary literal decodes encoded words",
    )
    .command(|_, command| appended(command, |octets| replace(octets, b"=?", b"??"))),
    Fault::new("binary-decodes-words", &["rfc3516-5-01", "rfc3516-4.3-03"], "BINARY decodes encoded words")
        .responses(|_, said| {
            content(said, |content| replace(content, b"=?", b"??"));
        }),
    Fault::new(
        "binary-structure-tells-binary",
        &["rfc3516-6-02"],
        "BODYSTRUCTURE gives BINARY as an encoding",
    )
    .octets(|_, octets| {
        if octets.windows(14).any(|window| window == b"BODYSTRUCTURE ") {
            for name in [&b"\"base64\""[..], b"\"BASE64\""] {
                replace(octets, name, b"\"BINARY\"");
            }
        }
    }),
    Fault::new("body-with-nul", &["rfc3516-6-02", "rfc3501-4.3.1-02"], "BODY[n] of a binary part has NUL")
        .responses(|scene, said| {
            if scene.line.contains("BODY.PEEK[") {
                super::imap_fetch::text_of(
                    said,
                    |label| {
                        super::imap_fetch::is_section(label, |part, text| !part.is_empty() && text.is_none())
                    },
                    |text| {
                        if let Some(first) = text.first_mut() {
                            *first = 0;
                        }
                    },
                );
            }
        }),
    Fault::new("binary-whole-nil", &["rfc3516-7-01"], "BINARY[] is NIL").responses(|_, said| {
        data(said, |data| {
            if let Data::Fetch { attributes, .. } = data {
                for attribute in attributes {
                    if let Attribute::Binary { part, content, .. } = attribute
                        && part.is_empty()
                    {
                        *content = None;
                    }
                }
            }
        });
    }),
];

fn content(said: &mut [Response], change: impl Fn(&mut Vec<u8>)) {
    attributes(said, |attribute| {
        if let Attribute::Binary { content: Some(content), .. } = attribute {
            change(content);
        }
    });
}

fn items(command: &mut Command, change: impl Fn(&mut BinaryItem)) {
    if let Command::Fetch { items, .. } = command {
        for item in items {
            if let FetchItem::Binary { item, .. } = item {
                change(item);
            }
        }
    }
}

/// Changes messages that came as a binary literal.
fn appended(command: &mut Command, change: impl Fn(&mut Vec<u8>)) {
    if let Command::Append { messages, .. } = command {
        for message in messages.iter_mut().filter(|message| message.binary) {
            change(&mut message.message.octets);
        }
    }
}
