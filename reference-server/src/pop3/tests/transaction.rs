//! The TRANSACTION and UPDATE states.

use super::*;

const MAILDROP: [&str; 3] = ["A: 1\r\n\r\none\r\n.two\r\n.\r\nend", "B: 2\r\n\r\n", "C: 3\n\nlast\n"];

/// Each row has a maildrop of its own; its first message is the one with dots.
#[tokio::test(start_paused = true)]
async fn conversations() {
    for (name, conversation) in [
        (
            "stat and list count octets as sent",
            "C: STAT
             S: +OK 3 49
             C: LIST
             S: +OK ...
             S: 1 27
             S: 2 8
             S: 3 14
             S: .
             C: LIST 3
             S: +OK 3 14
             C: list 1
             S: +OK 1 27",
        ),
        (
            "retr stuffs and ends each line",
            "C: RETR 1
             S: +OK 27 octets
             S: A: 1
             S:
             S: one
             S: ..two
             S: ..
             S: end
             S: .
             C: RETR 3
             S: +OK 14 octets
             S: C: 3
             S:
             S: last
             S: .",
        ),
        (
            "top sends the header and so many lines",
            "C: TOP 1 0
             S: +OK ...
             S: A: 1
             S:
             S: .
             C: TOP 1 2
             S: +OK ...
             S: A: 1
             S:
             S: one
             S: ..two
             S: .
             C: TOP 2 9
             S: +OK ...
             S: B: 2
             S:
             S: .
             C: TOP 1
             S: -ERR ...
             C: TOP 1 -1
             S: -ERR ...
             C: TOP 4 0
             S: -ERR ...",
        ),
        (
            "a marked message is no more, and the others keep their numbers",
            "C: DELE 2
             S: +OK ...
             C: DELE 2
             S: -ERR ...
             C: RETR 2
             S: -ERR ...
             C: TOP 2 0
             S: -ERR ...
             C: LIST 2
             S: -ERR ...
             C: UIDL 2
             S: -ERR ...
             C: STAT
             S: +OK 2 41
             C: LIST
             S: +OK ...
             S: 1 27
             S: 3 14
             S: .
             C: RSET
             S: +OK ...
             C: STAT
             S: +OK 3 49
             C: LIST 2
             S: +OK 2 8",
        ),
        (
            "numbers that name no message",
            "C: RETR 0
             S: -ERR ...
             C: RETR 4
             S: -ERR ...
             C: DELE -1
             S: -ERR ...
             C: LIST 4294967297
             S: -ERR ...
             C: DELE 18446744073709551617
             S: -ERR ...
             C: STAT
             S: +OK 3 49",
        ),
        (
            "no second login, no stls",
            "C: USER alice
             S: -ERR ...
             C: PASS wonderland
             S: -ERR ...
             C: APOP alice 0
             S: -ERR ...
             C: AUTH PLAIN
             S: -ERR ...
             C: STLS
             S: -ERR ...
             C: NOOP
             S: +OK ...",
        ),
        (
            "what is no command",
            "C:
             S: -ERR ...
             C: :
             S: -ERR ...
             C: LAST
             S: -ERR ...
             C: STAT x
             S: -ERR ...
             C: QUIT now
             S: -ERR ...
             C: NOOP
             S: +OK ...",
        ),
        (
            "capabilities after the login",
            "C: CAPA
             S: +OK ...
             S: SASL PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256
             S: TOP
             S: UIDL
             S: USER
             S: UTF8 USER
             S: LANG
             S: RESP-CODES
             S: AUTH-RESP-CODE
             S: PIPELINING
             S: EXPIRE NEVER
             S: IMPLEMENTATION mailspec-server
             S: .
             C: CAPA x
             S: -ERR ...",
        ),
    ] {
        println!("{name}");
        let server = server(&MAILDROP);
        Client::logged_in(&server).await.talk(conversation).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_empty_maildrop() {
    let server = server(&[]);
    let mut client = Client::logged_in(&server).await;
    client
        .talk(
            "C: STAT
             S: +OK 0 0
             C: LIST
             S: +OK ...
             S: .
             C: UIDL
             S: +OK ...
             S: .
             C: RETR 1
             S: -ERR ...
             C: QUIT
             S: +OK ...
             S!",
        )
        .await;
}

async fn unique_ids(client: &mut Client) -> Vec<String> {
    client.send("UIDL\r\n").await;
    assert!(client.line().await.unwrap().starts_with("+OK"));
    let mut ids = Vec::new();
    loop {
        let line = client.line().await.unwrap();
        if line == "." {
            return ids;
        }
        let (number, id) = line.split_once(' ').unwrap();
        assert_eq!(number, (ids.len() + 1).to_string());
        ids.push(id.to_owned());
    }
}

#[tokio::test(start_paused = true)]
async fn quit_removes_what_is_marked_and_unique_ids_stay() {
    let server = server(&MAILDROP);
    let mut client = Client::logged_in(&server).await;
    let before = unique_ids(&mut client).await;
    assert_eq!(before.len(), 3);
    client.talk("C: DELE 2\nS: +OK ...").await;
    deliver(&server, "D: 4\r\n\r\n");
    // What arrives during the session is for the next one.
    client.talk("C: STAT\nS: +OK 2 41\nC: QUIT\nS: +OK ...\nS!").await;

    let mut client = Client::logged_in(&server).await;
    client.talk("C: STAT\nS: +OK 3 49\nC: RETR 3\nS: +OK ...\nS: D: 4\nS:\nS: .").await;
    let after = unique_ids(&mut client).await;
    assert_eq!((&after[0], &after[1]), (&before[0], &before[2]));
    assert!(!before.contains(&after[2]));
}

#[tokio::test(start_paused = true)]
async fn only_a_whole_quit_removes_anything() {
    let server = server(&MAILDROP);
    for last in ["", "QUI", "QUIT", "QUIT\n", "QUIT\r", "XQUIT\r\n"] {
        let mut client = Client::logged_in(&server).await;
        client.talk("C: STAT\nS: +OK 3 49\nC: DELE 1\nS: +OK ...").await;
        client.send(last).await;
        drop(client);
        // The lock goes with the connection.
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
    Client::logged_in(&server).await.talk("C: STAT\nS: +OK 3 49").await;
}

#[tokio::test(start_paused = true)]
async fn the_maildrop_is_locked_until_quit() {
    let server = server(&MAILDROP);
    let mut first = Client::logged_in(&server).await;
    let (mut second, _) = Client::connect(&server).await;
    second
        .talk("C: USER alice\nS: +OK ...\nC: PASS wonderland\nS: -ERR [IN-USE] ...\nC: STAT\nS: -ERR ...")
        .await;
    // Another user's maildrop is not meant.
    let (mut other, _) = Client::connect(&server).await;
    other.talk("C: USER bob\nS: +OK ...\nC: PASS two words\nS: +OK ...\nC: STAT\nS: +OK 0 0").await;
    // The lock is gone when the reply to QUIT arrives.
    first.send("QUIT\r\n").await;
    assert!(first.line().await.unwrap().starts_with("+OK"));
    second.talk("C: USER alice\nS: +OK ...\nC: PASS wonderland\nS: +OK ...").await;
}

#[tokio::test(start_paused = true)]
async fn a_message_that_imap_removes_meanwhile_can_still_be_read() {
    use crate::store::{Access, Flag, FlagChange};
    let server = server(&MAILDROP);
    let mut client = Client::logged_in(&server).await;
    let account = server.store().account("alice").unwrap();
    let (mut imap, _) = account.select(INBOX, Access::ReadWrite).unwrap();
    imap.store(&[1, 2], FlagChange::Add, &[Flag::Deleted].into_iter().collect(), None).unwrap();
    imap.expunge(None).unwrap();
    client
        .talk(
            "C: STAT
             S: +OK 3 49
             C: TOP 2 0
             S: +OK ...
             S: B: 2
             S:
             S: .
             C: DELE 2
             S: +OK ...
             C: QUIT
             S: +OK ...
             S!",
        )
        .await;
    Client::logged_in(&server).await.talk("C: STAT\nS: +OK 1 14").await;
}
