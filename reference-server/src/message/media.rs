//! Content-Type, Content-Disposition and Content-Language (RFC 2045, RFC 2183, RFC 3282).

/// A parameter: name and value, both as written, the value without quotes.
pub type Parameter = (Vec<u8>, Vec<u8>);

/// A media type with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaType {
    /// `text` in `text/plain`.
    pub kind: Vec<u8>,
    /// `plain` in `text/plain`.
    pub subtype: Vec<u8>,
    /// The parameters in order.
    pub parameters: Vec<Parameter>,
}

/// A content disposition with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disposition {
    /// `inline`, `attachment` or another.
    pub kind: Vec<u8>,
    /// The parameters in order.
    pub parameters: Vec<Parameter>,
}

impl MediaType {
    /// What a part without a Content-Type field is (RFC 2045 section 5.2).
    #[must_use]
    pub fn plain_text() -> Self {
        let charset = (b"CHARSET".to_vec(), b"US-ASCII".to_vec());
        Self { kind: b"TEXT".to_vec(), subtype: b"PLAIN".to_vec(), parameters: vec![charset] }
    }

    /// What a part of a multipart/digest without a Content-Type field is (RFC 2046 section 5.1.5).
    #[must_use]
    pub fn enclosed_message() -> Self {
        Self { kind: b"MESSAGE".to_vec(), subtype: b"RFC822".to_vec(), parameters: Vec::new() }
    }

    /// Reads the text of a Content-Type field.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let mut scanner = Scanner { text, at: 0 };
        let kind = scanner.token()?;
        scanner.special(b'/')?;
        let subtype = scanner.token()?;
        Some(Self { kind, subtype, parameters: scanner.parameters() })
    }

    /// Whether this is the type `kind/subtype`, in any letter case.
    #[must_use]
    pub fn is(&self, kind: &str, subtype: &str) -> bool {
        self.is_kind(kind) && self.subtype.eq_ignore_ascii_case(subtype.as_bytes())
    }

    /// Whether this is a `kind/...`, in any letter case.
    #[must_use]
    pub fn is_kind(&self, kind: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind.as_bytes())
    }

    /// The value of a parameter.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&[u8]> {
        let found = self.parameters.iter().find(|(found, _)| found.eq_ignore_ascii_case(name.as_bytes()));
        found.map(|(_, value)| value.as_slice())
    }
}

impl Disposition {
    /// Reads the text of a Content-Disposition field.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let mut scanner = Scanner { text, at: 0 };
        let kind = scanner.token()?;
        Some(Self { kind, parameters: scanner.parameters() })
    }
}

/// The first token of a field, as for Content-Transfer-Encoding.
pub(super) fn token(text: &[u8]) -> Option<Vec<u8>> {
    Scanner { text, at: 0 }.token()
}

/// The language tags of a Content-Language field.
pub(super) fn languages(text: &[u8]) -> Vec<Vec<u8>> {
    let mut scanner = Scanner { text, at: 0 };
    let mut tags = Vec::new();
    while let Some(tag) = scanner.token() {
        tags.push(tag);
        if scanner.special(b',').is_none() {
            break;
        }
    }
    tags
}

struct Scanner<'t> {
    text: &'t [u8],
    at: usize,
}

impl Scanner<'_> {
    /// Skips space and comments.
    fn skip(&mut self) {
        let mut depth = 0_usize;
        while let Some(&octet) = self.text.get(self.at) {
            match octet {
                b'(' => depth += 1,
                b')' if depth > 0 => depth -= 1,
                b'\\' if depth > 0 => self.at += 1,
                b' ' | b'\t' => {}
                _ if depth > 0 => {}
                _ => return,
            }
            self.at += 1;
        }
    }

    fn special(&mut self, special: u8) -> Option<()> {
        self.skip();
        (self.text.get(self.at) == Some(&special)).then(|| self.at += 1)
    }

    fn token(&mut self) -> Option<Vec<u8>> {
        self.skip();
        let rest = self.text.get(self.at..)?;
        let ends = |octet: &u8| *octet <= b' ' || *octet == 0x7f || b"()<>@,;:\\\"/[]?=".contains(octet);
        let len = rest.iter().position(ends).unwrap_or(rest.len());
        self.at += len;
        (len > 0).then(|| rest[..len].to_vec())
    }

    fn parameters(&mut self) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        while self.next_parameter() {
            let Some(name) = self.token() else { continue };
            if self.special(b'=').is_none() {
                continue;
            }
            self.skip();
            let value = match self.text.get(self.at) {
                Some(b'"') => self.quoted(),
                _ => self.lenient_value(),
            };
            parameters.push((name, value));
        }
        parameters
    }

    /// Goes behind the next semicolon.
    fn next_parameter(&mut self) -> bool {
        let rest = self.text.get(self.at..).unwrap_or_default();
        match rest.iter().position(|octet| *octet == b';') {
            Some(len) => {
                self.at += len + 1;
                true
            }
            None => false,
        }
    }

    fn quoted(&mut self) -> Vec<u8> {
        let mut value = Vec::new();
        self.at += 1;
        while let Some(&octet) = self.text.get(self.at) {
            self.at += 1;
            match octet {
                b'"' => break,
                b'\\' => {
                    value.extend(self.text.get(self.at));
                    self.at += 1;
                }
                _ => value.push(octet),
            }
        }
        value
    }

    /// A value without quotes; much mail has characters there that want some.
    fn lenient_value(&mut self) -> Vec<u8> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let len = rest.iter().position(|octet| b"; \t(".contains(octet)).unwrap_or(rest.len());
        self.at += len;
        rest[..len].to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_read_with_quotes_comments_and_mistakes() {
        let parse = |text: &str| MediaType::parse(text.as_bytes());
        let media =
            parse(r#"Text/Plain (a comment); charset="a\"b"; name=x/y;; format = flowed; empty="""#).unwrap();
        assert!(media.is("text", "plain"));
        assert_eq!(media.parameter("CHARSET").unwrap(), b"a\"b");
        assert_eq!(media.parameter("name").unwrap(), b"x/y");
        assert_eq!(media.parameter("format").unwrap(), b"flowed");
        assert_eq!(media.parameter("empty").unwrap(), b"");
        for text in ["", "text", "text/", "/plain", ";", "(((("] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn languages_are_a_list() {
        assert_eq!(languages(b"en, de (German)"), [b"en".to_vec(), b"de".to_vec()]);
        assert!(languages(b"").is_empty());
    }
}
