//! The framing of replies (RFC 5321 section 4.2): lines with a code of three digits, all but the last with a hyphen.

/// # Panics
/// If `answer` is not a sequence of whole replies.
pub fn check(answer: &[u8]) {
    let mut open: Option<&[u8]> = None;
    let mut rest = answer;
    while !rest.is_empty() {
        let end = rest.windows(2).position(|pair| pair == b"\r\n");
        let end = end.unwrap_or_else(|| panic!("not a line: {}", rest.escape_ascii()));
        let line = &rest[..end];
        rest = &rest[end + 2..];
        let shown = line.escape_ascii();
        assert!(line.len() >= 4 && line[..3].iter().all(u8::is_ascii_digit), "no reply code: {shown}");
        assert!(matches!(line[3], b' ' | b'-'), "neither space nor hyphen: {shown}");
        assert!(open.is_none_or(|code| code == &line[..3]), "another reply code within a reply: {shown}");
        open = (line[3] == b'-').then_some(&line[..3]);
    }
    assert!(open.is_none(), "a reply has no end");
}
