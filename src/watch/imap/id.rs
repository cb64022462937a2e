//! What the server tells of itself keeps the limits of ID (RFC 2971 section 3.3).

use std::collections::HashSet;

use crate::{
    imap::Kind,
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const RULE: &RuleInfo = &RuleInfo::imap(
    "id-limits",
    &["rfc2971-3.3-01a", "rfc2971-3.3-01b", "rfc2971-3.3-01c", "rfc2971-3.3-02"],
    "ID has at most 30 pairs, no field twice, names of at most 30 octets and values of at most 1024",
);

pub(super) struct Id;

impl Rule for Id {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let octets = &seen.line.octets;
        let Some(Kind::Other { number: None, name, nodes }) = seen.line.imap().map(|response| &response.kind)
        else {
            return;
        };
        let Some(pairs) = nodes.first().and_then(|list| list.list()) else { return };
        if !name.of(octets).eq_ignore_ascii_case(b"ID") {
            return;
        }
        let mut names = HashSet::new();
        for pair in pairs.chunks_exact(2) {
            let (name, value) = (pair[0].text(octets), pair[1].text(octets));
            if name.len() > 30 {
                found.at(RULE, "rfc2971-3.3-01a", seen.line, pair[0].span, "a name of more than 30 octets");
            }
            if value.len() > 1024 {
                found.at(
                    RULE,
                    "rfc2971-3.3-01b",
                    seen.line,
                    pair[1].span,
                    "a value of more than 1024 octets",
                );
            }
            if !names.insert(name.to_ascii_lowercase()) {
                found.at(RULE, "rfc2971-3.3-02", seen.line, pair[0].span, "this field was there already");
            }
        }
        if pairs.len() / 2 > 30 {
            let message = format!("{} pairs, where 30 are the limit", pairs.len() / 2);
            found.at(RULE, "rfc2971-3.3-01c", seen.line, seen.whole(), message);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn limits() {
        let case = |list: &str, findings: &[&str]| {
            let script = ["S: * OK hi\nC: ID NIL\nS: * ID ", list, "\nS: a1 OK x"].concat();
            talk::imap(&[(&script, findings)]);
        };
        let pairs = |count: usize| {
            let pairs: Vec<String> = (0..count).map(|at| format!("\"f{at}\" NIL")).collect();
            format!("({})", pairs.join(" "))
        };
        case("NIL", &[]);
        case("(\"name\" \"x\" \"os\" NIL)", &[]);
        case(&pairs(30), &[]);
        case(&pairs(31), &["id-limits rfc2971-3.3-01c"]);
        case("(\"name\" \"x\" \"Name\" NIL)", &["id-limits rfc2971-3.3-02"]);
        case(&format!("(\"{}\" NIL)", "n".repeat(31)), &["id-limits rfc2971-3.3-01a"]);
        case(&format!("(\"n\" \"{}\")", "v".repeat(1025)), &["id-limits rfc2971-3.3-01b"]);
    }
}
