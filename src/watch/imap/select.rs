//! What SELECT and EXAMINE must tell before their tagged OK (RFC 3501 sections 6.3.1, 6.3.2 and 7.3.2).

use crate::{
    imap::{Code, Kind, Node, Text},
    session::{EndStatus, Exchange, ExchangeId, Mailbox, Session},
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const DATA: &RuleInfo = &RuleInfo::imap(
    "select-data",
    &[
        "rfc3501-6.3.1-01",
        "rfc3501-6.3.1-02",
        "rfc3501-6.3.1-03",
        "rfc3501-6.3.1-06",
        "rfc3501-6.3.1-07",
        "rfc3501-6.3.1-08",
        "rfc3501-6.3.2-01",
    ],
    "SELECT and EXAMINE send FLAGS, EXISTS, RECENT, PERMANENTFLAGS, UIDNEXT and UIDVALIDITY before their tagged OK",
);

pub(super) const ACCESS: &RuleInfo = &RuleInfo::imap(
    "select-access",
    &["rfc3501-6.3.1-12", "rfc3501-6.3.2-05"],
    "The OK to SELECT begins with READ-WRITE or READ-ONLY, the OK to EXAMINE with READ-ONLY",
);

pub(super) const PERMANENT: &RuleInfo = &RuleInfo::imap(
    "permanent-flags",
    &["rfc3501-6.3.1-22", "rfc3501-6.3.2-07"],
    "PERMANENTFLAGS lists only flags that FLAGS lists as well, and none under EXAMINE",
);

pub(super) const RECENT: &RuleInfo = &RuleInfo::imap(
    "recent-within-exists",
    &["rfc3501-7.3.2-01"],
    "At selection RECENT counts messages of the mailbox, so it is not above EXISTS",
);

pub(super) const NUMBERS: &RuleInfo = &RuleInfo::imap(
    "selected-numbers",
    &["rfc3501-6.3.1-07", "rfc3501-6.3.1-21"],
    "At selection UNSEEN is the number of a message, and UIDNEXT leaves a UID for each",
);

pub(super) struct Select;

impl Rule for Select {
    fn applied(&mut self, seen: &Seen<'_>, ended: Option<ExchangeId>, found: &mut Findings) {
        let Some(ended) = ended.filter(|_| seen.sure) else { return };
        let exchange = seen.session.exchange(ended);
        let examine = match exchange.command.name.as_str() {
            "SELECT" => false,
            "EXAMINE" => true,
            _ => return,
        };
        if exchange.end.is_none_or(|end| end.status != EndStatus::Ok) {
            return;
        }
        access(seen, examine, found);
        // A pipelined command may have moved on already.
        let Some(mailbox) = seen.session.mailbox().filter(|_| seen.session.selected_by() == Some(ended))
        else {
            return;
        };
        data(seen, mailbox, examine, found);
        permanent(seen, mailbox, examine, found);
        numbers(seen, exchange, found);
        if let (Some(recent), Some(exists)) = (mailbox.recent, mailbox.exists)
            && recent > exists
        {
            let message = format!("{recent} messages are RECENT, and only {exists} EXIST");
            found.at(RECENT, "rfc3501-7.3.2-01", seen.line, seen.whole(), message);
        }
    }
}

fn data(seen: &Seen<'_>, mailbox: &Mailbox, examine: bool, found: &mut Findings) {
    let told = [
        ("FLAGS", "rfc3501-6.3.1-01", mailbox.flags.is_some()),
        ("EXISTS", "rfc3501-6.3.1-02", mailbox.exists.is_some()),
        ("RECENT", "rfc3501-6.3.1-03", mailbox.recent.is_some() || is_rev2(seen.session)),
        ("PERMANENTFLAGS", "rfc3501-6.3.1-06", mailbox.permanent_flags.is_some()),
        ("UIDNEXT", "rfc3501-6.3.1-07", mailbox.uid_next.is_some()),
        ("UIDVALIDITY", "rfc3501-6.3.1-08", mailbox.uid_validity.is_some()),
    ];
    for (what, clause, _) in told.into_iter().filter(|(_, _, told)| !told) {
        let clause = if examine { "rfc3501-6.3.2-01" } else { clause };
        found.at(DATA, clause, seen.line, seen.whole(), format!("no {what} has come before this OK"));
    }
}

/// UNSEEN and UIDNEXT against the counts of the same answer. Of several counts the one that blames less is taken: more mail may come
/// meanwhile, and the first may be that of the mailbox that is left.
fn numbers(seen: &Seen<'_>, exchange: &Exchange, found: &mut Findings) {
    let lines = seen.session.lines().get(exchange.lines_before..).unwrap_or_default();
    let (mut counts, mut unseen, mut next) = (Vec::new(), None, None);
    for line in lines {
        match line.imap().map(|response| &response.kind) {
            Some(Kind::Exists(count)) => counts.push(*count),
            Some(Kind::Status { text: Text { code: Some(code), .. }, .. }) => {
                let value = code.arguments.first().and_then(Node::number).map(|number| (line, code, number));
                if code.name.is("CLOSED", &line.octets) {
                    (counts, unseen, next) = (Vec::new(), None, None);
                } else if code.name.is("UNSEEN", &line.octets) {
                    unseen = value;
                } else if code.name.is("UIDNEXT", &line.octets) {
                    next = value;
                }
            }
            // What has left the mailbox since may have been counted before.
            Some(Kind::Expunge(_)) => return,
            _ => {}
        }
    }
    let (Some(&least), Some(&most)) = (counts.iter().min(), counts.iter().max()) else { return };
    if let Some((line, code, unseen)) = unseen.filter(|(_, _, unseen)| *unseen > most) {
        let message = format!("the first unseen message is {unseen}, and only {most} exist");
        found.at(NUMBERS, "rfc3501-6.3.1-21", line, code.span, message);
    }
    if let Some((line, code, next)) = next.filter(|(_, _, next)| *next > 0 && *next <= least) {
        let message = format!("{least} messages can't have UIDs below {next}");
        found.at(NUMBERS, "rfc3501-6.3.1-07", line, code.span, message);
    }
}

/// IMAP4rev2 has no RECENT.
fn is_rev2(session: &Session) -> bool {
    session.exchanges().iter().any(|exchange| {
        exchange.command.name == "ENABLE"
            && exchange.command.arguments.to_ascii_uppercase().windows(9).any(|word| word == b"IMAP4REV2")
    })
}

fn access(seen: &Seen<'_>, examine: bool, found: &mut Findings) {
    let octets = &seen.line.octets;
    let code: Option<&Code> = match seen.line.imap().map(|response| &response.kind) {
        Some(Kind::Tagged { text, .. }) => text.code.as_ref(),
        _ => return,
    };
    let is = |name| code.is_some_and(|code| code.name.is(name, octets));
    if examine && !is("READ-ONLY") {
        let message = "the OK to EXAMINE does not begin with [READ-ONLY]";
        found.at(ACCESS, "rfc3501-6.3.2-05", seen.line, seen.whole(), message);
    } else if !examine && !is("READ-ONLY") && !is("READ-WRITE") {
        let message = "the OK to SELECT begins with neither [READ-WRITE] nor [READ-ONLY]";
        found.at(ACCESS, "rfc3501-6.3.1-12", seen.line, seen.whole(), message);
    }
}

fn permanent(seen: &Seen<'_>, mailbox: &Mailbox, examine: bool, found: &mut Findings) {
    let Some(permanent) = &mailbox.permanent_flags else { return };
    if examine && !permanent.is_empty() {
        let message = "PERMANENTFLAGS was not empty under EXAMINE";
        found.at(PERMANENT, "rfc3501-6.3.2-07", seen.line, seen.whole(), message);
    }
    let Some(flags) = &mailbox.flags else { return };
    let listed = |flag: &[u8]| flag == b"\\*" || flags.iter().any(|other| other.eq_ignore_ascii_case(flag));
    if let Some(flag) = permanent.iter().find(|flag| !listed(flag)) {
        let message = format!("PERMANENTFLAGS has {}, which FLAGS lacks", flag.escape_ascii());
        found.at(PERMANENT, "rfc3501-6.3.1-22", seen.line, seen.whole(), message);
    }
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    const GOOD: &str = "S: * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)
        S: * 1 EXISTS\nS: * 1 RECENT\nS: * OK [UIDVALIDITY 1] x\nS: * OK [UIDNEXT 2] x
        S: * OK [PERMANENTFLAGS ()] x
        ";

    fn after(open: &str, data: &str, close: &str, expected: &[&str]) {
        talk::imap(&[(&["S: * PREAUTH hi\n", open, data, close].concat(), expected)]);
    }

    #[test]
    fn data_of_select_and_examine() {
        after("C: SELECT a\n", GOOD, "S: a1 OK [READ-WRITE] x", &[]);
        after("C: EXAMINE a\n", GOOD, "S: a1 OK [READ-ONLY] x", &[]);
        after("C: SELECT a\n", "", "S: a1 NO none", &[]);
        after("C: LIST \"\" a\nC: SELECT a\n", "", "S: a2 OK x", &[]);
        after("C: SELECT a\nC: SELECT a\n", GOOD, "S: a1 OK [READ-WRITE] x", &[]);
        after("C: EXAMINE a\n", GOOD, "S: a1 OK [READ-WRITE] x", &["select-access rfc3501-6.3.2-05"]);
        after("C: SELECT a\n", GOOD, "S: a1 OK x", &["select-access rfc3501-6.3.1-12"]);
        let none = GOOD.replace("S: * 1 RECENT\n", "");
        after("C: SELECT a\n", &none, "S: a1 OK [READ-WRITE] x", &["select-data rfc3501-6.3.1-03"]);
        after("C: ENABLE IMAP4rev2\nS: a1 OK x\nC: SELECT a\n", &none, "S: a2 OK [READ-WRITE] x", &[]);
        let much = GOOD.replace("1 RECENT", "2 RECENT");
        after("C: SELECT a\n", &much, "S: a1 OK [READ-WRITE] x", &["recent-within-exists rfc3501-7.3.2-01"]);
        let foreign = GOOD.replace("PERMANENTFLAGS ()", "PERMANENTFLAGS (\\seen \\* $Odd)");
        after("C: SELECT a\n", &foreign, "S: a1 OK [READ-WRITE] x", &["permanent-flags rfc3501-6.3.1-22"]);
        let unseen = GOOD.replace("UIDNEXT", "UNSEEN 2] x\nS: * OK [UIDNEXT");
        after("C: SELECT a\n", &unseen, "S: a1 OK [READ-WRITE] x", &["selected-numbers rfc3501-6.3.1-21"]);
        let more = unseen.replace("1 RECENT", "2 EXISTS\nS: * 1 RECENT");
        after("C: SELECT a\n", &more, "S: a1 OK [READ-WRITE] x", &[]);
        let low = GOOD.replace("1 EXISTS", "2 EXISTS");
        after("C: SELECT a\n", &low, "S: a1 OK [READ-WRITE] x", &["selected-numbers rfc3501-6.3.1-07"]);
        let some = GOOD.replace("PERMANENTFLAGS ()", "PERMANENTFLAGS (\\seen)");
        after("C: EXAMINE a\n", &some, "S: a1 OK [READ-ONLY] x", &["permanent-flags rfc3501-6.3.2-07"]);
    }
}
