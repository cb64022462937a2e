//! The watch rules: what must hold of every response, whatever the scenario, the load or the search that provokes it.
//!
//! A [`Watch`] looks on while a [`Session`] takes in what arrives, and gathers [`Finding`]s. Each rule stands in a file of its own
//! or of its group, cites the clauses that it enforces, and keeps silent wherever the order of pipelined commands or what an extension
//! may send leaves a doubt: a rule that is wrong once is worth less than none.

mod grammar;
mod imap;
mod pop3;
mod rule;
#[cfg(test)]
mod talk;

use std::sync::LazyLock;

pub use rule::RuleInfo;

use crate::{
    check::verdict::Finding,
    scenario::program::Protocol,
    session::{Closed, ExchangeId, Line, Observer, Session},
};
use rule::{Findings, Rule};

/// All rules, in the order in which they are listed.
#[must_use]
pub fn rules() -> &'static [RuleInfo] {
    static RULES: LazyLock<Vec<RuleInfo>> = LazyLock::new(|| {
        let grammar = [grammar::RULE];
        grammar.iter().chain(imap::RULES).chain(pop3::RULES).copied().copied().collect()
    });
    &RULES
}

/// Applies the rules to one session.
pub struct Watch {
    rules: Vec<Box<dyn Rule>>,
    ground: imap::Ground,
    found: Findings,
}

impl Watch {
    /// Watches a session of this protocol from its first octet on.
    #[must_use]
    pub fn new(protocol: Protocol) -> Self {
        let rules = match protocol {
            Protocol::Imap => imap::all(),
            Protocol::Pop3 => pop3::all(),
        };
        Self { rules, ground: imap::Ground::default(), found: Findings::default() }
    }

    /// The findings since the last call. Of one rule and clause only the first few are kept in full.
    pub fn take_findings(&mut self) -> Vec<Finding> {
        self.found.take()
    }

    /// How often each rule was broken over the whole session, those included that were not kept.
    pub fn counts(&self) -> impl Iterator<Item = (&'static str, usize)> {
        self.found.counts()
    }

    /// The client is about to make the server end the connection: by stopping or killing it, by time, or by lines that are not
    /// commands. That it ends without BYE is then no finding.
    pub fn expect_end(&mut self) {
        self.ground.end_expected = true;
    }

    fn each(&mut self, mut act: impl FnMut(&mut dyn Rule, &imap::Ground, &mut Findings)) {
        for rule in &mut self.rules {
            act(rule.as_mut(), &self.ground, &mut self.found);
        }
    }
}

impl Observer for Watch {
    fn opened(&mut self, session: &Session, exchange: ExchangeId) {
        self.ground.opened(session, exchange);
        self.each(|rule, _, found| rule.opened(session, exchange, found));
    }

    fn arrived(&mut self, before: &Session, line: &Line) {
        self.ground.arrived(before, line);
        self.each(|rule, ground, found| rule.arrived(&ground.seen(before, line), found));
        self.ground.judged(before, line);
    }

    fn applied(&mut self, after: &Session, line: &Line, ended: Option<ExchangeId>) {
        self.each(|rule, ground, found| {
            rule.applied(&ground.seen(after, line), ended, found);
        });
        self.ground.applied(after, ended);
    }

    fn closed(&mut self, session: &Session, how: &Closed) {
        self.each(|rule, ground, found| rule.closed(session, how, ground.end_expected, found));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::clauses::Catalogue;

    #[test]
    fn every_rule_has_a_name_of_its_own_and_cites_clauses_of_the_catalogue() {
        let catalogue = Catalogue::load(None).unwrap();
        let mut names = HashSet::new();
        for rule in rules() {
            assert!(names.insert(rule.name), "{} twice", rule.name);
            assert!(rule.name.bytes().all(|o| o.is_ascii_lowercase() || o.is_ascii_digit() || o == b'-'));
            for clause in rule.clauses {
                let clause = catalogue.get(clause).unwrap_or_else(|| panic!("{}: no {clause}", rule.name));
                assert!(clause.is_carrier(), "{}: {} is no carrier", rule.name, clause.id);
            }
        }
        assert!(rules().len() > 40, "{}", rules().len());
    }

    #[test]
    fn findings_of_one_clause_are_bounded_and_counted() {
        let mut script = String::from("S: * OK hi\n");
        for _ in 0..50 {
            script.push_str("S: nobody OK done\n");
        }
        let (findings, counts) = talk::watch(Protocol::Imap, &script);
        assert_eq!(findings.len(), rule::KEPT);
        assert_eq!(counts, [("tag-echoed", 50)]);
    }
}
