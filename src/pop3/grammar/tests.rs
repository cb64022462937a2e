use super::*;
use crate::pop3::frame::{Expect, Framer, Limits};

fn clauses(octets: &[u8], form: Form) -> Vec<&'static str> {
    use Form::{Capabilities, Message, ScanListings, UniqueIds};
    let multi_line = matches!(form, Capabilities | Message | ScanListings | UniqueIds);
    let mut framer = Framer::new(Limits::default());
    framer.push(octets);
    let expect = if multi_line { Expect::MultiLine } else { Expect::SingleLine };
    let frame = framer.next(expect).unwrap().expect("a whole reply");
    assert_eq!(frame.octets, octets, "{}", String::from_utf8_lossy(octets));
    let mut reply = Reply::parse(&frame);
    check(&frame, &mut reply, form);
    check_response_code(&frame, &mut reply);
    reply.faults.iter().map(|fault| fault.clause).collect()
}

#[test]
fn each_rule_on_good_and_bad_replies() {
    use Form::{Capabilities, Greeting, Message, ScanListing, ScanListings, Stat, Text, UniqueId, UniqueIds};
    let cases: &[(Form, &str, &[&str])] = &[
        (Text, "+OK\r\n", &[]),
        (Text, "+OK  any text <x\r\n", &[]),
        (Text, "-ERR [IN-USE] locked\r\n", &[]),
        (Text, "-ERR [SYS/TEMP] later\r\n", &[]),
        (Text, "+ \r\n", &[]),
        (Text, "+OK\n", &["rfc1939-3-07"]),
        (Text, "+OK a\rb\r\n", &["rfc1939-3-07"]),
        (Text, "+ok\r\n", &["rfc1939-3-09"]),
        (Text, "-Err no\r\n", &["rfc1939-3-09"]),
        (Text, "OK\r\n", &["rfc1939-3-10"]),
        (Text, "+OKAY\r\n", &["rfc1939-3-10"]),
        (Text, "\r\n", &["rfc1939-3-10"]),
        (Text, "-ERR [IN USE] x\r\n", &["rfc2449-6.4-01"]),
        (Text, "-ERR [SYS/] x\r\n", &["rfc2449-6.4-01"]),
        (Text, "-ERR [SYS\r\n", &["rfc2449-6.4-01"]),
        (Greeting, "+OK ready\r\n", &[]),
        (Greeting, "+OK ready <1896.697170952@dbc.mtview.ca.us>\r\n", &[]),
        (Greeting, "+OK ready <1896.697170952>\r\n", &["rfc1939-7-APOP-02"]),
        (Greeting, "+OK ready <18 96@host>\r\n", &["rfc1939-7-APOP-02"]),
        (Greeting, "+OK ready <1896@host\r\n", &["rfc1939-7-APOP-02"]),
        (Greeting, "+OK <x> ready <1896@host>\r\n", &["rfc2449-3-08"]),
        (Stat, "+OK 0 0\r\n", &[]),
        (Stat, "+OK 2 320\r\n", &[]),
        (Stat, "+OK 2 320 octets\r\n", &["rfc1939-5-STAT-06"]),
        (Stat, "+OK 2\r\n", &["rfc1939-5-STAT-02"]),
        (Stat, "+OK  2 320\r\n", &["rfc1939-5-STAT-02"]),
        (Stat, "+OK 2  320\r\n", &["rfc1939-5-STAT-02"]),
        (Stat, "+OK 2 -1\r\n", &["rfc1939-5-STAT-02"]),
        (Stat, "+OK\r\n", &["rfc1939-5-STAT-02"]),
        (Stat, "-ERR\r\n", &[]),
        (ScanListing, "+OK 2 200\r\n", &[]),
        (ScanListing, "+OK 200\r\n", &["rfc1939-5-LIST-01"]),
        (ScanListing, "+OK 2 200 x\r\n", &["rfc1939-5-LIST-06"]),
        (ScanListings, "+OK 2 messages\r\n1 120\r\n2 200\r\n.\r\n", &[]),
        (ScanListings, "+OK\r\n.\r\n", &[]),
        (ScanListings, "+OK\r\n1  120\r\n.\r\n", &["rfc1939-5-LIST-04"]),
        (ScanListings, "+OK\r\n0 120\r\n.\r\n", &["rfc1939-5-LIST-04"]),
        (ScanListings, "+OK\r\n1 120 \r\n.\r\n", &["rfc1939-5-LIST-06"]),
        (ScanListings, "+OK\r\n1 120\n.\r\n", &["rfc1939-3-11"]),
        (ScanListings, "+OK\r\n1 120\r\n.\n", &["rfc1939-3-12"]),
        (UniqueId, "+OK 2 QhdPYR:00WBw1Ph7x7\r\n", &[]),
        (UniqueId, "+OK QhdPYR:00WBw1Ph7x7\r\n", &["rfc1939-7-UIDL-01"]),
        (UniqueIds, "+OK\r\n1 whqtswO00WBw418f9t5JxYwZ\r\n2 ..x\r\n.\r\n", &[]),
        (UniqueIds, "+OK\r\n1  x\r\n.\r\n", &["rfc1939-7-UIDL-03"]),
        (UniqueIds, "+OK\r\n1 x y\r\n.\r\n", &["rfc1939-7-UIDL-03"]),
        (UniqueIds, "+OK\r\n1 \r\n.\r\n", &["rfc1939-7-UIDL-04"]),
        (UniqueIds, "+OK\r\n1 \u{E9}\r\n.\r\n", &["rfc1939-7-UIDL-04"]),
        (Message, "+OK\r\na: b\r\n\r\n..\r\n...x\r\n.\r\n", &[]),
        (Message, "+OK\r\n.x\r\n.\r\n", &["rfc1939-3-13"]),
        (Message, "+OK\r\na\r\n.x\r\n.y\r\n.\r\n", &["rfc1939-3-13", "rfc1939-3-13"]),
        (Capabilities, "+OK\r\nTOP\r\nSASL CRAM-MD5 PLAIN\r\nIMPLEMENTATION A-b v1.2\r\n.\r\n", &[]),
        (Capabilities, "+OK\r\nLOGIN-DELAY 900 USER\r\nEXPIRE NEVER\r\nEXPIRE 30 USER\r\n.\r\n", &[]),
        (Capabilities, "+OK\r\nX.Y\r\n.\r\n", &["rfc2449-3-03"]),
        (Capabilities, "+OK\r\n\r\n.\r\n", &["rfc2449-3-03"]),
        (Capabilities, "+OK\r\nSASL  PLAIN\r\n.\r\n", &["rfc2449-5-08"]),
        (Capabilities, "+OK\r\nSASL PLAIN \r\n.\r\n", &["rfc2449-5-08"]),
        (Capabilities, "+OK\r\nEXPIRENEVER\r\n.\r\n", &["rfc2449-5-08"]),
        (Capabilities, "+OK\r\nLOGIN-DELAY\r\n.\r\n", &["rfc2449-6.5-02"]),
        (Capabilities, "+OK\r\nEXPIRE soon\r\n.\r\n", &["rfc2449-6.7-08"]),
        (Capabilities, "+OK\r\nIMPLEMENTATION\r\n.\r\n", &["rfc2449-6.9-01"]),
    ];
    for (form, reply, expected) in cases {
        assert_eq!(&clauses(reply.as_bytes(), *form)[..], *expected, "{reply}");
    }
}

#[test]
fn lengths_are_judged_to_the_octet() {
    let status = |length: usize| format!("+OK {}\r\n", "x".repeat(length - 6));
    assert_eq!(clauses(status(512).as_bytes(), Form::Text), Vec::<&str>::new());
    assert_eq!(clauses(status(513).as_bytes(), Form::Text), ["rfc1939-3-08"]);
    let id = |length: usize| format!("+OK 1 {}\r\n", "x".repeat(length));
    assert_eq!(clauses(id(70).as_bytes(), Form::UniqueId), Vec::<&str>::new());
    assert_eq!(clauses(id(71).as_bytes(), Form::UniqueId), ["rfc1939-7-UIDL-04"]);
    let line = |length: usize| format!("+OK\r\n{}\r\n.\r\n", "X".repeat(length - 2));
    assert_eq!(clauses(line(512).as_bytes(), Form::Capabilities), Vec::<&str>::new());
    assert_eq!(clauses(line(513).as_bytes(), Form::Capabilities), ["rfc2449-3-04"]);
    let challenge = format!("+ {}\r\n", "A".repeat(2000));
    assert_eq!(clauses(challenge.as_bytes(), Form::Text), Vec::<&str>::new());
}
