//! The rules of POP3.

mod answer;
mod asked;
mod capabilities;
mod codes;
mod marked;
mod numbers;
mod refusals;
mod replies;
mod sizes;
mod states;
mod texts;
mod unique_ids;

use super::{
    grammar::Grammar,
    rule::{Rule, RuleInfo},
};

pub(super) const RULES: &[&RuleInfo] = &[
    replies::GREETING,
    replies::ONE_REPLY,
    states::RULE,
    refusals::AUTHORIZATION,
    refusals::POSITIVE,
    numbers::RULE,
    asked::RULE,
    marked::RULE,
    sizes::FIXED,
    sizes::EXACT,
    sizes::TOTALS,
    unique_ids::FIXED,
    unique_ids::UNIQUE,
    texts::RETR,
    texts::TOP,
    codes::RULE,
    capabilities::KEPT,
    capabilities::STLS,
];

pub(super) fn all() -> Vec<Box<dyn Rule>> {
    vec![
        Box::new(Grammar),
        Box::new(replies::Replies::default()),
        Box::new(states::States),
        Box::new(refusals::Refusals::default()),
        Box::new(numbers::Numbers::default()),
        Box::new(asked::Asked),
        Box::new(marked::Marked::default()),
        Box::new(sizes::Sizes::default()),
        Box::new(unique_ids::UniqueIds::default()),
        Box::new(texts::Texts::default()),
        Box::new(codes::Codes::default()),
        Box::new(capabilities::Capabilities::default()),
    ]
}
