//! Which clauses this run has judged, and which it could not.

use std::fmt::Write;

use super::failure::rfc_link;
use super::text::{anchor, escaped};
use crate::check::verdict::Verdict;
use crate::clauses::Level;
use crate::report::record::{Clause, Report};

/// What a run says of a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Broken,
    Bent,
    Waived,
    Held,
    Watched,
    Open,
    Unseen,
}

impl Standing {
    const SHOWN: [Self; 6] = [Self::Broken, Self::Bent, Self::Waived, Self::Held, Self::Watched, Self::Open];

    fn of(clause: &Clause, ran: bool) -> Self {
        match clause.verdict {
            Some(Verdict::Fail | Verdict::Nonstrict) if clause.waived => Self::Waived,
            Some(Verdict::Fail | Verdict::Blocked | Verdict::Error) => Self::Broken,
            Some(Verdict::Nonstrict) => Self::Bent,
            Some(_) => Self::Held,
            None if ran && clause.tests.iter().any(|test| test.starts_with("rule/")) => Self::Watched,
            None if clause.testable => Self::Open,
            None => Self::Unseen,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Bent => "bent",
            Self::Waived => "waived",
            Self::Held => "held",
            Self::Watched => "watched",
            Self::Open => "not judged",
            Self::Unseen => "not testable",
        }
    }

    /// The class that has its colour.
    fn class(self) -> &'static str {
        match self {
            Self::Broken => "fail",
            Self::Bent => "nonstrict",
            Self::Waived => "xfail",
            Self::Held => "pass",
            Self::Watched => "note",
            Self::Open | Self::Unseen => "skipped",
        }
    }
}

pub(super) fn render(report: &Report, html: &mut String) {
    if report.clauses.is_empty() {
        return;
    }
    html.push_str(
        "<section id=\"clauses\"><h2>Clauses</h2>\n<p class=\"hint\"><b>Held</b>: a claim under it held in this run. <b>Watched</b>: a rule \
         that looks at every response found nothing against it. <b>Not judged</b>: nothing that ran has a claim under it.</p>\n",
    );
    let mut rest = report.clauses.as_slice();
    while let Some(first) = rest.first() {
        let (own, behind) = rest.split_at(rest.partition_point(|clause| clause.rfc <= first.rfc).max(1));
        rest = behind;
        rfc(first.rfc, own, report, html);
    }
    html.push_str("</section>\n");
}

fn rfc(number: u16, clauses: &[Clause], report: &Report, html: &mut String) {
    let folder = format!("rfc{number}");
    let ran = report
        .results
        .iter()
        .any(|entry| entry.id.strip_prefix(&folder).is_some_and(|rest| rest.starts_with(['-', '/'])));
    let standings: Vec<(Standing, &Clause)> =
        clauses.iter().map(|clause| (Standing::of(clause, ran), clause)).collect();
    let count =
        |standing| standings.iter().filter(|(own, clause)| *own == standing && clause.testable).count();
    let parts: Vec<(Standing, usize)> = Standing::SHOWN
        .map(|standing| (standing, count(standing)))
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .collect();
    let words: Vec<String> =
        parts.iter().map(|(standing, count)| format!("{count} {}", standing.word())).collect();
    let bar: String = parts
        .iter()
        .map(|(standing, count)| format!("<i class=\"{}\" style=\"flex:{count}\"></i>", standing.class()))
        .collect();
    let _ = writeln!(
        html,
        "<details class=\"group clauses\"><summary><h3>RFC {number}</h3><span class=\"counts\">{}; {}</span>\
         <span class=\"bar\" aria-hidden=\"true\">{bar}</span></summary>\n<ul>",
        levels(&standings),
        words.join(", "),
    );
    for (standing, clause) in &standings {
        one(*standing, clause, html);
    }
    html.push_str("</ul></details>\n");
}

/// `must 440 of 452, should 117 of 119`: judged of testable.
fn levels(standings: &[(Standing, &Clause)]) -> String {
    let level = |level: Level| {
        let testable = standings.iter().filter(|(_, clause)| clause.level == level && clause.testable);
        let judged = testable.clone().filter(|(standing, _)| *standing != Standing::Open).count();
        let all = testable.count();
        (all > 0).then(|| format!("{level} {judged} of {all}"))
    };
    [Level::Must, Level::Should, Level::May].into_iter().filter_map(level).collect::<Vec<_>>().join(", ")
}

fn one(standing: Standing, clause: &Clause, html: &mut String) {
    let _ = write!(
        html,
        "<li id=\"{}\"><span class=\"badge {}\">{}</span> <span class=\"level {level}\">{}</span> <code>{}</code> {} {}",
        anchor(&clause.id),
        standing.class(),
        standing.word(),
        clause.level.to_string().to_uppercase(),
        escaped(&clause.id),
        rfc_link(clause.rfc, &clause.section),
        escaped(&clause.text),
        level = clause.level,
    );
    if let Some(same) = &clause.same_as {
        let _ = write!(
            html,
            " <span class=\"tests\">the same as <a href=\"#{}\">{}</a></span>",
            anchor(same),
            escaped(same)
        );
    } else if !clause.tests.is_empty() {
        let _ = write!(html, " <span class=\"tests\">{}</span>", escaped(&clause.tests.join(", ")));
    }
    html.push_str("</li>\n");
}
