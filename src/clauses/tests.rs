use super::*;

fn built_in() -> Catalogue {
    Catalogue::load(None).unwrap()
}

#[test]
fn the_built_in_catalogue_is_sound_and_complete() {
    // Loading checks each id against its folder and section, that none stands twice, each same_as, and accept.
    let catalogue = built_in();
    let rfcs: std::collections::BTreeSet<u16> = catalogue.iter().map(|clause| clause.rfc).collect();
    let found = format!(
        "{} entries, {} carriers, {} RFCs",
        catalogue.len(),
        catalogue.carriers().count(),
        rfcs.len()
    );
    // Clauses are stable: none gets lost.
    insta::assert_snapshot!(found, @"1847 entries, 1434 carriers, 37 RFCs");
}

#[test]
fn every_clause_leads_to_a_carrier() {
    let catalogue = built_in();
    for clause in &catalogue {
        let carrier = catalogue.carrier(&clause.id).unwrap();
        assert!(carrier.is_carrier(), "{} leads to {}", clause.id, carrier.id);
        assert_eq!(clause.is_carrier(), carrier.id == clause.id, "{}", clause.id);
    }
}

#[test]
fn entries_say_something() {
    for clause in &built_in() {
        for (field, value) in [("lines", &clause.lines), ("text", &clause.text), ("detect", &clause.detect)] {
            assert!(!value.trim().is_empty(), "{}: empty {field}", clause.id);
        }
    }
}

#[test]
fn severity_is_the_milder_of_level_and_accept() {
    let catalogue = built_in();
    for (id, severity) in [
        ("rfc3501-1.2-02", Severity::Fail),
        ("rfc1939-3-01", Severity::Nonstrict),
        ("rfc3501-6.4.6-15b", Severity::Note),
        ("rfc1939-4-03", Severity::Note),
        ("rfc3501-6.3.1-04", Severity::Nonstrict),
        ("rfc7888-3-02b", Severity::Fail),
    ] {
        assert_eq!(catalogue.get(id).unwrap().severity(), severity, "{id}");
    }
}

#[test]
fn an_unknown_id_names_the_one_that_was_meant() {
    let catalogue = built_in();
    assert_eq!(
        catalogue.carrier("rfc3501-6.4.3-2").unwrap_err().to_string(),
        "there is no clause rfc3501-6.4.3-2; did you mean rfc3501-6.4.3-02?"
    );
    assert_eq!(catalogue.require("bananas").unwrap_err().to_string(), "there is no clause bananas");
}

const GOOD: &str = r#"# a comment
- id: rfc2177-3-01
  section: "3"
  level: must
  basis: implied
  lines: "1-2"
  text: "IDLE works."
  wire: "yes"
  needs: []
  detect: "Try it."
"#;

#[test]
fn mistakes_are_reported_with_file_and_line() {
    let second = GOOD.replace("# a comment\n", "").replace("3-01", "3-02");
    let with = |extra: &str| format!("{GOOD}{second}  {extra}\n");
    for (content, expected) in [
        (
            GOOD.replace("rfc2177-3", "rfc2178-3"),
            ":2: rfc2178-3-01: an id in this folder begins with rfc2177-",
        ),
        (
            GOOD.replace("\"3\"", "\"4\""),
            ":2: rfc2177-3-01: the id does not name the section of the entry, which is 4",
        ),
        (
            format!("{GOOD}{}", GOOD.replace("# a comment\n", "")),
            ":11: rfc2177-3-01: the id is used before, at x/clauses.yaml:2",
        ),
        (
            with("contested: \"no\""),
            ":11: rfc2177-3-02: a contested clause says with `accept: note`, `nonstrict` or `fail` what a violation earns at most",
        ),
        (with("accept: note"), ":11: rfc2177-3-02: `accept` stands only beside `contested`, which says why"),
        (
            with("contested: \"no\"\n  accept: fail").replace("must", "should"),
            ":11: rfc2177-3-02: `accept: fail` is more than breaking a should can earn",
        ),
        (with("why_not: \"no\""), ":11: rfc2177-3-02: `why_not` stands exactly where `wire` is partly or no"),
        (
            GOOD.replace("[]", "[money]"),
            ":2: rfc2177-3-01: `needs` has the unknown word money; the vocabulary stands at the head of the file",
        ),
        (
            with("same_as: rfc2177-3-1"),
            ":11: rfc2177-3-02: in `same_as`: there is no clause rfc2177-3-1; did you mean rfc2177-3-01?",
        ),
        (
            with("same_as: rfc2177-3-01")
                .replace("\"Try it.\"\n-", "\"Try it.\"\n  same_as: rfc2177-3-02\n-"),
            ":2: rfc2177-3-01: `same_as` points to rfc2177-3-02, which is no carrier; point to rfc2177-3-01",
        ),
    ] {
        let path = Path::new("x/clauses.yaml");
        let loaded = file::parse(content.as_bytes(), path, 2177)
            .and_then(|clauses| Catalogue::from_files(vec![(path.to_owned(), clauses)]));
        assert_eq!(loaded.unwrap_err().to_string(), format!("x/clauses.yaml{expected}"));
    }
}

#[test]
fn an_unknown_field_is_refused_with_its_line() {
    let content = format!("{GOOD}  colour: red\n");
    let error = file::parse(content.as_bytes(), Path::new("x/clauses.yaml"), 2177).unwrap_err().to_string();
    insta::assert_snapshot!(error, @r#"
    x/clauses.yaml:11: error: line 11 column 3: unknown field `colour`, expected one of id, section, level, basis, lines, text, wire, why_not, needs, detect, same_as, contested, accept
      --> <input>:11:3
       |
     9 |   needs: []
    10 |   detect: "Try it."
    11 |   colour: red
       |   ^ unknown field `colour`, expected one of id, section, level, basis, lines, text, wire, why_not, needs, detect, same_as, contested, accept
    "#);
}

#[test]
fn a_directory_replaces_one_file_and_keeps_the_rest() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("rfc2177-idle")).unwrap();
    // The others point to clauses that this file no longer has: those it must keep.
    let kept = built_in();
    let ids: Vec<&str> = kept.iter().filter_map(|clause| clause.same_as.as_deref()).collect();
    let mut content = GOOD.replace("rfc2177-3-01", "rfc2177-3-99");
    for id in kept.iter().filter(|clause| clause.rfc == 2177 && ids.contains(&clause.id.as_str())) {
        content += &GOOD.replace("# a comment\n", "").replace("rfc2177-3-01", &id.id);
    }
    std::fs::write(directory.path().join("rfc2177-idle/clauses.yaml"), content).unwrap();
    let catalogue = Catalogue::load(Some(directory.path())).unwrap();
    assert_eq!(catalogue.get("rfc2177-3-99").unwrap().text, "IDLE works.");
    assert!(catalogue.iter().filter(|clause| clause.rfc == 2177).count() < 20);
    assert!(catalogue.get("rfc3501-1.2-01").is_some());
}
