//! What a fault is, and the table of all.

use std::fmt;
use std::str::FromStr;

use strsim::levenshtein;
use thiserror::Error;

use super::{
    connection, imap, imap_binary, imap_codes, imap_condstore, imap_extensions, imap_fetch, imap_forgiving,
    imap_grammar, imap_idle, imap_listing, imap_mailboxes, imap_modseq_search, imap_move, imap_namespaces,
    imap_numbering, imap_patterns, imap_qresync, imap_results, imap_saved, imap_search, imap_sort,
    imap_state, imap_store, imap_structure, imap_thread, imap_uids, imap_vanished, logins, pop3,
    pop3_extensions, pop3_forgiving, pop3_languages, pop3_maildrop, pop3_messages, pop3_replies, restarts,
    statuses, store, streams, upgrades,
};
use crate::config::Config;
use crate::net::Protocol;

/// A rule that the server can be told to break.
pub struct Fault {
    /// In small letters with hyphens.
    pub name: &'static str,
    /// The clause that it breaks, and behind it others that say the same or break along with it.
    pub clauses: &'static [&'static str],
    /// One line: what the server does.
    pub does: &'static str,
    /// Whether it breaks no rule that a client could hold against the server, but wants more of a client than it can give: a client
    /// has to survive it.
    pub is_attack: bool,
    pub(super) configuring: Option<fn(&mut Config)>,
    pub(super) imap: imap::Hooks,
    pub(super) pop3: pop3::Hooks,
    pub(super) store: store::Hooks,
    pub(super) connection: connection::Hooks,
}

impl Fault {
    /// The tables by topic.
    const TABLES: &'static [&'static [Self]] = &[
        imap_fetch::FAULTS,
        imap_search::FAULTS,
        imap_store::FAULTS,
        imap_mailboxes::FAULTS,
        imap_numbering::FAULTS,
        imap_codes::FAULTS,
        imap_grammar::FAULTS,
        imap_state::FAULTS,
        imap_structure::FAULTS,
        imap_forgiving::FAULTS,
        imap_patterns::FAULTS,
        imap_uids::FAULTS,
        imap_move::FAULTS,
        imap_listing::FAULTS,
        imap_namespaces::FAULTS,
        imap_extensions::FAULTS,
        imap_idle::FAULTS,
        imap_results::FAULTS,
        imap_saved::FAULTS,
        imap_sort::FAULTS,
        imap_thread::FAULTS,
        imap_binary::FAULTS,
        imap_condstore::FAULTS,
        imap_modseq_search::FAULTS,
        imap_qresync::FAULTS,
        imap_vanished::FAULTS,
        pop3_messages::FAULTS,
        pop3_maildrop::FAULTS,
        pop3_replies::FAULTS,
        pop3_forgiving::FAULTS,
        pop3_extensions::FAULTS,
        pop3_languages::FAULTS,
        logins::FAULTS,
        upgrades::FAULTS,
        streams::FAULTS,
        restarts::FAULTS,
        statuses::FAULTS,
    ];

    /// All of them, by topic.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        Self::TABLES.iter().copied().flatten()
    }

    /// Whether sessions of this protocol can show it.
    #[must_use]
    pub fn shows_in(&self, protocol: Protocol) -> bool {
        match protocol {
            Protocol::Lmtp => false,
            _ if self.configuring.is_some() || !self.connection.is_empty() => true,
            Protocol::Imap => !self.imap.is_empty() || self.store.shows_in_imap(),
            Protocol::Pop3 => !self.pop3.is_empty() || self.store.shows_in_pop3(),
        }
    }

    /// One that does nothing yet.
    pub(super) const fn new(
        name: &'static str,
        clauses: &'static [&'static str],
        does: &'static str,
    ) -> Self {
        Self {
            name,
            clauses,
            does,
            is_attack: false,
            configuring: None,
            imap: imap::Hooks::NONE,
            pop3: pop3::Hooks::NONE,
            store: store::Hooks::NONE,
            connection: connection::Hooks::NONE,
        }
    }

    /// One that does nothing yet, and is to want too much of a client.
    pub(super) const fn attack(
        name: &'static str,
        clauses: &'static [&'static str],
        does: &'static str,
    ) -> Self {
        Self { is_attack: true, ..Self::new(name, clauses, does) }
    }

    /// What the server is started with.
    pub(super) const fn configuring(mut self, hook: fn(&mut Config)) -> Self {
        self.configuring = Some(hook);
        self
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

/// No fault has this name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no fault has this name{} (--list-faults prints all)", .nearest.map(|name| format!("; did you mean {name}?")).unwrap_or_default())]
pub struct UnknownFault {
    /// The one whose name is most alike, if any is much alike.
    pub nearest: Option<&'static str>,
}

impl FromStr for &'static Fault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, UnknownFault> {
        Fault::all().find(|fault| fault.name.eq_ignore_ascii_case(name)).ok_or_else(|| {
            // What is longer than any name is like none.
            let name: String = name.chars().take(100).collect();
            let by_distance = Fault::all().map(|fault| (levenshtein(&name, fault.name), fault.name));
            let nearest = by_distance.min().filter(|(distance, known)| *distance <= known.len() / 3);
            UnknownFault { nearest: nearest.map(|(_, known)| known) }
        })
    }
}

/// The table of all faults: name, clause, what it does.
#[must_use]
pub fn listing() -> String {
    let width = |length: fn(&Fault) -> usize| Fault::all().map(length).max().unwrap_or(0);
    let (name, clause) = (width(|fault| fault.name.len()), width(|fault| fault.clauses[0].len()));
    let line =
        |fault: &Fault| format!("{:name$}  {:clause$}  {}\n", fault.name, fault.clauses[0], fault.does);
    Fault::all().map(line).collect()
}
