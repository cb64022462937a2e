//! Commands that must be refused after login, and those that are never refused (RFC 1939 sections 3 to 6).

use crate::{
    pop3::Indicator,
    session::{Closed, ExchangeId, Line, Session, State},
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

use super::answer::{Answer, Marks};

pub(super) const AUTHORIZATION: &RuleInfo = &RuleInfo::pop3(
    "authorization-only",
    &["rfc1939-3-30", "rfc2595-4-04", "rfc6856-2.1-06a"],
    "USER, PASS, APOP, STLS and UTF8 get a negative reply after login",
);

pub(super) const POSITIVE: &RuleInfo = &RuleInfo::pop3(
    "always-positive",
    &["rfc1939-4-17", "rfc1939-5-NOOP-01", "rfc1939-5-RSET-01", "rfc1939-6-02"],
    "NOOP and RSET after login, and QUIT that has no message to remove, get a positive reply",
);

#[derive(Default)]
pub(super) struct Refusals {
    marks: Marks,
    /// A server with EXPIRE 0 (RFC 2449 section 6.7) removes what was fetched.
    fetched: bool,
    state: Option<State>,
    /// A refusal that may be the farewell of a server that closes.
    held: Option<(Line, &'static str)>,
}

impl Rule for Refusals {
    fn opened(&mut self, _: &Session, _: ExchangeId, found: &mut Findings) {
        self.tell(found);
    }

    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        self.tell(found);
        self.state = Some(seen.session.state());
    }

    fn applied(&mut self, seen: &Seen<'_>, ended: Option<ExchangeId>, found: &mut Findings) {
        let Some(answer) = Answer::of(seen, ended) else { return };
        self.marks.learn(&answer);
        self.fetched |= answer.ok && answer.name == "RETR";
        let Some(state) = self.state else { return };
        if answer.ok {
            let clause = match answer.name {
                "USER" | "PASS" | "APOP" => "rfc1939-3-30",
                "STLS" => "rfc2595-4-04",
                "UTF8" => "rfc6856-2.1-06a",
                _ => return,
            };
            if state == State::Transaction {
                let message = format!("{} is answered +OK after login", answer.name);
                found.at(AUTHORIZATION, clause, seen.line, seen.whole(), message);
            }
            return;
        }
        let clause = match (answer.name, state) {
            ("NOOP", State::Transaction) => "rfc1939-5-NOOP-01",
            ("RSET", State::Transaction) => "rfc1939-5-RSET-01",
            ("QUIT", State::Authorization) => "rfc1939-4-17",
            ("QUIT", State::Transaction) if self.marks.0.is_empty() && !self.fetched => "rfc1939-6-02",
            _ => return,
        };
        // A response code tells of trouble that the server has.
        let Some(reply) = seen.line.pop3() else { return };
        let is_plain =
            reply.indicator == Indicator::Err && !reply.text.of(&seen.line.octets).starts_with(b"[");
        if answer.bare && is_plain && reply.code.is_none() {
            self.held = Some((seen.line.clone(), clause));
            // A server closes after QUIT in any case.
            if answer.name == "QUIT" {
                self.tell(found);
            }
        }
    }

    fn closed(&mut self, _: &Session, how: &Closed, _: bool, found: &mut Findings) {
        if *how == Closed::ByClient {
            self.tell(found);
        }
    }
}

impl Refusals {
    fn tell(&mut self, found: &mut Findings) {
        let Some((line, clause)) = self.held.take() else { return };
        let span = crate::fault::Span::new(0, line.text().len().max(1));
        found.at(POSITIVE, clause, &line, span, "a negative reply to a command that can't fail");
    }
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn refusals_that_are_due() {
        talk::logged_in(&[
            ("C: USER u\nS: -ERR in already\nC: STLS\nS: -ERR no\nC: UTF8\nS: -ERR no", &[]),
            ("C: USER u\nS: +OK", &["authorization-only rfc1939-3-30"]),
            ("C: STLS\nS: +OK", &["authorization-only rfc2595-4-04"]),
            ("C: UTF8\nS: +OK", &["authorization-only rfc6856-2.1-06a"]),
        ]);
        talk::pop3(&[("S: +OK hi\nC: USER u\nC: PASS p\nC: STAT\nS: +OK\nS: +OK\nS: +OK 0 0", &[])]);
    }

    #[test]
    fn refusals_that_are_none() {
        talk::logged_in(&[
            ("C: NOOP\nS: +OK\nC: RSET\nS: +OK\nC: QUIT\nS: +OK bye\nEND", &[]),
            ("C: NOOP x\nS: -ERR no argument\nC: NOOP\nS: +OK", &[]),
            ("C: NOOP\nS: -ERR idle too long\nEND", &[]),
            ("C: NOOP\nS: -ERR [SYS/TEMP] later\nC: NOOP\nS: +OK", &[]),
            ("C: DELE 1\nS: +OK\nC: QUIT\nS: -ERR not removed\nEND", &[]),
            ("C: RETR 1\nS: +OK\\nA: b\\n\\n.\nC: QUIT\nS: -ERR not removed\nEND", &[]),
            ("C: NOOP\nS: -ERR no\nC: NOOP\nS: +OK", &["always-positive rfc1939-5-NOOP-01"]),
            ("C: RSET\nS: -ERR no\nC: NOOP\nS: +OK", &["always-positive rfc1939-5-RSET-01"]),
            ("C: QUIT\nS: -ERR no\nEND", &["always-positive rfc1939-6-02"]),
        ]);
        talk::pop3(&[
            ("S: +OK hi\nC: NOOP\nS: -ERR who?\nC: QUIT\nS: +OK\nEND", &[]),
            ("S: +OK hi\nC: QUIT\nS: -ERR no\nEND", &["always-positive rfc1939-4-17"]),
        ]);
    }
}
