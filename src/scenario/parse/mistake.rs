//! Mistakes in a scenario file, and how they are shown.

use std::{fmt, sync::Arc};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::scenario::program::{Place, Source};

/// A mistake in a scenario file, found before anything connects.
#[derive(Debug, Clone)]
pub struct Mistake {
    /// The file, as messages name it.
    pub path: String,
    /// The text that `place` points into.
    pub source: Arc<Source>,
    /// Where.
    pub place: Place,
    /// What is wrong, in one line.
    pub message: String,
    /// What stands at the caret.
    pub label: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Mistake {
    /// The mistake with file, line, column, the source line with a caret, and the hint; with colours where `styled`.
    pub fn render(&self, styled: bool) -> String {
        let text = &self.source.text;
        let span = on_boundaries(text, self.place);
        let annotation = AnnotationKind::Primary.span(span).label(&self.label);
        let mut group = Level::ERROR
            .primary_title(&self.message)
            .element(Snippet::source(text).path(&self.path).annotation(annotation));
        if let Some(hint) = &self.hint {
            group = group.element(Level::HELP.message(hint));
        }
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }

    /// The line and the column of the mistake, from 1, the column in characters.
    pub fn position(&self) -> (usize, usize) {
        let before = &self.source.text[..on_boundaries(&self.source.text, self.place).start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Mistake {}

/// The place as a range that the text can be cut at.
fn on_boundaries(text: &str, place: Place) -> std::ops::Range<usize> {
    let floor = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = floor(place.start);
    start..floor(place.end).max(start)
}

/// A mistake on its way to the reader: the file is not known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) place: Place,
    pub(super) message: String,
    pub(super) label: String,
    pub(super) hint: Option<String>,
}

/// What parsing a piece of a file yields.
pub(super) type Parsed<T> = Result<T, Trouble>;

/// The value, or `None` once its trouble is told.
pub(super) fn reported<T>(parsed: Parsed<T>, troubles: &mut Vec<Trouble>) -> Option<T> {
    parsed.map_err(|trouble| troubles.push(trouble)).ok()
}

impl Trouble {
    pub(super) fn new(place: Place, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self { place, message: message.into(), label: label.into(), hint: None }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// "did you mean …?" where a known name is near, else all that are known.
    pub(super) fn suggest<'n>(self, wanted: &str, known: impl IntoIterator<Item = &'n str>) -> Self {
        const SHOWN: usize = 16;
        let known: Vec<&str> = known.into_iter().collect();
        match crate::nearest::nearest(wanted, known.iter().copied()) {
            Some(near) => self.hint(format!("did you mean `{near}`?")),
            None if known.is_empty() => self,
            None => {
                let more = if known.len() > SHOWN { ", …" } else { "" };
                let shown: Vec<String> = known.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
                self.hint(format!("there are {}{more}", shown.join(", ")))
            }
        }
    }

    /// "did you mean …?" where a known name is near; else the hint stays.
    pub(super) fn near<'n>(self, wanted: &str, known: impl IntoIterator<Item = &'n str>) -> Self {
        match crate::nearest::nearest(wanted, known) {
            Some(near) => self.hint(format!("did you mean `{near}`?")),
            None => self,
        }
    }

    pub(super) fn at(self, source: &Arc<Source>) -> Mistake {
        let Self { place, message, label, hint } = self;
        Mistake { path: source.path.clone(), source: source.clone(), place, message, label, hint }
    }
}
