//! A message marked as deleted can't be named any more (RFC 1939 sections 5 and 7).

use crate::{
    session::ExchangeId,
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

use super::answer::{Answer, Marks, listings, number};

pub(super) const RULE: &RuleInfo = &RuleInfo::pop3(
    "marked-is-gone",
    &["rfc1939-5-DELE-03", "rfc1939-5-LIST-08", "rfc1939-7-UIDL-10"],
    "A message marked as deleted is refused and not listed",
);

#[derive(Default)]
pub(super) struct Marked {
    marks: Marks,
}

impl Rule for Marked {
    fn applied(&mut self, seen: &Seen<'_>, ended: Option<ExchangeId>, found: &mut Findings) {
        let Some(answer) = Answer::of(seen, ended) else { return };
        if answer.ok && !self.marks.0.is_empty() {
            self.judge(seen, &answer, found);
        }
        self.marks.learn(&answer);
    }
}

impl Marked {
    fn judge(&self, seen: &Seen<'_>, answer: &Answer<'_>, found: &mut Findings) {
        let clause = match answer.name {
            "LIST" if answer.bare => "rfc1939-5-LIST-08",
            "UIDL" if answer.bare => "rfc1939-7-UIDL-10",
            "LIST" | "UIDL" | "RETR" | "DELE" | "TOP" => {
                let named = answer.arguments.first().and_then(|word| number(word));
                if let Some(number) = named.filter(|number| self.marks.0.contains(number)) {
                    let message =
                        format!("message {number} is marked as deleted, and {} succeeds", answer.name);
                    found.at(RULE, "rfc1939-5-DELE-03", seen.line, seen.line_one(), message);
                }
                return;
            }
            _ => return,
        };
        for (number, _, span) in listings(seen).filter(|(number, ..)| self.marks.0.contains(number)) {
            let message = format!("message {number} is marked as deleted, and is listed");
            found.at(RULE, clause, seen.line, span, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn marked_messages() {
        let marked = |rest: &str| format!("C: DELE 2\nS: +OK\n{rest}");
        talk::logged_in(&[
            (
                &marked(
                    "C: RETR 2\nS: -ERR gone\nC: LIST\nS: +OK\\n1 9\\n.\nC: RETR 1\nS: +OK\\n1234567\\n.",
                ),
                &[],
            ),
            (&marked("C: RSET\nS: +OK\nC: RETR 2\nS: +OK\\nx\\n."), &[]),
            ("C: DELE 2\nS: -ERR\nC: DELE 2\nS: +OK", &[]),
            (&marked("C: RETR 2\nS: +OK\\nx\\n."), &["marked-is-gone rfc1939-5-DELE-03"]),
            (&marked("C: TOP 2 0\nS: +OK\\nx\\n."), &["marked-is-gone rfc1939-5-DELE-03"]),
            (&marked("C: DELE 2\nS: +OK"), &["marked-is-gone rfc1939-5-DELE-03"]),
            (&marked("C: LIST\nS: +OK\\n1 9\\n2 9\\n."), &["marked-is-gone rfc1939-5-LIST-08"]),
            (&marked("C: UIDL\nS: +OK\\n1 a\\n2 b\\n."), &["marked-is-gone rfc1939-7-UIDL-10"]),
        ]);
    }
}
