//! The reply to LIST or UIDL with a message-number is about that message (RFC 1939 sections 5 and 7).

use crate::{
    session::ExchangeId,
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

use super::answer::{Answer, pair};

pub(super) const RULE: &RuleInfo = &RuleInfo::pop3(
    "number-asked",
    &["rfc1939-5-LIST-01", "rfc1939-7-UIDL-01"],
    "The reply to LIST or UIDL with a message-number begins with that number",
);

pub(super) struct Asked;

impl Rule for Asked {
    fn applied(&mut self, seen: &Seen<'_>, ended: Option<ExchangeId>, found: &mut Findings) {
        let Some(answer) = Answer::of(seen, ended).filter(|answer| answer.ok) else { return };
        let clause = match answer.name {
            "LIST" => "rfc1939-5-LIST-01",
            "UIDL" => "rfc1939-7-UIDL-01",
            _ => return,
        };
        let Some((asked, (number, _))) = answer.number.zip(pair(seen)) else { return };
        if asked != number {
            let message = format!("message {asked} was asked for, and the reply is about {number}");
            found.at(RULE, clause, seen.line, seen.line_one(), message);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn numbers_that_were_asked_for() {
        talk::logged_in(&[
            ("C: LIST 2\nS: +OK 2 120\nC: UIDL 2\nS: +OK 2 b\nC: UIDL 3\nS: -ERR 2 messages", &[]),
            ("C: LIST 2\nS: +OK 1 120", &["number-asked rfc1939-5-LIST-01"]),
            ("C: UIDL 2\nS: +OK 1 a", &["number-asked rfc1939-7-UIDL-01"]),
        ]);
    }
}
