//! What the server sent, one response or reply at a time.

use std::sync::Arc;

use super::{Time, view::MessageId};
use crate::{fault::Fault, imap, pop3};

/// A response (IMAP) or a whole reply (POP3), as it arrived.
#[derive(Debug, Clone)]
pub struct Line {
    /// All octets with line ends and literals.
    pub octets: Arc<[u8]>,
    /// When its last octet arrived.
    pub at: Time,
    /// What it says.
    pub content: Content,
    /// How many expunges the view had been told before it arrived: what its message sequence numbers count from.
    pub expunges_before: usize,
    /// The message that its message sequence number meant when it arrived (FETCH, EXPUNGE).
    pub message: Option<MessageId>,
    /// How far the transcript had come with it.
    pub transcript_position: usize,
}

/// The two protocols.
#[derive(Debug, Clone)]
pub enum Content {
    /// An IMAP response.
    Imap(imap::Response),
    /// A POP3 reply.
    Pop3(pop3::Reply),
}

impl Line {
    /// The IMAP response.
    #[must_use]
    pub fn imap(&self) -> Option<&imap::Response> {
        match &self.content {
            Content::Imap(response) => Some(response),
            Content::Pop3(_) => None,
        }
    }

    /// The POP3 reply.
    #[must_use]
    pub fn pop3(&self) -> Option<&pop3::Reply> {
        match &self.content {
            Content::Imap(_) => None,
            Content::Pop3(reply) => Some(reply),
        }
    }

    /// The breaches of the grammar in it.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        match &self.content {
            Content::Imap(response) => &response.faults,
            Content::Pop3(reply) => &reply.faults,
        }
    }

    /// The octets without the last line end.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        let octets = self.octets.strip_suffix(b"\n").unwrap_or(&self.octets);
        octets.strip_suffix(b"\r").unwrap_or(octets)
    }
}
