//! Runs scenarios and judges.

pub mod verdict;
