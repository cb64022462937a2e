//! `S:` lines of IMAP.

use super::{
    items,
    mistake::{Parsed, Trouble},
    regex_pattern,
    scope::Scope,
    text::Cursor,
    value_pattern::{self, Surroundings},
};
use crate::scenario::pattern::{Form, ListPattern, Pattern, StatusPattern, ValuePattern};

/// Reads the whole line.
pub(super) fn read(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>, forbidden: bool) -> Parsed<Pattern> {
    let around = Surroundings::imap(forbidden);
    let pattern = if cursor.peek() == Some(b'/') {
        Pattern::Line(regex_pattern::read(cursor, scope, around)?)
    } else if eat_word(cursor, "+") {
        continuation(cursor, scope, around)?
    } else if eat_word(cursor, "*") {
        untagged(cursor, scope, around)?
    } else {
        tagged(cursor, scope, around)?
    };
    cursor.skip_spaces();
    if !cursor.is_end() {
        return Err(Trouble::new(cursor.ahead(), "the line should end here", "unexpected"));
    }
    Ok(pattern)
}

fn eat_word(cursor: &mut Cursor<'_>, word: &str) -> bool {
    let found = cursor.rest().strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    found && cursor.eat(word)
}

/// `+ …`
pub(super) fn continuation(
    cursor: &mut Cursor<'_>,
    scope: &mut Scope<'_>,
    around: Surroundings,
) -> Parsed<Pattern> {
    cursor.skip_spaces();
    if cursor.is_end() || value_pattern::rest_of_line(cursor) {
        return Ok(Pattern::Continuation(None));
    }
    let start = cursor.at;
    let value = value_pattern::value(cursor, scope, around)?;
    if matches!(value.form, Form::Atom(_)) {
        return Err(free_text(cursor, start));
    }
    Ok(Pattern::Continuation(Some(value)))
}

/// Text behind a status, which servers choose freely.
pub(super) fn free_text(cursor: &mut Cursor<'_>, start: usize) -> Trouble {
    cursor.at += cursor.rest().len();
    Trouble::new(cursor.since(start), "free text is never compared", "text of the server's choice")
        .hint("leave it out, write `...`, or search it with `/regular expression/`")
}

const STATUSES: [&str; 5] = ["OK", "NO", "BAD", "BYE", "PREAUTH"];

/// `OK`, `NO|BAD`: statuses in upper case, if the word is made of them.
fn statuses(word: &str) -> Option<Vec<String>> {
    let statuses: Vec<String> = word.split('|').map(str::to_ascii_uppercase).collect();
    statuses.iter().all(|status| STATUSES.contains(&status.as_str())).then_some(statuses)
}

fn tagged(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>, around: Surroundings) -> Parsed<Pattern> {
    let start = cursor.at;
    let word = cursor.take_while(|character| character != ' ');
    let place = cursor.since(start);
    match statuses(word) {
        Some(status) if status.iter().all(|status| matches!(status.as_str(), "OK" | "NO" | "BAD")) => {
            Ok(Pattern::Tagged(status_rest(status, cursor, scope, around)?))
        }
        Some(_) => Err(Trouble::new(place, format!("`{word}` is never tagged"), "not a tagged status")
            .hint(format!("did you mean `* {word}`?"))),
        None => {
            let trouble = Trouble::new(place, "this is no response", "not understood");
            let untagged = KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(word))
                || word.bytes().all(|octet| octet.is_ascii_digit());
            Err(if word.starts_with("+OK") || word.starts_with("-ERR") || word == "." {
                trouble.hint("this is a reply of POP3, and the file's protocol is IMAP")
            } else if untagged {
                trouble.hint(format!("an untagged response begins with `* `: did you mean `* {word} …`?"))
            } else {
                trouble.hint(
                    "a response is `* …`, `+ …`, `OK`, `NO`, `BAD`, or a line by `/regular expression/`",
                )
            })
        }
    }
}

/// What may stand behind a status: a code, a search of the text, `...`.
fn status_rest(
    status: Vec<String>,
    cursor: &mut Cursor<'_>,
    scope: &mut Scope<'_>,
    around: Surroundings,
) -> Parsed<StatusPattern> {
    let mut pattern = StatusPattern { status, code: None, text: None };
    cursor.skip_spaces();
    if cursor.peek() == Some(b'[') {
        pattern.code = Some(value_pattern::code(cursor, scope, around)?);
        cursor.skip_spaces();
    }
    if cursor.peek() == Some(b'/') {
        pattern.text = Some(regex_pattern::read(cursor, scope, around)?);
    } else if !cursor.is_end() && !value_pattern::rest_of_line(cursor) {
        let start = cursor.at;
        return Err(free_text(cursor, start));
    }
    Ok(pattern)
}

/// Untagged responses that have a form of their own, or are well known.
const KEYWORDS: [&str; 26] = [
    "OK",
    "NO",
    "BAD",
    "BYE",
    "PREAUTH",
    "CAPABILITY",
    "FLAGS",
    "LIST",
    "LSUB",
    "SEARCH",
    "SORT",
    "STATUS",
    "ESEARCH",
    "THREAD",
    "ENABLED",
    "NAMESPACE",
    "ID",
    "VANISHED",
    "QUOTA",
    "QUOTAROOT",
    "ACL",
    "MYRIGHTS",
    "EXISTS",
    "RECENT",
    "EXPUNGE",
    "FETCH",
];

/// Those behind a number.
const NUMBERED: [&str; 4] = ["EXISTS", "RECENT", "EXPUNGE", "FETCH"];

fn untagged(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>, around: Surroundings) -> Parsed<Pattern> {
    cursor.skip_spaces();
    if begins_number(cursor) {
        return numbered(cursor, scope, around);
    }
    let start = cursor.at;
    let word = cursor.take_while(|character| !matches!(character, ' ' | '(' | ')' | '"'));
    let place = cursor.since(start);
    if let Some(status) = statuses(word) {
        return Ok(Pattern::Status(status_rest(status, cursor, scope, around)?));
    }
    let keyword = word.to_ascii_uppercase();
    if NUMBERED.contains(&keyword.as_str()) {
        return Err(Trouble::new(place, format!("a number stands before `{keyword}`"), "no number")
            .hint(format!("`* 3 {keyword}`, or `* _ {keyword}` for any")));
    }
    check_keyword(&keyword, word, place)?;
    let numbers = Surroundings { numbers: true, ..around };
    let mut value = |cursor: &mut Cursor<'_>| value_pattern::value(cursor, scope, around);
    match keyword.as_str() {
        "CAPABILITY" => {
            let values = value_pattern::values_to_end(cursor, scope, around)?;
            Ok(Pattern::Capability(values.items))
        }
        "FLAGS" => Ok(Pattern::Flags(value(cursor)?)),
        "SEARCH" => {
            let values = value_pattern::values_to_end(cursor, scope, numbers)?;
            Ok(Pattern::Search { numbers: values.items, rest: values.rest })
        }
        "STATUS" => {
            let mailbox = value(cursor)?;
            Ok(Pattern::MailboxStatus { mailbox, items: items::read(cursor, scope, around)? })
        }
        "LIST" | "LSUB" => {
            let (attributes, delimiter, mailbox) = (value(cursor)?, value(cursor)?, value(cursor)?);
            if !matches!(attributes.form, Form::List(_) | Form::Any | Form::Capture(_)) {
                return Err(Trouble::new(attributes.place, "the attributes are a list", "not a list")
                    .hint("`(...)` for any"));
            }
            let extended = value_pattern::values_to_end(cursor, scope, around)?.items;
            Ok(Pattern::List { keyword, attributes, delimiter, mailbox, extended })
        }
        _ => {
            let mut values = value_pattern::values_to_end(cursor, scope, numbers)?;
            values.items.insert(0, ValuePattern { place, form: Form::Atom(vec![keyword]) });
            values.optional_from = values.optional_from.map(|from| from + 1);
            Ok(Pattern::Other(ListPattern { ..values }))
        }
    }
}

fn check_keyword(keyword: &str, word: &str, place: crate::scenario::program::Place) -> Parsed<()> {
    let atom = !keyword.is_empty()
        && keyword.starts_with(|first: char| first.is_ascii_alphabetic())
        && keyword.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-._".contains(&octet));
    if !atom {
        return Err(Trouble::new(place, "the name of a response is wanted here", "not a name"));
    }
    // An extension may bring any name, yet hardly one that is a letter away from a known one.
    match KEYWORDS.contains(&keyword) {
        true => Ok(()),
        false => match crate::nearest::nearest(keyword, KEYWORDS) {
            Some(near) if keyword.len() > 3 => {
                Err(Trouble::new(place, format!("there is no response `{word}`"), "unknown response")
                    .hint(format!("did you mean `{near}`?")))
            }
            _ => Ok(()),
        },
    }
}

fn begins_number(cursor: &Cursor<'_>) -> bool {
    let next = cursor.peek_at(1);
    match cursor.peek() {
        Some(b'0'..=b'9' | b'#' | b'@' | b'$') => true,
        Some(b'_') => next == Some(b' '),
        _ => false,
    }
}

fn numbered(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>, around: Surroundings) -> Parsed<Pattern> {
    let number = value_pattern::value(cursor, scope, around)?;
    cursor.skip_spaces();
    let start = cursor.at;
    let keyword = cursor.take_while(|character| character.is_ascii_alphanumeric()).to_ascii_uppercase();
    let place = if keyword.is_empty() { cursor.ahead() } else { cursor.since(start) };
    match keyword.as_str() {
        "FETCH" => Ok(Pattern::Fetch { number, items: items::read(cursor, scope, around)? }),
        "EXISTS" | "RECENT" | "EXPUNGE" => Ok(Pattern::Numbered { number, keyword }),
        _ => Err(Trouble::new(place, "no response has this behind a number", "unknown")
            .suggest(&keyword, NUMBERED)),
    }
}
