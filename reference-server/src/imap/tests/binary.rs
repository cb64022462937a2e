use super::{SELECTED, talk, talk_with};
use crate::config::Config;
use crate::imap::{Extension, Extensions};

const MIXED: &str = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\n\
                     aGVsbG8gd29ybGQ=\r\n--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=3Db\r\n--b\r\n\
                     Content-Transfer-Encoding: base64\r\n\r\nAAEC\r\n--b\r\n\r\n\r\n--b--\r\n";

const UNKNOWN: &str = "Content-Transfer-Encoding: x-foo\r\n\r\ntext";

#[test]
fn parts_are_decoded() {
    for (item, answer) in [
        ("BINARY.PEEK[1]", "BINARY[1] \"hello world\""),
        ("BINARY.PEEK[1]<3.4>", "BINARY[1]<3> \"lo w\""),
        ("BINARY.PEEK[1]<99.4>", "BINARY[1]<99> \"\""),
        ("BINARY.SIZE[1]", "BINARY.SIZE[1] 11"),
        ("BINARY.PEEK[2]", "BINARY[2] \"a=b\""),
        ("BINARY.PEEK[3]", "BINARY[3] ~{3}\nS: \0\u{1}\u{2}"),
        ("BINARY.SIZE[3]", "BINARY.SIZE[3] 3"),
        ("BINARY.PEEK[4]", "BINARY[4] \"\""),
        ("BINARY.PEEK[5]", "BINARY[5] NIL"),
        ("BINARY.SIZE[]", &format!("BINARY.SIZE[] {}", MIXED.len())),
        ("(BINARY.PEEK[2] BINARY.SIZE[2])", "BINARY[2] \"a=b\" BINARY.SIZE[2] 3"),
        ("BINARY[2]", "BINARY[2] \"a=b\" FLAGS (\\Seen \\Recent)"),
    ] {
        talk(&[MIXED], &format!("{SELECTED}C: f FETCH 1 {item}\nS: * 1 FETCH ({answer})\nS: f OK ..."));
    }
    for item in
        ["BINARY[HEADER]", "BINARY[1.MIME]", "BINARY.SIZE[1]<0.1>", "BINARY[1.]", "BINARY[0]", "BINARY"]
    {
        talk(&[MIXED], &format!("{SELECTED}C: f FETCH 1 {item}\nS: f BAD ..."));
    }
}

#[test]
fn an_unknown_encoding_is_refused_for_its_message_alone() {
    for (item, other) in
        [("BINARY.PEEK[1]", "BINARY[1] \"hello world\""), ("BINARY.SIZE[1]", "BINARY.SIZE[1] 11")]
    {
        let talked = format!("C: f FETCH 1:2 {item}\nS: * 2 FETCH ({other})\nS: f NO [UNKNOWN-CTE] ...");
        talk(&[UNKNOWN, MIXED], &format!("{SELECTED}{talked}"));
    }
    talk(
        &[UNKNOWN],
        &format!(
            "{SELECTED}C: f FETCH 1 BINARY[1]\nS: f NO ...\nC: g FETCH 1 FLAGS\nS: * 1 FETCH (FLAGS (\\Recent))\nS: g OK ..."
        ),
    );
    talk(
        &[UNKNOWN],
        &format!("{SELECTED}C: f FETCH 1 BINARY.SIZE[]\nS: * 1 FETCH (BINARY.SIZE[] 40)\nS: f OK ..."),
    );
}

#[test]
fn a_binary_literal_is_stored_without_loss() {
    let octets = "Content-Transfer-Encoding: binary\\r\\n\\r\\na\\0b";
    let size = octets.replace("\\r", "r").replace("\\n", "n").replace("\\0", "0").len();
    talk(
        &[],
        &format!(
            "{SELECTED}C: p APPEND INBOX ~{{{size}}}\nS: + ...\nC: {octets}\nS: * 1 EXISTS\nS: * 1 RECENT\nS: p OK ...\n\
             C: f FETCH 1 (BINARY.PEEK[1] BODY.PEEK[1])\nS: * 1 FETCH (BINARY[1] ~{{3}}\nS: a\0b BODY[1] {{6}}\nS: YQBi\nS: )\n\
             S: f OK ..."
        ),
    );
    for (octets, refusal) in
        [("a: b\\r\\n\\r\\nc", "OK ..."), ("a: b\\r\\n\\r\\n\\0", "NO [UNKNOWN-CTE] ...")]
    {
        let told = if refusal.starts_with("OK") { "S: * 1 EXISTS\nS: * 1 RECENT\n" } else { "" };
        talk(&[], &format!("{SELECTED}C: p APPEND INBOX ~{{9+}}\nC: {octets}\n{told}S: p {refusal}"));
    }
}

#[test]
fn what_is_hidden_is_not_understood() {
    let config = || Config { extensions: Extensions::without([Extension::Binary]), ..Config::default() };
    for command in ["FETCH 1 BINARY[1]", "FETCH 1 BINARY.SIZE[1]", "APPEND INBOX ~{3}"] {
        talk_with(config(), &[MIXED], &format!("{SELECTED}C: f {command}\nS: f BAD ..."));
    }
}
