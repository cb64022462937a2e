//! Conversations held against the machine, without I/O.

use std::sync::{Arc, Mutex};

use super::*;

fn session(protocol: Protocol) -> Session {
    let scribe = Scribe::new("", Arc::new(Mutex::new(transcript::Transcript::default())));
    Session::new(protocol, Limits::default(), false, scribe)
}

fn hear(session: &mut Session, octets: &str) {
    session.receive(octets.as_bytes(), Time::ZERO, &mut ());
}

fn say(session: &mut Session, command: &str) -> ExchangeId {
    session.open(Command::of(command.as_bytes()), None, Time::ZERO, &mut ())
}

#[test]
fn utf8_in_quoted_strings_is_a_fault_until_it_is_enabled() {
    let mut it = session(Protocol::Imap);
    let faults = |it: &Session| it.lines().last().unwrap().faults().len();
    hear(&mut it, "* PREAUTH hello\r\n* LIST () \"/\" \"caf\u{e9}\"\r\n");
    assert_eq!(faults(&it), 1);
    say(&mut it, "ENABLE UTF8=ACCEPT");
    hear(&mut it, "* ENABLED UTF8=accept\r\na1 OK done\r\n* LIST () \"/\" \"caf\u{e9}\"\r\n");
    assert_eq!(faults(&it), 0);
}

#[test]
fn imap_states_follow_the_exchanges() {
    let mut it = session(Protocol::Imap);
    hear(&mut it, "* OK [CAPABILITY IMAP4rev1 IDLE] hello\r\n");
    assert_eq!(it.state(), State::NotAuthenticated);
    assert_eq!(it.capabilities(), Some(&["IMAP4REV1".to_owned(), "IDLE".to_owned()][..]));
    say(&mut it, "LOGIN u p");
    hear(&mut it, "a1 OK in\r\n");
    assert_eq!((it.state(), it.capabilities()), (State::Authenticated, None));
    let select = say(&mut it, "SELECT box");
    hear(&mut it, "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n");
    assert_eq!(it.exchange(select).end, None);
    hear(&mut it, "a2 OK [READ-WRITE] done\r\n");
    assert_eq!(it.state(), State::Selected);
    let mailbox = it.mailbox().unwrap();
    assert_eq!((mailbox.exists, mailbox.uid_validity, mailbox.read_only), (Some(3), Some(7), Some(false)));
    say(&mut it, "SELECT missing");
    hear(&mut it, "a3 NO none\r\n");
    assert_eq!((it.state(), it.mailbox().is_none()), (State::Authenticated, true));
}

#[test]
fn a_pipelined_select_takes_over_when_its_turn_comes() {
    let mut it = session(Protocol::Imap);
    hear(&mut it, "* PREAUTH hello\r\n");
    say(&mut it, "SELECT one");
    say(&mut it, "SELECT two");
    hear(&mut it, "* 1 EXISTS\r\na1 OK x\r\n* 2 EXISTS\r\n");
    let mailbox = it.mailbox().unwrap();
    assert_eq!((mailbox.name.as_slice(), mailbox.exists), (&b"two"[..], Some(2)));
}

#[test]
fn pop3_replies_belong_to_commands_in_order() {
    let mut it = session(Protocol::Pop3);
    hear(&mut it, "+OK hello\r\n");
    say(&mut it, "PASS x");
    let list = say(&mut it, "LIST");
    let stat = say(&mut it, "STAT");
    hear(&mut it, "+OK\r\n+OK 1\r\n1 120\r\n.\r\n+OK 1 120\r\n");
    assert_eq!(it.state(), State::Transaction);
    assert_eq!(it.exchange(list).end.map(|end| end.line), Some(2));
    assert_eq!(it.exchange(stat).end.map(|end| end.line), Some(3));
}

#[test]
fn an_endless_stream_ends_the_session_with_a_reason() {
    let mut it = session(Protocol::Imap);
    it.limits.lines_per_exchange = 10;
    say(&mut it, "NOOP");
    for _ in 0..20 {
        hear(&mut it, "* OK still here\r\n");
    }
    assert!(matches!(it.closed(), Some(Closed::Unframed(why)) if why.contains("more than 10 lines")));
    assert_eq!(it.lines().len(), 11);
}
