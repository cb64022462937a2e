//! The formats of reports in files.

use super::destination::Named;
use super::record::Report;
use super::{html, json, junit, markdown, tap};

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

impl Named for Format {
    const ALL: &'static [Self] = &[Self::Json, Self::Junit, Self::Html, Self::Markdown, Self::Tap];
    const EXAMPLES: &'static str = "junit=report.xml, html=report.html";

    fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Html => "html",
            Self::Markdown => "markdown",
            Self::Tap => "tap",
        }
    }
}
