//! The sections of a message (RFC 3501 section 6.4.5, `BODY[section]<partial>`).

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

use crate::imap::command::{Section, SectionText};
use crate::imap::response::Octets;
use crate::message::{Content, Header, Part};

/// A message whose sections are asked for; its structure is found when first needed.
pub(super) struct SectionSource<'m> {
    octets: &'m Arc<[u8]>,
    structure: OnceCell<Part>,
}

impl<'m> SectionSource<'m> {
    pub(super) fn new(octets: &'m Arc<[u8]>) -> Self {
        Self { octets, structure: OnceCell::new() }
    }

    pub(super) fn octets(&self) -> &'m [u8] {
        self.octets
    }

    pub(super) fn structure(&self) -> &Part {
        self.structure.get_or_init(|| Part::of_message(self.octets))
    }

    /// The octets of a section. `None` if the message has no such part, or the part is no message and has no header or
    /// text of its own.
    pub(super) fn text(&self, section: &Section) -> Option<Octets> {
        let whole = 0..self.octets.len();
        if section.part.is_empty() {
            let header = || Header::scan(self.octets, whole.clone());
            return match &section.text {
                None => Some(self.stored(whole)),
                Some(text) => self.of_message(text, &header(), whole.end),
            };
        }
        let part = self.structure().numbered(&section.part)?;
        match (&section.text, &part.content) {
            (None, _) => Some(self.stored(part.body.clone())),
            (Some(SectionText::Mime), _) => Some(self.stored(part.header.whole())),
            (Some(text), Content::Message(enclosed)) => {
                self.of_message(text, &enclosed.header, enclosed.body.end)
            }
            (Some(_), _) => None,
        }
    }

    fn of_message(&self, text: &SectionText, header: &Header, end: usize) -> Option<Octets> {
        match text {
            SectionText::Header => Some(self.stored(header.whole())),
            SectionText::Text => Some(self.stored(header.blank.end..end)),
            SectionText::Fields { not, names } => Some(Octets::Selected(self.fields(header, *not, names))),
            SectionText::Mime => None,
        }
    }

    /// The fields that are named, or those that are not, and the blank line if there is one.
    fn fields(&self, header: &Header, not: bool, names: &[Vec<u8>]) -> Vec<u8> {
        let fields = header.fields(self.octets);
        let chosen = fields.filter(|field| names.iter().any(|name| field.is(name)) != not);
        let mut octets: Vec<u8> = chosen.flat_map(|field| field.octets.iter().copied()).collect();
        octets.extend_from_slice(&self.octets[header.blank.clone()]);
        octets
    }

    fn stored(&self, range: Range<usize>) -> Octets {
        Octets::Stored(Arc::clone(self.octets), range)
    }
}

/// The octets from an origin on, at most so many.
pub(super) fn partial(text: Octets, range: Option<(u32, u32)>) -> Octets {
    let Some((origin, size)) = range else { return text };
    let len = text.as_slice().len();
    let start = usize::try_from(origin).unwrap_or(usize::MAX).min(len);
    let end = start.saturating_add(usize::try_from(size).unwrap_or(usize::MAX)).min(len);
    match text {
        Octets::Stored(octets, whole) => Octets::Stored(octets, whole.start + start..whole.start + end),
        Octets::Selected(octets) => Octets::Selected(octets[start..end].to_vec()),
    }
}
