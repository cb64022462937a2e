//! The formats of reports in files.

use super::{csv, hgrm, hlog, html, json, record::Record};
use crate::report::destination::Named;

/// A format of a report of `mailspec load`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For other programs, and for `mailspec compare`.
    Json,
    /// The interval log of HdrHistogram: all latencies, second by second.
    Hlog,
    /// Latency by percentile, as HdrHistogram's tools print and plot it.
    Hgrm,
    /// A row for each second and command.
    Csv,
    /// A page with plots.
    Html,
}

impl Format {
    /// The report in this format.
    ///
    /// # Errors
    /// Never, as far as we know: it is written into memory.
    pub fn render(self, record: &Record) -> std::io::Result<String> {
        Ok(match self {
            Self::Json => json::render(record)?,
            Self::Hlog => hlog::render(record)?,
            Self::Hgrm => hgrm::render(record),
            Self::Csv => csv::render(record),
            Self::Html => html::render(record),
        })
    }
}

impl Named for Format {
    const ALL: &'static [Self] = &[Self::Json, Self::Hlog, Self::Hgrm, Self::Csv, Self::Html];
    const EXAMPLES: &'static str = "html=report.html, json=report.json";

    fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Hlog => "hlog",
            Self::Hgrm => "hgrm",
            Self::Csv => "csv",
            Self::Html => "html",
        }
    }
}
