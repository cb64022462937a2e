//! Length, time, number and order.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_line_of_255_octets_is_a_command_and_a_longer_one_is_refused_once() {
    let server = server(&[]);
    let (mut client, _) = Client::connect(&server).await;
    client.talk(&format!("C: USER {}\nS: +OK ...", "a".repeat(248))).await;
    client.talk("C: PASS x\nS: -ERR [AUTH] ...").await;
    client.talk(&format!("C: USER {}\nS: -ERR a command ...", "a".repeat(249))).await;
    client.talk(&format!("C: {}\nS: -ERR a command ...\nC: QUIT\nS: +OK ...\nS!", "A".repeat(65_000))).await;
}

#[tokio::test(start_paused = true)]
async fn commands_in_one_write_are_answered_in_order() {
    let server = server(&["A: 1\r\n\r\n"]);
    let (mut client, _) = Client::connect(&server).await;
    client
        .send("USER alice\r\nPASS wonderland\r\nSTAT\r\nRETR 1\r\nDELE 1\r\nSTAT\r\nRSET\r\nQUIT\r\nNOOP\r\n")
        .await;
    client
        .talk(
            "S: +OK ...
             S: +OK ...
             S: +OK 1 8
             S: +OK 8 octets
             S: A: 1
             S:
             S: .
             S: +OK ...
             S: +OK 0 0
             S: +OK ...
             S: +OK ...
             S!",
        )
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_command_counts_when_its_line_end_has_arrived() {
    let server = server(&[]);
    let mut client = Client::logged_in(&server).await;
    for octet in b"NOOP\r" {
        client.send([*octet]).await;
        assert!(client.is_silent(1).await);
    }
    client.send("\nSTA").await;
    assert!(client.line().await.unwrap().starts_with("+OK"));
    assert!(client.is_silent(1).await);
    client.talk("C: T\nS: +OK 0 0").await;
    // A lone LF ends nothing.
    client.send("NOOP\nNOOP").await;
    assert!(client.is_silent(1).await);
    client.talk("C:\nS: -ERR ...").await;
}

#[tokio::test(start_paused = true)]
async fn many_large_replies_wait_for_a_client_that_does_not_read() {
    let body = "line of some length\r\n".repeat(10_000);
    let server = server(&[&format!("A: 1\r\n\r\n{body}")]);
    let mut client = Client::logged_in(&server).await;
    client.send("RETR 1\r\n".repeat(50)).await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    for _ in 0..50 {
        assert_eq!(client.line().await.unwrap(), format!("+OK {} octets", body.len() + 8));
        let mut lines = 0;
        while client.line().await.unwrap() != "." {
            lines += 1;
        }
        assert_eq!(lines, 10_002);
    }
}

#[tokio::test(start_paused = true)]
async fn the_autologout_timer_ends_the_session_without_a_word_and_removes_nothing() {
    let server = server(&["A: 1\r\n\r\n"]);
    let mut client = Client::logged_in(&server).await;
    client.talk("C: DELE 1\nS: +OK ...").await;
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_secs(9 * 60 + 50)).await;
        client.talk("C: NOOP\nS: +OK ...").await;
    }
    // Octets without a line end do not keep a session alive.
    for _ in 0..3 {
        assert!(client.is_silent(190).await);
        client.send("x").await;
    }
    assert_eq!(client.line().await, None);
    Client::logged_in(&server).await.talk("C: STAT\nS: +OK 1 8").await;
}

#[tokio::test(start_paused = true)]
async fn connections_above_the_limit_are_turned_away() {
    let mut config = Config::default();
    config.limits.connections = 1;
    let server = server_with(config, &[]);
    let (client, _) = Client::connect(&server).await;
    let (mut second, greeting) = Client::connect(&server).await;
    assert!(greeting.starts_with("-ERR [SYS/TEMP] "), "{greeting}");
    assert_eq!(second.line().await, None);
    drop((client, second));
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(Client::connect(&server).await.1.starts_with("+OK "));
}

#[tokio::test(start_paused = true)]
async fn shutdown_ends_the_sessions_and_waits_for_them() {
    let server = server(&["A: 1\r\n\r\n"]);
    let mut client = Client::logged_in(&server).await;
    client.talk("C: DELE 1\nS: +OK ...").await;
    server.shutdown().await;
    assert_eq!(client.line().await, None);
}
