//! Items of FETCH and STATUS: names and values.

use super::{
    mistake::{Parsed, Trouble},
    scope::Scope,
    text::Cursor,
    value_pattern::{Surroundings, stands_alone, value},
};
use crate::scenario::pattern::{ItemPattern, ItemsPattern};

/// A list of items, `=` perhaps in front.
pub(super) fn read(
    cursor: &mut Cursor<'_>,
    scope: &mut Scope<'_>,
    around: Surroundings,
) -> Parsed<ItemsPattern> {
    cursor.skip_spaces();
    let exact = cursor.eat("=");
    let start = cursor.at;
    if !cursor.eat("(") {
        return Err(Trouble::new(cursor.ahead(), "a list of items is wanted here", "not a list")
            .hint("as in `(FLAGS (\\Seen) UID @1)`, `(...)` for any"));
    }
    let mut items = Vec::new();
    let mut rest = false;
    loop {
        cursor.skip_spaces();
        if cursor.eat(")") {
            break;
        }
        if cursor.is_end() {
            let place = cursor.text.place(start, start + 1);
            return Err(Trouble::new(place, "this parenthesis is never closed", "opened here"));
        }
        if stands_alone(cursor, "...") {
            cursor.eat("...");
            rest = true;
            continue;
        }
        let start = cursor.at;
        let name = item_name(cursor)?;
        if cursor.rest().trim_start().starts_with(')') {
            return Err(Trouble::new(
                cursor.since(start),
                format!("the item `{name}` needs a value"),
                "no value behind this",
            )
            .hint("items are pairs, as in `(UID @1 FLAGS (\\Seen))`; `_` is any value"));
        }
        items.push(ItemPattern { name, value: value(cursor, scope, around)? });
    }
    if exact && rest {
        return Err(Trouble::new(cursor.since(start), "`=(…)` has no rest", "`...` contradicts `=`"));
    }
    Ok(ItemsPattern { items, exact })
}

/// `BODY[HEADER.FIELDS (FROM)]<10>`, in upper case.
fn item_name(cursor: &mut Cursor<'_>) -> Parsed<String> {
    let start = cursor.at;
    let mut depth = 0_usize;
    let name = cursor.rest();
    let mut length = name.len();
    for (at, character) in name.char_indices() {
        match character {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            ' ' | '(' | ')' if depth == 0 => {
                length = at;
                break;
            }
            _ => {}
        }
    }
    cursor.at += length;
    let name = &name[..length];
    if depth > 0 {
        return Err(Trouble::new(cursor.since(start), "this section is never closed", "a `]` is missing"));
    }
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return Err(Trouble::new(cursor.since(start), "the name of an item is wanted here", "not a name")
            .hint("items are pairs, as in `(UID @1 FLAGS (\\Seen))`"));
    }
    Ok(name.to_ascii_uppercase())
}
