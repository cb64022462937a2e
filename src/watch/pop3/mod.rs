//! The rules of POP3.

use super::{
    grammar::Grammar,
    rule::{Rule, RuleInfo},
};

pub(super) const RULES: &[&RuleInfo] = &[];

pub(super) fn all() -> Vec<Box<dyn Rule>> {
    vec![Box::new(Grammar)]
}
