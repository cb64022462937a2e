use super::{PLAIN, talk};

/// Two sessions with INBOX selected, the first by alice's `a`, the second named `2`.
fn two(messages: &[&str], transcript: &str) {
    let selected = "C: a LOGIN alice secret\nS: a OK ...\nC: b SELECT INBOX\nS*: b OK ...\n\
                    2 C: a LOGIN alice secret\n2 S: a OK ...\n2 C: b SELECT INBOX\n2 S*: b OK ...\n";
    talk(messages, &format!("{selected}{transcript}"));
}

#[test]
fn an_expunge_is_told_when_numbers_may_change() {
    two(
        &[PLAIN, PLAIN, PLAIN],
        r#"
        C: a STORE 1 +FLAGS.SILENT (\Deleted)
        S: a OK ...
        C: a EXPUNGE
        S: * 1 EXPUNGE
        S: a OK ...
        2 C: a FETCH 2 UID
        2 S: * 2 FETCH (UID 2)
        2 S: a OK ...
        2 C: a SEARCH 1:3
        2 S: * SEARCH 1 2 3
        2 S: a OK ...
        2 C: a STORE 1 +FLAGS (\Seen)
        2 S: a NO [EXPUNGEISSUED] ...
        2 C: a COPY 1 INBOX
        2 S: * 1 EXPUNGE
        2 S: a NO [EXPUNGEISSUED] ...
        2 C: a FETCH 2 UID
        2 S: * 2 FETCH (UID 3)
        2 S: a OK ...
        "#,
    );
}

#[test]
fn flags_and_new_mail_are_told_with_any_command() {
    two(
        &[PLAIN],
        r#"
        C: a STORE 1 +FLAGS.SILENT (\Flagged)
        S: a OK ...
        C: a APPEND INBOX {3+}\r\nabc
        S: * 2 EXISTS
        S: * 2 RECENT
        S: a OK ...
        2 C: a STORE 1 +FLAGS.SILENT (\Seen)
        2 S: * 2 EXISTS
        2 S: * 0 RECENT
        2 S: * 1 FETCH (FLAGS (\Flagged \Seen))
        2 S: a OK ...
        C: a UID SEARCH ALL
        S: * SEARCH 1 2
        S: * 1 FETCH (FLAGS (\Flagged \Seen \Recent) UID 1)
        S: a OK ...
        "#,
    );
}

#[test]
fn idle_is_told_at_once() {
    two(
        &[PLAIN],
        r#"
        2 C: i IDLE
        2 S: + ...
        C: a APPEND INBOX {3+}\r\nabc
        S: * 2 EXISTS
        S: * 2 RECENT
        S: a OK ...
        2 S: * 2 EXISTS
        2 S: * 0 RECENT
        C: a STORE 1 FLAGS.SILENT (\Deleted)
        S: a OK ...
        2 S: * 1 FETCH (FLAGS (\Deleted))
        C: a EXPUNGE
        S: * 1 EXPUNGE
        S: a OK ...
        2 S: * 1 EXPUNGE
        2 C: done
        2 S: i OK ...
        2 C: i IDLE
        2 S: + ...
        2 C: x NOOP
        2 S: i BAD ...
        "#,
    );
}

#[test]
fn a_deleted_mailbox_stays_with_those_who_have_it() {
    two(
        &[],
        r#"
        C: a CREATE x
        S: a OK ...
        C: a APPEND x {3+}\r\nabc
        S: a OK ...
        2 C: a SELECT x
        2 S*: a OK ...
        C: a DELETE x
        S: a OK ...
        2 C: a FETCH 1 UID
        2 S: * 1 FETCH (UID 1)
        2 S: a OK ...
        2 C: a SELECT x
        2 S: * OK [CLOSED] ...
        2 S: a NO ...
        "#,
    );
}
