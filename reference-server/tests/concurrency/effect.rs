//! The instant at which a command acts: what it changes, and whether its result says so.

use std::collections::VecDeque;

use super::client::Exchange;
use super::model::{Model, Viewed};
use super::operation::{Change, Flags, Item, Operation, Set};
use super::response::{CopyUid, Untagged};

/// What is left to explain once a command has acted, in order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Observation {
    /// This untagged response of the exchange.
    Said(usize),
    /// A SEARCH looked at this message.
    Searched { number: u32, flag: Flags, found: bool },
    /// A FETCH was about to read the text of this message.
    Read(u32),
    /// A STORE did not tell the flags of the message with this UID, so it must have gone by then.
    Gone(u32),
}

/// Lets the command of `exchange` act now, if that gives the result that was seen; otherwise says what differs.
pub(crate) fn act(
    model: &mut Model,
    session: usize,
    exchange: &Exchange,
) -> Result<VecDeque<Observation>, String> {
    let said = (0..exchange.untagged.len()).map(Observation::Said);
    match &exchange.operation {
        Operation::Search { uid, flag, set } => {
            ok(exchange, model.sessions[session].is_some(), "BAD")?;
            searched(model, session, exchange, (*uid, *flag, *set))
        }
        Operation::Fetch { set, item } => {
            let numbers = fetched(model, session, exchange, set, *item)?;
            let reads = numbers.into_iter().filter(|_| *item == Item::Text).map(Observation::Read);
            // A response to the reading of a text stands behind it.
            Ok(match *item {
                Item::Text => interleaved(reads.collect(), exchange),
                _ => said.collect(),
            })
        }
        Operation::Select { mailbox, read_only } => {
            let skipped = select(model, session, exchange, mailbox, *read_only)?;
            Ok(said.skip(skipped).collect())
        }
        Operation::Status { mailbox } => {
            let skipped = status(model, exchange, mailbox)?;
            Ok(said.skip(skipped).collect())
        }
        Operation::Store { set, change, silent, flags } => {
            let untold = store(model, session, exchange, set, (*change, *flags, *silent))?;
            Ok(said.chain(untold.into_iter().map(Observation::Gone)).collect())
        }
        _ => {
            change(model, session, exchange)?;
            Ok(said.collect())
        }
    }
}

/// The result must be OK exactly if `expected`, and otherwise `refusal`.
fn ok(exchange: &Exchange, expected: bool, refusal: &str) -> Result<(), String> {
    let wanted = if expected { "OK" } else { refusal };
    match exchange.tagged.as_ref().map(|tagged| tagged.condition.as_str()) {
        Some(condition) if condition != wanted => Err(format!("the result is {condition}, not {wanted}")),
        // An IDLE that is open still will be OK.
        _ => Ok(()),
    }
}

fn succeeded(exchange: &Exchange) -> bool {
    exchange.tagged.as_ref().is_some_and(|tagged| tagged.condition == "OK")
}

fn change(model: &mut Model, session: usize, exchange: &Exchange) -> Result<(), String> {
    let selected = model.sessions[session].as_ref().map(|selection| (selection.mailbox, selection.read_only));
    match &exchange.operation {
        Operation::Noop | Operation::Idle => ok(exchange, true, ""),
        Operation::Create { mailbox } => ok(exchange, model.create(mailbox), "NO"),
        Operation::Delete { mailbox } => ok(exchange, model.delete(mailbox), "NO"),
        Operation::Rename { from, to } => ok(exchange, model.rename(from, to), "NO"),
        Operation::Append { mailbox, messages, .. } => {
            let target = model.names.get(mailbox).copied();
            ok(exchange, target.is_some(), "NO")?;
            let Some(target) = target else { return Ok(()) };
            let uids = model.append(target, messages);
            match exchange.tagged.as_ref().and_then(|tagged| tagged.append_uid.clone()) {
                Some((validity, seen)) if seen == uids => model.check_validity(mailbox, validity),
                seen => Err(format!("APPENDUID {seen:?}, not {uids:?}")),
            }
        }
        _ => {
            let Some((id, read_only)) = selected else { return ok(exchange, false, "BAD") };
            match &exchange.operation {
                Operation::Close | Operation::Unselect => {
                    if matches!(exchange.operation, Operation::Close) && !read_only {
                        remove_deleted(model, id, |_| true);
                    }
                    model.deselect(session);
                    ok(exchange, true, "")
                }
                Operation::Expunge => {
                    if !read_only {
                        remove_deleted(model, id, |_| true);
                    }
                    ok(exchange, !read_only, "NO")
                }
                Operation::UidExpunge { set } => {
                    let last = model.sessions[session].as_ref().and_then(|s| s.view.last());
                    let last = last.map_or(0, |viewed| viewed.uid);
                    if !read_only {
                        remove_deleted(model, id, |uid| set.names(uid, last));
                    }
                    ok(exchange, !read_only, "NO")
                }
                Operation::Copy { set, mailbox } => copy(model, session, exchange, set, mailbox),
                Operation::Move { set, mailbox } => {
                    if read_only && named(model, session, set).is_some() {
                        return ok(exchange, false, "NO");
                    }
                    let uids =
                        copy(model, session, exchange, set, mailbox).map(|()| named(model, session, set));
                    if succeeded(exchange) {
                        let uids: Vec<u32> =
                            uids?.into_iter().flatten().map(|(_, viewed)| viewed.uid).collect();
                        model.remove(id, &uids);
                        return Ok(());
                    }
                    uids.map(|_| ())
                }
                other => Err(format!("not an operation on a mailbox: {other:?}")),
            }
        }
    }
}

fn remove_deleted(model: &mut Model, id: u32, among: impl Fn(u32) -> bool) {
    let messages = model.mailboxes.get(&id).into_iter().flat_map(|mailbox| &mailbox.messages);
    let deleted = messages.filter(|(uid, message)| message.flags.has(Flags::DELETED) && among(**uid));
    let deleted: Vec<u32> = deleted.map(|(uid, _)| *uid).collect();
    model.remove(id, &deleted);
}

/// The messages that a set names in the session's view; `None` if it names one that there is not.
fn named(model: &Model, session: usize, set: &Set) -> Option<Vec<(u32, Viewed)>> {
    let named = model.sessions[session].as_ref()?.named(set)?;
    Some(named.into_iter().map(|(number, viewed)| (number, viewed.clone())).collect())
}

/// Returns the UIDs of the messages whose flags were to be told and are not.
fn store(
    model: &mut Model,
    session: usize,
    exchange: &Exchange,
    set: &Set,
    (change, flags, silent): (Change, Flags, bool),
) -> Result<Vec<u32>, String> {
    let Some(messages) = named(model, session, set) else {
        return ok(exchange, false, "BAD").map(|()| Vec::new());
    };
    if model.sessions[session].as_ref().is_some_and(|selection| selection.read_only) {
        return ok(exchange, false, "NO").map(|()| Vec::new());
    }
    let uids: Vec<u32> = messages.iter().map(|(_, viewed)| viewed.uid).collect();
    let all = model.store(session, &uids, change, flags);
    // A UID that is gone is no error, unless it went while the command was looking.
    if !(set.uid && !all && succeeded(exchange)) {
        ok(exchange, all, "NO")?;
    }
    let told = |number: u32| {
        let mut said = exchange.untagged.iter();
        said.any(|said| matches!(said, Untagged::Fetch(fetched) if fetched.number == number && fetched.flags.is_some()))
    };
    let untold =
        messages.iter().filter(|(number, viewed)| viewed.gone.is_none() && !silent && !told(*number));
    Ok(untold.map(|(_, viewed)| viewed.uid).collect())
}

/// The messages stay; a MOVE removes them.
fn copy(
    model: &mut Model,
    session: usize,
    exchange: &Exchange,
    set: &Set,
    mailbox: &'static str,
) -> Result<(), String> {
    let Some(mut messages) = named(model, session, set) else { return ok(exchange, false, "BAD") };
    let gone = messages.iter().any(|(_, viewed)| viewed.gone.is_some());
    // A UID that is gone is no error, unless it went while the command was looking.
    if gone && !(set.uid && succeeded(exchange)) {
        return ok(exchange, false, "NO");
    }
    messages.retain(|(_, viewed)| viewed.gone.is_none());
    let target = model.names.get(mailbox).copied();
    ok(exchange, target.is_some(), "NO")?;
    let Some((target, selection)) = target.zip(model.sessions[session].as_ref()) else { return Ok(()) };
    let source = &model.mailboxes[&selection.mailbox];
    let originals: Vec<u32> = messages.iter().map(|(_, viewed)| viewed.uid).collect();
    let copied = originals.iter().map(|uid| source.messages[uid].clone()).collect();
    let copies = model.add(target, copied);
    let untagged = exchange.untagged.iter().find_map(|said| match said {
        Untagged::CopyUid(code) => Some(code),
        _ => None,
    });
    match untagged.or(exchange.tagged.as_ref().and_then(|tagged| tagged.copy_uid.as_ref())) {
        None if originals.is_empty() => Ok(()),
        Some(CopyUid { validity, originals: from, copies: to }) if (from, to) == (&originals, &copies) => {
            model.check_validity(mailbox, *validity)
        }
        seen => Err(format!("COPYUID {seen:?}, not {originals:?} {copies:?}")),
    }
}

/// The message sequence numbers that a FETCH names, each of which must be answered in full.
fn fetched(
    model: &Model,
    session: usize,
    exchange: &Exchange,
    set: &Set,
    item: Item,
) -> Result<Vec<u32>, String> {
    let messages = named(model, session, set);
    ok(exchange, messages.is_some(), "BAD")?;
    let messages = messages.unwrap_or_default();
    for (number, viewed) in &messages {
        let answers = exchange.untagged.iter().any(|said| {
            matches!(said, Untagged::Fetch(fetched)
                if fetched.number == *number
                    && fetched.uid == Some(viewed.uid)
                    && (item != Item::Subject || fetched.id == Some(viewed.id)))
        });
        if !answers {
            return Err(format!("no answer for message {number} with UID {}", viewed.uid));
        }
    }
    Ok(messages.into_iter().map(|(number, _)| number).collect())
}

/// Each reading of a text before the response that tells of it.
fn interleaved(mut reads: VecDeque<Observation>, exchange: &Exchange) -> VecDeque<Observation> {
    let mut all = VecDeque::new();
    for (index, said) in exchange.untagged.iter().enumerate() {
        if let Untagged::Fetch(fetched) = said
            && reads.front() == Some(&Observation::Read(fetched.number))
        {
            all.extend(reads.pop_front());
        }
        all.push_back(Observation::Said(index));
    }
    all.extend(reads);
    all
}

fn searched(
    model: &Model,
    session: usize,
    exchange: &Exchange,
    (uid, flag, set): (bool, Flags, bool),
) -> Result<VecDeque<Observation>, String> {
    let Some(selection) = &model.sessions[session] else { return Ok(VecDeque::new()) };
    let Some((at, Untagged::Search(found))) =
        exchange.untagged.iter().enumerate().find(|(_, said)| matches!(said, Untagged::Search(_)))
    else {
        return Err("no SEARCH response".to_owned());
    };
    let known = |number: &u32| match uid {
        true => selection.view.iter().any(|viewed| viewed.uid == *number),
        false => selection.message(*number).is_some(),
    };
    if let Some(number) = found.iter().find(|number| !known(number)) {
        return Err(format!("SEARCH found {number}, which there is not"));
    }
    let looks = (1..).zip(&selection.view).map(|(number, viewed)| {
        let found = found.contains(if uid { &viewed.uid } else { &number });
        Observation::Searched { number, flag, found: found == set }
    });
    Ok(looks.chain((at + 1..exchange.untagged.len()).map(Observation::Said)).collect())
}

/// Returns how many of the responses are what SELECT reports.
fn select(
    model: &mut Model,
    session: usize,
    exchange: &Exchange,
    name: &'static str,
    read_only: bool,
) -> Result<usize, String> {
    model.deselect(session);
    let id = model.names.get(name).copied();
    ok(exchange, id.is_some(), "NO")?;
    let Some(id) = id else { return Ok(0) };
    let at = |item: &str| {
        let is = |said: &Untagged| matches!(said, Untagged::Numbers(pairs) if pairs[0].0 == item);
        exchange.untagged.iter().position(is)
    };
    let end = at("UIDVALIDITY").ok_or("no UIDVALIDITY")? + 1;
    let data = &exchange.untagged[..end];
    let code = |item: &str| match &data.get(at(item)?)? {
        Untagged::Numbers(pairs) => Some(pairs[0].1),
        _ => None,
    };
    model.check_validity(name, code("UIDVALIDITY").unwrap_or(0))?;
    model.select(session, id, read_only);
    let (mailbox, Some(selection)) = (&model.mailboxes[&id], &model.sessions[session]) else {
        return Err("not selected".to_owned());
    };
    let recent = selection.view.iter().filter(|viewed| viewed.recent).count();
    let unseen = mailbox.messages.values().position(|message| !message.flags.has(Flags::SEEN));
    let wanted = (selection.view.len(), recent, unseen, mailbox.uid_next);
    let said = |wanted: &Untagged| data.contains(wanted);
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let holds = said(&Untagged::Exists(count(wanted.0)))
        && said(&Untagged::Recent(count(wanted.1)))
        && code("UNSEEN") == unseen.map(|index| count(index + 1))
        && code("UIDNEXT") == Some(wanted.3);
    if holds { Ok(end) } else { Err(format!("EXISTS, RECENT, UNSEEN - 1, UIDNEXT should be {wanted:?}")) }
}

/// Returns how many of the responses are the STATUS.
fn status(model: &mut Model, exchange: &Exchange, name: &'static str) -> Result<usize, String> {
    let id = model.names.get(name).copied();
    ok(exchange, id.is_some(), "NO")?;
    let Some(id) = id else { return Ok(0) };
    let Some(Untagged::Numbers(seen)) = exchange.untagged.first() else { return Err("no STATUS".to_owned()) };
    let messages = &model.mailboxes[&id].messages;
    let validity = seen.iter().find(|(item, _)| item == "UIDVALIDITY").map_or(0, |(_, value)| *value);
    for (item, wanted) in [
        ("MESSAGES", messages.len()),
        ("RECENT", messages.values().filter(|message| message.recent).count()),
        ("UNSEEN", messages.values().filter(|message| !message.flags.has(Flags::SEEN)).count()),
        ("UIDNEXT", model.mailboxes[&id].uid_next as usize),
    ] {
        let value = seen.iter().find(|(name, _)| name == item).map(|(_, value)| *value as usize);
        if value != Some(wanted) {
            return Err(format!("STATUS {item} is {value:?}, not {wanted}"));
        }
    }
    model.check_validity(name, validity).map(|()| 1)
}
