//! Dates in commands (RFC 3501 section 9, `date` and `date-time`).

use jiff::civil::{Date, Time};
use jiff::tz::Offset;

use super::cursor::{Cursor, Parsed, Stop};
use crate::imap::MONTHS;
use crate::store::InternalDate;

/// A `date`, bare or quoted.
pub(super) fn date(cursor: &mut Cursor<'_>) -> Parsed<Date> {
    let malformed = Stop::Syntax("a date is wanted, such as 1-Feb-1994");
    let text = match cursor.peek() {
        Some(b'"') => cursor.quoted()?,
        _ => cursor.atom("a date is wanted, such as 1-Feb-1994")?.into_bytes(),
    };
    let text = std::str::from_utf8(&text).map_err(|_| malformed.clone())?;
    let day = text.split('-').next().unwrap_or_default();
    match matches!(day.len(), 1 | 2) {
        true => day_month_year(text).ok_or(malformed),
        false => Err(malformed),
    }
}

/// A `date-time` without its quotes.
pub(super) fn date_time(text: &[u8]) -> Option<InternalDate> {
    let text = std::str::from_utf8(text).ok()?;
    // Fixed columns: "dd-Mmm-yyyy hh:mm:ss +zzzz", a day below 10 with a space or a zero before it.
    let (date, time, zone) = (text.get(..11)?, text.get(12..20)?, text.get(21..)?);
    if text.len() != 26 || text.as_bytes()[11] != b' ' || text.as_bytes()[20] != b' ' {
        return None;
    }
    let date = day_month_year(date.strip_prefix(' ').unwrap_or(date))?;
    if time.as_bytes()[2] != b':' || time.as_bytes()[5] != b':' {
        return None;
    }
    let (hour, minute, second) = (digits(&time[..2])?, digits(&time[3..5])?, digits(&time[6..])?);
    let sign = match zone.as_bytes()[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (zone_hours, zone_minutes) =
        (i32::from(digits(zone.get(1..3)?)?), i32::from(digits(zone.get(3..)?)?));
    if zone_minutes > 59 {
        return None;
    }
    let offset_minutes = sign * (zone_hours * 60 + zone_minutes);
    // A leap second is taken for the second before it.
    let second = if second == 60 { 59 } else { second };
    let local = date.to_datetime(Time::new(hour, minute, second, 0).ok()?);
    let offset = Offset::from_seconds(offset_minutes * 60).ok()?;
    Some(InternalDate { epoch: offset.to_timestamp(local).ok()?.as_second(), offset_minutes })
}

fn day_month_year(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || day.is_empty() {
        return None;
    }
    let month = MONTHS.iter().position(|name| name.eq_ignore_ascii_case(month))?;
    let year = i16::from(digits(&year[..2])?) * 100 + i16::from(digits(&year[2..])?);
    Date::new(year, i8::try_from(month + 1).ok()?, digits(day)?).ok()
}

/// The value of one or two digits.
fn digits(text: &str) -> Option<i8> {
    match text.len() <= 2 && text.bytes().all(|octet| octet.is_ascii_digit()) {
        true => text.parse().ok(),
        false => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_times_are_strict() {
        for (text, wanted) in [
            (" 1-Jan-1970 01:00:00 +0100", Some((0, 60))),
            ("01-jan-1970 00:00:00 +0000", Some((0, 0))),
            ("31-Dec-1969 23:30:00 -0030", Some((0, -30))),
            ("29-Feb-2024 00:00:00 +0000", Some((1_709_164_800, 0))),
            ("29-Feb-2023 00:00:00 +0000", None),
            ("1-Jan-1970 00:00:00 +0000", None),
            (" 1-Jan-1970 24:00:00 +0000", None),
            (" 1-Jan-1970 00:60:00 +0000", None),
            (" 1-Jan-1970 00:00:00 0000", None),
            (" 1-Jan-1970 00:00:00 +00000", None),
            (" 1-Foo-1970 00:00:00 +0000", None),
            ("", None),
            ("\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}", None),
        ] {
            let found = date_time(text.as_bytes()).map(|date| (date.epoch, date.offset_minutes));
            assert_eq!(found, wanted, "{text:?}");
        }
    }
}
