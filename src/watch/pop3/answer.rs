//! A command with its reply, and what it does to the maildrop.

use std::collections::BTreeSet;

use crate::{fault::Span, pop3::Indicator, session::ExchangeId, watch::rule::Seen};

/// A command of POP3 and its reply.
pub(super) struct Answer<'a> {
    /// The keyword in upper case.
    pub(super) name: &'a str,
    /// The argument, if there is exactly one and it is a number.
    pub(super) number: Option<u64>,
    /// Has it no argument?
    pub(super) bare: bool,
    /// The arguments, split at spaces.
    pub(super) arguments: Vec<&'a [u8]>,
    /// Was it answered `+OK`?
    pub(super) ok: bool,
}

impl<'a> Answer<'a> {
    /// The exchange that the line has completed, unless it is doubtful whose reply that was.
    pub(super) fn of(seen: &Seen<'a>, ended: Option<ExchangeId>) -> Option<Self> {
        let command = &seen.session.exchange(ended.filter(|_| seen.sure)?).command;
        let arguments: Vec<&[u8]> =
            command.arguments.split(|&octet| octet == b' ').filter(|word| !word.is_empty()).collect();
        let number = arguments.first().and_then(|word| number(word)).filter(|_| arguments.len() == 1);
        let ok = seen.line.pop3()?.indicator == Indicator::Ok;
        Some(Self { name: &command.name, number, bare: arguments.is_empty(), arguments, ok })
    }
}

/// A message-number or size: plain digits.
pub(super) fn number(word: &[u8]) -> Option<u64> {
    if !word.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(word).ok()?.parse().ok()
}

/// The first two words of the status line's text: `1 120`.
pub(super) fn pair<'a>(seen: &Seen<'a>) -> Option<(u64, &'a [u8])> {
    words(seen.line.pop3()?.text.of(&seen.line.octets))
}

/// The listings of a multi-line reply that fit their form: number, second word, place.
pub(super) fn listings<'a>(seen: &Seen<'a>) -> impl Iterator<Item = (u64, &'a [u8], Span)> + use<'a> {
    let octets: &'a [u8] = &seen.line.octets;
    let lines = seen.line.pop3().into_iter().flat_map(move |reply| reply.lines(octets));
    lines.filter_map(move |line| words(line.content.of(octets)).map(|(n, word)| (n, word, line.content)))
}

fn words(text: &[u8]) -> Option<(u64, &[u8])> {
    let mut words = text.split(|&octet| octet == b' ');
    let number = number(words.next()?)?;
    Some((number, words.next()?))
}

/// The messages marked as deleted, as far as this session has marked them.
#[derive(Debug, Default)]
pub(super) struct Marks(pub(super) BTreeSet<u64>);

impl Marks {
    /// Takes in what a command has done.
    pub(super) fn learn(&mut self, answer: &Answer<'_>) {
        match (answer.name, answer.number) {
            ("DELE", Some(number)) if answer.ok => {
                self.0.insert(number);
            }
            ("RSET", _) if answer.ok => self.0.clear(),
            _ => {}
        }
    }
}
