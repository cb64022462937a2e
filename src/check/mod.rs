//! Runs scenarios and judges.

pub mod exit;
pub mod select;
pub mod summary;
pub mod verdict;
