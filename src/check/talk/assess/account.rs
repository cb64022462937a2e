//! Says what came instead of what a pattern asks for.

use std::sync::Arc;

use super::Asked;
use crate::{
    check::talk::Problem,
    fault::{Fault, Span},
    scenario::matching::Mismatch,
    session::Session,
};

/// Nothing that might match has come.
pub(super) fn absent(asked: &Asked<'_>, session: &Session, window: usize) -> Problem {
    let clause = Arc::clone(&asked.expect.clause);
    Problem { clause, place: asked.place, came: nothing(session, window), trouble: false }
}

/// The line at `at` comes nearest, and does not match.
pub(super) fn unlike(asked: &Asked<'_>, session: &Session, at: usize, mismatch: &Mismatch) -> Problem {
    let (clause, trouble) = (Arc::clone(&asked.expect.clause), mismatch.trouble);
    let came = if trouble { mismatch.what.clone() } else { came(session, at, mismatch) };
    Problem { clause, place: asked.place, came, trouble }
}

fn came(session: &Session, at: usize, mismatch: &Mismatch) -> String {
    let line = &session.lines()[at];
    match mismatch.at {
        Some(span) => Fault::note("the nearest line", span, mismatch.what.clone()).render(&line.octets),
        None => format!("the nearest line: {}\n{}", mismatch.what, quote(session, at)),
    }
}

/// The line at `at` should not have come.
pub(super) fn sent(session: &Session, at: usize) -> String {
    format!("the server sent this:\n{}", quote(session, at))
}

fn quote(session: &Session, at: usize) -> String {
    let rendered = Fault::note("", Span::at(0), "").render(&session.lines()[at].octets);
    rendered.lines().nth(1).unwrap_or_default().to_owned()
}

fn nothing(session: &Session, window: usize) -> String {
    let count = session.lines().len().saturating_sub(window);
    let ended = if session.closed().is_some() { ", and the connection has ended" } else { "" };
    match count {
        0 => format!("nothing came{ended}"),
        1 => format!("one line came, and it is not the one{ended}"),
        _ => format!("{count} lines came, none of them the one{ended}"),
    }
}
