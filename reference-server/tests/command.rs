//! The program as a process: where it says that it listens, and how it ends.

#![cfg(unix)]
#![allow(clippy::unwrap_used)] // All of it is a test.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

#[test]
fn it_ends_in_good_order_as_soon_as_it_has_said_where_it_listens() {
    for signal in ["INT", "TERM"].into_iter().cycle().take(20) {
        let mut server = start();
        let mut output = BufReader::new(server.stdout.take().unwrap());
        let mut said = String::new();
        output.read_line(&mut said).unwrap();
        assert!(said.starts_with("imap://127.0.0.1:"), "{said}");
        ask(&server, signal);
        let mut errors = String::new();
        server.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        assert_eq!((server.wait().unwrap().code(), errors.as_str()), (Some(0), ""), "after SIG{signal}");
    }
}

fn start() -> Child {
    Command::new(env!("CARGO_BIN_EXE_mailspec-server"))
        .args(["--imap", "0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn ask(server: &Child, signal: &str) {
    let command = format!("kill -{signal} {}", server.id());
    assert!(Command::new("sh").args(["-c", &command]).status().unwrap().success());
}
