use super::{SELECTED, talk};

/// Five messages of which the second is gone: message sequence numbers and UIDs differ.
const FIVE: [&str; 5] = ["A: 1\r\n\r\n", "A: 2\r\n\r\n", "A: 3\r\n\r\n", "A: 4\r\n\r\n", "A: 5\r\n\r\n"];
const FOUR: &str = "C: c STORE 2 FLAGS.SILENT (\\Deleted)\nS: c OK ...\nC: c EXPUNGE\nS*: c OK ...\n";

#[test]
fn each_option_returns_what_it_says() {
    for (command, answer) in [
        ("SEARCH RETURN (MIN) 2:*", "(TAG \"a.1-b\") MIN 2"),
        ("SEARCH RETURN (MAX) 1:3", "(TAG \"a.1-b\") MAX 3"),
        ("SEARCH RETURN (COUNT) ALL", "(TAG \"a.1-b\") COUNT 4"),
        ("SEARCH RETURN (ALL) OR 1:2 4", "(TAG \"a.1-b\") ALL 1:2,4"),
        ("SEARCH RETURN () ALL", "(TAG \"a.1-b\") ALL 1:4"),
        ("search return (all cOuNt Min max) all", "(TAG \"a.1-b\") MIN 1 MAX 4 COUNT 4 ALL 1:4"),
        ("SEARCH RETURN (MIN MIN) ALL", "(TAG \"a.1-b\") MIN 1"),
        ("SEARCH RETURN (MIN) CHARSET UTF-8 ALL", "(TAG \"a.1-b\") MIN 1"),
        ("UID SEARCH RETURN (MIN MAX ALL) 2:*", "(TAG \"a.1-b\") UID MIN 3 MAX 5 ALL 3:5"),
        ("UID SEARCH RETURN () ALL", "(TAG \"a.1-b\") UID ALL 1,3:5"),
        ("SEARCH RETURN (MIN) SEEN", "(TAG \"a.1-b\")"),
        ("SEARCH RETURN (MAX) SEEN", "(TAG \"a.1-b\")"),
        ("UID SEARCH RETURN (ALL) SEEN", "(TAG \"a.1-b\") UID"),
        ("SEARCH RETURN (MIN MAX COUNT) SEEN", "(TAG \"a.1-b\") COUNT 0"),
    ] {
        let talked = format!("{SELECTED}{FOUR}C: a.1-b {command}\nS: * ESEARCH {answer}\nS: a.1-b OK ...");
        talk(&FIVE, &talked);
    }
    talk(&FIVE, &format!("{SELECTED}C: a SEARCH ALL\nS: * SEARCH 1 2 3 4 5\nS: a OK ..."));
}

#[test]
fn what_are_no_result_options_is_refused() {
    for (arguments, refusal) in [
        ("RETURN (XNOSUCH) ALL", "BAD ..."),
        ("RETURN ALL", "BAD ..."),
        ("RETURN (MIN)", "BAD ..."),
        ("RETURN ( MIN) ALL", "BAD ..."),
        ("RETURN (MIN  MAX) ALL", "BAD ..."),
        ("RETURN (MIN ALL", "BAD ..."),
        ("CHARSET UTF-8 RETURN (MIN) ALL", "BAD ..."),
        ("RETURN (MIN) CHARSET KOI8-R ALL", "NO [BADCHARSET ..."),
    ] {
        talk(&[], &format!("{SELECTED}C: a SEARCH {arguments}\nS: a {refusal}"));
    }
}
