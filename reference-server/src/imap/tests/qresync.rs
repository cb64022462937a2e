use super::talk;

const FIVE: [&str; 5] = ["A: 1\r\n\r\n", "A: 2\r\n\r\n", "A: 3\r\n\r\n", "A: 4\r\n\r\n", "A: 5\r\n\r\n"];

/// A session with QRESYNC, which has INBOX selected, and one without.
const TWO: &str = "C: a LOGIN alice secret\nS: a OK ...\nC: a ENABLE QRESYNC\nS: * ENABLED QRESYNC\nS: a OK ...\n\
    C: b SELECT INBOX\nS*: b OK ...\n\
    b C: a LOGIN alice secret\nb S: a OK ...\nb C: b SELECT INBOX\nb S*: b OK ...\n";

#[test]
fn names_may_come_in_any_order() {
    for (names, enabled) in [
        ("qresync", "QRESYNC"),
        ("QRESYNC CONDSTORE", "CONDSTORE QRESYNC"),
        ("CONDSTORE X QRESYNC", "CONDSTORE QRESYNC"),
    ] {
        talk(
            &[],
            &format!(
                "C: a LOGIN alice secret\nS: a OK ...\nC: a ENABLE {names}\nS: * ENABLED {enabled}\nS: a OK ..."
            ),
        );
    }
}

#[test]
fn removals_are_told_by_vanished() {
    let transcript = r"
        b C: c STORE 2:3 +FLAGS.SILENT (\Deleted)
        b S: c OK ...
        b C: c STORE 4 FLAGS.SILENT (\Flagged)
        b S: c OK ...
        C: n EXPUNGE
        S: * VANISHED 2:3
        S: * 2 FETCH (FLAGS (\Flagged \Recent) UID 4 MODSEQ (8))
        S: n OK [HIGHESTMODSEQ 9] ...
        b C: c NOOP
        b S: * 2 EXPUNGE
        b S: * 2 EXPUNGE
        b S: c OK NOOP ...
        C: n STORE 1 +FLAGS.SILENT (\Deleted)
        S: * 1 FETCH (UID 1 MODSEQ (10))
        S: n OK STORE ...
        C: n UID EXPUNGE 1
        S: * VANISHED 1
        S: n OK [HIGHESTMODSEQ 11] ...
        C: n EXPUNGE
        S: n OK EXPUNGE ...
        C: n CREATE x
        S: n OK ...
        C: n MOVE 2 x
        S: * OK [COPYUID ... 5 1] ...
        S: * VANISHED 5
        S: n OK [HIGHESTMODSEQ 12] ...
        C: n FETCH 1:* (UID)
        S: * 1 FETCH (UID 4)
        S: n OK ...
        b C: c NOOP
        b S: * 1 EXPUNGE
        b S: * 2 EXPUNGE
        b S: c OK NOOP ...";
    talk(&FIVE, &format!("{TWO}{transcript}"));
}

#[test]
fn while_an_expunge_is_withheld_highestmodseq_stays_below_it() {
    let transcript = r"
        b C: c STORE 3 +FLAGS.SILENT (\Deleted)
        b S: c OK ...
        b C: c EXPUNGE
        b S*: c OK ...
        C: n FETCH 1 (FLAGS)
        S: * 1 FETCH (FLAGS (\Recent))
        S: n OK FETCH ...
        C: n STORE 1 +FLAGS.SILENT (\Seen)
        S: * 1 FETCH (UID 1 MODSEQ (9))
        S: n OK [HIGHESTMODSEQ 7] ...
        C: n STORE 1 (UNCHANGEDSINCE 1) FLAGS (\Seen)
        S: * 1 FETCH (FLAGS (\Seen \Recent) UID 1 MODSEQ (9))
        S: * OK [HIGHESTMODSEQ 7] ...
        S: n OK [MODIFIED 1] ...
        C: n SEARCH ALL
        S: * SEARCH 1 2 3 4 5
        S: n OK SEARCH ...
        C: n UID SEARCH 1:2
        S: * SEARCH 1 2
        S: n OK SEARCH ...
        C: n UID FETCH 1:5 FLAGS (CHANGEDSINCE 8 VANISHED)
        S: * 1 FETCH (UID 1 FLAGS (\Seen \Recent) MODSEQ (9))
        S: * VANISHED 3
        S: n OK [HIGHESTMODSEQ 9] ...";
    talk(&FIVE, &format!("{TWO}{transcript}"));
}

#[test]
fn a_message_that_was_never_announced_does_not_vanish() {
    let transcript = r"
        b C: c APPEND INBOX {3+}\r\na\r\n
        b S*: c OK ...
        b C: c STORE 6 +FLAGS.SILENT (\Deleted)
        b S: c OK ...
        b C: c EXPUNGE
        b S*: c OK ...
        C: n NOOP
        S: n OK NOOP ...
        C: n UID FETCH 1:* UID (CHANGEDSINCE 8 VANISHED)
        S: * VANISHED (EARLIER) 6
        S: n OK ...";
    talk(&FIVE, &format!("{TWO}{transcript}"));
}

#[test]
fn a_client_learns_what_it_has_missed() {
    // UIDs 2 and 5 are gone, 1 and 4 have changed.
    let before = r"
        C: a LOGIN alice secret
        S: a OK ...
        C: a SELECT INBOX
        S*: a OK ...
        C: a STORE 2,5 +FLAGS.SILENT (\Deleted)
        S: a OK ...
        C: a EXPUNGE
        S*: a OK ...
        C: a STORE 1 FLAGS.SILENT (\Seen)
        S: a OK ...
        C: a UID STORE 4 FLAGS.SILENT (\Draft)
        S: a OK ...
        C: a CLOSE
        S: a OK ...
        C: a ENABLE QRESYNC
        S*: a OK ...
        C: s EXAMINE INBOX (QRESYNC (@ARGUMENTS))
        S*: * OK [HIGHESTMODSEQ 10] ...
        ";
    let (gone, seen) = ("S: * VANISHED (EARLIER) 2,5", "S: * 1 FETCH (UID 1 MODSEQ (9) FLAGS (\\Seen))");
    let draft = "S: * 3 FETCH (UID 4 MODSEQ (10) FLAGS (\\Draft))";
    let two = "S: * VANISHED (EARLIER) 2";
    let five = "S: * VANISHED (EARLIER) 5";
    for (arguments, told) in [
        ("$UIDVALIDITY 6", vec![gone, seen, draft]),
        ("$UIDVALIDITY 8", vec![seen, draft]),
        ("$UIDVALIDITY 9", vec![draft]),
        ("$UIDVALIDITY 10", vec![]),
        ("1 6", vec![]),
        ("$UIDVALIDITY 6 1:3", vec![two, seen]),
        ("$UIDVALIDITY 6 5,4", vec![five, draft]),
        ("$UIDVALIDITY 6 3,6:9", vec![]),
        ("$UIDVALIDITY 6 (1,3 1,4)", vec![five, seen, draft]),
        ("$UIDVALIDITY 6 1:5 (1:3 1:3)", vec![gone, seen, draft]),
        ("$UIDVALIDITY 6 1:2 (1:4294967295 1:4294967295)", vec![two, seen]),
    ] {
        let transcript = before.replace("@ARGUMENTS", arguments);
        let end = told.iter().map(|line| format!("{line}\n")).collect::<String>();
        talk(&FIVE, &format!("{transcript}\n{end}S: s OK [READ-ONLY] ..."));
    }
}

#[test]
fn what_qresync_wants_is_checked() {
    let login = "C: a LOGIN alice secret\nS: a OK ...\n";
    for command in ["SELECT INBOX (QRESYNC (1 1))", "EXAMINE INBOX (CONDSTORE QRESYNC (1 1))"] {
        talk(&[], &format!("{login}C: x {command}\nS: x BAD ..."));
    }
    let enabled = format!("{login}C: a ENABLE QRESYNC\nS*: a OK ...\n");
    for arguments in [
        "",
        "1",
        "x",
        "(1)",
        "(0 1)",
        "(1 0)",
        "(1 1 *)",
        "(1 1 1:*)",
        "(1 1 1 2)",
        "(1 1 (1 1) 1)",
        "(1 1 (1))",
        "(1 1 1 (1 *))",
        "(1 1 1 (1 1) 1)",
    ] {
        let command =
            format!("C: x SELECT INBOX (QRESYNC {arguments})\nS: x BAD ...\nC: y FETCH 1 UID\nS: y BAD ...");
        talk(&[], &format!("{enabled}{command}"));
    }
    let selected = "C: s SELECT INBOX\nS*: s OK ...\n";
    for (start, command) in [
        (&enabled, "FETCH 1:* UID (CHANGEDSINCE 1 VANISHED)"),
        (&enabled, "UID FETCH 1:* UID (VANISHED)"),
        (&login.to_owned(), "UID FETCH 1:* UID (CHANGEDSINCE 1 VANISHED)"),
    ] {
        talk(&[], &format!("{start}{selected}C: x {command}\nS: x BAD ..."));
    }
}

#[test]
fn closing_tells_nothing_and_is_remembered() {
    let transcript = r"
        C: n STORE 2 +FLAGS.SILENT (\Deleted)
        S*: n OK ...
        C: n CLOSE
        S: n OK CLOSE ...
        C: n SELECT INBOX
        S*: n OK ...
        C: n UID FETCH 1:9 UID (CHANGEDSINCE 7 VANISHED)
        S: * VANISHED (EARLIER) 2
        S: n OK ...
        b C: c NOOP
        b S: * 2 EXPUNGE
        b S: c OK ...";
    talk(&FIVE, &format!("{TWO}{transcript}"));
}
