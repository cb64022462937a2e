//! Mod-sequences in SEARCH, SORT and STATUS (CONDSTORE, RFC 7162 sections 3.1.5 to 3.1.9).

use super::fault::Fault;
use super::imap::{data, replace};
use crate::imap::command::{Command, SearchKey};
use crate::imap::response::{Data, Response};
use crate::store::ModSequence;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "search-without-modseq",
        &["rfc7162-3.1.5-01", "rfc7162-3.1.5-03", "rfc7162-3.1.5-02"],
        "SEARCH with MODSEQ tells no mod-sequence",
    )
    .responses(|_, said| {
        found(said, |_, mod_sequence| *mod_sequence = None);
    }),
    Fault::new(
        "search-modseq-lowest",
        &["rfc7162-3.1.5-01", "rfc7162-3.1.9-01"],
        "SEARCH and SORT with MODSEQ tell the mod-sequence 1",
    )
    .responses(|_, said| {
        found(said, |_, mod_sequence| {
            if let Some(value) = mod_sequence {
                *value = 1;
            }
        });
    }),
    Fault::new(
        "search-modseq-without-match",
        &["rfc7162-3.1.5-04"],
        "A SEARCH with MODSEQ that finds nothing tells a mod-sequence",
    )
    .responses(|scene, said| {
        let by_mod_sequence = |key: &SearchKey| matches!(key, SearchKey::ModSeq(_));
        if let Some(Command::Search { key, .. }) = &scene.command
            && key.holds(&by_mod_sequence)
        {
            found(said, |numbers, mod_sequence| {
                if numbers.is_empty() {
                    *mod_sequence = Some(1);
                }
            });
        }
    }),
    Fault::new(
        "search-modseq-above",
        &["rfc7162-3.1.5-03", "rfc7162-3.1.5-01"],
        "SEARCH MODSEQ wants a higher mod-sequence",
    )
    .command(|_, command| {
        if let Command::Search { key, .. } = command {
            let above = |key: &mut SearchKey| {
                if let SearchKey::ModSeq(value) = key {
                    *value += 1;
                }
            };
            match key {
                SearchKey::And(keys) => keys.iter_mut().for_each(above),
                key => above(key),
            }
        }
    }),
    Fault::new(
        "search-modseq-entry-bad",
        &["rfc7162-3.1.5-05"],
        "SEARCH MODSEQ with the name of a flag gets BAD",
    )
    .line(|_, line| replace(line, b"\"/", b"[")),
    Fault::new(
        "search-modseq-entry-finds-all",
        &["rfc7162-3.1.5-02"],
        "SEARCH MODSEQ with the name of a flag finds all",
    )
    .line(|scene, line| {
        if scene.line.starts_with("SEARCH MODSEQ \"/")
            && let Some(end) = line.iter().position(|octet| *octet == b' ')
        {
            line.truncate(end);
            line.extend_from_slice(b" SEARCH MODSEQ 1");
        }
    }),
    Fault::new(
        "status-highestmodseq-off",
        &["rfc7162-3.1.7-02", "rfc7162-3.2.7-01"],
        "HIGHESTMODSEQ in STATUS is one too high",
    )
    .responses(|_, said| {
        data(said, |data| {
            if let Data::Status { items, .. } = data {
                let told = items.iter_mut().filter(|(item, _)| *item == "HIGHESTMODSEQ");
                told.for_each(|(_, value)| *value += 1);
            }
        });
    }),
    Fault::new(
        "thread-with-modseq",
        &["rfc7162-3.1.9-02", "rfc5256-3-THREAD-10"],
        "THREAD tells a mod-sequence",
    )
    .octets(|_, octets| {
        if octets.starts_with(b"* THREAD (") {
            octets.truncate(octets.len() - 2);
            octets.extend_from_slice(b" (MODSEQ 1)\r\n");
        }
    }),
    Fault::new("sort-without-modseq", &["rfc7162-3.1.9-01"], "SORT with MODSEQ tells no mod-sequence")
        .responses(|_, said| {
            data(said, |data| {
                if let Data::Sort { mod_sequence, .. } = data {
                    *mod_sequence = None;
                }
            });
        }),
    Fault::new(
        "esearch-without-modseq",
        &["rfc4731-3.2-01c", "rfc4731-3.2-01a", "rfc4731-3.2-01b"],
        "ESEARCH with MODSEQ tells no mod-sequence",
    )
    .responses(|_, said| esearch(said, |_, mod_sequence| *mod_sequence = None)),
    Fault::new(
        "esearch-modseq-one",
        &["rfc4731-3.2-01b", "rfc4731-3.2-01a", "rfc4731-3.2-01c"],
        "ESEARCH with MODSEQ tells the mod-sequence 1",
    )
    .responses(|_, said| esearch(said, |_, mod_sequence| *mod_sequence = mod_sequence.map(|_| 1))),
];

fn found(said: &mut [Response], change: impl Fn(&[u32], &mut Option<ModSequence>)) {
    data(said, |data| {
        if let Data::Search { numbers, mod_sequence } | Data::Sort { numbers, mod_sequence } = data {
            change(numbers, mod_sequence);
        }
    });
}

fn esearch(said: &mut [Response], change: impl Fn(&mut Vec<u32>, &mut Option<ModSequence>)) {
    data(said, |data| {
        if let Data::Esearch { all, mod_sequence, .. } = data {
            change(all, mod_sequence);
        }
    });
}
