//! Text and numbers in a page.

use crate::report::junit::clean;

/// Text that says itself, whatever is in it.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Milliseconds with three digits that tell something, in the unit that suits.
pub(super) fn time(ms: f64) -> String {
    match ms {
        none if none <= 0.0 => "0".to_owned(),
        small if small < 0.9995 => format!("{} µs", digits(small * 1e3)),
        middle if middle < 999.5 => format!("{} ms", digits(middle)),
        large => format!("{} s", digits(large / 1e3)),
    }
}

/// Three digits that tell something.
pub(super) fn digits(value: f64) -> String {
    let text = match value.abs() {
        small if small < 9.995 => format!("{value:.2}"),
        middle if middle < 99.95 => format!("{value:.1}"),
        _ => return format!("{value:.0}"),
    };
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A rate or a number on an axis: `20k`
pub(super) fn short(value: f64) -> String {
    match value.abs() {
        million if million >= 1e6 => format!("{}M", digits(value / 1e6)),
        thousand if thousand >= 1e4 => format!("{}k", digits(value / 1e3)),
        _ => digits(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_text_is_harmless() {
        let times = [0.0, 0.001, 0.0123, 0.9999, 1.0, 12.34, 999.9, 1234.0, 3_600_000.0].map(time);
        assert_eq!(times.join(", "), "0, 1 µs, 12.3 µs, 1 ms, 1 ms, 12.3 ms, 1 s, 1.23 s, 3600 s");
        assert_eq!([0.0, 0.5, 100.0, 20_000.0, 2.5e6].map(short).join(" "), "0 0.5 100 20k 2.5M");
        assert_eq!(escaped("<a href=\"x\">&\u{0}\r"), "&lt;a href=&quot;x&quot;&gt;&amp;\\u{0}\\r");
    }
}
