//! The structure of threads (RFC 5256).

use super::fault::Fault;
use super::imap::data;
use super::imap_sort::{algorithm, numbers};
use crate::imap::command::Algorithm;
use crate::imap::response::{Data, Thread};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "thread-without-structure",
        &["rfc5256-3-THREAD-04a", "rfc5256-3-THREAD-02", "rfc5256-3-THREAD-03", "rfc5256-3-THREAD-04b"],
        "THREAD returns each message alone",
    )
    .responses(|_, said| {
        data(said, |data| {
            if let Data::Thread(threads) = data {
                *threads = numbers(threads).into_iter().map(|number| leaf(Some(number))).collect();
            }
        });
    }),
    Fault::new(
        "thread-all-in-one",
        &["rfc5256-3-THREAD-04a", "rfc5256-3-THREAD-05", "rfc5256-3-THREAD-07", "rfc5256-3-THREAD-06"],
        "THREAD returns one thread that is a chain of all messages",
    )
    .responses(|_, said| {
        data(said, |data| {
            if let Data::Thread(threads) = data {
                let chain = numbers(threads).into_iter().rev().fold(None, |child: Option<Thread>, number| {
                    let mut thread = leaf(Some(number));
                    thread.children.extend(child);
                    Some(thread)
                });
                *threads = chain.into_iter().collect();
            }
        });
    }),
    Fault::new(
        "thread-flat",
        &["rfc5256-3-THREAD-04a", "rfc5256-3-THREAD-05"],
        "THREAD makes all descendants of a message siblings",
    )
    .responses(|_, said| {
        data(said, |data| {
            if let Data::Thread(threads) = data {
                for thread in threads {
                    thread.children =
                        numbers(&thread.children).into_iter().map(|number| leaf(Some(number))).collect();
                }
            }
        });
    }),
    Fault::new(
        "thread-orphans-apart",
        &["rfc5256-3-THREAD-06", "rfc5256-3-THREAD-07"],
        "THREAD does not keep siblings together whose parent is missing",
    )
    .responses(|_, said| {
        data(said, |data| {
            if let Data::Thread(threads) = data {
                let apart = std::mem::take(threads).into_iter().flat_map(|mut thread| match thread.number {
                    None => std::mem::take(&mut thread.children),
                    Some(_) => vec![thread],
                });
                *threads = apart.collect();
            }
        });
    }),
    Fault::new(
        "thread-unordered",
        &["rfc5256-3-THREAD-11", "rfc5256-3-THREAD-02"],
        "THREAD returns the threads from the last to the first",
    )
    .responses(|_, said| {
        data(said, |data| {
            if let Data::Thread(threads) = data {
                threads.reverse();
            }
        });
    }),
    Fault::new(
        "thread-siblings-unordered",
        &["rfc5256-3-THREAD-11", "rfc5256-3-THREAD-02"],
        "THREAD returns siblings from the last to the first",
    )
    .responses(|_, said| {
        data(said, |data| {
            if let Data::Thread(threads) = data {
                threads.iter_mut().for_each(|thread| thread.children.reverse());
            }
        });
    }),
    Fault::new(
        "thread-misses-last",
        &["rfc5256-3-THREAD-10", "rfc5256-3-THREAD-05"],
        "THREAD leaves its last thread out",
    )
    .responses(|_, said| {
        data(said, |data| {
            if let Data::Thread(threads) = data {
                threads.pop();
            }
        });
    }),
    Fault::new(
        "thread-by-subject-alone",
        &["rfc5256-3-THREAD-04a", "rfc5256-3-THREAD-04b"],
        "REFERENCES threads by subjects",
    )
    .command(|_, command| algorithm(command, Algorithm::References, Algorithm::OrderedSubject)),
    Fault::new(
        "ordered-subject-by-references",
        &["rfc5256-3-THREAD-02"],
        "ORDEREDSUBJECT threads by references",
    )
    .command(|_, command| algorithm(command, Algorithm::OrderedSubject, Algorithm::References)),
];

fn leaf(number: Option<u32>) -> Thread {
    Thread { number, children: Vec::new() }
}
