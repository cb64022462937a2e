use super::*;
use crate::scenario::program::{Given, Lease, Place, Program, Row, Source};

fn scenario(id: &str, protocol: Protocol, clauses: &[&str], rows: &[&str]) -> Arc<Scenario> {
    let row =
        |name: Option<&str>| Row { name: name.map(str::to_owned), clause: None, program: Program::default() };
    Arc::new(Scenario {
        id: id.to_owned(),
        source: Arc::new(Source { path: String::new(), text: String::new() }),
        place: Place::default(),
        protocol,
        title: String::new(),
        clauses: clauses.iter().map(|clause| (*clause).into()).collect(),
        requires: Vec::new(),
        given: Given::default(),
        lease: Lease::Mailbox,
        slow: id.contains("slow"),
        fresh: false,
        rows: if rows.is_empty() {
            vec![row(None)]
        } else {
            rows.iter().map(|name| row(Some(name))).collect()
        },
    })
}

fn scenarios() -> Vec<Arc<Scenario>> {
    vec![
        scenario("rfc1939/5-retr/whole", Protocol::Pop3, &["rfc1939-5-RETR-02"], &[]),
        scenario("rfc3501/6.4.3-expunge/renumbers", Protocol::Imap, &["rfc3501-6.4.3-02"], &[]),
        scenario("rfc3501/6.4.3-expunge/renumbers-all", Protocol::Imap, &["rfc3501-6.4.3-02"], &[]),
        scenario("rfc3501/6.4.4-search/keys", Protocol::Imap, &["rfc3501-6.4.4-01"], &["or", "not"]),
        scenario("rfc3501/9-slow/x", Protocol::Imap, &["rfc3501-6.4.4-01"], &[]),
    ]
}

fn run(filters: &[&str], clauses: &[&str], speaks: &[Protocol]) -> Result<Vec<String>, String> {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let selection =
        Selection { filters: owned(filters), clauses: owned(clauses), slow: false, ..Selection::default() };
    let catalogue = Catalogue::load(None).unwrap();
    match select(&scenarios(), &selection, &catalogue, |protocol| speaks.contains(&protocol)) {
        Ok(selected) => Ok(selected.iter().flat_map(Selected::ids).collect()),
        Err(error) => Err(error.to_string()),
    }
}

const BOTH: [Protocol; 2] = [Protocol::Imap, Protocol::Pop3];

#[test]
fn what_fits_is_selected() {
    let (retr, expunge, all) =
        ("rfc1939/5-retr/whole", "rfc3501/6.4.3-expunge/renumbers", "rfc3501/6.4.3-expunge/renumbers-all");
    let (or, not) = ("rfc3501/6.4.4-search/keys/or", "rfc3501/6.4.4-search/keys/not");
    for (filters, clauses, speaks, ids) in [
        (&[][..], &[][..], &BOTH[..], &[retr, expunge, all, or, not][..]),
        (&[], &[], &[Protocol::Pop3], &[retr]),
        (&["rfc3501/6.4*"], &[], &BOTH, &[expunge, all, or, not]),
        (&["rfc3501/6.4.3"], &[], &BOTH, &[expunge, all]),
        (&["rfc3501/6.4.3-expunge/renumbers"], &[], &BOTH, &[expunge]),
        (&["rfc3501/6.4.4-search/keys"], &[], &BOTH, &[or, not]),
        (&["**/or"], &[], &BOTH, &[or]),
        (&["**/keys/n?t", "rfc1939/"], &[], &BOTH, &[retr, not]),
        (&["*/*/whole"], &[], &BOTH, &[retr]),
        (&["**/rfc1939/**/whole"], &[], &BOTH, &[retr]),
        (&[], &["rfc3501-6.4.3-02"], &BOTH, &[expunge, all]),
        (&["**/renumbers"], &["rfc3501-6.4.3-02"], &BOTH, &[expunge]),
    ] {
        assert_eq!(run(filters, clauses, speaks).unwrap(), ids, "{filters:?} {clauses:?}");
    }
}

#[test]
fn nothing_selected_says_what_to_do() {
    for (filters, clauses, speaks, message) in [
        (
            &["rfc3501/6.4.3-expunge/renumber-al"][..],
            &[][..],
            &BOTH[..],
            "no scenario fits the filter rfc3501/6.4.3-expunge/renumber-al, did you mean \
             rfc3501/6.4.3-expunge/renumbers-all?; `mailspec check --list` shows all ids",
        ),
        (&["x*"], &[], &BOTH, "no scenario fits the filter x*; `mailspec check --list` shows all ids"),
        (
            &[],
            &["rfc1939-RETR-02"],
            &BOTH,
            "there is no clause rfc1939-RETR-02; did you mean rfc1939-5-RETR-02?",
        ),
        (
            &[],
            &["rfc3501-6.4.3-01"],
            &BOTH,
            "no scenario tests the clause rfc3501-6.4.3-01; `mailspec explain rfc3501-6.4.3-01` shows what it says",
        ),
        (
            &["rfc1939"],
            &["rfc3501-6.4.3-02"],
            &BOTH,
            "no scenario fits both the filters and the clauses; give one of the two",
        ),
        (&["rfc3501/9"], &[], &BOTH, "what fits is slow (rfc3501/9-slow/x); add --slow to run it"),
        (
            &["rfc1939"],
            &[],
            &[Protocol::Imap],
            "what fits needs POP3, and the target has no address for it; add pop3://USER:PASSWORD@HOST to the target",
        ),
    ] {
        assert_eq!(run(filters, clauses, speaks).unwrap_err(), message);
    }
}

#[test]
fn globs() {
    let fits_glob = |pattern: &str, text: &str| glob(pattern).is_match(text);
    for (pattern, text, fits) in [
        ("", "", true),
        ("*", "", true),
        ("*", "a/b", true),
        ("*/b", "a/c/b", false),
        ("**", "a/b", true),
        ("a/**/c", "a/c", true),
        ("a/**/c", "a/b/b/c", true),
        ("a/**/c", "a/bc", false),
        ("a?c", "a/c", false),
        ("a*c*e", "abcde", true),
        ("a*c*f", "abcde", false),
        ("***", "a/b", true),
    ] {
        assert_eq!(fits_glob(pattern, text), fits, "{pattern} {text}");
    }
    let stars = "*a".repeat(100);
    assert!(!fits_glob(&stars, &"a".repeat(99)));
}

#[test]
fn parts_are_disjoint_and_whole_and_stay_as_they_are() {
    let ids: Vec<String> = (0..400).map(|at| format!("rfc3501/6.4.{}-x/name-{at}", at % 9)).collect();
    for count in [1, 2, 4, 7] {
        let mut sizes = vec![0; count];
        for id in &ids {
            let holding: Vec<u64> =
                (1..=count as u64).filter(|&index| Shard { index, count: count as u64 }.holds(id)).collect();
            assert_eq!(holding.len(), 1, "{id} {count}");
            sizes[usize::try_from(holding[0]).unwrap() - 1] += 1;
        }
        let fair = ids.len() / count;
        assert!(sizes.iter().all(|size| (fair / 2..=fair * 2).contains(size)), "{count}: {sizes:?}");
    }
    // A change of these would change what every part runs.
    let part = |id| (1..=4).find(|&index| Shard { index, count: 4 }.holds(id)).unwrap();
    assert_eq!(["r/1-a/x", "r/1-a/y", "rfc3501/6.4.3-expunge/renumbers"].map(part), [3, 2, 2]);
}

#[test]
fn parts_are_read_and_written() {
    for text in ["1/1", "1/4", "4/4"] {
        assert_eq!(text.parse::<Shard>().unwrap().to_string(), text);
    }
    for text in ["", "1", "0/4", "5/4", "1/0", "a/b", "-1/4", "1/4/2"] {
        assert!(text.parse::<Shard>().is_err(), "{text}");
    }
}
