//! The formats of reports in files.

use std::fmt;
use std::str::FromStr;

use super::record::Report;
use super::{html, json, junit, markdown, tap};
use crate::nearest::nearest;

/// A format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For other programs, and for `mailspec matrix`.
    Json,
    /// For CI systems.
    Junit,
    /// One page for a browser.
    Html,
    /// A short summary.
    Markdown,
    /// Test Anything Protocol.
    Tap,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Json, Self::Junit, Self::Html, Self::Markdown, Self::Tap];

    /// As the command line writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Html => "html",
            Self::Markdown => "markdown",
            Self::Tap => "tap",
        }
    }

    /// The report in this format.
    ///
    /// # Errors
    /// Never, as far as we know: it is written into memory.
    pub fn render(self, report: &Report) -> std::io::Result<String> {
        Ok(match self {
            Self::Json => json::render(report)?,
            Self::Junit => junit::render(report)?,
            Self::Html => html::render(report),
            Self::Markdown => markdown::render(report),
            Self::Tap => tap::render(report),
        })
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// There is no such format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no format {name:?}{}; there are json, junit, html, markdown, tap",
    .nearest.map(|nearest| format!(", did you mean {nearest}?")).unwrap_or_default())]
pub struct UnknownFormat {
    name: String,
    nearest: Option<&'static str>,
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| {
            let nearest = nearest(name, Self::ALL.into_iter().map(Self::name));
            UnknownFormat { name: name.to_owned(), nearest }
        })
    }
}
