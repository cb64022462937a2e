//! A whole LMTP session: octets in, and what comes out is a sequence of replies.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mailspec_fuzz::{lmtp, session};
use reference_server::net::Service;

fuzz_target!(|octets: &[u8]| {
    // The first octet says how far the session has come, so that no input has to find the way to a mailbox.
    let Some((state, octets)) = octets.split_first() else { return };
    let before: &[u8] = match state % 4 {
        0 => b"",
        1 => b"LHLO a\r\n",
        2 => b"LHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<alice@localhost>\r\n",
        _ => b"LHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<alice@localhost>\r\nDATA\r\n",
    };
    lmtp::check(&session::run(Service::Lmtp, before, octets));
});
