use super::talk;

/// The mailboxes P, P/A, P/B, P/C/D and Q, with P/C a level only; subscribed are P/A, P/C/D, Q and Sub, which is gone.
const NAMES: &str = r#"
    C: a LOGIN alice secret
    S: a OK ...
    C: a CREATE P/A
    S: a OK ...
    C: a CREATE P/B
    S: a OK ...
    C: a CREATE P/C/D
    S: a OK ...
    C: a DELETE P/C
    S: a OK ...
    C: a CREATE Q
    S: a OK ...
    C: a CREATE Sub
    S: a OK ...
    C: a SUBSCRIBE P/A
    S: a OK ...
    C: a SUBSCRIBE P/C/D
    S: a OK ...
    C: a SUBSCRIBE Q
    S: a OK ...
    C: a SUBSCRIBE Sub
    S: a OK ...
    C: a DELETE Sub
    S: a OK ...
"#;

const INBOX: &str = r#"(\HasNoChildren) "/" INBOX"#;
const P: &str = r#"(\HasChildren) "/" P"#;
const A: &str = r#"(\HasNoChildren) "/" P/A"#;
const B: &str = r#"(\HasNoChildren) "/" P/B"#;
const C: &str = r#"(\Noselect \HasChildren) "/" P/C"#;
const D: &str = r#"(\HasNoChildren) "/" P/C/D"#;
const Q: &str = r#"(\HasNoChildren) "/" Q"#;
const SUBSCRIBED_A: &str = r#"(\Subscribed \HasNoChildren) "/" P/A"#;
const SUBSCRIBED_D: &str = r#"(\Subscribed \HasNoChildren) "/" P/C/D"#;
const SUBSCRIBED_Q: &str = r#"(\Subscribed \HasNoChildren) "/" Q"#;
const SUB: &str = r#"(\NonExistent \Subscribed \HasNoChildren) "/" Sub"#;
const P_FOR_CHILDREN: &str = r#"(\HasChildren) "/" P ("CHILDINFO" ("SUBSCRIBED"))"#;
const C_FOR_CHILDREN: &str = r#"(\Noselect \HasChildren) "/" P/C ("CHILDINFO" ("SUBSCRIBED"))"#;

#[test]
fn each_option_selects_and_returns_what_it_says() {
    let all = [INBOX, P, A, B, C, D, Q];
    let rows: [(&str, &[&str]); 18] = [
        (r#"() "" *"#, &all),
        (r#"(REMOTE) "" *"#, &all),
        (r#""" * RETURN ()"#, &all),
        (r#""" * RETURN (CHILDREN CHILDREN)"#, &all),
        (r#""" (P* P/%)"#, &[P, A, B, C, D]),
        (r#""" (Q P/%)"#, &[A, B, C, Q]),
        (r#"P/ ("A" "B")"#, &[A, B]),
        (r#"() "" """#, &[]),
        (r#""" "" RETURN ()"#, &[]),
        (r#""" ("" "Q")"#, &[Q]),
        (r#"(SUBSCRIBED) "" *"#, &[SUBSCRIBED_A, SUBSCRIBED_D, SUBSCRIBED_Q, SUB]),
        (r#"(subscribed SUBSCRIBED) "" % return (Children)"#, &[SUBSCRIBED_Q, SUB]),
        (r#""" * RETURN (SUBSCRIBED)"#, &[INBOX, P, SUBSCRIBED_A, B, C, SUBSCRIBED_D, SUBSCRIBED_Q]),
        (r#"(SUBSCRIBED RECURSIVEMATCH) "" %"#, &[P_FOR_CHILDREN, SUBSCRIBED_Q, SUB]),
        (r#"(RECURSIVEMATCH REMOTE SUBSCRIBED) "" %"#, &[P_FOR_CHILDREN, SUBSCRIBED_Q, SUB]),
        (r#"(SUBSCRIBED RECURSIVEMATCH) "" P/%"#, &[SUBSCRIBED_A, C_FOR_CHILDREN]),
        (r#"(SUBSCRIBED RECURSIVEMATCH) "" *"#, &[SUBSCRIBED_A, SUBSCRIBED_D, SUBSCRIBED_Q, SUB]),
        (r#"(SUBSCRIBED RECURSIVEMATCH) "" Q"#, &[SUBSCRIBED_Q]),
    ];
    for (arguments, lines) in rows {
        let lines: String = lines.iter().map(|line| format!("S: * LIST {line}\n")).collect();
        talk(&[], &format!("{NAMES}C: x LIST {arguments}\n{lines}S: x OK ..."));
    }
}

#[test]
fn a_parent_that_is_gone_stands_for_subscriptions_below_it() {
    talk(
        &[],
        r#"
        C: a LOGIN alice secret
        S: a OK ...
        C: a CREATE gone/child
        S: a OK ...
        C: a SUBSCRIBE gone
        S: a OK ...
        C: a SUBSCRIBE gone/child
        S: a OK ...
        C: a LIST (SUBSCRIBED RECURSIVEMATCH) "" *
        S: * LIST (\Subscribed \HasChildren) "/" gone ("CHILDINFO" ("SUBSCRIBED"))
        S: * LIST (\Subscribed \HasNoChildren) "/" gone/child
        S: a OK ...
        C: a UNSUBSCRIBE gone
        S: a OK ...
        C: a DELETE gone/child
        S: a OK ...
        C: a DELETE gone
        S: a OK ...
        C: a LIST (SUBSCRIBED RECURSIVEMATCH) "" %
        S: * LIST (\NonExistent \HasNoChildren) "/" gone ("CHILDINFO" ("SUBSCRIBED"))
        S: a OK ...
        C: a LIST (SUBSCRIBED) "" %
        S: a OK ...
        "#,
    );
}

#[test]
fn what_is_no_extended_list_is_refused() {
    for arguments in [
        r#"(XNOSUCH) "" *"#,
        r#""" * RETURN (XNOSUCH)"#,
        r#"(RECURSIVEMATCH) "" *"#,
        r#"(REMOTE RECURSIVEMATCH) "" *"#,
        r#"(SPECIAL-USE RECURSIVEMATCH) "" *"#,
        r#""" ()"#,
        r#""" * RETURN"#,
        r#""" * RETURN CHILDREN"#,
        r#""" * OPTIONS ()"#,
        r#""" * RETURN (STATUS)"#,
        r#""" * RETURN (STATUS ())"#,
        r#""" * RETURN (STATUS (XNOSUCH))"#,
        r#"(SUBSCRIBED)"#,
        r#"(SUBSCRIBED"#,
    ] {
        talk(&[], &format!("C: a LOGIN alice secret\nS: a OK ...\nC: x LIST {arguments}\nS: x BAD ..."));
    }
    let many = "a ".repeat(101);
    talk(
        &[],
        &format!("C: a LOGIN alice secret\nS: a OK ...\nC: x LIST \"\" ({})\nS: x BAD ...", many.trim_end()),
    );
}

#[test]
fn special_uses_are_those_of_mailboxes_that_exist() {
    talk(
        &[],
        r#"
        C: a LOGIN alice secret
        S: a OK ...
        C: a LIST (SPECIAL-USE) "" *
        S: a OK ...
        C: a CREATE Sent
        S: a OK ...
        C: a CREATE Trash/x
        S: a OK ...
        C: a LIST (SPECIAL-USE) "" *
        S: * LIST (\HasNoChildren \Sent) "/" Sent
        S: * LIST (\HasChildren \Trash) "/" Trash
        S: a OK ...
        C: a LIST "" % RETURN (special-use)
        S: * LIST (\HasNoChildren) "/" INBOX
        S: * LIST (\HasNoChildren \Sent) "/" Sent
        S: * LIST (\HasChildren \Trash) "/" Trash
        S: a OK ...
        C: a LIST "" Sent
        S: * LIST (\HasNoChildren) "/" Sent
        S: a OK ...
        C: a SUBSCRIBE Sent
        S: a OK ...
        C: a SUBSCRIBE INBOX
        S: a OK ...
        C: a LIST (SUBSCRIBED SPECIAL-USE) "" *
        S: * LIST (\Subscribed \HasNoChildren \Sent) "/" Sent
        S: a OK ...
        C: a LIST (SPECIAL-USE SUBSCRIBED RECURSIVEMATCH) "" Trash
        S: a OK ...
        C: a DELETE Trash
        S: a OK ...
        C: a DELETE Sent
        S: a OK ...
        C: a LIST (SPECIAL-USE) "" *
        S: a OK ...
        C: a LIST (SPECIAL-USE SUBSCRIBED) "" *
        S: a OK ...
        "#,
    );
}

#[test]
fn status_is_told_of_each_selectable_mailbox_found() {
    let lines = r#"
        C: x LIST "" (INBOX %) RETURN (STATUS (MESSAGES SIZE MESSAGES) CHILDREN)
        S: * LIST (\HasNoChildren) "/" INBOX
        S: * STATUS INBOX (MESSAGES 1 SIZE 8)
        S: * LIST (\HasChildren) "/" P
        S: * STATUS P (MESSAGES 0 SIZE 0)
        S: * LIST (\HasNoChildren) "/" Q
        S: * STATUS Q (MESSAGES 0 SIZE 0)
        S: x OK ...
        C: x LIST "" P/C RETURN (STATUS (MESSAGES))
        S: * LIST (\Noselect \HasChildren) "/" P/C
        S: x OK ...
        C: x LIST (SUBSCRIBED RECURSIVEMATCH) "" % RETURN (STATUS (UNSEEN))
        S: * LIST (\HasChildren) "/" P ("CHILDINFO" ("SUBSCRIBED"))
        S: * LIST (\Subscribed \HasNoChildren) "/" Q
        S: * STATUS Q (UNSEEN 0)
        S: * LIST (\NonExistent \Subscribed \HasNoChildren) "/" Sub
        S: x OK ...
    "#;
    talk(&["A: 1\r\n\r\n"], &format!("{NAMES}{lines}"));
}
