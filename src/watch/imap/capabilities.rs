//! Capabilities that call for others (RFC 5182 section 2.1, RFC 7162 section 3.2.3).

use crate::{
    imap::{Kind, Node},
    session::{ExchangeId, State},
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const RULE: &RuleInfo = &RuleInfo::imap(
    "capability-needs",
    &["rfc5182-2.1-01", "rfc7162-3.2.3-01a"],
    "After login a server that lists QRESYNC lists ENABLE, and one that lists SEARCHRES lists ESEARCH",
);

pub(super) struct Capabilities;

impl Rule for Capabilities {
    fn applied(&mut self, seen: &Seen<'_>, _: Option<ExchangeId>, found: &mut Findings) {
        if !matches!(seen.session.state(), State::Authenticated | State::Selected) {
            return;
        }
        let octets = &seen.line.octets;
        let names: &[Node] = match seen.line.imap().map(|response| &response.kind) {
            Some(Kind::Capability(names)) => names,
            Some(Kind::Status { text, .. } | Kind::Tagged { text, .. }) => match &text.code {
                Some(code) if code.name.is("CAPABILITY", octets) => &code.arguments,
                _ => return,
            },
            _ => return,
        };
        let listed = |name: &str| names.iter().find(|node| node.is(name, octets));
        // IMAP4rev2 has both within it.
        if listed("IMAP4rev2").is_some() {
            return;
        }
        for (name, needs, clause) in
            [("QRESYNC", "ENABLE", "rfc7162-3.2.3-01a"), ("SEARCHRES", "ESEARCH", "rfc5182-2.1-01")]
        {
            if let Some(node) = listed(name).filter(|_| listed(needs).is_none()) {
                let message = format!("{name} calls for {needs}, which is not listed");
                found.at(RULE, clause, seen.line, node.span, message);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn needs() {
        let case = |names: &str, findings: &[&str]| {
            let script = ["S: * PREAUTH hi\nS: * CAPABILITY IMAP4rev1 ", names].concat();
            talk::imap(&[(&script, findings)]);
        };
        case("QRESYNC ENABLE SEARCHRES ESEARCH", &[]);
        case("QRESYNC IMAP4rev2 SEARCHRES", &[]);
        case("QRESYNC", &["capability-needs rfc7162-3.2.3-01a"]);
        case("SEARCHRES", &["capability-needs rfc5182-2.1-01"]);
        talk::imap(&[("S: * OK hi\nC: CAPABILITY\nS: * CAPABILITY IMAP4rev1 QRESYNC\nS: a1 OK x", &[])]);
    }
}
