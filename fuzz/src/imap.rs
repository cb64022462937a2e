//! The framing of responses (RFC 3501 section 7): lines, with literals in them.

/// # Panics
/// If `answer` is not a sequence of whole responses.
pub fn check(answer: &[u8]) {
    let mut rest = answer;
    while !rest.is_empty() {
        let response = rest;
        let mut first = true;
        loop {
            let end = rest.windows(2).position(|pair| pair == b"\r\n").unwrap_or_else(|| broken(response));
            let line = &rest[..end];
            let stray = |octet: &u8| matches!(octet, 0 | b'\r' | b'\n') || *octet > 0x7f;
            if line.iter().any(stray) || (first && !begins(line)) {
                broken(response);
            }
            rest = &rest[end + 2..];
            let Some(size) = literal(line) else { break };
            rest = rest.get(size..).unwrap_or_else(|| broken(response));
            first = false;
        }
    }
}

fn begins(line: &[u8]) -> bool {
    match line.iter().position(|octet| *octet == b' ') {
        None => false,
        Some(len) => match &line[..len] {
            b"+" => true,
            b"*" => line.len() > 2,
            tag => {
                !tag.is_empty()
                    && [&b" OK "[..], b" NO ", b" BAD "].iter().any(|word| line[len..].starts_with(word))
            }
        },
    }
}

fn literal(line: &[u8]) -> Option<usize> {
    let digits = line.strip_suffix(b"}")?;
    let digits = &digits[digits.iter().rposition(|octet| *octet == b'{')? + 1..];
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn broken(response: &[u8]) -> ! {
    let shown = &response[..response.len().min(500)];
    panic!("not a response: {}", shown.escape_ascii())
}
