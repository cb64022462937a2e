//! Without a selected mailbox there are no messages to tell of (RFC 3501 sections 3.2, 5.2, 6.3.1 and 6.4.2).

use crate::{
    imap::Kind,
    session::{EndStatus, Exchange},
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

use super::ground::turns;

pub(super) const RULE: &RuleInfo = &RuleInfo::imap(
    "messages-only-if-selected",
    &["rfc3501-5.2-06", "rfc3501-6.3.1-11", "rfc3501-6.4.2-04"],
    "FETCH and EXPUNGE lines come only while a mailbox is selected",
);

pub(super) struct Unselected;

impl Rule for Unselected {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let Some(response) = seen.line.imap().filter(|_| seen.sure) else { return };
        if !matches!(response.kind, Kind::Fetch { .. } | Kind::Expunge(_)) || seen.session.mailbox().is_some()
        {
            return;
        }
        let session = seen.session;
        let turning = |exchange: &&Exchange| turns(&exchange.command.name);
        let last = session.exchanges().iter().rfind(turning);
        let (clause, why) =
            match last.map(|last| (last.command.name.as_str(), last.end.map(|end| end.status))) {
                None => ("rfc3501-5.2-06", "no mailbox was ever selected"),
                Some(("SELECT" | "EXAMINE", Some(EndStatus::No))) => {
                    ("rfc3501-6.3.1-11", "no mailbox is selected since the last SELECT or EXAMINE has failed")
                }
                Some(("CLOSE", Some(EndStatus::Ok))) => {
                    ("rfc3501-6.4.2-04", "no mailbox is selected since CLOSE")
                }
                Some(_) => return,
            };
        // Raw octets may have selected one.
        if !session.scribe().has_sent(|octets| mentions_select(octets) && last.is_none()) {
            found.at(RULE, clause, seen.line, seen.whole(), why);
        }
    }
}

fn mentions_select(octets: &[u8]) -> bool {
    let upper = octets.to_ascii_uppercase();
    [&b"SELECT"[..], b"EXAMINE"].iter().any(|word| memchr::memmem::find(&upper, word).is_some())
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn no_mailbox_no_messages() {
        talk::selected(&[
            ("C: NOOP\nS: * 1 FETCH (FLAGS ())\nS: a2 OK x", &[]),
            ("C: SELECT b\nS: * 1 FETCH (FLAGS ())\nS: a2 NO x", &[]),
            ("C: CLOSE\nS: a2 OK x\nS: * OK fine", &[]),
            ("C: SELECT\nS: a2 BAD x\nC: FETCH 1 FLAGS\nS: * 1 FETCH (FLAGS ())\nS: a3 OK x", &[]),
            (
                "C: SELECT b\nS: a2 NO x\nC: FETCH 1 FLAGS\nS: * 1 FETCH (FLAGS ())\nS: a3 OK x",
                &["messages-only-if-selected rfc3501-6.3.1-11"],
            ),
            (
                "C: CLOSE\nS: a2 OK x\nC: FETCH 1 FLAGS\nS: * 1 FETCH (FLAGS ())\nS: a3 OK x",
                &["messages-only-if-selected rfc3501-6.4.2-04"],
            ),
        ]);
    }
}
