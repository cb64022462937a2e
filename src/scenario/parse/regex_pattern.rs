//! Regular expressions: `/re(?<x>…)/`.

use regex::bytes::RegexBuilder;

use super::{
    mistake::{Parsed, Trouble},
    scope::{Scope, Setting},
    text::{Cursor, is_capture},
    value_pattern::Surroundings,
};
use crate::scenario::pattern::RegexPattern;

/// `/re/`, its slash being next.
pub(super) fn read(
    cursor: &mut Cursor<'_>,
    scope: &mut Scope<'_>,
    around: Surroundings,
) -> Parsed<RegexPattern> {
    const SIZE_LIMIT: usize = 1 << 20;
    let start = cursor.at;
    cursor.eat("/");
    let inside = cursor.rest();
    let mut escaped = false;
    let end = inside.find(|character| {
        let ends = character == '/' && !escaped;
        escaped = character == '\\' && !escaped;
        ends
    });
    let Some(end) = end else {
        return Err(Trouble::new(
            cursor.text.place(start, start + 1),
            "this regular expression is never closed",
            "opened here",
        )
        .hint("a slash in text is written in quotes"));
    };
    cursor.at += end + 1;
    let place = cursor.since(start);
    // Over octets: no class of Unicode would fit what a server may send raw, and those are dear to compile.
    let mut builder = RegexBuilder::new(&inside[..end]);
    let regex = builder.unicode(false).size_limit(SIZE_LIMIT).build().map_err(|error| {
        let message = error.to_string();
        let reason = message.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        Trouble::new(place, "this regular expression is not valid", reason)
    })?;
    let mut groups = Vec::new();
    for name in regex.capture_names().flatten() {
        if !is_capture(name) || scope.names.contains_key(name) {
            return Err(Trouble::new(
                place,
                format!("`{name}` is not the name of a capture"),
                "in this expression",
            )
            .hint("a capture is a lower-case word that no mailbox or account has"));
        }
        if around.forbidden {
            return Err(Trouble::new(place, "`S!:` sets no captures", "a named group"));
        }
        let slot = scope.declare(name, place)?;
        scope.set(slot, Setting::Yes);
        groups.push((name.to_owned(), slot));
    }
    Ok(RegexPattern { regex, groups })
}
