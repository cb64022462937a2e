//! What a workload of `load` compiles to: weighted scripts, and what stands around them.

use std::{sync::Arc, time::Duration};

use super::{
    expression::Expression,
    program::{Program, Protocol, Requirement, Source, Step},
};

/// One file of `scenarios/load/`.
#[derive(Debug)]
pub struct Workload {
    /// The file's name without `.yaml`.
    pub name: String,
    /// Where it is written.
    pub source: Arc<Source>,
    /// One sentence: whom it stands for.
    pub title: String,
    /// What a rate of the open model counts.
    pub starts: Starts,
    /// Messages that the INBOX or maildrop of each user holds when the run begins.
    pub stock: u32,
    /// How large messages are.
    pub sizes: Vec<Size>,
    /// Messages that arrive each second while the run lasts, over all users.
    pub deliver: f64,
    /// At least one.
    pub scripts: Vec<Script>,
}

/// What sessions of one kind say.
#[derive(Debug)]
pub struct Script {
    /// Its name in the file.
    pub name: String,
    /// The protocol that it speaks.
    pub protocol: Protocol,
    /// How many of all sessions follow it, in relation to the other scripts.
    pub weight: u32,
    /// What the server must advertise.
    pub requires: Vec<Requirement>,
    /// What is said on one connection, from the greeting to its end.
    pub program: Program,
}

/// What a rate counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Starts {
    /// Connections: each begins a script.
    Sessions,
    /// Commands of `-- repeat always`, on connections that stay open.
    Commands,
}

/// Messages of these sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// How many of all messages, in relation to the other entries.
    pub weight: u32,
    /// The least number of octets.
    pub low: u32,
    /// The largest number of octets.
    pub high: u32,
}

/// How often a loop goes round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounds {
    /// A number of times between the two, each equally likely.
    Between(u32, u32),
    /// Until the run ends.
    Always,
}

/// How long a pause lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// Between the two, all equally likely.
    Uniform(Duration, Duration),
    /// Exponentially distributed around this mean, at most ten times as long.
    Exponential(Duration),
}

/// What `-- for each` goes through.
#[derive(Debug)]
pub enum Items {
    /// The numbers from one to the other.
    Range(Expression, Expression),
    /// The words of a value, divided by spaces or commas.
    Words(Expression),
}

/// A branch of `-- choose`.
#[derive(Debug)]
pub struct Way {
    /// How likely it is, in relation to the others.
    pub weight: u32,
    /// What it holds.
    pub steps: Vec<Step>,
}
