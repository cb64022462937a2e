//! A YAML file as a tree in which every node knows its place.
//!
//! Not read into structures by serde, which stops at the first mistake: a file is read on, and all its mistakes are told.

use std::collections::HashSet;

use serde_yaml::granit_parser::{Event, Options, Parser, ScalarStyle, ScanError, Span};

use super::mistake::{Parsed, Trouble};
use crate::scenario::program::Place;

/// A value of the file.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) value: Value,
}

#[derive(Debug)]
pub(super) enum Value {
    Scalar(Scalar),
    Sequence(Vec<Node>),
    Mapping(Vec<(Key, Node)>),
}

#[derive(Debug)]
pub(super) struct Scalar {
    pub(super) text: String,
    /// Written as a block behind `|`.
    pub(super) literal: bool,
    /// Without quotes.
    pub(super) plain: bool,
}

/// A key of a mapping.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) text: String,
    pub(super) place: Place,
}

/// No scenario is nested deeper.
const MAX_DEPTH: usize = 16;

/// The tree of a file, and the keys that stand twice.
pub(super) fn read(text: &str) -> Parsed<(Node, Vec<Trouble>)> {
    let mut options = Options::default();
    options.emit_comments = false;
    let mut reader =
        Reader { parser: Parser::new_from_str_with_options(text, options), text, twice: Vec::new() };
    loop {
        match reader.next()? {
            (Event::StreamStart | Event::DocumentStart(..), _) => {}
            (Event::StreamEnd | Event::DocumentEnd, place) => {
                return Err(Trouble::new(place, "the file is empty", "nothing stands here")
                    .hint("a scenario file has the keys `protocol` and `scenarios`"));
            }
            (event, place) => {
                let node = reader.node(event, place, 0)?;
                reader.end()?;
                return Ok((node, reader.twice));
            }
        }
    }
}

struct Reader<'t> {
    parser: Parser<'t, serde_yaml::granit_parser::StrInput<'t>>,
    text: &'t str,
    twice: Vec<Trouble>,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Parsed<(Event<'t>, Place)> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, self.place(span))),
            Some(Err(error)) => Err(self.syntax(&error)),
            None => Ok((Event::StreamEnd, Place { start: self.text.len(), end: self.text.len() })),
        }
    }

    fn place(&self, span: Span) -> Place {
        let range = span.byte_range().unwrap_or(0..0);
        // The span of a block reaches into the lines behind it; that of an empty value is one character here.
        let trimmed = self.text.get(range.clone()).map_or(0, |text| text.trim_end().len());
        Place { start: range.start, end: range.start + trimmed }
    }

    fn syntax(&self, error: &ScanError) -> Trouble {
        let at = error.marker().byte_offset().unwrap_or(0).min(self.text.len());
        let mut trouble = Trouble::new(Place { start: at, end: at }, error.info(), "here");
        let line_start = self.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        if self.text.get(line_start..).is_some_and(|line| {
            line.lines().next().is_some_and(|line| {
                line.trim_start_matches([' ', '\t']).contains('\t') || line.contains('\t')
            })
        }) {
            trouble = trouble.hint("there is a tab in this line: indent with spaces");
        }
        trouble
    }

    fn node(&mut self, event: Event<'t>, place: Place, depth: usize) -> Parsed<Node> {
        if depth > MAX_DEPTH {
            return Err(Trouble::new(place, "nested too deep", "no scenario needs this"));
        }
        let value = match event {
            Event::Scalar(text, style, ..) => Value::Scalar(Scalar {
                text: text.into_owned(),
                literal: style == ScalarStyle::Literal,
                plain: style == ScalarStyle::Plain,
            }),
            Event::SequenceStart(..) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, end) => {
                            return Ok(Node { place: join(place, end), value: Value::Sequence(items) });
                        }
                        (event, place) => items.push(self.node(event, place, depth + 1)?),
                    }
                }
            }
            Event::MappingStart(..) => {
                let mut entries: Vec<(Key, Node)> = Vec::new();
                let mut known = HashSet::new();
                loop {
                    let key = match self.next()? {
                        (Event::MappingEnd, end) => {
                            return Ok(Node { place: join(place, end), value: Value::Mapping(entries) });
                        }
                        (Event::Scalar(text, ..), place) => Key { text: text.into_owned(), place },
                        (_, place) => return Err(Trouble::new(place, "a key is a word", "not a word")),
                    };
                    let (event, place) = self.next()?;
                    let node = self.node(event, place, depth + 1)?;
                    if !known.insert(key.text.clone()) {
                        let message = format!("`{}` stands twice", key.text);
                        self.twice.push(Trouble::new(key.place, message, "the second"));
                    } else {
                        entries.push((key, node));
                    }
                }
            }
            _ => {
                return Err(Trouble::new(place, "anchors and aliases are not used in scenarios", "an alias")
                    .hint("write the value out"));
            }
        };
        Ok(Node { place, value })
    }

    /// Nothing may follow but the end.
    fn end(&mut self) -> Parsed<()> {
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(()),
                (Event::DocumentEnd, _) => {}
                (_, place) => return Err(Trouble::new(place, "a file is one document", "a second one")),
            }
        }
    }
}

/// From the start of one to the end of the other, where that lies behind it.
fn join(start: Place, end: Place) -> Place {
    Place { start: start.start, end: end.end.max(start.end) }
}

impl Node {
    /// What this is, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self.value {
            Value::Scalar(_) => "a plain value",
            Value::Sequence(_) => "a list",
            Value::Mapping(_) => "a mapping",
        }
    }

    fn unfit(&self, wanted: &str) -> Trouble {
        Trouble::new(self.place, format!("{wanted} is wanted here"), format!("this is {}", self.kind()))
    }

    pub(super) fn scalar(&self) -> Parsed<&Scalar> {
        match &self.value {
            Value::Scalar(scalar) => Ok(scalar),
            _ => Err(self.unfit("a plain value")),
        }
    }

    pub(super) fn text(&self) -> Parsed<&str> {
        Ok(&self.scalar()?.text)
    }

    pub(super) fn truth(&self) -> Parsed<bool> {
        match self.scalar()? {
            Scalar { text, plain: true, .. } if text == "true" => Ok(true),
            Scalar { text, plain: true, .. } if text == "false" => Ok(false),
            _ => Err(Trouble::new(self.place, "this is `true` or `false`", "neither")),
        }
    }

    pub(super) fn sequence(&self) -> Parsed<&[Node]> {
        match &self.value {
            Value::Sequence(items) => Ok(items),
            _ => Err(self.unfit("a list `[…]`")),
        }
    }

    pub(super) fn mapping(&self) -> Parsed<&[(Key, Node)]> {
        match &self.value {
            Value::Mapping(entries) => Ok(entries),
            _ => Err(self.unfit("a mapping `key: value`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_knows_its_place() {
        let text = "a: [x, 'y z']\nb: |\n  C: NOOP\n  S: OK\nc: {}\n";
        let (node, twice) = read(text).unwrap();
        assert!(twice.is_empty());
        let slice = |place: Place| &text[place.start..place.end];
        let entries = node.mapping().unwrap();
        assert_eq!(slice(entries[0].0.place), "a");
        assert_eq!(slice(entries[0].1.place), "[x, 'y z']");
        assert_eq!(slice(entries[0].1.sequence().unwrap()[1].place), "'y z'");
        assert!(entries[1].1.scalar().unwrap().literal);
        assert_eq!(slice(entries[2].1.place), "{}");
    }
}
