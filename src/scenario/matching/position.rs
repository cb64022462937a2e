//! Where in a response a value stands, which decides about letter case and order.

use crate::imap::Node;

/// The place of a value in the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    /// Strings count exactly, words in any letter case.
    Exact,
    /// Any letter case: types, encodings, names of parameters, languages.
    AnyCase,
    /// A mailbox name: exact, as raw octets, but INBOX in any letter case. NIL is a name here.
    Mailbox,
    /// A list of flags or attributes: any order, extras allowed unless exact, any letter case.
    Flags,
    /// `date-time`: the same instant in any zone.
    InternalDate,
    /// BODY or BODYSTRUCTURE (RFC 3501 section 7.4.2).
    Body,
    /// A list of parameters: pairs in any order.
    Parameters,
    /// A type and its parameters, or NIL.
    Disposition,
}

impl Position {
    /// The position of the element at `index` of the list `nodes`, which itself stands at this position.
    pub(super) fn of_element(self, nodes: &[Node], octets: &[u8], index: usize) -> Self {
        match self {
            Self::Flags | Self::AnyCase => Self::AnyCase,
            Self::Mailbox => Self::Mailbox,
            Self::Body => in_body(nodes, octets, index),
            Self::Disposition => [Self::AnyCase, Self::Parameters].get(index).copied().unwrap_or(Self::Exact),
            Self::Parameters => {
                let name = index.checked_sub(1).and_then(|before| nodes.get(before));
                match name {
                    _ if index.is_multiple_of(2) => Self::AnyCase,
                    Some(name) if name.text(octets).eq_ignore_ascii_case(b"charset") => Self::AnyCase,
                    _ => Self::Exact,
                }
            }
            Self::Exact | Self::InternalDate => Self::Exact,
        }
    }

    /// The position of the value of a FETCH item without a section.
    pub(super) fn of_item(name: &[u8]) -> Self {
        match name.to_ascii_uppercase().as_slice() {
            b"FLAGS" => Self::Flags,
            b"BODY" | b"BODYSTRUCTURE" => Self::Body,
            b"INTERNALDATE" => Self::InternalDate,
            _ => Self::Exact,
        }
    }
}

fn in_body(nodes: &[Node], octets: &[u8], index: usize) -> Position {
    let extension = |index: usize| {
        [Position::Disposition, Position::AnyCase, Position::Exact]
            .get(index)
            .copied()
            .unwrap_or(Position::Exact)
    };
    let parts = nodes.iter().take_while(|node| node.list().is_some()).count();
    if parts > 0 {
        return match index.checked_sub(parts) {
            None => Position::Body,
            Some(0) => Position::AnyCase,
            Some(1) => Position::Parameters,
            Some(index) => extension(index - 2),
        };
    }
    let is = |at: usize, word: &[u8]| {
        nodes.get(at).is_some_and(|node| node.text(octets).eq_ignore_ascii_case(word))
    };
    let message = is(0, b"message") && is(1, b"rfc822");
    let fields = if message { 10 } else { 7 + usize::from(is(0, b"text")) };
    match index {
        0 | 1 | 5 => Position::AnyCase,
        2 => Position::Parameters,
        8 if message => Position::Body,
        _ => match index.checked_sub(fields) {
            // Behind body-fld-md5.
            Some(behind) if behind > 0 => extension(behind - 1),
            _ => Position::Exact,
        },
    }
}
