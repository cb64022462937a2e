//! FETCH (RFC 3501 section 6.4.5).

mod binary;
mod section;

use std::sync::Arc;

use super::command::{BinaryItem, FetchItem, Numbering, Section, SectionText, SequenceSet};
use super::response::{Attribute, Code, Data, Label};
use super::session::{Completion, Session, Step};
use crate::message::{Envelope, Header, Part};
use crate::net::Transport;
use crate::store::{Flag, SelectedMessage};
use binary::{binary, is_undecodable};
use section::{SectionSource, partial};

impl<T: Transport> Session<'_, T> {
    pub(super) async fn fetch(
        &mut self,
        by: Numbering,
        set: &SequenceSet,
        items: Vec<FetchItem>,
    ) -> Step<Completion> {
        let numbers = match self.numbers(by, set) {
            Ok(numbers) => numbers,
            Err(completion) => return Ok(completion),
        };
        let uid = (by == Numbering::Uid).then_some(FetchItem::Uid);
        let mut asked: Vec<FetchItem> = Vec::new();
        for item in uid.into_iter().chain(items) {
            // What is asked twice is told once.
            if !asked.contains(&item) {
                asked.push(item);
            }
        }
        let mut undecodable = false;
        for number in numbers {
            if self.selected.as_ref().is_some_and(|selected| is_undecodable(selected, number, &asked)) {
                undecodable = true;
            } else if let Some(data) = self.fetch_one(number, &asked) {
                self.data(data).await?;
            }
        }
        Ok(match undecodable {
            false => Completion::ok("FETCH completed"),
            true => Completion::no("a transfer encoding is not known").with(Code::UnknownCte),
        })
    }

    /// The answer for one message. Reading text sets `\Seen`, which is told along with it.
    fn fetch_one(&mut self, number: u32, items: &[FetchItem]) -> Option<Data> {
        let selected = self.selected.as_mut()?;
        let newly_seen = items.iter().any(sets_seen) && selected.mark_seen(number);
        let message = selected.message(number)?;
        let mut attributes = attributes(&message, items);
        if newly_seen && !items.contains(&FetchItem::Flags) {
            attributes.push(flags(&message));
        }
        if newly_seen || items.contains(&FetchItem::Flags) {
            selected.flags_told(message.uid);
        }
        debug_assert!(!newly_seen || message.message.flags.has(Flag::Seen));
        Some(Data::Fetch { number, attributes })
    }
}

fn sets_seen(item: &FetchItem) -> bool {
    matches!(
        item,
        FetchItem::Rfc822
            | FetchItem::Rfc822Text
            | FetchItem::Section { peek: false, .. }
            | FetchItem::Binary { item: BinaryItem::Content { peek: false, .. }, .. }
    )
}

fn flags(message: &SelectedMessage) -> Attribute {
    Attribute::Flags { flags: message.message.flags.clone(), recent: message.recent }
}

fn attributes(message: &SelectedMessage, items: &[FetchItem]) -> Vec<Attribute> {
    let octets = &message.message.octets;
    let source = SectionSource::new(octets);
    let text = |label: Label, text: Option<SectionText>| {
        let section = Section { part: Vec::new(), text };
        Attribute::Text { label, text: source.text(&section) }
    };
    let attribute = |item: &FetchItem| match item {
        FetchItem::Flags => flags(message),
        FetchItem::InternalDate => Attribute::InternalDate(message.message.internal_date),
        FetchItem::Size => Attribute::Size(message.message.size()),
        FetchItem::Uid => Attribute::Uid(message.uid),
        FetchItem::Envelope => {
            let header = Header::scan(octets, 0..octets.len());
            Attribute::Envelope(Box::new(Envelope::of(octets, &header)))
        }
        FetchItem::Structure { extensible } => Attribute::Structure {
            octets: Arc::clone(octets),
            part: Box::new(Part::clone(source.structure())),
            extensible: *extensible,
        },
        FetchItem::Rfc822 => text(Label::Rfc822, None),
        FetchItem::Rfc822Header => text(Label::Rfc822Header, Some(SectionText::Header)),
        FetchItem::Rfc822Text => text(Label::Rfc822Text, Some(SectionText::Text)),
        FetchItem::Section { section, partial: range, .. } => {
            let label = Label::Section { section: section.clone(), origin: range.map(|(origin, _)| origin) };
            let text = source.text(section);
            Attribute::Text { label, text: text.map(|text| partial(text, *range)) }
        }
        FetchItem::Binary { part, item } => binary(&source, part, *item),
    };
    items.iter().map(attribute).collect()
}
