//! One response of an IMAP server (RFC 3501 section 7), read without judging more than its shape.

mod fetch;
mod text;

use self::fetch::fetch_items;
use self::text::{status_text, text};
use super::frame::Frame;
use super::node::{Node, NodeKind, Reader, tell};
use crate::fault::{Fault, Span};

/// A response, and what is wrong with it. All spans point into the octets of its frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// What it is.
    pub kind: Kind,
    /// The breaches of the grammar: those of its shape, and with [`grammar::check`](super::grammar::check) all others.
    pub faults: Vec<Fault>,
}

/// The kinds of responses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A command continuation request: `+ text`.
    Continuation(Text),
    /// The completion of a command.
    Tagged {
        /// The command's tag.
        tag: Span,
        /// OK, NO or BAD; PREAUTH and BYE are kept with a fault.
        status: Status,
        /// Its text.
        text: Text,
    },
    /// An untagged status response, the greeting among them.
    Status {
        /// Any status.
        status: Status,
        /// Its text.
        text: Text,
    },
    /// `* CAPABILITY`
    Capability(Vec<Node>),
    /// `* FLAGS`; an empty atom if its list is missing.
    Flags(Node),
    /// `* LIST`
    List(Listing),
    /// `* LSUB`
    Lsub(Listing),
    /// `* STATUS`
    MailboxStatus {
        /// The mailbox name.
        mailbox: Node,
        /// Items and their values, as far as they pair up.
        items: Vec<(Node, Node)>,
    },
    /// `* SEARCH`
    Search {
        /// The numbers.
        numbers: Vec<u64>,
        /// What else it holds, such as the `(MODSEQ n)` of RFC 7162.
        rest: Vec<Node>,
    },
    /// `* n EXISTS`
    Exists(u64),
    /// `* n RECENT`
    Recent(u64),
    /// `* n EXPUNGE`
    Expunge(u64),
    /// `* n FETCH`
    Fetch {
        /// The message sequence number.
        number: u64,
        /// Its items, in order.
        items: Vec<FetchItem>,
    },
    /// An untagged response that RFC 3501 does not define, and some extension may.
    Other {
        /// The number in front of its name.
        number: Option<u64>,
        /// Its name, such as `ESEARCH`.
        name: Span,
        /// What follows the name.
        nodes: Vec<Node>,
    },
    /// What is no response at all.
    Garbage,
}

/// The condition that a status response tells of (RFC 3501 section 7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Success, or information.
    Ok,
    /// Failure, or a warning.
    No,
    /// A protocol error.
    Bad,
    /// The greeting of a connection that needs no login.
    Preauth,
    /// The server is about to close.
    Bye,
}

impl Status {
    /// The status that `word` names, in any letter case.
    #[must_use]
    pub fn of(word: &[u8]) -> Option<Self> {
        Some(match word.len() {
            2 if word.eq_ignore_ascii_case(b"OK") => Self::Ok,
            2 if word.eq_ignore_ascii_case(b"NO") => Self::No,
            3 if word.eq_ignore_ascii_case(b"BAD") => Self::Bad,
            3 if word.eq_ignore_ascii_case(b"BYE") => Self::Bye,
            7 if word.eq_ignore_ascii_case(b"PREAUTH") => Self::Preauth,
            _ => return None,
        })
    }
}

/// The text of a status response or continuation request, with its optional response code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// The response code in front of the text.
    pub code: Option<Code>,
    /// The human-readable text.
    pub text: Span,
}

/// A response code: `[NAME arguments]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Its name.
    pub name: Node,
    /// What follows the name; for codes that are not made of nodes, one atom that holds all of it.
    pub arguments: Vec<Node>,
    /// All of it, brackets included.
    pub span: Span,
}

/// What LIST and LSUB tell of one mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The list of attributes; an empty atom if missing.
    pub attributes: Node,
    /// The hierarchy delimiter, or NIL.
    pub delimiter: Node,
    /// The mailbox name.
    pub mailbox: Node,
    /// What an extension adds behind the name (RFC 5258).
    pub extended: Vec<Node>,
}

/// One message data item of a FETCH response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchItem {
    /// Its name without section and origin: `BODY`, `UID`, `RFC822.SIZE`.
    pub name: Span,
    /// What stands between the brackets of a section.
    pub section: Option<Span>,
    /// The origin octet of a partial answer.
    pub origin: Option<u64>,
    /// Its value; an empty atom if missing.
    pub value: Node,
}

impl Response {
    /// Reads a frame. Faults are those of the shape only: spaces, parentheses, strings, and elements that are missing.
    #[must_use]
    pub fn parse(frame: &Frame<'_>) -> Self {
        let mut faults = Vec::new();
        let octets = frame.octets;
        let end = match octets {
            [.., b'\r', b'\n'] => octets.len() - 2,
            [.., b'\n'] => octets.len() - 1,
            _ => octets.len(),
        };
        let mut reader = Reader::new(frame, 0, end);
        let kind = match octets {
            [b'+', b' ' | b'\r' | b'\n', ..] | [b'+'] => continuation(&mut reader, &mut faults),
            [b'*', b' ', ..] => {
                reader.at = 2;
                untagged(&mut reader, &mut faults)
            }
            _ => tagged(&mut reader, &mut faults),
        };
        Self { kind, faults }
    }
}

fn continuation(reader: &mut Reader<'_>, faults: &mut Vec<Fault>) -> Kind {
    reader.at = (reader.at + 2).min(reader.end);
    Kind::Continuation(text(reader, faults))
}

fn tagged(reader: &mut Reader<'_>, faults: &mut Vec<Fault>) -> Kind {
    let tag = reader.word();
    let whole = Span::new(0, reader.end.max(1));
    if tag.is_empty() || tag.of(reader.octets) == b"*" {
        tell(faults, Fault::new(SYNTAX, whole, "neither an untagged, a tagged nor a continuation line"));
        return Kind::Garbage;
    }
    if reader.at < reader.end {
        reader.space(faults);
    }
    let word = reader.word();
    let Some(status) = Status::of(word.of(reader.octets)) else {
        faults.clear();
        tell(faults, Fault::new("rfc3501-2.2.2-04", whole, "no OK, NO or BAD after what should be a tag"));
        return Kind::Garbage;
    };
    Kind::Tagged { tag, status, text: status_text(reader, faults) }
}

fn untagged(reader: &mut Reader<'_>, faults: &mut Vec<Fault>) -> Kind {
    if reader.peek() == Some(b' ') {
        let start = reader.at - 1;
        while reader.peek() == Some(b' ') {
            reader.at += 1;
        }
        tell(faults, Fault::new(SPACING, Span::new(start, reader.at), "more than one space"));
    }
    let word = reader.word();
    let name = word.of(reader.octets);
    if let Some(status) = Status::of(name) {
        return Kind::Status { status, text: status_text(reader, faults) };
    }
    if name.first().is_some_and(u8::is_ascii_digit) && name.iter().all(u8::is_ascii_digit) {
        let number = name
            .iter()
            .try_fold(0u64, |sum, digit| sum.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
        let Some(number) = number else {
            tell(faults, Fault::new("rfc3501-9-57", word, "a number beyond 32 bits"));
            return Kind::Garbage;
        };
        return numbered(number, reader, faults);
    }
    if name.is_empty() {
        tell(faults, Fault::new(SYNTAX, Span::new(0, reader.end.max(1)), "an untagged line without data"));
        return Kind::Garbage;
    }
    let at_end = reader.at == reader.end;
    if !at_end {
        reader.space(faults);
    }
    match name.len() {
        10 if name.eq_ignore_ascii_case(b"CAPABILITY") => Kind::Capability(reader.nodes(faults)),
        5 if name.eq_ignore_ascii_case(b"FLAGS") => {
            let flags = required(reader, faults, "the flag list");
            nothing_more(reader, faults);
            Kind::Flags(flags)
        }
        4 if name.eq_ignore_ascii_case(b"LIST") => Kind::List(listing(reader, faults)),
        4 if name.eq_ignore_ascii_case(b"LSUB") => Kind::Lsub(listing(reader, faults)),
        6 if name.eq_ignore_ascii_case(b"STATUS") => mailbox_status(reader, faults),
        6 if name.eq_ignore_ascii_case(b"SEARCH") => search(reader, faults),
        _ => Kind::Other { number: None, name: word, nodes: reader.nodes(faults) },
    }
}

fn numbered(number: u64, reader: &mut Reader<'_>, faults: &mut Vec<Fault>) -> Kind {
    reader.space(faults);
    let word = reader.word();
    let name = word.of(reader.octets);
    if name.eq_ignore_ascii_case(b"FETCH") {
        return Kind::Fetch { number, items: fetch_items(reader, faults) };
    }
    let plain = match name.len() {
        6 if name.eq_ignore_ascii_case(b"EXISTS") => Kind::Exists(number),
        6 if name.eq_ignore_ascii_case(b"RECENT") => Kind::Recent(number),
        7 if name.eq_ignore_ascii_case(b"EXPUNGE") => Kind::Expunge(number),
        0 => {
            tell(
                faults,
                Fault::new(SYNTAX, Span::new(0, reader.end), "a number without the name of a response"),
            );
            return Kind::Garbage;
        }
        _ => {
            if reader.at < reader.end {
                reader.space(faults);
            }
            return Kind::Other { number: Some(number), name: word, nodes: reader.nodes(faults) };
        }
    };
    nothing_more(reader, faults);
    plain
}

fn listing(reader: &mut Reader<'_>, faults: &mut Vec<Fault>) -> Listing {
    let attributes = required(reader, faults, "the list of attributes");
    let delimiter = required_after_space(reader, faults, "the hierarchy delimiter");
    let mailbox = required_after_space(reader, faults, "the mailbox name");
    let extended = rest(reader, faults);
    Listing { attributes, delimiter, mailbox, extended }
}

fn mailbox_status(reader: &mut Reader<'_>, faults: &mut Vec<Fault>) -> Kind {
    let mailbox = required(reader, faults, "the mailbox name");
    let list = required_after_space(reader, faults, "the list of status items");
    let span = list.span;
    let mut items = Vec::new();
    if let NodeKind::List(nodes) = list.kind {
        let mut nodes = nodes.into_iter();
        while let Some(item) = nodes.next() {
            match nodes.next() {
                Some(value) => items.push((item, value)),
                None => tell(faults, Fault::new(SYNTAX, item.span, "a status item without a value")),
            }
        }
    } else if !span.is_empty() {
        tell(faults, Fault::new(SYNTAX, span, "the status items do not stand in parentheses"));
    }
    nothing_more(reader, faults);
    Kind::MailboxStatus { mailbox, items }
}

fn search(reader: &mut Reader<'_>, faults: &mut Vec<Fault>) -> Kind {
    let mut numbers = Vec::new();
    loop {
        let start = reader.at;
        let mut value = Some(0u64);
        while let Some(digit @ b'0'..=b'9') = reader.peek() {
            value = value.and_then(|v| v.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
            reader.at += 1;
        }
        let ended = matches!(reader.peek(), None | Some(b' '));
        match value {
            Some(value) if ended && reader.at > start => numbers.push(value),
            // Something else begins here; a fault of its spaces is found when that is read.
            _ => {
                reader.at = start;
                let rest = reader.nodes(faults);
                return Kind::Search { numbers, rest };
            }
        }
        if reader.at == reader.end {
            return Kind::Search { numbers, rest: Vec::new() };
        }
        let gap = reader.at;
        reader.space(faults);
        if reader.at == reader.end && reader.at - gap > 1 {
            // Two or more spaces at the end: told already.
            return Kind::Search { numbers, rest: Vec::new() };
        }
    }
}

fn required(reader: &mut Reader<'_>, faults: &mut Vec<Fault>, what: &'static str) -> Node {
    if reader.at < reader.end {
        return reader.node(0, faults);
    }
    let span = Span::new(reader.end.saturating_sub(1), reader.end);
    tell(faults, Fault::new(SYNTAX, span, format!("{what} is missing")));
    Node { span: Span::at(reader.end), kind: NodeKind::Atom }
}

fn required_after_space(reader: &mut Reader<'_>, faults: &mut Vec<Fault>, what: &'static str) -> Node {
    if reader.at < reader.end {
        reader.space(faults);
    }
    required(reader, faults, what)
}

fn rest(reader: &mut Reader<'_>, faults: &mut Vec<Fault>) -> Vec<Node> {
    if reader.at == reader.end {
        return Vec::new();
    }
    reader.space(faults);
    reader.nodes(faults)
}

fn nothing_more(reader: &mut Reader<'_>, faults: &mut Vec<Fault>) {
    if reader.at < reader.end {
        let span = Span::new(reader.at, reader.end);
        let blank = reader.rest().iter().all(|&octet| octet == b' ');
        tell(
            faults,
            if blank {
                Fault::new(SPACING, span, "a space at the end of the line")
            } else {
                Fault::new(SYNTAX, span, "more than belongs to this response")
            },
        );
        reader.at = reader.end;
    }
}

/// Single spaces exactly where the grammar has them.
const SPACING: &str = "rfc3501-9-03b";
/// Every line fits the grammar.
const SYNTAX: &str = "rfc3501-9-61";
