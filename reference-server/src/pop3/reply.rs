//! Replies as values, and their octets (RFC 1939 section 3, RFC 2449 sections 3 and 8).

use std::borrow::Cow;
use std::sync::Arc;

use super::capabilities::{Capabilities, Capability};
use super::command::MessageNumber;
use super::language::Language;
use super::message_text::MessageText;

/// A reply to a command, or the greeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// `+OK` and free text.
    Done(Cow<'static, str>),
    /// `-ERR`, perhaps a response code, and free text.
    Refused(Option<Code>, Cow<'static, str>),
    /// `+` and a challenge in base64 (RFC 5034 section 4).
    Challenge(String),
    /// The drop listing of STAT.
    DropListing { messages: usize, octets: u64 },
    /// The scan listing of LIST with an argument.
    ScanListing(MessageNumber, u64),
    /// The scan listings of LIST without.
    ScanListings(Vec<(MessageNumber, u64)>),
    /// The unique-id listing of UIDL with an argument.
    UniqueIdListing(MessageNumber, String),
    /// The unique-id listings of UIDL without.
    UniqueIdListings(Vec<(MessageNumber, String)>),
    /// The capability list of CAPA.
    Capabilities(Vec<String>),
    /// The language listings of LANG without an argument.
    LanguageListings,
    /// A message up to an offset: all of it for RETR, the beginning for TOP.
    Message { summary: Cow<'static, str>, text: Arc<[u8]>, end: usize },
}

/// A response code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// The credentials are wrong (RFC 3206 section 5).
    Auth,
    /// The maildrop is locked by another session (RFC 2449 section 8.1.2).
    InUse,
    /// Trouble of the server that may pass (RFC 3206 section 4).
    SysTemp,
    /// The message wants UTF-8 mode (RFC 6856 section 5).
    Utf8,
}

impl Code {
    fn text(self) -> &'static str {
        match self {
            Self::Auth => "[AUTH] ",
            Self::InUse => "[IN-USE] ",
            Self::SysTemp => "[SYS/TEMP] ",
            Self::Utf8 => "[UTF8] ",
        }
    }

    /// Whether a server with these capabilities sends it.
    fn belongs_to(self, capabilities: &Capabilities) -> bool {
        capabilities.has(match self {
            Self::Auth | Self::SysTemp => Capability::AuthRespCode,
            Self::InUse | Self::Utf8 => Capability::RespCodes,
        })
    }
}

impl Reply {
    /// A positive reply.
    pub(crate) fn done(text: impl Into<Cow<'static, str>>) -> Self {
        Self::Done(text.into())
    }

    /// A negative reply without a response code.
    pub(crate) fn refused(text: impl Into<Cow<'static, str>>) -> Self {
        Self::Refused(None, text.into())
    }

    /// The reply as a server with these capabilities gives it: perhaps without its response code.
    pub(super) fn with_codes_of(self, capabilities: &Capabilities) -> Self {
        match self {
            Self::Refused(Some(code), text) if !code.belongs_to(capabilities) => Self::Refused(None, text),
            reply => reply,
        }
    }

    /// The octets of the reply, from the first to the last.
    pub(crate) fn octets(&self) -> Octets {
        let text = match self {
            Self::Message { text, end, .. } => Some(MessageText::new(Arc::clone(text), *end)),
            _ => None,
        };
        Octets { head: Some(self.head()), text }
    }

    /// All but the text of a message.
    fn head(&self) -> String {
        match self {
            Self::Done(text) | Self::Message { summary: text, .. } => format!("+OK {text}\r\n"),
            Self::Refused(code, text) => format!("-ERR {}{text}\r\n", code.map_or("", Code::text)),
            Self::Challenge(challenge) => format!("+ {challenge}\r\n"),
            Self::DropListing { messages, octets } => format!("+OK {messages} {octets}\r\n"),
            Self::ScanListing(number, octets) => format!("+OK {number} {octets}\r\n"),
            Self::UniqueIdListing(number, unique_id) => format!("+OK {number} {unique_id}\r\n"),
            Self::ScanListings(listings) => lines(
                "scan listings follow",
                listings.iter().map(|(number, octets)| format!("{number} {octets}")),
            ),
            Self::UniqueIdListings(listings) => lines(
                "unique-id listings follow",
                listings.iter().map(|(number, unique_id)| format!("{number} {unique_id}")),
            ),
            Self::Capabilities(capabilities) => {
                lines("capability list follows", capabilities.iter().cloned())
            }
            Self::LanguageListings => lines(
                "language listings follow",
                Language::ALL.iter().map(|language| format!("{} {}", language.tag(), language.description())),
            ),
        }
    }
}

/// A multi-line reply. None of these lines ever begins with a dot.
fn lines(summary: &str, lines: impl Iterator<Item = String>) -> String {
    let mut reply = format!("+OK {summary}\r\n");
    for line in lines {
        reply.push_str(&line);
        reply.push_str("\r\n");
    }
    reply.push_str(".\r\n");
    reply
}

/// The octets of a reply, piece by piece.
pub(crate) struct Octets {
    head: Option<String>,
    text: Option<MessageText>,
}

impl Octets {
    /// Appends the next piece; false if there is none any more.
    pub(crate) fn fill(&mut self, output: &mut Vec<u8>) -> bool {
        if let Some(head) = self.head.take() {
            output.extend_from_slice(head.as_bytes());
            return true;
        }
        self.text.as_mut().is_some_and(|text| text.fill(output))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_written_as_the_rfcs_spell_them() {
        let number = |number| MessageNumber::new(number).unwrap();
        for (reply, octets) in [
            (Reply::done("hello"), "+OK hello\r\n"),
            (Reply::refused("no"), "-ERR no\r\n"),
            (Reply::Refused(Some(Code::InUse), "locked".into()), "-ERR [IN-USE] locked\r\n"),
            (Reply::Challenge(String::new()), "+ \r\n"),
            (Reply::Challenge("VXNlcm5hbWU6".into()), "+ VXNlcm5hbWU6\r\n"),
            (Reply::DropListing { messages: 2, octets: 320 }, "+OK 2 320\r\n"),
            (Reply::ScanListing(number(2), 200), "+OK 2 200\r\n"),
            (Reply::ScanListings(vec![]), "+OK scan listings follow\r\n.\r\n"),
            (
                Reply::ScanListings(vec![(number(1), 120), (number(3), 200)]),
                "+OK scan listings follow\r\n1 120\r\n3 200\r\n.\r\n",
            ),
            (Reply::UniqueIdListing(number(2), "7.9".into()), "+OK 2 7.9\r\n"),
            (
                Reply::UniqueIdListings(vec![(number(2), "7.9".into())]),
                "+OK unique-id listings follow\r\n2 7.9\r\n.\r\n",
            ),
            (
                Reply::Capabilities(vec!["TOP".into(), "EXPIRE NEVER".into()]),
                "+OK capability list follows\r\nTOP\r\nEXPIRE NEVER\r\n.\r\n",
            ),
            (
                Reply::Message {
                    summary: "7 octets".into(),
                    text: b"a\r\n.b\r\nc".as_slice().into(),
                    end: 7,
                },
                "+OK 7 octets\r\na\r\n..b\r\n.\r\n",
            ),
        ] {
            let mut written = Vec::new();
            let mut pieces = reply.octets();
            while pieces.fill(&mut written) {}
            assert_eq!(String::from_utf8(written).unwrap(), octets);
        }
    }
}
