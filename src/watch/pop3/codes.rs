//! Where response codes may stand (RFC 2449 section 8, RFC 3206 section 4).

use crate::{
    pop3::Indicator,
    session::ExchangeId,
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

use super::answer::Answer;

pub(super) const RULE: &RuleInfo = &RuleInfo::pop3(
    "response-codes",
    &["rfc2449-8-05", "rfc2449-8-06", "rfc3206-4-03"],
    "SYS and LOGIN-DELAY stand in negative replies alone, LOGIN-DELAY in those to PASS, APOP and AUTH",
);

pub(super) struct Codes;

impl Rule for Codes {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        if code(seen, Indicator::Ok).is_some_and(|code| code == "SYS" || code.starts_with("SYS/")) {
            found.at(RULE, "rfc3206-4-03", seen.line, seen.line_one(), "the code SYS in a positive reply");
        }
    }

    fn applied(&mut self, seen: &Seen<'_>, ended: Option<ExchangeId>, found: &mut Findings) {
        let Some(answer) = Answer::of(seen, ended) else { return };
        let indicator = if answer.ok { Indicator::Ok } else { Indicator::Err };
        if code(seen, indicator).is_none_or(|code| code != "LOGIN-DELAY") {
            return;
        }
        let clause = match answer.name {
            "USER" if !answer.ok => "rfc2449-8-06",
            "AUTH" | "PASS" | "APOP" if !answer.ok => return,
            _ => "rfc2449-8-05",
        };
        let status = if answer.ok { "+OK" } else { "-ERR" };
        let message = format!("the code LOGIN-DELAY in a reply of {status} to {}", answer.name);
        found.at(RULE, clause, seen.line, seen.line_one(), message);
    }
}

/// The response code of a status line with this indicator, in upper case.
fn code(seen: &Seen<'_>, indicator: Indicator) -> Option<String> {
    let reply = seen.line.pop3().filter(|reply| reply.indicator == indicator)?;
    Some(String::from_utf8_lossy(reply.code?.of(&seen.line.octets)).to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn places() {
        talk::pop3(&[
            ("S: +OK hi\nC: USER u\nS: +OK\nC: PASS p\nS: -ERR [LOGIN-DELAY] wait", &[]),
            ("S: +OK hi\nC: APOP u d\nS: -ERR [login-delay] wait", &[]),
            ("S: +OK hi\nC: USER u\nS: -ERR [SYS/TEMP] later", &[]),
            ("S: -ERR [SYS/TEMP] later\nEND", &["pop3-greeting rfc1939-4-01 note"]),
            ("S: +OK hi\nC: USER u\nS: +OK [SYS", &[]),
            ("S: +OK hi\nC: USER u\nS: +OK say [SYS/TEMP] or [LOGIN-DELAY]", &[]),
            ("S: +OK hi\nC: USER u\nS: +OK [SYS/TEMP] fine", &["response-codes rfc3206-4-03"]),
            ("S: +OK hi\nC: USER u\nS: -ERR [LOGIN-DELAY] wait", &["response-codes rfc2449-8-06"]),
            ("S: +OK hi\nC: USER u\nS: +OK [LOGIN-DELAY] wait", &["response-codes rfc2449-8-05"]),
            (
                "S: +OK hi\nC: USER u\nS: +OK\nC: PASS p\nS: +OK\nC: NOOP\nS: -ERR [LOGIN-DELAY] no",
                &["response-codes rfc2449-8-05"],
            ),
        ]);
    }
}
