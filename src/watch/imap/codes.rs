//! Response codes (RFC 3501 section 7.1): those of the registry, and X- for others.

use crate::{
    imap::Kind,
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

pub(super) const RULE: &RuleInfo = &RuleInfo::imap(
    "response-code-names",
    &["rfc3501-7.1-16"],
    "A response code that no RFC has begins with X",
);

/// RFC 3501 and the registry of RFC 5530, sorted.
const KNOWN: &[&str] = &[
    "ALERT",
    "ALREADYEXISTS",
    "ANNOTATE",
    "ANNOTATIONS",
    "APPENDUID",
    "AUTHENTICATIONFAILED",
    "AUTHORIZATIONFAILED",
    "BADCHARSET",
    "BADCOMPARATOR",
    "BADEVENT",
    "BADURL",
    "CANNOT",
    "CAPABILITY",
    "CLIENTBUG",
    "CLOSED",
    "COMPRESSIONACTIVE",
    "CONTACTADMIN",
    "COPYUID",
    "CORRUPTION",
    "EXPIRED",
    "EXPUNGEISSUED",
    "HASCHILDREN",
    "HIGHESTMODSEQ",
    "INPROGRESS",
    "INUSE",
    "LIMIT",
    "MAILBOXID",
    "MAXCONVERTMESSAGES",
    "MAXCONVERTPARTS",
    "MESSAGELIMIT",
    "METADATA",
    "MODIFIED",
    "NEWNAME",
    "NOMODSEQ",
    "NONEXISTENT",
    "NOPERM",
    "NOTIFICATIONOVERFLOW",
    "NOTSAVED",
    "NOUPDATE",
    "OVERQUOTA",
    "PARSE",
    "PERMANENTFLAGS",
    "PRIVACYREQUIRED",
    "READ-ONLY",
    "READ-WRITE",
    "REFERRAL",
    "SERVERBUG",
    "TAG",
    "TEMPFAIL",
    "TOOBIG",
    "TOOMANY",
    "TRYCREATE",
    "UIDNEXT",
    "UIDNOTSTICKY",
    "UIDREQUIRED",
    "UIDVALIDITY",
    "UNAVAILABLE",
    "UNDEFINED-FILTER",
    "UNKNOWN-CTE",
    "UNSEEN",
    "URLMECH",
    "USEATTR",
];

pub(super) struct Codes;

impl Rule for Codes {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let code = match seen.line.imap().map(|response| &response.kind) {
            Some(Kind::Tagged { text, .. } | Kind::Status { text, .. }) => text.code.as_ref(),
            _ => None,
        };
        let Some(code) = code else { return };
        let name = code.name.raw(&seen.line.octets).to_ascii_uppercase();
        if !name.starts_with(b"X") && !KNOWN.iter().any(|known| known.as_bytes() == name) {
            found.at(RULE, "rfc3501-7.1-16", seen.line, code.span, "no RFC has this response code");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::KNOWN;
    use crate::watch::talk;

    #[test]
    fn names() {
        assert!(KNOWN.is_sorted());
        talk::imap(&[
            ("S: * OK [CAPABILITY IMAP4rev1] hi\nC: NOOP\nS: a1 OK [XFOO 1] done", &[]),
            ("S: * OK hi\nC: NOOP\nS: * NO [alert] soon\nS: a1 OK [TAG a] done", &[]),
            (
                "S: * OK hi\nC: NOOP\nS: * OK [FOO 1] x\nS: a1 OK done",
                &["response-code-names rfc3501-7.1-16"],
            ),
        ]);
    }
}
