//! Attributes of one name that contradict one another (RFC 3348 section 3).

use crate::{
    imap::Kind,
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const RULE: &RuleInfo = &RuleInfo::imap(
    "children-attributes",
    &["rfc3348-3-06", "rfc3348-3-07"],
    "A name listed with \\HasChildren has neither \\HasNoChildren nor \\Noinferiors",
);

pub(super) struct Children;

impl Rule for Children {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let Some(Kind::List(listing) | Kind::Lsub(listing)) = seen.line.imap().map(|response| &response.kind)
        else {
            return;
        };
        let octets = &seen.line.octets;
        let attributes = listing.attributes.list().unwrap_or_default();
        let has = |name: &str| attributes.iter().any(|attribute| attribute.is(name, octets));
        let message = |other| format!("\\HasChildren and {other} contradict one another");
        for (other, clause) in [("\\HasNoChildren", "rfc3348-3-06"), ("\\Noinferiors", "rfc3348-3-07")] {
            if has("\\HasChildren") && has(other) {
                found.at(RULE, clause, seen.line, listing.attributes.span, message(other));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn contradictions() {
        talk::imap(&[
            ("S: * OK hi\nS: * LIST (\\HasChildren \\Noselect) \"/\" a", &[]),
            ("S: * OK hi\nS: * LIST (\\HasNoChildren \\Noinferiors) \"/\" a", &[]),
            (
                "S: * OK hi\nS: * LIST (\\HasChildren \\hasnochildren) \"/\" a",
                &["children-attributes rfc3348-3-06"],
            ),
            (
                "S: * OK hi\nS: * LSUB (\\Noinferiors \\HasChildren) \"/\" a",
                &["children-attributes rfc3348-3-07"],
            ),
        ]);
    }
}
