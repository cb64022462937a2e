//! Replies (RFC 5321 section 4.2) with enhanced status codes (RFC 3463).

use std::fmt::Write;

/// A reply: a code, an enhanced status code perhaps, and lines of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    code: u16,
    /// The greeting and the answer to LHLO have none (RFC 2034 section 4).
    status: Option<&'static str>,
    lines: Vec<String>,
}

impl Reply {
    /// A reply of one line.
    pub(super) fn new(code: u16, status: &'static str, text: impl Into<String>) -> Self {
        Self { code, status: Some(status), lines: vec![text.into()] }
    }

    /// A reply without a status code, of one line or more.
    pub(super) fn plain(code: u16, lines: Vec<String>) -> Self {
        Self { code, status: None, lines }
    }

    /// Whether it refuses what it answers.
    pub(super) fn refuses(&self) -> bool {
        self.code >= 400
    }

    /// Its octets.
    pub(super) fn octets(&self) -> Vec<u8> {
        let mut text = String::new();
        let status = self.status.map(|status| format!("{status} ")).unwrap_or_default();
        for (index, line) in self.lines.iter().enumerate() {
            let mark = if index + 1 < self.lines.len() { '-' } else { ' ' };
            // Writing to a String cannot fail.
            let _ = write!(text, "{}{mark}{status}{line}\r\n", self.code);
        }
        text.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_lines_but_the_last_have_a_hyphen() {
        let octets = |reply: Reply| String::from_utf8(reply.octets()).unwrap();
        assert_eq!(octets(Reply::new(250, "2.1.0", "sender ok")), "250 2.1.0 sender ok\r\n");
        assert_eq!(
            octets(Reply::plain(250, vec!["host".into(), "SIZE 1".into()])),
            "250-host\r\n250 SIZE 1\r\n"
        );
    }
}
