//! Children, special uses, sizes and namespaces (RFC 3348, RFC 6154, RFC 8438, RFC 2342).

use super::fault::Fault;
use super::imap::{Scene, data, replace, without};
use super::imap_listing::{attributes, extended};
use crate::imap::command::{Command, ListReturn, ListSelection};
use crate::imap::response::{Condition, Data, Response};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("children-unmarked", &["rfc5258-4-01"], "RETURN (CHILDREN) says nothing of children")
        .responses(|scene, said| {
            if extended(scene).is_some() {
                attributes(said, |attributes| attributes.retain(|attribute| !attribute.starts_with("\\Has")));
            }
        }),
    Fault::new(
        "children-exchanged",
        &["rfc5258-4-01", "rfc3348-3-05"],
        "LIST exchanges \\HasChildren and \\HasNoChildren",
    )
    .responses(|_, said| {
        attributes(said, |attributes| {
            for attribute in attributes {
                match *attribute {
                    "\\HasChildren" => *attribute = "\\HasNoChildren",
                    "\\HasNoChildren" => *attribute = "\\HasChildren",
                    _ => {}
                }
            }
        });
    }),
    Fault::new("children-both", &["rfc3348-3-06"], "LIST sends both \\HasChildren and \\HasNoChildren")
        .responses(|_, said| {
            attributes(said, |attributes| {
                if attributes.contains(&"\\HasChildren") {
                    attributes.push("\\HasNoChildren");
                }
            });
        }),
    Fault::new(
        "children-unlisted",
        &["rfc3348-3-01"],
        "LIST tells of children and CAPABILITY does not list CHILDREN",
    )
    .octets(|_, octets| {
        replace(octets, b" CHILDREN", b"");
        replace(octets, b" LIST-EXTENDED", b"");
    }),
    Fault::new("list-empty-options-bad", &["rfc5258-6-01"], "LIST refuses empty lists of options").line(
        |scene, line| {
            if scene.line.starts_with("LIST () ") || scene.line.ends_with("RETURN ()") {
                replace(line, b"()", b"(X)");
            }
        },
    ),
    Fault::new("list-options-in-capitals-only", &["rfc5258-6-02"], "LIST knows options in capitals only")
        .line(|_, line| {
            replace(line, b"(Subscribed)", b"(x)");
            replace(line, b" return (", b" x (");
        }),
    Fault::new(
        "list-status-untold",
        &["rfc5819-2-01", "rfc5819-2-05", "rfc5819-2-06"],
        "LIST RETURN (STATUS) sends no STATUS",
    )
    .responses(|scene, said| {
        if extended(scene).is_some() {
            without(said, |data| matches!(data, Data::Status { .. }));
        }
    }),
    Fault::new(
        "list-status-without-list",
        &["rfc5819-2-01"],
        "LIST RETURN (STATUS) sends STATUS in the place of LIST",
    )
    .responses(|scene, said| {
        if returns_status(scene) {
            without(said, |data| matches!(data, Data::List { .. }));
        }
    }),
    Fault::new(
        "list-status-off",
        &["rfc5819-2-05", "rfc5819-2-01", "rfc5819-2-06"],
        "LIST RETURN (STATUS) tells one message too many",
    )
    .responses(|scene, said| {
        if returns_status(scene) {
            data(said, |data| {
                if let Data::Status { items, .. } = data {
                    items
                        .iter_mut()
                        .filter(|(item, _)| *item == "MESSAGES")
                        .for_each(|(_, value)| *value += 1);
                }
            });
        }
    }),
    Fault::new(
        "list-status-of-unselectable",
        &["rfc5819-2-02", "rfc5819-2-04"],
        "LIST RETURN (STATUS) sends STATUS for each name",
    )
    .responses(|scene, said| {
        if returns_status(scene)
            && let [Response::Data(Data::List { name, .. })] = &said[..]
        {
            let mailbox = name.clone();
            said.push(Response::Data(Data::Status { mailbox, items: vec![("MESSAGES", 0)] }));
        }
    }),
    Fault::new(
        "special-use-ignored",
        &["rfc6154-2-02", "rfc6154-2-06"],
        "LIST (SPECIAL-USE) returns all names",
    )
    .command(|_, command| {
        if let Command::ExtendedList(request) = command {
            request.selection.retain(|option| *option != ListSelection::SpecialUse);
        }
    }),
    Fault::new(
        "special-use-untold",
        &["rfc6154-2-04", "rfc6154-2-03", "rfc6154-2-02"],
        "LIST does not tell the special uses",
    )
    .responses(|_, said| {
        attributes(said, |attributes| attributes.retain(|attribute| !SPECIAL.contains(attribute)));
    }),
    Fault::new(
        "special-use-untold-by-return",
        &["rfc6154-2-03"],
        "RETURN (SPECIAL-USE) tells no special use",
    )
    .command(|_, command| {
        if let Command::ExtendedList(request) = command
            && request.selection.is_empty()
        {
            request.returns.retain(|option| *option != ListReturn::SpecialUse);
        }
    }),
    Fault::new("special-use-unlisted", &["rfc6154-2-01"], "CAPABILITY does not list SPECIAL-USE")
        .octets(|_, octets| replace(octets, b" SPECIAL-USE", b"")),
    Fault::new("special-use-no-match-no", &["rfc6154-2-06"], "LIST (SPECIAL-USE) gets NO").effect(
        |scene, effect| {
            if extended(scene).is_some_and(|request| request.selection.contains(&ListSelection::SpecialUse)) {
                effect.completion.condition = Condition::No;
            }
        },
    ),
    Fault::new("status-size-low", &["rfc8438-3-01", "rfc8438-3-05"], "SIZE in STATUS is 1").responses(
        |_, said| {
            data(said, |data| {
                if let Data::Status { items, .. } = data {
                    items.iter_mut().filter(|(item, _)| *item == "SIZE").for_each(|(_, value)| *value = 1);
                }
            });
        },
    ),
    Fault::new("namespace-unlisted", &["rfc2342-4-01"], "NAMESPACE works and CAPABILITY does not list it")
        .octets(|_, octets| replace(octets, b" NAMESPACE", b"")),
    Fault::new(
        "namespace-refused-when-selected",
        &["rfc2342-4-02"],
        "NAMESPACE gets BAD once a mailbox is selected",
    )
    .line(|scene, line| {
        if scene.line == "NAMESPACE" && scene.opened.is_some() {
            line.push(b'X');
        }
    }),
    Fault::new("namespace-of-one", &["rfc2342-5-02"], "NAMESPACE tells the personal namespace alone")
        .octets(|_, octets| replace(octets, b")) NIL NIL", b"))")),
    Fault::new("namespace-other-delimiter", &["rfc2342-5-03"], "NAMESPACE tells another delimiter than LIST")
        .octets(|_, octets| replace(octets, b"((\"\" \"/\"))", b"((\"\" \".\"))")),
    Fault::new(
        "namespace-extension-unmarked",
        &["rfc2342-5-01"],
        "NAMESPACE tells extension data that does not begin with X-",
    )
    .octets(|_, octets| replace(octets, b"((\"\" \"/\"))", b"((\"\" \"/\" \"COLOUR\" (\"red\")))")),
    Fault::new(
        "namespace-inbox-elsewhere",
        &["rfc2342-2-01", "rfc2342-5-03"],
        "NAMESPACE tells no personal namespace",
    )
    .octets(|_, octets| replace(octets, b"((\"\" \"/\")) NIL NIL", b"NIL ((\"\" \"/\")) NIL")),
    Fault::new("namespace-two-personal", &["rfc2342-2-02"], "NAMESPACE tells two personal namespaces")
        .octets(|_, octets| replace(octets, b"((\"\" \"/\"))", b"((\"\" \"/\")(\"mail/\" \"/\"))")),
    Fault::new("namespace-8-bit", &["rfc2342-6-01", "rfc3501-1.2-01"], "NAMESPACE tells a prefix in UTF-8")
        .octets(|_, octets| replace(octets, b"\"/\")) NIL NIL", b"\"/\")) ((\"\xc3\xa4/\" \"/\")) NIL")),
];

const SPECIAL: [&str; 7] = ["\\All", "\\Archive", "\\Drafts", "\\Flagged", "\\Junk", "\\Sent", "\\Trash"];

fn returns_status(scene: &Scene) -> bool {
    extended(scene)
        .is_some_and(|request| request.returns.iter().any(|option| matches!(option, ListReturn::Status(_))))
}
