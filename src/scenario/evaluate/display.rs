//! Expressions and values as text, for messages.

use super::Value;
use crate::scenario::{
    captures::Captures,
    expression::{Expression, Function, Name, Operator, Term},
};

/// The most octets of a string that a message shows.
const SHOWN: usize = 80;

/// An expression as it is written in a scenario.
pub(crate) fn expression(expression: &Expression, captures: &Captures) -> String {
    within(expression, captures, 0)
}

fn within(expression: &Expression, captures: &Captures, outer: u8) -> String {
    match &expression.term {
        Term::Number(number) => number.to_string(),
        Term::Octets(octets) => quoted(octets),
        Term::Capture(slot) => format!("${}", captures.name(*slot)),
        Term::Name(name) => format!("${}", word(name)),
        Term::MessageNumber(given) => format!("#{given}"),
        Term::Uid(given) => format!("@{given}"),
        Term::Fixture(octets) => format!("{{fixture of {} octets}}", octets.len()),
        Term::Flags(flags) => format!("({})", flags.join(" ")),
        Term::Call(function, arguments) if arguments.is_empty() => function_word(*function).into(),
        Term::Call(function, arguments) => {
            let arguments: Vec<_> = arguments.iter().map(|argument| within(argument, captures, 0)).collect();
            format!("{}({})", function_word(*function), arguments.join(", "))
        }
        Term::Not(inner) => format!("not {}", within(inner, captures, 3)),
        Term::Binary(operator, left, right) => {
            let (symbol, strength) = operator_word(*operator);
            let text = format!(
                "{} {symbol} {}",
                within(left, captures, strength),
                within(right, captures, strength + 1)
            );
            if strength < outer { format!("({text})") } else { text }
        }
    }
}

/// A value as a message shows it: strings quoted and cut.
pub(crate) fn value(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::Octets(octets) => quoted(octets),
        Value::Truth(truth) => truth.to_string(),
        Value::Flags(flags) => format!("({})", flags.join(" ")),
        Value::Numbers(numbers) if numbers.is_empty() => "none".into(),
        Value::Numbers(numbers) => numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(" "),
    }
}

/// Octets between double quotes, escaped as in scenarios; long ones are cut, and their size told.
pub(crate) fn quoted(octets: &[u8]) -> String {
    let shown = &octets[..octets.len().min(SHOWN)];
    let rest =
        if shown.len() < octets.len() { format!("… ({} octets)", octets.len()) } else { String::new() };
    format!("\"{}\"{rest}", escaped(shown))
}

/// Octets escaped as in scenarios: `\r \n \t \0 \" \\ \xHH`.
pub(crate) fn escaped(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len());
    for chunk in octets.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\r' => text.push_str("\\r"),
                '\n' => text.push_str("\\n"),
                '\t' => text.push_str("\\t"),
                '\0' => text.push_str("\\0"),
                '"' => text.push_str("\\\""),
                '\\' => text.push_str("\\\\"),
                other if other.is_control() => {
                    let mut buffer = [0; 4];
                    for octet in other.encode_utf8(&mut buffer).bytes() {
                        text.push_str(&format!("\\x{octet:02x}"));
                    }
                }
                other => text.push(other),
            }
        }
        for octet in chunk.invalid() {
            text.push_str(&format!("\\x{octet:02x}"));
        }
    }
    text
}

/// Whether showing the value would show a password.
pub(crate) fn is_secret(expression: &Expression) -> bool {
    match &expression.term {
        Term::Name(name) => *name == Name::Password,
        Term::Call(_, arguments) => arguments.iter().any(is_secret),
        Term::Not(inner) => is_secret(inner),
        Term::Binary(_, left, right) => is_secret(left) || is_secret(right),
        _ => false,
    }
}

fn word(name: &Name) -> String {
    match name {
        Name::User => "user".into(),
        Name::Password => "password".into(),
        Name::OtherUser => "other_user".into(),
        Name::Box => "box".into(),
        Name::Separator => "sep".into(),
        Name::Prefix => "prefix".into(),
        Name::Mail => "mail".into(),
        Name::Mailbox(mailbox) => mailbox.replace('/', "_"),
    }
}

fn operator_word(operator: Operator) -> (&'static str, u8) {
    match operator {
        Operator::Or => ("or", 1),
        Operator::And => ("and", 2),
        Operator::Equal => ("==", 4),
        Operator::NotEqual => ("!=", 4),
        Operator::Less => ("<", 4),
        Operator::LessOrEqual => ("<=", 4),
        Operator::Greater => (">", 4),
        Operator::GreaterOrEqual => (">=", 4),
        Operator::Has => ("has", 4),
        Operator::Lacks => ("lacks", 4),
        Operator::Plus => ("+", 5),
        Operator::Minus => ("-", 5),
    }
}

fn function_word(function: Function) -> &'static str {
    match function {
        Function::OctetCount => "octets",
        Function::Concat => "concat",
        Function::Upper => "upper",
        Function::Lower => "lower",
        Function::Repeat => "repeat",
        Function::Base64 => "base64",
        Function::Unbase64 => "unbase64",
        Function::Md5 => "md5",
        Function::HmacMd5 => "hmac_md5",
        Function::ScramFinal => "scram_final",
        Function::ScramServerFinal => "scram_server_final",
        Function::Hits => "hits",
        Function::UidHits => "uidhits",
        Function::Exists => "exists",
        Function::Recent => "recent",
        Function::UidValidity => "uidvalidity",
        Function::UidNext => "uidnext",
        Function::ReadOnly => "read_only",
        Function::Open => "open",
        Function::State => "state",
        Function::Gone => "gone",
        Function::Known => "known",
        Function::Flags => "flags",
        Function::Uid => "uid",
        Function::Capability => "capability",
        Function::Quoted => "quoted",
        Function::Words => "words",
        Function::Instant => "instant",
        Function::Now => "now",
        Function::Random => "random",
    }
}
