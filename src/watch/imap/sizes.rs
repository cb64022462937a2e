//! Sizes that are told are the sizes of what is sent (RFC 3501 sections 6.4.5 and 7.4.2).

use std::collections::HashMap;

use crate::{
    imap::{FetchItem, Kind, Node},
    session::{ExchangeId, view::MessageId},
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

use super::static_data::is_void;

pub(super) const MESSAGE: &RuleInfo =
    &RuleInfo::imap("size-of-message", &["rfc3501-6.4.5-42"], "RFC822.SIZE is the length of BODY[]");

pub(super) const PART: &RuleInfo = &RuleInfo::imap(
    "size-of-part",
    &["rfc3501-7.4.2-20"],
    "The size of a part in BODYSTRUCTURE is the length of its section, in transfer encoding",
);

/// Messages of the selected mailbox, and parts of one message, that are remembered.
const MESSAGES: usize = 5000;
const PARTS: usize = 200;

#[derive(Default)]
pub(super) struct Sizes {
    selected_by: Option<ExchangeId>,
    known: HashMap<MessageId, Known>,
}

/// What a message has told of its octets. Parts by their section: `1.2`.
#[derive(Default)]
struct Known {
    size: Option<u64>,
    length: Option<u64>,
    sizes: Vec<(String, u64)>,
    lengths: Vec<(String, u64)>,
}

impl Rule for Sizes {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let Some(response) = seen.line.imap().filter(|_| seen.firm) else { return };
        let Kind::Fetch { items, .. } = &response.kind else { return };
        let Some(message) = seen.line.message else { return };
        if self.selected_by != seen.session.selected_by() || self.known.len() >= MESSAGES {
            self.selected_by = seen.session.selected_by();
            self.known.clear();
        }
        let octets = &seen.line.octets;
        for item in items.iter().filter(|item| !is_partial(item, octets) && !is_void(item, octets)) {
            self.known.entry(message).or_default().learn(seen, item, found);
        }
    }
}

impl Known {
    fn learn(&mut self, seen: &Seen<'_>, item: &FetchItem, found: &mut Findings) {
        let octets = &seen.line.octets;
        let name = item.name.of(octets).to_ascii_uppercase();
        let section = item.section.map(|section| section.of(octets));
        let length = || item.value.text(octets).len() as u64;
        match (name.as_slice(), section) {
            (b"RFC822.SIZE", None) => self.size = item.value.number(),
            (b"RFC822", None) | (b"BODY", Some(b"")) if item.value.is_string() => {
                self.length = Some(length());
            }
            (b"BODY", Some(section)) if is_part(section) && item.value.is_string() => {
                let part = String::from_utf8_lossy(section).into_owned();
                remember(&mut self.lengths, part.clone(), length());
                return self.compare(&part, seen, item, found);
            }
            (b"BODY" | b"BODYSTRUCTURE", None) => {
                let mut parts = Vec::new();
                walk(&item.value, "", &mut parts);
                for (part, size) in parts {
                    remember(&mut self.sizes, part.clone(), size);
                    self.compare(&part, seen, item, found);
                }
                return;
            }
            _ => return,
        }
        if let (Some(size), Some(length)) = (self.size, self.length)
            && size != length
        {
            let message = format!("RFC822.SIZE is {size}, the message has {length} octets");
            found.at(MESSAGE, "rfc3501-6.4.5-42", seen.line, item.name, message);
        }
    }

    fn compare(&self, part: &str, seen: &Seen<'_>, item: &FetchItem, found: &mut Findings) {
        let of = |all: &[(String, u64)]| all.iter().find(|(name, _)| name == part).map(|(_, octets)| *octets);
        if let (Some(size), Some(length)) = (of(&self.sizes), of(&self.lengths))
            && size != length
        {
            let message =
                format!("the structure gives part {part} a size of {size}, BODY[{part}] has {length} octets");
            found.at(PART, "rfc3501-7.4.2-20", seen.line, item.name, message);
        }
    }
}

/// Also where the origin is malformed: `BODY[]<0.10>`.
fn is_partial(item: &FetchItem, octets: &[u8]) -> bool {
    let behind = item.section.and_then(|section| octets.get(section.end as usize + 1));
    item.origin.is_some() || behind == Some(&b'<')
}

fn remember(all: &mut Vec<(String, u64)>, part: String, octets: u64) {
    if let Some(known) = all.iter_mut().find(|(name, _)| *name == part) {
        known.1 = octets;
    } else if all.len() < PARTS {
        all.push((part, octets));
    }
}

/// Numbers and dots: a part itself, not its header.
fn is_part(section: &[u8]) -> bool {
    !section.is_empty() && section.iter().all(|octet| octet.is_ascii_digit() || *octet == b'.')
}

/// The sizes of the parts below `section` that are no multiparts, by their own sections.
fn walk(body: &Node, section: &str, parts: &mut Vec<(String, u64)>) {
    let Some(fields) = body.list() else { return };
    let below = |number: usize| {
        if section.is_empty() { number.to_string() } else { format!("{section}.{number}") }
    };
    if fields.first().is_some_and(|first| first.list().is_some()) {
        let children = fields.iter().take_while(|field| field.list().is_some());
        for (number, child) in (1..).zip(children).take(PARTS) {
            part(child, below(number), parts);
        }
    } else {
        part(body, below(1), parts);
    }
}

/// The part with this section, and those of a message that it holds.
fn part(body: &Node, section: String, parts: &mut Vec<(String, u64)>) {
    let Some(fields) = body.list() else { return };
    if parts.len() >= PARTS {
        return;
    }
    if fields.first().is_some_and(|first| first.list().is_some()) {
        return walk(body, &section, parts);
    }
    // An enclosed message: envelope, structure and lines behind the size.
    if let Some(enclosed) =
        fields.get(8).filter(|_| fields.get(7).is_some_and(|envelope| envelope.list().is_some()))
    {
        walk(enclosed, &section, parts);
    }
    if let Some(size) = fields.get(6).and_then(Node::number) {
        parts.push((section, size));
    }
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    const TWO: &str = "(((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 3 1)(\"TEXT\" \"HTML\" NIL NIL NIL \"7BIT\" 4 1) \
        \"ALTERNATIVE\")(\"IMAGE\" \"PNG\" NIL NIL NIL \"BASE64\" 5) \"MIXED\")";

    #[test]
    fn sizes() {
        let answer = |items: &str| format!("C: FETCH 1 x\nS: * 1 FETCH (BODY {TWO})\nS: * 1 FETCH ({items})");
        talk::selected(&[
            ("C: FETCH 1 x\nS: * 1 FETCH (RFC822.SIZE 3 BODY[] \"abc\")", &[]),
            ("C: FETCH 1 x\nS: * 1 FETCH (RFC822.SIZE 0 BODY[] \"abc\")", &[]),
            ("C: FETCH 1 x\nS: * 1 FETCH (RFC822.SIZE 9)\nS: * 2 FETCH (BODY[] \"abc\")", &[]),
            (
                "C: FETCH 1 x\nS: * 1 FETCH (RFC822 \"abc\")\nS: * 1 FETCH (RFC822.SIZE 4)",
                &["size-of-message rfc3501-6.4.5-42"],
            ),
            ("C: FETCH 1 BODY[]<0.3>\nS: * 1 FETCH (RFC822.SIZE 9 BODY[]<0> \"abc\")", &[]),
            (
                "C: FETCH 1 BODY[]<0.3>\nS: * 1 FETCH (RFC822.SIZE 9 BODY[]<0.3> \"abc\")",
                &["grammar rfc3501-9-61", "partial-answer rfc3501-6.4.5-29"],
            ),
            (&answer("BODY[1.1] \"abc\" BODY[1.2] \"abcd\" BODY[2] \"abcde\" BODY[1.MIME] \"x\""), &[]),
            (&answer("BODY[2] \"abcd\""), &["size-of-part rfc3501-7.4.2-20"]),
            (&answer("BODY[1.2] \"abc\""), &["size-of-part rfc3501-7.4.2-20"]),
        ]);
    }

    #[test]
    fn parts_of_an_enclosed_message() {
        let body = "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 9 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) \
            (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 2 1) 3)";
        let answer = |item: &str| format!("C: FETCH 1 x\nS: * 1 FETCH ({item})\nS: * 1 FETCH (BODY {body})");
        talk::selected(&[
            (&answer("BODY[1] \"123456789\" BODY[1.1] \"ab\""), &[]),
            (&answer("BODY[1.1] \"abc\""), &["size-of-part rfc3501-7.4.2-20"]),
        ]);
    }
}
