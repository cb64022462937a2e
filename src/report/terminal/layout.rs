//! Widths, colours, numbers.

use std::time::Duration;

use anstyle::{AnsiColor, Style};

use super::Look;
use crate::check::verdict::Verdict;

/// Columns that the report keeps to, as far as what it quotes allows.
pub(super) const WIDTH: usize = 100;

impl Look {
    /// `text` in `style`, padded to `width` columns.
    pub(super) fn paint(&self, style: Style, text: &str, width: usize) -> String {
        let padding = " ".repeat(width.saturating_sub(text.chars().count()));
        if self.colour { format!("{style}{text}{style:#}{padding}") } else { format!("{text}{padding}") }
    }
}

/// The colour of a verdict.
pub(super) fn style(verdict: Verdict) -> Style {
    let colour = match verdict {
        Verdict::Pass => AnsiColor::Green,
        Verdict::Note => AnsiColor::Cyan,
        Verdict::Unsupported | Verdict::Skipped => AnsiColor::BrightBlack,
        Verdict::Nonstrict => AnsiColor::Yellow,
        Verdict::Blocked | Verdict::Error => AnsiColor::Magenta,
        Verdict::Fail => AnsiColor::Red,
    };
    colour.on_default()
}

/// `1 scenario`, `2,310 scenarios`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{} {noun}{}", number(count as u64), if count == 1 { "" } else { "s" })
}

/// With a comma between thousands.
pub(super) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Two or three digits that matter, and the unit.
pub(super) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 0.001 {
        format!("{} µs", duration.as_micros())
    } else if seconds < 0.1 {
        format!("{:.1} ms", seconds * 1e3)
    } else if seconds < 1.0 {
        format!("{:.0} ms", seconds * 1e3)
    } else if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{} min {:02} s", duration.as_secs() / 60, duration.as_secs() % 60)
    }
}

/// `text` in lines of at most `width` columns, broken at spaces.
pub(crate) fn wrapped(text: &str, width: usize) -> String {
    let mut lines = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            lines.push('\n');
            column = 0;
        } else if column > 0 {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(word);
        column += length;
    }
    lines
}

/// `text` without anything that would steer a terminal: what a server said may stand in it.
pub(crate) fn tame(text: &str) -> String {
    let mut tamed = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() && c != '\n' {
            tamed.extend(c.escape_default());
        } else {
            tamed.push(c);
        }
    }
    tamed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_durations() {
        assert_eq!([0, 999, 1000, 2_310_000].map(number), ["0", "999", "1,000", "2,310,000"]);
        let durations = [80, 1_200, 99_000, 850_000, 3_240_000, 123_000_000].map(Duration::from_micros);
        assert_eq!(durations.map(duration), ["80 µs", "1.2 ms", "99.0 ms", "850 ms", "3.2 s", "2 min 03 s"]);
        assert_eq!(counted(1, "scenario"), "1 scenario");
    }

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(tame("a\x1b[31m\u{9b}é\r\nb"), "a\\u{1b}[31m\\u{9b}é\\r\nb");
    }

    #[test]
    fn words_are_wrapped() {
        assert_eq!(wrapped("one two three fourteen", 9), "one two\nthree\nfourteen");
        assert_eq!(wrapped("", 9), "");
    }
}
