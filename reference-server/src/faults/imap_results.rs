//! What ESEARCH tells (RFC 4731).

use super::fault::Fault;
use super::imap::{Scene, data, replace};
use crate::imap::command::{Command, Numbering, ReturnOption};
use crate::imap::response::{Data, Response};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("esearch-min-without-match", &["rfc4731-3.1-01"], "MIN of nothing is 4294967295").responses(
        |scene, said| {
            esearch(said, |data| {
                if let Data::Esearch { min: min @ None, .. } = data
                    && asks(scene, ReturnOption::Min)
                {
                    *min = Some(u32::MAX);
                }
            });
        },
    ),
    Fault::new("esearch-max-without-match", &["rfc4731-3.1-02"], "MAX of nothing is 4294967295").responses(
        |scene, said| {
            esearch(said, |data| {
                if let Data::Esearch { max: max @ None, .. } = data
                    && asks(scene, ReturnOption::Max)
                {
                    *max = Some(u32::MAX);
                }
            });
        },
    ),
    Fault::new("esearch-all-without-match", &["rfc4731-3.1-03"], "ALL of nothing is 4294967295").responses(
        |scene, said| {
            esearch(said, |data| {
                if let Data::Esearch { all, .. } = data
                    && all.is_empty()
                    && (asks(scene, ReturnOption::All) || asks_for_nothing(scene))
                {
                    all.push(u32::MAX);
                }
            });
        },
    ),
    Fault::new("esearch-count-of-nothing-untold", &["rfc4731-3.1-04"], "COUNT is left out where it is 0")
        .responses(|_, said| {
            esearch(said, |data| {
                if let Data::Esearch { count, .. } = data {
                    count.take_if(|count| *count == 0);
                }
            });
        }),
    Fault::new(
        "esearch-and-search",
        &["rfc4731-3.1-05", "rfc4731-3.1-01"],
        "SEARCH with result options gets a SEARCH response too",
    )
    .responses(|scene, said| {
        if matches!(scene.command, Some(Command::Search { returns: Some(_), .. }))
            && matches!(said[..], [Response::Data(Data::Esearch { .. })])
        {
            said.push(Response::Data(Data::Search { numbers: Vec::new(), mod_sequence: None }));
        }
    }),
    Fault::new("esearch-in-two", &["rfc4731-3.1-05"], "Several result options get several ESEARCH responses")
        .responses(|_, said| {
            if let [Response::Data(Data::Esearch { min: min @ Some(_), max, .. })] = &mut said[..]
                && max.is_some()
            {
                let mut first = Response::Data(Data::Esearch {
                    tag: String::new(),
                    uid: false,
                    min: min.take(),
                    max: None,
                    count: None,
                    all: Vec::new(),
                    mod_sequence: None,
                });
                if let (
                    Response::Data(Data::Esearch { tag, uid, .. }),
                    Response::Data(Data::Esearch { tag: of, uid: by, .. }),
                ) = (&mut first, &said[0])
                {
                    tag.clone_from(of);
                    *uid = *by;
                }
                said.insert(0, first);
            }
        }),
    Fault::new(
        "esearch-uid-gives-numbers",
        &["rfc4731-3.1-06", "rfc4731-3.1-09"],
        "UID SEARCH with result options tells message numbers",
    )
    .command(|_, command| {
        if let Command::Search { by, returns: Some(_), .. } = command {
            *by = Numbering::Sequence;
        }
    })
    .responses(|scene, said| {
        esearch(said, |data| {
            if let Data::Esearch { uid, .. } = data {
                *uid = scene.line.starts_with("UID ");
            }
        });
    }),
    Fault::new(
        "esearch-no-options-tell-nothing",
        &["rfc4731-3.1-07"],
        "An empty list of result options asks for nothing",
    )
    .responses(|scene, said| {
        esearch(said, |data| {
            if let Data::Esearch { all, .. } = data
                && asks_for_nothing(scene)
            {
                all.clear();
            }
        });
    }),
    Fault::new("esearch-max-off", &["rfc4731-3.1-09", "rfc4731-3.1-10"], "MAX is one too low").responses(
        |_, said| {
            esearch(said, |data| {
                if let Data::Esearch { max: Some(max @ 2..), .. } = data {
                    *max -= 1;
                }
            });
        },
    ),
    Fault::new(
        "esearch-all-misses-last",
        &["rfc4731-3.1-10", "rfc4731-3.1-04"],
        "ALL lacks the last of several matches",
    )
    .responses(|_, said| {
        esearch(said, |data| {
            if let Data::Esearch { all, .. } = data
                && all.len() > 1
            {
                all.pop();
            }
        });
    }),
    Fault::new("esearch-count-unasked", &["rfc4731-3.1-11", "rfc4731-3.1-01"], "ESEARCH always tells COUNT")
        .responses(|_, said| {
            esearch(said, |data| {
                if let Data::Esearch { count: count @ None, .. } = data {
                    *count = Some(1);
                }
            });
        }),
    Fault::new(
        "search-answers-esearch",
        &["rfc4731-3.1-12", "rfc3501-6.4.4-01"],
        "SEARCH without RETURN is answered by ESEARCH",
    )
    .command(|_, command| {
        if let Command::Search { returns: returns @ None, .. } = command {
            *returns = Some(Vec::new());
        }
    }),
    Fault::new("esearch-options-in-capitals-only", &["rfc4731-4-01"], "RETURN is known in capitals only")
        .line(|_, line| replace(line, b" return (", b" returning (")),
    Fault::new(
        "esearch-unknown-option-ok",
        &["rfc4731-4-02"],
        "A result option that is not known is ignored",
    )
    .line(|_, line| {
        replace(line, b"(XNOSUCH)", b"()");
        replace(line, b" XNOSUCH)", b")");
    }),
    Fault::new(
        "esearch-modseq-of-all",
        &["rfc4731-3.2-01a", "rfc4731-3.2-01b"],
        "ESEARCH of MIN and MAX tells the highest mod-sequence of all matches",
    )
    .command(|_, command| {
        if let Command::Search { returns: Some(returns), .. } = command
            && !returns.contains(&ReturnOption::Count)
            && !returns.contains(&ReturnOption::Save)
        {
            returns.push(ReturnOption::Count);
        }
    })
    .responses(|scene, said| {
        esearch(said, |data| {
            if let Data::Esearch { count, .. } = data
                && !asks(scene, ReturnOption::Count)
            {
                *count = None;
            }
        });
    }),
];

pub(super) fn esearch(said: &mut [Response], change: impl Fn(&mut Data)) {
    data(said, |data| {
        if matches!(data, Data::Esearch { .. }) {
            change(data);
        }
    });
}

pub(super) fn asks(scene: &Scene, option: ReturnOption) -> bool {
    matches!(&scene.command, Some(Command::Search { returns: Some(returns), .. }) if returns.contains(&option))
}

fn asks_for_nothing(scene: &Scene) -> bool {
    matches!(&scene.command, Some(Command::Search { returns: Some(returns), .. }) if returns.is_empty())
}
