//! SORT (RFC 5256).

use super::fault::Fault;
use super::imap::{Scene, data, replace, turn, without};
use crate::imap::command::{Algorithm, Command, Numbering, SortKey};
use crate::imap::response::{Condition, Data, Response, Thread};
use crate::store::Expunges;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("sort-without-i18nlevel", &["rfc5256-1-02"], "CAPABILITY lists SORT and no I18NLEVEL")
        .octets(|_, octets| replace(octets, b" I18NLEVEL=1", b"")),
    Fault::new("sort-unknown-charset-ok", &["rfc5256-3-SORT-01"], "SORT with an unknown charset gets OK")
        .line(|scene, line| as_utf8(scene, line, "SORT")),
    Fault::new(
        "thread-unknown-charset-ok",
        &["rfc5256-3-THREAD-01"],
        "THREAD with an unknown charset gets OK",
    )
    .line(|scene, line| as_utf8(scene, line, "THREAD")),
    Fault::new("sort-us-ascii-refused", &["rfc5256-3-SORT-01"], "SORT does not know US-ASCII").line(
        |scene, line| {
            if scene.line.starts_with("SORT ") {
                replace(line, b" US-ASCII", b" X-ASCII");
            }
        },
    ),
    Fault::new("thread-us-ascii-refused", &["rfc5256-3-THREAD-01"], "THREAD does not know US-ASCII").line(
        |scene, line| {
            if scene.line.starts_with("THREAD ") {
                replace(line, b" US-ASCII", b" X-ASCII");
            }
        },
    ),
    Fault::new("sort-charset-missing-ok", &["rfc5256-3-SORT-01"], "SORT without a charset gets OK")
        .responses(|scene, said| without_charset(scene, said, "SORT (ARRIVAL) ALL")),
    Fault::new("thread-charset-missing-ok", &["rfc5256-3-THREAD-01"], "THREAD without a charset gets OK")
        .responses(|scene, said| without_charset(scene, said, "THREAD REFERENCES ALL")),
    Fault::new(
        "sort-ties-descend",
        &["rfc5256-3-SORT-02"],
        "SORT turns its result round where all are equal",
    )
    .responses(|scene, said| {
        // The dates of arrival are never equal.
        if matches!(&scene.command, Some(Command::Sort { criteria, .. })
                if criteria.iter().all(|criterion| criterion.key != SortKey::Arrival))
        {
            sorted(said, |numbers| {
                if numbers.is_sorted() {
                    numbers.reverse();
                }
            });
        }
    }),
    Fault::new(
        "sort-last-criterion-first",
        &["rfc5256-3-SORT-03"],
        "SORT takes its criteria from the last to the first",
    )
    .command(|_, command| {
        if let Command::Sort { criteria, .. } = command {
            criteria.reverse();
        }
    }),
    Fault::new(
        "sort-first-criterion-only",
        &["rfc5256-3-SORT-03", "rfc5256-3-SORT-07"],
        "SORT ignores all criteria but the first",
    )
    .command(|_, command| {
        if let Command::Sort { criteria, .. } = command {
            criteria.truncate(1);
        }
    }),
    Fault::new("sort-reverse-ignored", &["rfc5256-3-SORT-07"], "SORT ignores REVERSE").command(
        |_, command| {
            if let Command::Sort { criteria, .. } = command {
                criteria.iter_mut().for_each(|criterion| criterion.reverse = false);
            }
        },
    ),
    Fault::new("sort-reverse-lasts", &["rfc5256-3-SORT-07"], "REVERSE holds for all criteria behind it")
        .command(|_, command| {
            if let Command::Sort { criteria, .. } = command {
                let mut reverse = false;
                for criterion in criteria {
                    reverse |= criterion.reverse;
                    criterion.reverse = reverse;
                }
            }
        }),
    Fault::new("expunge-during-sort", &["rfc5256-3-SORT-04"], "EXPUNGE is told while SORT is answered")
        .expunges(|scene, expunges| {
            if matches!(scene.command, Some(Command::Sort { .. })) {
                *expunges = Expunges::Allowed;
            }
        }),
    Fault::new("expunge-during-thread", &["rfc5256-3-THREAD-08"], "EXPUNGE is told while THREAD is answered")
        .expunges(|scene, expunges| {
            if matches!(scene.command, Some(Command::Thread { .. })) {
                *expunges = Expunges::Allowed;
            }
        }),
    Fault::new("sort-missing-last", &["rfc5256-3-SORT-05"], "SORT puts messages without the field last")
        .responses(|scene, said| {
            if matches!(&scene.command, Some(Command::Sort { criteria, .. }) if criteria.len() == 1) {
                sorted(said, |numbers| {
                    if numbers.len() == 2 {
                        numbers.reverse();
                    }
                });
            }
        }),
    Fault::new(
        "sort-arrival-by-number",
        &["rfc5256-3-SORT-06a"],
        "SORT by ARRIVAL keeps the order of the mailbox",
    )
    .responses(|scene, said| {
        if sorts_by(scene, SortKey::Arrival) {
            sorted(said, |numbers| numbers.sort_unstable());
        }
    }),
    Fault::new("sort-cc-by-to", &["rfc5256-3-SORT-06b"], "SORT by CC looks at To")
        .command(|_, command| key(command, SortKey::Cc, SortKey::To)),
    Fault::new("sort-from-by-subject", &["rfc5256-3-SORT-06b"], "SORT by FROM looks at the subject")
        .command(|_, command| key(command, SortKey::From, SortKey::Subject)),
    Fault::new("sort-to-by-from", &["rfc5256-3-SORT-06b"], "SORT by TO looks at From")
        .command(|_, command| key(command, SortKey::To, SortKey::From)),
    Fault::new(
        "sort-date-by-arrival",
        &["rfc5256-3-SORT-06c", "rfc5256-2.2-04", "rfc5256-2.2-01"],
        "SORT by DATE looks at the internal date",
    )
    .command(|_, command| key(command, SortKey::Date, SortKey::Arrival)),
    Fault::new("sort-size-by-arrival", &["rfc5256-3-SORT-06d"], "SORT by SIZE looks at the internal date")
        .command(|_, command| key(command, SortKey::Size, SortKey::Arrival)),
    Fault::new(
        "sort-subject-by-arrival",
        &["rfc5256-3-SORT-06e", "rfc5256-1-01", "rfc5256-2.1-01"],
        "SORT by SUBJECT looks at the internal date",
    )
    .command(|_, command| key(command, SortKey::Subject, SortKey::Arrival)),
    Fault::new(
        "sort-keys-in-capitals-only",
        &["rfc5256-3-SORT-06e", "rfc5256-3-SORT-07"],
        "SORT knows criteria in capitals only",
    )
    .line(|_, line| {
        replace(line, b"(subject)", b"(x)");
        replace(line, b"(reverse ", b"(x ");
    }),
    Fault::new("uid-sort-gives-numbers", &["rfc5256-3-SORT-08"], "UID SORT gives message numbers").command(
        |_, command| {
            if let Command::Sort { by, .. } = command {
                *by = Numbering::Sequence;
            }
        },
    ),
    Fault::new("uid-thread-gives-numbers", &["rfc5256-3-THREAD-09"], "UID THREAD gives message numbers")
        .command(|_, command| {
            if let Command::Thread { by, .. } = command {
                *by = Numbering::Sequence;
            }
        }),
    Fault::new(
        "sort-silent-without-match",
        &["rfc5256-3-SORT-09"],
        "SORT without a match sends no SORT line",
    )
    .responses(|_, said| {
        without(said, |data| matches!(data, Data::Sort { numbers, .. } if numbers.is_empty()));
    }),
    Fault::new(
        "thread-silent-without-match",
        &["rfc5256-3-THREAD-10"],
        "THREAD without a match sends no THREAD line",
    )
    .responses(|_, said| {
        without(said, |data| matches!(data, Data::Thread(threads) if threads.is_empty()));
    }),
    Fault::new("sort-misses-last", &["rfc5256-3-SORT-10"], "SORT leaves its last message out").responses(
        |_, said| {
            sorted(said, |numbers| {
                numbers.pop();
            });
        },
    ),
    Fault::new("sort-answers-search", &["rfc5256-3-SORT-10"], "SORT is answered by SEARCH").responses(
        |_, said| {
            data(said, |data| {
                if let Data::Sort { numbers, mod_sequence } = data {
                    *data = Data::Search { numbers: std::mem::take(numbers), mod_sequence: *mod_sequence };
                }
            });
        },
    ),
    Fault::new(
        "sort-no-criterion-ok",
        &["rfc5256-3-SORT-11"],
        "SORT is content without a criterion it knows",
    )
    .responses(|scene, said| {
        if scene.line.starts_with("SORT (") {
            turn(said, Condition::Bad, Condition::Ok);
        }
    }),
    Fault::new(
        "thread-unknown-algorithm-ok",
        &["rfc5256-3-THREAD-12"],
        "THREAD takes an unknown algorithm for REFERENCES",
    )
    .line(|scene, line| {
        if scene.line.starts_with("THREAD X-") {
            replace(line, b"X-NOSUCH", b"REFERENCES");
        }
    }),
];

/// Puts a charset that is known in the place of X-NO-SUCH-CHARSET.
fn as_utf8(scene: &Scene, line: &mut Vec<u8>, command: &str) {
    if scene.line.starts_with(command) {
        replace(line, b" X-NO-SUCH-CHARSET ", b" UTF-8 ");
    }
}

/// Answers a command that has no charset.
fn without_charset(scene: &Scene, said: &mut [Response], line: &str) {
    if scene.line.starts_with(line) {
        turn(said, Condition::Bad, Condition::Ok);
    }
}

fn sorts_by(scene: &Scene, key: SortKey) -> bool {
    match &scene.command {
        Some(Command::Sort { criteria, .. }) => criteria.iter().all(|criterion| criterion.key == key),
        _ => false,
    }
}

fn sorted(said: &mut [Response], change: impl Fn(&mut Vec<u32>)) {
    data(said, |data| {
        if let Data::Sort { numbers, .. } = data {
            change(numbers);
        }
    });
}

fn key(command: &mut Command, asked: SortKey, taken: SortKey) {
    if let Command::Sort { criteria, .. } = command {
        criteria
            .iter_mut()
            .filter(|criterion| criterion.key == asked)
            .for_each(|criterion| criterion.key = taken);
    }
}

pub(super) fn algorithm(command: &mut Command, asked: Algorithm, taken: Algorithm) {
    if let Command::Thread { algorithm, .. } = command
        && *algorithm == asked
    {
        *algorithm = taken;
    }
}

/// The numbers of threads, parents first.
pub(super) fn numbers(threads: &[Thread]) -> Vec<u32> {
    let mut ahead: Vec<&Thread> = threads.iter().rev().collect();
    let mut numbers = Vec::new();
    while let Some(thread) = ahead.pop() {
        numbers.extend(thread.number);
        ahead.extend(thread.children.iter().rev());
    }
    numbers
}
