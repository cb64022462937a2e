//! The envelope structure (RFC 3501 section 7.4.2).

use super::put;
use super::string::nstring;
use crate::message::{Address, Envelope};

/// Writes the ten fields of the envelope.
pub(super) fn write(envelope: &Envelope, out: &mut Vec<u8>) {
    put(out, "(");
    text(&envelope.date, out);
    text(&envelope.subject, out);
    for list in
        [&envelope.from, &envelope.sender, &envelope.reply_to, &envelope.to, &envelope.cc, &envelope.bcc]
    {
        addresses(list, out);
        put(out, " ");
    }
    text(&envelope.in_reply_to, out);
    nstring(envelope.message_id.as_deref(), out);
    put(out, ")");
}

fn text(text: &Option<Vec<u8>>, out: &mut Vec<u8>) {
    nstring(text.as_deref(), out);
    put(out, " ");
}

fn addresses(list: &[Address], out: &mut Vec<u8>) {
    if list.is_empty() {
        put(out, "NIL");
        return;
    }
    put(out, "(");
    for address in list {
        put(out, "(");
        text(&address.name, out);
        text(&address.route, out);
        text(&address.mailbox, out);
        nstring(address.host.as_deref(), out);
        put(out, ")");
    }
    put(out, ")");
}
