//! The clauses that a grammar is said to enforce are those that its sources name, and all are carriers of the catalogue.

#![allow(clippy::unwrap_used)] // Helpers of tests may panic as tests do.

use std::{collections::BTreeSet, fs, path::Path};

use mailspec::{clauses::Catalogue, imap, pop3};

#[test]
fn the_lists_hold_what_the_sources_name() {
    for (listed, folders) in [
        (imap::grammar::CLAUSES, ["src/imap", "src/imap/grammar"]),
        (pop3::grammar::CLAUSES, ["src/pop3", "src/pop3/grammar"]),
    ] {
        let named: BTreeSet<String> = folders.into_iter().flat_map(clauses_in).collect();
        assert_eq!(listed, named.iter().collect::<Vec<_>>(), "grammar::CLAUSES, and what {folders:?} name");
    }
}

#[test]
fn every_clause_is_a_carrier() {
    let catalogue = Catalogue::load(None).unwrap();
    for id in imap::grammar::CLAUSES.iter().chain(pop3::grammar::CLAUSES) {
        assert!(catalogue.require(id).unwrap().is_carrier(), "{id} is not a carrier");
    }
}

/// The ids that the sources in `folder` name, outside tests and the list itself.
fn clauses_in(folder: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() || path.ends_with("tests.rs") || path.ends_with("clauses.rs") {
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        found.extend(code.split('"').filter(|word| is_clause_id(word)).map(str::to_owned));
    }
    found
}

fn is_clause_id(word: &str) -> bool {
    let digits = word.strip_prefix("rfc").and_then(|rest| rest.split_once('-')).map(|(number, _)| number);
    digits.is_some_and(|number| number.len() == 4 && number.bytes().all(|octet| octet.is_ascii_digit()))
        && word.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.'))
}
