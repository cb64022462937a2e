use jiff::civil::date;

use super::*;
use crate::{fixtures::fixture, scenario::evaluate::stage::Stage};

const MAILBOX: [&str; 12] = [
    "plain",
    "html",
    "encoded",
    "base64",
    "nested",
    "oldmsg",
    "nodate",
    "obsdate",
    "folded",
    "rawheader",
    "dupheader",
    "noheader",
];

/// The fixtures above, numbers from 1, UIDs from 101; the first with flags and a date of 1996, the others of 2020.
fn mailbox() -> Vec<Message<'static>> {
    let message = |(number, name): (u32, &&str)| Message {
        number,
        uid: Some(number + 100),
        octets: fixture(name).unwrap(),
        flags: if number == 1 { vec!["\\Seen".into(), "$Work".into()] } else { Vec::new() },
        recent: Some(number == 2),
        internal_date: InternalDate::Given(if number == 1 { date(1996, 7, 17) } else { date(2020, 1, 2) }),
    };
    (1..).zip(&MAILBOX).map(message).collect()
}

fn found(keys: &str) -> Vec<&'static str> {
    let found = search(keys.as_bytes(), &mailbox(), None).unwrap_or_else(|error| panic!("{keys}: {error}"));
    found.into_iter().map(|index| MAILBOX[index]).collect()
}

#[test]
fn keys_find_fixtures() {
    let but_plain = &MAILBOX[1..];
    let table: &[(&str, &[&str])] = &[
        ("ALL", &MAILBOX),
        ("1", &["plain"]),
        ("2:1,12", &["plain", "html", "noheader"]),
        ("*", &["noheader"]),
        ("99:*", &["noheader"]),
        ("UID 101,103", &["plain", "encoded"]),
        ("UID 111:*", &["dupheader", "noheader"]),
        ("uid 1:100", &[]),
        ("SEEN", &["plain"]),
        ("unseen", but_plain),
        ("ANSWERED", &[]),
        ("UNANSWERED DELETED", &[]),
        ("UNDELETED UNDRAFT UNFLAGGED 1", &["plain"]),
        ("OR OR FLAGGED DRAFT ANSWERED", &[]),
        ("KEYWORD $work", &["plain"]),
        ("UNKEYWORD $Work", but_plain),
        ("RECENT", &["html"]),
        ("NEW", &["html"]),
        ("OLD 1:3", &["plain", "encoded"]),
        ("NOT SEEN 1:2", &["html"]),
        ("OR SEEN 2", &["plain", "html"]),
        ("OR (SEEN NOT SUBJECT \"plain\") 2", &["html"]),
        ("(1:2 (SEEN))", &["plain"]),
        ("NOT (OR 1:11 SEEN)", &["noheader"]),
        ("FROM anna@", &["plain", "html"]),
        ("FROM \"ANNA PLAIN\"", &["plain"]),
        ("FROM \"Jürgen Müller\"", &["encoded"]),
        ("FROM \"jürgen müller <\"", &["encoded"]),
        ("CHARSET UTF-8 FROM {7}\r\njÜRGEN", &["encoded"]),
        ("CHARSET us-ascii FROM {10+}\r\nanna plain", &["plain"]),
        ("TO André", &["encoded"]),
        ("SUBJECT \"grüße aus köln à bientôt and\"", &["encoded"]),
        ("SUBJECT \"utf-8\"", &[]),
        ("SUBJECT přímé", &["rawheader"]),
        ("SUBJECT \"folded  with two spaces and then\twith\"", &["folded"]),
        ("CC \"\"", &[]),
        ("HEADER X-Folded \"two   three\"", &["folded"]),
        ("HEADER x-tag \"\"", &["dupheader"]),
        ("HEADER X-None \"\"", &[]),
        ("HEADER Message-ID \"<plain@\"", &["plain"]),
        ("BODY aardvark", &["plain"]),
        ("BODY Anna", &["plain"]),
        ("BODY \"A plain message\"", &[]),
        ("TEXT \"A plain message\"", &["plain"]),
        ("TEXT \"subject: a plain\"", &["plain"]),
        ("BODY xylophone", &["base64"]),
        ("BODY \"café\"", &["base64"]),
        ("BODY marmalade", &["base64"]),
        ("BODY VGhlIHdvcmQ", &[]),
        ("BODY preamble", &[]),
        ("BODY epilogue", &[]),
        ("BODY \"<b>chameleon</b>\"", &["html"]),
        ("BODY \"The first inner message\"", &["nested"]),
        ("BODY \"inner plain\"", &["nested"]),
        ("BODY \"Nora Nest <nora@\"", &["nested"]),
        ("BODY šakal", &["rawheader"]),
        ("TEXT ŠAKAL", &["rawheader"]),
        ("SENTON 4-Mar-2021", &["plain"]),
        ("SENTON 5-Mar-2021", &[]),
        ("SENTBEFORE 1-Jan-1996", &["oldmsg"]),
        ("SENTBEFORE \"22-Nov-1997\"", &["oldmsg", "obsdate"]),
        ("SENTBEFORE 21-Nov-1997", &["oldmsg"]),
        ("NOT SENTSINCE 1-Jan-1996", &["oldmsg", "nodate", "noheader"]),
        ("BEFORE 18-Jul-1996", &["plain"]),
        ("BEFORE 17-Jul-1996", &[]),
        ("ON 17-Jul-1996", &["plain"]),
        ("SINCE 18-Jul-1996", but_plain),
        ("SINCE 17-Jul-1996", &MAILBOX),
        ("LARGER 312 1", &["plain"]),
        ("LARGER 313 1", &[]),
        ("SMALLER 314 1", &["plain"]),
        ("SMALLER 313 1", &[]),
        ("SMALLER 50", &["noheader"]),
    ];
    let wrong: Vec<_> = table
        .iter()
        .filter(|(keys, expected)| found(keys) != *expected)
        .map(|(keys, expected)| format!("{keys}: expected {expected:?}, found {:?}", found(keys)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_fixture_has_text() {
    for name in crate::fixtures::names()
        .filter(|name| !matches!(*name, "emptybody" | "headeronly" | "emptyparts" | "blanks"))
    {
        let texts = text::body(fixture(name).unwrap());
        assert!(texts.iter().any(|text| text.len() > 5), "{name}: {texts:?}");
    }
}

#[test]
fn wrong_keys_are_refused() {
    for (keys, expected) in [
        ("", "a search key is missing at octet 0 of the search keys"),
        ("ALL ", "a search key is missing at octet 4 of the search keys"),
        ("FOO", "the oracle does not know the key FOO at octet 0 of the search keys"),
        ("SEEN MODSEQ 5", "the oracle does not know the key MODSEQ at octet 5 of the search keys"),
        ("(ALL", "a closing parenthesis is missing at octet 4 of the search keys"),
        ("ALL)", "a parenthesis that was not opened at octet 3 of the search keys"),
        ("FROM", "a space is missing at octet 4 of the search keys"),
        ("FROM ", "an atom is missing at octet 5 of the search keys"),
        ("FROM \"x", "this string is never closed at octet 5 of the search keys"),
        ("FROM {9}\r\nx", "this is no literal at octet 5 of the search keys"),
        ("0", "0 is no sequence set at octet 0 of the search keys"),
        ("1:x", "1:x is no sequence set at octet 0 of the search keys"),
        ("UID 1,,2", "1,,2 is no sequence set at octet 4 of the search keys"),
        ("ON 1-Foo-2000", "1-Foo-2000 is no date such as 1-Feb-1994 at octet 3 of the search keys"),
        ("LARGER x", "this is no number at octet 7 of the search keys"),
        ("OR ALL", "a space is missing at octet 6 of the search keys"),
        ("CHARSET x ALL", "the oracle does not know the charset x at octet 9 of the search keys"),
    ] {
        assert_eq!(search(keys.as_bytes(), &[], None).unwrap_err(), expected, "{keys}");
    }
    let deep = "(".repeat(200) + "ALL" + &")".repeat(200);
    assert!(search(deep.as_bytes(), &[], None).unwrap_err().contains("too deep"));
}

#[test]
fn what_is_not_known_is_no_answer() {
    let today = date(2024, 2, 29);
    let mut message = mailbox().remove(0);
    (message.uid, message.recent, message.internal_date) = (None, None, InternalDate::Arrival(today));
    let found = |keys: &str| search(keys.as_bytes(), std::slice::from_ref(&message), None);
    for keys in [
        "UID 1",
        "RECENT",
        "OLD",
        "BEFORE 29-Feb-2024",
        "ON 1-Mar-2024",
        "SINCE 29-Feb-2024",
        "SINCE 1-Mar-2024",
    ] {
        assert!(found(keys).is_err(), "{keys}");
    }
    for (keys, hit) in [
        ("BEFORE 1-Jan-2024", false),
        ("SINCE 1-Jan-2024", true),
        ("ON 1-Jan-2024", false),
        ("BEFORE 2-Mar-2024", true),
    ] {
        assert_eq!(found(keys), Ok(if hit { vec![0] } else { Vec::new() }), "{keys}");
    }
}

#[test]
fn hits_are_given_messages_that_are_left() {
    let given = |flags: &[&str], date: Option<&str>| GivenMessage {
        mail: "plain".into(),
        flags: flags.iter().map(ToString::to_string).collect(),
        date: date.map(str::to_owned),
    };
    let octets = fixture("plain").unwrap();
    // The stage has two messages left, of three.
    let messages: Vec<_> =
        [given(&["\\Seen"], None), given(&[], Some("17-Jul-1996 02:44:25 -0700")), given(&[], None)]
            .into_iter()
            .map(|given| (given, octets))
            .collect();
    let stage = Stage::default();
    assert_eq!(hits("ALL", &messages, &stage), Ok(vec![1, 2]));
    assert_eq!(hits("SEEN", &messages, &stage), Ok(vec![1]));
    assert_eq!(hits("BEFORE 1-Jan-2000", &messages, &stage), Ok(vec![2]));
    assert_eq!(hits("UID 12", &messages, &stage), Ok(vec![2]));
    assert!(hits("RECENT", &messages, &stage).is_err());
    // What the session was told goes before what was given.
    let stage = Stage { flags: Some(vec!["\\Recent".into()]), ..Stage::default() };
    assert_eq!(hits("RECENT UNSEEN", &messages, &stage), Ok(vec![1, 2]));
    let wrong = [(given(&[], Some("yesterday")), octets)];
    assert!(hits("ALL", &wrong, &stage).unwrap_err().contains("yesterday"));
}

mod whatever_the_message {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_panics(octets in prop::collection::vec(any::<u8>(), 0..80), keys in "[A-Z(){}\"0-9*:, ]{0,24}") {
            let pieces = [
                &b"Subject: =?utf-8?Q?"[..], &octets, b"?= =?x?B?", &octets,
                b"?=\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n", &octets,
                b"\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\n", &octets,
            ];
            for whole in [octets.clone(), pieces.concat()] {
                let mut message = mailbox().remove(0);
                message.octets = &whole;
                for keys in ["SUBJECT x", "BODY x", "TEXT x", "SENTON 1-Jan-2000", &keys] {
                    let _ = search(keys.as_bytes(), std::slice::from_ref(&message), None);
                }
                for specifier in ["HEADER", "1.MIME", "1.HEADER", "1.1.TEXT", "2", "HEADER.FIELDS.NOT (Subject)"] {
                    let section = crate::fixtures::section(&whole, specifier);
                    prop_assert!(section.is_none_or(|section| section.len() <= whole.len()));
                }
            }
        }
    }
}
