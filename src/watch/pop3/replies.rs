//! One reply to each command (RFC 1939 sections 3, 4 and 6).

use crate::{
    pop3::Indicator,
    session::{Closed, EndStatus, Line, Session},
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const GREETING: &RuleInfo =
    &RuleInfo::pop3("pop3-greeting", &["rfc1939-4-01"], "The greeting is a single line with +OK");

pub(super) const ONE_REPLY: &RuleInfo = &RuleInfo::pop3(
    "one-reply",
    &["rfc1939-3-35", "rfc1939-3-36", "rfc1939-6-13"],
    "Each command has exactly one reply, and nothing follows the reply to QUIT",
);

#[derive(Default)]
pub(super) struct Replies {
    /// A negative reply to nobody: the farewell of a server that closes, if nothing follows.
    farewell: Option<Line>,
    over: bool,
}

impl Rule for Replies {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let Some(reply) = seen.line.pop3() else { return };
        if !seen.session.is_greeted() {
            return greeting(seen, reply.indicator, found);
        }
        if let Some(line) = self.farewell.take() {
            found.at(ONE_REPLY, "rfc1939-3-36", &line, seen.whole(), "a reply that no command has asked for");
        }
        if self.over || has_quit(seen.session) {
            self.over = true;
            let message = "the server has answered QUIT, and another reply comes";
            found.at(ONE_REPLY, "rfc1939-6-13", seen.line, seen.whole(), message);
        } else if seen.none_open() {
            if reply.indicator == Indicator::Err {
                self.farewell = Some(seen.line.clone());
                return;
            }
            let message = "a reply that no command has asked for";
            found.at(ONE_REPLY, "rfc1939-3-36", seen.line, seen.whole(), message);
        }
    }

    fn closed(&mut self, _: &Session, how: &Closed, expected: bool, found: &mut Findings) {
        let Some(line) = self.farewell.take().filter(|_| !expected) else { return };
        let span = crate::fault::Span::new(0, line.text().len());
        match how {
            Closed::ByServer => {
                let message = "a farewell that answers no command, and then the connection is closed";
                found.note(ONE_REPLY, "rfc1939-3-35", &line, span, message);
            }
            _ => found.at(ONE_REPLY, "rfc1939-3-36", &line, span, "a reply that no command has asked for"),
        }
    }
}

fn greeting(seen: &Seen<'_>, indicator: Indicator, found: &mut Findings) {
    match indicator {
        Indicator::Ok => {}
        // A server that is full or going down refuses so.
        Indicator::Err => {
            found.note(GREETING, "rfc1939-4-01", seen.line, seen.whole(), "a negative greeting");
        }
        _ => found.at(
            GREETING,
            "rfc1939-4-01",
            seen.line,
            seen.whole(),
            "the greeting has no positive status indicator",
        ),
    }
}

fn has_quit(session: &Session) -> bool {
    session.exchanges().iter().rev().any(|exchange| {
        exchange.command.name == "QUIT"
            && exchange.command.arguments.is_empty()
            && exchange.end.is_some_and(|end| end.status == EndStatus::Ok)
    })
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn replies() {
        talk::pop3(&[
            ("S: +OK hi\nC: USER u\nC: QUIT\nS: +OK\nS: +OK bye\nEND", &[]),
            ("S: +OK hi\nC: AUTH PLAIN\nS: + \nC~: AHUAcA==\nS: +OK in", &[]),
            ("S: -ERR full\nEND", &["pop3-greeting rfc1939-4-01 note"]),
            ("S: hello\nEND", &["grammar rfc1939-3-10", "pop3-greeting rfc1939-4-01"]),
            ("S: +OK hi\nS: -ERR too long idle\nEND", &["one-reply rfc1939-3-35 note"]),
            ("S: +OK hi\nS: +OK again", &["one-reply rfc1939-3-36"]),
            (
                "S: +OK hi\nC: USER u\nS: -ERR one\nS: -ERR two\nC: USER u\nS: +OK",
                &["one-reply rfc1939-3-36"],
            ),
            ("S: +OK hi\nC: QUIT\nC: USER u\nS: +OK bye\nS: +OK", &["one-reply rfc1939-6-13"]),
        ]);
    }
}
