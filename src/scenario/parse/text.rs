//! The text of a line whose octets know where they stand in the file, and a cursor over it.

use super::mistake::Trouble;
use crate::scenario::program::Place;

/// Text put together from pieces of the file: continued lines, and columns of `cases` in place of `$column`.
#[derive(Debug, Default)]
pub(super) struct Text {
    text: String,
    segments: Vec<Segment>,
}

#[derive(Debug)]
struct Segment {
    /// Where it begins in `text`.
    start: usize,
    /// Where it begins in the file.
    source: usize,
    /// It was put in place of this, for this reason.
    replaced: Option<(Place, String)>,
}

impl Text {
    /// Appends text that stands in the file at `source`.
    pub(super) fn push(&mut self, text: &str, source: usize) {
        self.segments.push(Segment { start: self.text.len(), source, replaced: None });
        self.text.push_str(text);
    }

    /// Appends text that stands for what the file has at `place`.
    pub(super) fn push_replaced(&mut self, text: &str, place: Place, note: String) {
        let replaced = Some((place, note));
        self.segments.push(Segment { start: self.text.len(), source: place.start, replaced });
        self.text.push_str(text);
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// The place in the file of what stands from `start` to `end` here.
    pub(super) fn place(&self, start: usize, end: usize) -> Place {
        let first = self.source_of(start).0;
        // The end belongs to the segment of the octet before it.
        let last = self.source_of(end.max(start + 1) - 1);
        let end = if end <= start { first } else { last.1 };
        Place { start: first, end: end.max(first) }
    }

    /// Where the octet at `at` stands, and what follows it.
    fn source_of(&self, at: usize) -> (usize, usize) {
        match self.segment(at) {
            None => (0, 0),
            Some(Segment { replaced: Some((place, _)), .. }) => (place.start, place.end),
            Some(segment) => {
                let source = segment.source + (at - segment.start);
                (source, source + 1)
            }
        }
    }

    fn segment(&self, at: usize) -> Option<&Segment> {
        let index = self.segments.partition_point(|segment| segment.start <= at);
        self.segments.get(index.checked_sub(1)?)
    }

    /// Tells what a column stands for, where the trouble is in one.
    pub(super) fn explain(&self, trouble: Trouble) -> Trouble {
        let replaced = self.segments.iter().filter_map(|segment| segment.replaced.as_ref());
        let inside = |place: &Place| trouble.place.start <= place.start && place.end <= trouble.place.end;
        match replaced.filter(|(place, _)| inside(place)).map(|(_, note)| note).next() {
            Some(note) => {
                let hint =
                    trouble.hint.as_ref().map_or_else(|| note.clone(), |hint| format!("{hint} ({note})"));
                trouble.hint(hint)
            }
            None => trouble,
        }
    }
}

/// A position in a [`Text`].
#[derive(Debug, Clone)]
pub(super) struct Cursor<'t> {
    pub(super) text: &'t Text,
    pub(super) at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t Text) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.peek_at(0)
    }

    /// The octet `ahead` behind the next one.
    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.text.text.as_bytes().get(self.at + ahead).copied()
    }

    /// The octet before.
    pub(super) fn before(&self) -> Option<u8> {
        self.text.text.as_bytes().get(self.at.checked_sub(1)?).copied()
    }

    pub(super) fn is_end(&self) -> bool {
        self.at >= self.text.text.len()
    }

    pub(super) fn eat(&mut self, what: &str) -> bool {
        let found = self.rest().starts_with(what);
        if found {
            self.at += what.len();
        }
        found
    }

    /// Takes what satisfies the condition.
    pub(super) fn take_while(&mut self, condition: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let taken = &rest[..rest.find(|character| !condition(character)).unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }

    /// The next character, whole.
    pub(super) fn take_char(&mut self) -> Option<&'t str> {
        let rest = self.rest();
        let length = rest.chars().next()?.len_utf8();
        self.at += length;
        Some(&rest[..length])
    }

    pub(super) fn skip_spaces(&mut self) {
        self.take_while(|character| character == ' ');
    }

    /// The place from `start` to here.
    pub(super) fn since(&self, start: usize) -> Place {
        self.text.place(start, self.at)
    }

    /// The place of the word ahead, or of the end of the line.
    pub(super) fn ahead(&self) -> Place {
        let rest = self.rest();
        let length = rest.find(' ').unwrap_or(rest.len()).max(rest.chars().next().map_or(0, char::len_utf8));
        if length == 0 { self.end() } else { self.text.place(self.at, self.at + length) }
    }

    /// The empty place behind the last octet.
    pub(super) fn end(&self) -> Place {
        let last = self.text.place(0, self.text.text.len()).end;
        Place { start: last, end: last }
    }
}

/// Does this begin the name of a capture, a session, a fixture?
pub(super) fn begins_name(octet: Option<u8>) -> bool {
    octet.is_some_and(|octet| octet.is_ascii_lowercase())
}

/// Does this go on in the name of a capture?
pub(super) fn in_capture(character: char) -> bool {
    character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_'
}

/// Does this go on in the name of a session, a fixture, a scenario?
pub(super) fn in_name(character: char) -> bool {
    in_capture(character) || character == '-'
}

/// Is this the name of a session, a scenario, a row?
pub(super) fn is_name(name: &str) -> bool {
    begins_name(name.bytes().next()) && name.chars().all(in_name)
}

/// Is this the name of a capture?
pub(super) fn is_capture(name: &str) -> bool {
    begins_name(name.bytes().next()) && name.chars().all(in_capture)
}
