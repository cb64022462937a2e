//! A waiver that has lost its use, and which lines of the file to delete.

use std::fmt;

/// A waiver that has lost its use. It fails the run, so that no waiver outlives what it was written for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The file.
    pub path: String,
    /// Which use it has lost.
    pub lost: Lost,
    /// The id as it stands in the file.
    pub id: String,
    /// What is wrong and what to do, in one sentence.
    pub message: String,
    /// The first line to look at.
    pub line: usize,
}

/// Why a waiver has no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// All that it covers passed.
    Xpass,
    /// It covers nothing that there is.
    Stale,
    /// Another waiver covers the same.
    Duplicate,
    /// Its date has passed.
    Expired,
}

impl Lost {
    /// As terminal and reports write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Xpass => "xpass",
            Self::Stale => "stale",
            Self::Duplicate => "duplicate",
            Self::Expired => "expired",
        }
    }
}

/// `waivers.yaml:7: rfc1939/5-stat/counts passed; delete lines 7 to 9`
impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}
