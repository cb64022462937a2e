use super::{SELECTED, talk};

const ONE: &str = "From: Fred Foobar <foobar@Blurdybloop.example>\r\nTo: a@b\r\nSubject: afternoon meeting\r\n\
    Date: Mon, 7 Feb 1994 23:52:25 -0800\r\n\r\nhello body\r\n";
const TWO: &str = "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nCc: c@d\r\nDate: 1 Mar 2000 00:00:00 +0000\r\nX-E:\r\n\r\nother\r\n";
const THREE: &str = "Content-Type: message/rfc822\r\n\r\nSubject: enclosed\r\n\r\ndeep text\r\n";

#[test]
fn each_key_finds_what_it_says() {
    let rows = [
        ("ALL", "1 2 3"),
        ("SEEN", "2"),
        ("UNSEEN", "1 3"),
        ("FLAGGED", "3"),
        ("UNFLAGGED", "1 2"),
        ("ANSWERED", ""),
        ("UNANSWERED", "1 2 3"),
        ("DELETED", ""),
        ("UNDELETED", "1 2 3"),
        ("DRAFT", ""),
        ("UNDRAFT", "1 2 3"),
        ("KEYWORD work", "3"),
        ("UNKEYWORD Work", "1 2"),
        ("RECENT", "1 2 3"),
        ("NEW", "1 3"),
        ("OLD", ""),
        ("2:*", "2 3"),
        ("3,1", "1 3"),
        ("7", ""),
        ("UID 2:1", "1 2"),
        ("UID 99", ""),
        ("UID 99:*", "3"),
        ("NOT 1", "2 3"),
        ("OR 1 3", "1 3"),
        ("OR (1 SEEN) NOT (OR 1 2)", "3"),
        ("UNSEEN FLAGGED", "3"),
        ("FROM fred", "1"),
        ("FROM foobar@blurdybloop.example", "1"),
        ("TO a@b", "1"),
        ("CC c@d", "2"),
        ("BCC x", ""),
        ("SUBJECT MEETING", "1"),
        ("SUBJECT \"\"", "1 2"),
        ("HEADER X-E \"\"", "2"),
        ("HEADER x-e y", ""),
        ("BODY hello", "1"),
        ("BODY meeting", ""),
        ("BODY enclosed", "3"),
        ("BODY \"deep text\"", "3"),
        ("TEXT meeting", "1"),
        ("TEXT hello", "1"),
        ("LARGER 100", "1"),
        ("SMALLER 100", "2 3"),
        ("ON 1-May-2024", "1 2 3"),
        ("ON \"1-May-2024\"", "1 2 3"),
        ("BEFORE 1-May-2024", ""),
        ("BEFORE 02-may-2024", "1 2 3"),
        ("SINCE 1-May-2024", "1 2 3"),
        ("SINCE 2-May-2024", ""),
        ("SENTON 7-Feb-1994", "1"),
        ("SENTBEFORE 1-Mar-2000", "1"),
        ("SENTSINCE 1-Mar-2000", "2"),
        ("CHARSET us-ascii TEXT hello", "1"),
        ("CHARSET UTF-8 SUBJECT {8+}\\r\\nGRÜßE", "2"),
    ];
    for (keys, found) in rows {
        // "GRÜßE" has 7 octets.
        let keys = keys.replace("{8+}", "{7+}");
        let found = if found.is_empty() { String::new() } else { format!(" {found}") };
        talk(
            &[ONE, TWO, THREE],
            &format!(
                "{SELECTED}C: x STORE 2 FLAGS.SILENT \\Seen\nS: x OK ...\nC: y STORE 3 FLAGS.SILENT (\\Flagged Work)\n\
                 S*: y OK ...\nC: a SEARCH {keys}\nS: * SEARCH{found}\nS: a OK ...\nC: b UID SEARCH {keys}\n\
                 S: * SEARCH{found}\nS: b OK ..."
            ),
        );
    }
}

#[test]
fn what_is_no_search_is_refused() {
    for (arguments, refusal) in [
        ("CHARSET KOI8-R ALL", "NO [BADCHARSET (US-ASCII UTF-8)] ..."),
        ("ALL CHARSET UTF-8", "BAD ..."),
        ("NONSENSE", "BAD ..."),
        ("()", "BAD ..."),
        ("ON 32-Jan-2000", "BAD ..."),
        ("ON 1-Jan-00", "BAD ..."),
        ("OR SEEN", "BAD ..."),
        ("(SEEN", "BAD ..."),
        ("0", "BAD ..."),
        ("1:", "BAD ..."),
        ("SEEN  DRAFT", "BAD ..."),
    ] {
        talk(&[], &format!("{SELECTED}C: a SEARCH {arguments}\nS: a {refusal}"));
    }
    let deep = format!("{}ALL{}", "(".repeat(2000), ")".repeat(2000));
    talk(&[], &format!("{SELECTED}C: a SEARCH {deep}\nS: a BAD ..."));
    talk(&[], &format!("{SELECTED}C: a SEARCH {}ALL\nS: a BAD ...", "NOT ".repeat(10_000)));
}
