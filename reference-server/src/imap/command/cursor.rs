//! A position in a command, and the smallest pieces of the grammar (RFC 3501 section 9).

use crate::imap::extension::{Extension, Extensions};
use crate::store::{Flag, Flags, Keyword};

/// A piece of a command as it came over the wire.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    /// A line without its line end; if a literal follows it ends with the literal's octet count in braces.
    Line(Vec<u8>),
    /// The octets of a literal.
    Literal(Vec<u8>),
}

impl std::fmt::Debug for Segment {
    /// How long it is; what stands in it may be a password.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Line(octets) => write!(formatter, "a line of {} octets", octets.len()),
            Self::Literal(octets) => write!(formatter, "a literal of {} octets", octets.len()),
        }
    }
}

/// Why a command is not there yet, or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It breaks the syntax.
    Syntax(&'static str),
    /// It is not valid in this state.
    State(&'static str),
    /// The octets of a literal are wanted.
    Literal {
        /// How many.
        size: u64,
        /// Whether the client sends them without being invited (RFC 7888).
        synchronizing: bool,
        /// The mailbox that a message is to be appended to, if the literal is that message.
        append_to: Option<String>,
    },
}

pub(crate) type Parsed<T> = Result<T, Stop>;

/// Where the parser is.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'c> {
    extensions: &'c Extensions,
    segments: &'c [Segment],
    line: &'c [u8],
    at: usize,
}

impl<'c> Cursor<'c> {
    pub(super) fn new(segments: &'c [Segment], extensions: &'c Extensions) -> Self {
        let (line, segments) = match segments {
            [Segment::Line(line), rest @ ..] => (line.as_slice(), rest),
            _ => (&[][..], segments),
        };
        Self { extensions, segments, line, at: 0 }
    }

    /// Whether the syntax of this extension is understood.
    pub(super) fn has(&self, extension: Extension) -> bool {
        self.extensions.has(extension)
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.line.get(self.at).copied()
    }

    pub(super) fn at_end(&self) -> bool {
        self.at >= self.line.len() && self.segments.is_empty()
    }

    pub(super) fn end(&self) -> Parsed<()> {
        if self.at_end() { Ok(()) } else { Err(Stop::Syntax("the command goes on behind its end")) }
    }

    /// Takes `octet` if it is next.
    pub(super) fn take(&mut self, octet: u8) -> bool {
        let found = self.peek() == Some(octet);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, octet: u8, otherwise: &'static str) -> Parsed<()> {
        if self.take(octet) { Ok(()) } else { Err(Stop::Syntax(otherwise)) }
    }

    pub(super) fn space(&mut self) -> Parsed<()> {
        self.expect(b' ', "an argument is missing, or not set off by one space")
    }

    /// Takes octets as long as they fit; at least one.
    fn run(&mut self, fits: impl Fn(u8) -> bool, otherwise: &'static str) -> Parsed<&'c [u8]> {
        let rest = &self.line[self.at..];
        let len = rest.iter().position(|octet| !fits(*octet)).unwrap_or(rest.len());
        if len == 0 {
            return Err(Stop::Syntax(otherwise));
        }
        self.at += len;
        Ok(&rest[..len])
    }

    fn text(&mut self, fits: impl Fn(u8) -> bool, otherwise: &'static str) -> Parsed<String> {
        // All that the grammar lets through here is US-ASCII.
        self.run(fits, otherwise).map(|octets| String::from_utf8_lossy(octets).into_owned())
    }

    pub(super) fn tag(&mut self) -> Parsed<String> {
        self.text(|octet| is_astring(octet) && octet != b'+', "a tag is wanted")
    }

    pub(super) fn atom(&mut self, otherwise: &'static str) -> Parsed<String> {
        self.text(is_atom, otherwise)
    }

    /// A word of the protocol, in capitals: letters and digits.
    pub(super) fn word(&mut self) -> Parsed<String> {
        let word = self.text(is_atom, "a command name is wanted")?;
        Ok(word.to_ascii_uppercase())
    }

    /// The name of an item, in capitals: a word with periods, hyphens and a sign.
    pub(super) fn item(&mut self) -> Parsed<String> {
        let fits = |octet: u8| octet.is_ascii_alphanumeric() || b".+-".contains(&octet);
        Ok(self.text(fits, "the name of an item is wanted")?.to_ascii_uppercase())
    }

    /// What is left of the line, which must be printable and hold no space.
    pub(super) fn rest_of_line(&mut self, otherwise: &'static str) -> Parsed<Vec<u8>> {
        let rest = self.run(|octet| (0x21..0x7f).contains(&octet), otherwise)?;
        Ok(rest.to_vec())
    }

    /// Items in parentheses, with one space between them; there may be none.
    pub(super) fn list<V>(
        &mut self,
        otherwise: &'static str,
        mut item: impl FnMut(&mut Self) -> Parsed<V>,
    ) -> Parsed<Vec<V>> {
        self.expect(b'(', otherwise)?;
        let mut items = Vec::new();
        if self.take(b')') {
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            if self.take(b')') {
                return Ok(items);
            }
            self.space()?;
        }
    }

    pub(super) fn number(&mut self) -> Parsed<u32> {
        u32::try_from(self.number64()?).map_err(|_| Stop::Syntax("the number is too large"))
    }

    pub(super) fn number64(&mut self) -> Parsed<u64> {
        let digits = self.run(|octet| octet.is_ascii_digit(), "a number is wanted")?;
        digits_value(digits).ok_or(Stop::Syntax("the number is too large"))
    }

    pub(super) fn nonzero(&mut self) -> Parsed<u32> {
        if self.peek() == Some(b'0') {
            return Err(Stop::Syntax("a number from 1 on is wanted, without leading zeros"));
        }
        self.number()
    }

    pub(super) fn astring(&mut self) -> Parsed<Vec<u8>> {
        match self.peek() {
            Some(b'"' | b'{') => self.string(),
            _ => self.run(is_astring, "a string is wanted").map(<[u8]>::to_vec),
        }
    }

    pub(super) fn string(&mut self) -> Parsed<Vec<u8>> {
        match self.peek() {
            Some(b'"') => self.quoted(),
            Some(b'{') => self.literal(None),
            _ => Err(Stop::Syntax("a quoted string or a literal is wanted")),
        }
    }

    pub(super) fn quoted(&mut self) -> Parsed<Vec<u8>> {
        self.expect(b'"', "a quoted string is wanted")?;
        let mut content = Vec::new();
        loop {
            let octet = self.peek().ok_or(Stop::Syntax("a quoted string is not closed"))?;
            self.at += 1;
            match octet {
                b'"' => return Ok(content),
                b'\\' => match self.peek() {
                    Some(escaped @ (b'"' | b'\\')) => {
                        content.push(escaped);
                        self.at += 1;
                    }
                    _ => return Err(Stop::Syntax("a backslash stands before a quote or a backslash only")),
                },
                b'\r' | b'\n' | 0 | 0x80.. => {
                    return Err(Stop::Syntax("a quoted string holds neither CR, LF, NUL nor 8-bit octets"));
                }
                _ => content.push(octet),
            }
        }
    }

    /// A literal; with `append_to` it is a message.
    pub(super) fn literal(&mut self, append_to: Option<&str>) -> Parsed<Vec<u8>> {
        let malformed = "a literal is an octet count in braces at the end of the line";
        self.expect(b'{', malformed)?;
        let size = digits_value(self.run(|octet| octet.is_ascii_digit(), malformed)?)
            .ok_or(Stop::Syntax(malformed))?;
        let synchronizing = !(self.has(Extension::LiteralPlus) && self.take(b'+'));
        self.expect(b'}', malformed)?;
        if self.at < self.line.len() {
            return Err(Stop::Syntax(malformed));
        }
        match self.segments {
            [Segment::Literal(octets), Segment::Line(line), rest @ ..] => {
                (self.segments, self.line, self.at) = (rest, line, 0);
                if append_to.is_none() && octets.contains(&0) {
                    return Err(Stop::Syntax("a literal holds no NUL"));
                }
                Ok(octets.clone())
            }
            _ => Err(Stop::Literal { size, synchronizing, append_to: append_to.map(str::to_owned) }),
        }
    }

    /// A mailbox name. One that is not US-ASCII names no mailbox, which is for the store to say.
    pub(super) fn mailbox(&mut self) -> Parsed<String> {
        self.astring().map(|octets| String::from_utf8_lossy(&octets).into_owned())
    }

    /// A mailbox name with wildcards.
    pub(super) fn list_mailbox(&mut self) -> Parsed<String> {
        let octets = match self.peek() {
            Some(b'"' | b'{') => self.string()?,
            _ => {
                self.run(|octet| is_astring(octet) || b"%*".contains(&octet), "a pattern is wanted")?.to_vec()
            }
        };
        Ok(String::from_utf8_lossy(&octets).into_owned())
    }

    /// Flags in parentheses.
    pub(super) fn flag_list(&mut self) -> Parsed<Flags> {
        self.expect(b'(', "a list of flags is wanted")?;
        let mut flags = Flags::default();
        if self.take(b')') {
            return Ok(flags);
        }
        loop {
            self.flag(&mut flags)?;
            if self.take(b')') {
                return Ok(flags);
            }
            self.space()?;
        }
    }

    /// The flags of STORE, which may lack parentheses.
    pub(super) fn store_flags(&mut self) -> Parsed<Flags> {
        if self.peek() == Some(b'(') {
            return self.flag_list();
        }
        let mut flags = Flags::default();
        loop {
            self.flag(&mut flags)?;
            if !self.take(b' ') {
                return Ok(flags);
            }
        }
    }

    fn flag(&mut self, flags: &mut Flags) -> Parsed<()> {
        if !self.take(b'\\') {
            flags.set_keyword(Keyword::new(self.atom("a flag is wanted")?));
            return Ok(());
        }
        let name = self.atom("a flag is wanted")?;
        let flag = Flag::ALL.into_iter().find(|flag| flag.name()[1..].eq_ignore_ascii_case(&name));
        flags.set(flag.ok_or(Stop::Syntax("no such system flag can be set"))?);
        Ok(())
    }
}

/// The value of decimal digits. Leading zeros are harmless.
fn digits_value(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |value, digit| value.checked_mul(10)?.checked_add(u64::from(digit - b'0')))
}

/// ATOM-CHAR of the grammar.
pub(in crate::imap) fn is_atom(octet: u8) -> bool {
    (0x21..0x7f).contains(&octet) && !b"(){%*\"\\]".contains(&octet)
}

/// ASTRING-CHAR of the grammar.
pub(in crate::imap) fn is_astring(octet: u8) -> bool {
    is_atom(octet) || octet == b']'
}
