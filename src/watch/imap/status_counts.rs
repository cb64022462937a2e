//! The items of one STATUS line agree with one another (RFC 3501 section 6.3.10).

use std::collections::HashSet;

use crate::{
    imap::Kind,
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const RULE: &RuleInfo = &RuleInfo::imap(
    "status-counts",
    &["rfc3501-6.3.10-06", "rfc3501-6.3.10-07", "rfc3501-6.3.10-09", "rfc3501-6.3.10-11"],
    "In a STATUS line no item stands twice, RECENT and UNSEEN are not above MESSAGES, and UIDNEXT is",
);

pub(super) struct StatusCounts;

impl Rule for StatusCounts {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let Some(Kind::MailboxStatus { items, .. }) = seen.line.imap().map(|response| &response.kind) else {
            return;
        };
        let octets = &seen.line.octets;
        let mut names = HashSet::new();
        for (item, _) in items {
            let name = item.raw(octets).to_ascii_uppercase();
            if !asked_twice(seen, &name) && !names.insert(name) {
                found.at(RULE, "rfc3501-6.3.10-11", seen.line, item.span, "this item was there already");
            }
        }
        let value = |name| {
            let item = items.iter().find(|(item, _)| item.is(name, octets));
            item.and_then(|(item, value)| Some((item.span.to(value.span), value.number()?)))
        };
        let Some((_, messages)) = value("MESSAGES") else { return };
        for (name, clause) in [("RECENT", "rfc3501-6.3.10-06"), ("UNSEEN", "rfc3501-6.3.10-09")] {
            if let Some((span, count)) = value(name).filter(|(_, count)| *count > messages) {
                let message = format!("{count} messages are {name}, and there are {messages}");
                found.at(RULE, clause, seen.line, span, message);
            }
        }
        // Each message has a UID of its own, from 1, and UIDNEXT is above them all.
        if let Some((span, next)) = value("UIDNEXT").filter(|(_, next)| *next > 0 && *next <= messages) {
            let message = format!("{messages} messages can't have UIDs below {next}");
            found.at(RULE, "rfc3501-6.3.10-07", seen.line, span, message);
        }
    }
}

/// Has the client itself named the item more than once?
fn asked_twice(seen: &Seen<'_>, name: &[u8]) -> bool {
    seen.session.open_exchanges().any(|open| {
        let arguments = seen.session.exchange(open).command.arguments.to_ascii_uppercase();
        memchr::memmem::find_iter(&arguments, name).nth(1).is_some()
    })
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn counts() {
        talk::imap(&[
            ("S: * PREAUTH hi\nS: * STATUS a (MESSAGES 2 RECENT 2 UNSEEN 2 UIDNEXT 3)", &[]),
            ("S: * PREAUTH hi\nS: * STATUS a (RECENT 2 UNSEEN 3)", &[]),
            ("S: * PREAUTH hi\nS: * STATUS a (MESSAGES 0 UIDNEXT 1)", &[]),
            ("S: * PREAUTH hi\nC: STATUS a (UNSEEN UNSEEN)\nS: * STATUS a (UNSEEN 2 UNSEEN 2)", &[]),
            ("S: * PREAUTH hi\nS: * STATUS a (MESSAGES 1 RECENT 2)", &["status-counts rfc3501-6.3.10-06"]),
            ("S: * PREAUTH hi\nS: * STATUS a (UNSEEN 2 MESSAGES 1)", &["status-counts rfc3501-6.3.10-09"]),
            ("S: * PREAUTH hi\nS: * STATUS a (UIDNEXT 2 MESSAGES 2)", &["status-counts rfc3501-6.3.10-07"]),
            ("S: * PREAUTH hi\nS: * STATUS a (UNSEEN 2 unseen 2)", &["status-counts rfc3501-6.3.10-11"]),
        ]);
    }
}
