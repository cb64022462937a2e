//! Mod-sequences rise, and the codes that go with them stand where they belong (RFC 7162 sections 3.1 and 3.2).

use std::collections::HashMap;

use crate::{
    imap::{FetchItem, Kind, Node, mailbox_name},
    session::{EndStatus, Exchange, ExchangeId, Session, State, view::MessageId, view::flag_names},
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const RISES: &RuleInfo = &RuleInfo::imap(
    "modseq-rises",
    &["rfc7162-3.1-03"],
    "The mod-sequence of a message never falls within a session, and rises with a change of its permanent flags",
);

pub(super) const HIGHEST: &RuleInfo = &RuleInfo::imap(
    "highestmodseq-never-falls",
    &["rfc7162-3.1.2-04", "rfc7162-3.2-05"],
    "With QRESYNC, HIGHESTMODSEQ at selection is below no mod-sequence that was told of the mailbox before",
);

pub(super) const CLOSE: &RuleInfo = &RuleInfo::imap(
    "close-without-modseq",
    &["rfc7162-3.2.8-01"],
    "The tagged OK to CLOSE carries no HIGHESTMODSEQ",
);

pub(super) const CLOSED: &RuleInfo = &RuleInfo::imap(
    "closed-code",
    &["rfc7162-3.2.11-01"],
    "With CONDSTORE or QRESYNC listed, SELECT and EXAMINE of another mailbox bring CLOSED",
);

/// Messages and mailboxes that are remembered.
const MESSAGES: usize = 10_000;
const MAILBOXES: usize = 1000;

/// A mod-sequence and the flags that came with it.
type Told = (u64, Option<Vec<Vec<u8>>>);

/// The highest mod-sequence that was told, and the clause that a lower HIGHESTMODSEQ breaks.
type Highest = (u64, &'static str);

#[derive(Default)]
pub(super) struct ModSequences {
    selected_by: Option<ExchangeId>,
    messages: HashMap<MessageId, Told>,
    /// By name and UIDVALIDITY.
    mailboxes: HashMap<(Vec<u8>, u64), Highest>,
    /// The name of the selected mailbox, and of the one that was selected when the last SELECT was sent.
    selected: Option<Vec<u8>>,
    left: Option<Vec<u8>>,
}

impl Rule for ModSequences {
    fn opened(&mut self, session: &Session, exchange: ExchangeId, _: &mut Findings) {
        match session.exchange(exchange).command.name.as_str() {
            "SELECT" | "EXAMINE" => {
                let alone = session.open_exchanges().all(|open| open == exchange);
                self.left = self.selected.take().filter(|_| alone && session.state() == State::Selected);
            }
            "CLOSE" | "UNSELECT" | "LOGOUT" | "UNAUTHENTICATE" => self.selected = None,
            // The same name may come to mean another mailbox.
            "CREATE" | "DELETE" | "RENAME" => {
                self.mailboxes.clear();
                self.selected = None;
            }
            _ => {}
        }
    }

    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let Some(response) = seen.line.imap().filter(|_| seen.firm) else { return };
        let Kind::Fetch { number, items } = &response.kind else { return };
        self.fetch(seen, *number, items, found);
    }

    fn applied(&mut self, seen: &Seen<'_>, ended: Option<ExchangeId>, found: &mut Findings) {
        let Some(ended) = ended else { return };
        let exchange = seen.session.exchange(ended);
        if exchange.end.is_none_or(|end| end.status != EndStatus::Ok) {
            // The server may have lost the mailbox, as when another session has deleted it.
            self.selected = None;
            return;
        }
        match exchange.command.name.as_str() {
            "CLOSE" => close(seen, found),
            "SELECT" | "EXAMINE" if seen.sure && seen.none_open() => {
                self.selection(seen, exchange, found);
                self.selected = Some(mailbox_name::canonical(&exchange.command.first_argument()).to_vec());
            }
            _ => {}
        }
    }
}

impl ModSequences {
    fn fetch(&mut self, seen: &Seen<'_>, number: u64, items: &[FetchItem], found: &mut Findings) {
        let octets = &seen.line.octets;
        let value =
            |name: &str| items.iter().find(|item| item.name.of(octets).eq_ignore_ascii_case(name.as_bytes()));
        let Some(item) = value("MODSEQ") else { return };
        let Some([now]) = item.value.list() else { return };
        let (Some(now), Some(mailbox)) = (now.number(), seen.session.mailbox()) else { return };
        if let Some(validity) = mailbox.uid_validity {
            self.note(&mailbox.name, validity, now, "rfc7162-3.1.2-04");
        }
        let Some(message) = mailbox.message(number) else { return };
        if self.selected_by != seen.session.selected_by() || self.messages.len() >= MESSAGES {
            self.selected_by = seen.session.selected_by();
            self.messages.clear();
        }
        let flags = value("FLAGS").map(|flags| flag_names(&flags.value, octets));
        let permanent = mailbox.permanent_flags.as_deref().unwrap_or_default();
        // The answers to several commands may overtake one another.
        let alone = seen.session.open_exchanges().nth(1).is_none();
        if let Some((before, flags_before)) = self.messages.get(&message.id).filter(|_| alone) {
            if now < *before {
                let text = format!("the mod-sequence of message {number} falls from {before}");
                found.at(RISES, "rfc7162-3.1-03", seen.line, item.name.to(item.value.span), text);
            } else if let (Some(flags), Some(flags_before)) = (&flags, flags_before)
                && now == *before
                && let Some(flag) = changed(flags, flags_before, permanent)
            {
                let text = format!(
                    "{} of message {number} changes, and its mod-sequence does not",
                    flag.escape_ascii()
                );
                found.at(RISES, "rfc7162-3.1-03", seen.line, item.name.to(item.value.span), text);
            }
        }
        self.messages.insert(message.id, (now, flags));
    }

    fn selection(&mut self, seen: &Seen<'_>, exchange: &Exchange, found: &mut Findings) {
        let lists = |name: &str| {
            seen.session.capabilities().unwrap_or_default().iter().any(|capability| capability == name)
        };
        let codes = codes(seen.session, exchange);
        let came = |name: &str| codes.iter().find(|(code, _)| code == name);
        let name = mailbox_name::canonical(&exchange.command.first_argument()).to_vec();
        if (lists("CONDSTORE") || lists("QRESYNC"))
            && self.left.take().is_some_and(|left| left != name)
            && came("CLOSED").is_none()
        {
            let message = "no CLOSED has come, though another mailbox was selected";
            found.at(CLOSED, "rfc7162-3.2.11-01", seen.line, seen.whole(), message);
        }
        let Some(mailbox) = seen.session.mailbox() else { return };
        let highest = came("HIGHESTMODSEQ").and_then(|(_, value)| *value);
        let (Some(highest), Some(validity)) = (highest, mailbox.uid_validity) else { return };
        // Without QRESYNC the highest may go with the message that has it.
        let Some((before, clause)) = self.note(&mailbox.name, validity, highest, "rfc7162-3.2-05") else {
            return;
        };
        if highest < before && lists("QRESYNC") {
            let message = format!("HIGHESTMODSEQ is {highest}, and {before} was told before");
            found.at(HIGHEST, clause, seen.line, seen.whole(), message);
        }
    }

    /// Remembers a mod-sequence, and returns the highest before it.
    fn note(&mut self, name: &[u8], validity: u64, value: u64, clause: &'static str) -> Option<Highest> {
        if self.mailboxes.len() >= MAILBOXES {
            self.mailboxes.clear();
        }
        let key = (mailbox_name::canonical(name).to_vec(), validity);
        let before = self.mailboxes.get(&key).copied();
        if before.is_none_or(|(before, _)| before < value) {
            self.mailboxes.insert(key, (value, clause));
        }
        before
    }
}

fn close(seen: &Seen<'_>, found: &mut Findings) {
    let Some(Kind::Tagged { text, .. }) = seen.line.imap().map(|response| &response.kind) else { return };
    if let Some(code) = text.code.as_ref().filter(|code| code.name.is("HIGHESTMODSEQ", &seen.line.octets)) {
        let message = "HIGHESTMODSEQ in the OK to CLOSE";
        found.at(CLOSE, "rfc7162-3.2.8-01", seen.line, code.span, message);
    }
}

/// A flag that is in one list only, and is kept for good.
fn changed<'a>(now: &'a [Vec<u8>], before: &'a [Vec<u8>], permanent: &[Vec<u8>]) -> Option<&'a [u8]> {
    let has = |flags: &[Vec<u8>], flag: &[u8]| flags.iter().any(|other| other.eq_ignore_ascii_case(flag));
    let differs =
        now.iter().filter(|flag| !has(before, flag)).chain(before.iter().filter(|flag| !has(now, flag)));
    differs.map(Vec::as_slice).find(|flag| has(permanent, flag))
}

/// The response codes of the answer's untagged OKs, in upper case, with their number.
fn codes(session: &Session, exchange: &Exchange) -> Vec<(String, Option<u64>)> {
    let lines = session.lines().get(exchange.lines_before..).unwrap_or_default();
    let code = |line: &crate::session::Line| match &line.imap()?.kind {
        Kind::Status { text, .. } | Kind::Tagged { text, .. } => {
            let code = text.code.as_ref()?;
            let name = String::from_utf8_lossy(code.name.raw(&line.octets)).to_ascii_uppercase();
            Some((name, code.arguments.first().and_then(Node::number)))
        }
        _ => None,
    };
    lines.iter().filter_map(code).collect()
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn mod_sequences_of_messages() {
        talk::selected(&[
            (
                "C: FETCH 1 MODSEQ\nS: * 1 FETCH (MODSEQ (5) FLAGS ())\nS: * 1 FETCH (MODSEQ (5) FLAGS (\\Recent \\Flagged x))
                 S: * 1 FETCH (MODSEQ (6) FLAGS (\\Seen))\nS: * 2 FETCH (MODSEQ (4))",
                &[],
            ),
            (
                "C: UID FETCH 1 MODSEQ\nS: * 1 FETCH (UID 3 MODSEQ (5))\nS: * 1 EXPUNGE\nS: * 1 FETCH (UID 4 MODSEQ (4))",
                &[],
            ),
            (
                "C: FETCH 1 MODSEQ\nS: * 1 FETCH (MODSEQ (5))\nS: * 1 FETCH (MODSEQ (4))",
                &["modseq-rises rfc7162-3.1-03"],
            ),
            (
                "C: FETCH 1 MODSEQ\nS: * 1 FETCH (MODSEQ (5) FLAGS (\\Seen))\nS: * 1 FETCH (MODSEQ (5) FLAGS ())",
                &["modseq-rises rfc7162-3.1-03"],
            ),
            (
                "C: FETCH 1 MODSEQ\nC: FETCH 1 MODSEQ\nS: * 1 FETCH (MODSEQ (5))\nS: * 1 FETCH (MODSEQ (4))",
                &[],
            ),
            ("C: CLOSE\nS: a2 OK x", &[]),
            ("C: CLOSE\nS: a2 OK [HIGHESTMODSEQ 5] x", &["close-without-modseq rfc7162-3.2.8-01"]),
        ]);
    }

    fn select(name: &str, tag: &str, more: &str) -> String {
        format!(
            "C: SELECT {name}\n{more}S: * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)
             S: * 1 EXISTS\nS: * 0 RECENT\nS: * OK [UIDVALIDITY 7] x\nS: * OK [UIDNEXT 2] x
             S: * OK [PERMANENTFLAGS ()] x\nS: {tag} OK [READ-WRITE] x\n"
        )
    }

    #[test]
    fn selections() {
        let qresync = "S: * PREAUTH hi\nS: * CAPABILITY IMAP4rev1 QRESYNC ENABLE\n";
        let condstore = "S: * PREAUTH hi\nS: * CAPABILITY IMAP4rev1 CONDSTORE\n";
        let highest = |value: u32| format!("S: * OK [HIGHESTMODSEQ {value}] x\n");
        let closed = "S: * OK [CLOSED] x\n";
        let twice = |capabilities: &str, first: &str, second: &str, expected: &[&str]| {
            let talk = [capabilities, &select("a", "a1", first), &select("a", "a2", second)].concat();
            talk::imap(&[(&talk, expected)]);
        };
        twice(qresync, &highest(5), &highest(5), &[]);
        twice(condstore, &highest(5), &highest(4), &[]);
        twice(qresync, &highest(5), &highest(4), &["highestmodseq-never-falls rfc7162-3.2-05"]);
        let fetched = "C: FETCH 1 MODSEQ\nS: * 1 FETCH (MODSEQ (9))\nS: a2 OK x\n";
        let again = [qresync, &select("a", "a1", ""), fetched, &select("a", "a3", &highest(8))].concat();
        talk::imap(&[(&again, &["highestmodseq-never-falls rfc7162-3.1.2-04"])]);

        let other = |capabilities: &str, more: &str, expected: &[&str]| {
            let talk = [capabilities, &select("a", "a1", ""), &select("b", "a2", more)].concat();
            talk::imap(&[(&talk, expected)]);
        };
        other("S: * PREAUTH hi\n", "", &[]);
        other(condstore, closed, &[]);
        other(condstore, "", &["closed-code rfc7162-3.2.11-01"]);
        let lost =
            [condstore, &select("a", "a1", ""), "C: NOOP\nS: a2 NO it is gone\n", &select("b", "a3", "")]
                .concat();
        talk::imap(&[(&lost, &[])]);
        let between =
            [condstore, &select("a", "a1", ""), "C: UNSELECT\nS: a2 OK x\n", &select("b", "a3", "")].concat();
        talk::imap(&[(&between, &[])]);
    }
}
