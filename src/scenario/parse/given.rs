//! `given`: the world before the talk, and the names that a talk may use.

use std::{collections::BTreeMap, sync::LazyLock};

use regex::Regex;

use super::{
    directive::state,
    keys::{self, Keys},
    mistake::{Parsed, Trouble, reported},
    node::{Node, Value},
    text::is_name,
};
use crate::fixtures::Fixtures;
use crate::scenario::{
    expression::Name,
    program::{Given, GivenMessage, GivenSession, GivenState, Lease, Place, Protocol},
};

/// What `given` is read with.
pub(super) struct Around<'a> {
    pub(super) protocol: Protocol,
    pub(super) fixtures: &'a Fixtures,
    pub(super) lease: Lease,
}

/// `given`, and `$name` for each name that a talk may use.
pub(super) fn read(
    node: Option<&Node>,
    around: &Around<'_>,
    troubles: &mut Vec<Trouble>,
) -> (Given, BTreeMap<String, Name>) {
    let imap = around.protocol == Protocol::Imap;
    let mut given = Given::default();
    let mut names = known_names(around.protocol);
    let first = |state| GivenSession { name: String::new(), state, other_account: false };
    let keys = node.and_then(|node| Keys::of(node, "`given`", keys::GIVEN, troubles));
    let Some(keys) = keys else {
        given.sessions.push(first(GivenState::Authenticated));
        return (given, names);
    };
    if !imap {
        for key in ["mailbox", "names", "free"] {
            if let Some(place) = keys.place_of(key) {
                troubles.push(Trouble::new(place, format!("POP3 has no `{key}`"), "IMAP only"));
            }
        }
    }
    given.messages = keys
        .get("messages")
        .map(|node| list(node, troubles, |node, troubles| message(node, around, troubles)));
    if let Some(node) = keys.get("mailbox") {
        match node.text() {
            Ok("INBOX") if around.lease == Lease::Mailbox => {
                troubles.push(
                    Trouble::new(
                        node.place,
                        "INBOX needs `lease: account`",
                        "others use it at the same time",
                    )
                    .hint("add `lease: account` to the scenario"),
                );
            }
            Ok("INBOX") => given.inbox = true,
            Ok(_) => troubles.push(
                Trouble::new(node.place, "the mailbox is INBOX, or a fresh one", "not INBOX")
                    .hint("leave the key out for a fresh mailbox, `$box`; make others with `names`"),
            ),
            Err(trouble) => troubles.push(trouble),
        }
    }
    given.names = keys.get("names").map_or_else(Vec::new, |node| mailboxes(node, &mut names, troubles));
    given.free = keys.get("free").map_or_else(Vec::new, |node| mailboxes(node, &mut names, troubles));
    let has_mailbox = imap && (given.messages.is_some() || keys.get("mailbox").is_some());
    let default = if has_mailbox { GivenState::Selected } else { GivenState::Authenticated };
    let main = keys.get("state").map(|node| state(node.text()?, node.place, around.protocol));
    given.sessions.push(first(main.and_then(|main| reported(main, troubles)).unwrap_or(default)));
    if let Some(node) = keys.get("sessions") {
        sessions(node, around, default, &mut given.sessions, troubles);
    }
    (given, names)
}

pub(super) fn known_names(protocol: Protocol) -> BTreeMap<String, Name> {
    let mut names = vec![("user", Name::User), ("password", Name::Password), ("other_user", Name::OtherUser)];
    if protocol == Protocol::Imap {
        names.extend([("box", Name::Box), ("sep", Name::Separator), ("prefix", Name::Prefix)]);
    }
    names.into_iter().map(|(name, known)| (name.to_owned(), known)).collect()
}

/// Reads each item of a list; a bad one is told and left out.
pub(super) fn list<T>(
    node: &Node,
    troubles: &mut Vec<Trouble>,
    mut read: impl FnMut(&Node, &mut Vec<Trouble>) -> Parsed<T>,
) -> Vec<T> {
    let items = match node.sequence() {
        Ok(items) => items,
        Err(trouble) => {
            troubles.push(trouble);
            return Vec::new();
        }
    };
    let mut values = Vec::new();
    for item in items {
        match read(item, troubles) {
            Ok(value) => values.push(value),
            Err(trouble) => troubles.push(trouble),
        }
    }
    values
}

fn message(node: &Node, around: &Around<'_>, troubles: &mut Vec<Trouble>) -> Parsed<GivenMessage> {
    let mut message = GivenMessage { mail: String::new(), flags: Vec::new(), date: None };
    let mail = if let Value::Mapping(_) = node.value {
        let Some(keys) = Keys::of(node, "a message", keys::MESSAGE, troubles) else { return Ok(message) };
        for key in ["flags", "date"] {
            if let Some(place) = keys.place_of(key).filter(|_| around.protocol == Protocol::Pop3) {
                troubles.push(Trouble::new(place, format!("a message of POP3 has no `{key}`"), "IMAP only"));
            }
        }
        if let Some(node) = keys.get("flags") {
            message.flags = list(node, troubles, |node, _| flag(node));
        }
        message.date = keys.get("date").and_then(|node| reported(date(node), troubles));
        keys.require("mail", None, troubles)
    } else {
        Some(node)
    };
    if let Some(node) = mail {
        message.mail = node.text()?.to_owned();
        if around.fixtures.get(&message.mail).is_none() {
            let trouble = Trouble::new(
                node.place,
                format!("there is no fixture `{}`", message.mail),
                "unknown fixture",
            );
            // It is a message nevertheless, which `#n` counts.
            troubles.push(trouble.suggest(&message.mail, around.fixtures.names()));
        }
    }
    Ok(message)
}

fn flag(node: &Node) -> Parsed<String> {
    let flag = node.text()?;
    let word = flag.strip_prefix('\\').unwrap_or(flag);
    let atom = !word.is_empty()
        && word.bytes().all(|octet| octet.is_ascii_graphic() && !b"(){%*\"\\]".contains(&octet));
    if atom {
        return Ok(flag.to_owned());
    }
    Err(Trouble::new(node.place, "this is not a flag", "not a flag").hint("as in `\\Seen`, `$Work`"))
}

fn date(node: &Node) -> Parsed<String> {
    // The pattern is constant, and a test compiles it.
    static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let months = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec";
        Regex::new(&format!(
            r"^([ 0][1-9]|[12]\d|3[01])-({months})-\d{{4}} ([01]\d|2[0-3]):[0-5]\d:[0-5]\d [-+]\d{{4}}$"
        ))
        .ok()
    });
    let text = node.text()?;
    if DATE.as_ref().is_none_or(|pattern| pattern.is_match(text)) {
        return Ok(text.to_owned());
    }
    Err(Trouble::new(node.place, "this is not a date-time of APPEND", "not a date")
        .hint("as in \"17-Jul-1996 02:44:25 -0700\", with two places for the day"))
}

fn mailboxes(node: &Node, names: &mut BTreeMap<String, Name>, troubles: &mut Vec<Trouble>) -> Vec<String> {
    list(node, troubles, |node, _| {
        let mailbox = node.text()?;
        if !mailbox.split('/').all(is_name) {
            return Err(Trouble::new(node.place, "this is not a name for a mailbox", "not a name")
                .hint("a lower-case word with digits, `-` and `_`; `a/b` is a child of `a`"));
        }
        let variable = mailbox.replace(['/', '-'], "_");
        if names.contains_key(&variable) || variable == "tag" {
            return Err(Trouble::new(
                node.place,
                format!("the name `${variable}` is taken"),
                "choose another",
            ));
        }
        names.insert(variable, Name::Mailbox(mailbox.to_owned()));
        Ok(mailbox.to_owned())
    })
}

/// More would be more than targets allow.
const MAX_SESSIONS: usize = 16;

fn sessions(
    node: &Node,
    around: &Around<'_>,
    default: GivenState,
    sessions: &mut Vec<GivenSession>,
    troubles: &mut Vec<Trouble>,
) {
    let entries = match node.mapping() {
        Ok(entries) => entries,
        Err(trouble) => return troubles.push(trouble.hint("as in `{ bob: { state: selected } }`")),
    };
    for (key, node) in entries {
        let fault = |message: &str, label: &str| Trouble::new(key.place, message, label);
        if !is_name(&key.text) {
            troubles.push(fault("the name of a session is a lower-case word", "not a name"));
        } else if key.text == "main" {
            troubles.push(fault("`main` is how reports name the first session", "choose another name"));
        } else if sessions.len() >= MAX_SESSIONS {
            troubles.push(fault("too many sessions", "one too many"));
            return;
        }
        let mut session = GivenSession { name: key.text.clone(), state: default, other_account: false };
        if let Some(keys) = Keys::of(node, "a session", keys::SESSION, troubles) {
            if let Some(node) = keys.get("account") {
                match node.text() {
                    Ok("other") => session.other_account = true,
                    Ok(_) => troubles.push(
                        Trouble::new(node.place, "the only other account is `other`", "unknown account")
                            .hint("leave the key out for the account of the first session"),
                    ),
                    Err(trouble) => troubles.push(trouble),
                }
            }
            // The mailbox is the first account's.
            if session.other_account && matches!(default, GivenState::Selected | GivenState::Examined) {
                session.state = GivenState::Authenticated;
            }
            let place = keys.get("state").map_or(Place::default(), |node| node.place);
            let stated = keys.get("state").map(|node| state(node.text()?, node.place, around.protocol));
            if let Some(state) = stated.and_then(|stated| reported(stated, troubles)) {
                if session.other_account && matches!(state, GivenState::Selected | GivenState::Examined) {
                    troubles.push(Trouble::new(
                        place,
                        "the mailbox belongs to the first account",
                        "not its own",
                    ));
                }
                session.state = state;
            }
        }
        sessions.push(session);
    }
}
