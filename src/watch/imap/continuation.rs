//! A continuation request comes only where the client has something to continue (RFC 3501 section 7.5).

use crate::{
    imap::Kind,
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const RULE: &RuleInfo = &RuleInfo::imap(
    "continuation-due",
    &["rfc3501-7.5-02"],
    "A continuation request comes only for a literal, within AUTHENTICATE, or where an extension has one",
);

pub(super) struct Continuation;

impl Rule for Continuation {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let Some(Kind::Continuation(_)) = seen.line.imap().map(|response| &response.kind) else { return };
        let session = seen.session;
        let due = session.open_exchanges().any(|open| {
            let command = &session.exchange(open).command;
            !is_plain(&command.name) || command.arguments.contains(&b'{')
        });
        // What a session has opened may be less than what was sent: a literal's header, or raw octets.
        if due
            || !session.scribe().has_sent(|_| true)
            || session.scribe().has_sent(|octets| octets.contains(&b'{'))
        {
            return;
        }
        found.at(RULE, "rfc3501-7.5-02", seen.line, seen.whole(), "no command waits to be continued");
    }
}

/// Is this a command of RFC 3501 that is continued only for its literals?
fn is_plain(name: &str) -> bool {
    let plain = [
        "CAPABILITY",
        "NOOP",
        "LOGOUT",
        "STARTTLS",
        "LOGIN",
        "SELECT",
        "EXAMINE",
        "CREATE",
        "DELETE",
        "RENAME",
        "SUBSCRIBE",
        "UNSUBSCRIBE",
        "LIST",
        "LSUB",
        "STATUS",
        "CHECK",
        "CLOSE",
        "EXPUNGE",
        "SEARCH",
        "FETCH",
        "STORE",
        "COPY",
        "UID SEARCH",
        "UID FETCH",
        "UID STORE",
        "UID COPY",
    ];
    plain.contains(&name)
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn continuations() {
        talk::imap(&[
            ("S: * OK hi\nC: AUTHENTICATE PLAIN\nS: + \nC~: AHUAcA==\nS: a1 OK in", &[]),
            ("S: * OK hi\nC: LOGIN {1}\nS: + go\nC~: u {1}\nS: + go\nC~: p\nS: a1 OK in", &[]),
            ("S: * OK hi\nC: IDLE\nS: + idling\nC~: DONE\nS: a1 OK", &["grammar rfc3501-7.1.1-03"]),
            ("S: * OK hi\nC: SELECT x\nC~: {3}\nS: + go\nS: a1 NO none", &[]),
            ("S: * OK hi\nC: NOOP\nS: + go on\nS: a1 OK done", &["continuation-due rfc3501-7.5-02"]),
            ("S: * OK hi\nC: NOOP\nS: a1 OK done\nS: + go on", &["continuation-due rfc3501-7.5-02"]),
        ]);
    }
}
