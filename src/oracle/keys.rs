//! Reads search keys: `search` of RFC 3501 section 9.

use jiff::civil::Date;

use super::date;

/// A search key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// `ALL`
    All,
    /// A sequence set of message sequence numbers; `None` is `*`.
    Numbers(Vec<(Option<u32>, Option<u32>)>),
    /// `UID` and a set.
    Uids(Vec<(Option<u32>, Option<u32>)>),
    /// `ANSWERED`, `KEYWORD x`, …: this flag is set.
    Flag(String),
    /// `RECENT`
    Recent,
    /// `HEADER name string`, `FROM string`, …
    Field(String, String),
    /// `BODY`
    Body(String),
    /// `TEXT`
    Text(String),
    /// `BEFORE`
    Before(Date),
    /// `ON`
    On(Date),
    /// `SINCE`
    Since(Date),
    /// `SENTBEFORE`
    SentBefore(Date),
    /// `SENTON`
    SentOn(Date),
    /// `SENTSINCE`
    SentSince(Date),
    /// `LARGER`
    Larger(u64),
    /// `SMALLER`
    Smaller(u64),
    /// `NOT`, and every `UN…`.
    Not(Box<Key>),
    /// `OR`
    Or(Box<Key>, Box<Key>),
    /// Several keys in a row, or in parentheses.
    And(Vec<Key>),
}

/// What is wrong with search keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} at octet {at} of the search keys")]
pub struct KeysError {
    /// What is wrong.
    pub what: String,
    /// Where, from 0.
    pub at: usize,
}

/// Deeper nesting is refused.
const MAX_DEPTH: usize = 100;

impl Key {
    /// Reads all of `keys`, which may begin with `CHARSET UTF-8` or `CHARSET US-ASCII`.
    ///
    /// # Errors
    /// If they do not fit the grammar, or are of an extension that this oracle does not know.
    pub fn parse(keys: &[u8]) -> Result<Self, KeysError> {
        let mut reader = Reader { keys, at: 0 };
        if reader.keys.get(..8).is_some_and(|start| start.eq_ignore_ascii_case(b"CHARSET ")) {
            reader.at = 8;
            let charset = reader.astring()?;
            if !["UTF-8", "US-ASCII"].iter().any(|known| charset.eq_ignore_ascii_case(known)) {
                return Err(reader.error(format!("the oracle does not know the charset {charset}")));
            }
            reader.space()?;
        }
        let key = reader.keys_until(None, 0)?;
        if reader.at < keys.len() {
            return Err(reader.error("a parenthesis that was not opened"));
        }
        Ok(key)
    }
}

struct Reader<'a> {
    keys: &'a [u8],
    at: usize,
}

type Read<T> = Result<T, KeysError>;

impl<'a> Reader<'a> {
    fn keys_until(&mut self, close: Option<u8>, depth: usize) -> Read<Key> {
        let mut keys = vec![self.key(depth)?];
        while self.peek().is_some() && self.peek() != close {
            if self.peek() == Some(b')') {
                break;
            }
            self.space()?;
            keys.push(self.key(depth)?);
        }
        Ok(if keys.len() == 1 { keys.remove(0) } else { Key::And(keys) })
    }

    fn key(&mut self, depth: usize) -> Read<Key> {
        if depth > MAX_DEPTH {
            return Err(self.error("keys nested too deep"));
        }
        match self.peek() {
            Some(b'(') => {
                self.at += 1;
                let key = self.keys_until(Some(b')'), depth + 1)?;
                if self.peek() != Some(b')') {
                    return Err(self.error("a closing parenthesis is missing"));
                }
                self.at += 1;
                return Ok(key);
            }
            Some(b'0'..=b'9' | b'*') => return Ok(Key::Numbers(self.set()?)),
            _ => {}
        }
        let start = self.at;
        let word = self.word().to_ascii_uppercase();
        let flag = |name: &str| Key::Flag(format!("\\{name}"));
        Ok(match word.as_str() {
            "ALL" => Key::All,
            "ANSWERED" => flag("Answered"),
            "DELETED" => flag("Deleted"),
            "DRAFT" => flag("Draft"),
            "FLAGGED" => flag("Flagged"),
            "SEEN" => flag("Seen"),
            "UNANSWERED" => not(flag("Answered")),
            "UNDELETED" => not(flag("Deleted")),
            "UNDRAFT" => not(flag("Draft")),
            "UNFLAGGED" => not(flag("Flagged")),
            "UNSEEN" => not(flag("Seen")),
            "RECENT" => Key::Recent,
            "NEW" => Key::And(vec![Key::Recent, not(flag("Seen"))]),
            "OLD" => not(Key::Recent),
            "KEYWORD" => Key::Flag(self.argument(Self::atom)?),
            "UNKEYWORD" => not(Key::Flag(self.argument(Self::atom)?)),
            "BCC" | "CC" | "FROM" | "SUBJECT" | "TO" => Key::Field(word, self.argument(Self::astring)?),
            "HEADER" => Key::Field(self.argument(Self::astring)?, self.argument(Self::astring)?),
            "BODY" => Key::Body(self.argument(Self::astring)?),
            "TEXT" => Key::Text(self.argument(Self::astring)?),
            "BEFORE" => Key::Before(self.argument(Self::date)?),
            "ON" => Key::On(self.argument(Self::date)?),
            "SINCE" => Key::Since(self.argument(Self::date)?),
            "SENTBEFORE" => Key::SentBefore(self.argument(Self::date)?),
            "SENTON" => Key::SentOn(self.argument(Self::date)?),
            "SENTSINCE" => Key::SentSince(self.argument(Self::date)?),
            "LARGER" => Key::Larger(self.argument(Self::number)?),
            "SMALLER" => Key::Smaller(self.argument(Self::number)?),
            "UID" => Key::Uids(self.argument(Self::set)?),
            "NOT" => not(self.argument(|this| this.key(depth + 1))?),
            "OR" => {
                let left = self.argument(|this| this.key(depth + 1))?;
                Key::Or(Box::new(left), Box::new(self.argument(|this| this.key(depth + 1))?))
            }
            "" => return Err(self.error("a search key is missing")),
            _ => {
                self.at = start;
                return Err(self.error(format!("the oracle does not know the key {word}")));
            }
        })
    }

    fn argument<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        self.space()?;
        read(self)
    }

    fn peek(&self) -> Option<u8> {
        self.keys.get(self.at).copied()
    }

    fn space(&mut self) -> Read<()> {
        if self.peek() == Some(b' ') {
            self.at += 1;
            return Ok(());
        }
        Err(self.error("a space is missing"))
    }

    /// Everything up to a space or parenthesis.
    fn word(&mut self) -> String {
        let rest = &self.keys[self.at..];
        let length = rest.iter().take_while(|octet| !matches!(octet, b' ' | b'(' | b')' | b'"')).count();
        self.at += length;
        String::from_utf8_lossy(&rest[..length]).into_owned()
    }

    fn atom(&mut self) -> Read<String> {
        let word = self.word();
        if word.is_empty() { Err(self.error("an atom is missing")) } else { Ok(word) }
    }

    fn number(&mut self) -> Read<u64> {
        let start = self.at;
        self.word().parse().map_err(|_| KeysError { what: "this is no number".into(), at: start })
    }

    fn date(&mut self) -> Read<Date> {
        let start = self.at;
        let text = self.astring()?;
        date::of_key(&text)
            .ok_or_else(|| KeysError { what: format!("{text} is no date such as 1-Feb-1994"), at: start })
    }

    /// An atom, a quoted string or a literal, which must be UTF-8.
    fn astring(&mut self) -> Read<String> {
        let start = self.at;
        let octets = match self.peek() {
            Some(b'"') => self.quoted()?,
            Some(b'{') => self.literal()?.to_vec(),
            _ => return self.atom(),
        };
        String::from_utf8(octets)
            .map_err(|_| KeysError { what: "this string is not UTF-8".into(), at: start })
    }

    fn quoted(&mut self) -> Read<Vec<u8>> {
        let start = self.at;
        let mut content = Vec::new();
        let mut rest = self.keys[self.at + 1..].iter();
        while let Some(&octet) = rest.next() {
            match octet {
                b'"' => {
                    self.at = self.keys.len() - rest.len();
                    return Ok(content);
                }
                b'\\' => content.extend(rest.next()),
                _ => content.push(octet),
            }
        }
        Err(KeysError { what: "this string is never closed".into(), at: start })
    }

    fn literal(&mut self) -> Read<&'a [u8]> {
        let start = self.at;
        let wrong = || KeysError { what: "this is no literal".into(), at: start };
        let rest = &self.keys[self.at + 1..];
        let close = rest.iter().position(|&octet| octet == b'}').ok_or_else(wrong)?;
        let count = std::str::from_utf8(&rest[..close]).map_err(|_| wrong())?;
        let count: usize = count.strip_suffix('+').unwrap_or(count).parse().map_err(|_| wrong())?;
        let content = rest[close + 1..]
            .strip_prefix(b"\r\n")
            .and_then(|content| content.get(..count))
            .ok_or_else(wrong)?;
        self.at += 1 + close + 1 + 2 + count;
        Ok(content)
    }

    fn set(&mut self) -> Read<Vec<(Option<u32>, Option<u32>)>> {
        let start = self.at;
        let word = self.word();
        let number = |text: &str| match text {
            "*" => Some(None),
            _ => text.parse().ok().filter(|&number: &u32| number > 0 && !text.starts_with('+')).map(Some),
        };
        let range = |text: &str| match text.split_once(':') {
            Some((first, last)) => Some((number(first)?, number(last)?)),
            None => number(text).map(|number| (number, number)),
        };
        let ranges: Option<Vec<_>> = word.split(',').map(range).collect();
        ranges.ok_or_else(|| KeysError { what: format!("{word} is no sequence set"), at: start })
    }

    fn error(&self, what: impl Into<String>) -> KeysError {
        KeysError { what: what.into(), at: self.at }
    }
}

fn not(key: Key) -> Key {
    Key::Not(Box::new(key))
}
