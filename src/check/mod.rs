//! Runs scenarios and judges: [`select`] says what runs, [`run`] runs it several at a time, `one` one row in its `world`,
//! `talk` its lines.

pub mod bench;
pub(crate) mod client;
mod credentials;
pub mod exit;
mod judge;
pub mod last_failed;
mod login;
mod obstacle;
mod one;
mod pool;
pub mod probe;
pub mod run;
mod scene;
mod secrets;
pub mod select;
pub mod start;
mod steward;
pub mod summary;
pub mod survey;
mod talk;
pub mod verdict;
pub mod waivers;
mod world;
