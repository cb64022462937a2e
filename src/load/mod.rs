//! The load generator: many sessions at a time, and how long the server takes for what they ask.
//!
//! A [`plan`] says what to do. [`run`] starts the threads: each has a runtime and sessions of its own (`worker`), which share a `stage`
//! and follow the scripts of a workload (`talk`), counting into a [`tally`] without a lock. Once in each second the tallies are merged into
//! an [`interval`]; in the end there is a [`report`]. Sessions, grammars and watch rules are those of `check`. `docs/load.md` defines
//! every figure.

mod alarm;
pub mod arrivals;
pub mod bundled;
pub mod compare;
mod deliver;
pub mod gates;
pub mod histogram;
pub mod interval;
mod mail;
pub mod own;
pub mod plan;
pub mod prepare;
pub mod report;
pub mod run;
mod stage;
mod talk;
pub mod tally;
mod timer;
pub mod trouble;
mod turns;
pub mod users;
mod worker;

#[cfg(test)]
mod tests;
