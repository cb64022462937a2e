//! UIDNEXT: above every UID of the mailbox, and never falling (RFC 3501 sections 2.3.1.1 and 6.3.1).

use std::collections::HashMap;

use crate::{
    imap::{Kind, Node, Text, mailbox_name},
    session::{EndStatus, ExchangeId, view::MessageId},
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

use super::uids::uid_of;

pub(super) const ABOVE: &RuleInfo = &RuleInfo::imap(
    "uidnext-above-all",
    &["rfc3501-6.3.1-07"],
    "UIDNEXT is above the UID of each message that was announced before it",
);

pub(super) const FALLS: &RuleInfo = &RuleInfo::imap(
    "uidnext-never-falls",
    &["rfc3501-2.3.1.1-11"],
    "As long as the UIDVALIDITY of a mailbox stays the same its UIDNEXT never falls",
);

/// Mailboxes whose UIDNEXT is remembered.
const MAILBOXES: usize = 1000;

#[derive(Default)]
pub(super) struct UidNext {
    /// UIDNEXT of the selected mailbox, and the last message announced when it was told. Those that come later may lie on
    /// either side: who can say whether they arrived before it?
    told: Option<(Option<ExchangeId>, u64, MessageId)>,
    /// By name and UIDVALIDITY.
    highest: HashMap<(Vec<u8>, u64), u64>,
}

impl Rule for UidNext {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let Some(response) = seen.line.imap().filter(|_| seen.sure) else { return };
        match &response.kind {
            Kind::Status { text, .. } => self.note_code(seen, text),
            Kind::Fetch { number, items } if seen.firm => {
                let Some((by, next, last)) = self.told.filter(|told| told.0 == seen.session.selected_by())
                else {
                    return;
                };
                debug_assert_eq!(by, seen.session.selected_by());
                let message = seen.session.mailbox().and_then(|mailbox| mailbox.message(*number));
                let Some((item, uid)) = uid_of(items, &seen.line.octets) else { return };
                if message.is_some_and(|message| message.id <= last) && uid >= next {
                    let text =
                        format!("message {number} was there when UIDNEXT {next} was told, and has UID {uid}");
                    found.at(ABOVE, "rfc3501-6.3.1-07", seen.line, item.value.span, text);
                }
            }
            Kind::MailboxStatus { mailbox, items } if seen.only_open().is_some() => {
                let octets = &seen.line.octets;
                let value =
                    |name| items.iter().find(|(item, _)| item.is(name, octets)).and_then(|(_, v)| v.number());
                if let (Some(validity), Some(next)) = (value("UIDVALIDITY"), value("UIDNEXT")) {
                    self.compare(seen, &mailbox.text(octets), validity, next, found);
                }
            }
            _ => {}
        }
    }

    fn applied(&mut self, seen: &Seen<'_>, ended: Option<ExchangeId>, found: &mut Findings) {
        let Some(ended) = ended.filter(|&ended| seen.sure && seen.session.selected_by() == Some(ended))
        else {
            return;
        };
        let ok = seen.session.exchange(ended).end.is_some_and(|end| end.status == EndStatus::Ok);
        let Some(mailbox) = seen.session.mailbox().filter(|_| ok && seen.none_open()) else { return };
        if let (Some(validity), Some(next)) = (mailbox.uid_validity, mailbox.uid_next) {
            self.compare(seen, &mailbox.name, validity, next, found);
        }
    }
}

impl UidNext {
    fn note_code(&mut self, seen: &Seen<'_>, text: &Text) {
        let Some(code) = text.code.as_ref().filter(|code| code.name.is("UIDNEXT", &seen.line.octets)) else {
            return;
        };
        let next = code.arguments.first().and_then(Node::number);
        let last = seen.session.mailbox().and_then(|mailbox| mailbox.messages().last());
        self.told = next.zip(last).map(|(next, last)| (seen.session.selected_by(), next, last.id));
    }

    fn compare(&mut self, seen: &Seen<'_>, name: &[u8], validity: u64, next: u64, found: &mut Findings) {
        if self.highest.len() >= MAILBOXES {
            self.highest.clear();
        }
        let highest = self.highest.entry((mailbox_name::canonical(name).to_vec(), validity)).or_insert(next);
        if next < *highest {
            let message =
                format!("UIDNEXT was {highest} and is now {next}, under the same UIDVALIDITY {validity}");
            found.at(FALLS, "rfc3501-2.3.1.1-11", seen.line, seen.whole(), message);
        }
        *highest = next;
    }
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn uid_next() {
        talk::selected(&[
            ("C: FETCH 3 UID\nS: * 3 FETCH (UID 39)\nS: a2 OK x", &[]),
            ("C: FETCH 3 UID\nS: * 3 FETCH (UID 40)\nS: a2 OK x", &["uidnext-above-all rfc3501-6.3.1-07"]),
            ("C: NOOP\nS: * 4 EXISTS\nS: a2 OK x\nC: FETCH 4 UID\nS: * 4 FETCH (UID 77)", &[]),
            (
                "C: STATUS box (UIDVALIDITY UIDNEXT)\nS: * STATUS box (UIDVALIDITY 7 UIDNEXT 41)\nS: a2 OK x",
                &[],
            ),
            (
                "C: STATUS box (UIDVALIDITY UIDNEXT)\nS: * STATUS box (UIDVALIDITY 8 UIDNEXT 1)\nS: a2 OK x",
                &[],
            ),
            (
                "C: STATUS two (UIDVALIDITY UIDNEXT)\nS: * STATUS two (UIDVALIDITY 7 UIDNEXT 1)\nS: a2 OK x",
                &[],
            ),
            (
                "C: STATUS box (UIDVALIDITY UIDNEXT)\nS: * STATUS box (UIDVALIDITY 7 UIDNEXT 39)\nS: a2 OK x",
                &["uidnext-never-falls rfc3501-2.3.1.1-11"],
            ),
        ]);
    }
}
