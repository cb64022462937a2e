//! What SEARCH saves (SEARCHRES, RFC 5182).

use super::fault::Fault;
use super::imap::{Effect, replace, turn};
use super::imap_results::{asks, esearch};
use crate::imap::command::{Command, ReturnOption, SearchKey, SequenceSet};
use crate::imap::response::{Code, Condition, Data};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "searchres-without-esearch",
        &["rfc5182-2.1-01"],
        "CAPABILITY lists SEARCHRES and not ESEARCH",
    )
    .octets(|_, octets| replace(octets, b" ESEARCH", b"")),
    Fault::new("saved-survives-select", &["rfc5182-2.1-02"], "After SELECT $ stands for all messages")
        .effect(|scene, effect| {
            if matches!(scene.command, Some(Command::Select { .. })) {
                save_all(effect);
            }
        }),
    Fault::new("saved-is-all", &["rfc5182-2.1-03", "rfc5182-2.1-08"], "SEARCH with SAVE saves all messages")
        .effect(|scene, effect| {
            if asks(scene, ReturnOption::Save) {
                save_all(effect);
            }
        }),
    Fault::new(
        "saved-is-none",
        &["rfc5182-2.1-03", "rfc5182-2.1-08", "rfc5182-2.3-01"],
        "SEARCH with SAVE saves nothing",
    )
    .effect(|scene, effect| {
        if asks(scene, ReturnOption::Save) {
            effect.saved.clear();
        }
    }),
    Fault::new("save-alone-told", &["rfc5182-2.1-09"], "SEARCH with SAVE alone tells what it has found")
        .command(|_, command| {
            if let Command::Search { returns: Some(returns), .. } = command
                && *returns == [ReturnOption::Save]
            {
                returns.push(ReturnOption::All);
            }
        }),
    Fault::new("each-search-saves", &["rfc5182-2.1-04"], "Each SEARCH saves what it has found").command(
        |_, command| {
            if let Command::Search { returns, .. } = command {
                let returns = returns.get_or_insert_default();
                if !returns.contains(&ReturnOption::Save) {
                    // What is to be told stays.
                    if returns.is_empty() {
                        returns.push(ReturnOption::All);
                    }
                    returns.push(ReturnOption::Save);
                }
            }
        },
    ),
    Fault::new(
        "bad-search-empties",
        &["rfc5182-2.1-04"],
        "A SEARCH with SAVE that gets BAD empties the saved result",
    )
    .line(|_, line| replace(line, b" NOSUCHKEY", b" NOT ALL"))
    .responses(|scene, said| {
        if scene.line.contains(" NOSUCHKEY") {
            turn(said, Condition::Ok, Condition::Bad);
        }
    }),
    Fault::new(
        "refused-search-saves",
        &["rfc5182-2.1-05"],
        "A SEARCH with SAVE that gets NO saves all messages",
    )
    .effect(|scene, effect| {
        if asks(scene, ReturnOption::Save) && effect.completion.condition == Condition::No {
            save_all(effect);
        }
    }),
    Fault::new(
        "saved-by-number",
        &["rfc5182-2.1-06"],
        "$ keeps its message numbers when others are expunged",
    )
    .effect(|scene, effect| {
        if let (Some(Command::Expunge { .. }), Some(selected)) = (&scene.command, &effect.selected) {
            let all = selected.messages(|_| true);
            let left = all.iter().filter(|message| !message.gone).map(|message| message.uid);
            let left: Vec<u32> = left.collect();
            let numbers = effect.saved.iter().flat_map(|uid| selected.numbers_of_uids(*uid, *uid));
            *effect.saved = numbers.filter_map(|number| left.get(number as usize - 1).copied()).collect();
        }
    }),
    Fault::new(
        "empty-saved-refused",
        &["rfc5182-2.1-07", "rfc5182-2.1-03", "rfc5182-2.1-02", "rfc5182-2.1-05"],
        "A command on an empty $ gets NO",
    )
    .effect(|scene, effect| {
        let saved = matches!(
            scene.command,
            Some(
                Command::Fetch { set: SequenceSet::Saved, .. }
                    | Command::Store { set: SequenceSet::Saved, .. }
                    | Command::Copy { set: SequenceSet::Saved, .. }
            )
        );
        if saved && effect.completion.code.is_none() {
            effect.completion.condition = Condition::No;
        }
    }),
    Fault::new("saved-not-in-search", &["rfc5182-2.1-10"], "$ among the keys of SEARCH finds nothing")
        .command(|_, command| {
            if let Command::Search { key, .. } = command
                && key.holds(&|key| *key == SearchKey::Saved)
            {
                *key = SearchKey::Not(Box::new(SearchKey::And(Vec::new())));
            }
        }),
    Fault::new(
        "save-silences",
        &["rfc5182-2.4-01"],
        "SEARCH with SAVE tells nothing, whatever else is asked",
    )
    .responses(|scene, said| {
        if asks(scene, ReturnOption::Save) {
            super::imap::without(said, |data| matches!(data, Data::Esearch { .. }));
        }
    }),
    Fault::new(
        "save-min-keeps-all",
        &["rfc5182-2.4-02a", "rfc5182-2.4-02b"],
        "SAVE with MIN or MAX keeps all that was found",
    )
    .command(|_, command| {
        if let Command::Search { returns: Some(returns), .. } = command
            && returns.contains(&ReturnOption::Save)
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
    Fault::new(
        "save-count-keeps-min",
        &["rfc5182-2.4-02c"],
        "SAVE keeps the first match only, whatever else is asked",
    )
    .command(|_, command| {
        if let Command::Search { returns: Some(returns), .. } = command
            && returns.contains(&ReturnOption::Save)
            && returns.len() > 1
        {
            *returns = vec![ReturnOption::Save, ReturnOption::Min];
        }
    }),
    Fault::new(
        "save-refused-without-notsaved",
        &["rfc5182-2.5-01", "rfc5182-2.1-03"],
        "SEARCH with SAVE gets NO, without NOTSAVED",
    )
    .effect(|scene, effect| {
        if asks(scene, ReturnOption::Save) {
            effect.completion.condition = Condition::No;
            effect.completion.code = Some(Code::Cannot);
        }
    }),
];

/// Saves all messages of the mailbox.
fn save_all(effect: &mut Effect<'_>) {
    if let Some(selected) = &effect.selected {
        *effect.saved = selected.messages(|_| true).iter().map(|message| message.uid).collect();
    }
}
