//! The envelope of a message (RFC 3501 section 7.4.2, ENVELOPE).

use super::address::{Address, addresses};
use super::header::Header;

/// What ENVELOPE tells. Texts are as in the header, unfolded; encoded words stay encoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    /// The Date field.
    pub date: Option<Vec<u8>>,
    /// The Subject field.
    pub subject: Option<Vec<u8>>,
    /// The From field.
    pub from: Vec<Address>,
    /// The Sender field, or else the From field.
    pub sender: Vec<Address>,
    /// The Reply-To field, or else the From field.
    pub reply_to: Vec<Address>,
    /// The To fields.
    pub to: Vec<Address>,
    /// The Cc fields.
    pub cc: Vec<Address>,
    /// The Bcc fields.
    pub bcc: Vec<Address>,
    /// The In-Reply-To field.
    pub in_reply_to: Option<Vec<u8>>,
    /// The Message-ID field.
    pub message_id: Option<Vec<u8>>,
}

impl Envelope {
    /// The envelope that `header` describes.
    #[must_use]
    pub fn of(octets: &[u8], header: &Header) -> Self {
        let mut envelope = Self::default();
        for field in header.fields(octets) {
            let name = field.name.to_ascii_lowercase();
            match name.as_slice() {
                b"from" => envelope.from.extend(addresses(&field.text())),
                b"sender" => envelope.sender.extend(addresses(&field.text())),
                b"reply-to" => envelope.reply_to.extend(addresses(&field.text())),
                b"to" => envelope.to.extend(addresses(&field.text())),
                b"cc" => envelope.cc.extend(addresses(&field.text())),
                b"bcc" => envelope.bcc.extend(addresses(&field.text())),
                b"date" => first(&mut envelope.date, || field.text()),
                b"subject" => first(&mut envelope.subject, || field.text()),
                b"in-reply-to" => first(&mut envelope.in_reply_to, || field.text()),
                b"message-id" => first(&mut envelope.message_id, || field.text()),
                _ => {}
            }
        }
        for absent in [&mut envelope.sender, &mut envelope.reply_to] {
            if absent.is_empty() {
                absent.clone_from(&envelope.from);
            }
        }
        envelope
    }
}

fn first(slot: &mut Option<Vec<u8>>, text: impl FnOnce() -> Vec<u8>) {
    if slot.is_none() {
        *slot = Some(text());
    }
}
