//! The rules of IMAP.

mod answers;
mod base_only;
mod capabilities;
mod children;
mod codes;
mod continuation;
mod copied;
mod delimiter;
mod enabled;
mod esearch;
mod expunge_timing;
mod failure_codes;
mod greeting;
mod ground;
mod id;
mod keywords;
mod logout;
mod mod_sequences;
mod numbering;
mod partial;
mod select;
mod sizes;
mod static_data;
mod status_counts;
mod tags;
mod uid_in_fetch;
mod uid_next;
mod uids;
mod unselected;
mod vanished;

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
    uid_next::ABOVE,
    uid_next::FALLS,
    select::DATA,
    select::ACCESS,
    select::PERMANENT,
    select::RECENT,
    select::NUMBERS,
    static_data::FIXED,
    static_data::ALIASES,
    sizes::MESSAGE,
    sizes::PART,
    partial::RULE,
    uid_in_fetch::RULE,
    keywords::RULE,
    answers::RULE,
    status_counts::RULE,
    esearch::COMMAND,
    esearch::ITEMS,
    esearch::NUMBERS,
    delimiter::RULE,
    children::RULE,
    copied::PAIRS,
    copied::PLACE,
    failure_codes::RULE,
    capabilities::RULE,
    enabled::RULE,
    id::RULE,
    unselected::RULE,
    vanished::TIMING,
    vanished::EARLIER,
    vanished::REPLACES,
    vanished::KNOWN,
    mod_sequences::RISES,
    mod_sequences::HIGHEST,
    mod_sequences::CLOSE,
    mod_sequences::CLOSED,
    base_only::RULE,
    codes::RULE,
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
        Box::new(uid_next::UidNext::default()),
        Box::new(select::Select),
        Box::new(static_data::StaticData),
        Box::new(sizes::Sizes::default()),
        Box::new(partial::Partial),
        Box::new(uid_in_fetch::UidInFetch::default()),
        Box::new(keywords::Keywords::default()),
        Box::new(answers::Answers),
        Box::new(status_counts::StatusCounts),
        Box::new(esearch::Esearch),
        Box::new(delimiter::Delimiter::default()),
        Box::new(children::Children),
        Box::new(copied::Copied),
        Box::new(failure_codes::FailureCodes),
        Box::new(capabilities::Capabilities),
        Box::new(enabled::EnabledAsked),
        Box::new(id::Id),
        Box::new(unselected::Unselected),
        Box::new(vanished::VanishedRules::default()),
        Box::new(mod_sequences::ModSequences::default()),
        Box::new(base_only::BaseOnly::default()),
        Box::new(codes::Codes),
    ]
}
