//! A whole IMAP session: octets in, and what comes out is a sequence of responses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mailspec_fuzz::{imap, session};
use reference_server::net::Service;

fuzz_target!(|octets: &[u8]| {
    // The first octet says how far the session has come, so that no input has to find the way to a mailbox.
    let Some((state, octets)) = octets.split_first() else { return };
    let before: &[u8] = match state % 4 {
        0 => b"",
        1 => b"l LOGIN alice secret\r\n",
        _ => b"l LOGIN alice secret\r\ns SELECT INBOX\r\n",
    };
    imap::check(&session::run(Service::Imap, before, octets));
});
