//! The suite, tested: each fault of the bundled server has to make a scenario or a watch rule fail that cites its clause.
//!
//! A [`Sweep`] runs the suite on the bundled server with one fault at a time; each comes to a [`Trial`], which says who has
//! noticed. All trials together are the [`Matrix`], fault by scenario: the faults that survive are holes in the suite, the scenarios
//! that no fault makes fail may not be able to.

mod export;
mod jury;
mod matrix;
mod print;
mod sweep;

pub use jury::{Baseline, Trial};
pub use matrix::Matrix;
pub use sweep::{Extent, Sweep, SweepError};
