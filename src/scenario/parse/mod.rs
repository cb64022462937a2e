//! Reads scenario files: YAML for the facts, one literal block for the talk. All mistakes of a file are told at once.
//!
//! The way of a file: `node` makes a tree of the YAML; `facts` and `given` read its keys; `lines` cuts a talk into lines; `talk`
//! compiles them, once for each row of `cases`, with `template` for what is sent, `imap_pattern`, `pop3_pattern` and
//! `value_pattern` for what is expected, `expression` for what is computed, `directive` for the rest. `text` and
//! `columns` keep each octet's place in the file, also where a row's columns were put in.

mod blocks;
mod cases;
mod columns;
mod directive;
mod expression;
mod facts;
mod functions;
mod given;
mod imap_pattern;
mod items;
pub(crate) mod keys;
mod lines;
mod mistake;
mod node;
mod octets;
mod pacing;
mod pop3_pattern;
mod reference;
mod regex_pattern;
mod scope;
mod talk;
mod template;
mod text;
mod value_pattern;
pub mod workload;

use std::{collections::HashMap, sync::Arc};

pub use mistake::Mistake;

use keys::Keys;
use mistake::Trouble;
use node::Node;

use crate::{
    clauses::Catalogue,
    embedded::Files,
    fixtures::Fixtures,
    scenario::program::{Place, Protocol, Scenario, Source},
};

/// The scenarios of one file, in its order.
///
/// # Errors
/// All mistakes of the file, in the order of their places.
pub fn file(
    source: &Arc<Source>,
    catalogue: &Catalogue,
    fixtures: &Fixtures,
) -> Result<Vec<Scenario>, Vec<Mistake>> {
    let mut troubles = Vec::new();
    let scenarios = match node::read(&source.text) {
        Ok((node, twice)) => {
            troubles = twice;
            scenarios(&node, source, catalogue, fixtures, &mut troubles)
        }
        Err(trouble) => {
            troubles.push(trouble);
            Vec::new()
        }
    };
    if troubles.is_empty() {
        return Ok(scenarios);
    }
    troubles.sort_by_key(|trouble| (trouble.place.start, trouble.place.end));
    Err(troubles.into_iter().map(|trouble| trouble.at(source)).collect())
}

fn scenarios(
    node: &Node,
    source: &Arc<Source>,
    catalogue: &Catalogue,
    fixtures: &Fixtures,
    troubles: &mut Vec<Trouble>,
) -> Vec<Scenario> {
    let Some(keys) = Keys::of(node, "a scenario file", keys::FILE, troubles) else { return Vec::new() };
    let protocol = keys.require("protocol", None, troubles).and_then(|node| match node.text() {
        Ok("imap") => Some(Protocol::Imap),
        Ok("pop3") => Some(Protocol::Pop3),
        Ok(other) => {
            let trouble =
                Trouble::new(node.place, format!("there is no protocol `{other}`"), "unknown protocol");
            troubles.push(trouble.suggest(other, ["imap", "pop3"]));
            None
        }
        Err(trouble) => {
            troubles.push(trouble);
            None
        }
    });
    let entries = keys.require("scenarios", None, troubles).map(Node::mapping);
    let (Some(protocol), Some(entries)) = (protocol, entries) else { return Vec::new() };
    let entries = match entries {
        Ok(entries) => entries,
        Err(trouble) => {
            troubles.push(trouble);
            return Vec::new();
        }
    };
    let file = facts::File { source, protocol, catalogue, fixtures };
    entries.iter().filter_map(|(key, node)| facts::scenario(&file, key, node, troubles)).collect()
}

/// The names of the scenario files in a tree: all `.yaml` but the catalogue and the workloads of load.
///
/// # Errors
/// If the tree cannot be listed.
pub fn names(files: &Files) -> Result<Vec<String>, Mistake> {
    let names = files.names().map_err(|error| unreadable("", &error.to_string()))?;
    Ok(names.into_iter().filter(|name| is_scenario_file(name)).collect())
}

fn is_scenario_file(name: &str) -> bool {
    let base = name.rsplit('/').next().unwrap_or(name);
    name.ends_with(".yaml") && base != "clauses.yaml" && !name.starts_with("load/")
}

/// The scenarios of one file of a tree.
///
/// # Errors
/// All mistakes of the file.
pub fn load_one(
    files: &Files,
    name: &str,
    catalogue: &Catalogue,
    fixtures: &Fixtures,
) -> Result<Vec<Scenario>, Vec<Mistake>> {
    let path = files.path(name).display().to_string();
    let content = files.read(name).map_err(|error| vec![unreadable(&path, &error.to_string())])?;
    let text = match String::from_utf8(content.into_owned()) {
        Ok(text) => text,
        Err(error) => return Err(vec![unreadable(&path, &format!("this file is not UTF-8: {error}"))]),
    };
    let source = Arc::new(Source { path: name.to_owned(), text });
    file(&source, catalogue, fixtures).map_err(|mut mistakes| {
        for mistake in &mut mistakes {
            mistake.path.clone_from(&path);
        }
        mistakes
    })
}

/// All scenarios of a tree, in the order of their files' names.
///
/// # Errors
/// All mistakes of all files; an id that two files give is one.
pub fn load(
    files: &Files,
    catalogue: &Catalogue,
    fixtures: &Fixtures,
) -> Result<Vec<Scenario>, Vec<Mistake>> {
    let mut scenarios: Vec<Scenario> = Vec::new();
    let mut mistakes = Vec::new();
    for name in names(files).map_err(|mistake| vec![mistake])? {
        match load_one(files, &name, catalogue, fixtures) {
            Ok(more) => scenarios.extend(more),
            Err(more) => mistakes.extend(more),
        }
    }
    mistakes.extend(twice(files, &scenarios));
    if mistakes.is_empty() { Ok(scenarios) } else { Err(mistakes) }
}

/// Ids that are used twice, rows counting as ids of their own.
fn twice(files: &Files, scenarios: &[Scenario]) -> Vec<Mistake> {
    let mut known: HashMap<String, &Scenario> = HashMap::new();
    let mut mistakes = Vec::new();
    for scenario in scenarios {
        let rows = scenario.rows.iter().filter_map(|row| row.name.as_ref());
        let ids = rows.map(|row| format!("{}/{row}", scenario.id)).chain([scenario.id.clone()]);
        for id in ids {
            if let Some(first) = known.insert(id.clone(), scenario) {
                let hint = format!("the other is in {}", files.path(&first.source.path).display());
                let trouble =
                    Trouble::new(scenario.place, format!("the id `{id}` is used twice"), "the second");
                let mut mistake = trouble.hint(hint).at(&scenario.source);
                mistake.path = files.path(&scenario.source.path).display().to_string();
                mistakes.push(mistake);
            }
        }
    }
    mistakes
}

fn unreadable(path: &str, message: &str) -> Mistake {
    let source = Arc::new(Source { path: path.to_owned(), text: String::new() });
    Trouble::new(Place::default(), message, "").at(&source)
}

#[cfg(test)]
mod tests;
