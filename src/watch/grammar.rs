//! Every line fits the grammar: RFC 3501 section 9, RFC 1939 section 3, RFC 2449. The grammars themselves find the breaches and name
//! the clause of each.

use super::rule::{Findings, Rule, RuleInfo, Seen};
use crate::{imap::grammar as imap, pop3::grammar as pop3};

/// The clauses of both grammars.
const CLAUSES: [&str; imap::CLAUSES.len() + pop3::CLAUSES.len()] = {
    let mut both = [""; imap::CLAUSES.len() + pop3::CLAUSES.len()];
    let (first, second) = both.split_at_mut(imap::CLAUSES.len());
    first.copy_from_slice(imap::CLAUSES);
    second.copy_from_slice(pop3::CLAUSES);
    both
};

pub(super) const RULE: &RuleInfo = &RuleInfo {
    name: "grammar",
    clauses: &CLAUSES,
    protocol: None,
    title: "Each response fits the grammar of its protocol",
};

pub(super) struct Grammar;

impl Rule for Grammar {
    fn arrived(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        for fault in seen.line.faults() {
            found.fault(RULE, seen.line, fault);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::talk;

    #[test]
    fn faults_become_findings() {
        talk::imap(&[
            ("S: * OK hi\nC: CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: a1 OK done", &[]),
            ("S: * OK hi\nC: NOOP\nS: *  2 EXISTS\nS: a1 OK done", &["grammar rfc3501-9-03b"]),
        ]);
        talk::pop3(&[
            ("S: +OK hi\nC: USER u\nS: +OK", &[]),
            ("S: +OK hi\nC: CAPA\nS: +OK\\nUSER\\n.\nC: USER u\nS: -ERR [no code", &[]),
            ("S: +OK hi\nC: CAPA\nS: +OK\\nRESP-CODES\\n.\nC: USER u\nS: -ERR [IN-USE] no", &[]),
            (
                "S: +OK hi\nC: CAPA\nS: +OK\\nRESP-CODES\\n.\nC: USER u\nS: -ERR [no code",
                &["grammar rfc2449-6.4-01"],
            ),
        ]);
    }
}
