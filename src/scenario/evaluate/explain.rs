//! Why an assertion does not hold: the values of its parts.

use super::{Value, World, display, evaluate};
use crate::scenario::{
    captures::Captures,
    expression::{Expression, Operator, Term},
};

/// An assertion as written, then what its parts were: `$new != $old: $new = "12", $old = "12"`. Passwords are not shown.
#[must_use]
pub fn explain(expression: &Expression, world: &dyn World, captures: &Captures) -> String {
    let mut parts = Vec::new();
    collect(expression, &mut parts);
    let mut shown: Vec<String> = Vec::new();
    for part in parts {
        let name = display::expression(part, captures);
        let line = match evaluate(part, world, captures) {
            _ if display::is_secret(part) => format!("{name} = ***"),
            // A capture of digits is a number to most assertions.
            Ok(Value::Octets(octets)) if super::decimal(&octets).is_some() => {
                format!("{name} = {}", String::from_utf8_lossy(&octets))
            }
            Ok(value) => format!("{name} = {}", display::value(&value)),
            Err(unknown) => unknown.to_string(),
        };
        if !shown.contains(&line) {
            shown.push(line);
        }
    }
    let whole = display::expression(expression, captures);
    if shown.is_empty() { whole } else { format!("{whole}: {}", shown.join(", ")) }
}

/// The parts whose values tell: operands of comparisons and bare truths, and the captures in them.
fn collect<'a>(expression: &'a Expression, parts: &mut Vec<&'a Expression>) {
    match &expression.term {
        Term::Number(_) | Term::Octets(_) | Term::Fixture(_) | Term::Flags(_) => {}
        Term::Not(inner) => collect(inner, parts),
        Term::Binary(Operator::Plus | Operator::Minus, left, right) => {
            parts.push(expression);
            collect(left, parts);
            collect(right, parts);
        }
        Term::Binary(_, left, right) => {
            collect(left, parts);
            collect(right, parts);
        }
        Term::Call(_, arguments) => {
            parts.push(expression);
            for argument in arguments {
                // The number of `gone(#2)` says which message is meant, and tells nothing itself.
                if !matches!(argument.term, Term::MessageNumber(_) | Term::Uid(_)) {
                    collect(argument, parts);
                }
            }
        }
        Term::Capture(_) | Term::Name(_) | Term::MessageNumber(_) | Term::Uid(_) => parts.push(expression),
    }
}
