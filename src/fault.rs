//! What the grammars of both protocols say about a peer's octets: where, against which clause, and why.

use std::borrow::Cow;
use std::fmt;

/// A range of octets within one frame: `start..end`, counted from the frame's first octet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The first octet.
    pub start: u32,
    /// The octet after the last one.
    pub end: u32,
}

impl Span {
    /// The range `start..end`. The framers bound a frame far below 4 GiB; what lies beyond is clamped.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: clamp(start), end: clamp(end.max(start)) }
    }

    /// The empty range in front of the octet at `at`.
    #[must_use]
    pub fn at(at: usize) -> Self {
        Self::new(at, at)
    }

    /// The octets of this range; empty where the range is not within `octets`.
    #[must_use]
    pub fn of(self, octets: &[u8]) -> &[u8] {
        octets.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    /// How many octets the range holds.
    #[must_use]
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the range holds no octet.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The smallest range that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// How much a fault weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// As much as the catalogue's entry of its clause says.
    Clause,
    /// A note at most, whatever the level of the clause: the entry itself tells this form apart as harmless.
    Note,
}

/// A breach of a protocol's grammar, with the octets that commit it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The id of the clause that is broken, such as `rfc3501-9-03b`.
    pub clause: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// The octets at fault, within the frame.
    pub span: Span,
    /// What is wrong, in a few words.
    pub message: Cow<'static, str>,
}

impl Fault {
    /// A fault that weighs what its clause weighs.
    pub fn new(clause: &'static str, span: Span, message: impl Into<Cow<'static, str>>) -> Self {
        Self { clause, severity: Severity::Clause, span, message: message.into() }
    }

    /// A fault that is worth a note and no more.
    pub fn note(clause: &'static str, span: Span, message: impl Into<Cow<'static, str>>) -> Self {
        Self { clause, severity: Severity::Note, span, message: message.into() }
    }

    /// The fault, the octets around it and a caret under those at fault, in three lines.
    ///
    /// Octets that a terminal would not show as one character are escaped, and a long frame is cut around the
    /// place: `octets` are those of the whole frame.
    #[must_use]
    pub fn render(&self, octets: &[u8]) -> String {
        let at = (self.span.start as usize).min(octets.len());
        let end = (self.span.end as usize).clamp(at, octets.len());
        let from = if at <= BEFORE + 3 { 0 } else { at - BEFORE };
        let until = if octets.len() - at <= AFTER + 3 { octets.len() } else { at + AFTER };

        let mut line = String::from("  | ");
        if from > 0 {
            line.push_str("...");
        }
        escape(&octets[from..at], &mut line);
        let column = line.len();
        escape(&octets[at..end.min(until)], &mut line);
        let width = (line.len() - column).max(1);
        escape(&octets[end.min(until)..until], &mut line);
        if until < octets.len() {
            line.push_str("...");
        }
        let indent = column - 4;
        format!("{self}\n{line}\n  | {:indent$}{}", "", "^".repeat(width))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.clause, self.message)
    }
}

/// Octets shown before and after the place of a fault.
const BEFORE: usize = 48;
const AFTER: usize = 60;

/// Appends `octets` with everything but printable US-ASCII escaped, one column per character.
pub fn escape(octets: &[u8], to: &mut String) {
    for &octet in octets {
        match octet {
            b'\r' => to.push_str("\\r"),
            b'\n' => to.push_str("\\n"),
            b'\t' => to.push_str("\\t"),
            0x20..=0x7E => to.push(char::from(octet)),
            _ => to.push_str(&format!("\\x{octet:02X}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caret_stands_under_the_octets_at_fault() {
        let octets = b"* LIST  () \"/\" \xC3\xA9\r\n";
        let fault = Fault::new("rfc3501-9-03b", Span::new(6, 8), "two spaces");
        insta::assert_snapshot!(fault.render(octets), @r#"
        rfc3501-9-03b: two spaces
          | * LIST  () "/" \xC3\xA9\r\n
          |       ^^
        "#);
        let fault = Fault::new("rfc3501-1.2-01", Span::new(15, 17), "8-bit");
        insta::assert_snapshot!(fault.render(octets), @r#"
        rfc3501-1.2-01: 8-bit
          | * LIST  () "/" \xC3\xA9\r\n
          |                ^^^^^^^^
        "#);
    }

    #[test]
    fn a_long_frame_is_cut_around_the_fault() {
        let mut octets = vec![b'a'; 500];
        octets[250] = b'!';
        let fault = Fault::new("rfc3501-9-61", Span::new(250, 251), "here");
        insta::assert_snapshot!(fault.render(&octets), @"
        rfc3501-9-61: here
          | ...aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...
          |                                                    ^
        ");
    }

    #[test]
    fn a_span_out_of_range_still_renders() {
        let fault = Fault::new("rfc3501-9-61", Span::new(90, 95), "past the end");
        assert!(fault.render(b"short").contains("short"));
        assert!(fault.render(b"").contains('^'));
        assert_eq!(Span::new(90, 95).of(b"short"), b"");
    }
}
