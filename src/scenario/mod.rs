//! The scenario language: YAML and a transcript, compiled to a [`Program`] that `check`, `load` and `explore` run.
//!
//! `docs/scenario-language.md` defines the language by example. The way of a scenario: [`parse`] reads a file and
//! reports mistakes with a caret; the result is a [`Scenario`] whose rows hold one [`Program`] each; [`matching`]
//! holds what the server sent against a [`pattern::Pattern`]; [`expression`] computes. A [`workload`] is a file of talks for `load`.

pub mod captures;
pub mod evaluate;
pub mod expression;
pub mod matching;
pub mod parse;
pub mod pattern;
pub mod program;
pub mod schema;
pub mod template;
pub mod workload;

pub use program::{Program, Scenario};
