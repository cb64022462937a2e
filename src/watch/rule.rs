//! What a watch rule is.

use std::collections::BTreeMap;

use crate::{
    check::verdict::{Finding, Verdict},
    fault::{Fault, Severity, Span},
    scenario::program::Protocol,
    session::{Closed, ExchangeId, Line, Session},
};

/// A rule, for lists and for the coverage of clauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleInfo {
    /// In small letters with hyphens; reported as `rule/NAME`.
    pub name: &'static str,
    /// The clauses that it enforces; each finding names one of them.
    pub clauses: &'static [&'static str],
    /// The protocol whose sessions it watches; `None`: both.
    pub protocol: Option<Protocol>,
    /// One sentence: what a right server does.
    pub title: &'static str,
}

impl RuleInfo {
    pub(super) const fn imap(
        name: &'static str,
        clauses: &'static [&'static str],
        title: &'static str,
    ) -> Self {
        Self { name, clauses, protocol: Some(Protocol::Imap), title }
    }

    pub(super) const fn pop3(
        name: &'static str,
        clauses: &'static [&'static str],
        title: &'static str,
    ) -> Self {
        Self { name, clauses, protocol: Some(Protocol::Pop3), title }
    }
}

/// A line, and the session around it.
pub(super) struct Seen<'a> {
    /// The session: without what the line says when it has arrived, with it once it is applied.
    pub(super) session: &'a Session,
    /// The line.
    pub(super) line: &'a Line,
    /// IMAP: a mailbox is selected, no command that changes this is under way, and nothing has made its numbers doubtful.
    pub(super) firm: bool,
    /// Which mailbox a line means (POP3: which command a reply answers) is beyond doubt, also while one is being selected.
    pub(super) sure: bool,
}

impl Seen<'_> {
    /// The only open exchange.
    pub(super) fn only_open(&self) -> Option<ExchangeId> {
        let mut open = self.session.open_exchanges();
        open.next().filter(|_| open.next().is_none())
    }

    /// The name of an exchange's command.
    pub(super) fn command(&self, exchange: ExchangeId) -> &str {
        &self.session.exchange(exchange).command.name
    }

    /// Is no other exchange open?
    pub(super) fn none_open(&self) -> bool {
        self.session.open_exchanges().next().is_none()
    }

    /// The first line of what has come.
    pub(super) fn line_one(&self) -> Span {
        let octets = self.line.text();
        let end = octets.iter().position(|&octet| matches!(octet, b'\r' | b'\n')).unwrap_or(octets.len());
        Span::new(0, end.max(1))
    }

    /// All of the line.
    pub(super) fn whole(&self) -> Span {
        Span::new(0, self.line.text().len().max(1))
    }
}

/// A rule at work in one session.
pub(super) trait Rule: Send {
    /// A command was sent.
    fn opened(&mut self, _session: &Session, _exchange: ExchangeId, _found: &mut Findings) {}
    /// A line has arrived; the session does not yet know what it says.
    fn arrived(&mut self, _seen: &Seen<'_>, _found: &mut Findings) {}
    /// The session has taken the line in.
    fn applied(&mut self, _seen: &Seen<'_>, _ended: Option<ExchangeId>, _found: &mut Findings) {}
    /// The connection has ended; `expected` if the client has provoked that.
    fn closed(&mut self, _session: &Session, _how: &Closed, _expected: bool, _found: &mut Findings) {}
}

/// Findings of one rule and clause that are kept in one session.
pub(super) const KEPT: usize = 4;

/// What the rules have found in one session.
#[derive(Debug, Default)]
pub(super) struct Findings {
    new: Vec<Finding>,
    counts: BTreeMap<(&'static str, &'static str), usize>,
}

impl Findings {
    /// The octets at `span` of `line` break `clause`.
    pub(super) fn at(
        &mut self,
        rule: &RuleInfo,
        clause: &'static str,
        line: &Line,
        span: Span,
        message: impl Into<std::borrow::Cow<'static, str>>,
    ) {
        self.fault(rule, line, &Fault::new(clause, span, message));
    }

    /// As [`at`](Self::at), worth a note and no more.
    pub(super) fn note(
        &mut self,
        rule: &RuleInfo,
        clause: &'static str,
        line: &Line,
        span: Span,
        message: impl Into<std::borrow::Cow<'static, str>>,
    ) {
        self.fault(rule, line, &Fault::note(clause, span, message));
    }

    /// `fault` is in `line`.
    pub(super) fn fault(&mut self, rule: &RuleInfo, line: &Line, fault: &Fault) {
        let at_most = match fault.severity {
            Severity::Clause => None,
            Severity::Note => Some(Verdict::Note),
        };
        let message = || fault.render(&line.octets);
        self.push(rule, fault.clause, at_most, line.transcript_position, message);
    }

    /// A finding that no octets show.
    pub(super) fn push(
        &mut self,
        rule: &RuleInfo,
        clause: &'static str,
        at_most: Option<Verdict>,
        transcript_position: usize,
        message: impl FnOnce() -> String,
    ) {
        debug_assert!(rule.clauses.contains(&clause), "{} {clause}", rule.name);
        let count = self.counts.entry((rule.name, clause)).or_default();
        *count += 1;
        if *count <= KEPT {
            let message = message();
            self.new.push(Finding {
                rule: rule.name,
                clause,
                at_most,
                message,
                waived: None,
                transcript_position,
            });
        }
    }

    pub(super) fn take(&mut self) -> Vec<Finding> {
        std::mem::take(&mut self.new)
    }

    pub(super) fn counts(&self) -> impl Iterator<Item = (&'static str, usize)> {
        let mut by_rule = BTreeMap::new();
        for (&(rule, _), count) in &self.counts {
            *by_rule.entry(rule).or_default() += count;
        }
        by_rule.into_iter()
    }
}
