//! What was said up to a failure.

use std::fmt::Write;
use std::time::Duration;

use anstyle::AnsiColor;

use super::Look;
use super::layout::{counted, number, tame};
use crate::check::exit::Require;
use crate::fault::escape;
use crate::session::transcript::{Entry, Event, Excerpt, Transcript};

/// Entries that are shown.
const SHOWN: usize = 20;
/// Columns of an entry that are shown; the rest is counted.
const COLUMNS: usize = 240;

/// The last entries of the first `position` that were written. All of both with `-v`. Empty if nothing was said.
pub(super) fn render(transcript: &Transcript, position: usize, look: &Look) -> String {
    let entries = transcript.entries();
    let until = transcript.index_at(position);
    let from = if look.verbose { 0 } else { until.saturating_sub(SHOWN) };
    let Some(first) = entries.first().filter(|_| until > from) else { return String::new() };
    let width = entries[from..until].iter().map(|entry| entry.session.chars().count()).max().unwrap_or(0);
    let mut text = if from > 0 {
        format!(
            "  exchange, the last {} of {}:\n",
            until - from,
            counted(until, "entry").replace("entrys", "entries")
        )
    } else {
        "  exchange:\n".to_owned()
    };
    for (index, entry) in entries.iter().enumerate().take(until).skip(from) {
        if let Some((gap, missing)) = transcript.gap().filter(|(gap, _)| *gap == index) {
            let _ = writeln!(
                text,
                "      ... {} entries are not kept after the first {gap} ...",
                number(missing as u64)
            );
        }
        line(entry, first.at, width, look, &mut text);
    }
    text
}

/// All that is kept of a transcript, without colours: of a session under load these are the last entries.
#[must_use]
pub(crate) fn plain(transcript: &Transcript) -> String {
    let look = Look {
        colour: false,
        verbose: false,
        require: Require::Must,
        telling: false,
        live: false,
        target: String::new(),
    };
    let zero = transcript.entries().first().map_or(Duration::ZERO, |first| first.at);
    let mut text = String::new();
    for entry in transcript.entries() {
        line(entry, zero, 0, &look, &mut text);
    }
    text
}

/// One entry, in milliseconds since `zero`.
pub(super) fn line(entry: &Entry, zero: Duration, width: usize, look: &Look, text: &mut String) {
    let milliseconds = entry.at.saturating_sub(zero).as_secs_f64() * 1e3;
    let name = if width > 0 || !entry.session.is_empty() {
        format!("{:width$} ", entry.session)
    } else {
        String::new()
    };
    let (style, marker, said) = match &entry.event {
        Event::Sent(excerpt) => (AnsiColor::Blue.on_default(), "C:", shown(excerpt, look)),
        Event::Received(excerpt) => (AnsiColor::Green.on_default(), "S:", shown(excerpt, look)),
        Event::Note(note) => (AnsiColor::BrightBlack.on_default(), "--", tame(note)),
    };
    let marker = look.paint(style, marker, 2);
    let _ = writeln!(text, "  {milliseconds:>9.1} ms  {name}{marker} {said}");
}

/// The octets escaped, without the CRLF that ends nearly everything.
fn shown(excerpt: &Excerpt, look: &Look) -> String {
    let octets = excerpt.octets.as_slice();
    let octets = if excerpt.more == 0 { octets.strip_suffix(b"\r\n").unwrap_or(octets) } else { octets };
    let mut text = String::new();
    let mut kept = 0;
    for octet in octets {
        if text.len() >= COLUMNS && !look.verbose {
            break;
        }
        escape(std::slice::from_ref(octet), &mut text);
        kept += 1;
    }
    let more = octets.len() - kept + excerpt.more;
    if more > 0 {
        let _ = write!(text, "... ({} more)", counted(more, "octet"));
    }
    text
}
