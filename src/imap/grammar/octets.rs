//! Rules about single octets, wherever they stand.

use memchr::{memchr, memchr2};

use super::{Enabled, Rules, SYNTAX};
use crate::fault::Span;
use crate::imap::response::Kind;

impl Rules<'_> {
    pub(super) fn all_octets(&mut self, kind: &Kind, enabled: Enabled) {
        for &feed in self.frame.bare_line_feeds {
            let feed = feed as usize;
            self.fault("rfc3501-2.2-02", Span::new(feed, feed + 1), "a line feed without a carriage return");
        }
        let text_from = match kind {
            Kind::Continuation(text) | Kind::Tagged { text, .. } | Kind::Status { text, .. } => {
                text.text.start as usize
            }
            _ => usize::MAX,
        };
        let literals = self.frame.literals;
        let mut start = 0;
        for literal in literals {
            let header = literal.header.of(self.octets);
            if memchr(b'+', header).is_some() {
                self.fault(SYNTAX, literal.header, "the form {n+} is for clients only");
            }
            self.outside_literals(start, literal.content.start as usize, text_from, enabled);
            let brace = literal.header.start as usize;
            let binary = brace > 0 && self.octets[brace - 1] == b'~';
            if !binary && let Some(found) = memchr(0, literal.content.of(self.octets)) {
                let at = literal.content.start as usize + found;
                self.fault("rfc3501-9-04", Span::new(at, at + 1), "a NUL octet in a literal");
            }
            start = literal.content.end as usize;
        }
        self.outside_literals(start, self.octets.len(), text_from, enabled);
    }

    fn outside_literals(&mut self, start: usize, end: usize, text_from: usize, enabled: Enabled) {
        let line = &self.octets[start..end];
        let content = line.strip_suffix(b"\n").unwrap_or(line);
        let content = content.strip_suffix(b"\r").unwrap_or(content);
        let mut at = 0;
        // Each NUL or CR once, and no more of them than a reader could want to see.
        for _ in 0..8 {
            let Some(found) = memchr2(0, b'\r', &content[at..]) else { break };
            at += found;
            let span = Span::new(start + at, start + at + 1);
            if content[at] == 0 {
                self.fault("rfc3501-9-04", span, "a NUL octet");
            } else {
                self.fault(SYNTAX, span, "a carriage return without a line feed");
            }
            at += 1;
        }
        if !content.is_ascii() {
            self.not_ascii(start, content, text_from, enabled);
        }
    }

    fn not_ascii(&mut self, start: usize, content: &[u8], text_from: usize, enabled: Enabled) {
        if enabled.utf8 && std::str::from_utf8(content).is_ok() {
            return;
        }
        let mut in_quotes = false;
        let mut escaped = false;
        let mut at = 0;
        while at < content.len() {
            let octet = content[at];
            if !octet.is_ascii() {
                let length = content[at..].iter().take_while(|octet| !octet.is_ascii()).count();
                let span = Span::new(start + at, start + at + length);
                if start + at >= text_from {
                    self.note("rfc3501-1.2-01", span, "8-bit octets in human-readable text");
                } else if in_quotes {
                    self.fault("rfc3501-4.3-12", span, "8-bit octets in a quoted string");
                } else {
                    self.fault("rfc3501-1.2-01", span, "8-bit octets outside literals");
                }
                // The first run tells enough of this line.
                return;
            }
            match octet {
                _ if escaped => escaped = false,
                b'\\' if in_quotes => escaped = true,
                b'"' => in_quotes = !in_quotes,
                _ => {}
            }
            at += 1;
        }
    }
}
