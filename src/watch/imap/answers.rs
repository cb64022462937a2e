//! Commands whose OK must not come without the data that they ask for (RFC 3501 sections 6.1.1, 6.3.10 and 6.4.4).

use crate::{
    imap::{Kind, mailbox_name},
    session::{EndStatus, Exchange, ExchangeId, Line, Session},
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const RULE: &RuleInfo = &RuleInfo::imap(
    "answer-before-ok",
    &["rfc3501-6.1.1-01", "rfc3501-6.3.10-11", "rfc3501-6.4.4-01", "rfc3501-7.2.4-02"],
    "CAPABILITY, STATUS and SEARCH send their untagged response before the tagged OK",
);

pub(super) struct Answers;

impl Rule for Answers {
    fn applied(&mut self, seen: &Seen<'_>, ended: Option<ExchangeId>, found: &mut Findings) {
        let Some(exchange) = ended.map(|ended| seen.session.exchange(ended)) else { return };
        if exchange.end.is_none_or(|end| end.status != EndStatus::Ok) {
            return;
        }
        let came = |is: &dyn Fn(&Line, &Kind) -> bool| {
            answers(seen.session, exchange)
                .any(|line| line.imap().is_some_and(|response| is(line, &response.kind)))
        };
        let broken = match exchange.command.name.as_str() {
            "CAPABILITY" if !came(&|_, kind| matches!(kind, Kind::Capability(_))) => {
                ("rfc3501-6.1.1-01", "no untagged CAPABILITY has come before this OK")
            }
            "SEARCH" | "UID SEARCH" if !returns(exchange) && !came(&is_search) => {
                ("rfc3501-6.4.4-01", "no untagged SEARCH has come before this OK")
            }
            "STATUS" if !came(&|_, kind| matches!(kind, Kind::MailboxStatus { .. })) => {
                ("rfc3501-6.3.10-11", "no untagged STATUS has come before this OK")
            }
            "STATUS" if seen.none_open() && !came(&|line, kind| names(line, kind, exchange)) => {
                ("rfc3501-7.2.4-02", "no untagged STATUS has named the mailbox that was asked for")
            }
            _ => return,
        };
        found.at(RULE, broken.0, seen.line, seen.whole(), broken.1);
    }
}

/// What has arrived since the command was sent, last first.
fn answers<'a>(session: &'a Session, exchange: &Exchange) -> impl Iterator<Item = &'a Line> {
    session.lines().get(exchange.lines_before..).unwrap_or_default().iter().rev()
}

/// With RETURN (RFC 4731, RFC 5182) the result may have another form, or none.
fn returns(exchange: &Exchange) -> bool {
    exchange.command.arguments.to_ascii_uppercase().starts_with(b"RETURN")
}

fn is_search(line: &Line, kind: &Kind) -> bool {
    match kind {
        Kind::Search { .. } => true,
        Kind::Other { name, .. } => name.of(&line.octets).eq_ignore_ascii_case(b"ESEARCH"),
        _ => false,
    }
}

fn names(line: &Line, kind: &Kind, exchange: &Exchange) -> bool {
    let Kind::MailboxStatus { mailbox, .. } = kind else { return false };
    let (named, asked) = (mailbox.text(&line.octets), exchange.command.first_argument());
    // What is encoded in another way may still be the same name.
    let encoded = |name: &[u8]| name.contains(&b'&') || !name.is_ascii();
    mailbox_name::canonical(&named) == mailbox_name::canonical(&asked)
        || encoded(&named)
        || encoded(&asked)
        // Raw octets: the name came in a literal, which is not known.
        || asked.ends_with(b"}")
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn answers_come_before_the_ok() {
        talk::selected(&[
            (
                "C: CAPABILITY\nC: CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: * CAPABILITY IMAP4rev1\nS: a2 OK x",
                &[],
            ),
            ("C: CAPABILITY\nS: a2 OK x", &["answer-before-ok rfc3501-6.1.1-01"]),
            ("C: SEARCH ALL\nS: * SEARCH\nS: a2 OK x", &[]),
            ("C: SEARCH RETURN (SAVE) ALL\nS: a2 OK x", &[]),
            ("C: SEARCH XX\nS: a2 BAD x", &[]),
            ("C: UID SEARCH ALL\nS: a2 OK x", &["answer-before-ok rfc3501-6.4.4-01"]),
            ("C: STATUS inbox (MESSAGES)\nS: * STATUS INBOX (MESSAGES 1)\nS: a2 OK x", &[]),
            ("C: STATUS \"a b\" (MESSAGES)\nS: * STATUS {3}\\na b (MESSAGES 1)\nS: a2 OK x", &[]),
            ("C: STATUS {1}\nS: * STATUS a (MESSAGES 1)\nS: a2 OK x", &[]),
            ("C: STATUS a (MESSAGES)\nS: a2 OK x", &["answer-before-ok rfc3501-6.3.10-11"]),
            (
                "C: STATUS a (MESSAGES)\nS: * STATUS b (MESSAGES 1)\nS: a2 OK x",
                &["answer-before-ok rfc3501-7.2.4-02"],
            ),
        ]);
    }
}
