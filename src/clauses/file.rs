//! Reads one `clauses.yaml` and checks each entry by itself.

use std::path::Path;

use serde::Deserialize;
use serde_yaml::Spanned;

use super::clause::{Basis, Clause, Level, Severity, Wire};
use super::{CatalogueError, Mistake};

/// An entry as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    section: String,
    level: Level,
    basis: Basis,
    lines: String,
    text: String,
    wire: Wire,
    why_not: Option<String>,
    needs: Vec<String>,
    detect: String,
    same_as: Option<String>,
    contested: Option<String>,
    accept: Option<Severity>,
}

/// The number in a folder's name: 2177 of `rfc2177-idle`.
pub(super) fn rfc_of_folder(folder: &str) -> Option<u16> {
    folder.strip_prefix("rfc")?.split('-').next()?.parse().ok()
}

/// The clauses of one file, in its order. `path` is for messages.
pub(super) fn parse(content: &[u8], path: &Path, rfc: u16) -> Result<Vec<Clause>, CatalogueError> {
    // The message shows the line itself, with a caret below the mistake.
    let entries: Vec<Spanned<Entry>> = serde_yaml::from_slice(content).map_err(|error| {
        let line = error.location().map_or(1, |location| location.line());
        CatalogueError::Syntax { path: path.to_owned(), line, message: error.to_string() }
    })?;
    let mut clauses = Vec::with_capacity(entries.len());
    for entry in entries {
        let line = entry.referenced.line();
        let clause = clause(entry.value, rfc, line);
        if let Err(mistake) = check(&clause) {
            return Err(CatalogueError::Entry { path: path.to_owned(), line, id: clause.id, mistake });
        }
        clauses.push(clause);
    }
    Ok(clauses)
}

fn clause(entry: Entry, rfc: u16, line: u64) -> Clause {
    Clause {
        id: entry.id,
        rfc,
        section: entry.section,
        level: entry.level,
        basis: entry.basis,
        lines: entry.lines,
        text: entry.text,
        wire: entry.wire,
        why_not: entry.why_not,
        needs: entry.needs,
        detect: entry.detect,
        same_as: entry.same_as,
        contested: entry.contested,
        accept: entry.accept,
        line,
    }
}

fn check(clause: &Clause) -> Result<(), Mistake> {
    let Clause { id, rfc, section, level, wire, why_not, needs, contested, accept, .. } = clause;
    let in_section = id.strip_prefix(&format!("rfc{rfc}-")).ok_or(Mistake::OtherRfc { rfc: *rfc })?;
    if !in_section.strip_prefix(section.as_str()).is_some_and(|rest| rest.starts_with('-')) {
        return Err(Mistake::OtherSection { section: section.clone() });
    }
    if contested.is_some() != accept.is_some() {
        return Err(if contested.is_some() { Mistake::NoAccept } else { Mistake::NotContested });
    }
    if let Some(accept) = accept.filter(|accept| *accept > level.severity()) {
        return Err(Mistake::AcceptTooStrict { level: *level, accept });
    }
    if (*wire == Wire::Yes) == why_not.is_some() {
        return Err(Mistake::WhyNot);
    }
    match needs.iter().find(|need| !NEEDS.contains(&need.as_str())) {
        Some(need) => Err(Mistake::UnknownNeed { need: need.clone() }),
        None => Ok(()),
    }
}

/// What a clause may need, explained at the head of each file.
const NEEDS: [&str; 32] = [
    "8-bit-input",
    "8bit-data",
    "abrupt-close",
    "client-cert",
    "delivery",
    "empty-mailbox",
    "empty-maildrop",
    "fault",
    "fresh-connection",
    "hierarchy",
    "keywords",
    "large-mail",
    "limited-rights",
    "many-mailboxes",
    "mime-mail",
    "non-ascii-mail",
    "non-ascii-mailbox",
    "odd-mail",
    "other-access",
    "other-capability",
    "raw-socket",
    "relogin",
    "restart",
    "sasl",
    "second-account",
    "second-session",
    "seeded-mail",
    "server-config",
    "starttls",
    "time",
    "tls",
    "utf8-charset",
];
