use super::{PLAIN, SELECTED, talk};

const NESTED: &str = "From: \"A \\\"B\\\"\" <a@b>\r\nTo: Team: c@d;, e@f\r\nSubject: =?utf-8?q?x?=\r\n folded\r\n\
    Message-ID: <1@b>\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\r\none\r\n--o\r\n\
    Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename=\"f.eml\"\r\n\r\nSubject: in\r\n\r\n\
    inner\r\n--o--\r\n";

fn selected(messages: &[&str], transcript: &str) {
    talk(messages, &format!("{SELECTED}{transcript}"));
}

#[test]
fn fetch_gives_each_item() {
    selected(
        &[PLAIN],
        r#"
        C: a FETCH 1 FAST
        S: * 1 FETCH (FLAGS (\Recent) INTERNALDATE " 1-May-2024 08:00:00 +0000" RFC822.SIZE 71)
        S: a OK ...
        C: a FETCH 1 BODY
        S: * 1 FETCH (BODY ("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 20 2))
        S: a OK ...
        C: a FETCH 1 ENVELOPE
        S: * 1 FETCH (ENVELOPE (NIL "plain" (("Alice" NIL "alice" "example.org")) (("Alice" NIL "alice" "example.org")) (("Alice" NIL "alice" "example.org")) NIL NIL NIL NIL NIL))
        S: a OK ...
        C: a FETCH 1 RFC822.HEADER
        S: * 1 FETCH (RFC822.HEADER {51}
        S: From: Alice <alice@example.org>
        S: Subject: plain
        S:
        S: )
        S: a OK ...
        C: a FETCH 1 (BODY.PEEK[TEXT]<5.3> BODY.PEEK[1]<0.4> BODY[TEXT]<99.1>)
        S: * 1 FETCH (BODY[TEXT]<5> {3}
        S: one BODY[1]<0> {4}
        S: line BODY[TEXT]<99> {0}
        S:  FLAGS (\Seen \Recent))
        S: a OK ...
        C: a FETCH 1 BODY[HEADER.FIELDS ("subject" X)]
        S: * 1 FETCH (BODY[HEADER.FIELDS (subject X)] {18}
        S: Subject: plain
        S:
        S: )
        S: a OK ...
        C: a FETCH 1 (BODY[2] BODY[1.HEADER])
        S: * 1 FETCH (BODY[2] NIL BODY[1.HEADER] NIL)
        S: a OK ...
        C: a UID FETCH 1:* FLAGS
        S: * 1 FETCH (UID 1 FLAGS (\Seen \Recent))
        S: a OK ...
        C: a UID FETCH 7 FLAGS
        S: a OK ...
        "#,
    );
}

#[test]
fn nested_parts_are_fetched_by_number() {
    selected(
        &[NESTED],
        r#"
        C: a FETCH 1 ENVELOPE
        S: * 1 FETCH (ENVELOPE (NIL "=?utf-8?q?x?= folded" (("A \"B\"" NIL "a" "b")) (("A \"B\"" NIL "a" "b")) (("A \"B\"" NIL "a" "b")) ((NIL NIL "Team" NIL)(NIL NIL "c" "d")(NIL NIL NIL NIL)(NIL NIL "e" "f")) NIL NIL NIL "<1@b>"))
        S: a OK ...
        C: a FETCH 1 BODYSTRUCTURE
        S: * 1 FETCH (BODYSTRUCTURE (("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 3 0 NIL NIL NIL NIL)("message" "rfc822" NIL NIL NIL "7BIT" 20 (NIL "in" NIL NIL NIL NIL NIL NIL NIL NIL) ("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 5 0 NIL NIL NIL NIL) 2 NIL ("attachment" ("filename" "f.eml")) NIL NIL) "mixed" ("boundary" "o") NIL NIL NIL))
        S: a OK ...
        C: a FETCH 1 (BODY.PEEK[2.HEADER] BODY.PEEK[2.1] BODY.PEEK[2.1.MIME] BODY.PEEK[1.MIME])
        S: * 1 FETCH (BODY[2.HEADER] {15}
        S: Subject: in
        S:
        S:  BODY[2.1] {5}
        S: inner BODY[2.1.MIME] {15}
        S: Subject: in
        S:
        S:  BODY[1.MIME] {2}
        S:
        S: )
        S: a OK ...
        "#,
    );
}

#[test]
fn eight_bit_headers_travel_in_literals() {
    selected(
        &["Subject: \u{fc}\r\n\r\n"],
        "C: a FETCH 1 ENVELOPE\nS: * 1 FETCH (ENVELOPE (NIL {2}\nS: \u{fc} NIL NIL NIL NIL NIL NIL NIL NIL))\nS: a OK ...",
    );
}

#[test]
fn store_takes_its_six_forms() {
    selected(
        &[PLAIN, PLAIN],
        r#"
        C: a STORE 1:2 FLAGS (\Flagged)
        S: * 1 FETCH (FLAGS (\Flagged \Recent))
        S: * 2 FETCH (FLAGS (\Flagged \Recent))
        S: a OK ...
        C: a STORE 2 +FLAGS \Seen \Draft
        S: * 2 FETCH (FLAGS (\Flagged \Seen \Draft \Recent))
        S: a OK ...
        C: a UID STORE 2 -FLAGS (\seen)
        S: * 2 FETCH (FLAGS (\Flagged \Draft \Recent) UID 2)
        S: a OK ...
        C: a STORE 1 FLAGS.SILENT ()
        S: a OK ...
        C: a STORE 1 +FLAGS.SILENT (\Answered)
        S: a OK ...
        C: a STORE 1 -FLAGS.SILENT (\Draft)
        S: a OK ...
        C: a STORE 1 +FLAGS Work
        S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft Work)
        S: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft Work \*)] ...
        S: * 1 FETCH (FLAGS (\Answered \Recent Work))
        S: a OK ...
        C: a STORE 1 +FLAGS (\Recent)
        S: a BAD ...
        C: a STORE 1 FLAG (\Seen)
        S: a BAD ...
        C: a STORE 3 FLAGS ()
        S: a BAD ...
        C: a UID STORE 3 FLAGS ()
        S: a OK ...
        "#,
    );
}

#[test]
fn messages_are_copied_moved_and_expunged() {
    selected(
        &[PLAIN, PLAIN, PLAIN, PLAIN],
        r#"
        C: a COPY 1 none
        S: a NO [TRYCREATE] ...
        C: a CREATE t
        S: a OK ...
        C: a COPY 1,3:4 t
        S: a OK [COPYUID ... 1,3:4 1:3] ...
        C: a UID COPY 99 t
        S: a OK COPY ...
        C: a MOVE 2 t
        S: * OK [COPYUID ... 2 4] ...
        S: * 2 EXPUNGE
        S: a OK ...
        C: a STORE 1:3 +FLAGS.SILENT (\Deleted)
        S: a OK ...
        C: a UID EXPUNGE 3
        S: * 2 EXPUNGE
        S: a OK ...
        C: a EXPUNGE
        S: * 1 EXPUNGE
        S: * 1 EXPUNGE
        S: a OK ...
        C: a FETCH * UID
        S: a BAD ...
        C: a UID FETCH * UID
        S: a OK ...
        C: a SELECT t
        S*: a OK ...
        C: a STORE 1 +FLAGS.SILENT (\Deleted)
        S: a OK ...
        C: a UNSELECT
        S: a OK ...
        C: a STATUS t (MESSAGES)
        S: * STATUS t (MESSAGES 4)
        S: a OK ...
        C: a EXAMINE t
        S*: a OK ...
        C: a EXPUNGE
        S: a NO ...
        C: a MOVE 1 INBOX
        S: a NO ...
        C: a CLOSE
        S: a OK ...
        C: a SELECT t
        S*: a OK ...
        C: a CLOSE
        S: a OK ...
        C: a STATUS t (MESSAGES)
        S: * STATUS t (MESSAGES 3)
        S: a OK ...
        C: a CLOSE
        S: a BAD ...
        "#,
    );
}

#[test]
fn copying_into_the_selected_mailbox_announces_the_copies() {
    selected(
        &[PLAIN],
        r#"
        C: a COPY 1 INBOX
        S: * 2 EXISTS
        S: * 2 RECENT
        S: a OK [COPYUID ... 1 2] ...
        "#,
    );
}
