//! The harness's own SEARCH (RFC 3501 section 6.4.4): which of the given messages the keys of a scenario must find.
//!
//! Where the RFC leaves room, this is what counts here; scenarios keep away from what servers may do otherwise:
//!
//! - Strings are compared by their characters, in any letter case (Unicode's simple one), without regard to how they are encoded:
//!   encoded words (RFC 2047) in header fields, transfer encodings and charsets of text parts are all decoded first. Octets that are
//!   not of their charset become U+FFFD and match nothing.
//! - A header field is unfolded by taking out its line ends alone: the white space behind them stays.
//! - FROM, TO, CC, BCC and SUBJECT look into the whole field, comments and all, whatever of it the envelope would show.
//! - BODY looks into the text parts (the source of HTML included), and into header and body of messages within; not into
//!   preamble and epilogue, headers of parts, or parts of other types, which a server may leave out. TEXT looks into the header too.
//! - Each text part, and each field, is looked into by itself: nothing matches across their borders.
//! - SENTBEFORE, SENTON and SENTSINCE take the day that the Date field names, as written. A message without one is not found.
//! - A message given without a date has arrived today or so: a key whose answer hangs on the day is refused.

mod date;
mod evaluate;
mod keys;
mod text;

pub use self::{
    evaluate::{InternalDate, Message, search},
    keys::{Key, KeysError},
};
use crate::scenario::{evaluate::World, program::GivenMessage};

/// The given messages (counted from 1) that the keys find, among those that the session still has.
///
/// Flags are those that the session was told last, or else those that were given.
///
/// # Errors
/// What is wrong with the keys, or what is not known of a message.
pub fn hits(keys: &str, messages: &[(GivenMessage, &[u8])], world: &dyn World) -> Result<Vec<u32>, String> {
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let mut mailbox = Vec::new();
    let mut present = Vec::new();
    for (given, (facts, octets)) in (1..).zip(messages) {
        let Some(number) = world.number(given) else { continue };
        let told = world.flags(given);
        let recent =
            told.as_ref().map(|flags| flags.iter().any(|flag| flag.eq_ignore_ascii_case("\\Recent")));
        let internal_date = match &facts.date {
            Some(date) => date::internal(date)
                .map(InternalDate::Given)
                .ok_or_else(|| format!("the date of given message {given} is no date-time: {date}"))?,
            None => InternalDate::Arrival(today),
        };
        let flags = told.unwrap_or_else(|| facts.flags.clone());
        mailbox.push(Message { number, uid: world.uid(given), octets, flags, recent, internal_date });
        present.push(given);
    }
    let found = search(keys.as_bytes(), &mailbox, world.exists())?;
    Ok(found.into_iter().map(|index| present[index]).collect())
}

#[cfg(test)]
mod tests;
