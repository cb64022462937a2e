//! What a scenario file compiles to.

use std::{sync::Arc, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    expression::Expression,
    pattern::Pattern,
    template::{Piece, Template},
    workload::{Items, Rounds, Spread, Way},
};

/// The text of a scenario file, for messages that point into it.
#[derive(Debug)]
pub struct Source {
    /// The path below the scenarios' folder, such as `rfc3501/6.4.3-expunge.yaml`.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// Octet offsets into a [`Source`]'s text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Place {
    /// First octet.
    pub start: usize,
    /// Past the last octet.
    pub end: usize,
}

/// The protocol of a scenario file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// IMAP4rev1, RFC 3501.
    Imap,
    /// POP3, RFC 1939.
    Pop3,
}

/// One scenario: facts, and a program for each row of its `cases` (one nameless row without).
#[derive(Debug)]
pub struct Scenario {
    /// The file's path without `.yaml`, then the name: `rfc3501/6.4.3-expunge/renumbers`.
    pub id: String,
    /// Where it is written.
    pub source: Arc<Source>,
    /// The place of its name in the source.
    pub place: Place,
    /// The protocol that its sessions speak.
    pub protocol: Protocol,
    /// One sentence: what a right server does.
    pub title: String,
    /// Ids of the clauses that its claims belong to.
    pub clauses: Vec<Arc<str>>,
    /// What the server must advertise.
    pub requires: Vec<Requirement>,
    /// The world before the talk.
    pub given: Given,
    /// How much of the target it needs for itself.
    pub lease: Lease,
    /// Runs only when asked for.
    pub slow: bool,
    /// Each row gets a world of its own.
    pub fresh: bool,
    /// At least one.
    pub rows: Vec<Row>,
}

/// A capability that must, or must not, be advertised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// As advertised, in upper case: `UIDPLUS`, `AUTH=CRAM-MD5`.
    pub capability: String,
    /// `not NAME`.
    pub negated: bool,
}

/// How much of the target a scenario needs for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lease {
    /// Mailboxes of its own; others may use the account at the same time.
    Mailbox,
    /// The account with its INBOX, maildrop and subscriptions.
    Account,
    /// The server as a whole.
    Target,
}

/// The world before the talk.
#[derive(Debug, Default, Clone)]
pub struct Given {
    /// The messages in the mailbox, in order; `None` where the key is absent.
    pub messages: Option<Vec<GivenMessage>>,
    /// The messages go into INBOX, not a fresh mailbox.
    pub inbox: bool,
    /// Mailboxes that are made: what `names` says, with `/` for the delimiter.
    pub names: Vec<String>,
    /// Names that are free.
    pub free: Vec<String>,
    /// The sessions, the first being the nameless main one.
    pub sessions: Vec<GivenSession>,
}

/// A message put in place before the talk.
#[derive(Debug, Clone)]
pub struct GivenMessage {
    /// The fixture's name.
    pub mail: String,
    /// Flags set by the APPEND.
    pub flags: Vec<String>,
    /// Its internal date in the form of APPEND.
    pub date: Option<String>,
}

/// A session of the talk.
#[derive(Debug, Clone)]
pub struct GivenSession {
    /// The name in front of its lines; empty for the main session.
    pub name: String,
    /// Where it stands when the talk begins.
    pub state: GivenState,
    /// It belongs to a second account.
    pub other_account: bool,
}

/// Where a session stands when the talk begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenState {
    /// Connected, the greeting not yet looked at; not logged in.
    Connected,
    /// IMAP: logged in. POP3: in TRANSACTION.
    Authenticated,
    /// IMAP: the mailbox is selected.
    Selected,
    /// IMAP: the mailbox is opened by EXAMINE.
    Examined,
}

/// One row of `cases`.
#[derive(Debug)]
pub struct Row {
    /// `None` where the scenario has no `cases`.
    pub name: Option<String>,
    /// The clause that owns this row's claims, if the row names one.
    pub clause: Option<Arc<str>>,
    /// What runs.
    pub program: Program,
}

/// A compiled talk.
#[derive(Debug, Default)]
pub struct Program {
    /// In order.
    pub steps: Vec<Step>,
    /// Names of the captures; a [`Slot`] is an index into it.
    pub captures: Vec<String>,
    /// Captures that are set from the start: the row's columns.
    pub preset: Vec<(Slot, Vec<u8>)>,
}

/// Index of a capture in [`Program::captures`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot(pub u16);

/// Index of a session in [`Given::sessions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionIndex(pub u8);

/// One line of a talk, or a block.
#[derive(Debug)]
pub struct Step {
    /// Where it is written.
    pub place: Place,
    /// Whose line it is; for blocks, whose line begins it.
    pub session: SessionIndex,
    /// What it does.
    pub action: Action,
}

/// What a step does.
#[derive(Debug)]
pub enum Action {
    /// `C:`, `C>:`, `C~:`
    Send(Send),
    /// `S:`, `S!:`, `S?:`
    Expect(Box<Expect>),
    /// `=`
    Assert(Assert),
    /// `--`
    Direct(Directive),
    /// `-- if`
    If {
        /// What decides.
        condition: Condition,
        /// Taken where it holds.
        then: Vec<Step>,
        /// Taken where it does not.
        otherwise: Vec<Step>,
    },
    /// `-- either`
    Either {
        /// Tried in order.
        branches: Vec<Branch>,
        /// Owns the claim that one of them holds.
        clause: Arc<str>,
    },
    /// `-- repeat`
    Repeat {
        /// How long the assertions have to come true.
        within: Duration,
        /// One round.
        steps: Vec<Step>,
    },
    /// `-- repeat 10`, in workloads.
    Loop {
        /// How often.
        rounds: Rounds,
        /// One round; what it captures is forgotten behind it.
        steps: Vec<Step>,
    },
    /// `-- for each $x in …`, in workloads.
    ForEach {
        /// `$x`
        slot: Slot,
        /// What it stands for, one after another.
        items: Items,
        /// What is done for each; what it captures is forgotten behind it.
        steps: Vec<Step>,
    },
    /// `-- choose`, in workloads.
    Choose {
        /// One of them is taken, at random.
        ways: Vec<Way>,
    },
}

impl Action {
    /// The steps of a block, as many as it has ways to go; of a line, none.
    #[must_use]
    pub fn ways(&self) -> Vec<&[Step]> {
        match self {
            Self::If { then, otherwise, .. } => vec![then, otherwise],
            Self::Either { branches, .. } => branches.iter().map(|branch| branch.steps.as_slice()).collect(),
            Self::Repeat { steps, .. } | Self::Loop { steps, .. } | Self::ForEach { steps, .. } => {
                vec![steps]
            }
            Self::Choose { ways } => ways.iter().map(|way| way.steps.as_slice()).collect(),
            Self::Send(_) | Self::Expect(_) | Self::Assert(_) | Self::Direct(_) => Vec::new(),
        }
    }
}

/// The actions of `steps` and of all blocks within them, in the order written, whichever way a run may go.
pub fn every_action(steps: &[Step]) -> impl Iterator<Item = &Action> {
    let mut left = vec![steps.iter()];
    std::iter::from_fn(move || {
        loop {
            let Some(step) = left.last_mut()?.next() else {
                left.pop();
                continue;
            };
            left.extend(step.action.ways().into_iter().rev().map(<[Step]>::iter));
            return Some(&step.action);
        }
    })
}

/// A send.
#[derive(Debug)]
pub struct Send {
    /// `C[label]`
    pub label: Option<String>,
    /// How.
    pub mode: SendMode,
    /// What.
    pub template: Template,
    /// IMAP: the command's name in upper case with UID in front where it stands (`UID FETCH`); POP3: the keyword. Empty for raw octets that open
    /// no exchange.
    pub command: String,
}

impl Send {
    /// A command without arguments, whose answer is awaited.
    #[must_use]
    pub fn plain(command: &str) -> Self {
        let pieces = vec![Piece::Octets(command.as_bytes().to_vec())];
        Self {
            label: None,
            mode: SendMode::Await,
            template: Template { pieces },
            command: command.to_owned(),
        }
    }
}

/// How a send goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendMode {
    /// `C:` awaits the end of the exchange.
    Await,
    /// `C>:` does not.
    Continue,
    /// `C~:` sends octets as they are; opens an exchange where the template has a tag.
    Raw,
}

/// An expected, tolerated or forbidden line.
#[derive(Debug)]
pub struct Expect {
    /// `S[label]`
    pub label: Option<String>,
    /// Which of the three.
    pub mode: ExpectMode,
    /// What.
    pub pattern: Pattern,
    /// Owns the claim (`May` lines claim nothing).
    pub clause: Arc<str>,
}

/// The three kinds of expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectMode {
    /// `S:`
    Must,
    /// `S!:`
    MustNot,
    /// `S?:`
    May,
}

/// An assertion.
#[derive(Debug)]
pub struct Assert {
    /// Of boolean type.
    pub expression: Expression,
    /// Owns the claim.
    pub clause: Arc<str>,
}

/// A directive.
#[derive(Debug, PartialEq)]
pub enum Directive {
    /// The TLS handshake.
    Tls,
    /// The client closes the connection without a word.
    Drop,
    /// Connects again, to this state (`None`: the session's given one).
    Reconnect(Option<GivenState>),
    /// A claim: the server closes; its clause.
    Closed(Arc<str>),
    /// Waits, reading.
    Wait(Duration),
    /// Cuts sends into pieces; `None` is `pace off`.
    Pace(Option<Pace>),
    /// Does not read.
    PauseReading(Duration),
    /// A message arrives: the fixture's name.
    Deliver(String),
    /// Stops and starts the server in good order.
    Restart,
    /// Kills the server and starts it.
    Kill,
    /// The user does something else meanwhile; in workloads.
    Think(Spread),
}

/// How sends are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Octets in a piece.
    pub octets: usize,
    /// Time between pieces.
    pub every: Duration,
}

/// What an `if` asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// `not` stands in front.
    pub negated: bool,
    /// The question.
    pub question: Question,
}

/// The question of a [`Condition`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Is this capability advertised (upper case)?
    Capability(String),
    /// Is this capture set?
    Captured(Slot),
    /// Is this the row that runs? Decided when the row is compiled.
    Row(bool),
    /// Is the session's connection open?
    Open,
    /// Is the session under TLS?
    Tls,
}

/// A branch of `either`.
#[derive(Debug)]
pub struct Branch {
    /// The note that taking it leaves.
    pub name: String,
    /// Taking it costs the verdict `nonstrict`.
    pub nonstrict: bool,
    /// What it holds.
    pub steps: Vec<Step>,
}
