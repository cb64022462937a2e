use super::{talk, talk_with};
use crate::config::Config;
use crate::imap::{Extension, Extensions};

const THREE: [&str; 3] = ["A: 1\r\n\r\n", "A: 2\r\n\r\n", "A: 3\r\n\r\n"];

/// A session that has INBOX selected, behind one that took `\\Recent`.
const SELECTED: &str = "r C: a LOGIN alice secret\nr S: a OK ...\nr C: b SELECT INBOX\nr S*: b OK ...\n\
    C: a LOGIN alice secret\nS: a OK ...\nC: b SELECT INBOX\nS*: b OK ...\n";

/// A second session, which has INBOX selected.
const BOB: &str = "b C: a LOGIN alice secret\nb S: a OK ...\nb C: b SELECT INBOX\nb S*: b OK ...\n";

#[test]
fn every_enabling_command_makes_the_client_aware_and_tells_highestmodseq() {
    for (command, answers) in [
        ("FETCH 1 MODSEQ", "S: * 1 FETCH (MODSEQ (2))\n"),
        ("FETCH 1 UID (CHANGEDSINCE 4)", ""),
        ("SEARCH MODSEQ 5", "S: * SEARCH\n"),
        ("SEARCH NOT MODSEQ 4", "S: * SEARCH 1 2 (MODSEQ 3)\n"),
        ("SEARCH RETURN (COUNT) MODSEQ 5", "S: * ESEARCH (TAG \"x\") COUNT 0\n"),
        ("STATUS INBOX (HIGHESTMODSEQ)", "S: * STATUS INBOX (HIGHESTMODSEQ 4)\n"),
        ("STORE 1 (UNCHANGEDSINCE 2) -FLAGS (\\Seen)", "S: * 1 FETCH (FLAGS () UID 1 MODSEQ (2))\n"),
    ] {
        let told = format!("C: x {command}\n{answers}S: * OK [HIGHESTMODSEQ 4] ...\nS: x OK ...\n");
        let again = format!("C: x {command}\n{answers}S: x OK ...\n");
        let change = r"
            b C: c STORE 3 FLAGS (\Seen)
            b S*: c OK ...
            C: y NOOP
            S: * 3 FETCH (FLAGS (\Seen) UID 3 MODSEQ (5))
            S: y OK ...";
        talk(&THREE, &format!("{SELECTED}{told}{again}{BOB}{change}"));
    }
}

#[test]
fn a_client_may_be_aware_before_it_selects() {
    for command in ["ENABLE CONDSTORE", "STATUS INBOX (HIGHESTMODSEQ)", "EXAMINE INBOX (CONDSTORE)"] {
        let transcript = format!(
            r"
            r C: a LOGIN alice secret
            r S: a OK ...
            r C: b SELECT INBOX
            r S*: b OK ...
            C: a LOGIN alice secret
            S: a OK ...
            C: a {command}
            S*: a OK ...
            C: b SELECT INBOX (CONDSTORE)
            S*: * OK [HIGHESTMODSEQ 4] ...
            S: b OK [READ-WRITE] ...
            C: c STORE 1 FLAGS (\Seen)
            S: * 1 FETCH (FLAGS (\Seen) UID 1 MODSEQ (5))
            S: c OK ...
            C: d STORE 1 FLAGS.SILENT ()
            S: * 1 FETCH (UID 1 MODSEQ (6))
            S: d OK ...
            C: e FETCH 1 BODY[]
            S: * 1 FETCH (BODY[] {{8}}
            S*: ... FLAGS (\Seen) UID 1 MODSEQ (7))
            S: e OK ..."
        );
        talk(&THREE, &transcript);
    }
}

#[test]
fn an_unaware_client_is_told_no_mod_sequences() {
    let transcript = r"
        C: c STORE 1 FLAGS (\Seen)
        S: * 1 FETCH (FLAGS (\Seen))
        S: c OK ...
        C: c STORE 1 FLAGS.SILENT ()
        S: c OK ...
        b C: c STORE 1 FLAGS (\Flagged)
        b S*: c OK ...
        C: c NOOP
        S: * 1 FETCH (FLAGS (\Flagged))
        S: c OK ...";
    talk(&THREE, &format!("{SELECTED}{BOB}{transcript}"));
}

#[test]
fn a_conditional_store_tells_what_was_modified() {
    let transcript = r"
        C: a STORE 1 +FLAGS.SILENT (\Deleted)
        S: a OK ...
        C: a EXPUNGE
        S: * 1 EXPUNGE
        S: a OK EXPUNGE ...
        b C: c NOOP
        b S: * 1 EXPUNGE
        b S: c OK ...
        b C: c STORE 2 FLAGS (\Flagged)
        b S*: c OK ...
        C: s STORE 1:2 (UNCHANGEDSINCE 6) FLAGS.SILENT (\Draft)
        S: * 1 FETCH (UID 2 MODSEQ (8))
        S: * 2 FETCH (FLAGS (\Flagged) UID 3 MODSEQ (7))
        S: * OK [HIGHESTMODSEQ 8] ...
        S: s OK [MODIFIED 2] ...
        C: s UID STORE 1:3 (UNCHANGEDSINCE 7) FLAGS.SILENT (\Draft)
        S: * 1 FETCH (FLAGS (\Draft) UID 2 MODSEQ (8))
        S: * 2 FETCH (UID 3 MODSEQ (9))
        S: s OK [MODIFIED 2] ...
        C: s STORE 1,1:2 (UNCHANGEDSINCE 9) FLAGS (\Answered)
        S: * 1 FETCH (FLAGS (\Answered) UID 2 MODSEQ (10))
        S: * 2 FETCH (FLAGS (\Answered) UID 3 MODSEQ (10))
        S: s OK STORE ...
        C: s STORE 1 (UNCHANGEDSINCE 0) +FLAGS (\Answered)
        S: * 1 FETCH (FLAGS (\Answered) UID 2 MODSEQ (10))
        S: s OK [MODIFIED 1] ...
        b C: c STORE 2 +FLAGS.SILENT (\Deleted)
        b S*: c OK ...
        b C: c EXPUNGE
        b S*: c OK ...
        C: s STORE 1:2 (UNCHANGEDSINCE 9) +FLAGS (\Seen)
        S: * 1 FETCH (FLAGS (\Answered) UID 2 MODSEQ (10))
        S: s NO [MODIFIED 1] ...
        C: s NOOP
        S: * 2 EXPUNGE
        S: s OK NOOP ...";
    talk(&THREE, &format!("{SELECTED}{BOB}{transcript}"));
}

#[test]
fn an_aware_client_is_told_of_a_change_with_its_mod_sequence() {
    let transcript = r"
        C: a FETCH 1 (MODSEQ)
        S*: a OK ...
        b C: c STORE 1 FLAGS (\Flagged)
        b S*: c OK ...
        C: f FETCH 1 FLAGS
        S: * 1 FETCH (FLAGS (\Flagged))
        S: * 1 FETCH (FLAGS (\Flagged) UID 1 MODSEQ (5))
        S: f OK ...
        b C: c STORE 1 FLAGS ()
        b S*: c OK ...
        C: f UID FETCH 1:3 FLAGS (CHANGEDSINCE 4)
        S: * 1 FETCH (UID 1 FLAGS () MODSEQ (6))
        S: f OK ...";
    talk(&THREE, &format!("{SELECTED}{BOB}{transcript}"));
}

#[test]
fn searches_tell_the_highest_mod_sequence_of_what_they_return() {
    let change = "C: a STORE 2 FLAGS.SILENT (\\Seen)\nS: a OK ...\nC: b FETCH 1 MODSEQ\nS*: b OK ...\n";
    for (search, answer) in [
        ("SEARCH MODSEQ 1", "SEARCH 1 2 3 (MODSEQ 5)"),
        ("SEARCH MODSEQ 5", "SEARCH 2 (MODSEQ 5)"),
        ("SEARCH MODSEQ 6", "SEARCH"),
        ("SEARCH OR 1 MODSEQ \"/flags/\\\\Draft\" priv 6", "SEARCH 1 (MODSEQ 2)"),
        ("UID SEARCH UNSEEN MODSEQ \"/FLAGS/x\" ALL 0", "SEARCH 1 3 (MODSEQ 4)"),
        ("SEARCH RETURN () MODSEQ 1", "ESEARCH (TAG \"a\") ALL 1:3 MODSEQ 5"),
        ("SEARCH RETURN (MIN) MODSEQ 1", "ESEARCH (TAG \"a\") MIN 1 MODSEQ 2"),
        ("SEARCH RETURN (MAX) MODSEQ 1", "ESEARCH (TAG \"a\") MAX 3 MODSEQ 4"),
        ("SEARCH RETURN (MIN MAX) MODSEQ 1", "ESEARCH (TAG \"a\") MIN 1 MAX 3 MODSEQ 4"),
        ("SEARCH RETURN (MIN COUNT) MODSEQ 1", "ESEARCH (TAG \"a\") MIN 1 COUNT 3 MODSEQ 5"),
        ("SEARCH RETURN (COUNT) MODSEQ 6", "ESEARCH (TAG \"a\") COUNT 0"),
    ] {
        talk(&THREE, &format!("{SELECTED}{change}C: a {search}\nS: * {answer}\nS: a OK ..."));
    }
}

#[test]
fn malformed_arguments() {
    for command in [
        "SELECT INBOX ()",
        "SELECT INBOX (NOSUCH)",
        "SELECT INBOX (CONDSTORE",
        "SELECT INBOX(CONDSTORE)",
        "FETCH 1 MODSEQ ()",
        "FETCH 1 FLAGS (CHANGEDSINCE)",
        "FETCH 1 FLAGS (CHANGEDSINCE 0)",
        "FETCH 1 FLAGS (CHANGEDSINCE 9223372036854775808)",
        "FETCH 1 FLAGS (CHANGEDSINCE 1 CHANGEDSINCE 1)",
        "STORE 1 (UNCHANGEDSINCE) FLAGS ()",
        "STORE 1 () FLAGS ()",
        "STORE 1 (UNCHANGEDSINCE 1 UNCHANGEDSINCE 1) FLAGS ()",
        "STORE 1 (NOSUCH 1) FLAGS ()",
        "SEARCH MODSEQ",
        "SEARCH MODSEQ \"/flags/x\" 1",
        "SEARCH MODSEQ \"/x\" all 1",
        "SEARCH MODSEQ \"/flags/x\" both 1",
    ] {
        talk(&THREE, &format!("{SELECTED}C: x {command}\nS: x BAD ..."));
    }
}

#[test]
fn a_mailbox_that_is_left_for_another_is_closed() {
    for (command, closed) in [
        ("SELECT INBOX", true),
        ("EXAMINE inbox", true),
        ("SELECT nosuch", true),
        ("SELECT INBOX (QRESYNC (1 1))", false),
    ] {
        let told = if closed { "S: * OK [CLOSED] ...\nS*: x ..." } else { "S: x BAD ..." };
        talk(&[], &format!("{SELECTED}C: x {command}\n{told}"));
    }
    talk(
        &[],
        &format!("{SELECTED}C: x UNSELECT\nS: x OK ...\nC: x SELECT INBOX\nS: * FLAGS ...\nS*: x OK ..."),
    );
    let config = Config { extensions: Extensions::without([Extension::Condstore]), ..Config::default() };
    talk_with(config, &[], &format!("{SELECTED}C: x SELECT INBOX\nS: * FLAGS ...\nS*: x OK ..."));
}

#[test]
fn sorting_tells_mod_sequences_and_threading_does_not() {
    let transcript = r#"
        C: a SORT (REVERSE ARRIVAL SIZE) UTF-8 MODSEQ 3
        S: * SORT 2 3 (MODSEQ 4)
        S: * OK [HIGHESTMODSEQ 4] ...
        S: a OK ...
        C: a SORT (ARRIVAL) UTF-8 MODSEQ 5
        S: * SORT
        S: a OK ...
        C: a THREAD ORDEREDSUBJECT UTF-8 MODSEQ 4
        S: * THREAD (3)
        S: a OK ..."#;
    talk(&THREE, &format!("{SELECTED}{transcript}"));
}
