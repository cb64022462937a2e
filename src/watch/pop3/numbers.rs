//! Messages are numbered from 1 without gaps (RFC 1939 sections 4, 5 and 7).

use std::collections::BTreeSet;

use crate::{
    session::ExchangeId,
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

use super::answer::{Answer, Marks, listings};

pub(super) const RULE: &RuleInfo = &RuleInfo::pop3(
    "listed-once",
    &["rfc1939-4-12", "rfc1939-5-LIST-03", "rfc1939-7-UIDL-02"],
    "LIST and UIDL list each unmarked message exactly once, and a session's first listing has no gap",
);

#[derive(Default)]
pub(super) struct Numbers {
    marks: Marks,
    /// Messages that others remove later may leave gaps.
    listed: bool,
}

impl Rule for Numbers {
    fn applied(&mut self, seen: &Seen<'_>, ended: Option<ExchangeId>, found: &mut Findings) {
        let Some(answer) = Answer::of(seen, ended) else { return };
        self.marks.learn(&answer);
        let clause = match answer.name {
            "LIST" => "rfc1939-5-LIST-03",
            "UIDL" => "rfc1939-7-UIDL-02",
            _ => return,
        };
        if !answer.ok || !answer.bare {
            return;
        }
        let mut numbers = BTreeSet::new();
        for (number, _, span) in listings(seen) {
            if !numbers.insert(number) {
                found.at(RULE, clause, seen.line, span, format!("message {number} is listed twice"));
            }
        }
        if std::mem::replace(&mut self.listed, true) {
            return;
        }
        let present = |number: &u64| numbers.contains(number) || self.marks.0.contains(number);
        let last = numbers.last().copied().unwrap_or(0);
        // The first gap is near: there are fewer listings than numbers then.
        if let Some(gap) = (1..=last).find(|number| !present(number)) {
            let clause = if self.marks.0.is_empty() { "rfc1939-4-12" } else { clause };
            let message = format!("no message has number {gap}, though {last} has one");
            found.at(RULE, clause, seen.line, seen.whole(), message);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn numbers() {
        talk::logged_in(&[
            ("C: LIST\nS: +OK\\n1 10\\n2 20\\n.", &[]),
            ("C: LIST\nS: +OK\\n2 20\\n1 10\\n.\nC: DELE 1\nS: +OK\nC: LIST\nS: +OK\\n2 20\\n.", &[]),
            ("C: DELE 1\nS: +OK\nC: UIDL\nS: +OK\\n2 b\\n.", &[]),
            ("C: LIST\nS: +OK\\n1 1\\n2 2\\n.\nC: LIST\nS: +OK\\n2 2\\n.", &[]),
            ("C: LIST\nS: +OK\\n1 10\\n3 20\\n.", &["listed-once rfc1939-4-12"]),
            ("C: DELE 2\nS: +OK\nC: LIST\nS: +OK\\n1 1\\n4 2\\n.", &["listed-once rfc1939-5-LIST-03"]),
            ("C: UIDL\nS: +OK\\n1 a\\n1 a\\n.", &["listed-once rfc1939-7-UIDL-02"]),
        ]);
    }
}
