//! What was said, client and server in their colours, with the octets to blame marked.

use std::fmt::Write;

use super::text::escaped;
use crate::report::record::{Blame, From, Said, Transcript};

/// Entries that are shown at once; those before them are behind a click.
const SHOWN: usize = 30;

/// Something that went wrong at a place in a transcript.
pub(super) struct Mark<'a> {
    /// How many entries had been written.
    pub(super) entries: usize,
    /// The octets.
    pub(super) blame: Option<Blame>,
    /// What to say there.
    pub(super) label: &'a str,
}

pub(super) fn render(transcript: &Transcript, marks: &[Mark<'_>], html: &mut String) {
    let entries = &transcript.entries;
    if entries.is_empty() {
        return;
    }
    html.push_str("<h4>Exchange</h4>\n");
    // What is marked is shown, whatever came behind it.
    let first_marked = marks.iter().map(|mark| mark.entries.saturating_sub(1)).min().unwrap_or(entries.len());
    let from = entries.len().saturating_sub(SHOWN).min(first_marked.saturating_sub(SHOWN / 3));
    if transcript.omitted > 0 {
        let _ =
            writeln!(html, "<p class=\"gap\">{} entries before these are not kept.</p>", transcript.omitted);
    }
    if from > 0 {
        let _ = writeln!(html, "<details class=\"before\"><summary>{from} entries before</summary>");
        lines(entries, 0..from, marks, html);
        html.push_str("</details>\n");
    }
    lines(entries, from..entries.len(), marks, html);
}

fn lines(entries: &[Said], range: std::ops::Range<usize>, marks: &[Mark<'_>], html: &mut String) {
    html.push_str("<ol class=\"said\">\n");
    for index in range {
        let said = &entries[index];
        let (class, who, name) = match said.from {
            From::Client => ("c", "C:", "client"),
            From::Server => ("s", "S:", "server"),
            From::Note => ("n", "--", "note"),
        };
        let _ = write!(html, "<li class=\"{class}\"><time>{:.1} ms</time>", said.at_ms);
        if !said.session.is_empty() {
            let _ = write!(html, "<b class=\"session\">{}</b>", escaped(&said.session));
        }
        let _ = write!(html, "<b title=\"{name}\">{who}</b><code>");
        let blames = marks.iter().filter_map(|mark| mark.blame).filter(|blame| blame.entry == index);
        blamed(&said.text, blames.collect(), html);
        html.push_str("</code>");
        if said.more > 0 {
            let _ = write!(html, "<i>{} octets more</i>", said.more);
        }
        html.push_str("</li>\n");
        for mark in marks.iter().filter(|mark| mark.entries == index + 1) {
            let _ = writeln!(html, "<li class=\"here\">{}</li>", escaped(mark.label));
        }
    }
    html.push_str("</ol>\n");
}

/// The text with the characters to blame in `<mark>`. Ranges that overlap, or lie outside, are clipped.
fn blamed(text: &str, mut blames: Vec<Blame>, html: &mut String) {
    blames.sort_by_key(|blame| (blame.start, blame.end));
    let mut letters = text.char_indices().map(|(at, _)| at).collect::<Vec<_>>();
    letters.push(text.len());
    let octet = |character: usize| letters[character.min(letters.len() - 1)];
    let mut done = 0;
    for blame in blames {
        let start = octet(blame.start).max(done);
        let end = octet(blame.end).max(start);
        html.push_str(&escaped(&text[done..start]));
        // Where something is missing, the place itself is marked.
        let marked = if start == end { "\u{2038}".to_owned() } else { escaped(&text[start..end]) };
        let _ = write!(html, "<mark>{marked}</mark>");
        done = end;
    }
    html.push_str(&escaped(&text[done..]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_to_blame_are_marked_once_whatever_the_ranges_say() {
        for (ranges, html) in [
            (&[(2, 3)][..], "* <mark>&lt;</mark> é"),
            (&[(2, 3), (2, 5), (9, 12)], "* <mark>&lt;</mark><mark> é</mark><mark>\u{2038}</mark>"),
            (&[(0, 0)], "<mark>\u{2038}</mark>* &lt; é"),
            (&[(4, 2)], "* &lt; <mark>\u{2038}</mark>é"),
            (&[], "* &lt; é"),
        ] {
            let blames = ranges.iter().map(|&(start, end)| Blame { entry: 0, start, end }).collect();
            let mut marked = String::new();
            blamed("* < é", blames, &mut marked);
            assert_eq!(marked, html);
        }
    }
}
