//! Every clause that a rule of the grammars names is a carrier of the catalogue.

use std::fs;
use std::path::Path;

use mailspec::clauses::Catalogue;

#[test]
fn every_fault_names_a_carrier() {
    let catalogue = Catalogue::load(None).unwrap();
    let mut sources = Vec::new();
    for folder in ["src/imap", "src/imap/grammar", "src/pop3"] {
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                sources.push((path.clone(), fs::read_to_string(path).unwrap()));
            }
        }
    }
    let mut found = 0;
    for (path, source) in &sources {
        for word in source.split('"').filter(|word| is_clause_id(word)) {
            let clause =
                catalogue.require(word).unwrap_or_else(|_| panic!("{}: {word} is unknown", path.display()));
            assert!(clause.is_carrier(), "{}: {word} is not a carrier", path.display());
            found += 1;
        }
    }
    assert!(found > 100, "only {found} ids found: are the sources still there?");
}

fn is_clause_id(word: &str) -> bool {
    let digits = word.strip_prefix("rfc").and_then(|rest| rest.split_once('-')).map(|(number, _)| number);
    digits.is_some_and(|number| number.len() == 4 && number.bytes().all(|octet| octet.is_ascii_digit()))
        && word.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.'))
}
