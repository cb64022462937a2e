//! What a client has missed (QRESYNC, RFC 7162 sections 3.2.1 to 3.2.6).

use super::fault::Fault;
use super::imap::{Scene, before_tagged, code, data, turn, without};
use super::imap_condstore::leave_out;
use crate::imap::command::{Command, Numbering};
use crate::imap::response::{Attribute, Code, Condition, Data, Response};
use crate::store::{Stamped, UidRanges};

/// A UID that no message had.
pub(super) const NOBODY: u32 = 4_000_000_000;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "expunge-raises-nothing",
        &["rfc7162-3.2-01", "rfc6851-4.4-01"],
        "The removal of messages leaves HIGHESTMODSEQ as it is",
    )
    .stamping(|change, value| {
        if change == Stamped::Removed {
            *value -= 1;
        }
    }),
    Fault::new(
        "expunge-lowers-highestmodseq",
        &["rfc7162-3.2-05", "rfc7162-3.2-01"],
        "The removal of messages lowers HIGHESTMODSEQ",
    )
    .stamping(|change, value| {
        if change == Stamped::Removed {
            *value = value.saturating_sub(2);
        }
    }),
    Fault::new(
        "withheld-expunge-concealed",
        &["rfc7162-3.2-03"],
        "STORE does not say that the client misses an expunge below the mod-sequence told",
    )
    .responses(|scene, said| {
        if matches!(scene.command, Some(Command::Store { .. })) {
            omit_highest(said);
        }
    }),
    Fault::new("enable-first-name-only", &["rfc7162-3.2.3-01b"], "ENABLE looks at its first name only")
        .command(|_, command| {
            if let Command::Enable { names } = command {
                names.truncate(1);
            }
        }),
    Fault::new(
        "enable-in-capitals-only",
        &["rfc7162-3.2.3-01b", "rfc5161-4-01"],
        "ENABLE knows names in capitals only",
    )
    .command(|_, command| {
        if let Command::Enable { names } = command {
            names.retain(|name| !name.bytes().any(|octet| octet.is_ascii_lowercase()));
        }
    }),
    Fault::new("qresync-without-enable", &["rfc7162-3.2.3-01a"], "CAPABILITY lists QRESYNC and not ENABLE")
        .responses(|_, said| capabilities(said, "ENABLE")),
    Fault::new(
        "qresync-without-condstore",
        &["rfc7162-3.2.2-01"],
        "CAPABILITY lists QRESYNC and not CONDSTORE",
    )
    .responses(|_, said| capabilities(said, "CONDSTORE")),
    Fault::new(
        "flags-told-without-uid",
        &["rfc7162-3.2.4-01"],
        "FETCH responses that nobody asked for have MODSEQ and no UID",
    )
    .responses(|scene, said| {
        if !matches!(scene.command, Some(Command::Fetch { by: Numbering::Uid, .. } | Command::Select { .. }))
        {
            leave_out(said, |attribute| matches!(attribute, Attribute::Uid(_)));
        }
    }),
    Fault::new(
        "qresync-unasked-ok",
        &["rfc7162-3.2.5-01"],
        "SELECT with QRESYNC gets OK where QRESYNC is not enabled",
    )
    .responses(|scene, said| {
        if matches!(scene.command, Some(Command::Select { .. })) {
            turn(said, Condition::Bad, Condition::Ok);
        }
    }),
    Fault::new(
        "qresync-select-terse",
        &["rfc7162-3.2.5-02"],
        "SELECT with QRESYNC sends no FLAGS and no PERMANENTFLAGS",
    )
    .responses(|scene, said| {
        if resynchronizes(scene) {
            without(said, |data| matches!(data, Data::Flags(_)));
            drop_code(said, |code| matches!(code, Code::PermanentFlags { .. }));
        }
    }),
    Fault::new(
        "qresync-always-vanished",
        &["rfc7162-3.2.5-03", "rfc7162-3.2.5-07"],
        "SELECT with QRESYNC always tells that something vanished",
    )
    .responses(|scene, said| {
        if resynchronizes(scene) {
            before_tagged(said, Data::Vanished { earlier: true, uids: UidRanges::of([NOBODY]) });
        }
    }),
    Fault::new("qresync-flags-untold", &["rfc7162-3.2.5-04a"], "SELECT with QRESYNC does not tell of flags")
        .responses(|scene, said| {
            if resynchronizes(scene) {
                without(said, |data| matches!(data, Data::Fetch { .. }));
            }
        }),
    Fault::new(
        "qresync-vanished-untold",
        &["rfc7162-3.2.5-04b", "rfc7162-3.2.8-03", "rfc7162-3.2-03"],
        "SELECT with QRESYNC does not tell what has vanished",
    )
    .responses(|scene, said| {
        if resynchronizes(scene) {
            without(said, |data| matches!(data, Data::Vanished { .. }));
        }
    }),
    Fault::new(
        "qresync-not-earlier",
        &["rfc7162-3.2.5-04b", "rfc7162-3.2.10-07", "rfc7162-3.2.10-03"],
        "SELECT with QRESYNC tells what has vanished without EARLIER",
    )
    .responses(|scene, said| {
        if resynchronizes(scene) {
            vanished(said, |earlier, _| *earlier = false);
        }
    }),
    Fault::new(
        "qresync-first-flags-only",
        &["rfc7162-3.2.5-04a", "rfc7162-3.2.5-07"],
        "SELECT with QRESYNC tells the flags of message 1 only",
    )
    .responses(|scene, said| {
        if resynchronizes(scene) {
            without(said, |data| matches!(data, Data::Fetch { number: 2.., .. }));
        }
    }),
    Fault::new("qresync-malformed-ok", &["rfc7162-3.2.5-05"], "SELECT ignores a malformed QRESYNC parameter")
        .line(|scene, line| {
            if !is_well_formed(&scene.line)
                && let Some(at) = line.windows(9).position(|window| window == b" (QRESYNC")
            {
                line.truncate(at);
            }
        }),
    Fault::new("known-uids-ignored", &["rfc7162-3.2.5-06"], "SELECT with QRESYNC ignores the known UIDs")
        .command(|_, command| {
            if let Command::Select { parameters, .. } = command
                && let Some(resync) = &mut parameters.resync
            {
                resync.known = None;
            }
        }),
    Fault::new(
        "match-data-hide-all",
        &["rfc7162-3.2.5-08", "rfc7162-3.2.5-04b"],
        "SELECT with message sequence match data tells of nothing that vanished",
    )
    .responses(|scene, said| {
        if matches!(&scene.command, Some(Command::Select { parameters, .. })
            if parameters.resync.as_ref().is_some_and(|resync| resync.matched.is_some()))
        {
            without(said, |data| matches!(data, Data::Vanished { .. }));
        }
    }),
    Fault::new("vanished-by-number-ok", &["rfc7162-3.2.6-01a"], "FETCH with VANISHED is taken without UID")
        .responses(|scene, said| {
            if scene.line.starts_with("FETCH ") && scene.line.contains("VANISHED") {
                turn(said, Condition::Bad, Condition::Ok);
            }
        }),
    Fault::new(
        "vanished-without-changedsince-ok",
        &["rfc7162-3.2.6-02"],
        "UID FETCH with VANISHED is taken without CHANGEDSINCE",
    )
    .responses(|scene, said| {
        if scene.line.contains("(VANISHED)") {
            turn(said, Condition::Bad, Condition::Ok);
        }
    }),
    Fault::new(
        "vanished-unasked-ok",
        &["rfc7162-3.2.6-01b"],
        "UID FETCH with VANISHED gets OK where QRESYNC is not enabled",
    )
    .responses(|scene, said| {
        if scene.line.starts_with("UID FETCH ") {
            turn(said, Condition::Bad, Condition::Ok);
        }
    }),
    Fault::new(
        "vanished-behind-fetch",
        &["rfc7162-3.2.6-03"],
        "UID FETCH tells flags both before and behind VANISHED (EARLIER)",
    )
    .responses(|scene, said| {
        if matches!(scene.command, Some(Command::Fetch { .. }))
            && let [Response::Data(Data::Vanished { earlier: true, .. })] = &said[..]
        {
            let attributes = vec![Attribute::ModSeq(1)];
            said.insert(0, Response::Data(Data::Fetch { number: 1, attributes }));
        }
    }),
    Fault::new(
        "vanished-untold-by-fetch",
        &["rfc7162-3.2.6-05", "rfc7162-3.2.6-04"],
        "UID FETCH with VANISHED does not tell what has vanished",
    )
    .responses(|scene, said| {
        if matches!(scene.command, Some(Command::Fetch { .. })) {
            without(said, |data| matches!(data, Data::Vanished { .. }));
        }
    }),
    Fault::new(
        "vanished-of-first-range-only",
        &["rfc7162-3.2.6-04", "rfc7162-3.2.10-06"],
        "VANISHED tells the first of several ranges only",
    )
    .responses(|_, said| {
        vanished(said, |_, uids| *uids = UidRanges::merged(uids.iter().take(1).collect()));
    }),
    Fault::new(
        "vanished-since-ever",
        &["rfc7162-3.2.6-05"],
        "UID FETCH with VANISHED takes each mod-sequence for 1",
    )
    .command(|_, command| {
        if let Command::Fetch { modifiers, .. } = command
            && modifiers.vanished
        {
            modifiers.changed_since = Some(1);
        }
    }),
];

/// Whether the command is SELECT or EXAMINE with the QRESYNC parameter.
pub(super) fn resynchronizes(scene: &Scene) -> bool {
    matches!(&scene.command, Some(Command::Select { parameters, .. }) if parameters.resync.is_some())
}

/// Whether the QRESYNC parameter in this line, if there is one, is a list that begins with two numbers.
fn is_well_formed(line: &str) -> bool {
    let Some((_, parameter)) = line.split_once("(QRESYNC") else { return true };
    let Some(list) = parameter.strip_prefix(" (").and_then(|rest| rest.strip_suffix("))")) else {
        return false;
    };
    let numbers = list.split(' ').take(2).filter(|word| word.parse::<u64>().is_ok());
    numbers.count() == 2
}

fn capabilities(said: &mut [Response], omitted: &str) {
    data(said, |data| {
        if let Data::Capability(names) = data {
            names.retain(|name| name != omitted);
        }
    });
    code(said, |code| {
        if let Some(Code::Capability(names)) = code {
            names.retain(|name| name != omitted);
        }
    });
}

pub(super) fn vanished(said: &mut [Response], change: impl Fn(&mut bool, &mut UidRanges)) {
    data(said, |data| {
        if let Data::Vanished { earlier, uids } = data {
            change(earlier, uids);
        }
    });
}

/// Leaves HIGHESTMODSEQ out, be it in a tagged response or in one of its own.
pub(super) fn omit_highest(said: &mut Vec<Response>) {
    let is_highest = |code: &Code| matches!(code, Code::HighestModSeq(_));
    drop_code(said, is_highest);
    code(said, |code| {
        code.take_if(|code| is_highest(code));
    });
}

/// Leaves out untagged responses that are there for their code.
pub(super) fn drop_code(said: &mut Vec<Response>, such: impl Fn(&Code) -> bool) {
    said.retain(
        |response| !matches!(response, Response::Status { tag: None, code: Some(code), .. } if such(code)),
    );
}
