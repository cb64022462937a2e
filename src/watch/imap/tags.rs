//! Each command is answered once, under its own tag (RFC 3501 sections 2.2.1 and 2.2.2).

use crate::{
    imap::Kind,
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const TAG_ECHOED: &RuleInfo = &RuleInfo::imap(
    "tag-echoed",
    &["rfc3501-2.2.2-03"],
    "The result of a command carries its tag, octet by octet",
);

pub(super) const ONE_RESULT: &RuleInfo = &RuleInfo::imap(
    "one-tagged-result",
    &["rfc3501-2.2.1-08"],
    "A command has one tagged result, no second one",
);

pub(super) struct Tags;

impl Rule for Tags {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let Some(Kind::Tagged { tag: span, .. }) = seen.line.imap().map(|response| &response.kind) else {
            return;
        };
        let (session, tag) = (seen.session, span.of(&seen.line.octets));
        if session.open_exchanges().any(|open| session.exchange(open).tag.as_bytes() == tag) {
            return;
        }
        let mut of_old = session.exchanges().iter().filter(|exchange| exchange.tag.as_bytes() == tag);
        if of_old.next().is_some() {
            let message = "this command has had its tagged result";
            found.at(ONE_RESULT, "rfc3501-2.2.1-08", seen.line, *span, message);
            return;
        }
        // Raw octets of a scenario may hold a tag that opens no exchange.
        let as_line = |octets: &[u8]| octets.split(|&octet| octet == b'\n').any(|line| line.starts_with(tag));
        if !session.is_raw_tag(tag) && !session.scribe().has_sent(as_line) {
            let message = "no command with this tag was sent";
            found.at(TAG_ECHOED, "rfc3501-2.2.2-03", seen.line, *span, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn results_and_their_tags() {
        talk::imap(&[
            ("S: * OK hi\nC: NOOP\nC: NOOP\nS: a2 OK\u{20}b\nS: a1 OK a", &[]),
            ("S: * OK hi\nC: NOOP\nS: A1 OK x", &["tag-echoed rfc3501-2.2.2-03"]),
            ("S: * OK hi\nC: NOOP\nS: a1 OK x\nS: a1 OK x", &["one-tagged-result rfc3501-2.2.1-08"]),
            ("S: * OK hi\nC~: x1 NOOP\nS: x1 OK x", &[]),
            ("S: * OK hi\nC~: XYZ\nS: * BAD no tag", &[]),
        ]);
    }
}
