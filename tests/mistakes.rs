//! Each `tests/mistakes/NAME.yaml` is told off as `NAME.stderr` beside it shows. `BLESS=1` writes what is told now.

#![allow(clippy::unwrap_used)] // Without the suite there is nothing to test.

use std::{env, fs, path::Path, process::ExitCode, sync::Arc};

use libtest_mimic::{Arguments, Failed, Trial};
use mailspec::{
    clauses::Catalogue,
    embedded::Files,
    fixtures::Fixtures,
    scenario::parse::{self, Mistake},
};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes");
    let known = Arc::new((Catalogue::load(None).unwrap(), Fixtures::load(None).unwrap()));
    let names = Files::directory(&directory).names().unwrap();
    let trials = names.into_iter().filter_map(|name| {
        let stem = name.strip_suffix(".yaml")?.to_owned();
        let (directory, known) = (directory.clone(), known.clone());
        Some(Trial::test(stem.clone(), move || {
            let mistakes = told(&directory, &name, &known.0, &known.1);
            compare(&directory.join(stem + ".stderr"), &mistakes)
        }))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

fn told(directory: &Path, name: &str, catalogue: &Catalogue, fixtures: &Fixtures) -> Vec<Mistake> {
    let files = Files::directory(directory);
    let mut mistakes = parse::load_one(&files, name, catalogue, fixtures).err().unwrap_or_default();
    for mistake in &mut mistakes {
        // The same on every machine.
        mistake.path = name.to_owned();
    }
    mistakes
}

fn compare(path: &Path, mistakes: &[Mistake]) -> Result<(), Failed> {
    if mistakes.is_empty() {
        return Err("no mistake was found".into());
    }
    let shown: String = mistakes.iter().map(|mistake| format!("{mistake}\n\n")).collect();
    let shown = format!("{}\n", shown.trim_end());
    if env::var_os("BLESS").is_some() {
        return Ok(fs::write(path, shown)?);
    }
    let expected =
        fs::read_to_string(path).map_err(|error| format!("{}: {error}; run with BLESS=1", path.display()))?;
    if expected == shown {
        return Ok(());
    }
    Err(format!("expected:\n{expected}\nfound:\n{shown}\nIf this is better, run with BLESS=1.").into())
}
