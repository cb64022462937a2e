//! The greeting (RFC 3501 sections 2.2, 7.1.1, 7.1.4, 7.1.5 and 9).

use crate::{
    imap::{Kind, Status},
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const GREETING: &RuleInfo =
    &RuleInfo::imap("greeting", &["rfc3501-9-43"], "The first line is an untagged OK, PREAUTH or BYE");

pub(super) const ONE_GREETING: &RuleInfo =
    &RuleInfo::imap("one-greeting", &["rfc3501-2.2-01"], "There is one greeting: PREAUTH never comes later");

pub(super) struct Greeting;

impl Rule for Greeting {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let Some(response) = seen.line.imap() else { return };
        if !seen.session.has_heard() {
            let greets = matches!(
                response.kind,
                Kind::Status { status: Status::Ok | Status::Preauth | Status::Bye, .. }
            );
            if !greets {
                let message = "the first line is no untagged OK, PREAUTH or BYE";
                found.at(GREETING, "rfc3501-9-43", seen.line, seen.whole(), message);
            }
        } else if matches!(response.kind, Kind::Status { status: Status::Preauth, .. }) {
            let message = "PREAUTH is a greeting, and the connection has had its first line";
            found.at(ONE_GREETING, "rfc3501-2.2-01", seen.line, seen.whole(), message);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn greetings() {
        talk::imap(&[
            ("S: * OK hi", &[]),
            ("S: * PREAUTH hi\nS: * OK by the way", &[]),
            ("S: * BYE full\nEND", &[]),
            ("S: * CAPABILITY IMAP4rev1\nS: * OK hi", &["greeting rfc3501-9-43"]),
            ("S: * NO hi", &["greeting rfc3501-9-43"]),
            ("S: * OK hi\nC: STARTTLS\nS: a1 OK go\nS: * PREAUTH again", &["one-greeting rfc3501-2.2-01"]),
        ]);
    }
}
