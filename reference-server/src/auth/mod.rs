//! Who a client is: accounts and passwords, SASL mechanisms and APOP, without I/O.
//!
//! POP3 and IMAP share what lies here: [`Accounts`] checks credentials, an [`Exchange`] is one run of a SASL mechanism,
//! and [`Timestamp`] is the unique text that APOP and CRAM-MD5 digests are made over. How challenges and responses
//! travel is up to the protocols.

mod accounts;
mod digest;
mod exchange;
mod mechanism;
mod scram;
mod secret;
mod timestamp;

pub use accounts::{AccountError, Accounts};
pub use exchange::{Exchange, Failure, Progress};
pub use mechanism::{Mechanism, Mechanisms};
pub use secret::{Secret, User};
pub use timestamp::Timestamp;
