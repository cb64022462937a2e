//! The parser of POP3 commands: any octets are a command or a refusal.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| reference_server::pop3::fuzz_command(octets));
