use super::{SELECTED, talk};

const FIVE: [&str; 5] = ["A: 1\r\n\r\n", "A: 2\r\n\r\n", "A: 3\r\n\r\n", "A: 4\r\n\r\n", "A: 5\r\n\r\n"];

#[test]
fn save_keeps_what_the_other_options_return() {
    for (options, told, saved) in [
        ("SAVE", "", "2 3 4"),
        ("save min", "S: * ESEARCH (TAG \"a\") MIN 2\n", "2"),
        ("MAX SAVE", "S: * ESEARCH (TAG \"a\") MAX 4\n", "4"),
        ("SAVE MIN MAX", "S: * ESEARCH (TAG \"a\") MIN 2 MAX 4\n", "2 4"),
        ("SAVE COUNT", "S: * ESEARCH (TAG \"a\") COUNT 3\n", "2 3 4"),
        ("SAVE MIN ALL", "S: * ESEARCH (TAG \"a\") MIN 2 ALL 2:4\n", "2 3 4"),
        ("SAVE MIN COUNT", "S: * ESEARCH (TAG \"a\") MIN 2 COUNT 3\n", "2 3 4"),
    ] {
        let search = format!("C: a SEARCH RETURN ({options}) 2:4\n{told}S: a OK ...\n");
        talk(&FIVE, &format!("{SELECTED}{search}C: b SEARCH $\nS: * SEARCH {saved}\nS: b OK ..."));
    }
    let only =
        "C: a UID SEARCH RETURN (SAVE MIN MAX) 3\nS*: a OK ...\nC: b SEARCH $\nS: * SEARCH 3\nS: b OK ...";
    talk(&FIVE, &format!("{SELECTED}{only}"));
}

#[test]
fn the_saved_result_keeps_its_messages() {
    talk(
        &FIVE,
        &format!(
            r#"{SELECTED}
        C: a SEARCH RETURN (SAVE) 2:4
        S: a OK ...
        C: a STORE 1,3 +FLAGS.SILENT (\Deleted)
        S: a OK ...
        C: a EXPUNGE
        S: * 1 EXPUNGE
        S: * 2 EXPUNGE
        S: a OK ...
        C: a FETCH $ UID
        S: * 1 FETCH (UID 2)
        S: * 2 FETCH (UID 4)
        S: a OK ...
        C: a UID FETCH $ UID
        S: * 1 FETCH (UID 2)
        S: * 2 FETCH (UID 4)
        S: a OK ...
        C: a UID SEARCH UID $ NOT 1
        S: * SEARCH 4
        S: a OK ...
        C: a SEARCH OR $ 3
        S: * SEARCH 1 2 3
        S: a OK ...
        C: a SEARCH RETURN (SAVE) ($ 2:*)
        S: a OK ...
        C: a COPY $ INBOX
        S*: a OK [COPYUID ... 4 6] ...
        C: a STORE $ +FLAGS.SILENT (\Deleted)
        S: a OK ...
        C: a UID EXPUNGE $
        S: * 2 EXPUNGE
        S: a OK ...
        C: a FETCH $ UID
        S: a OK ...
        "#
        ),
    );
}

#[test]
fn what_another_session_removes_leaves_the_result() {
    talk(
        &FIVE,
        &format!(
            r#"{SELECTED}
        C: a SEARCH RETURN (SAVE) 2:3
        S: a OK ...
        b C: a LOGIN alice secret
        b S: a OK ...
        b C: a SELECT INBOX
        b S*: a OK ...
        b C: a STORE 2 +FLAGS.SILENT (\Deleted)
        b S: a OK ...
        b C: a EXPUNGE
        b S: * 2 EXPUNGE
        b S: a OK ...
        C: a STORE $ FLAGS.SILENT (\Flagged)
        S: a OK ...
        C: a NOOP
        S: * 2 EXPUNGE
        S: a OK ...
        C: a SEARCH $ FLAGGED
        S: * SEARCH 2
        S: a OK ...
        b C: a NOOP
        b S: * 2 FETCH (FLAGS (\Flagged))
        b S: a OK ...
        "#
        ),
    );
}

#[test]
fn only_a_search_with_save_and_a_selection_change_the_result() {
    for (command, saved) in [
        ("SEARCH 1", " 2 3"),
        ("SEARCH RETURN (ALL) 1", " 2 3"),
        ("SEARCH RETURN (SAVE) NOSUCHKEY", " 2 3"),
        ("SELECT", " 2 3"),
        ("SEARCH RETURN (SAVE) SEEN", ""),
        ("SEARCH RETURN (SAVE) CHARSET X-NOSUCH ALL", ""),
        ("SEARCH CHARSET X-NOSUCH ALL", " 2 3"),
        ("SELECT INBOX", ""),
        ("EXAMINE INBOX", ""),
    ] {
        let save = "C: a SEARCH RETURN (SAVE) 2:3\nS: a OK ...\n";
        let told = format!("C: x {command}\nS*: x ...\nC: y SEARCH $\nS: * SEARCH{saved}\nS: y OK ...");
        talk(&FIVE, &format!("{SELECTED}{save}{told}"));
    }
}

#[test]
fn an_empty_result_is_no_error() {
    for command in [
        "FETCH $ FLAGS",
        "UID FETCH $ FLAGS",
        "STORE $ FLAGS (\\Seen)",
        "COPY $ INBOX",
        "UID EXPUNGE $",
        "MOVE $ INBOX",
    ] {
        talk(&FIVE, &format!("{SELECTED}C: a {command}\nS: a OK ..."));
    }
    for command in ["FETCH $,1 UID", "FETCH 1,$ UID", "FETCH $:3 UID", "SEARCH $3"] {
        talk(&FIVE, &format!("{SELECTED}C: a {command}\nS: a BAD ..."));
    }
}
