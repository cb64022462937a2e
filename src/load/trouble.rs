//! What may go wrong with a command under load.

/// Why a command counts as an error.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Trouble {
    /// NO, BAD or `-ERR`, which no `S:` line allows; the answer.
    #[error("refused: {0}")]
    Refused(String),
    /// The answer is not the one that an `S:` line asks for; what it asks for.
    #[error("the answer is not `{0}`")]
    Unexpected(String),
    /// No answer in the time allowed.
    #[error("no answer in the time allowed")]
    Silence,
    /// The connection has ended; how.
    #[error("{0}")]
    Ended(String),
    /// No connection; why.
    #[error("{0}")]
    NotConnected(String),
    /// The script can't go on: a value is not known.
    #[error("the script can't go on: {0}")]
    Script(String),
    /// The run was over before the answer came.
    #[error("no answer before the run was over")]
    Unfinished,
}

/// An answer as errors are told apart by it: digits, which differ each time, are one.
#[must_use]
pub fn kind_of(answer: &[u8]) -> String {
    const LONGEST: usize = 120;
    let mut kind = String::new();
    let line = answer.split(|&octet| matches!(octet, b'\r' | b'\n')).next().unwrap_or_default();
    // The tag of IMAP says nothing.
    let line = match line.iter().position(|&octet| octet == b' ') {
        Some(space) if !line.starts_with(b"-ERR") && !line.starts_with(b"* ") => &line[space + 1..],
        _ => line,
    };
    for &octet in line {
        if kind.len() >= LONGEST {
            kind.push_str("...");
            break;
        }
        match octet {
            b'0'..=b'9' if kind.ends_with('0') => {}
            b'0'..=b'9' => kind.push('0'),
            octet => crate::fault::escape(&[octet], &mut kind),
        }
    }
    kind
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_that_differ_in_numbers_are_of_one_kind() {
        for (answer, kind) in [
            (&b"a17 NO [INUSE] try 4711\r\n"[..], "NO [INUSE] try 0"),
            (b"-ERR no message 12", "-ERR no message 0"),
            (b"* BYE 3 minutes idle\r\n", "* BYE 0 minutes idle"),
            (b"", ""),
        ] {
            assert_eq!(kind_of(answer), kind);
        }
        assert!(kind_of(&[b'x'; 500]).len() < 130);
    }
}
