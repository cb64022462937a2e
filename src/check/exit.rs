//! The exit code of a run.

use super::summary::Summary;
use super::verdict::Verdict;

/// What a run is held to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Require {
    /// Broken MUSTs fail it.
    #[default]
    Must,
    /// Broken SHOULDs as well.
    Should,
}

impl Require {
    /// Does a result with this verdict, which no waiver covers, fail the run?
    #[must_use]
    pub fn fails(self, verdict: Verdict) -> bool {
        match verdict {
            Verdict::Fail | Verdict::Blocked | Verdict::Error => true,
            Verdict::Nonstrict => self == Self::Should,
            Verdict::Pass | Verdict::Note | Verdict::Unsupported | Verdict::Skipped => false,
        }
    }
}

/// What the exit code of the program says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All as expected.
    Expected,
    /// A rule that is required is broken, a precondition was refused, a verdict is flaky, or a waiver has lost its use.
    Violations,
    /// The command line, a profile or a scenario has a mistake.
    Usage,
    /// The target cannot be reached, or nothing but errors stands in the way.
    Errors,
    /// Nothing is selected.
    Nothing,
}

impl Exit {
    /// The code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Expected => 0,
            Self::Violations => 1,
            Self::Usage => 2,
            Self::Errors => 3,
            Self::Nothing => 4,
        }
    }

    /// What a run that ended with `summary` earns where broken MUSTs fail it.
    #[must_use]
    pub fn of(summary: &Summary) -> Self {
        Self::under(Require::Must, summary)
    }

    /// What a run that ended with `summary` earns.
    #[must_use]
    pub fn under(require: Require, summary: &Summary) -> Self {
        let counts = &summary.counts;
        let broken = |verdict| counts.of(verdict) > 0;
        let violations = [Verdict::Fail, Verdict::Blocked, Verdict::Nonstrict];
        if violations.into_iter().any(|verdict| require.fails(verdict) && broken(verdict))
            || !summary.complaints.is_empty()
            || !summary.flaky.is_empty()
            || summary.rules.iter().any(|rule| require.fails(rule.verdict))
        {
            Self::Violations
        } else if broken(Verdict::Error) || summary.cut_short.is_some() {
            Self::Errors
        } else if counts.total() == 0 {
            Self::Nothing
        } else {
            Self::Expected
        }
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::summary::Counts;
    use crate::check::waivers::{Complaint, Lost};

    #[test]
    fn each_verdict_earns_its_code() {
        use Verdict::{Blocked, Error, Fail, Nonstrict, Note, Pass, Skipped, Unsupported};
        for (verdicts, code) in [
            (&[][..], 4),
            (&[Pass, Note, Unsupported, Skipped, Nonstrict], 0),
            (&[Skipped], 0),
            (&[Pass, Fail], 1),
            (&[Pass, Blocked], 1),
            (&[Error, Fail], 1),
            (&[Pass, Error], 3),
        ] {
            let mut counts = Counts::default();
            verdicts.iter().for_each(|verdict| counts.add(*verdict));
            let summary = Summary { counts, ..Summary::default() };
            assert_eq!(Exit::of(&summary).code(), code, "{verdicts:?}");
        }
    }

    #[test]
    fn a_broken_should_fails_a_run_that_requires_it() {
        let mut summary = Summary::default();
        summary.counts.add(Verdict::Nonstrict);
        assert_eq!(Exit::under(Require::Must, &summary), Exit::Expected);
        assert_eq!(Exit::under(Require::Should, &summary), Exit::Violations);
    }

    #[test]
    fn a_run_that_was_cut_short_is_no_success() {
        let mut counts = Counts::default();
        counts.add(Verdict::Pass);
        let summary = Summary { counts, cut_short: Some("gone".to_owned()), ..Summary::default() };
        assert_eq!(Exit::of(&summary), Exit::Errors);
    }

    #[test]
    fn expected_failures_are_no_violations_and_useless_waivers_are() {
        let mut summary = Summary::default();
        summary.counts.expected = 1;
        assert_eq!(Exit::of(&summary), Exit::Expected);
        summary.complaints.push(Complaint {
            path: "waivers.yaml".to_owned(),
            lost: Lost::Xpass,
            id: "r/1-a/x".to_owned(),
            message: "r/1-a/x passed; delete line 1".to_owned(),
            line: 1,
        });
        assert_eq!(Exit::of(&summary), Exit::Violations);
    }
}
