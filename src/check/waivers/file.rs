//! Reads a file of waivers.

use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;
use serde_yaml::Spanned;

use super::{Filter, Waiver, Waivers, is_placeholder};
use crate::document::{self, DocumentError, Mistake, span_at};

/// The day that it is at Greenwich, so that a waiver expires everywhere at once.
pub(super) fn today() -> Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// An entry as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: Spanned<String>,
    reason: Spanned<String>,
    link: Spanned<String>,
    message: Option<Spanned<String>>,
    expires: Option<Spanned<String>>,
}

impl Waivers {
    /// The waivers of the file at `path`.
    ///
    /// # Errors
    /// If the file cannot be read, or has a mistake.
    pub fn read(path: &Path) -> Result<Self, DocumentError> {
        let text = document::read(path)?;
        Self::parse(&path.display().to_string(), &text)
    }

    pub(super) fn parse(path: &str, text: &str) -> Result<Self, DocumentError> {
        let entries: Result<Option<Vec<Spanned<Entry>>>, Mistake> =
            serde_yaml::from_str(text).map_err(|error| Mistake::of(&error, text));
        let list = entries.and_then(|entries| list(entries.unwrap_or_default(), text));
        let list = list.map_err(|mistake| mistake.within(path, text))?;
        Ok(Self { path: path.to_owned(), list, today: today(), ..Self::default() })
    }
}

fn list(entries: Vec<Spanned<Entry>>, text: &str) -> Result<Vec<Arc<Waiver>>, Mistake> {
    let lines: Vec<&str> = text.lines().collect();
    let starts: Vec<usize> =
        entries.iter().map(|entry| usize::try_from(entry.referenced.line()).unwrap_or(1)).collect();
    let mut list = Vec::with_capacity(entries.len());
    for (index, entry) in entries.into_iter().enumerate() {
        let first_line = starts[index];
        let next = starts.get(index + 1).map_or(lines.len(), |next| next - 1);
        let last_line = last_line(&lines, first_line, next);
        let Entry { id, reason, link, message, expires } = checked(entry.value, text)?;
        let message = message.map(|message| message.value);
        let expires = expires.map(|written| date(&written, text)).transpose()?;
        let (id, reason, link) = (id.value, reason.value, link.value);
        let filter = Filter::exact(&id);
        list.push(Arc::new(Waiver { id, reason, link, message, expires, first_line, last_line, filter }));
    }
    Ok(list)
}

fn checked(entry: Entry, text: &str) -> Result<Entry, Mistake> {
    let wrong = |what: String, value: &Spanned<String>, hint: &str| {
        Err(Mistake::new(what, span_at(&value.referenced, text), hint))
    };
    if !entry.id.value.contains('/') {
        let hint = "write the id of a scenario as `mailspec check --list` shows it, or rule/NAME";
        return wrong(format!("{:?} is no id", entry.id.value), &entry.id, hint);
    }
    if entry.reason.value.trim().is_empty() {
        return wrong("the reason is empty".into(), &entry.reason, "say why the failure is accepted");
    }
    if !["https://", "http://"].iter().any(|scheme| entry.link.value.starts_with(scheme)) {
        let hint = "give the https:// address of a bug report, or of a page of the manual";
        return wrong(format!("{:?} is no link", entry.link.value), &entry.link, hint);
    }
    if let Some(message) = entry.message.as_ref().filter(|message| message.value.trim().is_empty()) {
        let hint = "quote a part of what the failure says, or remove `message`";
        return wrong("every failure contains an empty message".into(), message, hint);
    }
    if is_placeholder(&entry.reason.value) && entry.expires.is_none() {
        let hint = "say why the failure is accepted, or add `expires: YYYY-MM-DD`, until which it may stay undecided";
        return wrong("a reason that is still to be written needs a date".into(), &entry.reason, hint);
    }
    Ok(entry)
}

/// A day of the calendar, in the one form that cannot be misread.
fn date(written: &Spanned<String>, text: &str) -> Result<Date, Mistake> {
    let digits = |c: char| c.is_ascii_digit() || c == '-';
    let date =
        written.value.parse().ok().filter(|_| written.value.len() == 10 && written.value.chars().all(digits));
    date.ok_or_else(|| {
        let hint = "write the last day on which it holds as YYYY-MM-DD";
        Mistake::new(format!("{:?} is no date", written.value), span_at(&written.referenced, text), hint)
    })
}

/// The last line from `first` on, up to `until`, that is neither empty nor a comment; both count from 1.
fn last_line(lines: &[&str], first: usize, until: usize) -> usize {
    let written = |line: &usize| {
        let line = lines.get(line - 1).map_or("", |line| line.trim());
        !line.is_empty() && !line.starts_with('#')
    };
    (first..=until).rev().find(written).unwrap_or(first)
}
