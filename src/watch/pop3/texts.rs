//! RETR repeats itself, and TOP is the beginning of it (RFC 1939 sections 5 and 7).

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use crate::{
    session::ExchangeId,
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

use super::answer::{Answer, number};

pub(super) const RETR: &RuleInfo =
    &RuleInfo::pop3("retr-repeats", &["rfc1939-5-RETR-08"], "RETR sends the same octets each time");

pub(super) const TOP: &RuleInfo = &RuleInfo::pop3(
    "top-of-retr",
    &["rfc1939-7-TOP-01", "rfc1939-7-TOP-12"],
    "TOP sends the header, the empty line and the asked number of body lines of what RETR sends",
);

/// Octets of messages that are kept for comparison, and messages whose hash is.
const KEPT: usize = 1 << 20;
const MESSAGES: usize = 100_000;

#[derive(Default)]
pub(super) struct Texts {
    hashes: HashMap<u64, u64>,
    kept: usize,
    messages: HashMap<u64, Vec<u8>>,
    /// By message-number: body lines asked for, and what came.
    tops: HashMap<u64, (u64, Vec<u8>)>,
}

impl Rule for Texts {
    fn applied(&mut self, seen: &Seen<'_>, ended: Option<ExchangeId>, found: &mut Findings) {
        let Some(answer) = Answer::of(seen, ended).filter(|answer| answer.ok) else { return };
        let Some(reply) = seen.line.pop3() else { return };
        let argument = |at: usize| answer.arguments.get(at).and_then(|word| number(word));
        match (answer.name, argument(0), argument(1), answer.arguments.len()) {
            ("RETR", Some(message), None, 1) => {
                let text = reply.unstuffed(&seen.line.octets);
                self.retr(seen, message, &text, found);
            }
            ("TOP", Some(message), Some(lines), 2) => {
                let text = reply.unstuffed(&seen.line.octets);
                if let Some(whole) = self.messages.get(&message) {
                    compare(seen, message, (lines, &text), whole, found);
                } else if self.keep(text.len()) {
                    self.tops.insert(message, (lines, text.into_owned()));
                }
            }
            _ => {}
        }
    }
}

impl Texts {
    fn retr(&mut self, seen: &Seen<'_>, message: u64, text: &[u8], found: &mut Findings) {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let hash = hasher.finish();
        if self.hashes.get(&message).is_some_and(|&before| before != hash) {
            let what = format!("RETR {message} sends other octets than before");
            found.at(RETR, "rfc1939-5-RETR-08", seen.line, seen.line_one(), what);
        }
        if self.hashes.len() < MESSAGES {
            self.hashes.insert(message, hash);
        }
        if let Some((lines, top)) = self.tops.remove(&message) {
            compare(seen, message, (lines, &top), text, found);
        }
        if !self.messages.contains_key(&message) && self.keep(text.len()) {
            self.messages.insert(message, text.to_vec());
        }
    }

    fn keep(&mut self, octets: usize) -> bool {
        let fits = self.kept + octets <= KEPT;
        if fits {
            self.kept += octets;
        }
        fits
    }
}

fn compare(seen: &Seen<'_>, message: u64, (lines, top): (u64, &[u8]), whole: &[u8], found: &mut Findings) {
    // A message without an empty line is all header: the empty line behind it may come or not.
    let Some(header) = header(whole) else { return };
    if !top.starts_with(&whole[..header]) {
        let what = format!("the header that TOP {message} {lines} sends is not that of RETR");
        found.at(TOP, "rfc1939-7-TOP-12", seen.line, seen.line_one(), what);
    } else if top.len() != header + body(&whole[header..], lines) || !whole.starts_with(top) {
        let what = format!("TOP {message} {lines} does not send the header and {lines} lines of the body");
        found.at(TOP, "rfc1939-7-TOP-01", seen.line, seen.line_one(), what);
    }
}

/// The length of the header with its empty line.
fn header(whole: &[u8]) -> Option<usize> {
    if whole.starts_with(b"\r\n") {
        return Some(2);
    }
    memchr::memmem::find(whole, b"\r\n\r\n").map(|at| at + 4)
}

/// The length of the first `lines` lines.
fn body(text: &[u8], lines: u64) -> usize {
    let Some(last) = lines.checked_sub(1) else { return 0 };
    let nth = usize::try_from(last).ok().and_then(|last| memchr::memchr_iter(b'\n', text).nth(last));
    nth.map_or(text.len(), |feed| feed + 1)
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn texts() {
        let whole = "C: RETR 1\nS: +OK\\nA: b\\n\\none\\n..two\\n.\n";
        let then = |rest: &str| [whole, rest].concat();
        talk::logged_in(&[
            (&then(whole), &[]),
            (&then("C: TOP 1 0\nS: +OK\\nA: b\\n\\n.\nC: TOP 1 1\nS: +OK\\nA: b\\n\\none\\n."), &[]),
            (&then("C: TOP 1 9\nS: +OK\\nA: b\\n\\none\\n..two\\n."), &[]),
            (&["C: TOP 1 1\nS: +OK\\nA: b\\n\\none\\n.\n", whole].concat(), &[]),
            ("C: RETR 1\nS: +OK\\nA: b\\n.\nC: TOP 1 0\nS: +OK\\nA: b\\n\\n.", &[]),
            (&then("C: RETR 1\nS: +OK\\nA: b\\n\\nother\\n."), &["retr-repeats rfc1939-5-RETR-08"]),
            (&then("C: TOP 1 0\nS: +OK\\na: b\\n\\n."), &["top-of-retr rfc1939-7-TOP-12"]),
            (&then("C: TOP 1 1\nS: +OK\\nA: b\\n\\none\\n..two\\n."), &["top-of-retr rfc1939-7-TOP-01"]),
            (&["C: TOP 1 1\nS: +OK\\nA: b\\n\\n.\n", whole].concat(), &["top-of-retr rfc1939-7-TOP-01"]),
        ]);
    }
}
