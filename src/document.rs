//! YAML files that people write, and how their mistakes are told: with file, line, a caret and a hint.

use std::ops::Range;
use std::path::{Path, PathBuf};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::nearest::nearest;

/// No file of that kind is longer.
const MAX_OCTETS: u64 = 1 << 20;

/// A file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The file cannot be read.
    #[error("{path}: {source}", path = .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file has a mistake.
    #[error("{}", .0.render(false))]
    Mistake(Box<DocumentMistake>),
}

/// A mistake in a file, with the text it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentMistake {
    /// The file.
    pub path: String,
    /// Its text.
    pub text: String,
    /// What is wrong.
    pub message: String,
    /// The octets that are wrong.
    pub span: Range<usize>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl DocumentMistake {
    /// The mistake with file, line, a caret and the hint; `styled` with colours for a terminal.
    #[must_use]
    pub fn render(&self, styled: bool) -> String {
        let snippet = Snippet::source(self.text.as_str())
            .path(self.path.as_str())
            .annotation(AnnotationKind::Primary.span(self.span.clone()));
        let group: Group<'_> = Level::ERROR.primary_title(self.message.as_str()).element(snippet);
        let group = match &self.hint {
            Some(hint) => group.element(Level::HELP.message(hint.as_str())),
            None => group,
        };
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }
}

/// The text of the file at `path`.
///
/// # Errors
/// If it cannot be read, or is far too long for a file that somebody wrote.
pub(crate) fn read(path: &Path) -> Result<String, DocumentError> {
    let read = |source| DocumentError::Read { path: path.to_owned(), source };
    let length = std::fs::metadata(path).map_err(read)?.len();
    if length > MAX_OCTETS {
        let message = format!("{length} octets are too many, the limit is {MAX_OCTETS}");
        return Err(read(std::io::Error::new(std::io::ErrorKind::InvalidData, message)));
    }
    std::fs::read_to_string(path).map_err(read)
}

/// A mistake, not yet joined to its file.
pub(crate) struct Mistake {
    /// What is wrong.
    pub message: String,
    /// The octets that are wrong.
    pub span: Range<usize>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Mistake {
    /// A mistake with a hint.
    pub(crate) fn new(message: impl Into<String>, span: Range<usize>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), span, hint: Some(hint.into()) }
    }

    /// The mistake, with the file that it is in.
    pub(crate) fn within(self, path: &str, text: &str) -> DocumentError {
        let Self { message, span, hint } = self;
        let (path, text) = (path.to_owned(), text.to_owned());
        DocumentError::Mistake(Box::new(DocumentMistake { path, text, message, span, hint }))
    }

    /// What the reader of YAML does not like.
    pub(crate) fn of(error: &serde_yaml::Error, text: &str) -> Self {
        use serde_yaml::Error;
        let error = error.without_snippet();
        let span = error.location().map_or_else(|| start_of(text), |location| span_at(&location, text));
        match error {
            Error::SerdeUnknownField { field, expected, .. } => {
                Self::new(format!("unknown key `{field}`"), span, meant(field, expected))
            }
            Error::SerdeUnknownVariant { variant, expected, .. } => {
                Self::new(format!("unknown value `{variant}`"), span, meant(variant, expected))
            }
            Error::SerdeMissingField { field, .. } => {
                Self::new(format!("the key `{field}` is missing"), span, format!("add `{field}: ...`"))
            }
            Error::DuplicateMappingKey { key, .. } => Self::new(
                format!("the key `{}` stands twice", key.as_deref().unwrap_or("?")),
                span,
                "keep one of the two",
            ),
            Error::SerdeInvalidType { unexpected, expected, .. }
            | Error::SerdeInvalidValue { unexpected, expected, .. } => {
                Self { message: format!("expected {expected}, found {unexpected}"), span, hint: None }
            }
            Error::Message { msg, .. } => Self { message: msg.clone(), span, hint: None },
            other => {
                // The line and column stand in the snippet.
                let message = other.to_string();
                let message = message.lines().next().unwrap_or_default();
                let message =
                    message.rsplit_once(" at line ").map_or(message, |(message, _)| message).to_owned();
                Self { message, span, hint: None }
            }
        }
    }
}

fn meant(wrong: &str, known: &[&'static str]) -> String {
    match nearest(wrong, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("known here: {}", known.join(", ")),
    }
}

/// The octets at `location`, without the end of the line behind them.
pub(crate) fn span_at(location: &serde_yaml::Location, text: &str) -> Range<usize> {
    let span = location.span();
    let octets = |value: Option<u64>| value.and_then(|value| usize::try_from(value).ok());
    let Some(start) = octets(span.byte_offset()).filter(|start| text.is_char_boundary(*start)) else {
        return start_of(text);
    };
    let rest = &text[start..];
    let end = octets(span.byte_len()).filter(|length| rest.is_char_boundary(*length)).unwrap_or(0);
    let line = rest[..end].lines().next().unwrap_or_default().trim_end();
    start..start + line.len().max(usize::from(!rest.is_empty() && rest.is_char_boundary(1)))
}

/// The first line.
pub(crate) fn start_of(text: &str) -> Range<usize> {
    0..text.lines().next().map_or(0, str::len)
}
