//! When EXPUNGE may be sent (RFC 3501 sections 6.4.2 and 7.4.1, RFC 5256 section 3).

use crate::{
    imap::Kind,
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const RULE: &RuleInfo = &RuleInfo::imap(
    "expunge-timing",
    &[
        "rfc3501-6.4.2-03",
        "rfc3501-7.4.1-04",
        "rfc3501-7.4.1-05",
        "rfc3501-7.4.1-06",
        "rfc3501-7.4.1-07",
        "rfc3501-7.4.1-08",
        "rfc5256-3-SORT-04",
        "rfc5256-3-THREAD-08",
    ],
    "EXPUNGE is sent neither between commands nor while FETCH, STORE, SEARCH, SORT, THREAD or CLOSE is answered",
);

pub(super) struct ExpungeTiming;

impl Rule for ExpungeTiming {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let Some(Kind::Expunge(_)) = seen.line.imap().map(|response| &response.kind) else { return };
        let session = seen.session;
        let mut broken = ("rfc3501-7.4.1-04", "EXPUNGE while no command is in progress".to_owned());
        // Legal as soon as one of the open commands may bring it.
        for open in session.open_exchanges() {
            let name = seen.command(open);
            let Some(clause) = forbids(name).or_else(|| negotiates(seen).then_some("rfc3501-7.4.1-08"))
            else {
                return;
            };
            broken = match clause {
                "rfc3501-7.4.1-08" => (clause, format!("EXPUNGE while the literal of {name} is negotiated")),
                _ => (clause, format!("EXPUNGE while {name} is answered")),
            };
        }
        found.at(RULE, broken.0, seen.line, seen.whole(), broken.1);
    }
}

/// The clause that forbids EXPUNGE while this command is answered.
fn forbids(name: &str) -> Option<&'static str> {
    Some(match name {
        "FETCH" => "rfc3501-7.4.1-05",
        "STORE" => "rfc3501-7.4.1-06",
        "SEARCH" => "rfc3501-7.4.1-07",
        "CLOSE" => "rfc3501-6.4.2-03",
        "SORT" => "rfc5256-3-SORT-04",
        "THREAD" => "rfc5256-3-THREAD-08",
        _ => return None,
    })
}

/// Does the only open command wait to be invited to its first literal? Until that is sent, it is not in progress.
fn negotiates(seen: &Seen<'_>) -> bool {
    let Some(only) = seen.only_open() else { return false };
    let exchange = seen.session.exchange(only);
    let since = seen.session.lines().iter().skip(exchange.lines_before);
    let invited = since.filter_map(|line| line.imap()).any(|it| matches!(it.kind, Kind::Continuation(_)));
    !invited && seen.session.scribe().last_sent(ends_in_literal).unwrap_or(false)
}

/// Does a line of a command end with the count of a synchronizing literal?
fn ends_in_literal(octets: &[u8]) -> bool {
    let Some(line) = octets.strip_suffix(b"}\r\n") else { return false };
    let digits = line.iter().rev().take_while(|octet| octet.is_ascii_digit()).count();
    digits > 0 && line.len() > digits && line[line.len() - digits - 1] == b'{'
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn expunges() {
        talk::selected(&[
            ("C: NOOP\nS: * 1 EXPUNGE\nS: a2 OK x", &[]),
            ("C: UID FETCH 1:* FLAGS\nS: * 1 EXPUNGE\nS: a2 OK x", &[]),
            ("C: IDLE\nS: + x\nS: * 1 EXPUNGE\nC~: DONE\nS: a2 OK x", &[]),
            ("C: FETCH 1 FLAGS\nC: NOOP\nS: * 1 EXPUNGE\nS: a2 OK x\nS: a3 OK x", &[]),
            ("C: APPEND x {1}\nS: + x\nC~: y\nS: * 1 EXPUNGE\nS: a2 OK x", &[]),
            ("C: FETCH 1 FLAGS\nS: * 1 EXPUNGE\nS: a2 OK x", &["expunge-timing rfc3501-7.4.1-05"]),
            ("C: STORE 1 FLAGS ()\nS: * 1 EXPUNGE\nS: a2 OK x", &["expunge-timing rfc3501-7.4.1-06"]),
            ("C: SEARCH ALL\nS: * SEARCH\nS: * 1 EXPUNGE\nS: a2 OK x", &["expunge-timing rfc3501-7.4.1-07"]),
            ("C: CLOSE\nS: * 1 EXPUNGE\nS: a2 OK x", &["expunge-timing rfc3501-6.4.2-03"]),
            ("S: * 1 EXPUNGE", &["expunge-timing rfc3501-7.4.1-04"]),
            (
                "C: APPEND x {1}\nS: * 1 EXPUNGE\nS: + x\nC~: y\nS: a2 OK x",
                &["expunge-timing rfc3501-7.4.1-08"],
            ),
        ]);
    }
}
