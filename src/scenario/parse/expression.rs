//! Expressions of `$(…)` and `=`, with their types.

use super::{
    functions,
    mistake::{Parsed, Trouble},
    octets, reference,
    scope::Scope,
    text::{Cursor, begins_name, in_capture},
};
use crate::scenario::{
    expression::{Expression, Operator, Term},
    program::Place,
};

/// The type of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Number,
    Octets,
    Truth,
    Flags,
    /// A list of numbers.
    Numbers,
    /// A capture: octets, which are a number too where they are digits, or flags.
    Captured,
    /// `#n` as the argument of a function of the view.
    Message,
}

impl Type {
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Octets => "octets",
            Self::Truth => "true or false",
            Self::Flags => "flags",
            Self::Numbers => "a list of numbers",
            Self::Captured => "a capture",
            Self::Message => "a given message `#n`",
        }
    }

    /// May a value of this type stand where `wanted` is?
    pub(super) fn fits(self, wanted: Self) -> bool {
        self == wanted
            || self == Self::Captured && matches!(wanted, Self::Number | Self::Octets | Self::Flags)
            || self == Self::Message && wanted == Self::Number
    }
}

/// An expression and its type.
pub(super) type Typed = (Expression, Type);

/// Deeper nesting is a mistake, not a stack overflow.
const MAX_DEPTH: usize = 32;

/// A longer chain of one operator is a mistake for the same reason.
const MAX_CHAIN: usize = 64;

/// The expression of an `=` line: all of it, and true or false.
pub(super) fn assertion(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>) -> Parsed<Expression> {
    let typed = or(cursor, scope, 0)?;
    cursor.skip_spaces();
    if !cursor.is_end() {
        return Err(Trouble::new(cursor.ahead(), "the expression should end here", "unexpected")
            .hint("operators are `and or not == != < <= > >= + - has lacks`"));
    }
    check(&typed, Type::Truth, "an assertion is true or false")?;
    Ok(typed.0)
}

/// `$(…)`, its dollar sign being next.
pub(super) fn embedded(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>) -> Parsed<Typed> {
    let start = cursor.at;
    cursor.eat("$(");
    let (mut expression, kind) = or(cursor, scope, 0)?;
    cursor.skip_spaces();
    if !cursor.eat(")") {
        if cursor.is_end() {
            return Err(Trouble::new(cursor.since(start), "this `$(` is never closed", "opened here"));
        }
        return Err(Trouble::new(cursor.ahead(), "the expression should end here", "unexpected"));
    }
    expression.place = cursor.since(start);
    match kind {
        Type::Truth => Err(Trouble::new(expression.place, "a value is wanted here", "this is true or false")
            .hint("assert it in an `=` line")),
        Type::Message => Ok((expression, Type::Number)),
        kind => Ok((expression, kind)),
    }
}

pub(super) fn check(typed: &Typed, wanted: Type, what: &str) -> Parsed<()> {
    if typed.1.fits(wanted) {
        return Ok(());
    }
    Err(Trouble::new(typed.0.place, what, format!("this is {}", typed.1.describe())))
}

fn binary(operator: Operator, left: Typed, right: Typed, result: Type) -> Typed {
    let place = Place { start: left.0.place.start, end: right.0.place.end };
    let term = Term::Binary(operator, Box::new(left.0), Box::new(right.0));
    (Expression { place, term }, result)
}

/// Takes a word operator, such as `and`.
fn word(cursor: &mut Cursor<'_>, wanted: &str) -> bool {
    let mut ahead = cursor.clone();
    ahead.skip_spaces();
    let found = ahead.take_while(in_capture) == wanted;
    if found {
        *cursor = ahead;
    }
    found
}

fn too_long(cursor: &Cursor<'_>) -> Trouble {
    Trouble::new(cursor.ahead(), "this expression is too long", "here")
}

pub(super) fn or(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>, depth: usize) -> Parsed<Typed> {
    if depth > MAX_DEPTH {
        return Err(Trouble::new(cursor.ahead(), "nested too deep", "here"));
    }
    joined(cursor, scope, depth, ("or", Operator::Or), and)
}

fn and(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>, depth: usize) -> Parsed<Typed> {
    joined(cursor, scope, depth, ("and", Operator::And), not)
}

/// One part, or more of them with a word between each two.
fn joined(
    cursor: &mut Cursor<'_>,
    scope: &mut Scope<'_>,
    depth: usize,
    (name, operator): (&str, Operator),
    part: fn(&mut Cursor<'_>, &mut Scope<'_>, usize) -> Parsed<Typed>,
) -> Parsed<Typed> {
    let mut left = part(cursor, scope, depth)?;
    let mut chain = 0;
    while word(cursor, name) {
        chain += 1;
        if chain > MAX_CHAIN {
            return Err(too_long(cursor));
        }
        let truth = format!("`{name}` joins what is true or false");
        check(&left, Type::Truth, &truth)?;
        let right = part(cursor, scope, depth)?;
        check(&right, Type::Truth, &truth)?;
        left = binary(operator, left, right, Type::Truth);
    }
    Ok(left)
}

fn not(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>, depth: usize) -> Parsed<Typed> {
    cursor.skip_spaces();
    let start = cursor.at;
    if !word(cursor, "not") {
        return comparison(cursor, scope, depth);
    }
    if depth > MAX_DEPTH {
        return Err(Trouble::new(cursor.ahead(), "nested too deep", "here"));
    }
    let inner = not(cursor, scope, depth + 1)?;
    check(&inner, Type::Truth, "`not` stands before what is true or false")?;
    Ok((Expression { place: cursor.since(start), term: Term::Not(Box::new(inner.0)) }, Type::Truth))
}

fn comparison(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>, depth: usize) -> Parsed<Typed> {
    let left = sum(cursor, scope, depth)?;
    for (name, operator) in [("has", Operator::Has), ("lacks", Operator::Lacks)] {
        if word(cursor, name) {
            check(&left, Type::Flags, &format!("`{name}` is asked of flags"))?;
            let right = flag_or_flags(cursor, scope, depth)?;
            return Ok(binary(operator, left, right, Type::Truth));
        }
    }
    cursor.skip_spaces();
    let start = cursor.at;
    let operators = [
        ("==", Operator::Equal),
        ("!=", Operator::NotEqual),
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ];
    let Some((sign, operator)) = operators.into_iter().find(|(sign, _)| cursor.eat(sign)) else {
        if cursor.peek() == Some(b'=') {
            cursor.eat("=");
            return Err(Trouble::new(cursor.since(start), "there is no operator `=`", "did you mean `==`?"));
        }
        return Ok(left);
    };
    let right = sum(cursor, scope, depth)?;
    if matches!(operator, Operator::Equal | Operator::NotEqual) {
        let fits = left.1.fits(right.1) || right.1.fits(left.1);
        if !fits || left.1 == Type::Truth {
            let label = format!("{} and {}", left.1.describe(), right.1.describe());
            let place = Place { start: left.0.place.start, end: right.0.place.end };
            return Err(Trouble::new(place, "these are not compared with each other", label));
        }
    } else {
        for side in [&left, &right] {
            check(side, Type::Number, &format!("`{sign}` compares numbers"))?;
        }
    }
    Ok(binary(operator, left, right, Type::Truth))
}

/// What `has` and `lacks` ask for: one flag, or a list.
fn flag_or_flags(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>, depth: usize) -> Parsed<Typed> {
    cursor.skip_spaces();
    let start = cursor.at;
    if begins_flag(cursor) {
        let flag = take_flag(cursor);
        return Ok((Expression { place: cursor.since(start), term: Term::Flags(vec![flag]) }, Type::Flags));
    }
    let typed = primary(cursor, scope, depth)?;
    check(&typed, Type::Flags, "flags are wanted here")?;
    Ok(typed)
}

fn sum(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>, depth: usize) -> Parsed<Typed> {
    let mut left = primary(cursor, scope, depth)?;
    for _ in 0..MAX_CHAIN {
        cursor.skip_spaces();
        let operator = match cursor.peek() {
            Some(b'+') => Operator::Plus,
            Some(b'-') => Operator::Minus,
            _ => return Ok(left),
        };
        cursor.at += 1;
        let sign = if operator == Operator::Plus { "`+` adds numbers" } else { "`-` subtracts numbers" };
        check(&left, Type::Number, sign)?;
        let right = primary(cursor, scope, depth)?;
        check(&right, Type::Number, sign)?;
        left = binary(operator, left, right, Type::Number);
    }
    Err(too_long(cursor))
}

fn primary(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>, depth: usize) -> Parsed<Typed> {
    cursor.skip_spaces();
    let start = cursor.at;
    let (term, kind) = match cursor.peek() {
        Some(b'0'..=b'9') => (Term::Number(number(cursor)?), Type::Number),
        Some(b'"') => (Term::Octets(octets::quoted(cursor)?), Type::Octets),
        Some(b'{') if reference::begins_octets(cursor) => {
            let braced = reference::braced(cursor, scope.fixtures)?;
            let octets = braced.octets;
            (if braced.text { Term::Octets(octets) } else { Term::Fixture(octets) }, Type::Octets)
        }
        Some(sign @ (b'#' | b'@')) => message(cursor, scope, sign)?,
        Some(b'$') if begins_name(cursor.peek_at(1)) => capture(cursor, scope)?,
        Some(b'(') => return group(cursor, scope, depth),
        octet if begins_name(octet) => return functions::call(cursor, scope, depth),
        None => return Err(Trouble::new(cursor.end(), "a value is missing", "here")),
        _ => {
            return Err(Trouble::new(cursor.ahead(), "this is not a value", "not a value")
                .hint("values are `12`, `\"text\"`, `$x`, `#2`, `@2`, `{plain}`, `(\\Seen)` and functions"));
        }
    };
    Ok((Expression { place: cursor.since(start), term }, kind))
}

/// Digits.
pub(super) fn number(cursor: &mut Cursor<'_>) -> Parsed<u64> {
    let start = cursor.at;
    let digits = cursor.take_while(|character| character.is_ascii_digit());
    digits
        .parse()
        .map_err(|_| Trouble::new(cursor.since(start), "this number is too large", "beyond 64 bits"))
}

/// `#2` or `@2`, the sign being next.
pub(super) fn message(cursor: &mut Cursor<'_>, scope: &Scope<'_>, sign: u8) -> Parsed<(Term, Type)> {
    let start = cursor.at;
    cursor.at += 1;
    let digits = cursor.take_while(|character| character.is_ascii_digit());
    let place = cursor.since(start);
    let Ok(number) = digits.parse() else {
        return Err(Trouble::new(place, "the number of a given message is missing", "as in `#2`, `@2`"));
    };
    let number = scope.given_message(number, place)?;
    Ok(if sign == b'#' {
        (Term::MessageNumber(number), Type::Message)
    } else {
        (Term::Uid(number), Type::Number)
    })
}

/// `$x`, which must be set, or a name that the harness knows.
pub(super) fn capture(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>) -> Parsed<(Term, Type)> {
    let start = cursor.at;
    cursor.at += 1;
    let name = cursor.take_while(in_capture);
    let place = cursor.since(start);
    if name == "tag" {
        return Err(Trouble::new(place, "`$tag` stands only in `C~:` lines", "not here")
            .hint("`C:` and `C>:` add the tag themselves"));
    }
    match scope.names.get(name) {
        Some(known) => Ok((Term::Name(known.clone()), Type::Octets)),
        None => Ok((Term::Capture(scope.read(name, place)?), Type::Captured)),
    }
}

fn begins_flag(cursor: &Cursor<'_>) -> bool {
    match cursor.peek() {
        Some(b'\\') => true,
        Some(b'$') => cursor.peek_at(1).is_some_and(|next| next.is_ascii_uppercase()),
        octet => octet.is_some_and(|octet| octet.is_ascii_uppercase()),
    }
}

fn take_flag(cursor: &mut Cursor<'_>) -> String {
    cursor.take_while(|character| !matches!(character, ' ' | '(' | ')' | '"' | '{')).to_owned()
}

/// Parentheses around flags or around an expression.
fn group(cursor: &mut Cursor<'_>, scope: &mut Scope<'_>, depth: usize) -> Parsed<Typed> {
    let start = cursor.at;
    cursor.eat("(");
    cursor.skip_spaces();
    let unclosed = |cursor: &Cursor<'_>| {
        Trouble::new(cursor.since(start), "this parenthesis is never closed", "opened here")
    };
    if cursor.peek() == Some(b')') || begins_flag(cursor) {
        let mut flags = Vec::new();
        while begins_flag(cursor) {
            flags.push(take_flag(cursor));
            cursor.skip_spaces();
        }
        if !cursor.eat(")") {
            return Err(unclosed(cursor));
        }
        return Ok((Expression { place: cursor.since(start), term: Term::Flags(flags) }, Type::Flags));
    }
    let (mut expression, kind) = or(cursor, scope, depth + 1)?;
    cursor.skip_spaces();
    if !cursor.eat(")") {
        return Err(unclosed(cursor));
    }
    expression.place = cursor.since(start);
    Ok((expression, kind))
}
