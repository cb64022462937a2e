//! A command and its answer.

use super::Time;

/// Identifies an exchange within its session, in the order of sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExchangeId(pub(super) usize);

/// A command that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Its name in upper case, with UID in front where that stands: `UID FETCH`, `RETR`.
    pub name: String,
    /// The octets behind the name, literals included, without the line end.
    pub arguments: Vec<u8>,
}

impl Command {
    /// Reads the octets of a command, without its tag.
    #[must_use]
    pub fn of(octets: &[u8]) -> Self {
        let mut words = octets.splitn(2, |&octet| octet == b' ');
        let upper = |word: &[u8]| String::from_utf8_lossy(word).trim_end().to_ascii_uppercase();
        let name = upper(words.next().unwrap_or_default());
        let rest = words.next().unwrap_or_default();
        if name != "UID" {
            return Self { name, arguments: trim(rest) };
        }
        let mut words = rest.splitn(2, |&octet| octet == b' ');
        let name = format!("UID {}", upper(words.next().unwrap_or_default()));
        Self { name, arguments: trim(words.next().unwrap_or_default()) }
    }

    /// Is it of RFC 3501 alone, its arguments too?
    #[must_use]
    pub fn is_base(&self) -> bool {
        let plain = [
            "CAPABILITY",
            "NOOP",
            "LOGOUT",
            "STARTTLS",
            "AUTHENTICATE",
            "LOGIN",
            "CREATE",
            "DELETE",
            "RENAME",
            "SUBSCRIBE",
            "UNSUBSCRIBE",
            "LSUB",
            "APPEND",
            "CHECK",
            "CLOSE",
            "EXPUNGE",
            "COPY",
            "UID COPY",
        ];
        // These have arguments by which extensions are used.
        let open = [
            "SELECT",
            "EXAMINE",
            "LIST",
            "STATUS",
            "SEARCH",
            "FETCH",
            "STORE",
            "UID SEARCH",
            "UID FETCH",
            "UID STORE",
        ];
        let words = [
            "CONDSTORE",
            "QRESYNC",
            "RETURN",
            "MODSEQ",
            "CHANGEDSINCE",
            "UNCHANGEDSINCE",
            "BINARY",
            "PREVIEW",
            "SNIPPET",
            "SAVEDATE",
            "EMAILID",
            "THREADID",
            "X-",
            "OBJECTID",
        ];
        let upper = self.arguments.to_ascii_uppercase();
        let mentions = |word: &&str| memchr::memmem::find(&upper, word.as_bytes()).is_some();
        plain.contains(&self.name.as_str())
            || open.contains(&self.name.as_str()) && !words.iter().any(mentions)
    }

    /// The first argument as the octets of its astring: an atom, a quoted string, or a literal's content.
    #[must_use]
    pub fn first_argument(&self) -> Vec<u8> {
        let surplus = self.arguments.iter().take_while(|&&octet| octet == b' ').count();
        let arguments = &self.arguments[surplus..];
        match arguments.first() {
            Some(b'"') => {
                let mut out = Vec::new();
                let mut octets = arguments[1..].iter();
                while let Some(&octet) = octets.next() {
                    match octet {
                        b'"' => break,
                        b'\\' => out.extend(octets.next()),
                        _ => out.push(octet),
                    }
                }
                out
            }
            Some(b'{') => {
                // Raw octets may end here; what the literal holds is sent later, and not known.
                let Some(line_end) = arguments.iter().position(|&octet| octet == b'\n') else {
                    return arguments.to_vec();
                };
                let digits: String = arguments[1..]
                    .iter()
                    .map_while(|&o| o.is_ascii_digit().then_some(char::from(o)))
                    .collect();
                let content = &arguments[line_end + 1..];
                content[..digits.parse().unwrap_or(0).min(content.len())].to_vec()
            }
            _ => {
                let end = arguments.iter().position(|&octet| octet == b' ');
                arguments[..end.unwrap_or(arguments.len())].to_vec()
            }
        }
    }
}

fn trim(octets: &[u8]) -> Vec<u8> {
    let octets = octets.strip_suffix(b"\n").unwrap_or(octets);
    octets.strip_suffix(b"\r").unwrap_or(octets).to_vec()
}

/// A command, and how far its answer has come.
#[derive(Debug)]
pub struct Exchange {
    /// Which one of the session it is.
    pub(super) id: ExchangeId,
    /// IMAP: its tag.
    pub tag: String,
    /// What the scenario calls it.
    pub label: Option<String>,
    /// The command.
    pub command: Command,
    /// When it was opened.
    pub opened: Time,
    /// How many lines the session had received before.
    pub lines_before: usize,
    /// How its answer ended.
    pub end: Option<End>,
}

/// How an exchange ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// IMAP: the tagged response; POP3: the indicator.
    pub status: EndStatus,
    /// The index of that line among the session's lines.
    pub line: usize,
    /// When.
    pub at: Time,
}

/// The status that ended an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndStatus {
    /// OK or `+OK`.
    Ok,
    /// NO or `-ERR`.
    No,
    /// BAD.
    Bad,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_from_their_octets() {
        let cases: &[(&[u8], &str, &[u8])] = &[
            (b"select \"a \\\"b\"\r\n", "SELECT", b"a \"b"),
            (b"uid fetch 1:* (FLAGS)", "UID FETCH", b"1:*"),
            (b"APPEND {3}\r\nx y {4}\r\nabcd\r\n", "APPEND", b"x y"),
            (b"STATUS  box (MESSAGES)", "STATUS", b"box"),
            (b"NOOP\r\n", "NOOP", b""),
            (b"LOGIN {99}\r\nab", "LOGIN", b"ab"),
            (b"", "", b""),
        ];
        for (octets, name, argument) in cases {
            let command = Command::of(octets);
            assert_eq!((command.name.as_str(), command.first_argument()), (*name, argument.to_vec()));
        }
    }
}
