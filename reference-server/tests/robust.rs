//! Clients that stall, flood, never listen or are simply many: memory stays bounded, and the others are served.
//!
//! All over pipes in memory and in virtual time. Memory is what the system says this process holds (Linux only), so the
//! tests take turns.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic)] // Helpers of tests may panic as tests do.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reference_server::config::Config;
use reference_server::net::Server;
use reference_server::store::Flags;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::timeout;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// The most that an idle session may cost with both ends of its pipe. An optimized build needs less than this one.
const IDLE_SESSION: usize = 8 * KIB;

#[test]
fn fifteen_thousand_idle_sessions_fit_into_little_memory() {
    in_turn(async {
        let server = server();
        // What is made once is not counted.
        let first = selected(&server).await;
        let before = resident();
        let mut clients = Vec::with_capacity(15_000);
        for number in 0..15_000 {
            let mut client = match number % 3 {
                0 => said_hello(&server).await,
                _ => selected(&server).await,
            };
            if number % 3 == 2 {
                say(&mut client, "i IDLE\r\n", "+ ").await;
            }
            clients.push(client);
        }
        let each = resident().saturating_sub(before) / clients.len();
        println!("{each} octets for each idle session");
        assert!(each <= IDLE_SESSION, "{each} octets for each idle session");
        say(&mut clients[14_998], "n NOOP\r\n", "n OK").await;
        drop(first);
    });
}

#[test]
fn clients_that_stall_in_a_command_cost_little_and_are_logged_out() {
    in_turn(async {
        let server = server();
        let mut stalled = Vec::new();
        let mut other = selected(&server).await;
        let before = resident();
        for number in 0..1_000 {
            let mut client = selected(&server).await;
            let half =
                ["h APPEND INBOX {60000000+}\r\nSubject", "h FETCH 1 (FL", "h STORE {100000+}\r\n", "h"]
                    [number % 4];
            client.write_all(half.as_bytes()).await.unwrap();
            stalled.push(client);
        }
        settle().await;
        let each = resident().saturating_sub(before) / stalled.len();
        assert!(each <= 2 * IDLE_SESSION, "{each} octets for each stalled session");
        say(&mut other, "n NOOP\r\n", "n OK").await;
        tokio::time::sleep(Duration::from_secs(31 * 60)).await;
        for client in &mut stalled {
            assert!(farewell(client).await.contains("* BYE"), "no BYE");
        }
    });
}

#[test]
fn a_client_that_does_not_read_its_answer_holds_it_up_and_nothing_else() {
    in_turn(async {
        let server = server();
        let account = server.store().account("alice").unwrap();
        for _ in 0..16 {
            account.append("INBOX", vec![b'x'; MIB], Flags::default(), None).unwrap();
        }
        let mut other = selected(&server).await;
        let before = resident();
        let mut deaf = Vec::new();
        for _ in 0..50 {
            let mut client = selected(&server).await;
            client.write_all(b"f FETCH 1:* (BODY.PEEK[] BODYSTRUCTURE)\r\n").await.unwrap();
            deaf.push(client);
        }
        settle().await;
        let each = resident().saturating_sub(before) / deaf.len();
        // Each holds the message that it is at, and what its pipe takes.
        assert!(each <= 3 * MIB, "{each} octets for each session that does not read");
        say(&mut other, "n NOOP\r\n", "n OK").await;
        say(&mut other, "f FETCH 1:* (FLAGS)\r\n", "f OK").await;
        tokio::time::sleep(Duration::from_secs(31 * 60)).await;
        for client in &mut deaf {
            let answer = farewell(client).await;
            assert!(!answer.contains("f OK"), "an answer of 16 MiB went through a pipe of 64 KiB");
        }
    });
}

#[test]
fn endless_input_is_not_kept() {
    in_turn(async {
        let server = server();
        let mut client = selected(&server).await;
        let before = resident();
        for _ in 0..1_000 {
            client.write_all(&[b'x'; 64 * KIB]).await.unwrap();
        }
        say(&mut client, "\r\n", "BAD").await;
        for announced in
            ["l LOGIN {99999999999}\r\n", "l APPEND INBOX {4294967295}\r\n", "l SEARCH {70000}\r\n"]
        {
            say(&mut client, announced, "l ").await;
        }
        for deep in [
            format!("d SEARCH {}\r\n", "(".repeat(60_000)),
            format!("d SEARCH {}ALL\r\n", "NOT ".repeat(15_000)),
            format!("d SEARCH {}\r\n", "OR ".repeat(20_000)),
            format!("d FETCH 1 BODY[{}1]\r\n", "1.".repeat(30_000)),
            format!("d LIST \"\" {}\r\n", "*%".repeat(30_000)),
        ] {
            say(&mut client, &deep, "d ").await;
        }
        let grown = resident().saturating_sub(before);
        assert!(grown <= 4 * MIB, "{grown} octets are left of what was refused");
    });
}

#[test]
fn failed_logins_end_the_session_and_cost_others_nothing() {
    in_turn(async {
        let server = server();
        let mut guessing = Vec::new();
        for _ in 0..200 {
            let mut client = said_hello(&server).await;
            let guesses: String = (0..30).map(|guess| format!("g LOGIN alice {guess}\r\n")).collect();
            client.write_all(guesses.as_bytes()).await.unwrap();
            guessing.push(client);
        }
        let mut other = selected(&server).await;
        say(&mut other, "n NOOP\r\n", "n OK").await;
        for client in &mut guessing {
            let answer = farewell(client).await;
            assert_eq!(answer.matches("g NO").count(), 20);
            assert!(answer.contains("* BYE"));
        }
    });
}

#[test]
fn a_server_shuts_down_while_its_sessions_are_busy() {
    in_turn(async {
        let server = server();
        let account = server.store().account("alice").unwrap();
        account.append("INBOX", vec![b'x'; MIB], Flags::default(), None).unwrap();
        let busy = [
            "b IDLE\r\n",
            "b FETCH 1:* BODY.PEEK[]\r\n",
            "b APPEND INBOX {1000+}\r\nhalf",
            "b NO",
            "b LOGIN a b\r\nc NOOP\r\nd SEARCH TEXT x\r\n",
        ];
        let mut clients = Vec::new();
        for number in 0..200 {
            let mut client = selected(&server).await;
            client.write_all(busy[number % busy.len()].as_bytes()).await.unwrap();
            clients.push(client);
        }
        settle().await;
        let pop3 = server.connect_pop3();
        timeout(Duration::from_secs(60), server.shutdown())
            .await
            .expect("the server does not come to its end");
        for (number, client) in clients.iter_mut().enumerate() {
            let answer = farewell(client).await;
            // Only who does not read is cut off without a word.
            assert!(
                answer.contains("* BYE") || number % busy.len() == 1,
                "no BYE for {}",
                busy[number % busy.len()]
            );
        }
        drop(pop3);
    });
}

fn server() -> Server {
    let server = Server::in_process(Config::default().user("alice", "secret")).unwrap();
    let account = server.store().account("alice").unwrap();
    account.append("INBOX", b"Subject: x\r\n\r\ntext\r\n".to_vec(), Flags::default(), None).unwrap();
    server
}

async fn said_hello(server: &Server) -> DuplexStream {
    let mut client = server.connect_imap();
    say(&mut client, "", "* OK").await;
    client
}

async fn selected(server: &Server) -> DuplexStream {
    let mut client = said_hello(server).await;
    say(&mut client, "l LOGIN alice secret\r\n", "l OK").await;
    say(&mut client, "s SELECT INBOX\r\n", "s OK").await;
    client
}

/// Sends `text` and reads until the answer holds `wanted` and a line end.
async fn say(client: &mut DuplexStream, text: &str, wanted: &str) {
    client.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let mut octets = [0; 4 * KIB];
    let holds = |answer: &[u8]| {
        let wanted = wanted.as_bytes();
        wanted.is_empty()
            || (answer.ends_with(b"\r\n") && answer.windows(wanted.len()).any(|octets| octets == wanted))
    };
    while !holds(&answer) {
        let read = timeout(Duration::from_secs(60), client.read(&mut octets)).await;
        let count = read.unwrap_or_else(|_| panic!("no {wanted} after {}", answer.escape_ascii())).unwrap();
        assert!(count > 0, "the server has closed: {}", answer.escape_ascii());
        answer.extend_from_slice(&octets[..count]);
        // The end is enough.
        answer.drain(..answer.len().saturating_sub(4 * KIB));
    }
}

/// All that the server still says, until it closes.
async fn farewell(client: &mut DuplexStream) -> String {
    let mut rest = Vec::new();
    let end = timeout(Duration::from_secs(120), client.read_to_end(&mut rest)).await;
    end.expect("the session does not end").unwrap();
    String::from_utf8_lossy(&rest).into_owned()
}

/// Lets every session go as far as it can.
async fn settle() {
    tokio::time::sleep(Duration::from_millis(10)).await;
}

/// The memory that this process holds, in octets.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * KIB
}

fn in_turn(test: impl Future<Output = ()>) {
    static TURN: Mutex<()> = Mutex::new(());
    // A test that has failed has had its turn.
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime.block_on(test);
}
