//! What LIST and LSUB find, and what CREATE, DELETE and RENAME do to the names around (RFC 3501 sections 6.3.3
//! to 6.3.9).

use super::fault::Fault;
use super::imap::{Scene, data, replace, turn, without};
use crate::imap::command::Command;
use crate::imap::response::{Condition, Data, Response};
use crate::store::{DELIMITER, INBOX};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "list-ignores-pattern",
        &["rfc3501-6.3.8-03", "rfc3501-6.3.8-21", "rfc3501-6.3.8-22", "rfc3501-6.3.8-28"],
        "LIST returns all names",
    )
    .command(|_, command| {
        if let Command::List { reference, pattern } = command
            && !pattern.is_empty()
        {
            reference.clear();
            "*".clone_into(pattern);
        }
    }),
    Fault::new(
        "list-exact-with-children",
        &["rfc3501-6.3.8-21", "rfc3501-6.3.8-03"],
        "LIST with an exact name returns what begins with that name",
    )
    .command(|_, command| {
        if let Command::List { pattern, .. } = command
            && !pattern.is_empty()
            && !pattern.contains(['*', '%'])
        {
            pattern.push('*');
        }
    }),
    Fault::new(
        "list-exact-with-parents",
        &["rfc3501-6.3.8-21"],
        "LIST with an exact name returns the names above it too",
    )
    .responses(|scene, said| {
        if matches!(&scene.command, Some(Command::List { pattern, .. }) if !pattern.contains(['*', '%']))
            && let [Response::Data(Data::List { name, .. })] = &said[..]
            && let Some((parent, _)) = name.rsplit_once(DELIMITER)
        {
            let parent = Data::List { name: parent.to_owned(), attributes: Vec::new(), child_info: false };
            said.insert(0, Response::Data(parent));
        }
    }),
    Fault::new("list-missing-no", &["rfc3501-6.3.8-22"], "LIST with a name that does not exist gets NO")
        .effect(|scene, effect| {
            if let (Some(Command::List { pattern, .. }), Some(account)) = (&scene.command, effect.account)
                && !pattern.is_empty()
                && !pattern.contains(['*', '%'])
                && account.status(pattern).is_err()
            {
                effect.completion.condition = Condition::No;
            }
        }),
    Fault::new(
        "list-wildcards-want-something",
        &["rfc3501-6.3.8-11"],
        "Wildcards in LIST match one character at least",
    )
    .responses(|scene, said| {
        if let Some(Command::List { pattern, .. }) = &scene.command {
            let bare = pattern.trim_end_matches(['*', '%']);
            if bare != pattern {
                without(said, |data| matches!(data, Data::List { name, .. } if name == bare));
            }
        }
    }),
    Fault::new(
        "list-level-hidden",
        &["rfc3501-6.3.8-13", "rfc3501-6.3.3-07"],
        "LIST leaves out names that have children",
    )
    .responses(|_, said| {
        without(
            said,
            |data| matches!(data, Data::List { attributes, .. } if attributes.contains(&"\\HasChildren")),
        );
    }),
    Fault::new(
        "list-pattern-is-expression",
        &["rfc3501-6.3.8-28"],
        "LIST takes its pattern for a regular expression",
    )
    .command(|_, command| {
        if let Command::List { pattern, .. } = command
            && let Some(last) = pattern.chars().last()
            && (pattern.contains(['?', '+', '[', '^', '|', '$', '_']) || pattern.contains(".o"))
        {
            // The last but one letters stand for anything.
            let stem: String =
                pattern.chars().take_while(|character| !"?+[^|$_.x".contains(*character)).collect();
            *pattern = format!("{stem}*{}", if last == 'o' { "o" } else { "" });
        }
    }),
    Fault::new(
        "list-hides-special-names",
        &["rfc3501-6.3.8-28"],
        "LIST does not find names with characters that are special elsewhere",
    )
    .responses(|_, said| {
        without(
            said,
            |data| matches!(data, Data::List { name, .. } if name.contains(['?', '+', '[', '^', '|', '_'])),
        );
    }),
    Fault::new("list-literal-refused", &["rfc3501-6.3.8-24"], "LIST with a literal pattern gets BAD").line(
        |scene, line| {
            if scene.line.starts_with("LIST \"\" {") {
                replace(line, b" {", b" {x");
            }
        },
    ),
    Fault::new("list-8-bit", &["rfc3501-5.1-02"], "LIST returns a name with 8-bit octets").responses(
        |_, said| {
            also_listed(said, "caf\u{e9}");
        },
    ),
    Fault::new(
        "list-shift-unclosed",
        &["rfc3501-5.1.3-04"],
        "LIST returns a name in which a shift to base64 does not end",
    )
    .responses(|_, said| also_listed(said, "&U,BTF2XlZyyKng")),
    Fault::new(
        "list-ascii-encoded",
        &["rfc3501-5.1.3-03"],
        "LIST returns a name in which printable ASCII is in base64",
    )
    .responses(|_, said| also_listed(said, "&AGEAYg-")),
    Fault::new(
        "list-two-delimiters",
        &["rfc3501-7.2.2-07"],
        "LIST shows names on the third level with dots in the place of slashes",
    )
    .octets(|_, octets| {
        if octets.starts_with(b"* LIST ") && octets.iter().filter(|octet| **octet == b'/').count() > 2 {
            octets.iter_mut().filter(|octet| **octet == b'/').for_each(|octet| *octet = b'.');
        }
    }),
    Fault::new(
        "list-noinferiors-with-children",
        &["rfc3501-7.2.2-02", "rfc3348-3-07"],
        "LIST marks names that have children with \\Noinferiors",
    )
    .responses(|_, said| {
        mark(said, "\\HasChildren", "\\Noinferiors");
    }),
    Fault::new(
        "list-childless-without-inferiors",
        &["rfc3348-3-04", "rfc3501-7.2.2-02"],
        "LIST marks names without children with \\Noinferiors too",
    )
    .responses(|_, said| {
        mark(said, "\\HasNoChildren", "\\Noinferiors");
    }),
    Fault::new("list-delimiter-nil", &["rfc3501-7.2.2-08"], "LIST says that names have no levels").octets(
        |_, octets| {
            if octets.starts_with(b"* LIST ") {
                replace(octets, b" \"/\" ", b" NIL ");
            }
        },
    ),
    Fault::new("lsub-parents-noselect", &["rfc3501-6.3.9-08"], "LSUB marks each name as \\Noselect")
        .responses(|_, said| {
            data(said, |data| {
                if let Data::Lsub { attributes, .. } = data
                    && !attributes.contains(&"\\Noselect")
                {
                    attributes.push("\\Noselect");
                }
            });
        }),
    Fault::new(
        "create-trailing-delimiter-no",
        &["rfc3501-6.3.3-05"],
        "CREATE with the delimiter at its end gets NO",
    )
    .effect(|scene, effect| {
        if matches!(&scene.command, Some(Command::Create { mailbox }) if mailbox.ends_with(DELIMITER)) {
            effect.completion.condition = Condition::No;
        }
    }),
    Fault::new("delete-with-mail-no", &["rfc3501-6.3.4-14"], "DELETE of a mailbox behind an APPEND gets NO")
        .effect(|scene, effect| {
            if matches!(scene.command, Some(Command::Delete { .. })) && scene.earlier < 4 {
                effect.completion.condition = Condition::No;
            }
        }),
    Fault::new(
        "rename-inbox-takes-children",
        &["rfc3501-6.3.5-09"],
        "RENAME of INBOX takes the mailboxes below along",
    )
    .effect(|scene, effect| {
        if let (Some(Command::Rename { from, to }), Some(account)) = (&scene.command, effect.account)
            && from.eq_ignore_ascii_case(INBOX)
        {
            let below = format!("{INBOX}{DELIMITER}");
            for listed in account.list() {
                if let Some(rest) = listed.name.strip_prefix(&below) {
                    // A name that is taken already stays as it is.
                    let _ = account.rename(&listed.name, &format!("{to}{DELIMITER}{rest}"));
                }
            }
        }
    }),
    Fault::new(
        "list-no",
        &["rfc3501-4.5-02", "rfc3501-6.3.8-22", "rfc3501-6.3.8-01"],
        "LIST that finds nothing gets NO",
    )
    .responses(|scene, said| {
        if finds_nothing(scene) {
            turn(said, Condition::Ok, Condition::No);
        }
    }),
];

/// Whether a LIST is of a name that tests take for one that is missing.
fn finds_nothing(scene: &Scene) -> bool {
    matches!(&scene.command, Some(Command::List { pattern, .. }) if pattern.contains("NIL"))
}

/// LIST with a pattern of one asterisk returns this name as well.
fn also_listed(said: &mut Vec<Response>, name: &str) {
    if matches!(&said[..], [Response::Data(Data::List { name, .. })] if name == INBOX) {
        let listed = Data::List { name: name.to_owned(), attributes: Vec::new(), child_info: false };
        said.push(Response::Data(listed));
    }
}

fn mark(said: &mut [Response], such: &str, mark: &'static str) {
    data(said, |data| {
        if let Data::List { attributes, .. } = data
            && attributes.contains(&such)
        {
            attributes.push(mark);
        }
    });
}
