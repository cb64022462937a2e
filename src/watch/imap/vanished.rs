//! VANISHED: when it comes, in which form, in place of what, and of which messages (RFC 7162 sections 3.2.6 and 3.2.10).

use crate::{
    imap::{Kind, sequence_set},
    session::{ExchangeId, Line, Session, State},
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const TIMING: &RuleInfo = &RuleInfo::imap(
    "vanished-timing",
    &["rfc7162-3.2.10-04", "rfc7162-3.2.8-02"],
    "VANISHED is sent neither between commands nor while FETCH, STORE, SEARCH or CLOSE is answered",
);

pub(super) const EARLIER: &RuleInfo = &RuleInfo::imap(
    "vanished-earlier",
    &["rfc7162-3.2.10-07", "rfc7162-3.2.6-03"],
    "VANISHED (EARLIER) answers only commands that ask for it, and stands before their FETCH responses",
);

pub(super) const REPLACES: &RuleInfo = &RuleInfo::imap(
    "vanished-replaces-expunge",
    &["rfc7162-3.2.10-01"],
    "Once QRESYNC is enabled VANISHED is sent in place of EXPUNGE",
);

pub(super) const KNOWN: &RuleInfo = &RuleInfo::imap(
    "vanished-known",
    &["rfc7162-3.2.10-03"],
    "VANISHED without EARLIER names only messages that the session knows of",
);

/// A VANISHED response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vanished<'a> {
    /// These UIDs have left the mailbox.
    Now(&'a [u8]),
    /// With EARLIER: they had left it before.
    Earlier,
}

impl<'a> Vanished<'a> {
    pub(super) fn of(line: &'a Line) -> Option<Self> {
        let octets = &line.octets;
        let Kind::Other { number: None, name, nodes } = &line.imap()?.kind else { return None };
        match &nodes[..] {
            _ if !name.of(octets).eq_ignore_ascii_case(b"VANISHED") => None,
            [uids] => Some(Self::Now(uids.raw(octets))),
            [_, _] => Some(Self::Earlier),
            _ => None,
        }
    }
}

#[derive(Default)]
pub(super) struct VanishedRules {
    /// The server has told that QRESYNC is enabled.
    enabled: bool,
    /// The mailbox that is selected, or is being selected, has no persistent mod-sequences.
    no_mod_sequences: bool,
}

impl Rule for VanishedRules {
    fn opened(&mut self, session: &Session, exchange: ExchangeId, _: &mut Findings) {
        if matches!(session.exchange(exchange).command.name.as_str(), "SELECT" | "EXAMINE") {
            self.no_mod_sequences = false;
        }
    }

    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        match Vanished::of(seen.line) {
            Some(Vanished::Now(uids)) => {
                judge_timing(seen, found);
                judge_messages(seen, uids, found);
            }
            Some(Vanished::Earlier) => judge_earlier(seen, found),
            None => self.note(seen, found),
        }
    }
}

impl VanishedRules {
    fn note(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let Some(response) = seen.line.imap() else { return };
        let octets = &seen.line.octets;
        match &response.kind {
            Kind::Other { number: None, name, nodes } if name.of(octets).eq_ignore_ascii_case(b"ENABLED") => {
                self.enabled |= nodes.iter().any(|node| node.is("QRESYNC", octets));
            }
            Kind::Status { text, .. } => {
                self.no_mod_sequences |=
                    text.code.as_ref().is_some_and(|code| code.name.is("NOMODSEQ", octets));
            }
            Kind::Expunge(_) if self.enabled && !self.no_mod_sequences => {
                let message = "EXPUNGE, though QRESYNC is enabled";
                found.at(REPLACES, "rfc7162-3.2.10-01", seen.line, seen.whole(), message);
            }
            _ => {}
        }
    }
}

fn judge_timing(seen: &Seen<'_>, found: &mut Findings) {
    let mut broken = ("rfc7162-3.2.10-04", "VANISHED while no command is in progress".to_owned());
    // Legal as soon as one of the open commands may bring it.
    for open in seen.session.open_exchanges() {
        let clause = match seen.command(open) {
            "FETCH" | "STORE" | "SEARCH" => "rfc7162-3.2.10-04",
            "CLOSE" => "rfc7162-3.2.8-02",
            _ => return,
        };
        broken = (clause, format!("VANISHED while {} is answered", seen.command(open)));
    }
    found.at(TIMING, broken.0, seen.line, seen.whole(), broken.1);
}

fn judge_messages(seen: &Seen<'_>, uids: &[u8], found: &mut Findings) {
    let Some(mailbox) = seen.session.mailbox().filter(|_| seen.firm) else { return };
    let too_many = sequence_set::size(uids).zip(mailbox.exists).is_some_and(|(size, exists)| size > exists);
    if too_many || mailbox.holds_uids(uids) == Some(false) {
        let message = "VANISHED of messages that the session was never told of, or was told to be gone";
        found.at(KNOWN, "rfc7162-3.2.10-03", seen.line, seen.whole(), message);
    }
}

fn judge_earlier(seen: &Seen<'_>, found: &mut Findings) {
    let session = seen.session;
    if !session.open_exchanges().any(|open| asks_for_earlier(session, open)) {
        let message = "VANISHED (EARLIER), and no command asks for it";
        found.at(EARLIER, "rfc7162-3.2.10-07", seen.line, seen.whole(), message);
        return;
    }
    let Some(open) = seen.only_open() else { return };
    let answer = session.lines().iter().skip(session.exchange(open).lines_before);
    let kinds = answer.filter_map(|line| line.imap()).map(|response| &response.kind);
    // FETCH responses before the count of a SELECT are of the mailbox that it leaves.
    let counted = session.state() == State::Selected && seen.command(open) == "UID FETCH";
    let behind = kinds.fold((counted, false), |(counted, behind), kind| match kind {
        Kind::Exists(_) => (true, behind),
        Kind::Fetch { .. } => (counted, behind || counted),
        _ => (counted, behind),
    });
    if behind.1 {
        let message = "VANISHED (EARLIER) behind a FETCH response of the same command";
        found.at(EARLIER, "rfc7162-3.2.6-03", seen.line, seen.whole(), message);
    }
}

fn asks_for_earlier(session: &Session, open: ExchangeId) -> bool {
    let command = &session.exchange(open).command;
    let upper = command.arguments.to_ascii_uppercase();
    let mentions = |word: &[u8]| memchr::memmem::find(&upper, word).is_some();
    match command.name.as_str() {
        "UID FETCH" => mentions(b"VANISHED"),
        "SELECT" | "EXAMINE" => mentions(b"QRESYNC"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn vanished() {
        let enabled = "C: ENABLE QRESYNC\nS: * ENABLED QRESYNC\nS: a2 OK x\n\
            C: FETCH 1:3 UID\nS: * 1 FETCH (UID 4)\nS: * 2 FETCH (UID 5)\nS: * 3 FETCH (UID 9)\nS: a3 OK x\n";
        for (rest, findings) in [
            (
                "C: NOOP\nS: * VANISHED 4:5\nS: a4 OK x\nC: FETCH 1 FLAGS\nS: * 1 FETCH (FLAGS ())\nS: a5 OK x",
                &[][..],
            ),
            ("C: UID FETCH 1 UID\nS: * VANISHED 9\nS: a4 OK x", &[]),
            ("C: IDLE\nS: + x\nS: * VANISHED 4\nC~: DONE\nS: a4 OK x", &[]),
            (
                "C: UID FETCH 1:9 UID (CHANGEDSINCE 1 VANISHED)\nS: * VANISHED (EARLIER) 1:3\nS: * 1 FETCH (UID 4 MODSEQ (7))\nS: * VANISHED 9\nS: a4 OK x",
                &[],
            ),
            (
                "C: SELECT b (QRESYNC (1 1))\nS: * 2 FETCH (FLAGS ())\nS: * OK [CLOSED] x\nS: * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\nS: * 1 EXISTS\nS: * 0 RECENT\nS: * VANISHED (EARLIER) 1\nS: * 1 FETCH (UID 2 FLAGS () MODSEQ (7))",
                &[],
            ),
            (
                "C: SELECT b\nS: * OK [NOMODSEQ] x\nS: * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\nS: * 1 EXISTS\nS: * 0 RECENT\nS: * OK [UIDVALIDITY 8] x\nS: * OK [UIDNEXT 9] x\nS: * OK [PERMANENTFLAGS (\\Deleted)] x\nS: a4 OK [READ-WRITE] x\nC: NOOP\nS: * 1 EXPUNGE\nS: a5 OK x",
                &[],
            ),
            ("S: * VANISHED 4", &["vanished-timing rfc7162-3.2.10-04"]),
            (
                "C: SEARCH ALL\nS: * VANISHED 4\nS: * SEARCH\nS: a4 OK x",
                &["vanished-timing rfc7162-3.2.10-04"],
            ),
            ("C: CLOSE\nS: * VANISHED 4\nS: a4 OK x", &["vanished-timing rfc7162-3.2.8-02"]),
            ("C: NOOP\nS: * VANISHED (EARLIER) 1\nS: a4 OK x", &["vanished-earlier rfc7162-3.2.10-07"]),
            (
                "C: UID FETCH 1:9 UID\nS: * VANISHED (EARLIER) 1\nS: a4 OK x",
                &["vanished-earlier rfc7162-3.2.10-07"],
            ),
            (
                "C: UID FETCH 1:9 UID (CHANGEDSINCE 1 VANISHED)\nS: * 1 FETCH (UID 4 MODSEQ (7))\nS: * VANISHED (EARLIER) 1:3\nS: a4 OK x",
                &["vanished-earlier rfc7162-3.2.6-03"],
            ),
            ("C: NOOP\nS: * 1 EXPUNGE\nS: a4 OK x", &["vanished-replaces-expunge rfc7162-3.2.10-01"]),
            ("C: NOOP\nS: * VANISHED 6\nS: a4 OK x", &["vanished-known rfc7162-3.2.10-03"]),
            ("C: NOOP\nS: * VANISHED 4\nS: * VANISHED 4\nS: a4 OK x", &["vanished-known rfc7162-3.2.10-03"]),
        ] {
            talk::selected(&[(&[enabled, rest].concat(), findings)]);
        }
        talk::selected(&[(
            "C: ENABLE QRESYNC\nS: * ENABLED QRESYNC\nS: a2 OK x\nC: NOOP\nS: * VANISHED 1:4\nS: a3 OK x",
            &["vanished-known rfc7162-3.2.10-03"],
        )]);
    }
}
