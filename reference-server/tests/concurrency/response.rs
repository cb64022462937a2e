//! What a server says, as far as it matters here.

use super::operation::Flags;

/// An untagged response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Untagged {
    Expunge(u32),
    Exists(u32),
    Recent(u32),
    Fetch(Fetched),
    Search(Vec<u32>),
    /// Items of STATUS, or codes of an OK, that carry a number.
    Numbers(Vec<(String, u32)>),
    /// COPYUID in an untagged OK.
    CopyUid(CopyUid),
    /// FLAGS, PERMANENTFLAGS and other responses that nothing is made of.
    Other,
}

/// A FETCH response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fetched {
    pub(crate) number: u32,
    pub(crate) uid: Option<u32>,
    /// The permanent flags, and whether `\Recent` is among them.
    pub(crate) flags: Option<(Flags, bool)>,
    /// The number in the subject.
    pub(crate) id: Option<u32>,
}

/// The code COPYUID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CopyUid {
    pub(crate) validity: u32,
    pub(crate) originals: Vec<u32>,
    pub(crate) copies: Vec<u32>,
}

/// A tagged response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tagged {
    /// `OK`, `NO` or `BAD`.
    pub(crate) condition: String,
    pub(crate) append_uid: Option<(u32, Vec<u32>)>,
    pub(crate) copy_uid: Option<CopyUid>,
}

impl Tagged {
    /// Reads what follows the tag.
    pub(crate) fn read(text: &str) -> Self {
        let (condition, rest) = text.split_once(' ').unwrap_or((text, ""));
        let append_uid = code(rest, "APPENDUID").map(|words| (number(words[0]), set(words[1])));
        Self { condition: condition.to_owned(), append_uid, copy_uid: copy_uid(rest) }
    }
}

impl Untagged {
    /// Reads what follows `* `; each literal of it stands behind its announcement.
    pub(crate) fn read(text: &str) -> Self {
        let words: Vec<&str> = text.split_whitespace().collect();
        match words.as_slice() {
            [number, "EXPUNGE"] => Self::Expunge(self::number(number)),
            [number, "EXISTS"] => Self::Exists(self::number(number)),
            [number, "RECENT"] => Self::Recent(self::number(number)),
            ["SEARCH", numbers @ ..] => Self::Search(numbers.iter().map(|word| number(word)).collect()),
            ["STATUS", _, ..] => {
                let (_, items) = text.split_once('(').unwrap_or_default();
                let items: Vec<&str> = items.trim_end_matches(')').split(' ').collect();
                let pair = |pair: &[&str]| (pair[0].to_owned(), number(pair[1]));
                Self::Numbers(items.chunks(2).map(pair).collect())
            }
            ["OK", ..] => match copy_uid(&text[3..]) {
                Some(code) => Self::CopyUid(code),
                None => ["UIDNEXT", "UIDVALIDITY", "UNSEEN"]
                    .into_iter()
                    .find_map(|name| Some((name.to_owned(), number(code(&text[3..], name)?[0]))))
                    .map_or(Self::Other, |pair| Self::Numbers(vec![pair])),
            },
            [number, "FETCH", ..] => Self::Fetch(Fetched {
                number: self::number(number),
                uid: after(text, "UID ").map(|rest| self::number(digits(rest))),
                flags: after(text, "FLAGS (").map(flags),
                id: after(text, "Subject: m").map(|rest| self::number(digits(rest))),
            }),
            ["FLAGS", ..] => Self::Other,
            _ => panic!("an unexpected response: * {text}"),
        }
    }
}

fn number(word: &str) -> u32 {
    word.parse().unwrap_or_else(|_| panic!("not a number: {word:?}"))
}

fn digits(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())]
}

fn after<'t>(text: &'t str, mark: &str) -> Option<&'t str> {
    text.find(mark).map(|at| &text[at + mark.len()..])
}

fn flags(rest: &str) -> (Flags, bool) {
    let names = &rest[..rest.find(')').unwrap_or(rest.len())];
    let (mut flags, mut recent) = (Flags::default(), false);
    for name in names.split_whitespace() {
        match Flags::named(name) {
            Some(flag) => flags = flags.with(flag),
            None if name == "\\Recent" && !recent => recent = true,
            None => panic!("an unexpected flag: {name}"),
        }
    }
    (flags, recent)
}

/// The words of a response code behind its name.
fn code<'t>(text: &'t str, name: &str) -> Option<Vec<&'t str>> {
    let inside = text.strip_prefix('[')?.split(']').next()?;
    Some(inside.strip_prefix(name)?.strip_prefix(' ')?.split(' ').collect())
}

fn copy_uid(text: &str) -> Option<CopyUid> {
    let words = code(text, "COPYUID")?;
    Some(CopyUid { validity: number(words[0]), originals: set(words[1]), copies: set(words[2]) })
}

fn set(text: &str) -> Vec<u32> {
    let range = |range: &str| match range.split_once(':') {
        Some((first, last)) => number(first)..=number(last),
        None => number(range)..=number(range),
    };
    text.split(',').flat_map(range).collect()
}
