//! A message in a mailbox.

use std::sync::Arc;

use super::flags::Flags;
use super::internal_date::InternalDate;
use super::renditions::Renditions;

/// A unique identifier (RFC 3501 section 2.3.1.1); never 0.
pub type Uid = u32;

/// A mod-sequence (RFC 7162 section 3.1): from 1 on, below 2 to the power of 63.
pub type ModSequence = u64;

/// A message: its octets, which never change, and its attributes.
#[derive(Clone, Debug)]
pub struct Message {
    /// The message text, octet by octet as it was appended.
    pub octets: Arc<[u8]>,
    /// What has been made of the octets so far; copies of the message share it.
    pub renditions: Arc<Renditions>,
    /// The permanent flags.
    pub flags: Flags,
    /// When the message arrived, or what APPEND said about it.
    pub internal_date: InternalDate,
}

/// A message that is to be added to a mailbox.
#[derive(Clone, Debug, PartialEq)]
pub struct NewMessage {
    /// The message text.
    pub octets: Vec<u8>,
    /// The permanent flags.
    pub flags: Flags,
    /// When it arrived; now, if that is not said.
    pub internal_date: Option<InternalDate>,
}

impl Message {
    /// The size in octets (RFC822.SIZE). An appended literal never exceeds 32 bits.
    #[must_use]
    pub fn size(&self) -> u32 {
        u32::try_from(self.octets.len()).unwrap_or(u32::MAX)
    }
}
