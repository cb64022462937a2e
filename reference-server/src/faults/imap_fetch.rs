//! What FETCH tells of messages (RFC 3501 sections 6.4.5 and 7.4.2).

use std::sync::Arc;

use super::fault::Fault;
use super::imap::{attributes, data};
use crate::imap::command::{Command, FetchItem, Numbering, SectionText};
use crate::imap::response::{Attribute, Data, Label, Octets, Response, rendered};
use crate::store::{Flags, Rendition, Renditions};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("size-too-large", &["rfc3501-6.4.5-42"], "RFC822.SIZE is one octet too large").responses(
        |_, said| {
            attributes(said, |attribute| {
                if let Attribute::Size(size) = attribute {
                    *size += 1;
                }
            });
        },
    ),
    Fault::new("body-cut-short", &["rfc3501-6.4.5-09", "rfc3501-6.4.5-42"], "BODY[] lacks its last octet")
        .responses(|_, said| {
            text_of(said, is_whole, |text| {
                text.pop();
            });
        }),
    Fault::new(
        "body-without-header",
        &["rfc3501-6.4.5-09", "rfc3501-6.4.5-42"],
        "BODY[] begins behind the header",
    )
    .responses(|_, said| {
        text_of(said, is_whole, |text| {
            let at = text.windows(4).position(|window| window == b"\r\n\r\n").map_or(0, |at| at + 4);
            text.drain(..at);
        });
    }),
    Fault::new(
        "body-with-bare-lf",
        &["rfc3501-6.3.11-02", "rfc3501-6.4.5-09", "rfc3501-6.4.5-42"],
        "BODY[] has its line ends as LF",
    )
    .responses(|_, said| text_of(said, is_whole, |text| text.retain(|octet| *octet != b'\r'))),
    Fault::new("body-nil", &["rfc3501-6.4.5-09"], "BODY[] is NIL").responses(|_, said| {
        attributes(said, |attribute| {
            if let Attribute::Text { label, text } = attribute
                && is_whole(label)
            {
                *text = None;
            }
        });
    }),
    Fault::new("text-with-header", &["rfc3501-6.4.5-24"], "BODY[TEXT] holds the header too").responses(
        |_, said| {
            attributes(said, |attribute| {
                if let Attribute::Text { label, text: Some(Octets::Stored(octets, range)) } = attribute
                    && is_section(label, |part, text| part.is_empty() && *text == Some(SectionText::Text))
                {
                    *range = 0..octets.len();
                }
            });
        },
    ),
    Fault::new("mime-empty", &["rfc3501-6.4.5-23"], "BODY[n.MIME] is empty").responses(|_, said| {
        text_of(said, |label| is_section(label, |_, text| *text == Some(SectionText::Mime)), Vec::clear);
    }),
    Fault::new(
        "parts-numbered-from-zero",
        &["rfc3501-6.4.5-11", "rfc3501-6.4.5-10"],
        "BODY[1] is the second part",
    )
    .command(|_, command| {
        items(command, |item| {
            if let FetchItem::Section { section, .. } = item
                && let Some(first) = section.part.first_mut()
            {
                *first = first.saturating_add(1);
            }
        });
    })
    .responses(|_, said| {
        labels(said, |label| {
            if let Label::Section { section, .. } = label
                && let Some(first) = section.part.first_mut()
            {
                *first -= 1;
            }
        });
    }),
    Fault::new(
        "header-fields-inverted",
        &["rfc3501-6.4.5-16", "rfc3501-6.4.5-17"],
        "HEADER.FIELDS and HEADER.FIELDS.NOT are exchanged",
    )
    .command(|_, command| {
        items(command, |item| {
            if let FetchItem::Section { section, .. } = item
                && let Some(SectionText::Fields { not, .. }) = &mut section.text
            {
                *not = !*not;
            }
        });
    })
    .responses(|_, said| {
        labels(said, |label| {
            if let Label::Section { section, .. } = label
                && let Some(SectionText::Fields { not, .. }) = &mut section.text
            {
                *not = !*not;
            }
        });
    }),
    Fault::new(
        "header-without-blank-line",
        &["rfc3501-6.4.5-19"],
        "BODY[HEADER] and header fields lack the blank line at their end",
    )
    .responses(|_, said| {
        let header = |label: &Label| {
            is_section(label, |_, text| {
                matches!(text, Some(SectionText::Header | SectionText::Fields { .. }))
            })
        };
        text_of(said, header, |text| {
            if text.ends_with(b"\r\n\r\n") {
                text.truncate(text.len() - 2);
            }
        });
    }),
    Fault::new("rfc822-header-as-body", &["rfc3501-6.4.5-41"], "RFC822.HEADER is empty")
        .responses(|_, said| text_of(said, |label| *label == Label::Rfc822Header, Vec::clear)),
    Fault::new("rfc822-text-empty", &["rfc3501-6.4.5-43"], "RFC822.TEXT is empty")
        .responses(|_, said| text_of(said, |label| *label == Label::Rfc822Text, Vec::clear)),
    Fault::new(
        "partial-too-long",
        &["rfc3501-6.4.5-26"],
        "A partial fetch gives one octet more than asked for",
    )
    .command(|_, command| {
        items(command, |item| {
            if let FetchItem::Section { partial: Some((_, size)), .. } = item {
                *size = size.saturating_add(1);
            }
        });
    }),
    Fault::new(
        "partial-without-origin",
        &["rfc3501-6.4.5-29", "rfc3501-7.4.2-05"],
        "The answer to a partial fetch does not say where it begins",
    )
    .responses(|_, said| {
        labels(said, |label| {
            if let Label::Section { origin, .. } = label {
                *origin = None;
            }
        });
    }),
    Fault::new("peek-sets-seen", &["rfc3501-6.4.5-34"], "BODY.PEEK sets \\Seen").command(|_, command| {
        items(command, |item| {
            if let FetchItem::Section { peek, .. } = item {
                *peek = false;
            }
        });
    }),
    Fault::new("body-leaves-unseen", &["rfc3501-6.4.5-32"], "BODY[] does not set \\Seen").command(
        |_, command| {
            items(command, |item| {
                if let FetchItem::Section { peek, .. } = item {
                    *peek = true;
                }
            });
        },
    ),
    Fault::new("seen-untold", &["rfc3501-6.4.5-33"], "A FETCH that sets \\Seen does not tell the flags")
        .responses(|scene, said| {
            if let Some(Command::Fetch { items, .. }) = &scene.command
                && !items.contains(&FetchItem::Flags)
            {
                fetched(said, |_, attributes| {
                    if attributes.len() > 1 {
                        attributes.retain(|attribute| !matches!(attribute, Attribute::Flags { .. }));
                    }
                });
            }
        }),
    Fault::new("flags-always-none", &["rfc3501-6.4.5-38"], "The item FLAGS is always empty").responses(
        |_, said| {
            attributes(said, |attribute| {
                if let Attribute::Flags { flags, .. } = attribute {
                    *flags = Flags::default();
                }
            });
        },
    ),
    Fault::new("never-recent", &["rfc3501-6.3.11-07"], "No message is shown as \\Recent").responses(
        |_, said| {
            attributes(said, |attribute| {
                if let Attribute::Flags { recent, .. } = attribute {
                    *recent = false;
                }
            });
        },
    ),
    Fault::new(
        "internal-date-without-zone",
        &["rfc3501-6.3.11-27"],
        "INTERNALDATE ignores the zone that APPEND gave",
    )
    .responses(|_, said| {
        attributes(said, |attribute| {
            if let Attribute::InternalDate(date) = attribute {
                date.epoch += i64::from(date.offset_minutes) * 60;
                date.offset_minutes = 0;
            }
        });
    }),
    Fault::new(
        "internal-date-drifts",
        &["rfc3501-6.4.5-02"],
        "INTERNALDATE is a second later with each command",
    )
    .responses(|scene, said| {
        attributes(said, |attribute| {
            if let Attribute::InternalDate(date) = attribute {
                date.epoch += i64::from(scene.earlier);
            }
        });
    }),
    Fault::new("body-with-extension-data", &["rfc3501-6.4.5-08"], "The item BODY has extension data")
        .responses(|_, said| {
            rendition(said, Rendition::Body, |octets, text| {
                *text = rendered(Rendition::BodyStructure, octets);
            });
        }),
    Fault::new(
        "envelope-without-message-id",
        &["rfc3501-7.4.2-28", "rfc3501-9-37"],
        "ENVELOPE lacks its last field",
    )
    .responses(|_, said| {
        rendition(said, Rendition::Envelope, |_, text| {
            if let Some(at) = text.iter().rposition(|octet| *octet == b' ') {
                text.truncate(at);
                text.push(b')');
            }
        });
    }),
    Fault::new("fast-without-size", &["rfc3501-6.4.5-06"], "The macro FAST lacks RFC822.SIZE")
        .command(|_, command| macro_without(command, 3, &FetchItem::Size)),
    Fault::new("all-without-envelope", &["rfc3501-6.4.5-05"], "The macro ALL lacks ENVELOPE")
        .command(|_, command| macro_without(command, 4, &FetchItem::Envelope)),
    Fault::new("full-without-body", &["rfc3501-6.4.5-07"], "The macro FULL lacks BODY")
        .command(|_, command| macro_without(command, 5, &FetchItem::Structure { extensible: false })),
    Fault::new(
        "uid-fetch-without-uid",
        &["rfc3501-6.4.8-10"],
        "UID FETCH gives the UID only if it is asked for",
    )
    .responses(|scene, said| {
        if let Some(Command::Fetch { by: Numbering::Uid, items, .. }) = &scene.command
            && !items.contains(&FetchItem::Uid)
        {
            fetched(said, |_, attributes| {
                if attributes.len() > 1 {
                    attributes.retain(|attribute| !matches!(attribute, Attribute::Uid(_)));
                }
            });
        }
    }),
    Fault::new(
        "uid-fetch-numbered-by-uid",
        &["rfc3501-6.4.8-09", "rfc3501-5.2-06"],
        "UID FETCH answers with the UID in place of the number",
    )
    .responses(|scene, said| {
        if let Some(Command::Fetch { by: Numbering::Uid, .. }) = &scene.command {
            fetched(said, |number, attributes| {
                for attribute in attributes {
                    if let Attribute::Uid(uid) = attribute {
                        *number = *uid;
                    }
                }
            });
        }
    }),
    Fault::new("fetch-skips-second", &["rfc3501-6.4.5-46"], "FETCH leaves message 2 out").responses(
        |scene, said| {
            if matches!(scene.command, Some(Command::Fetch { .. })) {
                super::imap::without(said, |data| matches!(data, Data::Fetch { number: 2, .. }));
            }
        },
    ),
    Fault::new(
        "one-section-only",
        &["rfc3501-6.4.5-52"],
        "Of several sections in one FETCH only the first is told",
    )
    .responses(|_, said| {
        fetched(said, |_, attributes| {
            let mut before = false;
            attributes.retain(|attribute| {
                let text = matches!(attribute, Attribute::Text { .. });
                let keep = !(text && before);
                before |= text;
                keep
            });
        });
    }),
];

/// Changes each item that FETCH asks for.
fn items(command: &mut Command, change: impl Fn(&mut FetchItem)) {
    if let Command::Fetch { items, .. } = command {
        items.iter_mut().for_each(change);
    }
}

/// Takes an item out of the macro that has so many.
fn macro_without(command: &mut Command, length: usize, item: &FetchItem) {
    let all = [
        FetchItem::Flags,
        FetchItem::InternalDate,
        FetchItem::Size,
        FetchItem::Envelope,
        FetchItem::Structure { extensible: false },
    ];
    if let Command::Fetch { items, .. } = command
        && items[..] == all[..length]
    {
        items.retain(|asked| asked != item);
    }
}

/// Changes the number and attributes of each FETCH response.
pub(super) fn fetched(said: &mut [Response], change: impl Fn(&mut u32, &mut Vec<Attribute>)) {
    data(said, |data| {
        if let Data::Fetch { number, attributes } = data {
            change(number, attributes);
        }
    });
}

fn labels(said: &mut [Response], change: impl Fn(&mut Label)) {
    attributes(said, |attribute| {
        if let Attribute::Text { label, .. } = attribute {
            change(label);
        }
    });
}

/// Changes message text that has such a label.
pub(super) fn text_of(said: &mut [Response], such: impl Fn(&Label) -> bool, change: impl Fn(&mut Vec<u8>)) {
    attributes(said, |attribute| {
        if let Attribute::Text { label, text: Some(text) } = attribute
            && such(label)
        {
            let mut octets = text.as_slice().to_vec();
            change(&mut octets);
            *text = Octets::Selected(octets);
        }
    });
}

/// `BODY[]`
fn is_whole(label: &Label) -> bool {
    is_section(label, |part, text| part.is_empty() && text.is_none())
}

pub(super) fn is_section(label: &Label, such: impl Fn(&[u32], &Option<SectionText>) -> bool) -> bool {
    matches!(label, Label::Section { section, .. } if such(&section.part, &section.text))
}

/// Changes what an envelope or a structure looks like on the wire. The message's octets come along.
pub(super) fn rendition(said: &mut [Response], wanted: Rendition, change: impl Fn(&[u8], &mut Vec<u8>)) {
    attributes(said, |attribute| {
        if let Attribute::Rendition { what, octets, renditions } = attribute
            && *what == wanted
        {
            let mut text = rendered(wanted, octets);
            change(octets, &mut text);
            let changed = Renditions::default();
            changed.get(wanted, || text);
            *renditions = Arc::new(changed);
        }
    });
}
