//! A scenario of a file: its keys, its rows, and a program for each row.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use super::{
    cases::{self, Case},
    given::{self, list},
    keys::{self, Keys},
    lines::{self, Block, Line},
    mistake::{Parsed, Trouble, reported},
    node::{Key, Node, Scalar},
    talk::{self, Setup},
    text::is_name,
};
use crate::{
    clauses::Catalogue,
    fixtures::Fixtures,
    scenario::{
        expression::Name,
        program::{Given, Lease, Place, Protocol, Requirement, Row, Scenario, Source},
    },
};

/// What all scenarios of a file are read with.
pub(super) struct File<'a> {
    pub(super) source: &'a Arc<Source>,
    pub(super) protocol: Protocol,
    pub(super) catalogue: &'a Catalogue,
    pub(super) fixtures: &'a Fixtures,
}

/// A clause in `clauses`, and where.
type Listed = (Arc<str>, Place);

/// Reads a scenario; where this finds troubles, the result is not used.
pub(super) fn scenario(
    file: &File<'_>,
    key: &Key,
    node: &Node,
    troubles: &mut Vec<Trouble>,
) -> Option<Scenario> {
    if !is_name(&key.text) {
        troubles.push(
            Trouble::new(key.place, "the name of a scenario is a lower-case word", "not a name")
                .hint("lower-case letters, digits, `-` and `_`, a letter first"),
        );
    }
    let keys = Keys::of(node, "a scenario", keys::SCENARIO, troubles)?;
    let at = Some(key.place);
    let title = keys
        .require("title", at, troubles)
        .and_then(|node| reported(title(node), troubles))
        .unwrap_or_default();
    let listed =
        keys.require("clauses", at, troubles).map_or_else(Vec::new, |node| clauses(node, file, troubles));
    let requires =
        keys.get("requires").map_or_else(Vec::new, |node| list(node, troubles, |node, _| requirement(node)));
    let default = if file.protocol == Protocol::Imap { Lease::Mailbox } else { Lease::Account };
    let lease =
        keys.get("lease").and_then(|node| reported(lease(node, file.protocol), troubles)).unwrap_or(default);
    let slow = keys.get("slow").and_then(|node| reported(node.truth(), troubles)).unwrap_or(false);
    let fresh = keys.get("fresh").and_then(|node| reported(node.truth(), troubles)).unwrap_or(false);
    let around = given::Around { protocol: file.protocol, fixtures: file.fixtures, lease };
    let (given, names) = given::read(keys.get("given"), &around, troubles);
    let ids: Vec<Arc<str>> = listed.iter().map(|(id, _)| id.clone()).collect();
    let cases = keys.get("cases").map_or_else(
        || vec![Case { name: None, clause: None, columns: Vec::new() }],
        |node| cases::read(node, &ids, &names, troubles),
    );
    if let Some(place) = keys.place_of("fresh").filter(|_| keys.get("cases").is_none()) {
        troubles.push(Trouble::new(place, "`fresh` stands only beside `cases`", "there is one row"));
    }
    let talk = keys.require("talk", at, troubles)?;
    let talk_key = keys.place_of("talk")?;
    let before = troubles.len();
    let lines = reported(lines_of(talk, talk_key, &file.source.text, troubles), troubles)?;
    let whole = troubles.len() == before;
    let table = Table { cases: &cases, given: &given, names: &names, clauses: &ids, lease, lines: &lines };
    let (rows, claimed) = table.rows(file, troubles);
    if whole && !cases.is_empty() {
        check_claims(&listed, &claimed, key, troubles);
    }
    let id = format!("{}/{}", file.source.path.trim_end_matches(".yaml"), key.text);
    let (source, place, protocol) = (file.source.clone(), key.place, file.protocol);
    Some(Scenario {
        id,
        source,
        place,
        protocol,
        title,
        clauses: ids,
        requires,
        given,
        lease,
        slow,
        fresh,
        rows,
    })
}

/// The rows, and all that their talk is compiled with.
struct Table<'a> {
    cases: &'a [Case],
    given: &'a Given,
    names: &'a BTreeMap<String, Name>,
    clauses: &'a [Arc<str>],
    lease: Lease,
    lines: &'a [Line<'a>],
}

impl Table<'_> {
    /// A program for each row, and the clauses that own a claim of some row.
    fn rows(&self, file: &File<'_>, troubles: &mut Vec<Trouble>) -> (Vec<Row>, HashSet<Arc<str>>) {
        let row_names: Vec<&str> = self.cases.iter().filter_map(|case| case.name.as_deref()).collect();
        let mut claimed: HashSet<Arc<str>> = HashSet::new();
        let mut rows = Vec::new();
        let mut told = HashSet::new();
        for case in self.cases {
            let setup = Setup {
                protocol: file.protocol,
                fixtures: file.fixtures,
                given: self.given,
                names: self.names,
                clauses: self.clauses,
                lease: self.lease,
                row: case.name.as_deref(),
                rows: &row_names,
                row_clause: case.clause.clone(),
                columns: &case.columns,
                workload: false,
            };
            let compiled = talk::compile(&setup, self.lines);
            claimed.extend(compiled.claimed);
            // Most mistakes are those of all rows.
            for trouble in compiled.troubles {
                if told.insert((trouble.place.start, trouble.place.end, trouble.message.clone())) {
                    troubles.push(trouble);
                }
            }
            let (name, clause) = (case.name.clone(), case.clause.clone());
            rows.push(Row { name, clause, program: compiled.program });
        }
        (rows, claimed)
    }
}

pub(super) fn title(node: &Node) -> Parsed<String> {
    let text = node.text()?;
    if text.trim().is_empty() {
        return Err(
            Trouble::new(node.place, "a title is one sentence", "empty").hint("say what a right server does")
        );
    }
    Ok(text.trim().to_owned())
}

fn clauses(node: &Node, file: &File<'_>, troubles: &mut Vec<Trouble>) -> Vec<Listed> {
    let mut seen: Vec<Arc<str>> = Vec::new();
    let listed = list(node, troubles, |node, troubles| {
        let id: Arc<str> = node.text()?.into();
        if seen.contains(&id) {
            return Err(Trouble::new(node.place, format!("`{id}` stands twice"), "the second"));
        }
        seen.push(id.clone());
        if let Err(unknown) = file.catalogue.require(&id) {
            let trouble = Trouble::new(node.place, format!("there is no clause `{id}`"), "unknown clause");
            troubles.push(match unknown.nearest {
                Some(near) => trouble.hint(format!("did you mean `{near}`?")),
                None => trouble.hint("clauses stand in `clauses.yaml` beside the scenarios"),
            });
        }
        Ok((id, node.place))
    });
    if node.sequence().is_ok_and(<[Node]>::is_empty) {
        troubles.push(
            Trouble::new(node.place, "a scenario cites at least one clause", "empty")
                .hint("no clause, no scenario: every verdict cites one"),
        );
    }
    listed
}

fn check_claims(listed: &[Listed], claimed: &HashSet<Arc<str>>, key: &Key, troubles: &mut Vec<Trouble>) {
    if claimed.is_empty() && !listed.is_empty() {
        let trouble = Trouble::new(key.place, "this scenario claims nothing", "nothing here can fail");
        troubles.push(
            trouble.hint(
                "claims are `S:`, `S!:`, `=` and `-- closed`; the OK of a command is only a precondition",
            ),
        );
        return;
    }
    for (id, place) in listed.iter().filter(|(id, _)| !claimed.contains(id)) {
        troubles.push(
            Trouble::new(*place, format!("no claim belongs to `{id}`"), "listed, never used")
                .hint(format!("write `§ {id}` above its claims, or remove it here")),
        );
    }
}

pub(super) fn requirement(node: &Node) -> Parsed<Requirement> {
    let text = node.text()?;
    let (capability, negated) = text.strip_prefix("not ").map_or((text, false), |rest| (rest, true));
    let graphic = capability.bytes().all(|octet| octet.is_ascii_graphic() || octet == b' ');
    if capability.trim().is_empty() || !graphic {
        return Err(Trouble::new(node.place, "this is not a capability", "not a capability")
            .hint("as in `UIDPLUS`, `AUTH=CRAM-MD5`, `not LOGINDISABLED`"));
    }
    if capability.bytes().any(|octet| octet.is_ascii_lowercase()) {
        return Err(Trouble::new(node.place, "capabilities are written in upper case", "lower case")
            .hint(format!("did you mean `{}`?", capability.to_ascii_uppercase())));
    }
    Ok(Requirement { capability: capability.to_owned(), negated })
}

fn lease(node: &Node, protocol: Protocol) -> Parsed<Lease> {
    match node.text()? {
        "mailbox" if protocol == Protocol::Pop3 => {
            Err(Trouble::new(node.place, "POP3 has no `lease: mailbox`", "IMAP only")
                .hint("a session holds the whole maildrop: leave the key out"))
        }
        "mailbox" => Ok(Lease::Mailbox),
        "account" => Ok(Lease::Account),
        "target" => Ok(Lease::Target),
        other => {
            let trouble = Trouble::new(node.place, format!("there is no lease `{other}`"), "unknown lease");
            Err(trouble.suggest(other, ["mailbox", "account", "target"]))
        }
    }
}

pub(super) fn lines_of<'t>(
    node: &Node,
    key: Place,
    text: &'t str,
    troubles: &mut Vec<Trouble>,
) -> Parsed<Vec<Line<'t>>> {
    let Scalar { text: value, literal, .. } = node.scalar()?;
    if !literal && !value.trim().is_empty() {
        return Err(Trouble::new(node.place, "a talk is a literal block", "not a block")
            .hint("write `talk: |`, and the lines below, indented"));
    }
    if value.trim().is_empty() {
        return Err(Trouble::new(key, "this talk is empty", "no line").hint("begin with `C: NOOP`"));
    }
    let block = Block::locate(text, key, value);
    let (lines, shape) = lines::split(&block);
    let empty = lines.is_empty() && shape.is_empty();
    troubles.extend(shape);
    if empty {
        return Err(Trouble::new(key, "this talk is empty", "only comments").hint("begin with `C: NOOP`"));
    }
    Ok(lines)
}
