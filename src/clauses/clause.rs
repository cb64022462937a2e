//! One clause: a requirement that an RFC puts on a server. `scenarios/README.md` explains the fields.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A requirement on a server, in our own words, with its place in an RFC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// `rfcNNNN-SECTION-NUMBER`, stable for ever.
    pub id: String,
    /// The number of the RFC.
    pub rfc: u16,
    /// The section, as in the RFC's table of contents: `6.4.5`, or a command's name within one.
    pub section: String,
    /// How strongly the RFC demands it.
    pub level: Level,
    /// Whether the RFC says so in an RFC 2119 word.
    pub basis: Basis,
    /// 1-based lines of the text that the RFC Editor publishes, such as `243-244, 5063`.
    pub lines: String,
    /// The rule, as reports show it.
    pub text: String,
    /// Whether a client can see a violation.
    pub wire: Wire,
    /// Why a client cannot see each violation; present unless `wire` is yes.
    pub why_not: Option<String>,
    /// What a test needs beyond a login.
    pub needs: Vec<String>,
    /// How a test sees a violation.
    pub detect: String,
    /// The id of the carrier of the same behaviour, if this entry is none itself.
    pub same_as: Option<String>,
    /// What is defensible against the letter of the rule, and why.
    pub contested: Option<String>,
    /// The worst that a violation of a contested clause earns.
    pub accept: Option<Severity>,
    /// The line of its file at which the entry begins, 1-based.
    pub line: u64,
}

impl Clause {
    /// The worst that a violation of this clause earns: by its level, and not more than `accept`.
    pub fn severity(&self) -> Severity {
        let by_level = self.level.severity();
        self.accept.map_or(by_level, |accept| accept.min(by_level))
    }

    /// Whether this entry carries its behaviour itself, so that scenarios are judged by it.
    pub fn is_carrier(&self) -> bool {
        self.same_as.is_none()
    }

    /// Whether a scenario is wanted: a carrier of which a client can see a violation.
    pub fn is_testable(&self) -> bool {
        self.is_carrier() && self.wire != Wire::No
    }
}

/// How strongly an RFC demands something (RFC 2119, section 1 to 5, and the wording of older RFCs).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A permission.
    May,
    /// A recommendation.
    Should,
    /// A requirement.
    Must,
}

impl Level {
    /// What breaking a rule of this level earns, if nothing is contested.
    pub fn severity(self) -> Severity {
        match self {
            Self::May => Severity::Note,
            Self::Should => Severity::Nonstrict,
            Self::Must => Severity::Fail,
        }
    }
}

impl std::fmt::Display for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::May => "may",
            Self::Should => "should",
            Self::Must => "must",
        })
    }
}

/// Whether the RFC says so in a capitalised RFC 2119 word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// It does.
    Explicit,
    /// It follows from grammar, plain wording or consequence.
    Implied,
}

/// Whether a client can see a violation over the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wire {
    /// Each violation.
    Yes,
    /// Some violations, or only with help from outside.
    Partly,
    /// None.
    No,
}

/// What a violation earns, mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It is noted.
    Note,
    /// The server is not strictly conforming.
    Nonstrict,
    /// The server fails.
    Fail,
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Note => "note",
            Self::Nonstrict => "nonstrict",
            Self::Fail => "fail",
        })
    }
}
