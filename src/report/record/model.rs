//! A finished run as data: what the `json` report is, and what every other report in a file is made from.
//! `docs/report-json.md` explains it, and `mailspec schema report` prints its schema, with the descriptions that stand here.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::verdict::Verdict;
use crate::clauses::Level;
use crate::scenario::program::Protocol;

/// The version of the schema. It grows when a reader of the one before would go wrong; keys that are added do not count.
pub const VERSION: u32 = 1;

/// A run of `mailspec check`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The version of this schema: 1.
    #[schemars(range(min = 1))]
    pub mailspec_report: u32,
    /// The program and where it ran.
    pub environment: Environment,
    /// The server under test.
    pub target: Target,
    /// Did all that was planned run? If not, `cut_short` says why, and the report tells of what ran until then.
    pub complete: bool,
    /// Why the run ended before all had run.
    pub cut_short: Option<String>,
    /// The exit code that the run earned: 0 all as expected, 1 violations, 3 errors only, 4 nothing selected.
    pub exit_code: u8,
    /// What fails the run: a broken `must`, or a broken `should` as well.
    pub require: Level,
    /// How many results were to come.
    pub planned: usize,
    /// How long the run took, in milliseconds.
    pub took_ms: f64,
    /// How many commands were sent, those that prepare and tidy up among them.
    pub commands: u64,
    /// How long the server took for its answers; absent in virtual time.
    pub replies: Option<Replies>,
    /// How many results have which verdict.
    pub counts: Counts,
    /// The same for each file of scenarios, which is a section of an RFC, in the order of the RFCs.
    pub sections: Vec<Section>,
    /// Each scenario, or row of its cases, in the order in which they ended.
    pub results: Vec<Entry>,
    /// Watch rules that were broken, in the order in which they were first broken.
    pub rules: Vec<Rule>,
    /// Failures that were expected, and waivers that have lost their use.
    pub waivers: Waivers,
    /// Each clause of the catalogue, with what this run says of it.
    pub clauses: Vec<Clause>,
}

impl Report {
    /// The clause with this id, if the catalogue of the run had one.
    #[must_use]
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == id)
    }
}

/// The program and where it ran.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Environment {
    /// The version of mailspec.
    pub mailspec: String,
    /// The operating system: `linux`.
    pub os: String,
    /// The architecture: `x86_64`.
    pub arch: String,
    /// When the run began, RFC 3339, UTC.
    pub began: String,
    /// The arguments that name the target, the waivers and the scenarios; secrets are masked.
    pub arguments: String,
}

/// The server under test: what its profile says of it, and what it told of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    /// For people: its name, and where it listens.
    pub title: String,
    /// What its profile calls it.
    pub name: Option<String>,
    /// Where it listens: `imap://127.0.0.1:143`; none for the bundled server.
    pub addresses: Vec<String>,
    /// How many accounts the run might use.
    pub accounts: usize,
    /// How mail gets in: `imap-append`, `lmtp`, `smtp`, `maildir`, `command`.
    pub delivery: String,
    /// What it answered to ID (RFC 2971), by field, and `implementation`, which is POP3's (RFC 2449 section 6.9).
    pub identity: BTreeMap<String, String>,
    /// What it advertises, before login or behind it.
    pub capabilities: Capabilities,
    /// The prefix of the personal namespace.
    pub prefix: String,
    /// The hierarchy delimiter; null where there is none.
    pub delimiter: Option<String>,
}

/// What a server advertises.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Capabilities {
    /// In IMAP.
    pub imap: Vec<String>,
    /// In POP3.
    pub pop3: Vec<String>,
}

/// Times of replies, each from the sending of a command to the end of its answer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Replies {
    /// The median, in milliseconds.
    pub p50_ms: f64,
    /// The 99th percentile, in milliseconds.
    pub p99_ms: f64,
}

/// How many results have which verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// All results.
    pub total: usize,
    /// Every claim held.
    pub pass: usize,
    /// A freedom that the RFC leaves was seen, or one side of a contested clause.
    pub note: usize,
    /// The server does not advertise what the scenario needs.
    pub unsupported: usize,
    /// It can't run here.
    pub skipped: usize,
    /// A SHOULD is broken.
    pub nonstrict: usize,
    /// A precondition was refused.
    pub blocked: usize,
    /// Trouble of the harness, the network or the set-up.
    pub error: usize,
    /// A MUST is broken.
    pub fail: usize,
    /// Failures that a waiver expects. They count here only.
    pub xfail: usize,
}

/// The results of one file of scenarios.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Section {
    /// The folder: `rfc3501`.
    pub rfc: String,
    /// The file, without `.yaml`: `6.4.3-expunge`.
    pub file: String,
    /// Its results.
    pub counts: Counts,
}

/// The result of one scenario, or of one row of its cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// `rfc3501/6.4.4-search/keys/or`, stable for ever.
    pub id: String,
    /// The row's name, where the scenario has cases.
    pub row: Option<String>,
    /// The file, below the folder of scenarios: `rfc3501/6.4.4-search.yaml`.
    pub file: String,
    /// The line of the file at which the scenario begins, counted from 1.
    pub line: usize,
    /// Which protocol it is about.
    pub protocol: Protocol,
    /// What a right server does.
    pub title: String,
    /// The worst of its claims.
    pub verdict: Verdict,
    /// The verdict of each round, where it ran more than once; `verdict` is the worst of them.
    pub rounds: Vec<Verdict>,
    /// Did the rounds differ? That fails the run as well.
    pub flaky: bool,
    /// Does it fail the run?
    pub fails_run: bool,
    /// Why it is unsupported, skipped, blocked or an error.
    pub reason: Option<String>,
    /// The waiver that makes it an expected failure.
    pub waiver: Option<Waiver>,
    /// How long it took, in milliseconds; on the bundled server of virtual time.
    pub took_ms: f64,
    /// How many commands its talk exchanged.
    pub commands: u32,
    /// Each clause that had a claim, with the worst verdict of its claims; for what did not run, each clause that it is about,
    /// without a verdict.
    pub clauses: Vec<Cited>,
    /// Broken claims, or the precondition that blocked; the worst first.
    pub broken: Vec<Broken>,
    /// What the watch rules found meanwhile.
    pub findings: Vec<Finding>,
    /// Branches taken, freedoms used.
    pub notes: Vec<String>,
    /// What was said. Kept for what is no pass, and where a watch rule was broken first.
    pub transcript: Option<Transcript>,
    /// The command that runs it alone, for what is no pass; secrets are masked.
    pub again: Option<String>,
}

/// A clause that a result is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cited {
    /// Its id.
    pub id: String,
    /// Its level.
    pub level: Option<Level>,
    /// The worst of the claims under it.
    pub verdict: Option<Verdict>,
}

/// A claim that did not hold, or the precondition that blocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Broken {
    /// What breaking it costs.
    pub verdict: Verdict,
    /// The clause that owns it; null for a precondition.
    pub clause: Option<String>,
    /// The line of the scenario's file, counted from 1.
    pub line: usize,
    /// That line as it is written.
    pub source: String,
    /// What was expected.
    pub expected: String,
    /// What came instead: lines, of which the last may be a caret below the octet to blame.
    pub came: String,
    /// How many entries of the transcript had been written by then.
    pub entries: usize,
    /// Where the octets to blame stand in the transcript.
    pub blame: Option<Blame>,
}

/// Characters of an entry's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Blame {
    /// The index of the entry, counted from 0.
    pub entry: usize,
    /// The first character, counted from 0.
    pub start: usize,
    /// The character after the last one.
    pub end: usize,
}

/// What a watch rule found in one result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The rule: `rule/NAME`.
    pub rule: String,
    /// The clause that it enforces.
    pub clause: String,
    /// What it costs.
    pub verdict: Verdict,
    /// The waiver that makes it expected.
    pub waiver: Option<Waiver>,
    /// What was wrong: lines, of which the last may be a caret below the octets to blame.
    pub message: String,
    /// How many entries of the transcript had been written by then.
    pub entries: usize,
    /// Where the octets to blame stand in the transcript.
    pub blame: Option<Blame>,
}

/// What was said on all sessions of a talk, in the order of time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Transcript {
    /// How many entries before the first one here were left out.
    pub omitted: usize,
    /// The entries.
    pub entries: Vec<Said>,
}

/// One entry of a transcript.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Said {
    /// When, in milliseconds since the talk began.
    pub at_ms: f64,
    /// The name of the session; empty for the main one.
    pub session: String,
    /// Who.
    pub from: From,
    /// What, without the CRLF that ends it. All octets but printable US-ASCII are escaped: `\r`, `\n`, `\t`, `\xHH`. Secrets are `***`.
    pub text: String,
    /// How many more octets there were.
    pub more: usize,
}

/// Who an entry of a transcript comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum From {
    /// The client, which is mailspec.
    Client,
    /// The server.
    Server,
    /// Neither: a connection made or lost, a change of state.
    Note,
}

/// A watch rule that was broken, for one of its clauses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rule {
    /// `rule/NAME`.
    pub rule: String,
    /// The clause that it enforces.
    pub clause: String,
    /// What it costs.
    pub verdict: Verdict,
    /// Does it fail the run?
    pub fails_run: bool,
    /// How many results it was found in.
    pub count: usize,
    /// What was wrong the first time.
    pub message: String,
    /// The id of the first result, which has the transcript.
    pub first: String,
}

/// Failures that were expected, and waivers that have lost their use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Waivers {
    /// Waivers that covered something.
    pub used: Vec<Used>,
    /// Waivers that fail the run.
    pub useless: Vec<Useless>,
}

/// Why a failure is expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Waiver {
    /// The id, rule or glob that it covers.
    pub id: String,
    /// Why.
    pub reason: String,
    /// Where to read more.
    pub link: String,
}

impl std::fmt::Display for Waiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.reason, self.link)
    }
}

/// A waiver that covered something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Used {
    /// The waiver.
    #[serde(flatten)]
    pub waiver: Waiver,
    /// How many failures it covered.
    pub failures: usize,
}

/// A waiver that has lost its use, which fails the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Useless {
    /// The file of waivers.
    pub file: String,
    /// The first line to look at.
    pub line: usize,
    /// The id as it stands in the file.
    pub id: String,
    /// `xpass`, `stale`, `duplicate` or `expired`.
    pub lost: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// A clause, and what this run says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Clause {
    /// Its id.
    pub id: String,
    /// The number of the RFC.
    pub rfc: u16,
    /// The section of the RFC.
    pub section: String,
    /// How strongly the RFC demands it.
    pub level: Level,
    /// The rule in our own words.
    pub text: String,
    /// The clause that says the same and is judged in its place.
    pub same_as: Option<String>,
    /// Can a client see a violation? False for those with `same_as`, so that these count once.
    pub testable: bool,
    /// The worst verdict of the claims and findings under it in this run, or under one that is the same; null where there was none.
    pub verdict: Option<Verdict>,
    /// Was every violation of it covered by a waiver?
    pub waived: bool,
    /// Watch rules and scenarios that test it, whether they ran or not: `rule/NAME`, ids of scenarios.
    pub tests: Vec<String>,
}
