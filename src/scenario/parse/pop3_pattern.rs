//! `S:` lines of POP3.

use super::{
    expression, imap_pattern,
    mistake::{Parsed, Trouble},
    reference,
    scope::Scope,
    text::Cursor,
    value_pattern::{self, Surroundings},
};
use crate::scenario::{
    expression::{Expression, Term},
    pattern::{Form, Pattern, ReplyPattern, ValuePattern, WordsPattern},
};

/// Reads the whole line.
pub(super) fn read(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>, forbidden: bool) -> Parsed<Pattern> {
    let around = Surroundings::pop3(forbidden);
    let rest = cursor.rest();
    let first = rest.split(' ').next().unwrap_or_default();
    match first {
        "." if rest == "." => {
            cursor.at += 1;
            Ok(Pattern::BodyEnd)
        }
        "+" => {
            cursor.at += 1;
            let pattern = imap_pattern::continuation(cursor, scope, around)?;
            end(cursor)?;
            Ok(pattern)
        }
        "*" | "OK" | "NO" | "BAD" => {
            let place = cursor.ahead();
            Err(Trouble::new(place, "this is a response of IMAP", "not of POP3")
                .hint("POP3 answers `+OK` or `-ERR`"))
        }
        _ if first.starts_with(['+', '-']) && first.len() > 1 => reply(cursor, scope, around),
        _ if is_computed(cursor) => body(cursor, scope),
        _ => Ok(Pattern::BodyLine(words(cursor, scope, around)?)),
    }
}

fn end(cursor: &mut Cursor<'_>) -> Parsed<()> {
    cursor.skip_spaces();
    if cursor.is_end() {
        return Ok(());
    }
    Err(Trouble::new(cursor.ahead(), "the line should end here", "unexpected"))
}

/// `+OK …`, `-ERR …`, `+OK|-ERR`
fn reply(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>, around: Surroundings) -> Parsed<Pattern> {
    let start = cursor.at;
    let status = cursor.take_while(|character| character != ' ');
    let (mut ok, mut err) = (false, false);
    for alternative in status.split('|') {
        match alternative {
            "+OK" => ok = true,
            "-ERR" => err = true,
            _ => {
                return Err(Trouble::new(cursor.since(start), "this is no status of POP3", "unknown status")
                    .hint("a reply begins with `+OK` or `-ERR`; a line of a multi-line reply that begins so is matched by `/…/`"));
            }
        }
    }
    cursor.skip_spaces();
    let mut code = None;
    if cursor.peek() == Some(b'[') {
        let start = cursor.at;
        cursor.at += 1;
        let name = cursor.take_while(|character| !matches!(character, ']' | ' '));
        if !cursor.eat("]") || name.is_empty() {
            return Err(Trouble::new(cursor.since(start), "this is no response code", "as in `[IN-USE]`"));
        }
        code = Some(name.to_ascii_uppercase());
        cursor.skip_spaces();
    }
    if cursor.is_end() || value_pattern::rest_of_line(cursor) {
        return Ok(Pattern::Reply(ReplyPattern { ok, err, code, words: None }));
    }
    let start = cursor.at;
    let words = words(cursor, scope, around)?;
    if words.words.iter().any(|word| matches!(word.form, Form::Atom(_))) {
        return Err(imap_pattern::free_text(cursor, start));
    }
    Ok(Pattern::Reply(ReplyPattern { ok, err, code, words: Some(words) }))
}

fn words(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>, around: Surroundings) -> Parsed<WordsPattern> {
    let mut pattern = WordsPattern { words: Vec::new(), rest: false };
    loop {
        cursor.skip_spaces();
        if cursor.is_end() {
            break;
        }
        if value_pattern::rest_of_line(cursor) {
            pattern.rest = true;
            break;
        }
        pattern.words.push(value_pattern::value(cursor, scope, around)?);
    }
    match pattern.words.as_slice() {
        [ValuePattern { form: Form::Regex(_), place }] if pattern.rest => Err(Trouble::new(
            *place,
            "a lone regular expression is over the whole line",
            "`...` adds nothing",
        )),
        _ => Ok(pattern),
    }
}

/// Does a fixture or a computed value stand alone on the line?
fn is_computed(cursor: &Cursor<'_>) -> bool {
    reference::begins_octets(cursor) || cursor.rest().starts_with("$(")
}

/// `{dots}`, `$(…)`: the whole body.
fn body(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>) -> Parsed<Pattern> {
    let start = cursor.at;
    let expression = if cursor.peek() == Some(b'$') {
        expression::embedded(cursor, scope)?.0
    } else {
        let octets = reference::braced(cursor, scope.fixtures)?.octets;
        Expression { place: cursor.since(start), term: Term::Fixture(octets) }
    };
    end(cursor)?;
    Ok(Pattern::Body(expression))
}
