//! `cases`: rows and their columns.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    columns::Columns,
    mistake::{Trouble, reported},
    node::{Key, Node, Value},
    text::{is_capture, is_name},
};
use crate::scenario::{expression::Name, program::Place};

/// One row of `cases` as written.
pub(super) struct Case {
    pub(super) name: Option<String>,
    pub(super) clause: Option<Arc<str>>,
    pub(super) columns: Columns,
}
/// More would not be a table that anybody reads.
const MAX_COLUMNS: usize = 32;

/// The rows, in their order; bad ones are told.
pub(super) fn read(
    node: &Node,
    clauses: &[Arc<str>],
    names: &BTreeMap<String, Name>,
    troubles: &mut Vec<Trouble>,
) -> Vec<Case> {
    let Some(entries) = reported(node.mapping(), troubles) else { return Vec::new() };
    if entries.is_empty() {
        troubles
            .push(Trouble::new(node.place, "`cases` has no row", "empty").hint("as in `all: { key: ALL }`"));
    }
    let mut rows = Vec::new();
    let mut places = Vec::new();
    for (key, node) in entries {
        if !is_name(&key.text) || matches!(key.text.as_str(), "open" | "tls" | "not") {
            troubles.push(
                Trouble::new(key.place, "this cannot be the name of a row", "not a name")
                    .hint("a lower-case word other than `open`, `tls`, `not`"),
            );
        }
        let mut case = Case { name: Some(key.text.clone()), clause: None, columns: Vec::new() };
        match &node.value {
            Value::Scalar(scalar) => case.columns.push(("case".to_owned(), scalar.text.clone())),
            Value::Sequence(_) => troubles.push(Trouble::new(
                node.place,
                "a row is a mapping of columns, or a plain value",
                "a list",
            )),
            Value::Mapping(columns) if columns.len() > MAX_COLUMNS => {
                troubles.push(Trouble::new(
                    node.place,
                    "too many columns",
                    format!("{} columns", columns.len()),
                ));
            }
            Value::Mapping(columns) => {
                for (key, node) in columns {
                    column(key, node, clauses, names, &mut case, troubles);
                }
            }
        }
        rows.push(case);
        places.push(key.place);
    }
    complete(&mut rows, &places, troubles);
    rows
}

/// Every row has the columns of the first.
fn complete(rows: &mut [Case], places: &[Place], troubles: &mut Vec<Trouble>) {
    let Some((first, others)) = rows.split_first_mut() else { return };
    let first_name = first.name.clone().unwrap_or_default();
    for (row, place) in others.iter_mut().zip(places.iter().skip(1)) {
        for (column, _) in first.columns.iter().filter(|(column, _)| column != "clause") {
            if row.columns.iter().any(|(known, _)| known == column) {
                continue;
            }
            let message = format!("this row has no column `{column}`");
            let hint = format!("the row `{first_name}` has it; write `{column}: \"\"` for an empty one");
            troubles.push(Trouble::new(*place, message, "a column is missing").hint(hint));
            row.columns.push((column.clone(), String::new()));
        }
        for (column, _) in row.columns.iter().filter(|(column, _)| column != "clause") {
            if !first.columns.iter().any(|(known, _)| known == column) {
                let message = format!("the first row has no column `{column}`");
                let trouble = Trouble::new(*place, message, "one column more");
                troubles.push(trouble.hint("every row has the same columns"));
            }
        }
    }
}

fn column(
    key: &Key,
    node: &Node,
    clauses: &[Arc<str>],
    names: &BTreeMap<String, Name>,
    case: &mut Case,
    troubles: &mut Vec<Trouble>,
) {
    let name = key.text.as_str();
    if !is_capture(name) {
        troubles.push(
            Trouble::new(key.place, "the name of a column is a lower-case word", "not a name")
                .hint("it is a capture in the talk: letters, digits and `_`"),
        );
        return;
    }
    if names.contains_key(name) || name == "tag" {
        troubles.push(Trouble::new(key.place, format!("the name `${name}` is taken"), "choose another"));
        return;
    }
    let Some(value) = reported(node.text(), troubles) else { return };
    if value.contains(['\n', '\r', '\t']) {
        troubles.push(Trouble::new(node.place, "a column is text of one line", "a line end or a tab").hint(
            "escapes such as `\\r\\n` work where the column stands in `C~:`; do not put it in double quotes",
        ));
    }
    if name == "clause" {
        match clauses.iter().find(|clause| &***clause == value) {
            Some(clause) => case.clause = Some(clause.clone()),
            None => {
                let trouble =
                    Trouble::new(node.place, format!("`{value}` is not in `clauses`"), "not listed");
                troubles.push(trouble.suggest(value, clauses.iter().map(|clause| &**clause)));
            }
        }
    }
    case.columns.push((name.to_owned(), value.to_owned()));
}
