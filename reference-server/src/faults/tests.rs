//! The table holds together.

use super::{Fault, Faults, Rate};

#[test]
fn names_are_words_with_hyphens_and_no_two_are_the_same() {
    let mut names: Vec<&str> = Fault::all().map(|fault| fault.name).collect();
    for name in &names {
        assert!(name.bytes().all(|octet| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'-')), "{name}");
    }
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn each_fault_cites_a_clause_and_says_what_it_does_in_one_line() {
    for fault in Fault::all() {
        assert!(!fault.clauses.is_empty(), "{fault:?}");
        assert!(
            !fault.does.is_empty() && !fault.does.ends_with('.') && !fault.does.contains('\n'),
            "{fault:?}"
        );
    }
}

#[test]
fn a_name_that_is_misspelt_leads_to_the_right_one() {
    let nearest = |name: &str| name.parse::<&Fault>().unwrap_err().nearest;
    assert_eq!("Size-Too-Large".parse::<&Fault>().unwrap().name, "size-too-large");
    assert_eq!(nearest("size-to-large"), Some("size-too-large"));
    assert_eq!(nearest("peek-set-seen"), Some("peek-sets-seen"));
    assert_eq!(nearest("something else altogether"), None);
    assert_eq!(nearest(""), None);
    assert_eq!(nearest(&"x".repeat(10_000)), None);
}

#[test]
fn an_intermittent_fault_strikes_about_as_often_as_it_should_and_the_same_each_time() {
    let all: Vec<&Fault> = Fault::all().take(1).collect();
    let strikes = |rate: &str| {
        let faults = Faults::new(&all, rate.parse().unwrap()).unwrap();
        let strikes = |_| {
            let mut count = 0_usize;
            faults.strike(|fault| Some(fault.name), |_| count += 1);
            count
        };
        (0..1000).map(strikes).collect::<Vec<_>>()
    };
    assert_eq!(strikes("1"), vec![1; 1000]);
    let (some, again) = (strikes("0.1"), strikes("0.1"));
    assert!((50..200).contains(&some.iter().sum::<usize>()));
    assert_eq!(some, again);
    for wrong in ["0", "-1", "1.1", "NaN", "often", ""] {
        assert!(wrong.parse::<Rate>().is_err(), "{wrong}");
    }
    assert!(Faults::new(&[], Rate::default()).is_none());
}
