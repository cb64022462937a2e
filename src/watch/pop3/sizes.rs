//! Sizes and totals (RFC 1939 sections 5 and 11).

use std::collections::BTreeMap;

use crate::{
    check::verdict::Verdict,
    fault::{Fault, Span},
    session::ExchangeId,
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

use super::answer::{Answer, Marks, listings, number, pair};

pub(super) const FIXED: &RuleInfo = &RuleInfo::pop3(
    "sizes-fixed",
    &["rfc1939-5-LIST-13", "rfc1939-11-04a"],
    "The size of a message stays the same throughout a session, in either form of LIST",
);

pub(super) const EXACT: &RuleInfo = &RuleInfo::pop3(
    "listed-size-exact",
    &["rfc1939-5-LIST-05"],
    "A scan listing gives the octets that RETR sends, without byte-stuffing and terminator",
);

pub(super) const TOTALS: &RuleInfo = &RuleInfo::pop3(
    "stat-totals",
    &["rfc1939-4-14b", "rfc1939-5-STAT-03", "rfc1939-5-STAT-04", "rfc1939-5-STAT-05"],
    "STAT counts the unmarked messages, and its octets are the sum of their sizes",
);

/// Messages that are remembered.
const MESSAGES: usize = 100_000;

#[derive(Default)]
pub(super) struct Sizes {
    marks: Marks,
    /// By message-number: the size, and whether a full listing told it.
    sizes: BTreeMap<u64, (u64, bool)>,
    lengths: BTreeMap<u64, u64>,
    /// A full listing has come, and since then nothing of which it did not speak.
    complete: bool,
    /// The last STAT, if no message was marked or unmarked since.
    stat: Option<(u64, u64)>,
}

impl Rule for Sizes {
    fn applied(&mut self, seen: &Seen<'_>, ended: Option<ExchangeId>, found: &mut Findings) {
        let Some(answer) = Answer::of(seen, ended).filter(|answer| answer.ok) else { return };
        match (answer.name, answer.number) {
            ("STAT", None) if answer.bare => self.stat(seen, found),
            ("LIST", None) if answer.bare => self.listing(seen, found),
            ("LIST", Some(asked)) => {
                if let Some((number, size)) = pair(seen).and_then(|(n, word)| Some((n, number(word)?)))
                    && number == asked
                {
                    self.size(seen, number, size, false, seen.line_one(), found);
                }
            }
            ("RETR", Some(asked)) => {
                let Some(reply) = seen.line.pop3() else { return };
                let length = reply.unstuffed(&seen.line.octets).len() as u64;
                if self.lengths.len() < MESSAGES {
                    self.lengths.insert(asked, length);
                }
                self.compare(seen, asked, seen.line_one(), found);
            }
            ("DELE", Some(asked)) => {
                self.complete &= self.sizes.contains_key(&asked);
                self.stat = None;
            }
            ("RSET", _) => self.stat = None,
            _ => {}
        }
        self.marks.learn(&answer);
    }
}

impl Sizes {
    fn size(
        &mut self,
        seen: &Seen<'_>,
        number: u64,
        size: u64,
        full: bool,
        span: Span,
        found: &mut Findings,
    ) {
        if self.sizes.len() >= MESSAGES && !self.sizes.contains_key(&number) {
            return;
        }
        if let Some((before, before_full)) = self.sizes.insert(number, (size, full))
            && before != size
        {
            let clause = if before_full == full { "rfc1939-11-04a" } else { "rfc1939-5-LIST-13" };
            found.at(FIXED, clause, seen.line, span, format!("message {number} had size {before} before"));
        }
        self.compare(seen, number, span, found);
    }

    /// A message without a final line end is sent with one that its size does not count.
    fn compare(&self, seen: &Seen<'_>, number: u64, span: Span, found: &mut Findings) {
        let (Some(&(size, _)), Some(&length)) = (self.sizes.get(&number), self.lengths.get(&number)) else {
            return;
        };
        if length != size && length != size + 2 {
            let message = format!("LIST gives message {number} a size of {size}, RETR sends {length} octets");
            octets(seen, EXACT, "rfc1939-5-LIST-05", span, message, found);
        }
    }

    fn listing(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let mut count = 0;
        let mut sum = 0u64;
        let mut listed = BTreeMap::new();
        for (message, word, span) in listings(seen) {
            let Some(size) = number(word) else { return };
            count += 1;
            sum = sum.saturating_add(size);
            listed.insert(message, ());
            self.size(seen, message, size, true, span, found);
        }
        self.sizes.retain(|number, _| listed.contains_key(number) || self.marks.0.contains(number));
        self.complete =
            self.marks.0.iter().all(|number| self.sizes.contains_key(number)) && count < MESSAGES as u64;
        if let Some(stat) = self.stat {
            totals(seen, stat, (count, sum), None, found);
        }
    }

    fn stat(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        self.stat = pair(seen).and_then(|(count, word)| Some((count, number(word)?)));
        let Some(stat) = self.stat.filter(|_| self.complete) else { return };
        let sum = |marked: bool| {
            let chosen = self.sizes.iter().filter(|(number, _)| marked || !self.marks.0.contains(number));
            chosen.fold((0, 0u64), |(count, sum), (_, (size, _))| (count + 1, sum.saturating_add(*size)))
        };
        let with_marked = (!self.marks.0.is_empty()).then(|| sum(true));
        totals(seen, stat, sum(false), with_marked, found);
    }
}

/// Compares STAT with the unmarked messages, and with all where some are marked.
fn totals(
    seen: &Seen<'_>,
    stat: (u64, u64),
    listed: (u64, u64),
    all: Option<(u64, u64)>,
    found: &mut Findings,
) {
    if stat == listed {
        return;
    }
    let message =
        format!("STAT tells {} messages of {} octets, LIST {} of {}", stat.0, stat.1, listed.0, listed.1);
    let span = seen.line_one();
    if all.is_some_and(|all| stat.0 == all.0 || stat.1 == all.1) {
        found.at(TOTALS, "rfc1939-5-STAT-05", seen.line, span, message);
    } else if stat.0 != listed.0 {
        // More messages than before are new ones, which a session should not show.
        let clause = if stat.0 > listed.0 && all.is_none() { "rfc1939-4-14b" } else { "rfc1939-5-STAT-03" };
        found.at(TOTALS, clause, seen.line, span, message);
    } else {
        octets(seen, TOTALS, "rfc1939-5-STAT-04", span, message, found);
    }
}

/// A server that announces UTF8 need not be exact (RFC 6856 section 2.1).
fn octets(
    seen: &Seen<'_>,
    rule: &RuleInfo,
    clause: &'static str,
    span: Span,
    message: String,
    found: &mut Findings,
) {
    let utf8 = seen.session.capabilities().is_some_and(|all| all.iter().any(|name| name.starts_with("UTF8")));
    let fault = Fault::new(clause, span, message);
    let at_most = utf8.then_some(Verdict::Note);
    found.push(rule, clause, at_most, seen.line.transcript_position, || fault.render(&seen.line.octets));
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    const LIST: &str = "C: LIST\nS: +OK\\n1 3\\n2 5\\n.\n";

    #[test]
    fn sizes_and_totals() {
        let listed = |rest: &str| [LIST, rest].concat();
        talk::logged_in(&[
            (&listed("C: STAT\nS: +OK 2 8\nC: LIST 1\nS: +OK 1 3\nC: RETR 2\nS: +OK\\n..ab\\n."), &[]),
            (&listed("C: RETR 1\nS: +OK\\nabc\\n.\nC: DELE 1\nS: +OK\nC: STAT\nS: +OK 1 5"), &[]),
            (&listed("C: DELE 1\nS: +OK\nC: RSET\nS: +OK\nC: STAT\nS: +OK 2 8"), &[]),
            (&["C: DELE 3\nS: +OK\n", LIST, "C: RSET\nS: +OK\nC: STAT\nS: +OK 3 99"].concat(), &[]),
            (&listed("C: RETR 1\nS: +OK\\nabcd\\n."), &["listed-size-exact rfc1939-5-LIST-05"]),
            (&listed("C: LIST 1\nS: +OK 1 4"), &["sizes-fixed rfc1939-5-LIST-13"]),
            (&listed("C: LIST\nS: +OK\\n1 4\\n2 5\\n."), &["sizes-fixed rfc1939-11-04a"]),
            (&listed("C: STAT\nS: +OK 2 9"), &["stat-totals rfc1939-5-STAT-04"]),
            (
                &listed("C: CAPA\nS: +OK\\nUTF8\\n.\nC: STAT\nS: +OK 2 9"),
                &["stat-totals rfc1939-5-STAT-04 note"],
            ),
            (&listed("C: STAT\nS: +OK 1 8"), &["stat-totals rfc1939-5-STAT-03"]),
            (&listed("C: STAT\nS: +OK 3 9"), &["stat-totals rfc1939-4-14b"]),
            (&listed("C: DELE 1\nS: +OK\nC: STAT\nS: +OK 2 8"), &["stat-totals rfc1939-5-STAT-05"]),
            (&["C: STAT\nS: +OK 2 7\n", LIST].concat(), &["stat-totals rfc1939-5-STAT-04"]),
        ]);
    }
}
