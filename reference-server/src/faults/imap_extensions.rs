//! ID and ENABLE (RFC 2971, RFC 5161).

use super::fault::Fault;
use super::imap::{Scene, data, replace, turn, without};
use super::imap_condstore::leave_out;
use crate::imap::command::{Command, State};
use crate::imap::response::{Attribute, Condition, Data, Response};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("id-untold", &["rfc2971-3.1-01"], "ID gets NO").effect(|scene, effect| {
        if scene.command == Some(Command::Id) {
            effect.completion.condition = Condition::No;
        }
    }),
    Fault::new("id-refused-before-login", &["rfc2971-3.1-02"], "ID gets BAD before login").responses(
        |scene, said| {
            if scene.command == Some(Command::Id) && scene.state == State::NotAuthenticated {
                turn(said, Condition::Ok, Condition::Bad);
            }
        },
    ),
    Fault::new("id-refused-when-selected", &["rfc2971-3.1-02"], "ID gets BAD once a mailbox is selected")
        .responses(|scene, said| {
            if scene.command == Some(Command::Id) && scene.state == State::Selected {
                turn(said, Condition::Ok, Condition::Bad);
            }
        }),
    Fault::new("id-nil-refused", &["rfc2971-3.1-03"], "ID NIL gets BAD").line(|scene, line| {
        if scene.line == "ID NIL" {
            line.push(b'X');
        }
    }),
    Fault::new("id-value-nil-refused", &["rfc2971-3.1-03", "rfc2971-3-02"], "ID with a value NIL gets BAD")
        .line(|scene, line| {
            if scene.line.starts_with("ID (") {
                replace(line, b" NIL)", b" X)");
            }
        }),
    Fault::new("id-list-refused", &["rfc2971-3.1-03", "rfc2971-3-02"], "ID takes no list").line(|_, line| {
        replace(line, b"ID (\"", b"ID (X\"");
    }),
    Fault::new("id-value-missing", &["rfc2971-4-01", "rfc3501-9-03b"], "ID tells a name without a value")
        .octets(|_, octets| {
            if octets.starts_with(b"* ID (") {
                replace(octets, b")\r\n", b" \"os\")\r\n");
            }
        }),
    Fault::new("id-value-unquoted", &["rfc2971-4-01", "rfc3501-9-03b"], "ID tells a value without quotes")
        .octets(|_, octets| {
            if octets.starts_with(b"* ID (") {
                replace(octets, b")\r\n", b" \"os\" other)\r\n");
            }
        }),
    Fault::new("id-name-unquoted", &["rfc2971-4-01", "rfc3501-9-03b"], "ID tells names without quotes")
        .octets(|_, octets| replace(octets, b"* ID (\"name\"", b"* ID (name")),
    Fault::new("id-field-twice", &["rfc2971-3.3-02"], "ID tells a field twice")
        .octets(|_, octets| replace(octets, b"* ID (", b"* ID (\"name\" \"x\" ")),
    Fault::new("id-field-too-long", &["rfc2971-3.3-01a"], "ID tells a field of 40 letters").octets(
        |_, octets| {
            replace(octets, b"* ID (", b"* ID (\"aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd\" \"x\" ");
        },
    ),
    Fault::new("id-value-too-long", &["rfc2971-3.3-01b"], "ID tells a value of 1025 octets").octets(
        |_, octets| {
            let pair = format!("* ID (\"os\" \"{}\" ", "x".repeat(1025));
            replace(octets, b"* ID (", pair.as_bytes());
        },
    ),
    Fault::new("id-too-many-fields", &["rfc2971-3.3-01c"], "ID tells 33 fields").octets(|_, octets| {
        let pairs: String = (0..31).map(|index| format!("\"x{index}\" NIL ")).collect();
        replace(octets, b"* ID (", format!("* ID ({pairs}").as_bytes());
    }),
    Fault::new(
        "enable-unknown-bad",
        &["rfc5161-3.1-01", "rfc5161-3.1-04b"],
        "ENABLE of an unknown extension gets BAD",
    )
    .effect(|scene, effect| {
        if names_unknown(scene) {
            effect.completion.condition = Condition::Bad;
        }
    }),
    Fault::new(
        "enable-unknown-told",
        &["rfc5161-3.1-01", "rfc5161-3.2-01", "rfc5161-3.1-04b"],
        "ENABLED lists what is not known",
    )
    .responses(|scene, said| {
        if names_unknown(scene) {
            enabled(said, |names| names.push("XNOSUCH"));
        }
    }),
    Fault::new(
        "enable-other-told",
        &["rfc5161-3.1-02", "rfc5161-3.2-01"],
        "ENABLED lists extensions that need not be enabled",
    )
    .responses(|scene, said| {
        if let Some(Command::Enable { names }) = &scene.command
            && names.iter().any(|name| name == "IDLE")
        {
            enabled(said, |names| names.push("IDLE"));
        }
    }),
    Fault::new(
        "enable-does-nothing",
        &["rfc5161-3.1-04a", "rfc5161-3.1-10", "rfc5161-4-01", "rfc5161-3.1-03"],
        "ENABLE enables nothing",
    )
    .command(|_, command| {
        if let Command::Enable { names } = command {
            names.clear();
        }
    }),
    Fault::new(
        "enabled-without-effect",
        &["rfc5161-3.1-03", "rfc5161-3.1-09"],
        "ENABLE CONDSTORE is answered and does nothing",
    )
    .responses(|scene, said| {
        if matches!(scene.command, Some(Command::Store { .. })) {
            leave_out(said, |attribute| matches!(attribute, Attribute::ModSeq(_)));
        }
    }),
    Fault::new(
        "enable-ends-with-select",
        &["rfc5161-3.1-09"],
        "What is enabled holds up to the second SELECT only",
    )
    .responses(|scene, said| {
        if matches!(scene.command, Some(Command::Store { .. })) && scene.earlier > 5 {
            leave_out(said, |attribute| matches!(attribute, Attribute::ModSeq(_)));
        }
    }),
    Fault::new("enabled-untold", &["rfc5161-3.1-04a", "rfc5161-3.1-04b"], "ENABLE sends no ENABLED")
        .responses(|_, said| without(said, |data| matches!(data, Data::Enabled(_)))),
    Fault::new(
        "enabled-nothing-untold",
        &["rfc5161-3.1-04b"],
        "An ENABLE that enables nothing sends no ENABLED",
    )
    .responses(|_, said| without(said, |data| matches!(data, Data::Enabled(names) if names.is_empty()))),
    Fault::new(
        "enabled-lists-all",
        &["rfc5161-3.1-05", "rfc5161-3.1-04b", "rfc5161-3.2-01"],
        "ENABLED always lists CONDSTORE",
    )
    .responses(|_, said| {
        enabled(said, |names| {
            if names.is_empty() {
                names.push("CONDSTORE");
            }
        });
    }),
    Fault::new("enable-before-login-ok", &["rfc5161-3.1-07"], "ENABLE gets OK before login").responses(
        |scene, said| {
            if scene.line.starts_with("ENABLE ") && scene.command.is_none() {
                turn(said, Condition::Bad, Condition::Ok);
            }
        },
    ),
    Fault::new("enable-of-nothing-ok", &["rfc5161-3.1-08"], "ENABLE without a name gets OK").responses(
        |scene, said| {
            if scene.line == "ENABLE" {
                turn(said, Condition::Bad, Condition::Ok);
            }
        },
    ),
    Fault::new(
        "enable-lists-more",
        &["rfc5161-3.1-06"],
        "CAPABILITY lists less once something was asked before",
    )
    .octets(|scene, octets| {
        if scene.earlier > 3 {
            replace(octets, b" CHILDREN", b"");
        }
    }),
];

fn names_unknown(scene: &Scene) -> bool {
    match &scene.command {
        Some(Command::Enable { names }) => names.iter().any(|name| name.starts_with("XNOSUCH")),
        _ => false,
    }
}

fn enabled(said: &mut [Response], change: impl Fn(&mut Vec<&'static str>)) {
    data(said, |data| {
        if let Data::Enabled(names) = data {
            change(names);
        }
    });
}
