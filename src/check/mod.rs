//! Runs scenarios and judges: [`select`] says what runs, [`run`] runs it several at a time, `one` one scenario from loan to
//! verdict, `talk` its lines.

pub mod bench;
mod client;
pub mod exit;
mod judge;
mod login;
mod one;
mod pool;
pub mod probe;
pub mod run;
mod scene;
pub mod select;
pub mod start;
mod steward;
pub mod summary;
mod talk;
pub mod verdict;
pub mod waivers;
