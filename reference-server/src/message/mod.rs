//! What a message says about itself: header fields, addresses, MIME structure, searchable text.
//!
//! Everything works on the stored octets and gives ranges of them, so that what IMAP returns is what was stored.
//! Nothing here fails: mail is often malformed, and each part of it gets the best reading there is.

mod address;
mod base_subject;
mod collation;
mod date;
mod envelope;
mod header;
mod media;
mod message_id;
mod recode;
mod sent_date;
mod structure;
#[cfg(test)]
mod tests;
mod text;
mod transfer_encoding;

pub use address::{Address, addresses};
pub use base_subject::BaseSubject;
pub use collation::casemap;
pub use date::{day_of_header, day_of_internal_date};
pub use envelope::Envelope;
pub use header::{Field, Header};
pub use media::{Disposition, MediaType, Parameter};
pub use message_id::message_ids;
pub use recode::without_binary;
pub use sent_date::sent_date;
pub use structure::{Content, Part};
pub use text::{body_contains, decoded_field, field_contains};
pub use transfer_encoding::decoded;
