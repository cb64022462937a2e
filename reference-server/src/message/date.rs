//! Calendar days, for the date keys of SEARCH.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::store::InternalDate;

/// Month names as IMAP and mail spell them.
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The day of an internal date in its own zone (RFC 3501 section 6.4.4: time and zone are disregarded).
#[must_use]
pub fn day_of_internal_date(date: InternalDate) -> Option<Date> {
    let offset = Offset::from_seconds(date.offset_minutes.checked_mul(60)?).ok()?;
    Some(offset.to_datetime(Timestamp::from_second(date.epoch).ok()?).date())
}

/// The day that is written in the text of a Date field, whatever its time and zone.
#[must_use]
pub fn day_of_header(text: &[u8]) -> Option<Date> {
    let text = String::from_utf8_lossy(text);
    let text = match text.split_once(',') {
        Some((_, rest)) => rest,
        None => &text,
    };
    let mut words =
        text.split_ascii_whitespace().skip_while(|word| !word.starts_with(|c: char| c.is_ascii_digit()));
    let day: i8 = words.next()?.parse().ok()?;
    let month = words.next()?.get(..3)?.to_ascii_lowercase();
    let month = i8::try_from(MONTHS.iter().position(|name| *name == month)? + 1).ok()?;
    let written = words.next()?;
    let year: i16 = written.parse().ok()?;
    // RFC 5322 section 4.3: years of two and three digits.
    let year = match (written.len(), year) {
        (2, 0..=49) => year + 2000,
        (2 | 3, _) => year + 1900,
        _ => year,
    };
    Date::new(year, month, day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_as_written() {
        for (text, day) in [
            ("Tue, 1 Jul 2003 23:52:37 -0700", Some("2003-07-01")),
            ("1 jul 2003", Some("2003-07-01")),
            ("Tue 01 July 03 00:00 GMT", Some("2003-07-01")),
            ("Fri, 21 Nov 97 09:55:06 -0600", Some("1997-11-21")),
            ("yesterday", None),
            ("32 Jul 2003", None),
            ("", None),
        ] {
            assert_eq!(day_of_header(text.as_bytes()).map(|day| day.to_string()).as_deref(), day, "{text}");
        }
        let date = InternalDate { epoch: 0, offset_minutes: -60 };
        assert_eq!(day_of_internal_date(date).unwrap().to_string(), "1969-12-31");
    }
}
