//! What the documents say is so: the list of watch rules, the examples in YAML, the floors of the numbers, the links.
//!
//! `docs/scenario-language.md` and `docs/targets.md` have tests of their own, beside the code that they describe.

use std::{env, fs, path::Path, path::PathBuf, sync::Arc};

use mailspec::{
    check::waivers::Waivers,
    clauses::{Catalogue, Coverage},
    embedded::Files,
    fixtures::Fixtures,
    scenario::{
        parse,
        program::{Protocol, Scenario, Source},
    },
    target::Target,
    watch,
};

const DOCUMENTS: [&str; 15] = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/ci.md",
    "docs/faults.md",
    "docs/load.md",
    "docs/reference-server.md",
    "docs/report-json.md",
    "docs/reports.md",
    "docs/scenario-language.md",
    "docs/targets.md",
    "docs/waivers.md",
    "docs/watch-rules.md",
    "scenarios/README.md",
    "tests/interop/README.md",
];

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).expect(name)
}

/// `BLESS=1` writes the list anew.
#[test]
fn the_list_of_watch_rules_is_that_of_the_program() {
    let document = read("docs/watch-rules.md");
    let (begin, end) = ("<!-- rules -->\n", "<!-- end of rules -->");
    let (head, rest) = document.split_once(begin).expect("the list begins behind a mark");
    let (list, tail) = rest.split_once(end).expect("the list ends at a mark");
    let expected = rules();
    if list != expected && env::var_os("BLESS").is_some() {
        fs::write(path("docs/watch-rules.md"), format!("{head}{begin}{expected}{end}{tail}")).unwrap();
        return;
    }
    assert!(list == expected, "docs/watch-rules.md: the list should be, as BLESS=1 writes it:\n{expected}");
}

/// A table for each protocol.
fn rules() -> String {
    let mut text = String::new();
    for (name, protocol) in [("Both", None), ("IMAP", Some(Protocol::Imap)), ("POP3", Some(Protocol::Pop3))] {
        text += &format!("\n### {name}\n\n| rule | a right server | clauses |\n| --- | --- | --- |\n");
        for rule in watch::rules().iter().filter(|rule| rule.protocol == protocol) {
            let clauses = match rule.clauses {
                many if many.len() > 12 => "many; each finding names its own".to_owned(),
                clauses => clauses.join(", "),
            };
            text += &format!("| `{}` | {} | {clauses} |\n", rule.name, rule.title.replace('|', "\\|"));
        }
    }
    text + "\n"
}

#[test]
fn the_examples_can_be_used() {
    let (catalogue, fixtures) = (Catalogue::load(None).unwrap(), Fixtures::load(None).unwrap());
    let scenarios = parse::load(&Files::scenarios(), &catalogue, &fixtures).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let mut count = 0;
    for name in ["README.md", "CONTRIBUTING.md", "docs/reports.md", "docs/waivers.md", "docs/ci.md"] {
        let document = read(name);
        for block in document.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap()) {
            // Of CI systems, which have a test of their own.
            if block.contains("script:") || block.contains("runs-on:") {
                continue;
            }
            let file = directory.path().join("example.yaml");
            fs::write(&file, block).unwrap();
            let mistakes = if block.contains("scenarios:\n") {
                let source = Arc::new(Source { path: name.to_owned(), text: block.to_owned() });
                parse::file(&source, &catalogue, &fixtures).err().map(|mistakes| format!("{mistakes:?}"))
            } else if block.contains("accounts:") {
                Target::from_profile(&file).err().map(|error| error.to_string())
            } else {
                Waivers::read(&file)
                    .map(|waivers| assert_known(&waivers, &scenarios))
                    .err()
                    .map(|e| e.to_string())
            };
            assert_eq!(mistakes, None, "{name}:\n{block}");
            count += 1;
        }
    }
    assert!(count >= 5, "{count}");
}

/// What the examples waive is there.
fn assert_known(waivers: &Waivers, scenarios: &[Scenario]) {
    for waiver in waivers.iter() {
        let known = match waiver.id.strip_prefix("rule/") {
            Some(name) => watch::rules().iter().any(|rule| rule.name == name),
            None => scenarios.iter().any(|scenario| {
                let rest = waiver.id.strip_prefix(scenario.id.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }),
        };
        assert!(known, "there is no {}", waiver.id);
    }
}

/// "more than 1,000 clauses" in the README.
#[test]
fn the_readme_does_not_promise_too_much() {
    let (catalogue, fixtures) = (Catalogue::load(None).unwrap(), Fixtures::load(None).unwrap());
    let scenarios = parse::load(&Files::scenarios(), &catalogue, &fixtures).unwrap();
    let scenarios: Vec<_> = scenarios.into_iter().map(Arc::new).collect();
    let coverage = Coverage::of(&catalogue, &scenarios, watch::rules());
    let rows = scenarios.iter().map(|scenario| scenario.rows.len()).sum::<usize>();
    let tested = catalogue.carriers().filter(|clause| !coverage.tests(clause).is_empty()).count();
    let readme = read("README.md");
    for (what, truth) in [
        ("clauses in the catalogue", catalogue.len()),
        ("of them tested", tested),
        ("scenarios", scenarios.len()),
        ("results", rows),
        ("watch rules", watch::rules().len()),
    ] {
        let promise = format!("| {what} | more than ");
        let (_, rest) =
            readme.split_once(&promise).unwrap_or_else(|| panic!("no row begins with {promise:?}"));
        let digits: String = rest.chars().take_while(|c| *c != ' ').filter(char::is_ascii_digit).collect();
        let least: usize = digits.parse().unwrap();
        assert!(truth > least, "{what}: {truth} are not more than {least}");
    }
}

/// The jobs of the page on CI are the files beside it, and tell of each input of the action.
#[test]
fn the_jobs_of_the_page_on_ci_are_the_files() {
    let document = read("docs/ci.md");
    for name in ["github.yml", "gitlab.yml"] {
        let job = read(&format!("examples/ci/{name}"));
        assert!(
            document.contains(&format!("```yaml\n{job}```")),
            "docs/ci.md differs from examples/ci/{name}"
        );
    }
    let action = read("action.yml");
    let (_, inputs) = action.split_once("\ninputs:\n").unwrap();
    let (inputs, _) = inputs.split_once("\noutputs:").unwrap();
    let names = inputs.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    for name in names.map(|line| line.trim().trim_end_matches(':')) {
        assert!(document.contains(&format!("| `{name}` |")), "docs/ci.md does not tell of the input {name}");
        assert!(action.contains(&format!("${{{{ inputs.{name} }}}}")), "action.yml does not use {name}");
    }
}

#[test]
fn links_lead_somewhere() {
    let mut count = 0;
    for name in DOCUMENTS {
        let document = read(name);
        for link in document.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link)
        {
            let file = link.split('#').next().unwrap();
            if link.contains("://") || file.is_empty() || file.contains(' ') {
                continue;
            }
            let target = path(name).parent().unwrap().join(file);
            assert!(target.exists(), "{name}: {link} leads nowhere");
            count += 1;
        }
    }
    assert!(count > 10, "{count}");
}
