//! Sessions over a pipe in memory, under a paused clock, as transcripts.

mod binary;
mod condstore;
mod esearch;
mod extensions;
mod hostile;
mod list_extended;
mod login;
mod mailboxes;
mod messages;
mod multiappend;
mod qresync;
mod search;
mod searchres;
mod sort;
mod tls;
mod updates;

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio::time::timeout;

use crate::config::Config;
use crate::net::Server;
use crate::store::{Flags, InternalDate};

/// A message with a header of its own and two lines of text.
const PLAIN: &str = "From: Alice <alice@example.org>\r\nSubject: plain\r\n\r\nline one\r\nline two\r\n";

/// Logs in and selects INBOX; for the start of a transcript.
const SELECTED: &str = "C: a LOGIN alice secret\nS: a OK ...\nC: b SELECT INBOX\nS*: b OK ...\n";

/// Runs a transcript against a server whose user alice has `messages` in her INBOX, dated 2024-05-01. `NAME C:` and
/// `NAME S:` speak on another session; `S:` is the next line and may hold `...` for any text; `S*:` skips lines up to
/// one that fits; `$UIDVALIDITY` is the one told last; `.` ends a session, whose next line must be the end of the stream; `~` waits for a minute.
fn talk(messages: &[&str], transcript: &str) {
    talk_with(Config::default(), messages, transcript);
}

fn talk_with(config: Config, messages: &[&str], transcript: &str) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let server =
            Server::in_process(config.user("alice", "secret").user("bob", "other \"secret\\")).unwrap();
        let account = server.store().account("alice").unwrap();
        for message in messages {
            let date = Some(InternalDate { epoch: 1_714_550_400, offset_minutes: 0 });
            account.append("INBOX", message.as_bytes().to_vec(), Flags::default(), date).unwrap();
        }
        let mut clients: BTreeMap<&str, BufReader<DuplexStream>> = BTreeMap::new();
        let mut uid_validity = String::new();
        for line in transcript.lines().map(str::trim_start).filter(|line| !line.is_empty()) {
            let (mark, text) = line.split_once(": ").unwrap_or((line.trim_end_matches(':'), ""));
            let (name, mark) = mark.rsplit_once(' ').unwrap_or(("", mark));
            if let std::collections::btree_map::Entry::Vacant(entry) = clients.entry(name) {
                let client = entry.insert(BufReader::new(server.connect_imap()));
                if mark != "G" {
                    assert!(next_line(client).await.starts_with("* OK "));
                }
            }
            let client = clients.get_mut(name).unwrap();
            match mark {
                "C" => {
                    let text = unescaped(text).replace("$UIDVALIDITY", &uid_validity);
                    client.write_all(format!("{text}\r\n").as_bytes()).await.unwrap();
                }
                "C~" => client.write_all(unescaped(text).as_bytes()).await.unwrap(),
                "S" | "G" => {
                    let found = next_line(client).await;
                    note_uid_validity(&found, &mut uid_validity);
                    assert!(fits(&found, text), "{line}\nfound: {found}");
                }
                "S*" => loop {
                    let found = next_line(client).await;
                    note_uid_validity(&found, &mut uid_validity);
                    if fits(&found, text) {
                        break;
                    }
                },
                "." => {
                    let mut rest = Vec::new();
                    timeout(Duration::from_secs(10), client.read_to_end(&mut rest)).await.unwrap().unwrap();
                    assert!(rest.is_empty(), "{}", String::from_utf8_lossy(&rest));
                }
                "~" => tokio::time::sleep(Duration::from_secs(60)).await,
                _ => panic!("not a line of a transcript: {line}"),
            }
        }
        for (name, mut client) in clients {
            // Nothing may be left over.
            let mut rest = [0; 256];
            if let Ok(Ok(len)) = timeout(Duration::from_secs(1), client.read(&mut rest)).await {
                assert_eq!(String::from_utf8_lossy(&rest[..len]), "", "left over on session {name:?}");
            }
        }
    });
}

fn note_uid_validity(line: &str, uid_validity: &mut String) {
    if let Some((_, rest)) = line.split_once("[UIDVALIDITY ") {
        *uid_validity = rest.split(']').next().unwrap_or_default().to_owned();
    }
}

async fn next_line(client: &mut BufReader<DuplexStream>) -> String {
    let mut line = Vec::new();
    let read = timeout(Duration::from_secs(100), client.read_until(b'\n', &mut line)).await;
    assert!(read.expect("the server says nothing").unwrap() > 0, "the server has closed");
    let line = String::from_utf8_lossy(&line).into_owned();
    line.strip_suffix("\r\n").expect("a line ends with CRLF").to_owned()
}

fn unescaped(text: &str) -> String {
    text.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0")
}

/// Whether a line is as wanted; `...` stands for any text.
fn fits(line: &str, wanted: &str) -> bool {
    let mut pieces = wanted.split("...");
    let Some(mut rest) = line.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let mut ends = !wanted.contains("...");
    for piece in pieces {
        if piece.is_empty() {
            ends = true;
            rest = "";
            continue;
        }
        match rest.rfind(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
        ends = true;
    }
    ends && rest.is_empty()
}
