//! The lines of a talk: markers, sessions, continuation, comments.

use super::{
    mistake::{Parsed, Trouble},
    text::{begins_name, in_name},
};
use crate::scenario::program::{ExpectMode, Place, SendMode};

/// A line of a talk with the lines that continue it.
#[derive(Debug)]
pub(super) struct Line<'t> {
    pub(super) place: Place,
    /// The name in front of the marker.
    pub(super) session: Option<(&'t str, Place)>,
    pub(super) marker: Marker<'t>,
    /// The parts of what stands behind the marker, each with its offset in the file.
    pub(super) parts: Vec<(&'t str, usize)>,
    indent: usize,
}

/// What a line begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker<'t> {
    Send { mode: SendMode, label: Option<&'t str> },
    Expect { mode: ExpectMode, label: Option<&'t str> },
    Assert,
    Clause,
    Directive,
}

/// The literal block of a talk: its lines with their offsets in the file.
pub(super) struct Block<'t> {
    pub(super) lines: Vec<(&'t str, usize)>,
}

impl<'t> Block<'t> {
    /// Finds the lines of a literal block in the file: `place` begins at its `|`, `value` is what YAML made of it.
    pub(super) fn locate(text: &'t str, place: Place, value: &str) -> Self {
        let header_end =
            text[place.start..].find('\n').map_or(text.len(), |newline| place.start + newline + 1);
        let mut offset = header_end;
        let mut indent = None;
        let mut lines = Vec::new();
        for wanted in value.lines() {
            let Some(raw) = text.get(offset..).and_then(|rest| rest.split_inclusive('\n').next()) else {
                break;
            };
            let line = raw.trim_end_matches(['\n', '\r']);
            // The indentation of the block is what the first line with text lost.
            if indent.is_none() && !wanted.trim().is_empty() {
                indent = Some(line.len().saturating_sub(wanted.len()));
            }
            let cut = indent.unwrap_or(0).min(line.len());
            lines.push((line.get(cut..).unwrap_or_default(), offset + cut));
            offset += raw.len();
        }
        Self { lines }
    }
}

/// The lines of a block, and what is wrong with their shape.
pub(super) fn split<'t>(block: &Block<'t>) -> (Vec<Line<'t>>, Vec<Trouble>) {
    let mut lines: Vec<Line<'t>> = Vec::new();
    let mut troubles = Vec::new();
    // A line that is no line takes those that would continue it with it.
    let mut broken_at: Option<usize> = None;
    for &(raw, offset) in &block.lines {
        let text = raw.trim_matches(' ');
        let indent = raw.len() - raw.trim_start_matches(' ').len();
        if let Some(tab) = raw.find('\t') {
            let place = Place { start: offset + tab, end: offset + tab + 1 };
            let trouble = Trouble::new(place, "a tab in a talk", "a tab");
            troubles.push(trouble.hint("use spaces; in `C~:` write `\\t`"));
            broken_at = Some(indent);
            continue;
        }
        let start = offset + indent;
        let place = Place { start, end: start + text.len() };
        if text.is_empty() || is_comment(text) {
            continue;
        }
        match read(text, start) {
            Ok(Some((session, marker, body))) => {
                broken_at = None;
                let part = &text[body..];
                let spaces = part.len() - part.trim_start().len();
                let parts = vec![(part.trim_start(), start + body + spaces)];
                lines.push(Line { place, session, marker, parts, indent });
            }
            Ok(None) if broken_at.is_some_and(|above| indent > above) => {}
            Ok(None) => match lines.last_mut() {
                Some(above) if indent > above.indent && broken_at.is_none() => {
                    above.place.end = place.end;
                    above.parts.push((text, start));
                }
                Some(_) => {
                    broken_at = Some(indent);
                    troubles.push(no_marker(text, place));
                }
                None => {
                    broken_at = Some(indent);
                    let trouble = no_marker(text, place);
                    troubles.push(if indent == 0 {
                        trouble
                    } else {
                        Trouble::new(place, "there is no line above that this could continue", "no marker")
                            .hint("a deeper line without a marker continues the one above")
                    });
                }
            },
            Err(trouble) => {
                broken_at = Some(indent);
                troubles.push(trouble);
            }
        }
    }
    (lines, troubles)
}

fn is_comment(text: &str) -> bool {
    // `#2 …` is the continuation of a pattern.
    text.strip_prefix('#').is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
}

fn no_marker(text: &str, place: Place) -> Trouble {
    let word = text.split(' ').next().unwrap_or_default();
    let place = Place { start: place.start, end: place.start + word.len() };
    let trouble = Trouble::new(place, "this line has no marker", "not a marker");
    let markers = ["C:", "C>:", "C~:", "S:", "S!:", "S?:", "--", "=", "§"];
    let hint =
        "a line begins with `C:`, `S:`, `=`, `§`, `--` or `#`, or is deeper than the one that it continues";
    match markers.iter().find(|marker| marker.eq_ignore_ascii_case(word)) {
        Some(marker) => trouble.hint(format!("did you mean `{marker}`?")),
        None => trouble.hint(hint),
    }
}

type Head<'t> = (Option<(&'t str, Place)>, Marker<'t>, usize);

/// Session, marker and the offset of what follows; `None` where the line has no marker.
fn read(text: &str, start: usize) -> Parsed<Option<Head<'_>>> {
    if let Some((marker, body)) = marker(text, start)? {
        return Ok(Some((None, marker, body)));
    }
    if !begins_name(text.bytes().next()) {
        return Ok(None);
    }
    let name = &text[..text.find(|character| !in_name(character)).unwrap_or(text.len())];
    let rest = &text[name.len()..];
    let gap = rest.len() - rest.trim_start_matches(' ').len();
    if gap == 0 {
        return Ok(None);
    }
    let head = name.len() + gap;
    let session = Some((name, Place { start, end: start + name.len() }));
    Ok(marker(&text[head..], start + head)?.map(|(marker, body)| (session, marker, head + body)))
}

fn marker(text: &str, start: usize) -> Parsed<Option<(Marker<'_>, usize)>> {
    for (word, marker) in [("=", Marker::Assert), ("§", Marker::Clause), ("--", Marker::Directive)] {
        if let Some(rest) = text.strip_prefix(word) {
            return Ok((rest.is_empty() || rest.starts_with(' ')).then_some((marker, word.len())));
        }
    }
    let side = match text.as_bytes() {
        [side @ (b'C' | b'S'), b':' | b'[' | b'>' | b'~' | b'!' | b'?', ..] => *side,
        _ => return Ok(None),
    };
    let mut rest = &text[1..];
    let mut label = None;
    if let Some(inside) = rest.strip_prefix('[') {
        let Some((name, behind)) = inside.split_once(']') else { return Ok(None) };
        if !super::text::is_name(name) {
            let place = Place { start: start + 1, end: start + 3 + name.len() };
            return Err(Trouble::new(place, "a label is a lower-case word", "not a label"));
        }
        label = Some(name);
        rest = behind;
    }
    let (mode, behind) = match rest.find(':') {
        Some(colon) if colon <= 1 => rest.split_at(colon + 1),
        _ => return Ok(None),
    };
    let marker = match (side, mode) {
        (b'C', ":") => Marker::Send { mode: SendMode::Await, label },
        (b'C', ">:") => Marker::Send { mode: SendMode::Continue, label },
        (b'C', "~:") => Marker::Send { mode: SendMode::Raw, label },
        (b'S', ":") => Marker::Expect { mode: ExpectMode::Must, label },
        (b'S', "!:") => Marker::Expect { mode: ExpectMode::MustNot, label },
        (b'S', "?:") => Marker::Expect { mode: ExpectMode::May, label },
        _ => {
            let end = start + (text.len() - behind.len());
            return Err(Trouble::new(Place { start, end }, "there is no such marker", "unknown marker")
                .hint("`C:`, `C>:` and `C~:` send; `S:`, `S!:` and `S?:` expect"));
        }
    };
    Ok(Some((marker, text.len() - behind.len())))
}
