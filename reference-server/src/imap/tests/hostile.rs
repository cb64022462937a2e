use super::{SELECTED, talk};

#[test]
fn malformed_lines_are_refused_and_the_session_goes_on() {
    for (line, refusal) in [
        ("", "* BAD ..."),
        (" a NOOP", "* BAD ..."),
        ("+ NOOP", "* BAD ..."),
        ("a", "a BAD ..."),
        ("a ", "a BAD ..."),
        ("a XYZZY", "a BAD ..."),
        ("a NOOP ", "a BAD ..."),
        ("a NOOP x", "a BAD ..."),
        ("a  NOOP", "a BAD ..."),
        ("a\\tNOOP", "* BAD ..."),
        ("a+b NOOP", "* BAD ..."),
        ("a(b NOOP", "* BAD ..."),
        ("a NO\\0OP", "a BAD ..."),
        ("a UID NOOP", "a BAD ..."),
        ("a UID", "a BAD ..."),
        ("a FETCH 1", "a BAD ..."),
        ("a FETCH 1 ()", "a BAD ..."),
        ("a FETCH 1 (FLAGS FAST)", "a BAD ..."),
        ("a FETCH 1 BODY[MIME]", "a BAD ..."),
        ("a FETCH 1 BODY[1.]", "a BAD ..."),
        ("a FETCH 1 BODY[", "a BAD ..."),
        ("a FETCH 1 BODY[]<0.0>", "a BAD ..."),
        ("a FETCH 1 BODY[HEADER.FIELDS ()]", "a BAD ..."),
        ("a FETCH 0 FLAGS", "a BAD ..."),
        ("a FETCH 4294967296 FLAGS", "a BAD ..."),
        ("a STORE 1 FLAGS", "a BAD ..."),
        ("a STORE 1 FLAGS (\\Seen", "a BAD ..."),
        ("a LIST \"\" \"x", "a BAD ..."),
        ("a LIST \"\" \"\\x\"", "a BAD ..."),
        ("a LIST \"\" (", "a BAD ..."),
        ("a LIST \"\" \"\u{fc}\"", "a BAD ..."),
        ("a SELECT {x}", "a BAD ..."),
        ("a SELECT {1} ", "a BAD ..."),
        ("a SELECT {70000}", "a BAD ..."),
        ("a LOGIN {3}", "a BAD ..."),
        ("a LOGIN {3+}\\r\\nabc {4+}\\r\\nwxyz", "a BAD ..."),
        ("a XYZZY {8+}\\r\\nb LOGOUT", "a BAD ..."),
    ] {
        talk(
            &[],
            &format!("{SELECTED}C: {}\nS: {refusal}\nC: z NOOP\nS: z OK ...", line.replace("\\t", "\t")),
        );
    }
}

#[test]
fn long_lines_are_refused_without_losing_step() {
    let long = "x".repeat(200_000);
    talk(&[], &format!("C: a LOGIN {long}\nS: a BAD ...\nC: b NOOP\nS: b OK ..."));
    talk(&[], &format!("C: a LOGIN {long} {{8+}}\\r\\nb LOGOUT\nS: a BAD ...\nC: b NOOP\nS: b OK ..."));
    talk(&[], &format!("C: {long}\nS: ... BAD ...\nC: b NOOP\nS: b OK ..."));
}

#[test]
fn an_endless_stream_of_malformed_commands_ends_the_session() {
    let lines = "C: a X\nS: a BAD ...\n".repeat(20);
    talk(&[], &format!("{lines}S: * BYE ...\n.:"));
    talk(&[], "C: a LOGIN {99999999999+}\nS: * BYE ...\n.:");
}

#[test]
fn pipelined_commands_run_in_order() {
    talk(
        &["Subject: x\r\n\r\n"],
        "C~: a LOGIN alice secret\\r\\nb SELECT INBOX\\r\\nc STORE 1 +FLAGS.SILENT (\\Deleted)\\r\\nd EXPUNGE\\r\\ne LOGOUT\\r\\n\n\
         S: a OK ...\nS*: b OK ...\nS: c OK ...\nS: * 1 EXPUNGE\nS: d OK ...\nS: * BYE ...\nS: e OK ...\n.:",
    );
}

#[test]
fn a_bare_line_feed_ends_a_line() {
    talk(&[], "C~: a NOOP\\nb NOOP\\r\\n\nS: a OK ...\nS: b OK ...");
}
