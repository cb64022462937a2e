//! The sent date (RFC 5256 section 2.2): the Date field as an instant.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;

use super::date::day_of_header;

/// The instant that the text of a Date field names, in seconds since 1970-01-01T00:00:00Z. A zone that is not valid
/// counts as UTC, a time that is not valid as midnight. `None` if there is no valid date.
#[must_use]
pub fn sent_date(text: &[u8]) -> Option<i64> {
    let text = without_comments(&String::from_utf8_lossy(text));
    let day = day_of_header(text.as_bytes())?;
    let mut words = text.split_ascii_whitespace().skip_while(|word| !word.contains(':'));
    let Some(time) = words.next().and_then(time_of_day) else { return instant(day, Time::midnight(), 0) };
    instant(day, time, words.next().and_then(zone).unwrap_or(0))
}

fn instant(day: Date, time: Time, zone: i32) -> Option<i64> {
    let offset = Offset::from_seconds(zone).unwrap_or(Offset::UTC);
    offset.to_timestamp(day.to_datetime(time)).ok().map(Timestamp::as_second)
}

/// `hh:mm` or `hh:mm:ss`; a leap second is the one before it.
fn time_of_day(word: &str) -> Option<Time> {
    let mut parts = word.split(':').map(|part| {
        let digits = matches!(part.len(), 1 | 2) && part.bytes().all(|octet| octet.is_ascii_digit());
        digits.then(|| part.parse::<i8>().ok()).flatten()
    });
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    let second = if second == 60 { 59 } else { second };
    if parts.next().is_some() { None } else { Time::new(hour, minute, second, 0).ok() }
}

/// Seconds east of UTC (RFC 5322 sections 3.3 and 4.3).
fn zone(word: &str) -> Option<i32> {
    let hours = match word.to_ascii_uppercase().as_str() {
        "UT" | "UTC" | "GMT" | "Z" => 0,
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        _ => {
            let (sign, digits) = match word.split_at_checked(1)? {
                ("+", digits) => (1, digits),
                ("-", digits) => (-1, digits),
                _ => return None,
            };
            let valid = digits.len() == 4 && digits.bytes().all(|octet| octet.is_ascii_digit());
            let value: i32 = digits.parse().ok().filter(|value| valid && value % 100 < 60)?;
            return Some(sign * (value / 100 * 3600 + value % 100 * 60));
        }
    };
    Some(hours * 3600)
}

/// The text with a space for each comment.
fn without_comments(text: &str) -> String {
    let (mut kept, mut depth, mut escaped) = (String::with_capacity(text.len()), 0_usize, false);
    for character in text.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' if depth > 0 => escaped = true,
            '(' => depth += 1,
            ')' if depth > 0 => {
                depth -= 1;
                kept.push(' ');
            }
            _ if depth == 0 => kept.push(character),
            _ => {}
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_instants() {
        const DAY: i64 = 86_400;
        for (text, wanted) in [
            ("Thu, 1 Jan 1970 00:00:00 +0000", Some(0)),
            ("1 Jan 1970 01:00:00 +0100", Some(0)),
            ("31 Dec 1969 16:00:00 -0800", Some(0)),
            ("31 Dec 1969 16:00:00 PST", Some(0)),
            ("31 Dec 69 19:00:00 est", Some(0)),
            ("1 Jan 1970 05:30 +0530 (comment)", Some(0)),
            ("Thu (day), 1 (first\\)) Jan (a (b)) 1970 00:00:00 (c) +0000", Some(0)),
            ("1 Jan 1970 10:00:00 XYZ", Some(36_000)),
            ("1 Jan 1970 10:00:00 +9999", Some(36_000)),
            ("1 Jan 1970 10:00:00", Some(36_000)),
            ("1 Jan 1970 99:99:99 +0100", Some(0)),
            ("2 Jan 1970", Some(DAY)),
            ("1 Jan 1970 23:59:60 +0000", Some(DAY - 1)),
            ("32 Jan 1970 00:00:00 +0000", None),
            ("gibberish", None),
            ("", None),
        ] {
            assert_eq!(sent_date(text.as_bytes()), wanted, "{text}");
        }
    }
}
