//! The `json` report, for other programs and for `mailspec compare`: the [record](super::record) itself.

use schemars::generate::SchemaSettings;

use super::record::{Record, VERSION};

/// The report as JSON.
///
/// # Errors
/// Never, as far as we know: all keys are texts, and no number is without end.
pub fn render(record: &Record) -> Result<String, serde_json::Error> {
    Ok(serde_json::to_string_pretty(record)? + "\n")
}

/// A text is no report that can be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No JSON, or no report.
    #[error("this is no JSON report of mailspec load: {0}")]
    NoReport(#[from] serde_json::Error),
    /// It is of another version.
    #[error("the report has version {0} of the schema, and this mailspec reads version {VERSION}")]
    OtherVersion(u32),
}

/// Reads a report back, but for the latencies of each second.
///
/// # Errors
/// If the text is no report, or one of another version.
pub fn read(text: &str) -> Result<Record, ReadError> {
    /// What is the same in every version.
    #[derive(serde::Deserialize)]
    struct Versioned {
        mailspec_load_report: u32,
    }
    let Versioned { mailspec_load_report } = serde_json::from_str(text)?;
    if mailspec_load_report != VERSION {
        return Err(ReadError::OtherVersion(mailspec_load_report));
    }
    Ok(serde_json::from_str(text)?)
}

/// The JSON Schema of the report.
pub fn schema() -> String {
    let generator = SchemaSettings::draft07().into_generator();
    let schema = generator.into_root_schema_for::<Record>();
    // A schema is made of text, numbers and lists, which can always be written.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}
