//! Mail that arrives while the run lasts: at planned moments, by the target's way of delivery.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread::JoinHandle,
    time::Duration,
};

use rand::{RngExt, SeedableRng, rngs::SmallRng};
use tokio::{
    task::{JoinSet, LocalSet},
    time::Instant,
};

use super::{
    arrivals::{Arrivals, Schedule},
    mail::message,
    plan::{CommandNames, Model, Plan},
    run::{Observer, merge, runtime},
    stage::{Arena, Stage},
    tally::CommandTally,
    users::{Lender, Users},
    worker::{self, Part},
};
use crate::{
    fixtures::Fixtures,
    net::{Clock, Connector, tls::TlsError},
    scenario::{
        parse,
        program::Source,
        workload::{Starts, Workload},
    },
    session::Time,
    target::Delivery,
};

/// Deliveries by APPEND at the same time.
const AT_ONCE: usize = 8;

/// Appends one message.
const APPEND: &str = "\
title: Delivers mail
protocol: imap
scripts:
  deliver:
    talk: |
      C: LOGIN $user $password
      C: APPEND INBOX {$mail}
      C: LOGOUT
";

struct Silent;

impl Observer for Silent {}

/// Delivery on a thread of its own, which tells what it has counted when the run is over.
pub(super) struct Deliverer(JoinHandle<CommandTally>);

impl Deliverer {
    /// Begins to deliver, if the workload wants that.
    pub(super) fn start(arena: &Arena, interrupted: &Arc<AtomicBool>) -> Result<Option<Self>, TlsError> {
        let plan = &arena.plan;
        if plan.workload.deliver <= 0.0 {
            return Ok(None);
        }
        let arena = Arc::new(delivering(arena)?);
        let interrupted = Arc::clone(interrupted);
        let thread = std::thread::Builder::new().name("deliver".to_owned());
        let started = thread.spawn(move || match arena.plan.target.delivery {
            Delivery::ImapAppend => append(&arena, interrupted),
            _ => relay(&arena, &interrupted),
        });
        // Without the thread nothing is delivered, and the report says so.
        Ok(started.ok().map(Self))
    }

    /// What was delivered, once the run is over.
    pub(super) fn end(self) -> CommandTally {
        self.0.join().unwrap_or_default()
    }
}

fn delivering(of: &Arena) -> Result<Arena, TlsError> {
    let plan = &of.plan;
    let source = Arc::new(Source { path: "load/deliver.yaml".to_owned(), text: APPEND.to_owned() });
    let workload = parse::workload::workload(&source, &Fixtures::default());
    let workload = workload.expect("a workload that a test compiles");
    let workload = Workload { sizes: plan.workload.sizes.clone(), ..workload };
    Ok(Arena {
        names: CommandNames::of(workload.scripts.iter().map(|script| &script.program)),
        connector: Connector::to(&plan.target)?,
        clock: Clock::start(),
        facts: of.facts.clone(),
        virtual_time: false,
        plan: Plan {
            workload,
            target: plan.target.clone(),
            users: Users { accounts: plan.users.accounts.clone(), sessions_each: 1 },
            model: Model::Open {
                starts: Starts::Sessions,
                rate: plan.workload.deliver,
                arrivals: Arrivals::Poisson,
                sessions: AT_ONCE.min(plan.users.accounts.len()),
            },
            duration: plan.duration,
            timeout: plan.timeout,
            threads: 1,
            seed: !plan.seed,
            gates: Vec::new(),
        },
    })
}

/// Over IMAP, by sessions of the generator's own.
fn append(arena: &Arc<Arena>, interrupted: Arc<AtomicBool>) -> CommandTally {
    let Ok(runtime) = runtime() else { return CommandTally::default() };
    let sessions = arena.plan.model.sessions();
    let (tell, told) = mpsc::channel();
    let lender = Lender::of(&arena.plan.users, 0, 1);
    let stage = Rc::new(Stage::new(Arc::clone(arena), lender, sessions, Time::ZERO));
    runtime.block_on(worker::work(stage, Part { thread: 0, threads: 1, sessions, tell, interrupted }));
    let (total, _) = merge(arena, &told, 1, &mut Silent);
    let append = arena.names.index("APPEND");
    CommandTally { errors: total.errors(), ..total.commands[append.0].clone() }
}

/// By LMTP, SMTP, into a Maildir or by a command.
fn relay(arena: &Arc<Arena>, interrupted: &AtomicBool) -> CommandTally {
    let Ok(runtime) = runtime() else { return CommandTally::default() };
    let tally = Rc::new(RefCell::new(CommandTally::default()));
    let plan = &arena.plan;
    let mut rng = SmallRng::seed_from_u64(plan.seed);
    let schedule =
        Schedule::of(plan.workload.deliver, Arrivals::Poisson, 0, 1, SmallRng::seed_from_u64(!plan.seed));
    LocalSet::new().block_on(&runtime, async {
        let mut deliveries = JoinSet::new();
        let began = Instant::now();
        for planned in schedule.take_while(|planned| *planned < plan.duration) {
            tokio::time::sleep_until(began + planned).await;
            if interrupted.load(Ordering::Relaxed) {
                break;
            }
            let account = &plan.users.accounts[rng.random_range(0..plan.users.accounts.len())];
            let message = message(&mut rng, &plan.workload.sizes, &account.user);
            let (tally, arena, user) = (Rc::clone(&tally), Arc::clone(arena), account.user.clone());
            deliveries.spawn_local(async move {
                let sent = began.elapsed();
                let delivered = arena.plan.target.delivery.deliver(&user, &message).await;
                let (end, mut tally) = (began.elapsed(), tally.borrow_mut());
                tally.count += 1;
                tally.errors += u64::from(delivered.is_err());
                tally.latency.record(end.saturating_sub(planned));
                tally.service.record(end.saturating_sub(sent));
            });
        }
        let last = Instant::now() + plan.timeout.max(Duration::from_secs(1));
        while tokio::time::timeout_at(last, deliveries.join_next()).await.is_ok_and(|left| left.is_some()) {}
    });
    tally.take()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_workload_that_delivers_compiles() {
        assert_eq!(crate::load::tests::compile(super::APPEND).scripts.len(), 1);
    }
}
