//! Every scenario file below `scenarios/` compiles, and every example of the language's document; mistakes are shown as `mailspec`
//! shows them.

use std::sync::Arc;

use mailspec::{
    clauses::Catalogue,
    embedded::Files,
    fixtures::Fixtures,
    scenario::{
        parse::{self, Mistake},
        program::Source,
    },
};

const DOCUMENT: &str = include_str!("../docs/scenario-language.md");

fn show(mistakes: &[Mistake]) {
    let shown: String = mistakes.iter().map(|mistake| format!("{mistake}\n\n")).collect();
    assert!(mistakes.is_empty(), "{} mistakes\n\n{shown}", mistakes.len());
}

#[test]
fn all_scenario_files_compile() {
    let (catalogue, fixtures) = (Catalogue::load(None).unwrap(), Fixtures::load(None).unwrap());
    show(&parse::load(&Files::scenarios(), &catalogue, &fixtures).err().unwrap_or_default());
}

#[test]
fn all_examples_of_the_document_compile() {
    let (catalogue, fixtures) = (Catalogue::load(None).unwrap(), Fixtures::load(None).unwrap());
    let mut mistakes = Vec::new();
    let mut count = 0;
    for block in DOCUMENT.split("```yaml\n").skip(1) {
        let block = block.split("```").next().unwrap();
        if !block.contains("\nscenarios:") {
            continue;
        }
        count += 1;
        // Empty lines in front, so that the lines are those of the document.
        let before = DOCUMENT[..block.as_ptr() as usize - DOCUMENT.as_ptr() as usize].matches('\n').count();
        let text = "\n".repeat(before) + block;
        let source = Arc::new(Source { path: "docs/scenario-language.md".to_owned(), text });
        mistakes.extend(parse::file(&source, &catalogue, &fixtures).err().unwrap_or_default());
    }
    // Seventeen, and the one that shows a file.
    assert_eq!(count, 18);
    show(&mistakes);
}
