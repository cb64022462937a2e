//! ENABLED lists what a client has asked for (RFC 5161 section 3.2).

use crate::{
    imap::Kind,
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const RULE: &RuleInfo = &RuleInfo::imap(
    "enabled-asked",
    &["rfc5161-3.2-01"],
    "ENABLED lists only capabilities that an ENABLE command has named, or that one of these implies",
);

pub(super) struct EnabledAsked;

impl Rule for EnabledAsked {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let octets = &seen.line.octets;
        let Some(Kind::Other { number: None, name, nodes }) = seen.line.imap().map(|response| &response.kind)
        else {
            return;
        };
        if !name.of(octets).eq_ignore_ascii_case(b"ENABLED") || nodes.is_empty() {
            return;
        }
        let session = seen.session;
        let commands = session.exchanges().iter().filter(|exchange| exchange.command.name == "ENABLE");
        let asked: Vec<String> = commands
            .flat_map(|exchange| {
                let upper = exchange.command.arguments.to_ascii_uppercase();
                String::from_utf8_lossy(&upper)
                    .split_ascii_whitespace()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .collect();
        let has = |name: &str| asked.iter().any(|asked| asked == name);
        for node in nodes {
            let name = String::from_utf8_lossy(node.raw(octets)).to_ascii_uppercase();
            let implied = match name.as_str() {
                "CONDSTORE" => has("QRESYNC"),
                name if name.starts_with("UTF8=") => {
                    has("IMAP4REV2") || asked.iter().any(|asked| asked.starts_with("UTF8="))
                }
                _ => false,
            };
            // Raw octets may have asked for it.
            let raw = || session.scribe().has_sent(|sent| holds(&sent.to_ascii_uppercase(), &name));
            if !has(&name) && !implied && !raw() {
                let message = "no ENABLE has named this capability";
                found.at(RULE, "rfc5161-3.2-01", seen.line, node.span, message);
            }
        }
    }
}

fn holds(sent: &[u8], name: &str) -> bool {
    memchr::memmem::find(sent, name.as_bytes()).is_some()
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn capabilities_that_were_named() {
        talk::imap(&[
            ("S: * PREAUTH hi\nC: ENABLE condstore X-FOO\nS: * ENABLED CONDSTORE\nS: a1 OK x", &[]),
            ("S: * PREAUTH hi\nC: ENABLE QRESYNC\nS: * ENABLED CONDSTORE QRESYNC\nS: a1 OK x", &[]),
            ("S: * PREAUTH hi\nC: ENABLE X-FOO\nS: * ENABLED\nS: a1 OK x", &[]),
            (
                "S: * PREAUTH hi\nC: ENABLE CONDSTORE\nS: * ENABLED CONDSTORE QRESYNC\nS: a1 OK x",
                &["enabled-asked rfc5161-3.2-01"],
            ),
        ]);
    }
}
