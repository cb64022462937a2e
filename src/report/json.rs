//! The `json` report, for other programs: the [record](super::record) itself. `docs/report-json.md` explains it.

use schemars::generate::SchemaSettings;

use super::record::{Report, VERSION};

/// The report as JSON.
///
/// # Errors
/// Never, as far as we know: all keys are texts, and no number is without end.
pub fn render(report: &Report) -> Result<String, serde_json::Error> {
    Ok(serde_json::to_string_pretty(report)? + "\n")
}

/// A text is no report that can be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No JSON, or no report.
    #[error("this is no JSON report of mailspec check: {0}")]
    NoReport(#[from] serde_json::Error),
    /// It is of another version.
    #[error(
        "the report has version {0} of the schema, and this mailspec reads version {VERSION}; write it again"
    )]
    OtherVersion(u32),
}

/// Reads a report back.
///
/// # Errors
/// If the text is no report, or one of another version.
pub fn read(text: &str) -> Result<Report, ReadError> {
    /// What is the same in every version.
    #[derive(serde::Deserialize)]
    struct Versioned {
        mailspec_report: u32,
    }
    let Versioned { mailspec_report } = serde_json::from_str(text)?;
    if mailspec_report != VERSION {
        return Err(ReadError::OtherVersion(mailspec_report));
    }
    Ok(serde_json::from_str(text)?)
}

/// The JSON Schema of the report.
pub fn schema() -> String {
    let generator = SchemaSettings::draft07().into_generator();
    let schema = generator.into_root_schema_for::<Report>();
    // A schema is made of text, numbers and lists, which can always be written.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}
