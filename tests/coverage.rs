//! Each clause that a client can test, of the POP3 RFCs and of the extensions listed here, has a scenario or a watch rule.

#![allow(clippy::unwrap_used)] // Helpers of tests may panic as tests do.

use std::sync::Arc;

use mailspec::{
    clauses::{Catalogue, Coverage, Level},
    embedded::Files,
    fixtures::Fixtures,
    scenario::parse,
    watch,
};

/// The RFCs of POP3, then the extensions of IMAP.
const COMPLETE: [u16; 11] = [1734, 1939, 2449, 2595, 3206, 3516, 4959, 5034, 5256, 6856, 7162];

/// Of these, what is a MUST or a SHOULD: what an RFC permits needs no test.
const MUST_AND_SHOULD: [u16; 4] = [2177, 3501, 3502, 5161];

/// What is known to be missing, and why.
const MISSING: &[(&str, &str)] = &[];

#[test]
fn no_gap_in_what_is_complete() {
    let (catalogue, fixtures) = (Catalogue::load(None).unwrap(), Fixtures::load(None).unwrap());
    let scenarios: Vec<_> =
        parse::load(&Files::scenarios(), &catalogue, &fixtures).unwrap().into_iter().map(Arc::new).collect();
    let coverage = Coverage::of(&catalogue, &scenarios, watch::rules());
    let gaps: Vec<&str> = catalogue
        .carriers()
        .filter(|clause| {
            COMPLETE.contains(&clause.rfc)
                || (MUST_AND_SHOULD.contains(&clause.rfc) && clause.level != Level::May)
        })
        .filter(|clause| coverage.is_gap(clause))
        .map(|clause| clause.id.as_str())
        .collect();
    let missing: Vec<&str> = MISSING.iter().map(|(id, _)| *id).collect();
    assert_eq!(
        gaps, missing,
        "clauses that no scenario and no watch rule tests, and those known to be missing"
    );
}
