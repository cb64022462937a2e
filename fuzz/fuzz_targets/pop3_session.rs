//! A whole POP3 session: octets in, and what comes out is a sequence of lines.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mailspec_fuzz::{pop3, session};
use reference_server::net::Service;

fuzz_target!(|octets: &[u8]| {
    // The first octet says how far the session has come, so that no input has to find the way to a maildrop.
    let Some((state, octets)) = octets.split_first() else { return };
    let before: &[u8] = match state % 4 {
        0 => b"",
        _ => b"USER alice\r\nPASS secret\r\n",
    };
    pop3::check(&session::run(Service::Pop3, before, octets));
});
