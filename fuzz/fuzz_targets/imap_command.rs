//! The parser of IMAP commands: any octets are a command or a refusal.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| reference_server::imap::fuzz_command(octets));
