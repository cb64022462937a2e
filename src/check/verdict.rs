//! Verdicts, and what stands behind one.

use std::{sync::Arc, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::waivers::Waiver;
use crate::{
    scenario::program::{Place, Scenario},
    session::transcript::Transcript,
};

/// The outcome of a scenario, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every claim held.
    Pass,
    /// A MAY was seen, or a contested clause taken one way.
    Note,
    /// The server does not advertise what the scenario needs.
    Unsupported,
    /// Can't run here; the reason says why.
    Skipped,
    /// A SHOULD is broken.
    Nonstrict,
    /// A precondition was refused: no violation by itself.
    Blocked,
    /// Trouble of the harness, the network or the set-up.
    Error,
    /// A MUST is broken.
    Fail,
}

impl Verdict {
    /// As terminal and reports write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Note => "note",
            Self::Unsupported => "unsupported",
            Self::Skipped => "skipped",
            Self::Nonstrict => "nonstrict",
            Self::Blocked => "blocked",
            Self::Error => "error",
            Self::Fail => "fail",
        }
    }
}

/// The result of one scenario, or of one row of its cases.
#[derive(Debug)]
pub struct Outcome {
    /// What ran.
    pub scenario: Arc<Scenario>,
    /// The row's name, where the scenario has cases.
    pub row: Option<String>,
    /// The worst of its claims.
    pub verdict: Verdict,
    /// The verdict of each round, where it ran more than once; `verdict` is the worst of them.
    pub rounds: Vec<Verdict>,
    /// Why it is unsupported, skipped, blocked or an error.
    pub reason: Option<String>,
    /// The waiver that makes it an expected failure.
    pub waived: Option<Arc<Waiver>>,
    /// Broken claims, in order.
    pub broken: Vec<Broken>,
    /// Notes: branches taken, MAYs seen.
    pub notes: Vec<String>,
    /// Each clause that had a claim, with the worst verdict of its claims.
    pub clauses: Vec<(Arc<str>, Verdict)>,
    /// What the watch rules found meanwhile.
    pub findings: Vec<Finding>,
    /// How long it took.
    pub took: Duration,
    /// How many commands the talk exchanged.
    pub commands: u32,
    /// How long the server took for those that it answered, from sending to the end of the answer.
    pub replies: Vec<Duration>,
    /// What was said.
    pub transcript: Transcript,
}

impl Outcome {
    /// Do its rounds differ? What a server may do either way is no difference: `pass` and `note` are the same here.
    #[must_use]
    pub fn is_flaky(&self) -> bool {
        let held = |verdict: Verdict| if verdict == Verdict::Note { Verdict::Pass } else { verdict };
        self.rounds.windows(2).any(|pair| held(pair[0]) != held(pair[1]))
    }

    /// `rfc3501/6.4.4-search/keys/or`
    #[must_use]
    pub fn id(&self) -> String {
        match &self.row {
            Some(row) => format!("{}/{row}", self.scenario.id),
            None => self.scenario.id.clone(),
        }
    }
}

/// A broken claim, or the precondition that blocked.
#[derive(Debug)]
pub struct Broken {
    /// What breaking it costs.
    pub verdict: Verdict,
    /// The clause that owns it; `None` for preconditions.
    pub clause: Option<Arc<str>>,
    /// The line of the scenario.
    pub place: Place,
    /// One line: what was expected.
    pub expected: String,
    /// What came instead, with a caret where one octet is to blame.
    pub came: String,
    /// How far the transcript had come.
    pub transcript_position: usize,
}

/// A watch rule that was broken.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule's name; reported as `rule/NAME`.
    pub rule: &'static str,
    /// The clause that it enforces.
    pub clause: &'static str,
    /// The most it may cost, if less than the clause's level.
    pub at_most: Option<Verdict>,
    /// What was wrong, with the octets and a caret.
    pub message: String,
    /// The waiver that makes it an expected failure.
    pub waived: Option<Arc<Waiver>>,
    /// How far the transcript had come.
    pub transcript_position: usize,
}
