//! One hierarchy delimiter below each top-level name (RFC 3501 section 7.2.2).

use std::collections::HashMap;

use crate::{
    imap::{Kind, mailbox_name},
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const RULE: &RuleInfo = &RuleInfo::imap(
    "one-delimiter",
    &["rfc3501-7.2.2-07"],
    "All names below one top-level name are listed with the same hierarchy delimiter",
);

/// Top-level names that are remembered.
const NAMES: usize = 1000;

#[derive(Default)]
pub(super) struct Delimiter {
    /// Of names that have a level below them: the delimiter.
    below: HashMap<Vec<u8>, u8>,
}

impl Rule for Delimiter {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let Some(Kind::List(listing) | Kind::Lsub(listing)) = seen.line.imap().map(|response| &response.kind)
        else {
            return;
        };
        let octets = &seen.line.octets;
        let delimiter = listing.delimiter.text(octets);
        let (true, &[delimiter]) = (listing.delimiter.is_string(), delimiter.as_ref()) else { return };
        let name = listing.mailbox.text(octets);
        let Some(end) = name.iter().position(|&octet| octet == delimiter) else { return };
        let top = mailbox_name::canonical(&name[..end]).to_vec();
        if end == 0 || name.len() == end + 1 {
            return;
        }
        if self.below.len() >= NAMES {
            self.below.clear();
        }
        let first = *self.below.entry(top).or_insert(delimiter);
        if first != delimiter {
            let message = format!("another name below the same top was listed with {:?}", char::from(first));
            found.at(RULE, "rfc3501-7.2.2-07", seen.line, listing.delimiter.span, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn delimiters() {
        talk::imap(&[
            ("S: * OK hi\nS: * LIST () \"/\" a\nS: * LIST () \"/\" a/b\nS: * LSUB () \"/\" a/b/c", &[]),
            ("S: * OK hi\nS: * LIST () \"/\" a/b\nS: * LIST () \".\" #news.x\nS: * LIST () NIL a.c", &[]),
            (
                "S: * OK hi\nS: * LIST (\\Noselect) \"/\" \"\"\nS: * LIST () \".\" a\nS: * LIST () \"/\" a/b",
                &[],
            ),
            (
                "S: * OK hi\nS: * LIST () \"/\" a/b\nS: * LIST () \".\" a.b",
                &["one-delimiter rfc3501-7.2.2-07"],
            ),
        ]);
    }
}
