//! Where response codes may stand (RFC 2449 section 8, RFC 3206 section 4, RFC 6856 section 5).

use crate::{
    pop3::Indicator,
    session::ExchangeId,
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

use super::answer::Answer;

pub(super) const RULE: &RuleInfo = &RuleInfo::pop3(
    "response-codes",
    &["rfc2449-8-05", "rfc2449-8-06", "rfc3206-4-03", "rfc6856-5-01"],
    "SYS, LOGIN-DELAY and UTF8 stand in negative replies alone, LOGIN-DELAY in those to PASS, APOP and AUTH, UTF8 in those to \
     LIST, RETR and TOP outside UTF-8 mode",
);

#[derive(Default)]
pub(super) struct Codes {
    /// Has UTF8 been accepted (RFC 6856 section 2.1)?
    utf8: bool,
}

impl Rule for Codes {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        if code(seen, Indicator::Ok).is_some_and(|code| code == "SYS" || code.starts_with("SYS/")) {
            found.at(RULE, "rfc3206-4-03", seen.line, seen.line_one(), "the code SYS in a positive reply");
        }
    }

    fn applied(&mut self, seen: &Seen<'_>, ended: Option<ExchangeId>, found: &mut Findings) {
        let Some(answer) = Answer::of(seen, ended) else { return };
        let indicator = if answer.ok { Indicator::Ok } else { Indicator::Err };
        let clause = match (code(seen, indicator).as_deref(), answer.name, answer.ok) {
            (Some("LOGIN-DELAY"), "USER", false) => Some("rfc2449-8-06"),
            (Some("LOGIN-DELAY"), "AUTH" | "PASS" | "APOP", false) => None,
            (Some("LOGIN-DELAY"), ..) => Some("rfc2449-8-05"),
            (Some("UTF8"), "LIST" | "RETR" | "TOP", false) if !self.utf8 => None,
            (Some("UTF8"), ..) => Some("rfc6856-5-01"),
            _ => None,
        };
        if let Some(clause) = clause {
            let (code, status) =
                (code(seen, indicator).unwrap_or_default(), if answer.ok { "+OK" } else { "-ERR" });
            let mode = if self.utf8 { ", in UTF-8 mode" } else { "" };
            let message = format!("the code {code} in a reply of {status} to {}{mode}", answer.name);
            found.at(RULE, clause, seen.line, seen.line_one(), message);
        }
        match answer.name {
            "UTF8" if answer.ok => self.utf8 = true,
            // What the server has learnt before is forgotten.
            "STLS" if answer.ok => self.utf8 = false,
            _ => {}
        }
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
            ("S: +OK hi\nC: RETR 1\nS: -ERR [UTF8] no\nC: LIST 1\nS: -ERR [utf8] no", &[]),
            ("S: +OK hi\nC: UTF8\nS: -ERR no\nC: TOP 1 0\nS: -ERR [UTF8] no", &[]),
            ("S: +OK hi\nC: UTF8\nS: +OK\nC: RETR 1\nS: -ERR [UTF8] no", &["response-codes rfc6856-5-01"]),
            ("S: +OK hi\nC: UTF8\nS: +OK\nC: STLS\nS: +OK\nC: RETR 1\nS: -ERR [UTF8] no", &[]),
            ("S: +OK hi\nC: USER u\nS: -ERR [UTF8] no", &["response-codes rfc6856-5-01"]),
            ("S: +OK hi\nC: NOOP\nS: -ERR [UTF8] no", &["response-codes rfc6856-5-01"]),
        ]);
    }
}
