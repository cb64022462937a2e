//! How the text of a message is sent: line ends, byte-stuffing, the final dot (RFC 1939 sections 3 and 11).

use std::sync::Arc;

use memchr::{memchr, memchr_iter};

/// How many octets one piece holds, about.
const PIECE: usize = 8 * 1024;

/// The number of octets that a client receives for the message, before byte-stuffing and without the final dot: each
/// line end counts as two octets, however the message is stored, and so does the one that is added where it lacks its
/// last. STAT and LIST then agree with what RETR sends in every case.
pub(super) fn size(text: &[u8]) -> u64 {
    let lone_lf = memchr_iter(b'\n', text).filter(|&at| is_lone_lf(text, at)).count();
    let added = if ends_with_a_line_end(text) { 0 } else { 2 };
    (text.len() + lone_lf + added) as u64
}

/// Where TOP with so many lines of the body ends in the message: behind the header, the empty line and the lines.
pub(super) fn top(text: &[u8], lines: u64) -> usize {
    let mut wanted = None;
    let mut end = 0;
    for line in text.split_inclusive(|&octet| octet == b'\n') {
        match &mut wanted {
            None if matches!(line, b"\r\n" | b"\n") => wanted = Some(lines),
            None => {}
            Some(0) => break,
            Some(left) => *left -= 1,
        }
        end += line.len();
    }
    end
}

/// Whether the header has UTF-8 beyond ASCII (RFC 6532). Octets in a body are not looked at: 8-bit text has been sent as it
/// is since long before there was a UTF-8 mode. Nor are headers in an older encoding, which no mode could mend.
pub(super) fn wants_utf8(text: &[u8]) -> bool {
    let header = &text[..top(text, 0)];
    !header.is_ascii() && str::from_utf8(header).is_ok()
}

/// A message, or the beginning of one, on its way to the client.
pub(super) struct MessageText {
    text: Arc<[u8]>,
    at: usize,
    end: usize,
    finished: bool,
}

impl MessageText {
    /// The octets of `text` up to `end`.
    pub(super) fn new(text: Arc<[u8]>, end: usize) -> Self {
        Self { text, at: 0, end, finished: false }
    }

    /// Appends the next piece; false if there is none any more.
    pub(super) fn fill(&mut self, output: &mut Vec<u8>) -> bool {
        if self.finished {
            return false;
        }
        let full = output.len() + PIECE;
        while self.at < self.end && output.len() < full {
            self.fill_to_line_end(output);
        }
        if self.at == self.end {
            if !ends_with_a_line_end(&self.text[..self.end]) {
                output.extend_from_slice(b"\r\n");
            }
            output.extend_from_slice(b".\r\n");
            self.finished = true;
        }
        true
    }

    /// Appends the rest of the present line, or so much of it as fits into a piece.
    fn fill_to_line_end(&mut self, output: &mut Vec<u8>) {
        let starts_line = self.at == 0 || self.text[self.at - 1] == b'\n';
        if starts_line && self.text[self.at] == b'.' {
            output.push(b'.');
        }
        let window = &self.text[self.at..self.end.min(self.at + PIECE)];
        let Some(lf) = memchr(b'\n', window) else {
            output.extend_from_slice(window);
            self.at += window.len();
            return;
        };
        output.extend_from_slice(&window[..lf]);
        output.extend_from_slice(if is_lone_lf(&self.text, self.at + lf) { b"\r\n" } else { b"\n" });
        self.at += lf + 1;
    }
}

fn is_lone_lf(text: &[u8], at: usize) -> bool {
    text[at] == b'\n' && (at == 0 || text[at - 1] != b'\r')
}

/// Nothing at all needs no line end either.
fn ends_with_a_line_end(text: &[u8]) -> bool {
    text.last().is_none_or(|&octet| octet == b'\n')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sent(text: &[u8], end: usize) -> Vec<u8> {
        let mut sending = MessageText::new(text.into(), end);
        let mut output = Vec::new();
        while sending.fill(&mut output) {}
        output
    }

    fn retr(text: &[u8]) -> Vec<u8> {
        sent(text, text.len())
    }

    #[test]
    fn lines_are_stuffed_and_ended() {
        for (text, expected) in [
            ("", ".\r\n"),
            ("a", "a\r\n.\r\n"),
            ("a\r\n", "a\r\n.\r\n"),
            ("a\nb\n", "a\r\nb\r\n.\r\n"),
            ("\n", "\r\n.\r\n"),
            (".", "..\r\n.\r\n"),
            (".\r\n..\r\n.x\r\na.b\r\nend.\r\n .y\r\n", "..\r\n...\r\n..x\r\na.b\r\nend.\r\n .y\r\n.\r\n"),
            ("a\n.\nb", "a\r\n..\r\nb\r\n.\r\n"),
            ("a\r.b\r\n", "a\r.b\r\n.\r\n"),
            ("a\r", "a\r\r\n.\r\n"),
            ("a\r\n\r\n.\r\n", "a\r\n\r\n..\r\n.\r\n"),
        ] {
            assert_eq!(retr(text.as_bytes()), expected.as_bytes(), "{text:?}");
        }
    }

    #[test]
    fn a_dot_line_at_any_distance_from_a_piece_is_stuffed() {
        for length in (PIECE - 3..PIECE + 3).chain(2 * PIECE - 3..2 * PIECE + 3) {
            let text = [&vec![b'a'; length], b"\r\n.\r\nb\r\n".as_slice()].concat();
            let expected = [&vec![b'a'; length], b"\r\n..\r\nb\r\n.\r\n".as_slice()].concat();
            assert!(retr(&text) == expected, "{length} octets in front");
        }
    }

    #[test]
    fn top_ends_behind_so_many_lines_of_the_body() {
        let text = b"A: 1\r\nB: 2\r\n\r\none\r\n\r\nthree";
        for (lines, end) in [(0, 14), (1, 19), (2, 21), (3, 26), (4, 26), (u64::MAX, 26)] {
            assert_eq!(top(text, lines), end, "{lines}");
        }
        assert_eq!(top(b"A: 1\nB: 2\n\none\ntwo\n", 1), 15);
        assert_eq!(top(b"A: 1\r\nB: 2\r\n", 0), 12);
        assert_eq!(top(b"\r\none\r\n", 0), 2);
        assert_eq!(top(b"", 5), 0);
    }

    /// What a client makes of a reply: the lines without the dots that were added.
    fn unstuffed(reply: &[u8]) -> Vec<u8> {
        let text = reply.strip_suffix(b".\r\n").expect("the final dot");
        let lines = text.split_inclusive(|&octet| octet == b'\n');
        lines.flat_map(|line| line.strip_prefix(b".").unwrap_or(line)).copied().collect()
    }

    proptest! {
        #[test]
        fn what_a_client_receives_is_the_message_and_has_its_size(
            text in proptest::collection::vec(prop_oneof![Just(b'.'), Just(b'\r'), Just(b'\n'), any::<u8>()], 0..200),
        ) {
            let mut expected = Vec::new();
            for (at, &octet) in text.iter().enumerate() {
                if is_lone_lf(&text, at) {
                    expected.push(b'\r');
                }
                expected.push(octet);
            }
            if !ends_with_a_line_end(&text) {
                expected.extend_from_slice(b"\r\n");
            }
            let reply = retr(&text);
            prop_assert_eq!(size(&text), expected.len() as u64);
            prop_assert_eq!(unstuffed(&reply), expected);
            // The reply ends where it ends: no line before the last is a lone dot.
            let ends = reply.split_inclusive(|&octet| octet == b'\n').filter(|line| line == b".\r\n").count();
            prop_assert_eq!(ends, 1);
        }

        #[test]
        fn top_of_all_lines_is_the_message(text in "(A: b\r\n){0,2}(\r\n)?([a.]{0,2}\r\n){0,4}[a.]{0,2}") {
            prop_assert_eq!(top(text.as_bytes(), u64::MAX), text.len());
        }
    }
}
