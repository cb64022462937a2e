//! What each sink writes.

use super::{environment, events, record, report};
use crate::check::exit::Require;
use crate::clauses::{Catalogue, Coverage};
use crate::report::destination::Named;
use crate::report::format::Format;
use crate::report::record::Recorder;
use crate::report::{Sink, annotations, json};

#[test]
fn json_as_it_is_documented() {
    insta::assert_snapshot!(Format::Json.render(&report()).unwrap());
}

#[test]
fn junit_as_ci_systems_read_it() {
    insta::assert_snapshot!(Format::Junit.render(&report()).unwrap());
}

#[test]
fn tap_as_harnesses_read_it() {
    insta::assert_snapshot!(Format::Tap.render(&report()).unwrap());
}

#[test]
fn markdown_as_a_summary_shows_it() {
    insta::assert_snapshot!(Format::Markdown.render(&report()).unwrap());
}

#[test]
fn html_without_its_style_and_script() {
    let page = Format::Html.render(&report()).unwrap();
    insta::assert_snapshot!(page.split_once("<body>").unwrap().1.split_once("<script>").unwrap().0);
}

#[test]
fn annotations_as_github_reads_them() {
    insta::assert_snapshot!(annotations::render(&report()));
}

#[test]
fn a_json_report_is_read_back_as_it_was() {
    let report = report();
    assert_eq!(json::read(&json::render(&report).unwrap()).unwrap(), report);
    let error = json::read("{\"mailspec_report\": 99}").unwrap_err().to_string();
    assert!(error.contains("version 99"), "{error}");
    assert!(json::read("[]").is_err());
}

/// In every format a run that ended early says so.
#[test]
fn a_partial_report_is_marked() {
    let report = record(&events(Some("it was interrupted (Ctrl-C)")));
    assert!(!report.complete);
    for &format in Format::ALL {
        let text = format.render(&report).unwrap();
        let mark = match format {
            Format::Json => "\"complete\": false",
            Format::Junit => "<error type=\"incomplete\" message=\"it was interrupted (Ctrl-C)\">",
            Format::Html => "This report is partial.",
            Format::Markdown => "The run ended early, with 7 of 7 results: it was interrupted (Ctrl-C)",
            Format::Tap => "Bail out! it was interrupted (Ctrl-C)",
        };
        assert!(text.contains(mark), "{}: {text}", format.name());
    }
}

/// The sink may never hear of the end, or of the beginning.
#[test]
fn a_run_that_never_ended_or_began_is_partial() {
    let catalogue = Catalogue::load(None).unwrap();
    let coverage = Coverage::default();
    let recorder =
        || Recorder::new(environment(), Require::Must, "imap://h:143".to_owned(), &catalogue, &coverage);
    let mut half = recorder();
    events(None).iter().take(4).for_each(|event| half.take(event));
    let half = half.report(3, None);
    assert_eq!((half.complete, half.results.len(), half.planned), (false, 1, 7));
    let none = recorder().report(3, Some("cannot connect to imap://h:143".to_owned()));
    assert_eq!(none.cut_short.as_deref(), Some("cannot connect to imap://h:143"));
    assert_eq!((none.complete, none.target.title.as_str()), (false, "imap://h:143"));
    for &format in Format::ALL {
        assert!(format.render(&none).unwrap().contains("cannot connect to imap"), "{}", format.name());
    }
}
