//! Evaluation: expressions to values, templates to what is sent.

pub(crate) mod display;
mod explain;
mod render;
mod scram;
#[cfg(test)]
pub(crate) mod stage;
mod world;

use std::collections::BTreeSet;

use base64::Engine as _;
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};

pub use self::{
    explain::explain,
    render::{Segment, render},
    world::World,
};
use super::{
    captures::Captures,
    expression::{Expression, Function, Operator, Term},
    matching,
};

/// The value of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A number.
    Number(u64),
    /// Octets.
    Octets(Vec<u8>),
    /// True or false.
    Truth(bool),
    /// Flags, in any order.
    Flags(Vec<String>),
    /// What SEARCH finds: ascending.
    Numbers(Vec<u32>),
}

/// An expression has no value: it asks for what was never told, or for what cannot be computed. The text says which.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// By what the server sent, or did not.
    #[error("{0}")]
    Value(String),
    /// The harness's own search can't answer: no server is to blame for it.
    #[error("{0}")]
    Oracle(String),
}

/// The most octets that `repeat` and `concat` make.
const LARGEST: usize = 64 << 20;

/// The value of `expression` at this moment.
///
/// `and` and `or` decide where one side is enough, even if the other is unknown.
///
/// # Errors
/// Where the value depends on something that was never told.
pub fn evaluate(expression: &Expression, world: &dyn World, captures: &Captures) -> Result<Value, Unknown> {
    Scope { world, captures }.value(expression)
}

/// Whether an assertion holds.
///
/// # Errors
/// As [`evaluate`]; also where the value is no truth.
pub fn holds(expression: &Expression, world: &dyn World, captures: &Captures) -> Result<bool, Unknown> {
    Scope { world, captures }.truth(expression)
}

struct Scope<'a> {
    world: &'a dyn World,
    captures: &'a Captures,
}

impl Scope<'_> {
    fn value(&self, expression: &Expression) -> Result<Value, Unknown> {
        let unknown =
            || Unknown::Value(format!("{} is not known", display::expression(expression, self.captures)));
        Ok(match &expression.term {
            Term::Number(number) => Value::Number(*number),
            Term::Octets(octets) | Term::Fixture(octets) => Value::Octets(octets.clone()),
            Term::Capture(slot) => Value::Octets(
                self.captures
                    .get(*slot)
                    .ok_or_else(|| {
                        Unknown::Value(format!("${} was never captured", self.captures.name(*slot)))
                    })?
                    .to_vec(),
            ),
            Term::Name(name) => Value::Octets(self.world.name(name).ok_or_else(unknown)?.into_owned()),
            Term::MessageNumber(given) => {
                Value::Number(u64::from(self.world.number(*given).ok_or_else(|| {
                    Unknown::Value(format!("#{given} has no message sequence number in this session now"))
                })?))
            }
            Term::Uid(given) => {
                Value::Number(u64::from(self.world.uid(*given).ok_or_else(|| {
                    Unknown::Value(format!("the UID of given message {given} is not known"))
                })?))
            }
            Term::Flags(flags) => Value::Flags(flags.clone()),
            Term::Call(function, arguments) => self.call(*function, arguments, expression)?,
            Term::Not(inner) => Value::Truth(!self.truth(inner)?),
            Term::Binary(operator, left, right) => self.binary(*operator, left, right)?,
        })
    }

    fn binary(&self, operator: Operator, left: &Expression, right: &Expression) -> Result<Value, Unknown> {
        Ok(match operator {
            Operator::Or => Value::Truth(self.either(left, right, true)?),
            Operator::And => Value::Truth(!self.either(left, right, false)?),
            Operator::Equal => Value::Truth(self.equal(left, right)?),
            Operator::NotEqual => Value::Truth(!self.equal(left, right)?),
            Operator::Less => Value::Truth(self.number(left)? < self.number(right)?),
            Operator::LessOrEqual => Value::Truth(self.number(left)? <= self.number(right)?),
            Operator::Greater => Value::Truth(self.number(left)? > self.number(right)?),
            Operator::GreaterOrEqual => Value::Truth(self.number(left)? >= self.number(right)?),
            Operator::Plus => {
                let (a, b) = (self.number(left)?, self.number(right)?);
                Value::Number(
                    a.checked_add(b).ok_or_else(|| Unknown::Value(format!("{a} + {b} is too large")))?,
                )
            }
            Operator::Minus => {
                let (a, b) = (self.number(left)?, self.number(right)?);
                Value::Number(
                    a.checked_sub(b).ok_or_else(|| Unknown::Value(format!("{a} - {b} is below zero")))?,
                )
            }
            Operator::Has => {
                let (has, wanted) = (self.flags(left)?, self.flags(right)?);
                Value::Truth(wanted.iter().all(|flag| has_flag(&has, flag)))
            }
            Operator::Lacks => {
                let (has, unwanted) = (self.flags(left)?, self.flags(right)?);
                Value::Truth(!unwanted.iter().any(|flag| has_flag(&has, flag)))
            }
        })
    }

    /// Whether one of both has the truth `decisive`, which the other, known or not, cannot change.
    fn either(&self, left: &Expression, right: &Expression, decisive: bool) -> Result<bool, Unknown> {
        let left = self.truth(left);
        if left == Ok(decisive) {
            return Ok(true);
        }
        let right = self.truth(right);
        if right == Ok(decisive) {
            return Ok(true);
        }
        left.and(right).map(|_| false)
    }

    fn equal(&self, left: &Expression, right: &Expression) -> Result<bool, Unknown> {
        Ok(match (self.value(left)?, self.value(right)?) {
            (Value::Number(number), Value::Octets(octets))
            | (Value::Octets(octets), Value::Number(number)) => decimal(&octets) == Some(number),
            (Value::Flags(a), Value::Flags(b)) => {
                a.iter().all(|flag| has_flag(&b, flag)) && b.iter().all(|flag| has_flag(&a, flag))
            }
            (a, b) => a == b,
        })
    }

    fn call(
        &self,
        function: Function,
        arguments: &[Expression],
        whole: &Expression,
    ) -> Result<Value, Unknown> {
        let argument = |index: usize| {
            arguments.get(index).ok_or_else(|| {
                Unknown::Value(format!("{} lacks an argument", display::expression(whole, self.captures)))
            })
        };
        let octets = |index: usize| self.octets(argument(index)?);
        let given = |index: usize| match argument(index)?.term {
            Term::MessageNumber(given) | Term::Uid(given) => Ok(given),
            _ => Err(Unknown::Value(format!(
                "{} needs a given message, as #1",
                display::expression(whole, self.captures)
            ))),
        };
        let told = |number: Option<u32>| number.map(|number| Value::Number(u64::from(number)));
        let never = || {
            Unknown::Value(format!(
                "the session was never told {}",
                display::expression(whole, self.captures)
            ))
        };
        Ok(match function {
            Function::OctetCount => Value::Number(octets(0)?.len() as u64),
            Function::Concat => {
                let mut all = Vec::new();
                for argument in arguments {
                    all.extend(self.octets(argument)?);
                    within_largest(all.len())?;
                }
                Value::Octets(all)
            }
            Function::Upper => Value::Octets(octets(0)?.to_ascii_uppercase()),
            Function::Lower => Value::Octets(octets(0)?.to_ascii_lowercase()),
            Function::Repeat => {
                let (one, count) = (octets(0)?, self.number(argument(1)?)?);
                let count = usize::try_from(count).unwrap_or(usize::MAX);
                within_largest(one.len().saturating_mul(count))?;
                Value::Octets(one.repeat(count))
            }
            Function::Base64 => {
                Value::Octets(base64::engine::general_purpose::STANDARD.encode(octets(0)?).into_bytes())
            }
            Function::Unbase64 => {
                // As a body it has line ends (RFC 2045 section 6.8).
                let mut text = octets(0)?;
                text.retain(|octet| !matches!(octet, b'\r' | b'\n'));
                let decoded = base64::engine::general_purpose::STANDARD.decode(text);
                Value::Octets(decoded.map_err(|error| Unknown::Value(format!("not base64: {error}")))?)
            }
            Function::Md5 => Value::Octets(hexadecimal(&Md5::digest(octets(0)?))),
            Function::HmacMd5 => {
                let mut mac = Hmac::<Md5>::new_from_slice(&octets(0)?)
                    .map_err(|error| Unknown::Value(format!("hmac_md5: {error}")))?;
                mac.update(&octets(1)?);
                Value::Octets(hexadecimal(&mac.finalize().into_bytes()))
            }
            Function::ScramFinal | Function::ScramServerFinal => {
                let finals = scram::finals(&octets(0)?, &octets(1)?, &octets(2)?).map_err(Unknown::Value)?;
                let message = if function == Function::ScramFinal { finals.client } else { finals.server };
                Value::Octets(message.into_bytes())
            }
            Function::Hits | Function::UidHits => {
                let found = self.world.hits(&octets(0)?).map_err(Unknown::Oracle)?;
                let known = |given: &u32| {
                    if function == Function::Hits {
                        self.world.number(*given)
                    } else {
                        self.world.uid(*given)
                    }
                };
                let mut numbers: Vec<u32> = found.iter().filter_map(known).collect();
                numbers.sort_unstable();
                Value::Numbers(numbers)
            }
            Function::Exists => told(self.world.exists()).ok_or_else(never)?,
            Function::Recent => told(self.world.recent()).ok_or_else(never)?,
            Function::UidValidity => told(self.world.uid_validity()).ok_or_else(never)?,
            Function::UidNext => told(self.world.uid_next()).ok_or_else(never)?,
            Function::ReadOnly => Value::Truth(self.world.read_only().ok_or_else(never)?),
            Function::Open => Value::Truth(self.world.is_open()),
            Function::State => Value::Octets(self.world.state().into_owned().into_bytes()),
            Function::Gone => Value::Truth(self.world.gone(given(0)?).ok_or_else(never)?),
            Function::Known => Value::Truth(self.world.known(given(0)?)),
            Function::Flags => Value::Flags(self.world.flags(given(0)?).ok_or_else(never)?),
            Function::Uid => told(self.world.told_uid(given(0)?)).ok_or_else(never)?,
            Function::Capability => {
                let name = octets(0)?;
                Value::Truth(self.world.capability(&String::from_utf8_lossy(&name)).ok_or_else(never)?)
            }
            Function::Quoted => Value::Octets(crate::imap::command::in_quotes(&octets(0)?)),
            Function::Words => Value::Octets(words(&octets(0)?)),
            Function::Instant => {
                let seconds = matching::instant(&octets(0)?).and_then(|seconds| u64::try_from(seconds).ok());
                Value::Number(
                    seconds
                        .ok_or_else(|| Unknown::Value("not a date-time, or one before 1970".to_owned()))?,
                )
            }
            Function::Now => Value::Number(self.world.now()),
            Function::Random => {
                let (low, high) = (self.number(argument(0)?)?, self.number(argument(1)?)?);
                let random = (low <= high).then(|| self.world.random(low, high)).flatten();
                Value::Number(
                    random
                        .ok_or_else(|| Unknown::Value(format!("there is no number from {low} to {high}")))?,
                )
            }
        })
    }

    fn truth(&self, expression: &Expression) -> Result<bool, Unknown> {
        match self.value(expression)? {
            Value::Truth(truth) => Ok(truth),
            other => Err(self.not_a("truth", expression, &other)),
        }
    }

    fn number(&self, expression: &Expression) -> Result<u64, Unknown> {
        match self.value(expression)? {
            Value::Number(number) => Ok(number),
            Value::Octets(octets) => {
                decimal(&octets).ok_or_else(|| self.not_a("number", expression, &Value::Octets(octets)))
            }
            other => Err(self.not_a("number", expression, &other)),
        }
    }

    fn flags(&self, expression: &Expression) -> Result<Vec<String>, Unknown> {
        match self.value(expression)? {
            Value::Flags(flags) => Ok(flags),
            // `flags(#2) has \Seen` may name one flag without parentheses.
            Value::Octets(octets) => Ok(vec![String::from_utf8_lossy(&octets).into_owned()]),
            other => Err(self.not_a("list of flags", expression, &other)),
        }
    }

    fn octets(&self, expression: &Expression) -> Result<Vec<u8>, Unknown> {
        let value = self.value(expression)?;
        in_place(&value).ok_or_else(|| self.not_a("string", expression, &value))
    }

    fn not_a(&self, wanted: &str, expression: &Expression, value: &Value) -> Unknown {
        let (name, value) = (display::expression(expression, self.captures), display::value(value));
        let told = name == value || display::is_secret(expression);
        Unknown::Value(if told {
            format!("{name} is no {wanted}")
        } else {
            format!("{name} is no {wanted}: {value}")
        })
    }
}

/// The octets that stand for a value in a line; a truth has none.
fn in_place(value: &Value) -> Option<Vec<u8>> {
    Some(match value {
        Value::Octets(octets) => octets.clone(),
        Value::Number(number) => number.to_string().into_bytes(),
        Value::Flags(flags) => format!("({})", flags.join(" ")).into_bytes(),
        Value::Numbers(numbers) => {
            numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(",").into_bytes()
        }
        Value::Truth(_) => return None,
    })
}

/// The words in upper case, sorted, each once, with single spaces between: lists that are sets can be compared so.
fn words(octets: &[u8]) -> Vec<u8> {
    let upper = octets.to_ascii_uppercase();
    let words: BTreeSet<&[u8]> =
        upper.split(|octet| *octet == b' ').filter(|word| !word.is_empty()).collect();
    words.into_iter().collect::<Vec<_>>().join(&b' ')
}

fn within_largest(octets: usize) -> Result<(), Unknown> {
    if octets <= LARGEST {
        return Ok(());
    }
    Err(Unknown::Value(format!("a value of {octets} octets is larger than the {LARGEST} allowed")))
}

/// The number that all-digit octets mean.
pub(crate) fn decimal(octets: &[u8]) -> Option<u64> {
    if octets.is_empty() || !octets.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(octets).ok()?.parse().ok()
}

fn has_flag(flags: &[String], flag: &str) -> bool {
    flags.iter().any(|other| other.eq_ignore_ascii_case(flag))
}

fn hexadecimal(octets: &[u8]) -> Vec<u8> {
    octets.iter().flat_map(|octet| format!("{octet:02x}").into_bytes()).collect()
}

#[cfg(test)]
mod tests;
