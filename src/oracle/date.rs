//! Days: of search keys, internal dates and Date fields. Time and zone are disregarded.

use jiff::civil::Date;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// `date` of RFC 3501 section 9, without quotes: `1-Feb-1994`.
pub(super) fn of_key(text: &str) -> Option<Date> {
    let mut fields = text.split('-');
    let (day, month, year) = (fields.next()?, fields.next()?, fields.next()?);
    if fields.next().is_some() || year.len() != 4 {
        return None;
    }
    date(day, month, digits(year)?)
}

/// The day of a `date-time` of RFC 3501 section 9, without quotes: `17-Jul-1996 02:44:25 -0700`.
pub(super) fn internal(text: &str) -> Option<Date> {
    let (day, time) = text.trim_start().split_once(' ')?;
    let shape = |time: &str| {
        time.bytes().map(|octet| if octet.is_ascii_digit() { b'0' } else { octet }).collect::<Vec<_>>()
    };
    if !matches!(shape(time).as_slice(), b"00:00:00 +0000" | b"00:00:00 -0000") {
        return None;
    }
    of_key(day)
}

/// The day that a Date field names (RFC 5322 sections 3.3 and 4.3), comments left out.
pub(super) fn of_field(value: &str) -> Option<Date> {
    let plain = without_comments(value);
    let day_of_week = plain.find(',').map_or(0, |comma| comma + 1);
    let mut words = plain[day_of_week..].split_whitespace();
    let (day, month, year) = (words.next()?, words.next()?, words.next()?);
    let number = digits(year)?;
    let year = match (year.len(), number) {
        (2, 0..=49) => number + 2000,
        (2 | 3, _) => number + 1900,
        _ => number,
    };
    date(day, month, year)
}

fn date(day: &str, month: &str, year: i16) -> Option<Date> {
    let month = MONTHS.iter().position(|name| month.eq_ignore_ascii_case(name))?;
    let day = digits(day).filter(|_| day.len() <= 2)?;
    Date::new(year, i8::try_from(month + 1).ok()?, i8::try_from(day).ok()?).ok()
}

fn digits(text: &str) -> Option<i16> {
    let plain = !text.is_empty() && text.len() <= 4 && text.bytes().all(|octet| octet.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

fn without_comments(value: &str) -> String {
    let mut depth = 0usize;
    let mut plain = String::new();
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' if depth > 0 => drop(characters.next()),
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            _ if depth == 0 => plain.push(character),
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i16, month: i8, day: i8) -> Option<Date> {
        Some(Date::new(year, month, day).unwrap())
    }

    #[test]
    fn days_of_keys_and_internal_dates() {
        for (text, expected) in [
            ("1-Feb-1994", day(1994, 2, 1)),
            ("01-FEB-1994", day(1994, 2, 1)),
            ("31-Feb-1994", None),
            ("1-Feb-94", None),
            ("1-2-1994", None),
            ("001-Feb-1994", None),
            ("-1-Feb-1994", None),
            ("1-Feb-1994-1", None),
            ("", None),
        ] {
            assert_eq!(of_key(text), expected, "{text}");
        }
        assert_eq!(internal("17-Jul-1996 23:44:25 -0700"), day(1996, 7, 17));
        assert_eq!(internal(" 7-Jul-1996 02:44:25 +0000"), day(1996, 7, 7));
        assert_eq!(internal("17-Jul-1996"), None);
        assert_eq!(internal("17-Jul-1996 02:44 -0700"), None);
    }

    #[test]
    fn days_of_fields() {
        for (value, expected) in [
            ("Thu, 4 Mar 2021 23:30:00 -0800", day(2021, 3, 4)),
            (" 04 mar 2021 23:30 GMT", day(2021, 3, 4)),
            ("21 Nov 97 09:55 EST", day(1997, 11, 21)),
            ("21 Nov 07 09:55 EST", day(2007, 11, 21)),
            ("21 Nov 103 09:55 EST", day(2003, 11, 21)),
            ("Mon (a, b), 13 (x(y\\)) z) Apr 2015 19:30:00 -0330 (N)", day(2015, 4, 13)),
            ("yesterday", None),
            ("Thu, 4 Mar", None),
            ("", None),
        ] {
            assert_eq!(of_field(value), expected, "{value}");
        }
    }
}
