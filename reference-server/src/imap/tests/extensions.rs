//! Extensions: what each adds, and that nothing of it is left where it is hidden.

use super::{SELECTED, talk, talk_with};
use crate::config::Config;
use crate::imap::{Extension, Extensions};

const MESSAGE: &str = "Subject: 1\r\n\r\nx\r\n";

#[test]
fn a_hidden_extension_is_neither_advertised_nor_understood() {
    use Extension as E;
    for (hidden, command, answer) in [
        (E::Condstore, "SELECT INBOX (CONDSTORE)", "BAD ..."),
        (E::Condstore, "FETCH 1 MODSEQ", "BAD ..."),
        (E::Condstore, "FETCH 1 UID (CHANGEDSINCE 1)", "BAD ..."),
        (E::Condstore, "SEARCH MODSEQ 1", "BAD no such search key"),
        (E::Condstore, "STATUS INBOX (HIGHESTMODSEQ)", "BAD ..."),
        (E::Condstore, "STORE 1 (UNCHANGEDSINCE 1) FLAGS ()", "BAD ..."),
        (E::Qresync, "SELECT INBOX (QRESYNC (1 1))", "BAD no such ..."),
        (E::Qresync, "UID FETCH 1 UID (CHANGEDSINCE 1 VANISHED)", "BAD no such ..."),
        (E::Enable, "ENABLE X", "BAD unknown command"),
        (E::Esearch, "SEARCH RETURN () ALL", "BAD no such search key"),
        (E::Id, "ID NIL", "BAD ..."),
        (E::Idle, "IDLE", "BAD ..."),
        (E::ListExtended, "LIST () \"\" *", "BAD ..."),
        (E::ListExtended, "LIST \"\" (INBOX)", "BAD ..."),
        (E::ListExtended, "LIST \"\" * RETURN ()", "BAD ..."),
        (E::ListStatus, "LIST \"\" * RETURN (STATUS (MESSAGES))", "BAD ..."),
        (E::LiteralPlus, "STATUS {5+}\\r\\nINBOX (MESSAGES)", "BAD ..."),
        (E::Move, "MOVE 1 INBOX", "BAD ..."),
        (E::MultiAppend, "APPEND INBOX {1+}\\r\\na {1+}\\r\\nb", "BAD ..."),
        (E::Namespace, "NAMESPACE", "BAD ..."),
        (E::SearchRes, "SEARCH RETURN (SAVE) ALL", "BAD no such result option"),
        (E::SearchRes, "FETCH $ UID", "BAD ..."),
        (E::SearchRes, "SEARCH $", "BAD ..."),
        (E::SpecialUse, "LIST (SPECIAL-USE) \"\" *", "BAD ..."),
        (E::SpecialUse, "LIST \"\" * RETURN (SPECIAL-USE)", "BAD ..."),
        (E::StatusSize, "STATUS INBOX (SIZE)", "BAD ..."),
        (E::UidPlus, "UID EXPUNGE 1", "BAD ..."),
        (E::Unselect, "UNSELECT", "BAD ..."),
    ] {
        let config = Config { extensions: Extensions::without([hidden]), ..Config::default() };
        talk_with(config, &[MESSAGE], &format!("{SELECTED}C: x {command}\nS: x {answer}"));
        let names = Extensions::without([hidden]).iter().map(Extension::name).collect::<Vec<_>>().join(" ");
        let config = Config { extensions: Extensions::without([hidden]), ..Config::default() };
        let told = format!("{SELECTED}C: x CAPABILITY\nS: * CAPABILITY IMAP4rev1 {names}\nS: x OK ...");
        talk_with(config, &[], &told);
    }
}

#[test]
fn what_builds_on_a_hidden_extension_is_hidden_with_it() {
    assert!(!Extensions::without([Extension::Esearch]).has(Extension::SearchRes));
    for hidden in [Extension::Condstore, Extension::Enable] {
        assert!(!Extensions::without([hidden]).has(Extension::Qresync));
    }
    let extensions = Extensions::without([Extension::ListExtended]);
    assert!(!extensions.has(Extension::SpecialUse) && !extensions.has(Extension::ListStatus));
}

#[test]
fn without_uidplus_no_uids_are_told() {
    let config = Config { extensions: Extensions::without([Extension::UidPlus]), ..Config::default() };
    let transcript = "C: x COPY 1 INBOX\nS*: x OK COPY ...\nC: y MOVE 1 INBOX\nS: * 1 EXPUNGE\nS*: y OK ...";
    talk_with(config, &[MESSAGE], &format!("{SELECTED}{transcript}"));
}

#[test]
fn without_children_no_children_are_told() {
    let config = Config { extensions: Extensions::without([Extension::Children]), ..Config::default() };
    let transcript = "C: x LIST \"\" *\nS: * LIST () \"/\" INBOX\nS: x OK ...";
    talk_with(config, &[], &format!("{SELECTED}{transcript}"));
}

#[test]
fn without_sasl_ir_authenticate_has_one_argument() {
    let config = Config { extensions: Extensions::without([Extension::SaslIr]), ..Config::default() };
    talk_with(config, &[], "C: a AUTHENTICATE PLAIN AGFsaWNlAHNlY3JldA==\nS: a BAD ...");
}

#[test]
fn enable_ignores_what_needs_no_enabling() {
    talk(
        &[],
        r#"
        C: a ENABLE X
        S: a BAD ...
        C: a LOGIN alice secret
        S: a OK ...
        C: a enable XNOSUCH idle
        S: * ENABLED
        S: a OK ...
        C: a ENABLE
        S: a BAD ...
        C: a ENABLE (X)
        S: a BAD ...
        C: a SELECT INBOX
        S*: a OK ...
        C: a ENABLE X
        S: a BAD ...
        "#,
    );
}

#[test]
fn size_is_the_sum_of_all_messages() {
    talk(
        &[MESSAGE, "Subject: 2\r\n\r\n"],
        r#"
        C: a LOGIN alice secret
        S: a OK ...
        C: a STATUS INBOX (SIZE MESSAGES)
        S: * STATUS INBOX (SIZE 31 MESSAGES 2)
        S: a OK ...
        C: a CREATE empty
        S: a OK ...
        C: a STATUS empty (size)
        S: * STATUS empty (SIZE 0)
        S: a OK ...
        "#,
    );
}
