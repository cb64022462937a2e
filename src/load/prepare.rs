//! Before the run: what the server can do, and the messages that each user has from the start.

use std::{
    rc::Rc,
    sync::{Arc, atomic::AtomicBool, mpsc},
    time::Duration,
};

use super::{
    plan::{CommandNames, Model, Plan},
    stage::{Arena, Stage},
    tally::Tally,
    users::Lender,
    worker::{self, Part},
};
use crate::{
    check::{
        bench::Bench,
        probe::Facts,
        run::{Unreachable, examine},
    },
    clauses::Catalogue,
    fixtures::Fixtures,
    net::{Clock, Connector, tls::TlsError},
    scenario::{
        parse,
        program::{Protocol, Source},
        workload::Workload,
    },
    target::Delivery,
};

/// The messages could not be put in place.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The target can't be asked what it is.
    #[error("the target can't be used: {0}")]
    Unreachable(#[from] Unreachable),
    /// It lacks what the workload needs.
    #[error("the workload needs {0}, which the server does not advertise")]
    Lacks(String),
    /// It does not speak the protocol of a script.
    #[error("the workload speaks {0}, and the target has no address for it")]
    Protocol(&'static str),
    /// Messages are put in place over IMAP.
    #[error("the workload puts messages into mailboxes, and the target has no IMAP to append them by")]
    NoImap,
    /// A user's mailbox could not be filled.
    #[error("the mailboxes can't be filled: {0}")]
    Fill(String),
}

/// Asks the server what it is. One login shows that the users are right.
pub(super) async fn facts(
    plan: &Plan,
    connector: Connector,
    catalogue: Arc<Catalogue>,
) -> Result<Facts, PrepareError> {
    for script in &plan.workload.scripts {
        if !plan.target.speaks(script.protocol) {
            let name = if script.protocol == Protocol::Imap { "IMAP" } else { "POP3" };
            return Err(PrepareError::Protocol(name));
        }
    }
    let mut target = plan.target.clone();
    target.accounts.clone_from(&plan.users.accounts);
    let mut bench = Bench::new(target, connector, catalogue, plan.timeout);
    examine(&mut bench).await?;
    for script in &plan.workload.scripts {
        if let Some(lacking) = bench.facts.lacks(script.protocol, &script.requires) {
            let not = if lacking.negated { "not " } else { "" };
            return Err(PrepareError::Lacks(format!("{not}{}", lacking.capability)));
        }
    }
    Ok(bench.facts)
}

/// Users whose mailboxes are filled at the same time.
const AT_ONCE: usize = 8;

/// Sees to it that the INBOX of each user that will be used holds as many messages as the workload says, or more.
pub(super) async fn fill(plan: &Plan, connector: Connector, facts: Facts) -> Result<(), PrepareError> {
    let stock = plan.workload.stock;
    let appends = plan.workload.deliver > 0.0 && plan.target.delivery == Delivery::ImapAppend;
    if (stock > 0 || appends) && !plan.target.speaks(Protocol::Imap) {
        return Err(PrepareError::NoImap);
    }
    if stock == 0 {
        return Ok(());
    }
    let workload = filling(stock, &plan.workload);
    let accounts = plan.users.accounts.iter().take(plan.model.sessions().max(1)).cloned().collect();
    let users = super::users::Users { accounts, sessions_each: 1 };
    let sessions = users.accounts.len().min(AT_ONCE);
    let once = users.accounts.len();
    let arena = Arena {
        names: CommandNames::of(workload.scripts.iter().map(|script| &script.program)),
        plan: Plan {
            workload,
            target: plan.target.clone(),
            users,
            model: Model::Closed { sessions },
            // It ends when all are filled.
            duration: Duration::from_secs(24 * 3600),
            timeout: plan.timeout,
            threads: 1,
            gates: Vec::new(),
            seed: plan.seed,
        },
        connector,
        clock: Clock::start(),
        facts,
        virtual_time: false,
    };
    let lender = Lender::once(once);
    let stage = Rc::new(Stage::new(Arc::new(arena), lender, sessions, Duration::ZERO));
    let (tell, told) = mpsc::channel();
    let part = Part { thread: 0, threads: 1, sessions, tell, interrupted: Arc::new(AtomicBool::new(false)) };
    worker::work(Rc::clone(&stage), part).await;
    let mut all = Tally::of(&stage.arena.names);
    told.into_iter().filter_map(|(_, tally)| tally).for_each(|tally| all.add(tally));
    match all.errors.keys().next() {
        Some((command, trouble)) => {
            Err(PrepareError::Fill(format!("{}: {trouble}", stage.arena.names.name(*command))))
        }
        None => Ok(()),
    }
}

/// The workload that fills a mailbox, written in the language of workloads.
fn filling(stock: u32, of: &Workload) -> Workload {
    let text = format!(
        "title: Fills mailboxes\nprotocol: imap\nscripts:\n  fill:\n    talk: |\n      C: LOGIN $user $password\n      \
         C: STATUS INBOX (MESSAGES)\n      S: * STATUS INBOX (MESSAGES $there)\n      \
         -- for each $message in $there..{}\n      C: APPEND INBOX {{$mail}}\n      -- end\n      C: LOGOUT\n",
        stock - 1
    );
    let source = Arc::new(Source { path: "load/fill.yaml".to_owned(), text });
    let workload = parse::workload::workload(&source, &Fixtures::default());
    let workload = workload.expect("a workload that a test compiles");
    Workload { sizes: of.sizes.clone(), ..workload }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workload_that_fills_compiles() {
        let of = crate::load::tests::compile(
            "title: t\nprotocol: imap\nscripts:\n  s:\n    talk: |\n      C: NOOP\n",
        );
        assert_eq!(filling(5, &of).scripts.len(), 1);
    }
}
