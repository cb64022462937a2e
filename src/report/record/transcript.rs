//! What is kept of what was said, and where in it the octets to blame stand.

use super::milliseconds;
use super::model::{Blame, From, Said, Transcript};
use crate::fault::escape;
use crate::session::transcript::{Entry, Event, Excerpt, Transcript as Written};

/// Entries that are kept before the last failure of a talk.
const BEFORE: usize = 200;
/// Entries that are kept behind it.
const BEHIND: usize = 10;
/// Octets that are kept of one entry.
const OCTETS: usize = 2000;
/// Characters that are kept of one transcript.
const CHARACTERS: usize = 100_000;
/// Entries in front of a failure in which the octets to blame are looked for.
const SEARCHED: usize = 40;

/// How much may still be kept in a run.
#[derive(Debug)]
pub(super) struct Budget {
    characters: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { characters: 64 << 20 }
    }
}

/// The end of a transcript, up to a little behind `position`.
pub(super) fn keep(written: &Written, position: Option<usize>, budget: &mut Budget) -> Transcript {
    let entries = written.entries();
    let until = position.map_or(entries.len(), |at| written.index_at(at).saturating_add(BEHIND));
    let until = until.min(entries.len());
    let zero = entries.first().map_or_else(Default::default, |first| first.at);
    let allowed = budget.characters.min(CHARACTERS);
    let mut used = 0;
    let mut kept: Vec<Said> = Vec::new();
    for entry in entries[..until].iter().rev().take(BEFORE + BEHIND) {
        let said = said(entry, zero);
        used += said.text.len() + said.session.len();
        if used > allowed {
            break;
        }
        kept.push(said);
    }
    kept.reverse();
    budget.characters -= used.min(allowed);
    let first = until - kept.len();
    let missing = written.gap().filter(|(gap, _)| *gap < until).map_or(0, |(_, missing)| missing);
    Transcript { omitted: first + missing, entries: kept }
}

/// How many entries of `kept` had been written by `position`.
pub(super) fn index_of_entry(written: &Written, position: usize, kept: &Transcript) -> usize {
    let until = written.index_at(position);
    let missing = written.gap().filter(|(gap, _)| *gap < until).map_or(0, |(_, missing)| missing);
    (until + missing).saturating_sub(kept.omitted).min(kept.entries.len())
}

fn said(entry: &Entry, zero: std::time::Duration) -> Said {
    let (from, (text, more)) = match &entry.event {
        Event::Sent(excerpt) => (From::Client, shown(excerpt)),
        Event::Received(excerpt) => (From::Server, shown(excerpt)),
        Event::Note(note) => (From::Note, (note.chars().take(OCTETS).collect(), 0)),
    };
    let at_ms = milliseconds(entry.at.saturating_sub(zero));
    Said { at_ms, session: entry.session.to_string(), from, text, more }
}

/// Escaped, without the CRLF that ends nearly everything, and how many octets more there are.
fn shown(excerpt: &Excerpt) -> (String, usize) {
    let octets = excerpt.octets.as_slice();
    let octets = if excerpt.more == 0 { octets.strip_suffix(b"\r\n").unwrap_or(octets) } else { octets };
    let kept = octets.len().min(OCTETS);
    let mut text = String::new();
    escape(&octets[..kept], &mut text);
    (text, octets.len() - kept + excerpt.more)
}

/// Where the octets above the caret of `message` stand among the first `until` entries: the last of the server that has them.
/// An entry whose CRLF is to blame gets it back.
pub(super) fn blame(message: &str, until: usize, kept: &mut Transcript) -> Option<Blame> {
    let (quoted, start, end) = caret(message)?;
    let from = until.saturating_sub(SEARCHED);
    for index in (from..until).rev() {
        let said = kept.entries.get_mut(index)?;
        if said.from != From::Server {
            continue;
        }
        let complete = if said.more == 0 { format!("{}\\r\\n", said.text) } else { said.text.clone() };
        let Some(found) = complete.find(quoted) else { continue };
        // All of both is US-ASCII: octets are characters.
        let (start, end) = (found + start, (found + end).min(complete.len()));
        if end > said.text.len() {
            said.text = complete;
        }
        return Some(Blame { entry: index, start: start.min(end), end });
    }
    None
}

/// The text above the caret of a message, without the dots where it was cut, and from where to where the caret points in it.
fn caret(message: &str) -> Option<(&str, usize, usize)> {
    let lines: Vec<&str> = message.lines().collect();
    let (quoted, carets) = lines.windows(2).find_map(|pair| {
        let (above, below) = (pair[0].strip_prefix("  | ")?, pair[1].strip_prefix("  | ")?);
        let pointed = below.trim_start_matches(' ');
        (!pointed.is_empty() && pointed.bytes().all(|c| c == b'^')).then_some((above, below))
    })?;
    let start = carets.find('^')?;
    let end = carets.len().min(quoted.len().max(start));
    // Octets are cut only where there are many, so that three dots at either end stand for them.
    let cut = quoted.strip_prefix("...").filter(|_| start >= 3);
    let (quoted, moved) = cut.map_or((quoted, 0), |rest| (rest, 3));
    let quoted = quoted.strip_suffix("...").filter(|rest| rest.len() >= end - moved).unwrap_or(quoted);
    (!quoted.is_empty() && quoted.is_ascii()).then_some((quoted, start - moved, end - moved))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::{Fault, Span};

    fn transcript(lines: &[&[u8]]) -> Transcript {
        let entries = lines.iter().map(|octets| {
            let (text, more) = shown(&Excerpt::of(octets));
            Said { at_ms: 0.0, session: String::new(), from: From::Server, text, more }
        });
        Transcript { omitted: 0, entries: entries.collect() }
    }

    #[test]
    fn the_octets_above_the_caret_are_found() {
        let long = [b"* OK ".as_slice(), &[b'x'; 300], b"!", &[b'y'; 300], b"\r\n"].concat();
        let lines: [&[u8]; 3] = [b"* LIST  () \"/\" \xC3\xA9\r\n", &long, b"* 1 EXISTS\n\r\n"];
        for (line, span, text) in [
            (0, Span::new(6, 8), "  "),
            (0, Span::new(15, 17), "\\xC3\\xA9"),
            (0, Span::new(17, 19), "\\r\\n"),
            (1, Span::new(305, 306), "!"),
            (2, Span::new(10, 11), "\\n"),
        ] {
            let message = Fault::new("rfc3501-9-03b", span, "wrong").render(lines[line]);
            let mut kept = transcript(&lines);
            let blame = blame(&message, 3, &mut kept).unwrap();
            assert_eq!(blame.entry, line, "{message}");
            assert_eq!(&kept.entries[line].text[blame.start..blame.end], text, "{message}");
        }
    }

    #[test]
    fn what_has_no_caret_or_did_not_come_blames_nothing() {
        let mut kept = transcript(&[b"* OK\r\n"]);
        for message in ["nothing came", "a\n  | quoted\n  | also", "a\n  | NO\n  | ^^", "  | \n  | ^"] {
            assert_eq!(blame(message, 1, &mut kept), None, "{message}");
        }
    }

    #[test]
    fn a_run_keeps_no_more_than_its_budget() {
        let shared = std::sync::Arc::default();
        let scribe = crate::session::transcript::Scribe::new("", std::sync::Arc::clone(&shared));
        for _ in 0..300 {
            scribe.received(std::time::Duration::ZERO, &[b'x'; 1000]);
        }
        let written = std::mem::take(&mut *shared.lock().unwrap());
        let mut budget = Budget { characters: 150_000 };
        let kept = |budget: &mut Budget| keep(&written, Some(250), budget).entries.len();
        assert_eq!([kept(&mut budget), kept(&mut budget), kept(&mut budget)], [100, 50, 0]);
    }
}
