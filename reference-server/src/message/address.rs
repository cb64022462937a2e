//! Address lists (RFC 5322 sections 3.4 and 4.4), read as ENVELOPE wants them.

/// An address structure (RFC 3501 section 7.4.2). A group begins with one whose `host` is absent and ends with one
/// whose `mailbox` is absent as well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The display name, or the comment that serves as one.
    pub name: Option<Vec<u8>>,
    /// The source route, which nobody uses any more.
    pub route: Option<Vec<u8>>,
    /// The local part without quotes, or the name of a group.
    pub mailbox: Option<Vec<u8>>,
    /// The domain.
    pub host: Option<Vec<u8>>,
}

/// The addresses of a field's text, in order.
#[must_use]
pub fn addresses(text: &[u8]) -> Vec<Address> {
    let mut parser = Parser { tokens: tokens(text), at: 0, addresses: Vec::new(), in_group: false };
    parser.run();
    parser.addresses
}

#[derive(Debug)]
enum Kind {
    /// An atom, the content of a quoted string, or a domain literal with its brackets.
    Word(Vec<u8>),
    Comment(Vec<u8>),
    /// One of `.@,:;<>`.
    Special(u8),
}

#[derive(Debug)]
struct Token {
    kind: Kind,
    /// Whether space or a comment stands before it.
    spaced: bool,
}

impl Token {
    fn is(&self, special: u8) -> bool {
        matches!(self.kind, Kind::Special(found) if found == special)
    }
}

fn tokens(text: &[u8]) -> Vec<Token> {
    let (mut tokens, mut at, mut spaced) = (Vec::new(), 0, false);
    while let Some(&octet) = text.get(at) {
        let kind = match octet {
            b' ' | b'\t' | b'\r' | b'\n' => {
                at += 1;
                spaced = true;
                continue;
            }
            b'"' => Kind::Word(delimited(text, &mut at, b'"', b'"')),
            b'(' => Kind::Comment(delimited(text, &mut at, b'(', b')')),
            b'[' => {
                let inner = delimited(text, &mut at, b'[', b']');
                Kind::Word([b"[".as_slice(), &inner, b"]"].concat())
            }
            b'.' | b'@' | b',' | b':' | b';' | b'<' | b'>' => {
                at += 1;
                Kind::Special(octet)
            }
            _ => {
                let ends = |octet: &u8| b" \t\r\n\"(.@,:;<>".contains(octet);
                let len = text[at..].iter().position(ends).unwrap_or(text.len() - at).max(1);
                at += len;
                Kind::Word(text[at - len..at].to_vec())
            }
        };
        let after_comment = matches!(kind, Kind::Comment(_));
        tokens.push(Token { kind, spaced });
        spaced = after_comment;
    }
    tokens
}

/// The content between `open` and `close`, with escapes resolved and, for comments, nested ones kept.
fn delimited(text: &[u8], at: &mut usize, open: u8, close: u8) -> Vec<u8> {
    let (mut content, mut depth) = (Vec::new(), 1_usize);
    *at += 1;
    while let Some(&octet) = text.get(*at) {
        *at += 1;
        if octet == b'\\' {
            content.extend(text.get(*at));
            *at += 1;
            continue;
        }
        if octet == close {
            depth -= 1;
            if depth == 0 {
                break;
            }
        } else if octet == open {
            depth += 1;
        }
        content.push(octet);
    }
    content
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    addresses: Vec<Address>,
    in_group: bool,
}

impl Parser {
    fn run(&mut self) {
        while self.at < self.tokens.len() {
            let start = self.at;
            while self.tokens.get(self.at).is_some_and(|t| ![b',', b';', b':', b'<'].iter().any(|s| t.is(*s)))
            {
                self.at += 1;
            }
            let before = start..self.at;
            let stop = self.tokens.get(self.at).map(|token| match token.kind {
                Kind::Special(special) => special,
                _ => b',',
            });
            self.at += 1;
            match stop {
                Some(b'<') => self.angle(before),
                Some(b':') if !self.in_group => {
                    self.in_group = true;
                    let mailbox = Some(joined(&self.tokens[before], true));
                    self.addresses.push(Address { mailbox, ..Address::default() });
                }
                Some(b';') => {
                    self.bare(before);
                    self.end_group();
                }
                _ => self.bare(before),
            }
        }
        self.end_group();
    }

    fn end_group(&mut self) {
        if std::mem::take(&mut self.in_group) {
            self.addresses.push(Address::default());
        }
    }

    /// An addr-spec that stands alone.
    fn bare(&mut self, spec: std::ops::Range<usize>) {
        let spec = &self.tokens[spec];
        if spec.iter().all(|token| matches!(token.kind, Kind::Comment(_))) {
            return;
        }
        let name = comment(spec);
        let (mailbox, host) = addr_spec(spec);
        self.addresses.push(Address { name, route: None, mailbox, host });
    }

    /// An address in angle brackets, behind its display name.
    fn angle(&mut self, phrase: std::ops::Range<usize>) {
        let start = self.at;
        while self.tokens.get(self.at).is_some_and(|token| !token.is(b'>')) {
            self.at += 1;
        }
        let inner = &self.tokens[start..self.at];
        let (route, spec) = match inner.iter().position(|token| token.is(b':')) {
            Some(colon) if inner[0].is(b'@') => (Some(joined(&inner[..colon], false)), &inner[colon + 1..]),
            _ => (None, inner),
        };
        let (mailbox, host) = addr_spec(spec);
        // The closing bracket may be missing.
        self.at = self.tokens.len().min(self.at + 1);
        // Whatever follows up to the next comma can only be a comment.
        let after = self.at;
        while self.tokens.get(self.at).is_some_and(|token| !token.is(b',') && !token.is(b';')) {
            self.at += 1;
        }
        let written = joined(&self.tokens[phrase], true);
        let name = if written.is_empty() { comment(&self.tokens[after..self.at]) } else { Some(written) };
        self.addresses.push(Address { name, route, mailbox, host });
        if self.tokens.get(self.at).is_some_and(|token| token.is(b',')) {
            self.at += 1;
        }
    }
}

fn comment(tokens: &[Token]) -> Option<Vec<u8>> {
    tokens.iter().rev().find_map(|token| match &token.kind {
        Kind::Comment(text) => Some(text.trim_ascii().to_vec()),
        _ => None,
    })
}

/// Local part and domain. The domain is empty if there is none: absent, it would mark a group.
fn addr_spec(tokens: &[Token]) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
    match tokens.iter().rposition(|token| token.is(b'@')) {
        Some(at) => (Some(joined(&tokens[..at], false)), Some(joined(&tokens[at + 1..], false))),
        None => (Some(joined(tokens, true)), Some(Vec::new())),
    }
}

/// The text of the tokens without comments; `spaced` keeps one space where there was any.
fn joined(tokens: &[Token], spaced: bool) -> Vec<u8> {
    let mut text = Vec::new();
    for token in tokens {
        if spaced && token.spaced && !text.is_empty() && !matches!(token.kind, Kind::Comment(_)) {
            text.push(b' ');
        }
        match &token.kind {
            Kind::Word(word) => text.extend_from_slice(word),
            Kind::Special(special) => text.push(*special),
            Kind::Comment(_) => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let show = |part: &Option<Vec<u8>>| match part {
            Some(part) => format!("{:?}", String::from_utf8_lossy(part)),
            None => "NIL".to_owned(),
        };
        addresses(text.as_bytes())
            .iter()
            .map(|a| format!("{} {} {} {}", show(&a.name), show(&a.route), show(&a.mailbox), show(&a.host)))
            .collect()
    }

    #[test]
    fn address_lists_are_read_as_the_envelope_wants_them() {
        for (text, wanted) in [
            ("", vec![]),
            (" , ,", vec![]),
            ("a@b.example", vec![r#"NIL NIL "a" "b.example""#]),
            ("A B <a@b>", vec![r#""A B" NIL "a" "b""#]),
            ("John Q. Public <j.q@b>", vec![r#""John Q. Public" NIL "j.q" "b""#]),
            (
                r#""A \"q\" \\ B" <"a b"@c>, d@e"#,
                vec![r#""A \"q\" \\ B" NIL "a b" "c""#, r#"NIL NIL "d" "e""#],
            ),
            ("a@b (The (big) A)", vec![r#""The (big) A" NIL "a" "b""#]),
            ("<@r1,@r2:a@b>", vec![r#"NIL "@r1,@r2" "a" "b""#]),
            ("a@[192.0.2.1]", vec![r#"NIL NIL "a" "[192.0.2.1]""#]),
            (
                "Team: a@b, C <c@d>;, e@f",
                vec![
                    r#"NIL NIL "Team" NIL"#,
                    r#"NIL NIL "a" "b""#,
                    r#""C" NIL "c" "d""#,
                    "NIL NIL NIL NIL",
                    r#"NIL NIL "e" "f""#,
                ],
            ),
            ("undisclosed-recipients:;", vec![r#"NIL NIL "undisclosed-recipients" NIL"#, "NIL NIL NIL NIL"]),
            ("=?utf-8?q?J=C3=B6rg?= <j@x>", vec![r#""=?utf-8?q?J=C3=B6rg?=" NIL "j" "x""#]),
            ("root", vec![r#"NIL NIL "root" """#]),
            ("<a@b", vec![r#"NIL NIL "a" "b""#]),
            ("G: <", vec![r#"NIL NIL "G" NIL"#, r#"NIL NIL "" """#, "NIL NIL NIL NIL"]),
            ("A <a@b", vec![r#""A" NIL "a" "b""#]),
        ] {
            assert_eq!(shown(text), wanted, "{text:?}");
        }
    }
}
