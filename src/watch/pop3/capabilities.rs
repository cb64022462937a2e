//! What CAPA lists, and when (RFC 2449 section 5, RFC 2595 section 4).

use crate::{
    session::{ExchangeId, State},
    watch::rule::{Findings, Rule, RuleInfo, Seen},
};

use super::answer::Answer;

pub(super) const KEPT: &RuleInfo = &RuleInfo::pop3(
    "capa-kept",
    &["rfc2449-5-03"],
    "What CAPA lists before login, but for STLS, USER and SASL, it lists after login as well",
);

pub(super) const STLS: &RuleInfo =
    &RuleInfo::pop3("stls-listed", &["rfc2595-4-02a"], "STLS is not listed while TLS is active");

#[derive(Default)]
pub(super) struct Capabilities {
    /// The names that the last CAPA before login has listed.
    before: Vec<Vec<u8>>,
}

impl Rule for Capabilities {
    fn applied(&mut self, seen: &Seen<'_>, ended: Option<ExchangeId>, found: &mut Findings) {
        let Some(answer) = Answer::of(seen, ended).filter(|answer| answer.ok && answer.bare) else { return };
        match answer.name {
            // The list may change (RFC 2595 section 4); so may that of another language.
            "STLS" | "LANG" | "UTF8" => self.before.clear(),
            "CAPA" => self.capa(seen, found),
            _ => {}
        }
    }
}

impl Capabilities {
    fn capa(&mut self, seen: &Seen<'_>, found: &mut Findings) {
        let Some(reply) = seen.line.pop3() else { return };
        let octets = &seen.line.octets;
        let name = |entry: &[u8]| {
            entry.split(|&octet| octet == b' ').next().unwrap_or_default().to_ascii_uppercase()
        };
        let names: Vec<_> =
            reply.lines(octets).map(|line| (name(line.content.of(octets)), line.content)).collect();
        let stls = names.iter().find(|(name, _)| name == b"STLS");
        if let Some((_, span)) = stls.filter(|_| seen.session.is_tls()) {
            found.at(STLS, "rfc2595-4-02a", seen.line, *span, "STLS is listed, and TLS is active");
        }
        match seen.session.state() {
            State::Authorization => self.before = names.into_iter().map(|(name, _)| name).collect(),
            State::Transaction => {
                let lost = |before: &&Vec<u8>| {
                    !matches!(before.as_slice(), b"STLS" | b"USER" | b"SASL")
                        && !names.iter().any(|(name, _)| name == *before)
                };
                if let Some(lost) = self.before.iter().find(lost) {
                    let message =
                        format!("{} was listed before login, and is not any more", lost.escape_ascii());
                    found.at(KEPT, "rfc2449-5-03", seen.line, seen.line_one(), message);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use crate::{
        scenario::program::Protocol,
        session::{Command, Limits, Scribe, Session, Time, transcript::Transcript},
        watch::{Watch, talk},
    };

    #[test]
    fn capabilities_stay() {
        let before = "S: +OK hi\nC: CAPA\nS: +OK\\nTOP\\nUSER\\nSASL PLAIN\\nSTLS\\nUIDL\\n.\n";
        let login = "C: USER u\nS: +OK\nC: PASS p\nS: +OK\n";
        talk::pop3(&[
            (&[before, login, "C: CAPA\nS: +OK\\nUIDL\\ntop\\nEXPIRE 9\\n."].concat(), &[]),
            (&[before, login, "C: CAPA\nS: +OK\\nUIDL\\n."].concat(), &["capa-kept rfc2449-5-03"]),
            (&[before, "C: STLS\nS: +OK\n", login, "C: CAPA\nS: +OK\\nUIDL\\n."].concat(), &[]),
        ]);
    }

    #[test]
    fn stls_under_tls() {
        let mut watch = Watch::new(Protocol::Pop3);
        let scribe = Scribe::new("", Arc::new(Mutex::new(Transcript::default())));
        let mut session = Session::new(Protocol::Pop3, Limits::default(), true, scribe);
        session.receive(b"+OK hi\r\n", Time::ZERO, &mut watch);
        session.open(Command::of(b"CAPA\r\n"), None, Time::ZERO, &mut watch);
        session.receive(b"+OK\r\nSTLS\r\nUIDL\r\n.\r\n", Time::ZERO, &mut watch);
        let rules: Vec<_> = watch.take_findings().iter().map(|finding| finding.rule).collect();
        assert_eq!(rules, ["stls-listed"]);
    }
}
