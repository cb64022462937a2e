use super::{SELECTED, talk, talk_with};
use crate::config::Config;
use crate::imap::{Extension, Extensions};

const MAIL: [&str; 5] = [
    "From: Zoe <bob@x.test>\r\nTo: c@x\r\nSubject: Re: beta\r\nDate: 2 Jan 2020 10:00:00 +0000\r\n\r\nlong text\r\n",
    "From: Ann <\"Carl\"@a.test>\r\nTo: B@y\r\nCc: x@y\r\nSubject: Alpha\r\nDate: 3 Jan 2020 10:00:00 +0000\r\n\r\n1\r\n",
    "From: alice@z.test\r\nTo: a@z, z@a\r\nSubject: =?utf-8?q?=C3=89t=C3=A9?=\r\n\
     Date: 2 Jan 2020 08:30:00 -0300\r\n\r\n12\r\n",
    "From: =?utf-8?q?A?= <dave@a.test>\r\nSubject: [list] BETA (fwd)\r\nDate: 1 Jan 2020 10:00:00 +0000\r\n\r\n\r\n",
    "\r\n",
];

#[test]
fn each_criterion_sorts_by_what_it_says() {
    for (criteria, answer) in [
        ("ARRIVAL", " 1 2 3 4 5"),
        ("REVERSE ARRIVAL", " 1 2 3 4 5"),
        ("DATE", " 4 1 3 2 5"),
        ("REVERSE DATE", " 5 2 3 1 4"),
        ("FROM", " 5 3 1 2 4"),
        ("TO", " 4 5 3 2 1"),
        ("CC", " 1 3 4 5 2"),
        ("SUBJECT", " 5 2 1 4 3"),
        ("REVERSE SUBJECT", " 3 1 4 2 5"),
        ("SUBJECT DATE", " 5 2 4 1 3"),
        ("REVERSE SUBJECT REVERSE DATE", " 3 1 4 2 5"),
        ("subject reverse Date", " 5 2 1 4 3"),
        ("SIZE", " 5 1 2 4 3"),
    ] {
        talk(&MAIL, &format!("{SELECTED}C: s SORT ({criteria}) UTF-8 ALL\nS: * SORT{answer}\nS: s OK ..."));
    }
}

#[test]
fn what_is_searched_is_sorted() {
    let expunged =
        format!("{SELECTED}C: c STORE 1 FLAGS.SILENT (\\Deleted)\nS: c OK ...\nC: c EXPUNGE\nS*: c OK ...\n");
    for (command, answer) in [
        ("SORT (DATE) us-ascii 1:2", " 2 1"),
        ("SORT (DATE) \"UTF-8\" SUBJECT beta", " 3"),
        ("SORT (DATE) UTF-8 SUBJECT nosuch", ""),
        ("UID SORT (DATE) UTF-8 1:3", " 4 3 2"),
        ("UID SORT (DATE) UTF-8 UID 2", " 2"),
    ] {
        talk(&MAIL, &format!("{expunged}C: s {command}\nS: * SORT{answer}\nS: s OK ..."));
    }
}

#[test]
fn what_cannot_be_sorted_is_refused() {
    for (arguments, refusal) in [
        ("() UTF-8 ALL", "BAD ..."),
        ("(NOSUCH) UTF-8 ALL", "BAD ..."),
        ("(REVERSE) UTF-8 ALL", "BAD ..."),
        ("(REVERSE REVERSE DATE) UTF-8 ALL", "BAD ..."),
        ("DATE UTF-8 ALL", "BAD ..."),
        ("(DATE) UTF-8", "BAD ..."),
        ("(DATE) ALL", "BAD ..."),
        ("(DATE) KOI8-R ALL", "NO [BADCHARSET ..."),
    ] {
        talk(&[], &format!("{SELECTED}C: s SORT {arguments}\nS: s {refusal}"));
    }
    let hidden =
        Extensions::without([Extension::Sort, Extension::ThreadReferences, Extension::ThreadOrderedSubject]);
    let config = Config { extensions: hidden, ..Config::default() };
    let talked = "C: s SORT (DATE) UTF-8 ALL\nS: s BAD ...\nC: t THREAD REFERENCES UTF-8 ALL\nS: t BAD ...";
    talk_with(config, &[], &format!("{SELECTED}{talked}"));
}

#[test]
fn expunges_wait_unless_uids_are_asked_for() {
    let expunge = "bob C: a LOGIN alice secret\nbob S: a OK ...\nbob C: b SELECT INBOX\nbob S*: b OK ...\n\
                   bob C: c STORE 1 FLAGS.SILENT (\\Deleted)\nbob S: c OK ...\nbob C: d EXPUNGE\nbob S*: d OK ...\n";
    for (command, answer) in [
        ("SORT (SIZE) UTF-8 ALL", "S: * SORT 5 1 2 4 3\nS: s OK ...\nC: n NOOP\nS: * 1 EXPUNGE\nS: n OK ..."),
        ("UID SORT (SIZE) UTF-8 2:*", "S: * SORT 5 2 4 3\nS: * 1 EXPUNGE\nS: s OK ..."),
        ("UID THREAD ORDEREDSUBJECT UTF-8 2:3", "S: * THREAD (3)(2)\nS: * 1 EXPUNGE\nS: s OK ..."),
    ] {
        talk(&MAIL, &format!("{SELECTED}{expunge}C: s {command}\n{answer}"));
    }
}

#[test]
fn threads_are_those_of_the_algorithm() {
    let mail = [
        "Message-ID: <\"a\"@x>\r\nSubject: one\r\nDate: 1 Jan 2020 10:00:00 +0000\r\n\r\n",
        "Message-ID: <b@x>\r\nReferences: <a@x>\r\nSubject: two\r\nDate: 2 Jan 2020 10:00:00 +0000\r\n\r\n",
        "Message-ID: <c@x>\r\nIn-Reply-To: you said <b@x> (or <a@x>)\r\nSubject: three\r\nDate: 3 Jan 2020 10:00:00 +0000\r\n\r\n",
        "Message-ID: <d@x>\r\nReferences: none\r\nIn-Reply-To: <a@x>\r\nSubject: RE: four\r\nDate: 1 Jan 2019 10:00:00 +0000\r\n\r\n",
        "Subject: Two\r\nDate: 1 Jan 2018 10:00:00 +0000\r\n\r\n",
    ];
    for (command, answer) in [
        ("THREAD REFERENCES UTF-8 ALL", " (5)(1 (4)(2 3))"),
        ("THREAD ORDEREDSUBJECT UTF-8 ALL", " (5 2)(4)(1)(3)"),
        ("thread references us-ascii 2:3", " (2 3)"),
        ("THREAD REFERENCES UTF-8 OR 2 4", " ((4)(2))"),
        ("THREAD REFERENCES UTF-8 SEEN", ""),
        ("UID THREAD REFERENCES \"UTF-8\" 1:2", " (1 2)"),
    ] {
        talk(&mail, &format!("{SELECTED}C: t {command}\nS: * THREAD{answer}\nS: t OK ..."));
    }
    for (arguments, refusal) in [
        ("NOSUCH UTF-8 ALL", "BAD ..."),
        ("REFERENCES ALL", "BAD ..."),
        ("REFERENCES UTF-8", "BAD ..."),
        ("REFERENCES KOI8-R ALL", "NO [BADCHARSET ..."),
    ] {
        talk(&[], &format!("{SELECTED}C: t THREAD {arguments}\nS: t {refusal}"));
    }
}
