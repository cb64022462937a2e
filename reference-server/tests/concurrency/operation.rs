//! What a session can be told to do, and how that is written.

use std::fmt;

/// The flags that are used here, one bit each.
pub(crate) const FLAGS: [&str; 8] =
    ["\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft", "$Forwarded", "Work", "Later"];

/// A set of [`FLAGS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Flags(pub(crate) u8);

impl Flags {
    pub(crate) const DELETED: Self = Self(1 << 2);
    pub(crate) const SEEN: Self = Self(1 << 3);

    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    pub(crate) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The flag of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        FLAGS.iter().position(|known| known.eq_ignore_ascii_case(name)).map(|bit| Self(1 << bit))
    }
}

impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = FLAGS.iter().enumerate().filter(|(bit, _)| self.0 & (1 << bit) != 0);
        write!(f, "({})", names.map(|(_, name)| *name).collect::<Vec<_>>().join(" "))
    }
}

/// How STORE changes flags.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    Replace,
    Add,
    Remove,
}

impl Change {
    pub(crate) fn apply(self, flags: Flags, operand: Flags) -> Flags {
        match self {
            Self::Replace => operand,
            Self::Add => flags.with(operand),
            Self::Remove => Flags(flags.0 & !operand.0),
        }
    }
}

/// A set of message sequence numbers or UIDs; `None` is `*`.
#[derive(Clone, Debug)]
pub(crate) struct Set {
    pub(crate) uid: bool,
    pub(crate) ranges: Vec<(Option<u32>, Option<u32>)>,
}

impl Set {
    /// Whether the set names `number`, where `*` is `highest`.
    pub(crate) fn names(&self, number: u32, highest: u32) -> bool {
        self.ranges.iter().any(|(first, last)| {
            if highest == 0 && (first.is_none() || last.is_none()) {
                return false;
            }
            let (first, last) = (first.unwrap_or(highest), last.unwrap_or(highest));
            (first.min(last)..=first.max(last)).contains(&number)
        })
    }

    /// Whether each number of the set is one of `1..=highest`.
    pub(crate) fn fits(&self, highest: u32) -> bool {
        let ends = self.ranges.iter().flat_map(|(first, last)| [first, last]);
        highest > 0 && ends.flatten().all(|end| *end <= highest)
    }
}

impl fmt::Display for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |end: Option<u32>| end.map_or("*".to_owned(), |number| number.to_string());
        let range = |(first, last): &(Option<u32>, Option<u32>)| match first == last {
            true => end(*first),
            false => format!("{}:{}", end(*first), end(*last)),
        };
        f.write_str(&self.ranges.iter().map(range).collect::<Vec<_>>().join(","))
    }
}

/// A message to append: its subject is `m` and this number, which no other message has.
#[derive(Clone, Debug)]
pub(crate) struct NewMessage {
    pub(crate) id: u32,
    pub(crate) flags: Flags,
}

impl NewMessage {
    pub(crate) fn text(&self) -> String {
        format!("Subject: m{}\r\n\r\ntext\r\n", self.id)
    }
}

/// What FETCH asks for beside UID and FLAGS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Nothing,
    /// The subject, which says which message it is.
    Subject,
    /// The text, which sets `\Seen`.
    Text,
}

/// A command.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    Noop,
    Select {
        mailbox: &'static str,
        read_only: bool,
    },
    Close,
    Unselect,
    Append {
        mailbox: &'static str,
        messages: Vec<NewMessage>,
        synchronizing: bool,
    },
    Fetch {
        set: Set,
        item: Item,
    },
    /// SEARCH for messages with the flag, or without it.
    Search {
        uid: bool,
        flag: Flags,
        set: bool,
    },
    Store {
        set: Set,
        change: Change,
        silent: bool,
        flags: Flags,
    },
    Copy {
        set: Set,
        mailbox: &'static str,
    },
    Move {
        set: Set,
        mailbox: &'static str,
    },
    Expunge,
    UidExpunge {
        set: Set,
    },
    Create {
        mailbox: &'static str,
    },
    Delete {
        mailbox: &'static str,
    },
    Rename {
        from: &'static str,
        to: &'static str,
    },
    Status {
        mailbox: &'static str,
    },
    /// IDLE, until [`Idle::Done`](super::client) is sent.
    Idle,
}

impl Operation {
    /// Whether EXPUNGE responses may be sent while it is in progress (RFC 3501 section 7.4.1, RFC 2180).
    pub(crate) fn allows_expunges(&self) -> bool {
        match self {
            Self::Fetch { set, .. } | Self::Store { set, .. } => set.uid,
            Self::Search { uid, .. } => *uid,
            _ => true,
        }
    }

    /// Whether it matters to others, or to its own session, when it acts. What FETCH and SEARCH read, they read later.
    pub(crate) fn matters_to_others(&self) -> bool {
        let harmless = matches!(
            self,
            Self::Noop
                | Self::Idle
                | Self::Fetch { .. }
                | Self::Search { .. }
                | Self::Status { .. }
                | Self::Unselect
        );
        !harmless
    }

    /// Whether it changes which mailbox has which name.
    pub(crate) fn changes_names(&self) -> bool {
        matches!(self, Self::Create { .. } | Self::Delete { .. } | Self::Rename { .. })
    }

    /// Whether it may change the flags of messages that stay.
    pub(crate) fn changes_flags(&self) -> bool {
        matches!(self, Self::Store { .. }) || self.reads_text()
    }

    /// Whether it reads texts, which sets `\Seen`.
    pub(crate) fn reads_text(&self) -> bool {
        matches!(self, Self::Fetch { item: Item::Text, .. })
    }

    /// The command without its tag and its line end. Literals are non-synchronizing, or else there is just one.
    pub(crate) fn text(&self) -> String {
        let uid = |set: &Set| if set.uid { "UID " } else { "" };
        match self {
            Self::Noop => "NOOP".to_owned(),
            Self::Select { mailbox, read_only } => {
                format!("{} {mailbox}", if *read_only { "EXAMINE" } else { "SELECT" })
            }
            Self::Close => "CLOSE".to_owned(),
            Self::Unselect => "UNSELECT".to_owned(),
            Self::Append { mailbox, messages, synchronizing } => {
                let mark = if *synchronizing { "" } else { "+" };
                let message = |message: &NewMessage| {
                    let text = message.text();
                    format!(" {} {{{}{mark}}}\r\n{text}", message.flags, text.len())
                };
                format!("APPEND {mailbox}{}", messages.iter().map(message).collect::<String>())
            }
            Self::Fetch { set, item } => {
                let item = match item {
                    Item::Nothing => "",
                    Item::Subject => " BODY.PEEK[HEADER.FIELDS (SUBJECT)]",
                    Item::Text => " BODY[TEXT]",
                };
                format!("{}FETCH {set} (UID FLAGS{item})", uid(set))
            }
            Self::Search { uid, flag, set } => {
                format!("{}SEARCH {}", if *uid { "UID " } else { "" }, key(*flag, *set))
            }
            Self::Store { set, change, silent, flags } => {
                let sign = match change {
                    Change::Replace => "",
                    Change::Add => "+",
                    Change::Remove => "-",
                };
                format!("{}STORE {set} {sign}FLAGS{} {flags}", uid(set), if *silent { ".SILENT" } else { "" })
            }
            Self::Copy { set, mailbox } => format!("{}COPY {set} {mailbox}", uid(set)),
            Self::Move { set, mailbox } => format!("{}MOVE {set} {mailbox}", uid(set)),
            Self::Expunge => "EXPUNGE".to_owned(),
            Self::UidExpunge { set } => format!("UID EXPUNGE {set}"),
            Self::Create { mailbox } => format!("CREATE {mailbox}"),
            Self::Delete { mailbox } => format!("DELETE {mailbox}"),
            Self::Rename { from, to } => format!("RENAME {from} {to}"),
            Self::Status { mailbox } => {
                format!("STATUS {mailbox} (MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN)")
            }
            Self::Idle => "IDLE".to_owned(),
        }
    }
}

fn key(flag: Flags, set: bool) -> String {
    let name = FLAGS.into_iter().find(|name| Flags::named(name) == Some(flag)).unwrap_or_default();
    match (name.strip_prefix('\\'), set) {
        (Some(name), true) => name.to_uppercase(),
        (Some(name), false) => format!("UN{}", name.to_uppercase()),
        (None, true) => format!("KEYWORD {name}"),
        (None, false) => format!("UNKEYWORD {name}"),
    }
}
