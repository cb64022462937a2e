//! FETCH responses during UID commands carry the UID (RFC 3501 section 6.4.8).

use std::collections::HashSet;

use crate::{
    imap::{FetchItem, Kind, sequence_set},
    session::{EndStatus, ExchangeId, Line, Mailbox, view::MessageId},
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

use super::uids::uid_of;

pub(super) const RULE: &RuleInfo = &RuleInfo::imap(
    "uid-in-fetch",
    &["rfc3501-6.4.8-10", "rfc3501-6.4.8-16"],
    "Each FETCH response during a UID command carries the UID",
);

/// Lines of one command that are kept until its end.
const KEPT: usize = 100;

#[derive(Default)]
pub(super) struct UidInFetch {
    /// FETCH lines with flags only: an answer, or the report of a foreign change.
    doubtful: Vec<(MessageId, Line)>,
    /// Messages of which a line has told the UID during this command.
    told: HashSet<MessageId>,
}

impl Rule for UidInFetch {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let Some(response) = seen.line.imap().filter(|_| seen.firm) else { return };
        let Kind::Fetch { items, .. } = &response.kind else { return };
        let Some(open) = seen.only_open().filter(|&open| seen.command(open).starts_with("UID ")) else {
            return;
        };
        let octets = &seen.line.octets;
        if uid_of(items, octets).is_some() {
            // Only of use for messages about which there is a doubt.
            if seen.command(open) == "UID FETCH" {
                self.told.extend(seen.line.message);
            }
        } else if seen.command(open) == "UID FETCH" && !items.iter().all(|item| is_flags(item, octets)) {
            let message = "data of UID FETCH without the UID";
            found.at(RULE, "rfc3501-6.4.8-10", seen.line, seen.whole(), message);
        } else {
            let message = "flags during a UID command, without the UID";
            found.note(RULE, "rfc3501-6.4.8-16", seen.line, seen.whole(), message);
            if self.doubtful.len() < KEPT {
                self.doubtful.extend(seen.line.message.map(|message| (message, seen.line.clone())));
            }
        }
    }

    fn applied(&mut self, seen: &Seen<'_>, ended: Option<ExchangeId>, found: &mut Findings) {
        let Some(exchange) = ended.map(|ended| seen.session.exchange(ended)) else { return };
        let doubtful = std::mem::take(&mut self.doubtful);
        let told = std::mem::take(&mut self.told);
        let ok = exchange.end.is_some_and(|end| end.status == EndStatus::Ok);
        if !ok || !seen.none_open() || exchange.command.name != "UID FETCH" {
            return;
        }
        // Whoever was asked for has an answer with the UID; if no line had it, then the one without was that answer.
        let Some(mailbox) = seen.session.mailbox() else { return };
        for (message, line) in doubtful.iter().filter(|(message, _)| !told.contains(message)) {
            if was_asked(mailbox, *message, &exchange.command.first_argument()) {
                let message = "an answer to UID FETCH without the UID";
                found.at(RULE, "rfc3501-6.4.8-10", line, seen.whole(), message);
            }
        }
    }
}

fn is_flags(item: &FetchItem, octets: &[u8]) -> bool {
    let name = item.name.of(octets);
    name.eq_ignore_ascii_case(b"FLAGS") || name.eq_ignore_ascii_case(b"MODSEQ")
}

/// Is the UID of this message known, and in the set? Ranges with `*` are left out.
fn was_asked(mailbox: &Mailbox, message: MessageId, set: &[u8]) -> bool {
    let message = mailbox.messages().iter().find(|it| it.id == message);
    message.and_then(|it| it.uid).is_some_and(|uid| sequence_set::holds(set, uid))
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn uids_during_uid_commands() {
        let known = "C: FETCH 1 UID\nS: * 1 FETCH (UID 10)\nS: a2 OK x\n";
        let then = |rest: &str| [known, rest].concat();
        talk::selected(&[
            ("C: UID FETCH 1:* FLAGS\nS: * 1 FETCH (UID 10 FLAGS ())\nS: a2 OK x", &[]),
            ("C: FETCH 1:* FLAGS\nS: * 1 FETCH (FLAGS ())\nS: a2 OK x", &[]),
            ("C: UID FETCH 1:* FLAGS\nC: NOOP\nS: * 1 FETCH (FLAGS ())\nS: a2 OK x", &[]),
            (
                "C: UID FETCH 5 BODY[]\nS: * 1 FETCH (BODY[] \"x\")\nS: a2 OK x",
                &["uid-in-fetch rfc3501-6.4.8-10"],
            ),
            (
                "C: UID STORE 5 FLAGS ()\nS: * 1 FETCH (FLAGS ())\nS: a2 OK x",
                &["uid-in-fetch rfc3501-6.4.8-16 note"],
            ),
            (
                &then(
                    "C: UID FETCH 10 FLAGS\nS: * 1 FETCH (FLAGS ())\nS: * 1 FETCH (UID 10 FLAGS ())\nS: a3 OK x",
                ),
                &["uid-in-fetch rfc3501-6.4.8-16 note"],
            ),
            (
                &then("C: UID FETCH 10 FLAGS\nS: * 1 FETCH (FLAGS ())\nS: a3 OK x"),
                &["uid-in-fetch rfc3501-6.4.8-16 note", "uid-in-fetch rfc3501-6.4.8-10"],
            ),
        ]);
    }
}
