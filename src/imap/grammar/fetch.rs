//! The items of a FETCH response (RFC 3501 section 7.4.2).

use super::words::{Place, is_atom_char, upper, visible};
use super::{Rules, SYNTAX};
use crate::fault::Span;
use crate::imap::node::{Node, NodeKind, Reader};
use crate::imap::response::FetchItem;

impl Rules<'_> {
    pub(super) fn fetch(&mut self, number: u64, items: &[FetchItem]) {
        self.sequence_number(number);
        if items.is_empty() && !self.faults.iter().any(|fault| fault.clause == MESSAGE_DATA) {
            self.fault(MESSAGE_DATA, Span::new(0, self.octets.len()), "a FETCH line without any item");
        }
        for item in items {
            self.fetch_item(item);
        }
    }

    fn fetch_item(&mut self, item: &FetchItem) {
        let mut buffer = [0; 16];
        let name = upper(item.name.of(self.octets), &mut buffer);
        let value = &item.value;
        // An item without a value, or a value without a name, has been told already.
        if value.span.is_empty() || item.name.is_empty() {
            return;
        }
        self.only(item.name, "an octet that no item's name may hold", is_atom_char);
        if let Some(section) = item.section {
            match name {
                b"BODY" => {
                    self.section(section);
                    self.nstring(value, SYNTAX, "the text of a section is a string or NIL");
                }
                b"BINARY" => self.binary(section, value, item.origin.is_some()),
                b"BINARY.SIZE" => self.binary_size(section, value),
                b"BINARY.PEEK" => {
                    self.fault("rfc3516-4.2-03", item.name, "BINARY.PEEK is no name of an answer");
                }
                b"BODY.PEEK" => self.fault(MESSAGE_DATA, item.name, "BODY.PEEK is no name of an answer"),
                _ => {}
            }
            return;
        }
        match name {
            b"FLAGS" => self.message_flags(value),
            b"UID" => {
                self.nz_number(value, "rfc3501-2.3.1.1-01", "a UID is a number from 1 to 4294967295");
            }
            b"MODSEQ" => self.mod_sequence(value),
            b"RFC822.SIZE" => {
                self.number(value, "a size is a number below 4294967296");
            }
            b"INTERNALDATE" => self.internal_date(value),
            b"ENVELOPE" => self.envelope(value),
            b"BODY" => self.body(value, false),
            b"BODYSTRUCTURE" => self.body(value, true),
            b"RFC822" | b"RFC822.HEADER" | b"RFC822.TEXT" => {
                self.nstring(value, SYNTAX, "the text of a message is a string or NIL");
            }
            _ => {}
        }
    }

    /// One number in parentheses (RFC 7162 sections 3.1 and 3.1.4.2). RFC 4551 had 64 bits.
    fn mod_sequence(&mut self, value: &Node) {
        match value.list() {
            Some([one]) if one.number() == Some(0) => {
                self.fault("rfc7162-3.1-01", value.span, "a mod-sequence is positive");
            }
            Some([one]) if one.number().is_some_and(|number| number >> 63 == 0) => {}
            Some([one]) if one.number().is_some() => {
                self.note("rfc7162-3.1-01", value.span, "a mod-sequence of more than 63 bits");
            }
            _ => self.fault("rfc7162-3.1.4-02", visible(value.span), "MODSEQ has one number in parentheses"),
        }
    }

    fn message_flags(&mut self, value: &Node) {
        match value.list() {
            Some(flags) => flags.iter().for_each(|flag| self.flag(flag, Place::Fetch)),
            None => self.fault("rfc3501-7.4.2-42", value.span, "the flags do not stand in parentheses"),
        }
    }

    /// `date-time`
    fn internal_date(&mut self, value: &Node) {
        let fits = matches!(value.kind, NodeKind::Quoted { .. }) && is_date_time(&value.text(self.octets));
        if !fits {
            self.fault("rfc3501-7.4.2-43", value.span, "not of the form \"dd-Mon-yyyy hh:mm:ss +zzzz\"");
        }
    }

    /// `section-spec`, or nothing
    fn section(&mut self, section: Span) {
        let spec = section.of(self.octets);
        let mut at = 0;
        // The numbers of the part, each followed by a dot but the last.
        while let Some(digits) = part_number(&spec[at..]) {
            at += digits;
            match spec.get(at) {
                None => return,
                Some(b'.') => at += 1,
                Some(_) => return self.fault(SYNTAX, section, "not a section"),
            }
        }
        let text = &spec[at..];
        if text.is_empty() && at == 0 {
            return;
        }
        let word = text.split(|&octet| octet == b' ').next().unwrap_or_default();
        let is = |name: &str| word.eq_ignore_ascii_case(name.as_bytes());
        let plain = is("HEADER") || is("TEXT") || (is("MIME") && at > 0);
        if plain && word.len() == text.len() {
            return;
        }
        let fields = (is("HEADER.FIELDS") || is("HEADER.FIELDS.NOT")) && text.get(word.len()) == Some(&b' ');
        if !fields {
            return self.fault(SYNTAX, visible(section), "not a section");
        }
        let start = section.start as usize + at + word.len() + 1;
        let mut reader = Reader::new(self.frame, start, section.end as usize);
        let nodes = reader.nodes(self.faults);
        match &nodes[..] {
            [list] if list.list().is_some_and(|fields| !fields.is_empty()) => {
                for field in list.list().unwrap_or_default() {
                    self.astring(field, "the name of a field is an atom or a string");
                }
            }
            _ => self.fault(SYNTAX, section, "the names of fields do not stand in parentheses"),
        }
    }
}

/// The length of the part number in front.
pub(super) fn part_number(spec: &[u8]) -> Option<usize> {
    let digits = spec.iter().take_while(|octet| octet.is_ascii_digit()).count();
    (digits > 0 && spec[0] != b'0').then_some(digits)
}

fn is_date_time(text: &[u8]) -> bool {
    const FORM: &[u8; 26] = b"d9-MMM-9999 99:99:99 s9999";
    const MONTHS: [&[u8; 3]; 12] =
        [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
    let fits = text.len() == FORM.len()
        && text.iter().zip(FORM).all(|(octet, form)| match form {
            b'd' => *octet == b' ' || octet.is_ascii_digit(),
            b'9' => octet.is_ascii_digit(),
            b's' => matches!(octet, b'+' | b'-'),
            b'M' => octet.is_ascii_alphabetic(),
            _ => octet == form,
        });
    // Two digits compare like the number that they write.
    fits && MONTHS.iter().any(|month| text[3..6].eq_ignore_ascii_case(*month))
        && !matches!(&text[..2], b" 0" | b"00")
        && text[..2] <= b"31"[..]
        && text[12..14] <= b"23"[..]
        && text[15..17] <= b"59"[..]
        && text[18..20] <= b"60"[..]
        && text[22..24] <= b"23"[..]
        && text[24..26] <= b"59"[..]
}

/// A FETCH line holds at least one item with its value in parentheses.
const MESSAGE_DATA: &str = "rfc3501-9-54";
