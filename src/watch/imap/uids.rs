//! Unique identifiers within a session (RFC 3501 section 2.3.1.1).

use crate::{
    imap::{FetchItem, Kind, Node, Text},
    session::{Mailbox, view::Message},
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const ASCENDING: &RuleInfo = &RuleInfo::imap(
    "uid-ascending",
    &["rfc3501-2.3.1.1-14"],
    "UIDs ascend strictly with the message sequence numbers",
);

pub(super) const FIXED: &RuleInfo = &RuleInfo::imap(
    "uid-fixed",
    &["rfc3501-2.3.1.1-05"],
    "The UID of a message stays the same within a session",
);

/// So many neighbours are looked at for one whose UID is known.
const NEIGHBOURS: usize = 500;

pub(super) struct Uids;

impl Rule for Uids {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let Some(response) = seen.line.imap().filter(|_| seen.firm) else { return };
        if let Kind::Status { text, .. } = &response.kind {
            return validity(seen, text, found);
        }
        let Kind::Fetch { number, items } = &response.kind else { return };
        let Some(mailbox) = seen.session.mailbox() else { return };
        let Some((item, uid)) = uid_of(items, &seen.line.octets) else { return };
        let Some(message) = mailbox.message(*number) else { return };
        if let Some(before) = message.uid {
            if before != uid {
                let message = format!("message {number} had UID {before} and now has {uid}");
                found.at(FIXED, "rfc3501-2.3.1.1-05", seen.line, item.value.span, message);
            }
            return;
        }
        let (lower, higher) = neighbours(mailbox, *number);
        if let Some(lower) = lower.filter(|&lower| lower >= uid) {
            let message = format!("message {number} has UID {uid}, and one before it has {lower}");
            found.at(ASCENDING, "rfc3501-2.3.1.1-14", seen.line, item.value.span, message);
        } else if let Some(higher) = higher.filter(|&higher| higher <= uid) {
            let message = format!("message {number} has UID {uid}, and one behind it has {higher}");
            found.at(ASCENDING, "rfc3501-2.3.1.1-14", seen.line, item.value.span, message);
        }
    }
}

/// Another UIDVALIDITY says that all UIDs have changed.
fn validity(seen: &Seen<'_>, text: &Text, found: &mut Findings) {
    let Some(code) = text.code.as_ref().filter(|code| code.name.is("UIDVALIDITY", &seen.line.octets)) else {
        return;
    };
    let told = code.arguments.first().and_then(Node::number);
    let before = seen.session.mailbox().and_then(|mailbox| mailbox.uid_validity);
    if let (Some(told), Some(before)) = (told, before)
        && told != before
    {
        let message = format!("UIDVALIDITY was {before} and becomes {told} while the mailbox is selected");
        found.at(FIXED, "rfc3501-2.3.1.1-05", seen.line, code.span, message);
    }
}

/// The item UID and its value.
pub(super) fn uid_of<'a>(items: &'a [FetchItem], octets: &[u8]) -> Option<(&'a FetchItem, u64)> {
    let item = items.iter().find(|item| item.name.of(octets).eq_ignore_ascii_case(b"UID"))?;
    Some((item, item.value.number()?))
}

/// The UIDs of the nearest messages before and behind this one that are known.
fn neighbours(mailbox: &Mailbox, number: u64) -> (Option<u64>, Option<u64>) {
    let messages = mailbox.messages();
    let Some(index) = usize::try_from(number).ok().and_then(|number| number.checked_sub(1)) else {
        return (None, None);
    };
    let nearest = |mut messages: &mut dyn Iterator<Item = &Message>| {
        (&mut messages).take(NEIGHBOURS).find_map(|message| message.uid)
    };
    let lower = messages.get(..index).and_then(|before| nearest(&mut before.iter().rev()));
    let higher = messages.get(index + 1..).and_then(|behind| nearest(&mut behind.iter()));
    (lower, higher)
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn uids() {
        talk::selected(&[
            (
                "C: FETCH 1:* UID\nS: * 3 FETCH (UID 30)\nS: * 1 FETCH (UID 10)\nS: * 2 FETCH (UID 20)\nS: a2 OK x
                 C: NOOP\nS: * 1 EXPUNGE\nS: a3 OK x\nC: FETCH 1 UID\nS: * 1 FETCH (UID 20)\nS: a4 OK x",
                &[],
            ),
            (
                "C: FETCH 1 UID\nS: * 1 FETCH (UID 10)\nS: a2 OK x\nC: SELECT other\nS: * FLAGS ()
                 C: FETCH 1 UID\nS: * 1 FETCH (UID 5)",
                &["grammar rfc3501-7.2.6-01"],
            ),
            ("C: FETCH 1:3 UID\nS: * 1 FETCH (UID 10)\nS: * 3 FETCH (UID 10)", &["uid-ascending rfc3501-2.3.1.1-14"]),
            ("C: FETCH 1:3 UID\nS: * 3 FETCH (UID 10)\nS: * 1 FETCH (UID 11)", &["uid-ascending rfc3501-2.3.1.1-14"]),
            ("C: FETCH 1 UID\nS: * 1 FETCH (UID 10)\nS: * 1 FETCH (UID 11)", &["uid-fixed rfc3501-2.3.1.1-05"]),
            ("C: NOOP\nS: * OK [UIDVALIDITY 7] as before\nS: a2 OK [APPENDUID 9 2] x", &[]),
            ("C: NOOP\nS: * OK [UIDVALIDITY 8] x", &["uid-fixed rfc3501-2.3.1.1-05"]),
        ]);
    }
}
