//! ENVELOPE (RFC 3501 sections 7.4.2 and 9).

use super::words::visible;
use super::{Rules, SYNTAX};
use crate::imap::node::Node;

impl Rules<'_> {
    pub(super) fn envelope(&mut self, value: &Node) {
        if is_unfollowed(value, self.octets) {
            return;
        }
        let Some([date, subject, from, sender, reply_to, to, cc, bcc, in_reply_to, message_id]) =
            value.list()
        else {
            self.fault("rfc3501-7.4.2-29", visible(value.span), "an envelope is a list of ten fields");
            return;
        };
        for field in [date, subject, in_reply_to, message_id] {
            self.nstring(field, SYNTAX, "this field of an envelope is a string or NIL");
        }
        for field in [from, sender, reply_to, to, cc, bcc] {
            self.addresses(field);
        }
        if let Some(fields) = value.list() {
            self.separated(fields);
        }
    }

    fn addresses(&mut self, field: &Node) {
        if field.is_nil() || is_unfollowed(field, self.octets) {
            return;
        }
        let addresses = match field.list() {
            Some(addresses) if !addresses.is_empty() => addresses,
            _ => {
                self.fault(
                    "rfc3501-9-37",
                    visible(field.span),
                    "an address field is NIL or a list of addresses",
                );
                return;
            }
        };
        self.adjacent(addresses);
        for address in addresses {
            if is_unfollowed(address, self.octets) {
                continue;
            }
            match address.list() {
                Some(parts @ [_, _, _, _]) => {
                    for part in parts {
                        self.nstring(part, "rfc3501-9-06", "a part of an address is a string or NIL");
                    }
                }
                _ => self.fault("rfc3501-9-06", visible(address.span), "an address is a list of four parts"),
            }
        }
    }
}

/// Whether this is a list that was passed over because it is nested too deep.
pub(super) fn is_unfollowed(node: &Node, octets: &[u8]) -> bool {
    node.is_word() && node.raw(octets).first() == Some(&b'(')
}
