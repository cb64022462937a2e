//! Keywords in use are listed in FLAGS (RFC 3501 section 7.2.6).

use crate::{
    imap::Kind,
    session::{ExchangeId, Line, Mailbox, view::flag_names},
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const RULE: &RuleInfo = &RuleInfo::imap(
    "keywords-in-flags",
    &["rfc3501-7.2.6-02"],
    "A keyword that a message has is listed in FLAGS by the end of the command",
);

/// Lines of one command that are kept until its end.
const KEPT: usize = 20;

#[derive(Default)]
pub(super) struct Keywords {
    unlisted: Vec<(Vec<u8>, Line)>,
}

impl Rule for Keywords {
    fn arrived(&mut self, seen: &Seen<'_>, _: &mut Findings) {
        let Some(response) = seen.line.imap().filter(|_| seen.firm) else { return };
        let Kind::Fetch { items, .. } = &response.kind else { return };
        let Some(mailbox) = seen.session.mailbox() else { return };
        let octets = &seen.line.octets;
        let flags = items.iter().filter(|item| item.name.of(octets).eq_ignore_ascii_case(b"FLAGS"));
        for flag in flags.flat_map(|item| flag_names(&item.value, octets)) {
            if !flag.starts_with(b"\\") && !is_listed(mailbox, &flag) && self.unlisted.len() < KEPT {
                self.unlisted.push((flag, seen.line.clone()));
            }
        }
    }

    fn applied(&mut self, seen: &Seen<'_>, ended: Option<ExchangeId>, found: &mut Findings) {
        if ended.is_none() || !seen.none_open() || self.unlisted.is_empty() {
            return;
        }
        let unlisted = std::mem::take(&mut self.unlisted);
        let Some(mailbox) = seen.session.mailbox().filter(|_| seen.firm) else { return };
        for (flag, line) in unlisted.iter().filter(|(flag, _)| !is_listed(mailbox, flag)) {
            let start = memchr::memmem::find(&line.octets, flag).unwrap_or(0);
            let span = crate::fault::Span::new(start, start + flag.len());
            found.at(RULE, "rfc3501-7.2.6-02", line, span, "FLAGS does not list this keyword");
        }
    }
}

/// Without a FLAGS response there is nothing to compare with: that is another rule's finding.
fn is_listed(mailbox: &Mailbox, flag: &[u8]) -> bool {
    mailbox.flags.as_ref().is_none_or(|flags| flags.iter().any(|other| other.eq_ignore_ascii_case(flag)))
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn keywords() {
        let flags = "\\Answered \\Flagged \\Deleted \\Seen \\Draft";
        let later = format!("C: NOOP\nS: * 1 FETCH (FLAGS ($New))\nS: * FLAGS ({flags} $new)\nS: a2 OK x");
        talk::selected(&[
            ("C: FETCH 1 FLAGS\nS: * 1 FETCH (FLAGS (\\Seen \\Recent))\nS: a2 OK x", &[]),
            (&later, &[]),
            (
                "C: FETCH 1 FLAGS\nS: * 1 FETCH (FLAGS ($New))\nS: a2 OK x",
                &["keywords-in-flags rfc3501-7.2.6-02"],
            ),
        ]);
    }
}
