//! Faults: the server breaks exactly one rule on purpose, so that clients and suites can be seen to notice.
//!
//! The server proper knows no fault. It has seams, and asks there whoever [`Faults`] has put behind them: `imap` has
//! what comes in, the command, its effect, what it is answered and the octets of that; `pop3` the same for its
//! protocol; `store` what sessions do to the mail. A [`Fault`] is a value in a table: a name, the clauses it breaks, one
//! line of what it does, and functions for the seams that it needs. Without faults each seam is one look at an empty option.

mod active;
pub(crate) mod connection;
mod fault;
pub(crate) mod imap;
mod imap_binary;
mod imap_codes;
mod imap_condstore;
mod imap_extensions;
mod imap_fetch;
mod imap_forgiving;
mod imap_grammar;
mod imap_idle;
mod imap_listing;
mod imap_mailboxes;
mod imap_modseq_search;
mod imap_move;
mod imap_namespaces;
mod imap_numbering;
mod imap_patterns;
mod imap_qresync;
mod imap_results;
mod imap_saved;
mod imap_search;
mod imap_sort;
mod imap_state;
mod imap_store;
mod imap_structure;
mod imap_thread;
mod imap_uids;
mod imap_vanished;
mod logins;
pub(crate) mod pop3;
mod pop3_extensions;
mod pop3_forgiving;
mod pop3_languages;
mod pop3_maildrop;
mod pop3_messages;
mod pop3_replies;
mod restarts;
mod statuses;
pub(crate) mod store;
mod streams;
#[cfg(test)]
mod tests;
mod upgrades;

pub use active::{Faults, Rate, RateError};
pub use fault::{Fault, UnknownFault, listing};
