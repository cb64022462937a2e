use super::{SELECTED, talk};

#[test]
fn several_messages_are_added_in_order() {
    talk(
        &[],
        &format!(
            r#"{SELECTED}
        C: a APPEND INBOX (\Seen) {{4}}
        S: + ...
        C: one\n (\Flagged Work) " 7-Feb-2001 22:43:04 -0800" {{5+}}
        C: two\r\n "01-Jan-2002 00:00:00 +0000" {{1+}}
        C: 3 {{1}}
        S: + ...
        C: 4
        S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft Work)
        S: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft Work \*)] ...
        S: * 4 EXISTS
        S: * 4 RECENT
        S: a OK [APPENDUID ... 1:4] ...
        C: a FETCH 1:4 (FLAGS RFC822.SIZE)
        S: * 1 FETCH (FLAGS (\Seen \Recent) RFC822.SIZE 4)
        S: * 2 FETCH (FLAGS (\Flagged \Recent Work) RFC822.SIZE 5)
        S: * 3 FETCH (FLAGS (\Recent) RFC822.SIZE 1)
        S: * 4 FETCH (FLAGS (\Recent) RFC822.SIZE 1)
        S: a OK ...
        C: a FETCH 2:3 INTERNALDATE
        S: * 2 FETCH (INTERNALDATE " 7-Feb-2001 22:43:04 -0800")
        S: * 3 FETCH (INTERNALDATE " 1-Jan-2002 00:00:00 +0000")
        S: a OK ...
        "#
        ),
    );
}

#[test]
fn a_command_that_fails_adds_nothing() {
    for (rest, refusal) in [
        (" {0+}\\r\\n", "NO ..."),
        (" {3+}\\r\\na\\0b", "NO ..."),
        (" (\\Nonsense) {1+}\\r\\nb", "BAD ..."),
        (" \"40-Feb-2001 00:00:00 +0000\" {1+}\\r\\nb", "BAD ..."),
        (" \" 7-Feb-2001 22:43:04 -0800\" (\\Seen) {1+}\\r\\nb", "BAD ..."),
        (" {67108864}", "NO [TOOBIG] ..."),
        (" {0}", "NO ..."),
        (" ", "BAD ..."),
        (" x", "BAD ..."),
        ("{1+}\\r\\nb", "BAD ..."),
    ] {
        let append = format!("C: a APPEND INBOX {{1+}}\nC: a{rest}\nS: a {refusal}\n");
        talk(
            &[],
            &format!(
                "{SELECTED}{append}C: b STATUS INBOX (MESSAGES UIDNEXT)\nS: * STATUS INBOX (MESSAGES 0 UIDNEXT 1)\nS: b OK ..."
            ),
        );
    }
    let many = format!("C: a APPEND INBOX{}\nS: a BAD ...\n", " {1+}\\r\\na".repeat(101));
    talk(&[], &format!("{SELECTED}{many}C: b NOOP\nS: b OK ..."));
    talk(&[], &format!("{SELECTED}C: a APPEND none {{1+}}\nC: a {{1+}}\nC: b\nS: a NO [TRYCREATE] ..."));
}
