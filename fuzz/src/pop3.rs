//! The framing of replies (RFC 1939 section 3): status lines, and after some of them lines up to a lone dot.

/// # Panics
/// If `answer` is not made of lines that begin like replies.
pub fn check(answer: &[u8]) {
    let mut rest = answer;
    let mut within = false;
    let mut first = true;
    while !rest.is_empty() {
        let end = rest.windows(2).position(|pair| pair == b"\r\n");
        let end = end.unwrap_or_else(|| panic!("not a line: {}", rest.escape_ascii()));
        let line = &rest[..end];
        rest = &rest[end + 2..];
        let status = line.starts_with(b"+OK") || line.starts_with(b"-ERR") || line.starts_with(b"+ ");
        assert!(!first || status, "not a greeting: {}", line.escape_ascii());
        // Which command a status line answers is not known here: what is no status line belongs to a multi-line reply,
        // and a dot closes one.
        match line {
            b"." => within = false,
            _ if status => {}
            _ => within = true,
        }
        first = false;
    }
    assert!(!within, "a multi-line reply has no end");
}
