//! Unique-ids (RFC 1939 section 7).

use std::collections::HashMap;

use crate::{
    fault::Span,
    session::ExchangeId,
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

use super::answer::{Answer, listings, pair};

pub(super) const FIXED: &RuleInfo = &RuleInfo::pop3(
    "unique-id-fixed",
    &["rfc1939-4-14a", "rfc1939-7-UIDL-15"],
    "A message has the same unique-id throughout a session, in either form of UIDL",
);

pub(super) const UNIQUE: &RuleInfo = &RuleInfo::pop3(
    "unique-id-unique",
    &["rfc1939-7-UIDL-05", "rfc1939-7-UIDL-17"],
    "Different messages have different unique-ids",
);

/// Messages that are remembered.
const MESSAGES: usize = 100_000;

#[derive(Default)]
pub(super) struct UniqueIds {
    /// By message-number, and whether a full listing told it.
    ids: HashMap<u64, (Vec<u8>, bool)>,
    /// As LIST told them: messages of different sizes are different.
    sizes: HashMap<u64, Vec<u8>>,
}

impl Rule for UniqueIds {
    fn applied(&mut self, seen: &Seen<'_>, ended: Option<ExchangeId>, found: &mut Findings) {
        let Some(answer) = Answer::of(seen, ended).filter(|answer| answer.ok) else { return };
        match (answer.name, answer.number) {
            ("LIST", None) if answer.bare => {
                self.sizes =
                    listings(seen).take(MESSAGES).map(|(number, size, _)| (number, size.to_vec())).collect();
            }
            ("UIDL", None) if answer.bare => {
                let mut owners: HashMap<&[u8], u64> = HashMap::new();
                for (number, id, span) in listings(seen).take(MESSAGES) {
                    self.learn(seen, number, id, true, span, found);
                    if let Some(other) = owners.insert(id, number).filter(|&other| other != number) {
                        self.twice(seen, number, other, span, found);
                    }
                }
            }
            ("UIDL", Some(asked)) => {
                if let Some((_, id)) = pair(seen).filter(|(number, _)| *number == asked) {
                    self.learn(seen, asked, id, false, seen.line_one(), found);
                }
            }
            _ => {}
        }
    }
}

impl UniqueIds {
    fn learn(
        &mut self,
        seen: &Seen<'_>,
        number: u64,
        id: &[u8],
        full: bool,
        span: Span,
        found: &mut Findings,
    ) {
        if self.ids.len() >= MESSAGES {
            return;
        }
        if let Some((before, before_full)) = self.ids.insert(number, (id.to_vec(), full))
            && before != id
        {
            let clause = if before_full == full { "rfc1939-4-14a" } else { "rfc1939-7-UIDL-15" };
            let message = format!("message {number} had the unique-id {} before", before.escape_ascii());
            found.at(FIXED, clause, seen.line, span, message);
        }
    }

    /// Identical copies may share a unique-id.
    fn twice(&self, seen: &Seen<'_>, number: u64, other: u64, span: Span, found: &mut Findings) {
        let message = format!("messages {other} and {number} have the same unique-id");
        match (self.sizes.get(&number), self.sizes.get(&other)) {
            (Some(a), Some(b)) if a != b => found.at(UNIQUE, "rfc1939-7-UIDL-05", seen.line, span, message),
            _ => found.note(UNIQUE, "rfc1939-7-UIDL-17", seen.line, span, message),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn unique_ids() {
        let listed = |rest: &str| ["C: UIDL\nS: +OK\\n1 a\\n2 b\\n.\n", rest].concat();
        talk::logged_in(&[
            (&listed("C: UIDL 2\nS: +OK 2 b\nC: UIDL\nS: +OK\\n1 a\\n2 b\\n."), &[]),
            (&listed("C: DELE 1\nS: +OK\nC: UIDL\nS: +OK\\n2 b\\n."), &[]),
            (&listed("C: UIDL 2\nS: +OK 2 c"), &["unique-id-fixed rfc1939-7-UIDL-15"]),
            (
                &listed("C: UIDL\nS: +OK\\n1 b\\n2 a\\n."),
                &["unique-id-fixed rfc1939-4-14a", "unique-id-fixed rfc1939-4-14a"],
            ),
            ("C: UIDL\nS: +OK\\n1 a\\n2 a\\n.", &["unique-id-unique rfc1939-7-UIDL-17 note"]),
            (
                "C: LIST\nS: +OK\\n1 7\\n2 8\\n.\nC: UIDL\nS: +OK\\n1 a\\n2 a\\n.",
                &["unique-id-unique rfc1939-7-UIDL-05"],
            ),
        ]);
    }
}
