//! UTF-8 mode and languages (RFC 6856), and servers that lack capabilities.

use super::*;
use crate::auth::{Mechanism, Mechanisms};
use crate::pop3::{Capabilities, Capability};

const INTERNATIONAL: &str = "Subject: P\u{159}\u{ed}li\u{161}\r\n\r\nbody\r\n";
const EIGHT_BIT: &str = "Subject: plain\r\n\r\nb\u{f6}dy\r\n";

#[tokio::test(start_paused = true)]
async fn a_header_in_utf8_wants_the_mode() {
    let server = server(&[INTERNATIONAL, EIGHT_BIT]);
    let mut client = Client::logged_in(&server).await;
    client
        .talk(
            "C: LIST 1
             S: +OK 1 28
             C: RETR 1
             S: -ERR [UTF8] ...
             C: TOP 1 0
             S: -ERR [UTF8] ...
             C: RETR 2
             S: +OK ...
             S: Subject: plain
             S:
             S: b\u{f6}dy
             S: .
             C: UTF8
             S: -ERR UTF8 ...
             C: QUIT
             S: +OK ...
             S!",
        )
        .await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (mut client, _) = Client::connect(&server).await;
    client
        .talk(
            "C: UTF8 x
             S: -ERR ...
             C: UTF8
             S: +OK ...
             C: UTF8
             S: +OK ...
             C: USER alice
             S: +OK ...
             C: PASS wonderland
             S: +OK ...
             C: RETR 1
             S: +OK 28 octets
             S: Subject: P\u{159}\u{ed}li\u{161}
             S:
             S: body
             S: .
             C: TOP 1 0
             S: +OK ...
             S: Subject: P\u{159}\u{ed}li\u{161}
             S:
             S: .",
        )
        .await;
}

#[tokio::test(start_paused = true)]
async fn names_and_passwords_may_be_in_utf8() {
    let config = Config::default().user("j\u{fc}rgen", "gr\u{fc}n");
    let server = server_with(config, &[]);
    for (user, password, reply) in [
        ("j\u{fc}rgen", "gr\u{fc}n", "+OK ..."),
        // Composed or not is the same once it is prepared.
        ("ju\u{308}rgen", "gru\u{308}n", "+OK ..."),
        ("j\u{fc}rgen", "grun", "-ERR [AUTH] ..."),
        ("j\u{fc}rgen\u{fffd}", "gr\u{fc}n", "-ERR [AUTH] ..."),
    ] {
        let (mut client, _) = Client::connect(&server).await;
        client.talk(&format!("C: USER {user}\nS: +OK ...\nC: PASS {password}\nS: {reply}")).await;
        drop(client);
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    let (mut client, _) = Client::connect(&server).await;
    client.send(b"USER j\xFCrgen\r\n").await;
    client.talk("S: -ERR ...\nC: PASS gr\u{fc}n\nS: -ERR ...").await;
}

#[tokio::test(start_paused = true)]
async fn languages_can_be_chosen_in_either_state() {
    let server = server(&[]);
    let (mut client, _) = Client::connect(&server).await;
    let languages = "C: LANG
         S: +OK ...
         S: i-default ...
         S: en English
         S: .
         C: LANG EN
         S: +OK en ...
         C: LANG *
         S: +OK i-default ...
         C: LANG zz
         S: -ERR ...
         C: LANG a b
         S: -ERR ...";
    client.talk(languages).await;
    client
        .talk("C: USER alice\nS: +OK ...\nC: LANG en\nS: +OK en ...\nC: PASS wonderland\nS: -ERR ...")
        .await;
    client.talk("C: USER alice\nS: +OK ...\nC: PASS wonderland\nS: +OK ...").await;
    client.talk(languages).await;
}

#[tokio::test(start_paused = true)]
async fn what_a_server_is_without_it_neither_lists_nor_does() {
    let config = Config {
        capabilities: Capabilities::without(
            Capability::ALL.into_iter().filter(|capability| *capability != Capability::User),
        ),
        mechanisms: Mechanisms::without([Mechanism::Plain, Mechanism::Login, Mechanism::ScramSha256]),
        ..Config::default()
    };
    let server = server_with(config, &[INTERNATIONAL]);
    let (mut client, _) = Client::connect(&server).await;
    client
        .talk(
            "C: CAPA
             S: +OK ...
             S: SASL CRAM-MD5
             S: USER
             S: .
             C: STLS
             S: -ERR unknown command
             C: UTF8
             S: -ERR unknown command
             C: AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=
             S: -ERR no such mechanism
             C: USER alice
             S: +OK ...
             C: PASS wrong
             S: -ERR name and password do not match
             C: USER alice
             S: +OK ...
             C: PASS wonderland
             S: +OK ...
             C: RETR 1
             S: +OK 28 octets
             S: Subject: P\u{159}\u{ed}li\u{161}
             S:
             S: body
             S: .
             C: UIDL
             S: -ERR unknown command
             C: TOP 1 0
             S: -ERR unknown command
             C: LANG
             S: -ERR unknown command",
        )
        .await;
}

#[tokio::test(start_paused = true)]
async fn scram_travels_as_challenges_and_responses() {
    let server = server(&[]);
    let (mut client, _) = Client::connect(&server).await;
    // n,,n=alice,r=abc; then a proof of zeros under a nonce of the client's own.
    client
        .talk(
            "C: AUTH SCRAM-SHA-256 biwsbj1hbGljZSxyPWFiYw==
             S: + ...
             C: Yz1iaXdzLHI9YWJjLHA9QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQT0=
             S: -ERR [AUTH] ...
             C: AUTH SCRAM-SHA-256
             S: +\u{20}
             C: biwsbj1hbGljZSxyPWFiYw==
             S: + ...
             C: *
             S: -ERR ...
             C: AUTH SCRAM-SHA-256 cD10bHMtdW5pcXVlLCxuPWFsaWNlLHI9YWJj
             S: -ERR channel binding ...
             C: AUTH SCRAM-SHA-256 =
             S: -ERR ...
             C: AUTH SCRAM-SHA-256-PLUS
             S: -ERR ...
             C: NOOP
             S: -ERR ...",
        )
        .await;
}
