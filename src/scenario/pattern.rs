//! Patterns: what an `S:` line asks of the server's line.

use regex::bytes::Regex;

use super::{
    expression::Expression,
    program::{Place, Slot},
};

/// The pattern of one line.
#[derive(Debug)]
pub enum Pattern {
    /// `/re/` alone: over the whole line as it arrived, without its CRLF.
    Line(RegexPattern),
    /// `+ …` (also of POP3's AUTH): the pattern of its text, if any.
    Continuation(Option<ValuePattern>),
    /// `OK`, `NO|BAD [CODE]`: the tagged response.
    Tagged(StatusPattern),
    /// `* OK [CODE]`, `* BYE`, `* PREAUTH`
    Status(StatusPattern),
    /// `* 3 EXISTS`, `* 3 RECENT`, `* #2 EXPUNGE`
    Numbered {
        /// The number.
        number: ValuePattern,
        /// In upper case.
        keyword: String,
    },
    /// `* 1 FETCH (…)`
    Fetch {
        /// The message sequence number.
        number: ValuePattern,
        /// Items in any order.
        items: ItemsPattern,
    },
    /// `* STATUS box (…)`
    MailboxStatus {
        /// The mailbox.
        mailbox: ValuePattern,
        /// Items in any order.
        items: ItemsPattern,
    },
    /// `* LIST (…) sep box`, `* LSUB (…) sep box`
    List {
        /// `LIST` or `LSUB`.
        keyword: String,
        /// A flags list: any order, extras allowed unless exact.
        attributes: ValuePattern,
        /// The hierarchy delimiter.
        delimiter: ValuePattern,
        /// The name.
        mailbox: ValuePattern,
        /// What an extension adds behind.
        extended: Vec<ValuePattern>,
    },
    /// `* FLAGS (…)`
    Flags(ValuePattern),
    /// `* SEARCH 2 4`: a set.
    Search {
        /// Numbers, captures, computed number lists.
        numbers: Vec<ValuePattern>,
        /// `...` stands at the end: others may be there.
        rest: bool,
    },
    /// `* CAPABILITY A B`: these among others.
    Capability(Vec<ValuePattern>),
    /// Any other untagged response: its values in order, the name first.
    Other(ListPattern),
    /// POP3: `+OK …`, `-ERR …`
    Reply(ReplyPattern),
    /// POP3: a line of a multi-line reply.
    BodyLine(WordsPattern),
    /// POP3: `S: .`, no line follows the one matched last.
    BodyEnd,
    /// POP3: `S: {dots}`, the whole body.
    Body(Expression),
}

/// The pattern of a status response.
#[derive(Debug)]
pub struct StatusPattern {
    /// In upper case: `OK`, `NO`, `BAD`, `BYE`, `PREAUTH`; any of these.
    pub status: Vec<String>,
    /// The response code, its name first.
    pub code: Option<ListPattern>,
    /// Over the text.
    pub text: Option<RegexPattern>,
}

/// POP3's status line.
#[derive(Debug)]
pub struct ReplyPattern {
    /// Is `+OK` right?
    pub ok: bool,
    /// Is `-ERR` right?
    pub err: bool,
    /// The response code, as in `[IN-USE]`.
    pub code: Option<String>,
    /// What follows; `None` where nothing is written: any text.
    pub words: Option<WordsPattern>,
}

/// Words of a POP3 line, split at single spaces.
#[derive(Debug)]
pub struct WordsPattern {
    /// In order. A single regular expression stands for the whole line (of a status line: its text).
    pub words: Vec<ValuePattern>,
    /// `...` stands at the end.
    pub rest: bool,
}

/// Items of FETCH and STATUS.
#[derive(Debug)]
pub struct ItemsPattern {
    /// In any order.
    pub items: Vec<ItemPattern>,
    /// `=(…)`: no others.
    pub exact: bool,
}

/// An item and its value.
#[derive(Debug)]
pub struct ItemPattern {
    /// In upper case, with section and origin as written: `BODY[HEADER.FIELDS (FROM)]<10>`, `UIDNEXT`.
    pub name: String,
    /// The value.
    pub value: ValuePattern,
}

/// A value with its place in the source.
#[derive(Debug)]
pub struct ValuePattern {
    /// Where it is written.
    pub place: Place,
    /// What it asks.
    pub form: Form,
}

/// What a value must be.
#[derive(Debug)]
pub enum Form {
    /// `_`
    Any,
    /// `$x`
    Capture(Slot),
    /// `A|B`
    Atom(Vec<String>),
    /// `"text"`, `{"text"}`
    Text(Vec<u8>),
    /// `12`
    Number(u64),
    /// `NIL`
    Nil,
    /// `#2`, `@2`, `$(…)`, `{plain}`, `$box`: a value computed when the line is matched.
    Computed(Expression),
    /// `/re/`
    Regex(RegexPattern),
    /// `( … )`
    List(ListPattern),
}

/// A list.
#[derive(Debug)]
pub struct ListPattern {
    /// In order (flags: in any order).
    pub items: Vec<ValuePattern>,
    /// What follows this index may be missing from the end.
    pub optional_from: Option<usize>,
    /// `...` stands at the end: any rest.
    pub rest: bool,
    /// `=( … )`
    pub exact: bool,
}

/// A regular expression with its named groups.
#[derive(Debug)]
pub struct RegexPattern {
    /// Over octets.
    pub regex: Regex,
    /// Group name and the capture that it sets.
    pub groups: Vec<(String, Slot)>,
}
