//! Mod-sequences in FETCH and STORE (CONDSTORE, RFC 7162 sections 3.1.1 to 3.1.4).

use super::fault::Fault;
use super::imap::{Effect, Scene, attributes, code, data, without};
use crate::imap::command::{Command, FetchItem, Numbering, SequenceSet, StoreFlags};
use crate::imap::response::{Attribute, Code, Condition, Data, Response};
use crate::store::{FlagChange, Flags, ModSequence, Stamped};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("modseq-zero", &["rfc7162-3.1-01", "rfc7162-3.1.4-02"], "MODSEQ is 0")
        .responses(|_, said| mod_sequences(said, |value| *value = 0)),
    Fault::new(
        "modseq-coarse",
        &["rfc7162-3.1-02b", "rfc7162-3.1-02a", "rfc7162-3.1-07"],
        "MODSEQ is rounded up to a hundred, so that changes share it",
    )
    .responses(|_, said| mod_sequences(said, |value| *value = value.div_ceil(100) * 100)),
    Fault::new("modseq-descends", &["rfc7162-3.1-02b", "rfc7162-3.1-03"], "MODSEQ falls as changes come")
        .responses(|_, said| mod_sequences(said, |value| *value = (1 << 40) - *value)),
    Fault::new(
        "modseq-not-raised",
        &["rfc7162-3.1-03", "rfc7162-3.1.3-01"],
        "A change of flags leaves the mod-sequence alone",
    )
    .stamping(|change, value| {
        if change == Stamped::Changed {
            *value = 1;
        }
    }),
    Fault::new(
        "modseq-raised-by-nothing",
        &["rfc7162-3.1-04"],
        "A STORE that changes nothing raises the mod-sequence",
    )
    .storing(|void| *void = false),
    Fault::new("modseq-of-added-low", &["rfc7162-3.1-07"], "Messages that are added have the mod-sequence 1")
        .stamping(|change, value| {
            if change == Stamped::Added {
                *value = 1;
            }
        }),
    Fault::new(
        "modseq-untold",
        &["rfc7162-3.1-05", "rfc7162-3.1-08", "rfc7162-3.2.4-01"],
        "FETCH responses about changes have no MODSEQ",
    )
    .responses(|scene, said| {
        if !asks_for_mod_sequence(scene) {
            leave_out(said, |attribute| matches!(attribute, Attribute::ModSeq(_)));
        }
    }),
    Fault::new(
        "enabling-command-untold",
        &["rfc7162-3.1-06", "rfc7162-3.1.2-01"],
        "HIGHESTMODSEQ is told by no command",
    )
    .responses(|_, said| {
        said.retain(|response| {
            !matches!(response, Response::Status { tag: None, code: Some(Code::HighestModSeq(_)), .. })
        });
    }),
    Fault::new(
        "highestmodseq-too-low",
        &["rfc7162-3.1.2-04", "rfc7162-3.1.7-02"],
        "HIGHESTMODSEQ is too low by one",
    )
    .responses(|_, said| {
        code(said, |code| {
            if let Some(Code::HighestModSeq(value)) = code {
                *value -= 1;
            }
        });
    }),
    Fault::new(
        "nomodseq-in-name-only",
        &["rfc7162-3.1.2-02", "rfc7162-3.1.2-03", "rfc7162-3.1.7-01"],
        "SELECT says NOMODSEQ of a mailbox with mod-sequences",
    )
    .octets(|_, octets| {
        if octets.starts_with(b"* OK [HIGHESTMODSEQ ") {
            *octets = b"* OK [NOMODSEQ] none here\r\n".to_vec();
        }
    }),
    Fault::new(
        "unchangedsince-ignored",
        &["rfc7162-3.1.3-02", "rfc7162-3.1.3-03"],
        "STORE ignores UNCHANGEDSINCE",
    )
    .command(|_, command| conditional(command, |since| *since = ModSequence::MAX)),
    Fault::new("unchangedsince-zero-stores", &["rfc7162-3.1.3-05"], "UNCHANGEDSINCE 0 stops nothing")
        .command(|_, command| {
            conditional(command, |since| {
                if *since == 0 {
                    *since = ModSequence::MAX;
                }
            });
        }),
    Fault::new(
        "unchangedsince-inclusive",
        &["rfc7162-3.1.3-01"],
        "UNCHANGEDSINCE wants a lower mod-sequence",
    )
    .command(|_, command| conditional(command, |since| *since = since.saturating_sub(1))),
    Fault::new("modified-untold", &["rfc7162-3.1.3-03", "rfc7162-3.1.3-05"], "STORE sends no MODIFIED")
        .responses(|_, said| {
            code(said, |code| {
                code.take_if(|code| matches!(code, Code::Modified(_)));
            });
        }),
    Fault::new("modified-by-number", &["rfc7162-3.1.3-04"], "MODIFIED of UID STORE has message numbers")
        .effect(|scene, effect| {
            if let (
                Some(Command::Store { by: Numbering::Uid, .. }),
                Some(Code::Modified(uids)),
                Some(selected),
            ) = (&scene.command, &mut effect.completion.code, &effect.selected)
            {
                *uids = uids.iter().flat_map(|uid| selected.numbers_of_uids(*uid, *uid)).collect();
            }
        }),
    Fault::new(
        "modified-with-data-untold",
        &["rfc7162-3.1.3-07"],
        "What the messages in MODIFIED have become is not told",
    )
    .responses(|scene, said| {
        if matches!(scene.command, Some(Command::Store { store: StoreFlags { silent: true, .. }, .. })) {
            without(said, |data| has(data, |attribute| matches!(attribute, Attribute::Flags { .. })));
        }
    })
    .effect(|scene, effect| {
        // Nor is it later.
        if let (Some(Command::Store { .. }), Some(selected)) = (&scene.command, &mut effect.selected) {
            for message in selected.messages(|_| true) {
                selected.flags_told(message.uid);
            }
        }
    }),
    Fault::new(
        "conditional-store-all-or-nothing",
        &["rfc7162-3.1.3-10"],
        "A conditional STORE that fails for a message takes the flags from the others",
    )
    .effect(|scene, effect| {
        if let (Some(Command::Store { .. }), Some(Code::Modified(modified))) =
            (&scene.command, &effect.completion.code)
        {
            let modified = modified.clone();
            take_flags(scene, effect, |number, uid| !modified.contains(&number) && !modified.contains(&uid));
        }
    }),
    Fault::new(
        "conditional-store-counts-itself",
        &["rfc7162-3.1.3-08"],
        "A message that is named twice in a conditional STORE is told as MODIFIED",
    )
    .effect(|scene, effect| {
        if let Some(Command::Store { set: SequenceSet::Listed(set), store, .. }) = &scene.command
            && store.unchanged_since.is_some()
            && set.overlaps()
            && effect.completion.condition == Condition::Ok
        {
            effect.completion.code = Some(Code::Modified(vec![1]));
        }
    }),
    Fault::new(
        "conditional-store-untold",
        &["rfc7162-3.1.3-01"],
        "A conditional STORE with .SILENT does not tell the mod-sequence",
    )
    .responses(|scene, said| {
        if matches!(&scene.command, Some(Command::Store { store, .. }) if store.silent) {
            without(said, |data| !has(data, |attribute| matches!(attribute, Attribute::Flags { .. })));
        }
    }),
    Fault::new("changedsince-ignored", &["rfc7162-3.1.4-01"], "FETCH ignores CHANGEDSINCE").command(
        |_, command| {
            if let Command::Fetch { modifiers, .. } = command
                && let Some(since) = &mut modifiers.changed_since
            {
                *since = 0;
            }
        },
    ),
    Fault::new(
        "changedsince-inclusive",
        &["rfc7162-3.1.4-01"],
        "CHANGEDSINCE includes the mod-sequence itself",
    )
    .command(|_, command| {
        if let Command::Fetch { modifiers, .. } = command
            && let Some(since) = &mut modifiers.changed_since
        {
            *since = since.saturating_sub(1);
        }
    }),
    Fault::new(
        "changedsince-without-modseq",
        &["rfc7162-3.1.4-01"],
        "FETCH with CHANGEDSINCE gives no MODSEQ",
    )
    .responses(|scene, said| {
        if let Some(Command::Fetch { items, modifiers, .. }) = &scene.command
            && modifiers.changed_since.is_some()
            && !items.contains(&FetchItem::ModSeq)
        {
            leave_out(said, |attribute| matches!(attribute, Attribute::ModSeq(_)));
        }
    }),
    Fault::new("modseq-bare", &["rfc7162-3.1.4-02", "rfc3501-9-03b"], "MODSEQ stands without parentheses")
        .octets(|_, octets| {
            if let Some(at) = octets.windows(8).position(|window| window == b"MODSEQ (") {
                octets.remove(at + 7);
                if let Some(end) = octets[at..].iter().position(|octet| *octet == b')') {
                    octets.remove(at + end);
                }
            }
        }),
    Fault::new("modseq-drifts", &["rfc7162-3.1.4-02", "rfc7162-3.1.3-01"], "MODSEQ grows with each command")
        .responses(|scene, said| mod_sequences(said, |value| *value += ModSequence::from(scene.earlier))),
];

fn asks_for_mod_sequence(scene: &Scene) -> bool {
    matches!(&scene.command, Some(Command::Fetch { items, modifiers, .. })
        if items.contains(&FetchItem::ModSeq) || modifiers.changed_since.is_some())
}

fn mod_sequences(said: &mut [Response], change: impl Fn(&mut ModSequence)) {
    attributes(said, |attribute| {
        if let Attribute::ModSeq(value) = attribute {
            change(value);
        }
    });
}

/// Leaves attributes out of FETCH responses that have others.
pub(super) fn leave_out(said: &mut [Response], such: impl Fn(&Attribute) -> bool) {
    data(said, |data| {
        if let Data::Fetch { attributes, .. } = data
            && !attributes.iter().all(&such)
        {
            attributes.retain(|attribute| !such(attribute));
        }
    });
}

fn has(data: &Data, such: impl Fn(&Attribute) -> bool) -> bool {
    matches!(data, Data::Fetch { attributes, .. } if attributes.iter().any(such))
}

fn conditional(command: &mut Command, change: impl Fn(&mut ModSequence)) {
    if let Command::Store { store: StoreFlags { unchanged_since: Some(since), .. }, .. } = command {
        change(since);
    }
}

/// Takes all flags from messages of a STORE.
fn take_flags(scene: &Scene, effect: &mut Effect<'_>, such: impl Fn(u32, u32) -> bool) {
    let (Some(Command::Store { by, set: SequenceSet::Listed(set), .. }), Some(selected)) =
        (&scene.command, effect.selected.as_mut())
    else {
        return;
    };
    let ranges = set.ranges(u32::MAX);
    let named = |number, uid| ranges.contains(if *by == Numbering::Uid { uid } else { number });
    let chosen =
        selected.messages(|message| named(message.number, message.uid) && such(message.number, message.uid));
    let numbers: Vec<u32> = chosen.iter().map(|message| message.number).collect();
    // A mailbox open read-only stays as it is.
    let _ = selected.store(&numbers, FlagChange::Replace, &Flags::default(), None);
}
