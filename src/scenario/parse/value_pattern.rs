//! Patterns of values: `_`, `$x`, `"text"`, `12`, lists, regular expressions, …

use super::{
    expression::{self, Type},
    mistake::{Parsed, Trouble},
    octets, reference, regex_pattern,
    scope::{Scope, Setting},
    text::{Cursor, begins_name, in_capture},
};
use crate::scenario::{
    expression::{Expression, Term},
    pattern::{Form, ListPattern, ValuePattern},
};

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Surroundings {
    /// Words of a POP3 line: parentheses and brackets are ordinary.
    pub(super) words: bool,
    /// In a response code: `]` ends it.
    pub(super) code: bool,
    /// In a response whose numbers a computed list may stand for: SEARCH, SORT, ESEARCH.
    pub(super) numbers: bool,
    /// In an `S!:` line, which sets no captures.
    pub(super) forbidden: bool,
}

impl Surroundings {
    pub(super) fn imap(forbidden: bool) -> Self {
        Self { words: false, code: false, numbers: false, forbidden }
    }

    pub(super) fn pop3(forbidden: bool) -> Self {
        Self { words: true, code: false, numbers: false, forbidden }
    }

    pub(super) fn in_code(self) -> Self {
        Self { code: true, ..self }
    }
}

/// Deeper nesting is a mistake, not a stack overflow.
const MAX_DEPTH: usize = 32;

/// One value.
pub(super) fn value(
    cursor: &mut Cursor<'_>,
    scope: &mut Scope<'_>,
    around: Surroundings,
) -> Parsed<ValuePattern> {
    nested(cursor, scope, around, 0)
}

fn nested(
    cursor: &mut Cursor<'_>,
    scope: &mut Scope<'_>,
    around: Surroundings,
    depth: usize,
) -> Parsed<ValuePattern> {
    cursor.skip_spaces();
    let start = cursor.at;
    let form = match cursor.peek() {
        None => return Err(Trouble::new(cursor.end(), "a value is missing", "here")),
        Some(b'/') => Form::Regex(regex_pattern::read(cursor, scope, around)?),
        Some(b'"') => Form::Text(octets::quoted(cursor)?),
        Some(b'{') => braces(cursor, scope)?,
        Some(b'$') if cursor.peek_at(1) == Some(b'(') => {
            let (expression, kind) = expression::embedded(cursor, scope)?;
            if kind == Type::Numbers && !around.numbers {
                return Err(Trouble::new(expression.place, "one value is wanted here", "a list of numbers")
                    .hint("`hits` and `uidhits` stand in `* SEARCH …` and its kin"));
            }
            return Ok(ValuePattern { place: expression.place, form: Form::Computed(expression) });
        }
        Some(b'$') if begins_name(cursor.peek_at(1)) => capture(cursor, scope, around)?,
        Some(sign @ (b'#' | b'@')) if cursor.peek_at(1).is_some_and(|next| next.is_ascii_digit()) => {
            let (term, _) = expression::message(cursor, scope, sign)?;
            Form::Computed(Expression { place: cursor.since(start), term })
        }
        Some(b'(') if !around.words => Form::List(list(cursor, scope, around, depth)?),
        Some(b'=') if !around.words && cursor.peek_at(1) == Some(b'(') => {
            cursor.eat("=");
            Form::List(ListPattern { exact: true, ..list(cursor, scope, around, depth)? })
        }
        Some(_) => atom(cursor, around)?,
    };
    let place = cursor.since(start);
    // `$x|NIL` and `"a"b` would be read as two values.
    if cursor.peek() == Some(b'|') {
        return Err(Trouble::new(cursor.ahead(), "only atoms have alternatives", "not here")
            .hint("`NO|BAD` is either atom; for more write a regular expression `/…/` or `-- either`"));
    }
    Ok(ValuePattern { place, form })
}

fn braces(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>) -> Parsed<Form> {
    let start = cursor.at;
    if !reference::begins_octets(cursor) {
        return Err(Trouble::new(cursor.ahead(), "neither a fixture nor text", "not a value").hint(
            "`{plain}` is a fixture, `{\"a\\r\\nb\"}` are octets; how a string is sent is not compared",
        ));
    }
    let braced = reference::braced(cursor, scope.fixtures)?;
    let place = cursor.since(start);
    if braced.plus {
        return Err(Trouble::new(place, "a pattern has no `+}`", "only in `C:` lines"));
    }
    Ok(if braced.text {
        Form::Text(braced.octets)
    } else {
        Form::Computed(Expression { place, term: Term::Fixture(braced.octets) })
    })
}

fn capture(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>, around: Surroundings) -> Parsed<Form> {
    let start = cursor.at;
    let mut ahead = cursor.clone();
    ahead.at += 1;
    let name = ahead.take_while(in_capture);
    if scope.names.contains_key(name) || name == "tag" {
        let (term, _) = expression::capture(cursor, scope)?;
        return Ok(Form::Computed(Expression { place: cursor.since(start), term }));
    }
    *cursor = ahead;
    if around.forbidden {
        return Ok(Form::Capture(
            scope
                .read(name, cursor.since(start))
                .map_err(|trouble| trouble.hint("`S!:` sets no captures: write `_` for any value"))?,
        ));
    }
    let slot = scope.declare(name, cursor.since(start))?;
    scope.set(slot, Setting::Yes);
    Ok(Form::Capture(slot))
}

fn atom(cursor: &mut Cursor<'_>, around: Surroundings) -> Parsed<Form> {
    let start = cursor.at;
    let word = cursor.take_while(|character| match character {
        ' ' => false,
        '(' | ')' | '"' | '{' => around.words,
        ']' => !around.code,
        _ => true,
    });
    if word.is_empty() {
        return Err(Trouble::new(cursor.ahead(), "this is not a value", "unexpected"));
    }
    Ok(match word {
        "_" => Form::Any,
        "..." | "?" => {
            return Err(Trouble::new(
                cursor.since(start),
                format!("`{word}` does not stand here"),
                "unexpected",
            )
            .hint("`...` is the end of a list or a line; `?` stands in a list"));
        }
        _ if !around.words && word.eq_ignore_ascii_case("NIL") => Form::Nil,
        _ => match word.parse() {
            Ok(number) if word.bytes().all(|octet| octet.is_ascii_digit()) => Form::Number(number),
            _ if word.bytes().all(|octet| octet.is_ascii_digit()) => {
                return Err(Trouble::new(cursor.since(start), "this number is too large", "beyond 64 bits"));
            }
            _ if word.len() > 1 && word.contains('|') => {
                let alternatives: Vec<String> = word.split('|').map(str::to_owned).collect();
                if alternatives.iter().any(String::is_empty) {
                    return Err(Trouble::new(
                        cursor.since(start),
                        "an alternative is missing",
                        "beside a `|`",
                    ));
                }
                Form::Atom(alternatives)
            }
            _ => Form::Atom(vec![word.to_owned()]),
        },
    })
}

/// What ends a list of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Parenthesis,
    Bracket,
    Line,
}

fn list(
    cursor: &mut Cursor<'_>,
    scope: &mut Scope<'_>,
    around: Surroundings,
    depth: usize,
) -> Parsed<ListPattern> {
    if depth >= MAX_DEPTH {
        return Err(Trouble::new(cursor.ahead(), "nested too deep", "here"));
    }
    let start = cursor.at;
    cursor.eat("(");
    let around = Surroundings { code: false, ..around };
    values_nested(cursor, scope, around, End::Parenthesis, start, depth + 1)
}

/// Values up to the end of the line.
pub(super) fn values_to_end(
    cursor: &mut Cursor<'_>,
    scope: &mut Scope<'_>,
    around: Surroundings,
) -> Parsed<ListPattern> {
    let start = cursor.at;
    values_nested(cursor, scope, around, End::Line, start, 0)
}

/// A response code, its bracket being next.
pub(super) fn code(
    cursor: &mut Cursor<'_>,
    scope: &mut Scope<'_>,
    around: Surroundings,
) -> Parsed<ListPattern> {
    let start = cursor.at;
    cursor.eat("[");
    let code = values_nested(cursor, scope, around.in_code(), End::Bracket, start, 0)?;
    match code.items.first().map(|item| &item.form) {
        Some(Form::Atom(_) | Form::Any | Form::Capture(_)) => Ok(code),
        _ => Err(Trouble::new(
            cursor.since(start),
            "a response code begins with its name",
            "as in `[TRYCREATE]`",
        )),
    }
}

fn values_nested(
    cursor: &mut Cursor<'_>,
    scope: &mut Scope<'_>,
    around: Surroundings,
    end: End,
    start: usize,
    depth: usize,
) -> Parsed<ListPattern> {
    let mut list = ListPattern { items: Vec::new(), optional_from: None, rest: false, exact: false };
    loop {
        cursor.skip_spaces();
        let ended = match end {
            End::Parenthesis => cursor.eat(")"),
            End::Bracket => cursor.eat("]"),
            End::Line => cursor.is_end(),
        };
        if ended {
            return Ok(list);
        }
        if cursor.is_end() {
            let what = if end == End::Bracket { "bracket" } else { "parenthesis" };
            let place = cursor.text.place(start, start + 1);
            return Err(Trouble::new(place, format!("this {what} is never closed"), "opened here"));
        }
        let from = cursor.at;
        if list.rest {
            return Err(Trouble::new(cursor.ahead(), "nothing follows `...`", "unexpected")
                .hint("`...` is the rest of the list"));
        }
        if stands_alone(cursor, "...") {
            cursor.eat("...");
            list.rest = true;
        } else if stands_alone(cursor, "?") {
            cursor.eat("?");
            if list.optional_from.replace(list.items.len()).is_some() {
                return Err(Trouble::new(
                    cursor.since(from),
                    "a second `?` in one list",
                    "the first one says it",
                ));
            }
        } else {
            list.items.push(nested(cursor, scope, around, depth)?);
        }
    }
}

/// Is this the next word?
pub(super) fn stands_alone(cursor: &Cursor<'_>, word: &str) -> bool {
    cursor.rest().strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ')', ']']))
}

/// `...` and then the end of the line.
pub(super) fn rest_of_line(cursor: &mut Cursor<'_>) -> bool {
    let mut ahead = cursor.clone();
    ahead.skip_spaces();
    let found = ahead.eat("...") && ahead.rest().trim().is_empty();
    if found {
        ahead.at += ahead.rest().len();
        *cursor = ahead;
    }
    found
}
