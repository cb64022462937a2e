//! What a FETCH response tells of a message (RFC 3501 section 7.4.2).

use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::Offset;

use super::string::{astring, literal, literal8, string};
use super::{envelope, put, separated, structure};
use crate::imap::MONTHS;
use crate::imap::command::{Section, SectionText};
use crate::message::{Envelope, Header, Part};
use crate::store::{Flag, Flags, InternalDate, Keyword, ModSequence, Rendition, Renditions};

/// A message attribute.
#[derive(Clone, Debug)]
pub(crate) enum Attribute {
    Flags {
        flags: Flags,
        recent: bool,
    },
    InternalDate(InternalDate),
    Size(u32),
    Uid(u32),
    ModSeq(ModSequence),
    /// The envelope or the structure of the message with these octets.
    Rendition {
        what: Rendition,
        octets: Arc<[u8]>,
        renditions: Arc<Renditions>,
    },
    /// Message text under the name it was asked by; NIL where the message has no such section.
    Text {
        label: Label,
        text: Option<Octets>,
    },
    /// The decoded content of a part (RFC 3516 section 4.3); NIL where the message has no such part.
    Binary {
        part: Vec<u32>,
        origin: Option<u32>,
        content: Option<Vec<u8>>,
    },
    /// The size of the decoded content of a part.
    BinarySize {
        part: Vec<u32>,
        size: usize,
    },
}

/// The name of message text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    Rfc822,
    Rfc822Header,
    Rfc822Text,
    /// `BODY[section]`, with the origin of a partial fetch.
    Section {
        section: Section,
        origin: Option<u32>,
    },
}

/// Octets of a message.
#[derive(Clone, Debug)]
pub(crate) enum Octets {
    /// A slice of the stored ones.
    Stored(Arc<[u8]>, Range<usize>),
    /// Chosen fields of a header.
    Selected(Vec<u8>),
}

impl Octets {
    pub(crate) fn as_slice(&self) -> &[u8] {
        match self {
            Self::Stored(octets, range) => &octets[range.clone()],
            Self::Selected(octets) => octets,
        }
    }
}

impl Attribute {
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Flags { flags, recent } => {
                let mut names: Vec<&str> = flags.system().map(Flag::name).collect();
                names.extend(recent.then_some("\\Recent"));
                names.extend(flags.keywords().map(Keyword::as_str));
                put(out, &format!("FLAGS ({})", names.join(" ")));
            }
            Self::InternalDate(date) => put(out, &format!("INTERNALDATE \"{}\"", date_time(*date))),
            Self::Size(size) => put(out, &format!("RFC822.SIZE {size}")),
            Self::Uid(uid) => put(out, &format!("UID {uid}")),
            Self::ModSeq(value) => put(out, &format!("MODSEQ ({value})")),
            Self::Rendition { what, octets, renditions } => {
                put(
                    out,
                    match what {
                        Rendition::Envelope => "ENVELOPE ",
                        Rendition::Body => "BODY ",
                        Rendition::BodyStructure => "BODYSTRUCTURE ",
                    },
                );
                out.extend_from_slice(&renditions.get(*what, || rendered(*what, octets)));
            }
            Self::Text { label, text } => {
                label.write(out);
                match text {
                    Some(text) => {
                        put(out, " ");
                        literal(text.as_slice(), out);
                    }
                    None => put(out, " NIL"),
                }
            }
            Self::Binary { part, origin, content } => {
                let origin = origin.map(|origin| format!("<{origin}>")).unwrap_or_default();
                put(out, &format!("BINARY[{}]{origin} ", part_number(part)));
                match content {
                    Some(content) if content.contains(&0) => literal8(content, out),
                    Some(content) => string(content, out),
                    None => put(out, "NIL"),
                }
            }
            Self::BinarySize { part, size } => {
                put(out, &format!("BINARY.SIZE[{}] {size}", part_number(part)));
            }
        }
    }
}

/// What is said of the message with these octets.
pub(crate) fn rendered(what: Rendition, octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    match what {
        Rendition::Envelope => {
            let header = Header::scan(octets, 0..octets.len());
            envelope::write(&Envelope::of(octets, &header), &mut out);
        }
        Rendition::Body => structure::write(octets, &Part::of_message(octets), false, &mut out),
        Rendition::BodyStructure => structure::write(octets, &Part::of_message(octets), true, &mut out),
    }
    out
}

impl Label {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Rfc822 => put(out, "RFC822"),
            Self::Rfc822Header => put(out, "RFC822.HEADER"),
            Self::Rfc822Text => put(out, "RFC822.TEXT"),
            Self::Section { section, origin } => {
                put(out, "BODY[");
                write_section(section, out);
                put(out, "]");
                if let Some(origin) = origin {
                    put(out, &format!("<{origin}>"));
                }
            }
        }
    }
}

fn write_section(section: &Section, out: &mut Vec<u8>) {
    let part = part_number(&section.part);
    put(out, &part);
    let Some(text) = &section.text else { return };
    if !part.is_empty() {
        put(out, ".");
    }
    match text {
        SectionText::Header => put(out, "HEADER"),
        SectionText::Text => put(out, "TEXT"),
        SectionText::Mime => put(out, "MIME"),
        SectionText::Fields { not, names } => {
            put(out, if *not { "HEADER.FIELDS.NOT (" } else { "HEADER.FIELDS (" });
            separated(out, names, |name, out| astring(name, out));
            put(out, ")");
        }
    }
}

fn part_number(part: &[u32]) -> String {
    part.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

fn date_time(date: InternalDate) -> String {
    let offset = Offset::from_seconds(date.offset_minutes.saturating_mul(60)).unwrap_or(Offset::UTC);
    let local = offset.to_datetime(Timestamp::from_second(date.epoch).unwrap_or_default());
    let month = MONTHS[usize::from(local.month().unsigned_abs()) - 1];
    let (sign, minutes) =
        if date.offset_minutes < 0 { ('-', -date.offset_minutes) } else { ('+', date.offset_minutes) };
    format!(
        "{:2}-{month}-{:04} {:02}:{:02}:{:02} {sign}{:02}{:02}",
        local.day(),
        local.year(),
        local.hour(),
        local.minute(),
        local.second(),
        minutes / 60,
        minutes % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_shown_in_their_zone() {
        for (epoch, offset_minutes, wanted) in
            [(0, 60, " 1-Jan-1970 01:00:00 +0100"), (0, -90, "31-Dec-1969 22:30:00 -0130")]
        {
            assert_eq!(date_time(InternalDate { epoch, offset_minutes }), wanted);
        }
    }
}
