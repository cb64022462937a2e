//! What a message says about itself: header fields, addresses, MIME structure, searchable text.
//!
//! Everything works on the stored octets and gives ranges of them, so that what IMAP returns is what was stored.
//! Nothing here fails: mail is often malformed, and each part of it gets the best reading there is.

mod address;
mod date;
mod envelope;
mod header;
mod media;
mod structure;
#[cfg(test)]
mod tests;
mod text;

pub use address::{Address, addresses};
pub use date::{day_of_header, day_of_internal_date};
pub use envelope::Envelope;
pub use header::{Field, Header};
pub use media::{Disposition, MediaType, Parameter};
pub use structure::{Content, Part};
pub use text::{body_contains, field_contains, folded};
