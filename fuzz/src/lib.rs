//! What the fuzz targets share: a session from its first octet to its last, and what its answers must look like.

pub mod imap;
pub mod lmtp;
pub mod pop3;
pub mod session;
