//! What a session with the target may weigh, as a profile says it.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer};
use serde_yaml::Spanned;

use super::DEFAULT_CONNECTIONS_PER_ACCOUNT;
use crate::document::{Mistake, span_at};
use crate::imap::node::MAX_NESTING;
use crate::session::Limits;

/// The key `limits` as written; each entry counts octets, or whatever its name says.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct LimitsEntry {
    connections_per_account: Option<Spanned<Count>>,
    line: Option<Spanned<Count>>,
    literal: Option<Spanned<Count>>,
    response: Option<Spanned<Count>>,
    nesting: Option<Spanned<Count>>,
    lines_per_exchange: Option<Spanned<Count>>,
    octets_per_session: Option<Spanned<Count>>,
}

impl LimitsEntry {
    /// How many connections one account may have, and what a session may weigh.
    pub(super) fn read(self, text: &str) -> Result<(usize, Limits), Mistake> {
        let Self { connections_per_account, line, literal, response, nesting, lines_per_exchange, .. } = self;
        let positive = |entry: Option<Spanned<Count>>| match entry {
            Some(Spanned { value: Count(0), referenced, .. }) => {
                let span = span_at(&referenced, text);
                Err(Mistake::new(
                    "nothing works with a limit of 0",
                    span,
                    "allow at least 1, or remove the key",
                ))
            }
            entry => Ok(entry.map(|entry| entry.value.0)),
        };
        let set = |place: &mut usize, entry| -> Result<(), Mistake> {
            if let Some(count) = positive(entry)? {
                *place = usize::try_from(count).unwrap_or(usize::MAX);
            }
            Ok(())
        };
        if let Some(Spanned { value: Count(count), referenced, .. }) = &nesting
            && *count > MAX_NESTING as u64
        {
            let message = format!("lists are followed {MAX_NESTING} levels deep at most");
            return Err(Mistake::new(
                message,
                span_at(referenced, text),
                format!("write {MAX_NESTING} or less"),
            ));
        }
        let mut connections = DEFAULT_CONNECTIONS_PER_ACCOUNT;
        set(&mut connections, connections_per_account)?;
        let mut limits = Limits::default();
        set(&mut limits.imap.line, line.clone())?;
        set(&mut limits.pop3.line, line)?;
        set(&mut limits.imap.literal, literal)?;
        set(&mut limits.imap.response, response.clone())?;
        set(&mut limits.pop3.reply, response)?;
        set(&mut limits.imap.nesting, nesting)?;
        set(&mut limits.lines_per_exchange, lines_per_exchange)?;
        if let Some(octets) = positive(self.octets_per_session)? {
            limits.octets = octets;
        }
        Ok((connections, limits))
    }
}

/// A number, or a size with its unit: `8MiB`.
#[derive(Clone, Copy)]
struct Count(u64);

impl Count {
    fn parse(text: &str) -> Option<u64> {
        let unit = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let number: u64 = text[..unit].parse().ok()?;
        let factor = match text[unit..].trim_start() {
            "" => 1,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            _ => return None,
        };
        number.checked_mul(factor)
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl Visitor<'_> for Either {
            type Value = Count;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, or a size such as 64KiB, 8MiB or 1GiB")
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Count, E> {
                Ok(Count(number))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Count, E> {
                let wrong = || E::invalid_value(de::Unexpected::Signed(number), &self);
                u64::try_from(number).map(Count).map_err(|_| wrong())
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Count, E> {
                let wrong = || E::invalid_value(de::Unexpected::Str(text), &self);
                Count::parse(text).map(Count).ok_or_else(wrong)
            }
        }

        deserializer.deserialize_any(Either)
    }
}
