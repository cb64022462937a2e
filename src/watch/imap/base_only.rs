//! Until the client uses an extension all responses are those of the base protocol (RFC 3501 sections 6.5.1 and 7.2.1).

use crate::{
    fault::Span,
    imap::Kind,
    session::Session,
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const RULE: &RuleInfo = &RuleInfo::imap(
    "base-protocol-only",
    &["rfc3501-6.5.1-01", "rfc3501-7.2.1-04"],
    "Responses and FETCH items of an extension come only after the client has used it",
);

#[derive(Default)]
pub(super) struct BaseOnly {
    /// The client has used something beyond RFC 3501.
    extended: bool,
}

impl Rule for BaseOnly {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let Some(response) = seen.line.imap().filter(|_| !self.extended) else { return };
        let octets = &seen.line.octets;
        let foreign = match &response.kind {
            Kind::Other { name, .. } => Some(*name),
            Kind::Fetch { items, .. } => {
                items.iter().map(|item| item.name).find(|name| !is_base_item(*name, octets))
            }
            _ => None,
        };
        let Some(name) = foreign.filter(|name| !name.is_empty()) else { return };
        self.extended = uses_extensions(seen.session);
        if self.extended {
            return;
        }
        let experimental = name.of(octets).first().is_some_and(|octet| octet.eq_ignore_ascii_case(&b'X'));
        let clause = if experimental { "rfc3501-6.5.1-01" } else { "rfc3501-7.2.1-04" };
        found.at(RULE, clause, seen.line, name, "not of RFC 3501, and the client has used no extension");
    }
}

fn is_base_item(name: Span, octets: &[u8]) -> bool {
    let base = [
        "BODY",
        "BODYSTRUCTURE",
        "ENVELOPE",
        "FLAGS",
        "INTERNALDATE",
        "RFC822",
        "RFC822.HEADER",
        "RFC822.SIZE",
        "RFC822.TEXT",
        "UID",
    ];
    base.iter().any(|item| name.of(octets).eq_ignore_ascii_case(item.as_bytes()))
}

/// Has the client sent anything that RFC 3501 does not define, or that can't be told?
fn uses_extensions(session: &Session) -> bool {
    let known = session.exchanges().iter().all(|exchange| exchange.command.is_base());
    let by_exchange = |octets: &[u8]| {
        session.exchanges().iter().any(|exchange| octets.starts_with(exchange.tag.as_bytes()))
    };
    !known || session.scribe().has_sent(|octets| !by_exchange(octets))
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn extensions_wait_until_they_are_used() {
        talk::selected(&[
            ("C: SEARCH RETURN (MIN) ALL\nS: * ESEARCH (TAG \"a2\") MIN 1\nS: a2 OK x", &[]),
            (
                "C: ENABLE CONDSTORE\nS: * ENABLED CONDSTORE\nS: a2 OK x\nC: NOOP\nS: * 1 FETCH (MODSEQ (9))",
                &[],
            ),
            ("C~: x9 NAMESPACE\nS: * NAMESPACE NIL NIL NIL", &[]),
            ("C: UID FETCH 1 FLAGS\nS: * 1 FETCH (UID 3 FLAGS ())\nS: a2 OK [HIGHESTMODSEQ 9] x", &[]),
            ("C: NOOP\nS: * 1 FETCH (MODSEQ (9) FLAGS ())", &["base-protocol-only rfc3501-7.2.1-04"]),
            ("C: EXPUNGE\nS: * VANISHED 7\nS: a2 OK x", &["base-protocol-only rfc3501-7.2.1-04"]),
            ("C: NOOP\nS: * XADVERT buy\nS: a2 OK x", &["base-protocol-only rfc3501-6.5.1-01"]),
        ]);
    }
}
