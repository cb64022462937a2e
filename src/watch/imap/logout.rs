//! How a connection ends (RFC 3501 sections 3.4, 6.1.3 and 7.1.5).

use crate::{
    check::verdict::Verdict,
    imap::{Kind, Status},
    session::{Closed, EndStatus, ExchangeId, Session},
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const BYE_BEFORE_OK: &RuleInfo = &RuleInfo::imap(
    "logout-bye-then-ok",
    &["rfc3501-6.1.3-01"],
    "LOGOUT is answered by an untagged BYE and then a tagged OK",
);

pub(super) const NOTHING_AFTER: &RuleInfo = &RuleInfo::imap(
    "nothing-after-bye",
    &["rfc3501-6.1.3-02", "rfc3501-7.1.5-03"],
    "Nothing follows the tagged OK to LOGOUT, nor a BYE of the server's own",
);

pub(super) const BYE_BEFORE_CLOSE: &RuleInfo = &RuleInfo::imap(
    "bye-before-close",
    &["rfc3501-3.4-02"],
    "Before the server itself ends the connection it sends an untagged BYE",
);

#[derive(Default)]
pub(super) struct Logout {
    /// The client has sent LOGOUT.
    asked: bool,
    /// It was answered OK.
    done: bool,
    /// The server has said BYE without being asked.
    unasked_bye: bool,
    told: bool,
}

impl Rule for Logout {
    fn opened(&mut self, session: &Session, exchange: ExchangeId, _: &mut Findings) {
        self.asked |= session.exchange(exchange).command.name == "LOGOUT";
    }

    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let Some(response) = seen.line.imap() else { return };
        let clause = if self.done {
            "rfc3501-6.1.3-02"
        } else if self.unasked_bye && !self.asked && !matches!(response.kind, Kind::Tagged { .. }) {
            "rfc3501-7.1.5-03"
        } else {
            self.unasked_bye |=
                !self.asked && matches!(response.kind, Kind::Status { status: Status::Bye, .. });
            return;
        };
        if !self.told {
            self.told = true;
            found.at(
                NOTHING_AFTER,
                clause,
                seen.line,
                seen.whole(),
                "the session is over, and another line comes",
            );
        }
    }

    fn applied(&mut self, seen: &Seen<'_>, ended: Option<ExchangeId>, found: &mut Findings) {
        let Some(exchange) = ended.map(|ended| seen.session.exchange(ended)) else { return };
        if exchange.command.name != "LOGOUT" || exchange.end.is_none_or(|end| end.status != EndStatus::Ok) {
            return;
        }
        self.done = true;
        if !seen.session.said_bye() {
            let message = "LOGOUT is answered OK without an untagged BYE before it";
            found.at(BYE_BEFORE_OK, "rfc3501-6.1.3-01", seen.line, seen.whole(), message);
        }
    }

    fn closed(&mut self, session: &Session, how: &Closed, expected: bool, found: &mut Findings) {
        if *how != Closed::ByServer || expected || self.done {
            return;
        }
        let position = session.scribe().position();
        let open =
            |name: &str| session.open_exchanges().any(|open| session.exchange(open).command.name == name);
        if session.said_bye() {
            if open("LOGOUT") && !self.unasked_bye {
                let message = || "the connection ends after BYE, without the tagged OK to LOGOUT".to_owned();
                found.push(BYE_BEFORE_OK, "rfc3501-6.1.3-01", None, position, message);
            }
        // Whatever breaks the negotiation of TLS ends the connection under it; and before the greeting nothing was served.
        } else if session.is_greeted() && !open("STARTTLS") && !upgraded(session) {
            // A crash, a kill and limits against abuse are excused: one sighting is no proof of a broken MUST.
            let at_most = Some(Verdict::Nonstrict);
            let message = || "the server ends the connection without a BYE".to_owned();
            found.push(BYE_BEFORE_CLOSE, "rfc3501-3.4-02", at_most, position, message);
        }
    }
}

/// Is STARTTLS the last that was answered?
fn upgraded(session: &Session) -> bool {
    session.exchanges().last().is_some_and(|last| last.command.name == "STARTTLS")
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn endings() {
        talk::imap(&[
            ("S: * OK hi\nC: LOGOUT\nS: * BYE so long\nS: a1 OK done\nEND", &[]),
            ("S: * OK hi\nC: LOGOUT\nS: a1 OK done\nEND", &["logout-bye-then-ok rfc3501-6.1.3-01"]),
            ("S: * OK hi\nC: LOGOUT\nS: * BYE so long\nEND", &["logout-bye-then-ok rfc3501-6.1.3-01"]),
            ("S: * OK hi\nC: NOOP\nC: LOGOUT\nS: a1 OK x\nS: * BYE x\nS: a2 OK done\nEND", &[]),
            (
                "S: * OK hi\nC: LOGOUT\nC: NOOP\nS: * BYE x\nS: a1 OK x\nS: a2 OK x\nEND",
                &["nothing-after-bye rfc3501-6.1.3-02"],
            ),
            ("S: * OK hi\nS: * BYE too long idle\nEND", &[]),
            ("S: * OK hi\nC: NOOP\nS: * BYE going down\nS: a1 NO sorry\nEND", &[]),
            ("S: * OK hi\nS: * BYE x\nS: * OK still here", &["nothing-after-bye rfc3501-7.1.5-03"]),
            ("S: * OK hi\nC: NOOP\nS: a1 OK x\nEND", &["bye-before-close rfc3501-3.4-02"]),
            ("S: * OK hi\nC: STARTTLS\nS: a1 OK go\nEND", &[]),
            ("END", &[]),
        ]);
    }
}
