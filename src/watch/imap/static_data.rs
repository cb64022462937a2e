//! What never changes for a message (RFC 3501 sections 2.3.1.1 and 6.4.5).

use crate::{
    imap::{FetchItem, Kind, Node},
    session::{ExchangeId, view::static_item},
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const FIXED: &RuleInfo = &RuleInfo::imap(
    "static-data",
    &["rfc3501-6.4.5-02"],
    "Texts, sizes, dates and structures of a message stay the same within a session",
);

pub(super) const ALIASES: &RuleInfo = &RuleInfo::imap(
    "rfc822-items",
    &["rfc3501-6.4.5-40", "rfc3501-6.4.5-41", "rfc3501-6.4.5-43"],
    "RFC822, RFC822.HEADER and RFC822.TEXT give the octets of BODY[], BODY[HEADER] and BODY[TEXT]",
);

/// The old names and what they stand for.
const SAME: [(&str, &str, &str); 3] = [
    ("RFC822", "BODY[]", "rfc3501-6.4.5-40"),
    ("RFC822.HEADER", "BODY[HEADER]", "rfc3501-6.4.5-41"),
    ("RFC822.TEXT", "BODY[TEXT]", "rfc3501-6.4.5-43"),
];

pub(super) struct StaticData;

impl Rule for StaticData {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let Some(response) = seen.line.imap().filter(|_| seen.firm) else { return };
        let Kind::Fetch { number, items } = &response.kind else { return };
        let Some(message) = seen.session.mailbox().and_then(|mailbox| mailbox.message(*number)) else {
            return;
        };
        if message.static_data.is_empty() {
            return;
        }
        let octets = &seen.line.octets;
        for item in items.iter().filter(|item| !is_void(item, octets)) {
            let Some((key, hash)) = static_item(item, octets) else { continue };
            if message.static_data.get(&key).is_some_and(|&before| before != hash) {
                let text = format!("{key} of message {number} is not what it was before in this session");
                found.at(FIXED, "rfc3501-6.4.5-02", seen.line, item.name.to(item.value.span), text);
            }
        }
    }

    fn applied(&mut self, seen: &Seen<'_>, _: Option<ExchangeId>, found: &mut Findings) {
        let Some(response) = seen.line.imap().filter(|_| seen.firm) else { return };
        let Kind::Fetch { number, items } = &response.kind else { return };
        let Some(message) = seen.session.mailbox().and_then(|mailbox| mailbox.message(*number)) else {
            return;
        };
        let octets = &seen.line.octets;
        for item in items.iter().filter(|item| item.origin.is_none() && !is_void(item, octets)) {
            let section = item.section.map(|section| section.of(octets).to_ascii_uppercase());
            let name = item.name.of(octets).to_ascii_uppercase();
            let is = |key: &str| match (key.strip_suffix(']').and_then(|key| key.split_once('[')), &section) {
                (Some((item, of)), Some(section)) => name == item.as_bytes() && section == of.as_bytes(),
                (None, None) => name == key.as_bytes(),
                _ => false,
            };
            let Some((old, new, clause)) = SAME.iter().find(|(old, new, _)| is(old) || is(new)) else {
                continue;
            };
            if let (Some(a), Some(b)) = (message.static_data.get(*old), message.static_data.get(*new))
                && a != b
            {
                let text = format!("{old} and {new} of message {number} differ");
                found.at(ALIASES, clause, seen.line, item.name.to(item.value.span), text);
            }
        }
    }
}

/// Empty data, as a server may send for a message that another session has expunged (RFC 2180 section 4.1.3).
pub(super) fn is_void(item: &FetchItem, octets: &[u8]) -> bool {
    let value = &item.value;
    match value.list() {
        // An ENVELOPE of NILs, a BODY of size 0.
        Some(nodes) => nodes.iter().all(Node::is_nil) || nodes.get(6).and_then(Node::number) == Some(0),
        None => {
            let text = value.text(octets);
            value.is_nil() || text.is_empty() || value.number() == Some(0) || text.starts_with(b"00-")
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn data_that_never_changes() {
        talk::selected(&[
            (
                "C: FETCH 1 x\nS: * 1 FETCH (RFC822.SIZE 5 BODY[] \"a b c\" FLAGS ())
                 S: * 1 FETCH (RFC822.SIZE 5 BODY[] {5}\\na b c FLAGS (\\Seen))
                 S: * 1 FETCH (BODY[]<0> \"a b\")\nS: * 1 FETCH (BODY[]<0> \"a b c\")\nS: * 2 FETCH (RFC822.SIZE 6)",
                &[],
            ),
            ("C: FETCH 1 x\nS: * 1 FETCH (RFC822.SIZE 5)\nS: * 1 FETCH (RFC822.SIZE 0)", &[]),
            (
                "C: NOOP\nS: * 1 FETCH (RFC822.SIZE 5)\nS: * 1 EXPUNGE\nS: * 1 FETCH (RFC822.SIZE 6)",
                &[],
            ),
            (
                "C: FETCH 1 x\nS: * 1 FETCH (RFC822.SIZE 5)\nS: * 1 FETCH (RFC822.SIZE 6)",
                &["static-data rfc3501-6.4.5-02"],
            ),
            (
                "C: FETCH 1 x\nS: * 1 FETCH (BODY[1] \"x\")\nS: * 1 FETCH (BODY[1] \"y\")",
                &["static-data rfc3501-6.4.5-02"],
            ),
            ("C: FETCH 1 x\nS: * 1 FETCH (RFC822.TEXT \"x\" BODY[TEXT] {1}\\nx)", &[]),
            (
                "C: FETCH 1 x\nS: * 1 FETCH (RFC822.TEXT \"x\")\nS: * 1 FETCH (BODY[TEXT] \"z\")",
                &["rfc822-items rfc3501-6.4.5-43"],
            ),
        ]);
    }
}
