//! Responses as values, and the writer that puts them on the wire (RFC 3501 sections 7 and 9).

mod attribute;
mod envelope;
mod string;
mod structure;
mod thread;

pub(crate) use attribute::{Attribute, Label, Octets, rendered};
pub(crate) use thread::Thread;

use crate::store::{Access, Copied, Flag, Keyword, ModSequence, UidRanges};
use string::{astring, quoted};

/// One response of the server.
#[derive(Clone, Debug)]
pub(crate) enum Response {
    /// A command continuation request: `+ text`.
    Continue(String),
    /// An untagged response that carries data.
    Data(Data),
    /// A status response; without a tag it is untagged.
    Status { tag: Option<String>, condition: Condition, code: Option<Code>, text: String },
}

/// The condition of a status response (RFC 3501 section 7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Ok,
    No,
    Bad,
    Bye,
}

/// A response code (RFC 3501 section 7.1, RFC 4315, RFC 5530, RFC 7162).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    AlreadyExists,
    AppendUid {
        uid_validity: u32,
        uids: Vec<u32>,
    },
    AuthenticationFailed,
    BadCharset,
    Cannot,
    Capability(Vec<String>),
    /// RFC 7162 section 3.2.11.
    Closed,
    CopyUid(Copied),
    ExpungeIssued,
    /// RFC 7162 section 3.1.2.1.
    HighestModSeq(ModSequence),
    InUse,
    Limit,
    /// RFC 7162 section 3.1.3.
    Modified(Vec<u32>),
    NonExistent,
    PermanentFlags {
        access: Access,
        keywords: Vec<Keyword>,
    },
    PrivacyRequired,
    ReadOnly,
    ReadWrite,
    TooBig,
    TryCreate,
    Unavailable,
    UidNext(u32),
    UidValidity(u32),
    /// RFC 3516.
    UnknownCte,
    Unseen(u32),
}

/// The data of an untagged response.
#[derive(Clone, Debug)]
pub(crate) enum Data {
    Capability(Vec<String>),
    /// What ENABLE has enabled.
    Enabled(Vec<&'static str>),
    /// The result of a SEARCH with result options (RFC 4731 section 4).
    Esearch {
        /// The tag of the SEARCH.
        tag: String,
        /// Whether the numbers are UIDs.
        uid: bool,
        min: Option<u32>,
        max: Option<u32>,
        count: Option<usize>,
        /// In ascending order; left out if there are none.
        all: Vec<u32>,
        mod_sequence: Option<ModSequence>,
    },
    Exists(u32),
    Expunge(u32),
    Fetch {
        number: u32,
        attributes: Vec<Attribute>,
    },
    Flags(Vec<Keyword>),
    /// Pairs of field and value.
    Id(Vec<(&'static str, &'static str)>),
    List {
        name: String,
        attributes: Vec<&'static str>,
        /// Whether subscribed names lie below it (RFC 5258 section 3.5).
        child_info: bool,
    },
    Lsub {
        name: String,
        attributes: Vec<&'static str>,
    },
    /// One personal namespace, with an empty prefix.
    Namespace,
    Recent(u32),
    Search {
        numbers: Vec<u32>,
        mod_sequence: Option<ModSequence>,
    },
    /// In the order that was asked for (RFC 5256 section 4).
    Sort {
        numbers: Vec<u32>,
        mod_sequence: Option<ModSequence>,
    },
    Status {
        mailbox: String,
        items: Vec<(&'static str, u64)>,
    },
    /// The threads (RFC 5256 section 4).
    Thread(Vec<Thread>),
    /// RFC 7162 section 3.2.10.
    Vanished {
        earlier: bool,
        uids: UidRanges,
    },
}

impl Response {
    /// An untagged status response.
    pub(crate) fn untagged(condition: Condition, code: Option<Code>, text: &str) -> Self {
        Self::Status { tag: None, condition, code, text: text.to_owned() }
    }

    /// How many pieces the response is written in: message text may be too much to hold at once.
    pub(crate) fn pieces(&self) -> usize {
        match self {
            Self::Data(Data::Fetch { attributes, .. }) => attributes.len(),
            _ => 1,
        }
    }

    /// Writes one of the pieces; the last one has the line end.
    pub(crate) fn write(&self, piece: usize, out: &mut Vec<u8>) {
        match self {
            Self::Continue(text) => put(out, &format!("+ {text}")),
            Self::Data(Data::Fetch { number, attributes }) => {
                match piece {
                    0 => put(out, &format!("* {number} FETCH (")),
                    _ => put(out, " "),
                }
                attributes[piece].write(out);
                if piece + 1 < attributes.len() {
                    return;
                }
                put(out, ")");
            }
            Self::Data(data) => {
                put(out, "* ");
                data.write(out);
            }
            Self::Status { tag, condition, code, text } => {
                put(out, tag.as_deref().unwrap_or("*"));
                put(
                    out,
                    match condition {
                        Condition::Ok => " OK ",
                        Condition::No => " NO ",
                        Condition::Bad => " BAD ",
                        Condition::Bye => " BYE ",
                    },
                );
                if let Some(code) = code {
                    put(out, &format!("[{}] ", code.text()));
                }
                put(out, text);
            }
        }
        put(out, "\r\n");
    }
}

impl Data {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Capability(names) => put(out, &format!("CAPABILITY {}", names.join(" "))),
            Self::Enabled(names) => {
                put(out, "ENABLED");
                for name in names {
                    put(out, &format!(" {name}"));
                }
            }
            Self::Esearch { tag, uid, min, max, count, all, mod_sequence } => {
                put(out, "ESEARCH (TAG ");
                quoted(tag.as_bytes(), out);
                put(out, if *uid { ") UID" } else { ")" });
                let number = |name, number: &Option<u32>| number.map(|number| format!(" {name} {number}"));
                let count = count.map(|count| format!(" COUNT {count}"));
                let all = (!all.is_empty()).then(|| format!(" ALL {}", number_set(all)));
                let mod_sequence = mod_sequence.map(|value| format!(" MODSEQ {value}"));
                let items = [number("MIN", min), number("MAX", max), count, all, mod_sequence];
                for item in items.into_iter().flatten() {
                    put(out, &item);
                }
            }
            Self::Exists(count) => put(out, &format!("{count} EXISTS")),
            Self::Expunge(number) => put(out, &format!("{number} EXPUNGE")),
            // Written by the response, in pieces.
            Self::Fetch { .. } => {}
            Self::Flags(keywords) => put(out, &format!("FLAGS ({})", flag_names(keywords))),
            Self::Id(pairs) => {
                put(out, "ID (");
                separated(out, pairs, |(field, value), out| {
                    quoted(field.as_bytes(), out);
                    put(out, " ");
                    quoted(value.as_bytes(), out);
                });
                put(out, ")");
            }
            Self::List { name, attributes, child_info } => {
                list(out, "LIST", name, attributes);
                if *child_info {
                    put(out, " (\"CHILDINFO\" (\"SUBSCRIBED\"))");
                }
            }
            Self::Lsub { name, attributes } => list(out, "LSUB", name, attributes),
            Self::Namespace => put(out, "NAMESPACE ((\"\" \"/\")) NIL NIL"),
            Self::Recent(count) => put(out, &format!("{count} RECENT")),
            Self::Search { numbers, mod_sequence } => listed(out, "SEARCH", numbers, *mod_sequence),
            Self::Sort { numbers, mod_sequence } => listed(out, "SORT", numbers, *mod_sequence),
            Self::Status { mailbox, items } => {
                put(out, "STATUS ");
                astring(mailbox.as_bytes(), out);
                let items: Vec<String> =
                    items.iter().map(|(item, value)| format!("{item} {value}")).collect();
                put(out, &format!(" ({})", items.join(" ")));
            }
            Self::Thread(threads) => thread::write(threads, out),
            Self::Vanished { earlier, uids } => {
                put(out, if *earlier { "VANISHED (EARLIER) " } else { "VANISHED " });
                put(out, &ranges(uids.iter()));
            }
        }
    }
}

impl Code {
    fn text(&self) -> String {
        match self {
            Self::AlreadyExists => "ALREADYEXISTS".to_owned(),
            Self::AppendUid { uid_validity, uids } => {
                format!("APPENDUID {uid_validity} {}", number_set(uids))
            }
            Self::AuthenticationFailed => "AUTHENTICATIONFAILED".to_owned(),
            Self::BadCharset => "BADCHARSET (US-ASCII UTF-8)".to_owned(),
            Self::Cannot => "CANNOT".to_owned(),
            Self::Capability(names) => format!("CAPABILITY {}", names.join(" ")),
            Self::Closed => "CLOSED".to_owned(),
            Self::CopyUid(Copied { uid_validity, originals, copies }) => {
                format!("COPYUID {uid_validity} {} {}", number_set(originals), number_set(copies))
            }
            Self::ExpungeIssued => "EXPUNGEISSUED".to_owned(),
            Self::HighestModSeq(value) => format!("HIGHESTMODSEQ {value}"),
            Self::InUse => "INUSE".to_owned(),
            Self::Limit => "LIMIT".to_owned(),
            Self::Modified(numbers) => format!("MODIFIED {}", number_set(numbers)),
            Self::NonExistent => "NONEXISTENT".to_owned(),
            Self::PermanentFlags { access: Access::ReadOnly, .. } => "PERMANENTFLAGS ()".to_owned(),
            Self::PermanentFlags { access: Access::ReadWrite, keywords } => {
                format!("PERMANENTFLAGS ({} \\*)", flag_names(keywords))
            }
            Self::PrivacyRequired => "PRIVACYREQUIRED".to_owned(),
            Self::ReadOnly => "READ-ONLY".to_owned(),
            Self::ReadWrite => "READ-WRITE".to_owned(),
            Self::TooBig => "TOOBIG".to_owned(),
            Self::TryCreate => "TRYCREATE".to_owned(),
            Self::Unavailable => "UNAVAILABLE".to_owned(),
            Self::UidNext(uid) => format!("UIDNEXT {uid}"),
            Self::UidValidity(value) => format!("UIDVALIDITY {value}"),
            Self::UnknownCte => "UNKNOWN-CTE".to_owned(),
            Self::Unseen(number) => format!("UNSEEN {number}"),
        }
    }
}

fn listed(out: &mut Vec<u8>, response: &str, numbers: &[u32], mod_sequence: Option<ModSequence>) {
    put(out, response);
    for number in numbers {
        put(out, &format!(" {number}"));
    }
    if let Some(value) = mod_sequence {
        put(out, &format!(" (MODSEQ {value})"));
    }
}

fn list(out: &mut Vec<u8>, response: &str, name: &str, attributes: &[&str]) {
    put(out, &format!("{response} ({}) \"/\" ", attributes.join(" ")));
    astring(name.as_bytes(), out);
}

/// The system flags and these keywords.
fn flag_names(keywords: &[Keyword]) -> String {
    let mut names: Vec<&str> = Flag::ALL.into_iter().map(Flag::name).collect();
    names.extend(keywords.iter().map(Keyword::as_str));
    names.join(" ")
}

/// Numbers in their order, runs of neighbours as ranges.
fn number_set(numbers: &[u32]) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for &number in numbers {
        match runs.last_mut() {
            Some(run) if run.1.checked_add(1) == Some(number) => run.1 = number,
            _ => runs.push((number, number)),
        }
    }
    ranges(runs.into_iter())
}

fn ranges(ranges: impl Iterator<Item = (u32, u32)>) -> String {
    let ranges = ranges.map(|(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first}:{last}"),
    });
    ranges.collect::<Vec<_>>().join(",")
}

fn put(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

/// Writes values with one space between them.
fn separated<T>(out: &mut Vec<u8>, values: &[T], write: impl Fn(&T, &mut Vec<u8>)) {
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        write(value, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_keep_their_order() {
        assert_eq!(number_set(&[1, 2, 3, 5, 7, 8]), "1:3,5,7:8");
        assert_eq!(number_set(&[u32::MAX]), "4294967295");
    }
}
