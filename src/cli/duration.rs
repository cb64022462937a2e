//! Durations as arguments: `10s`, `500ms`, `2m`.

use std::time::Duration;

/// Reads a number and a unit.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let explained = || format!("expected a number and a unit, such as 500ms, 10s or 2m, not {text:?}");
    let unit = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).ok_or_else(explained)?;
    let number: f64 = text[..unit].parse().map_err(|_| explained())?;
    let seconds = match &text[unit..] {
        "ms" => number / 1e3,
        "s" => number,
        "m" => number * 60.0,
        "h" => number * 3600.0,
        _ => return Err(explained()),
    };
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err(explained()),
    }
}

/// As [`duration`] reads it.
pub(super) fn shown(duration: Duration) -> String {
    match duration.as_millis() {
        whole if whole % 1000 == 0 => format!("{}s", duration.as_secs()),
        milliseconds => format!("{milliseconds}ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_number_and_a_unit() {
        for (text, milliseconds) in
            [("10s", 10_000), ("500ms", 500), ("2m", 120_000), ("1.5s", 1500), ("1h", 3_600_000)]
        {
            let read = duration(text);
            assert_eq!(read, Ok(Duration::from_millis(milliseconds)), "{text}");
            assert_eq!(duration(&shown(Duration::from_millis(milliseconds))), read, "{text}");
        }
        for text in ["", "10", "s", "0s", "-1s", "1 s", "10x", "1.2.3s", "99999999999999999999999h", "10µs"]
        {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
