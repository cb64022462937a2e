//! The extended LIST and what builds on it (RFC 5258, RFC 5819).

use super::fault::Fault;
use super::imap::{Scene, data, replace, turn, without};
use crate::imap::command::{Command, ExtendedList, ListReturn, ListSelection};
use crate::imap::response::{Condition, Data, Response};
use crate::store::DELIMITER;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "list-repeats-names",
        &["rfc5258-3-01", "rfc5819-2-06"],
        "An extended LIST returns names twice",
    )
    .responses(|scene, said| {
        if extended(scene).is_some()
            && matches!(said[..], [Response::Data(Data::List { .. } | Data::Status { .. })])
        {
            said.push(said[0].clone());
        }
    }),
    Fault::new(
        "list-first-pattern-only",
        &["rfc5258-3-10"],
        "LIST looks at the first of several patterns only",
    )
    .command(|_, command| {
        if let Command::ExtendedList(request) = command {
            request.patterns.truncate(1);
        }
    }),
    Fault::new(
        "list-extended-delimiter",
        &["rfc5258-3-02"],
        "An empty name in an extended LIST asks for the delimiter",
    )
    .command(|_, command| {
        if let Command::ExtendedList(ExtendedList { reference, patterns, .. }) = command
            && patterns[0].is_empty()
        {
            *command = Command::List { reference: std::mem::take(reference), pattern: String::new() };
        }
    }),
    Fault::new(
        "list-return-selects",
        &["rfc5258-3-05"],
        "RETURN (SUBSCRIBED) returns subscribed names that do not exist",
    )
    .command(|_, command| {
        if let Command::ExtendedList(request) = command
            && request.returns.contains(&ListReturn::Subscribed)
            && request.selection.is_empty()
        {
            request.selection.push(ListSelection::Subscribed);
        }
    }),
    Fault::new("list-unknown-option-ok", &["rfc5258-3-06"], "LIST ignores options that it does not know")
        .line(|_, line| {
            replace(line, b"(XNOSUCH)", b"()");
            replace(line, b" XNOSUCH)", b")");
        }),
    Fault::new("list-repeated-option-bad", &["rfc5258-3-07"], "LIST refuses an option that stands twice")
        .line(|_, line| {
            replace(line, b"SUBSCRIBED SUBSCRIBED", b"SUBSCRIBED X");
            replace(line, b"CHILDREN CHILDREN", b"CHILDREN X");
        }),
    Fault::new("list-order-of-options", &["rfc5258-3-11"], "LIST wants SUBSCRIBED before RECURSIVEMATCH")
        .line(|_, line| {
            replace(line, b"(RECURSIVEMATCH SUBSCRIBED)", b"(RECURSIVEMATCH)");
        }),
    Fault::new(
        "list-nonexistent-unmarked",
        &["rfc5258-3-09", "rfc5819-2-02"],
        "LIST does not mark names that do not exist",
    )
    .responses(|scene, said| {
        if extended(scene).is_some() {
            attributes(said, |attributes| attributes.retain(|attribute| *attribute != "\\NonExistent"));
        }
    }),
    Fault::new(
        "list-all-nonexistent",
        &["rfc5258-3-09", "rfc5258-3.1-07"],
        "LIST marks each name as \\NonExistent",
    )
    .responses(|scene, said| {
        if extended(scene).is_some() {
            attributes(said, |attributes| {
                attributes.clear();
                attributes.push("\\NonExistent");
            });
        }
    }),
    Fault::new(
        "list-parents-of-subscribed",
        &["rfc5258-3-12", "rfc5258-3.1-01"],
        "LIST (SUBSCRIBED) returns parents of subscribed names too",
    )
    .responses(|scene, said| {
        if extended(scene).is_some_and(|request| request.selection == [ListSelection::Subscribed])
            && let [Response::Data(Data::List { name, .. })] = &said[..]
            && let Some((parent, _)) = name.rsplit_once(DELIMITER)
        {
            let parent = Data::List { name: parent.to_owned(), attributes: Vec::new(), child_info: false };
            said.insert(0, Response::Data(parent));
        }
    }),
    Fault::new(
        "list-impossible-pattern-no",
        &["rfc5258-3-03"],
        "LIST refuses a pattern that no name can fit",
    )
    .effect(|scene, effect| {
        let doubled = format!("{DELIMITER}{DELIMITER}");
        if let Some(request) = extended(scene)
            && request.patterns.iter().any(|pattern| {
                pattern.contains(&doubled) || pattern.starts_with(DELIMITER) || pattern.len() > 255
            })
        {
            effect.completion.condition = Condition::No;
        }
    }),
    Fault::new(
        "list-one-selection-is-enough",
        &["rfc5258-3-04"],
        "Of several selection options one is enough",
    )
    .command(|_, command| {
        if let Command::ExtendedList(request) = command
            && request.selection.contains(&ListSelection::Subscribed)
        {
            request.selection.retain(|option| *option != ListSelection::SpecialUse);
        }
    }),
    Fault::new("list-childinfo-in-base-syntax", &["rfc5258-3-08"], "LIST in the base syntax tells CHILDINFO")
        .responses(|scene, said| {
            if matches!(scene.command, Some(Command::List { .. })) {
                child_info(said, |info| *info = true);
            }
        }),
    Fault::new("list-subscribed-ignored", &["rfc5258-3.1-01"], "LIST (SUBSCRIBED) returns all names")
        .command(|_, command| {
            if let Command::ExtendedList(request) = command
                && request.selection == [ListSelection::Subscribed]
            {
                request.selection.clear();
                request.returns.push(ListReturn::Subscribed);
            }
        }),
    Fault::new(
        "list-subscribed-unmarked",
        &["rfc5258-3.1-02", "rfc5258-3.2-01"],
        "LIST does not mark subscribed names",
    )
    .responses(|_, said| {
        attributes(said, |attributes| attributes.retain(|attribute| *attribute != "\\Subscribed"));
    }),
    Fault::new("list-remote-marked", &["rfc5258-3.1-03"], "LIST (REMOTE) marks local mailboxes as remote")
        .responses(|scene, said| {
            if extended(scene).is_some_and(|request| request.selection.contains(&ListSelection::Remote)) {
                attributes(said, |attributes| attributes.push("\\Remote"));
            }
        }),
    Fault::new("list-remote-only", &["rfc5258-3.1-05"], "LIST (REMOTE) returns no local mailbox").responses(
        |scene, said| {
            if extended(scene).is_some_and(|request| request.selection.contains(&ListSelection::Remote)) {
                without(said, |data| matches!(data, Data::List { .. }));
            }
        },
    ),
    Fault::new(
        "list-recursivematch-alone-ok",
        &["rfc5258-3.1-04"],
        "LIST takes RECURSIVEMATCH without SUBSCRIBED",
    )
    .responses(|scene, said| {
        if scene.line.starts_with("LIST (") {
            turn(said, Condition::Bad, Condition::Ok);
        }
    }),
    Fault::new("list-recursivematch-ignored", &["rfc5258-3.1-06"], "LIST ignores RECURSIVEMATCH").command(
        |_, command| {
            if let Command::ExtendedList(request) = command {
                request.selection.retain(|option| *option != ListSelection::RecursiveMatch);
            }
        },
    ),
    Fault::new("list-all-subscribed", &["rfc5258-3.2-01"], "RETURN (SUBSCRIBED) marks each name").responses(
        |scene, said| {
            if extended(scene).is_some_and(|request| request.returns.contains(&ListReturn::Subscribed)) {
                attributes(said, |attributes| {
                    if !attributes.contains(&"\\Subscribed") {
                        attributes.push("\\Subscribed");
                    }
                });
            }
        },
    ),
    Fault::new("list-childinfo-unasked", &["rfc5258-3.5-01"], "LIST tells CHILDINFO without RECURSIVEMATCH")
        .responses(|scene, said| {
            if extended(scene)
                .is_some_and(|request| !request.selection.contains(&ListSelection::RecursiveMatch))
            {
                child_info(said, |info| *info = true);
            }
        }),
    Fault::new("list-childinfo-always", &["rfc5258-3.5-06"], "RECURSIVEMATCH brings CHILDINFO for each name")
        .responses(|scene, said| {
            if extended(scene)
                .is_some_and(|request| request.selection.contains(&ListSelection::RecursiveMatch))
            {
                child_info(said, |info| *info = true);
            }
        }),
    Fault::new(
        "list-childinfo-omitted",
        &["rfc5258-3.5-04", "rfc5258-3.5-06"],
        "RECURSIVEMATCH brings no CHILDINFO",
    )
    .responses(|_, said| child_info(said, |info| *info = false)),
    Fault::new(
        "list-childinfo-unquoted",
        &["rfc5258-3.5-04", "rfc3501-9-03b"],
        "The option in CHILDINFO is not quoted",
    )
    .octets(|_, octets| replace(octets, b"(\"SUBSCRIBED\")", b"(SUBSCRIBED)")),
    Fault::new(
        "list-children-by-noselect",
        &["rfc5258-3.5-02"],
        "RECURSIVEMATCH marks parents as \\Noselect",
    )
    .responses(|_, said| {
        data(said, |data| {
            if let Data::List { attributes, child_info: true, .. } = data {
                attributes.push("\\NoSelect");
            }
        });
    }),
    Fault::new(
        "list-parents-besides-children",
        &["rfc5258-3.5-03"],
        "RECURSIVEMATCH returns parents whose children are returned too",
    )
    .responses(|scene, said| {
        if extended(scene).is_some_and(|request| request.selection.contains(&ListSelection::RecursiveMatch))
            && let [Response::Data(Data::List { name, .. })] = &said[..]
            && let Some((parent, _)) = name.rsplit_once(DELIMITER)
        {
            let parent = Data::List { name: parent.to_owned(), attributes: Vec::new(), child_info: true };
            said.insert(0, Response::Data(parent));
        }
    }),
];

pub(super) fn extended(scene: &Scene) -> Option<&ExtendedList> {
    match &scene.command {
        Some(Command::ExtendedList(request)) => Some(request),
        _ => None,
    }
}

pub(super) fn attributes(said: &mut [Response], change: impl Fn(&mut Vec<&'static str>)) {
    data(said, |data| {
        if let Data::List { attributes, .. } = data {
            change(attributes);
        }
    });
}

fn child_info(said: &mut [Response], change: impl Fn(&mut bool)) {
    data(said, |data| {
        if let Data::List { child_info, .. } = data {
            change(child_info);
        }
    });
}
