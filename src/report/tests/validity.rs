//! Whatever a server says, the reports stay valid, and nothing that it says becomes markup.

use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::{junit_rules, report};
use crate::report::format::Format;
use crate::report::matrix::{self, Matrix, Rows};
use crate::report::record::{Report, Said};
use crate::report::{annotations, json};

/// Characters of all kinds, and pieces that are markup somewhere; never nothing at all, which is shown in another way.
fn text() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        any::<char>().prop_map(String::from),
        any::<String>(),
        prop::sample::select(vec![
            "<",
            ">",
            "&",
            "\"",
            "'",
            "]]>",
            "-->",
            "</script>",
            "</pre>",
            "&#0;",
            "\0",
            "\r\n",
            "\u{fffe}",
            "\u{b}",
            "# TODO",
            "\\#",
            "```",
            "|",
            "::error::",
            "%0A",
            "{{body}}",
            "\u{202e}",
            "\n...\n",
            "<!--",
            "${x}",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(pieces, 0..6).prop_map(|pieces| pieces.concat() + "t")
}

/// A report in which every text that can come from a server, a file or a user says `text`.
fn saying(text: &str, blame: (usize, usize)) -> Report {
    let mut report = report();
    let said = || text.to_owned();
    report.target.title = said();
    report.target.name = Some(said());
    report.target.identity.insert(said(), said());
    report.target.capabilities.imap.push(said());
    report.cut_short = Some(said());
    report.environment.arguments = said();
    for entry in &mut report.results {
        entry.title = said();
        entry.again = entry.again.as_ref().map(|_| said());
        entry.reason = entry.reason.as_ref().map(|_| said());
        entry.notes = vec![said()];
        for broken in &mut entry.broken {
            (broken.source, broken.expected, broken.came) = (said(), said(), said());
            if let Some(blame_of) = &mut broken.blame {
                (blame_of.start, blame_of.end) = blame;
            }
        }
        for finding in &mut entry.findings {
            finding.message = said();
        }
        for said_of in entry.transcript.iter_mut().flat_map(|transcript| &mut transcript.entries) {
            *said_of = Said { text: said(), session: said(), ..said_of.clone() };
        }
        if let Some(waiver) = &mut entry.waiver {
            (waiver.id, waiver.reason, waiver.link) = (said(), said(), said());
        }
    }
    report.rules.iter_mut().for_each(|rule| rule.message = said());
    for useless in &mut report.waivers.useless {
        (useless.file, useless.id, useless.message) = (said(), said(), said());
    }
    report
}

/// The elements of a page, in order, with the names of their attributes: what a text could change if it were markup. Style and
/// script are ours.
fn elements(page: &str) -> Vec<String> {
    let (head, rest) = page.split_once("<style>").unwrap();
    let (_, rest) = rest.split_once("</style>").unwrap();
    let (body, _) = rest.rsplit_once("<script>").unwrap();
    let page = format!("{head}{body}</body></html>");
    let mut reader = Reader::from_str(&page);
    reader.config_mut().check_end_names = true;
    let mut elements = Vec::new();
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("at {}: {error}", reader.error_position())) {
            Event::Start(start) | Event::Empty(start) => {
                let mut element = start.name().as_ref().to_owned();
                for attribute in start.attributes() {
                    let attribute = attribute.unwrap();
                    element = format!("{element} {}", attribute.key.as_ref());
                }
                // Prose and quoted lines are told apart by how they begin.
                if !matches!(element.as_str(), "p" | "pre tabindex" | "mark" | "a rel href") {
                    elements.push(element);
                }
            }
            Event::Comment(_) | Event::CData(_) | Event::PI(_) => panic!("markup that is not ours"),
            Event::Eof => return elements,
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_is_said_breaks_a_report(text in text(), blame in (0_usize..40, 0_usize..40)) {
        let report = saying(&text, blame);
        let xml = Format::Junit.render(&report).unwrap();
        junit_rules::check(&xml).unwrap();

        let plain = elements(&Format::Html.render(&saying("plain", blame)).unwrap());
        prop_assert_eq!(elements(&Format::Html.render(&report).unwrap()), plain);
        let matrix = Matrix::new(&[report.clone(), report.clone()], Rows::Scenarios, false);
        let unlike = Matrix::new(&[saying("plain", blame), saying("plain", blame)], Rows::Scenarios, false);
        prop_assert_eq!(elements(&matrix::html(&matrix)), elements(&matrix::html(&unlike)));

        prop_assert_eq!(&json::read(&json::render(&report).unwrap()).unwrap(), &report);

        let tap = Format::Tap.render(&report).unwrap();
        let points = tap.lines().filter(|line| line.starts_with("ok ") || line.starts_with("not ok "));
        prop_assert_eq!(points.count(), report.results.len() + report.rules.len() + report.waivers.useless.len());
        prop_assert_eq!(tap.lines().filter(|line| line.starts_with("Bail out!")).count(), 1);
        let odd = |c: char| c.is_control() && c != '\n';
        prop_assert!(!tap.contains(odd));
        prop_assert!(!Format::Markdown.render(&report).unwrap().contains(odd));

        let lines = annotations::render(&report);
        prop_assert!(lines.lines().all(|line| ["::error ", "::warning ", "::notice "].iter().any(|kind| line.starts_with(kind))));
    }
}
