//! The rules of IMAP.

mod continuation;
mod expunge_timing;
mod greeting;
mod ground;
mod logout;
mod numbering;
mod tags;
mod uids;

pub(super) use ground::Ground;

use super::{
    grammar::Grammar,
    rule::{Rule, RuleInfo},
};

pub(super) const RULES: &[&RuleInfo] = &[
    greeting::GREETING,
    greeting::ONE_GREETING,
    tags::TAG_ECHOED,
    tags::ONE_RESULT,
    continuation::RULE,
    logout::BYE_BEFORE_OK,
    logout::NOTHING_AFTER,
    logout::BYE_BEFORE_CLOSE,
    expunge_timing::RULE,
    numbering::RANGE,
    numbering::EXISTS,
    uids::ASCENDING,
    uids::FIXED,
];

pub(super) fn all() -> Vec<Box<dyn Rule>> {
    vec![
        Box::new(Grammar),
        Box::new(greeting::Greeting),
        Box::new(tags::Tags),
        Box::new(continuation::Continuation),
        Box::new(logout::Logout::default()),
        Box::new(expunge_timing::ExpungeTiming),
        Box::new(numbering::Numbering),
        Box::new(uids::Uids),
    ]
}
