//! Response codes that tell why a command has failed (RFC 3501 section 7.1, RFC 5530 section 3).

use crate::{
    imap::{Kind, Status},
    session::ExchangeId,
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const RULE: &RuleInfo = &RuleInfo::imap(
    "failure-codes",
    &["rfc3501-6.4.4-11", "rfc3501-7.1-12", "rfc5530-3-01"],
    "BADCHARSET, TRYCREATE and AUTHENTICATIONFAILED never stand in a tagged OK",
);

pub(super) struct FailureCodes;

impl Rule for FailureCodes {
    fn applied(&mut self, seen: &Seen<'_>, ended: Option<ExchangeId>, found: &mut Findings) {
        let Some(Kind::Tagged { status: Status::Ok, text, .. }) =
            seen.line.imap().filter(|_| ended.is_some()).map(|response| &response.kind)
        else {
            return;
        };
        let Some(code) = &text.code else { return };
        let codes = [
            ("BADCHARSET", "rfc3501-6.4.4-11"),
            ("TRYCREATE", "rfc3501-7.1-12"),
            ("AUTHENTICATIONFAILED", "rfc5530-3-01"),
        ];
        if let Some((name, clause)) = codes.iter().find(|(name, _)| code.name.is(name, &seen.line.octets)) {
            let message = format!("{name} tells of a failure, and the command has succeeded");
            found.at(RULE, clause, seen.line, code.span, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::watch::talk;

    #[test]
    fn codes_of_failures() {
        talk::selected(&[
            ("C: COPY 1 b\nS: a2 NO [TRYCREATE] x", &[]),
            ("C: SEARCH CHARSET X ALL\nS: a2 NO [BADCHARSET (UTF-8)] x", &[]),
            ("C: COPY 1 b\nS: a2 OK [TRYCREATE] x", &["failure-codes rfc3501-7.1-12"]),
            (
                "C: SEARCH CHARSET X ALL\nS: * SEARCH\nS: a2 OK [BADCHARSET] x",
                &["failure-codes rfc3501-6.4.4-11"],
            ),
        ]);
        talk::imap(&[
            ("S: * OK hi\nC: LOGIN a b\nS: a1 NO [AUTHENTICATIONFAILED] x", &[]),
            ("S: * OK hi\nC: LOGIN a b\nS: a1 OK [AUTHENTICATIONFAILED] x", &["failure-codes rfc5530-3-01"]),
        ]);
    }
}
