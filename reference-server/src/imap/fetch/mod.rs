//! FETCH (RFC 3501 section 6.4.5, RFC 7162 section 3.1.4).

mod binary;
mod section;

use std::sync::Arc;

use super::command::{BinaryItem, FetchItem, FetchModifiers, Numbering, Section, SectionText, SequenceSet};
use super::response::{Attribute, Code, Data, Label};
use super::session::{Completion, Session, Step};
use crate::net::Transport;
use crate::store::{ModSequence, Rendition, Selected, SelectedMessage};
use binary::{binary, is_undecodable};
use section::{SectionSource, partial};

impl<T: Transport> Session<'_, T> {
    pub(super) async fn fetch(
        &mut self,
        by: Numbering,
        set: &SequenceSet,
        items: Vec<FetchItem>,
        modifiers: FetchModifiers,
    ) -> Step<Completion> {
        if modifiers.vanished && !self.mod_sequences.resync {
            return Ok(Completion::bad("QRESYNC is not enabled"));
        }
        let numbers = match self.numbers(by, set) {
            Ok(numbers) => numbers,
            Err(completion) => return Ok(completion),
        };
        let uid = (by == Numbering::Uid).then_some(FetchItem::Uid);
        let mod_sequence = modifiers.changed_since.is_some().then_some(FetchItem::ModSeq);
        let mut asked: Vec<FetchItem> = Vec::new();
        for item in uid.into_iter().chain(items).chain(mod_sequence) {
            // What is asked twice is told once.
            if !asked.contains(&item) {
                asked.push(item);
            }
        }
        if asked.contains(&FetchItem::ModSeq) {
            self.become_condstore_aware();
        }
        if let Some(since) = modifiers.changed_since.filter(|_| modifiers.vanished) {
            self.tell_vanished(set, since).await?;
        }
        let mut undecodable = false;
        for number in numbers {
            let Some(selected) = &self.selected else { break };
            if modifiers.changed_since.is_some_and(|since| !has_changed(selected, number, since)) {
                continue;
            }
            if is_undecodable(selected, number, &asked) {
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
        let aware = self.is_condstore_aware();
        let selected = self.selected.as_mut()?;
        let newly_seen = items.iter().any(sets_seen) && selected.mark_seen(number);
        let mut items = items.to_vec();
        if newly_seen {
            let told = [(FetchItem::Flags, true), (FetchItem::Uid, aware), (FetchItem::ModSeq, aware)];
            let told = told.into_iter().filter(|(item, due)| *due && !items.contains(item));
            items.extend(told.map(|(item, _)| item).collect::<Vec<_>>());
        }
        let has = |item| items.contains(&item);
        // To an aware client a change is told with its mod-sequence and UID, or not yet.
        let tells = has(FetchItem::Flags) && (!aware || (has(FetchItem::ModSeq) && has(FetchItem::Uid)));
        let message = if tells { selected.tell(number) } else { selected.message(number) }?;
        if has(FetchItem::ModSeq) {
            self.tell_mod_sequence(message.mod_sequence);
        }
        Some(Data::Fetch { number, attributes: attributes(&message, &items) })
    }
}

fn has_changed(selected: &Selected, number: u32, since: ModSequence) -> bool {
    selected.message(number).is_some_and(|message| message.mod_sequence > since)
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

fn rendition(message: &SelectedMessage, what: Rendition) -> Attribute {
    let (octets, renditions) = (Arc::clone(&message.message.octets), Arc::clone(&message.message.renditions));
    Attribute::Rendition { what, octets, renditions }
}

fn attributes(message: &SelectedMessage, items: &[FetchItem]) -> Vec<Attribute> {
    let octets = &message.message.octets;
    let source = SectionSource::new(octets);
    let text = |label: Label, text: Option<SectionText>| {
        let section = Section { part: Vec::new(), text };
        Attribute::Text { label, text: source.text(&section) }
    };
    let attribute = |item: &FetchItem| match item {
        FetchItem::Flags => Attribute::Flags { flags: message.message.flags.clone(), recent: message.recent },
        FetchItem::InternalDate => Attribute::InternalDate(message.message.internal_date),
        FetchItem::Size => Attribute::Size(message.message.size()),
        FetchItem::Uid => Attribute::Uid(message.uid),
        FetchItem::ModSeq => Attribute::ModSeq(message.mod_sequence),
        FetchItem::Envelope => rendition(message, Rendition::Envelope),
        FetchItem::Structure { extensible: false } => rendition(message, Rendition::Body),
        FetchItem::Structure { extensible: true } => rendition(message, Rendition::BodyStructure),
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
