//! APPENDUID and COPYUID: how many UIDs they give, and where they stand (RFC 4315 section 3).

use crate::{
    imap::{Code, Kind, Status, sequence_set},
    session::{Command, ExchangeId},
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const PAIRS: &RuleInfo = &RuleInfo::imap(
    "copied-uids",
    &["rfc4315-3-03", "rfc4315-3-05"],
    "COPYUID has as many new UIDs as old ones, APPENDUID one UID for one message",
);

pub(super) const PLACE: &RuleInfo = &RuleInfo::imap(
    "copied-uids-place",
    &["rfc4315-3-02", "rfc4315-3-12"],
    "APPENDUID answers APPEND and COPYUID answers COPY in the tagged OK",
);

pub(super) struct Copied;

impl Rule for Copied {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let Some(Kind::Status { text, .. } | Kind::Tagged { text, .. }) =
            seen.line.imap().map(|response| &response.kind)
        else {
            return;
        };
        let octets = &seen.line.octets;
        let Some(code) = &text.code else { return };
        let size = |at: usize| code.arguments.get(at).and_then(|set| sequence_set::size(set.raw(octets)));
        if code.name.is("COPYUID", octets) {
            if let (Some(from), Some(to)) = (size(1), size(2))
                && from != to
            {
                let message = format!("{to} new UIDs for {from} messages that were copied");
                found.at(PAIRS, "rfc4315-3-05", seen.line, code.span, message);
            }
            untagged(seen, code, &["COPY", "UID COPY"], "rfc4315-3-12", found);
        } else if code.name.is("APPENDUID", octets) {
            untagged(seen, code, &["APPEND"], "rfc4315-3-02", found);
        }
    }

    fn applied(&mut self, seen: &Seen<'_>, ended: Option<ExchangeId>, found: &mut Findings) {
        let Some(exchange) = ended.map(|ended| seen.session.exchange(ended)) else { return };
        let Some(Kind::Tagged { text, status, .. }) = seen.line.imap().map(|response| &response.kind) else {
            return;
        };
        let octets = &seen.line.octets;
        let Some(code) = &text.code else { return };
        let (copied, appended) = (code.name.is("COPYUID", octets), code.name.is("APPENDUID", octets));
        let misplaced = match exchange.command.name.as_str() {
            "APPEND" if copied => Some("rfc4315-3-12"),
            "APPEND" if appended && *status != Status::Ok => Some("rfc4315-3-02"),
            "COPY" | "UID COPY" if appended => Some("rfc4315-3-02"),
            "COPY" | "UID COPY" if copied && *status != Status::Ok => Some("rfc4315-3-12"),
            _ => None,
        };
        if let Some(clause) = misplaced {
            let name = code.name.text(octets);
            let message = format!("{} in this result of {}", name.escape_ascii(), exchange.command.name);
            found.at(PLACE, clause, seen.line, code.span, message);
            return;
        }
        let uids = code.arguments.get(1).and_then(|set| sequence_set::size(set.raw(octets)));
        if let Some(uids) = uids.filter(|&uids| uids > 1 && appended && is_one_message(&exchange.command)) {
            let message = format!("{uids} UIDs for one message that was appended");
            found.at(PAIRS, "rfc4315-3-03", seen.line, code.span, message);
        }
    }
}

fn untagged(seen: &Seen<'_>, code: &Code, commands: &[&str], clause: &'static str, found: &mut Findings) {
    let is_untagged = matches!(
        seen.line.imap().map(|response| &response.kind),
        Some(Kind::Status { status: Status::Ok, .. })
    );
    // MOVE and REPLACE have their codes in an untagged OK.
    let plain = seen.session.open_exchanges().all(|open| commands.contains(&seen.command(open)));
    if is_untagged && plain && !seen.none_open() {
        found.note(PLACE, clause, seen.line, code.span, "this code in an untagged OK");
    }
}

/// With one literal at most, and all of the command known, no more than one message was appended; CATENATE (RFC 4469) needs none.
fn is_one_message(command: &Command) -> bool {
    command.name == "APPEND"
        && command.arguments.len() < 10_000
        && memchr::memchr_iter(b'{', &command.arguments).count() <= 1
        && memchr::memmem::find(&command.arguments.to_ascii_uppercase(), b"CATENATE").is_none()
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn codes_of_uidplus() {
        talk::selected(&[
            ("C: COPY 1:3 b\nS: a2 OK [COPYUID 5 1,4:5 7:9] x", &[]),
            ("C: MOVE 1:3 b\nS: * OK [COPYUID 5 1,4:5 7:9] x\nS: * 1 EXPUNGE\nS: a2 OK x", &[]),
            ("C: APPEND b {1}\\nx\nS: a2 OK [APPENDUID 5 7] x", &[]),
            ("C: APPEND b {1}\\nx {1}\\ny\nS: a2 OK [APPENDUID 5 7:8] x", &[]),
            ("C: COPY 1:3 b\nS: a2 OK [COPYUID 5 1,4:5 7:8] x", &["copied-uids rfc4315-3-05"]),
            ("C: APPEND b {1}\\nx\nS: a2 OK [APPENDUID 5 7:8] x", &["copied-uids rfc4315-3-03"]),
            ("C: COPY 1 b\nS: * OK [COPYUID 5 1 7] x\nS: a2 OK x", &["copied-uids-place rfc4315-3-12 note"]),
            ("C: COPY 1 b\nS: a2 NO [COPYUID 5 1 7] x", &["copied-uids-place rfc4315-3-12"]),
            ("C: COPY 1 b\nS: a2 OK [APPENDUID 5 7] x", &["copied-uids-place rfc4315-3-02"]),
            ("C: APPEND b {1}\\nx\nS: a2 NO [APPENDUID 5 7] x", &["copied-uids-place rfc4315-3-02"]),
        ]);
    }
}
