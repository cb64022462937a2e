//! What SEARCH finds (RFC 3501 section 6.4.4, RFC 4731).

use super::fault::Fault;
use super::imap::{code, data, without};
use crate::imap::command::{Command, Numbering, SearchKey};
use crate::imap::response::{Code, Condition, Data, Response};
use crate::store::Flag;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("search-not-ignored", &["rfc3501-6.4.4-34"], "The SEARCH key NOT is ignored").command(
        |_, command| {
            keys(command, |key| {
                if let SearchKey::Not(inner) = key {
                    *key = (**inner).clone();
                }
            });
        },
    ),
    Fault::new(
        "search-or-is-and",
        &["rfc3501-6.4.4-37"],
        "The SEARCH key OR wants both of its keys to match",
    )
    .command(|_, command| {
        keys(command, |key| {
            if let SearchKey::Or(first, second) = key {
                *key = SearchKey::And(vec![(**first).clone(), (**second).clone()]);
            }
        });
    }),
    Fault::new(
        "search-and-is-or",
        &["rfc3501-6.4.4-03", "rfc3501-6.4.4-04"],
        "Of several SEARCH keys one is enough",
    )
    .command(|_, command| {
        keys(command, |key| {
            if let SearchKey::And(all) = key {
                let either = |one, other| SearchKey::Or(Box::new(one), Box::new(other));
                if let Some(any) = std::mem::take(all).into_iter().reduce(either) {
                    *key = any;
                }
            }
        });
    }),
    Fault::new("search-larger-or-equal", &["rfc3501-6.4.4-32"], "LARGER finds messages of just that size")
        .command(|_, command| {
            keys(command, |key| {
                if let SearchKey::Larger(size) = key {
                    *size = size.saturating_sub(1);
                }
            });
        }),
    Fault::new("search-smaller-or-equal", &["rfc3501-6.4.4-45"], "SMALLER finds messages of just that size")
        .command(|_, command| {
            keys(command, |key| {
                if let SearchKey::Smaller(size) = key {
                    *size = size.saturating_add(1);
                }
            });
        }),
    Fault::new("search-before-or-on", &["rfc3501-6.4.4-19"], "BEFORE finds messages of the day itself")
        .command(|_, command| {
            keys(command, |key| {
                if let SearchKey::Before { day, sent: false } = key {
                    *day = day.tomorrow().unwrap_or(*day);
                }
            });
        }),
    Fault::new(
        "search-sentbefore-or-on",
        &["rfc3501-6.4.4-40"],
        "SENTBEFORE finds messages of the day itself",
    )
    .command(|_, command| {
        keys(command, |key| {
            if let SearchKey::Before { day, sent: true } = key {
                *day = day.tomorrow().unwrap_or(*day);
            }
        });
    }),
    Fault::new("search-since-after", &["rfc3501-6.4.4-44"], "SINCE does not find messages of the day itself")
        .command(|_, command| {
            keys(command, |key| {
                if let SearchKey::Since { day, sent: false } = key {
                    *day = day.tomorrow().unwrap_or(*day);
                }
            });
        }),
    Fault::new(
        "search-sentsince-after",
        &["rfc3501-6.4.4-42"],
        "SENTSINCE does not find messages of the day itself",
    )
    .command(|_, command| {
        keys(command, |key| {
            if let SearchKey::Since { day, sent: true } = key {
                *day = day.tomorrow().unwrap_or(*day);
            }
        });
    }),
    Fault::new("search-on-is-since", &["rfc3501-6.4.4-36"], "ON finds messages of later days").command(
        |_, command| {
            keys(command, |key| {
                if let SearchKey::On { day, sent: false } = *key {
                    *key = SearchKey::Since { day, sent: false };
                }
            });
        },
    ),
    Fault::new("search-senton-is-sentsince", &["rfc3501-6.4.4-41"], "SENTON finds messages of later days")
        .command(|_, command| {
            keys(command, |key| {
                if let SearchKey::On { day, sent: true } = *key {
                    *key = SearchKey::Since { day, sent: true };
                }
            });
        }),
    Fault::new(
        "search-sent-by-internal-date",
        &["rfc3501-6.4.4-40", "rfc3501-6.4.4-41", "rfc3501-6.4.4-42", "rfc3501-6.4.4-43"],
        "SENTBEFORE, SENTON and SENTSINCE look at the internal date",
    )
    .command(|_, command| {
        keys(command, |key| {
            if let SearchKey::Before { sent, .. }
            | SearchKey::On { sent, .. }
            | SearchKey::Since { sent, .. } = key
            {
                *sent = false;
            }
        });
    }),
    Fault::new("search-from-in-sender", &["rfc3501-6.4.4-26"], "FROM searches the Sender field")
        .command(|_, command| field(command, b"FROM", b"SENDER")),
    Fault::new("search-to-in-cc", &["rfc3501-6.4.4-48"], "TO searches the Cc field")
        .command(|_, command| field(command, b"TO", b"CC")),
    Fault::new("search-cc-in-to", &["rfc3501-6.4.4-22"], "CC searches the To field")
        .command(|_, command| field(command, b"CC", b"TO")),
    Fault::new("search-bcc-in-cc", &["rfc3501-6.4.4-18"], "BCC searches the Cc field")
        .command(|_, command| field(command, b"BCC", b"CC")),
    Fault::new("search-subject-in-comments", &["rfc3501-6.4.4-46"], "SUBJECT searches the Comments field")
        .command(|_, command| field(command, b"SUBJECT", b"COMMENTS")),
    Fault::new(
        "search-empty-string-finds-none",
        &["rfc3501-6.4.4-28"],
        "HEADER with an empty string finds nothing",
    )
    .command(|_, command| {
        keys(command, |key| {
            if matches!(key, SearchKey::Header { text, .. } if text.is_empty()) {
                *key = none();
            }
        });
    }),
    Fault::new("search-body-in-header", &["rfc3501-6.4.4-21"], "BODY searches the header too").command(
        |_, command| {
            keys(command, |key| {
                if let SearchKey::Body(text) = key {
                    *key = SearchKey::Text(std::mem::take(text));
                }
            });
        },
    ),
    Fault::new("search-text-not-in-header", &["rfc3501-6.4.4-47"], "TEXT does not search the header")
        .command(|_, command| {
            keys(command, |key| {
                if let SearchKey::Text(text) = key {
                    *key = SearchKey::Body(std::mem::take(text));
                }
            });
        }),
    Fault::new(
        "search-answered-finds-flagged",
        &["rfc3501-6.4.4-17"],
        "ANSWERED finds the messages with \\Flagged",
    )
    .command(|_, command| flag(command, Flag::Answered, Flag::Flagged)),
    Fault::new(
        "search-flagged-finds-answered",
        &["rfc3501-6.4.4-25"],
        "FLAGGED finds the messages with \\Answered",
    )
    .command(|_, command| flag(command, Flag::Flagged, Flag::Answered)),
    Fault::new(
        "search-deleted-finds-draft",
        &["rfc3501-6.4.4-23"],
        "DELETED finds the messages with \\Draft",
    )
    .command(|_, command| flag(command, Flag::Deleted, Flag::Draft)),
    Fault::new(
        "search-draft-finds-deleted",
        &["rfc3501-6.4.4-24"],
        "DRAFT finds the messages with \\Deleted",
    )
    .command(|_, command| flag(command, Flag::Draft, Flag::Deleted)),
    Fault::new(
        "search-seen-finds-answered",
        &["rfc3501-6.4.4-39"],
        "SEEN finds the messages with \\Answered",
    )
    .command(|_, command| flag(command, Flag::Seen, Flag::Answered)),
    Fault::new("search-recent-finds-none", &["rfc3501-6.4.4-38"], "RECENT finds nothing").command(
        |_, command| {
            keys(command, |key| {
                if *key == SearchKey::Recent {
                    *key = none();
                }
            });
        },
    ),
    Fault::new("search-keyword-finds-all", &["rfc3501-6.4.4-31"], "KEYWORD finds all messages").command(
        |_, command| {
            keys(command, |key| {
                if matches!(key, SearchKey::Keyword(_)) {
                    *key = SearchKey::And(Vec::new());
                }
            });
        },
    ),
    Fault::new(
        "search-numbers-as-uids",
        &["rfc3501-6.4.4-15", "rfc3501-6.4.8-06"],
        "A set in SEARCH means UIDs",
    )
    .command(|_, command| {
        keys(command, |key| {
            if let SearchKey::Numbers(set) = key {
                *key = SearchKey::Uids(set.clone());
            }
        });
    }),
    Fault::new(
        "search-uids-as-numbers",
        &["rfc3501-6.4.4-49", "rfc3501-6.4.8-06"],
        "The SEARCH key UID means message numbers",
    )
    .command(|_, command| {
        keys(command, |key| {
            if let SearchKey::Uids(set) = key {
                *key = SearchKey::Numbers(set.clone());
            }
        });
    }),
    Fault::new("uid-search-gives-numbers", &["rfc3501-6.4.8-05"], "UID SEARCH gives message numbers")
        .command(|_, command| {
            if let Command::Search { by, .. } = command {
                *by = Numbering::Sequence;
            }
        }),
    Fault::new("search-misses-last", &["rfc3501-6.4.4-16"], "SEARCH leaves its last match out").responses(
        |_, said| {
            data(said, |data| {
                if let Data::Search { numbers, .. } = data {
                    numbers.pop();
                }
            });
        },
    ),
    Fault::new(
        "search-silent-without-match",
        &["rfc3501-6.4.4-01"],
        "SEARCH without a match sends no SEARCH line",
    )
    .responses(|_, said| {
        without(said, |data| matches!(data, Data::Search { numbers, .. } if numbers.is_empty()));
    }),
    Fault::new("search-sets-seen", &["rfc3501-6.4.4-62"], "SEARCH sets \\Seen on the first message").effect(
        |scene, effect| {
            if matches!(scene.command, Some(Command::Search { .. }))
                && let Some(selected) = &mut effect.selected
            {
                selected.mark_seen(1);
            }
        },
    ),
    Fault::new("unknown-charset-bad", &["rfc3501-6.4.4-10"], "An unknown charset in SEARCH gets BAD")
        .responses(|_, said| {
            for response in said {
                if let Response::Status { condition, code: Some(Code::BadCharset), .. } = response {
                    *condition = Condition::Bad;
                }
            }
        }),
    Fault::new("badcharset-omitted", &["rfc3501-6.4.4-11"], "An unknown charset gets no BADCHARSET")
        .responses(|_, said| {
            code(said, |code| {
                code.take_if(|code| *code == Code::BadCharset);
            });
        }),
    Fault::new("esearch-count-off", &["rfc4731-3.1-04"], "COUNT is one too high").responses(|_, said| {
        data(said, |data| {
            if let Data::Esearch { count: Some(count), .. } = data {
                *count += 1;
            }
        });
    }),
    Fault::new("esearch-without-uid", &["rfc4731-3.1-06"], "ESEARCH lacks the indicator UID").responses(
        |_, said| {
            data(said, |data| {
                if let Data::Esearch { uid, .. } = data {
                    *uid = false;
                }
            });
        },
    ),
    Fault::new("esearch-wrong-tag", &["rfc4731-3.1-08"], "ESEARCH names a tag that no command had")
        .responses(|_, said| {
            data(said, |data| {
                if let Data::Esearch { tag, .. } = data {
                    tag.push('X');
                }
            });
        }),
    Fault::new("esearch-min-off", &["rfc4731-3.1-09"], "MIN is one too high").responses(|_, said| {
        data(said, |data| {
            if let Data::Esearch { min: Some(min), .. } = data {
                *min += 1;
            }
        });
    }),
];

/// Changes each key of a SEARCH, from the innermost out.
fn keys(command: &mut Command, change: impl Fn(&mut SearchKey)) {
    fn within(key: &mut SearchKey, change: &impl Fn(&mut SearchKey)) {
        match key {
            SearchKey::And(keys) => keys.iter_mut().for_each(|key| within(key, change)),
            SearchKey::Or(first, second) => {
                within(first, change);
                within(second, change);
            }
            SearchKey::Not(key) => within(key, change),
            _ => {}
        }
        change(key);
    }
    if let Command::Search { key, .. } = command {
        within(key, &change);
    }
}

/// Searches another field than the one asked for.
fn field(command: &mut Command, asked: &[u8], searched: &[u8]) {
    keys(command, |key| {
        if let SearchKey::Header { field, .. } = key
            && field == asked
        {
            *field = searched.to_vec();
        }
    });
}

/// Looks for another flag than the one asked for.
fn flag(command: &mut Command, asked: Flag, sought: Flag) {
    keys(command, |key| {
        if *key == SearchKey::Flag(asked) {
            *key = SearchKey::Flag(sought);
        }
    });
}

/// Matches nothing.
fn none() -> SearchKey {
    SearchKey::Not(Box::new(SearchKey::And(Vec::new())))
}
