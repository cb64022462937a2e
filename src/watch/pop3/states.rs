//! Commands of the TRANSACTION state are refused before login (RFC 1939 section 3).

use crate::{
    session::{ExchangeId, State},
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

use super::answer::Answer;

pub(super) const RULE: &RuleInfo = &RuleInfo::pop3(
    "transaction-only",
    &["rfc1939-3-29"],
    "STAT, LIST, RETR, DELE, NOOP, RSET, TOP and UIDL get a negative reply before login",
);

pub(super) struct States;

impl Rule for States {
    fn applied(&mut self, seen: &Seen<'_>, ended: Option<ExchangeId>, found: &mut Findings) {
        let Some(answer) = Answer::of(seen, ended).filter(|answer| answer.ok) else { return };
        let transaction = ["STAT", "LIST", "RETR", "DELE", "NOOP", "RSET", "TOP", "UIDL"];
        if seen.session.state() == State::Authorization && transaction.contains(&answer.name) {
            let message = format!("{} is answered +OK before any login", answer.name);
            found.at(RULE, "rfc1939-3-29", seen.line, seen.whole(), message);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn before_login() {
        talk::pop3(&[
            ("S: +OK hi\nC: STAT\nS: -ERR who?\nC: CAPA\nS: +OK\\nUSER\\n.", &[]),
            ("S: +OK hi\nC: USER u\nC: PASS p\nC: STAT\nS: +OK\nS: +OK\nS: +OK 0 0", &[]),
            ("S: +OK hi\nC: STAT\nS: +OK 0 0", &["transaction-only rfc1939-3-29"]),
        ]);
    }
}
