//! From a plan to a report: starts the threads, and merges what they count, second by second.

use std::{
    collections::BTreeMap,
    rc::Rc,
    sync::{
        Arc,
        atomic::AtomicBool,
        mpsc::{self, Receiver},
    },
};

use tokio::runtime::{Builder, Runtime};

use super::{
    bundled::{Bundled, BundledError},
    deliver::Deliverer,
    interval::Interval,
    plan::{CommandNames, Plan},
    prepare::{self, PrepareError},
    report::Report,
    stage::{Arena, Stage},
    tally::Tally,
    users::Lender,
    worker::{self, Part, Told},
};
use crate::{
    clauses::Catalogue,
    net::{Clock, Connector, tls::TlsError},
    session::Time,
    target::{Reach, Upgrade},
};

/// A run can't begin.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A thread or a runtime.
    #[error("can't start: {0}")]
    Runtime(#[from] std::io::Error),
    /// The bundled server.
    #[error(transparent)]
    Bundled(#[from] BundledError),
    /// TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The target or its mailboxes.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
}

/// Looks on while a run lasts.
pub trait Observer {
    /// The sessions begin.
    fn begins(&mut self, _plan: &Plan) {}
    /// An interval is over.
    fn interval(&mut self, _interval: &Interval) {}
}

/// Runs a plan to its end, or until `interrupted` is set.
///
/// # Errors
/// If it can't begin.
pub fn carry_out(
    mut plan: Plan,
    catalogue: &Arc<Catalogue>,
    interrupted: &Arc<AtomicBool>,
    observer: &mut dyn Observer,
) -> Result<Report, LoadError> {
    let name = plan.target.to_string();
    let _bundled = if plan.target.reach == Reach::Bundled {
        let (bundled, reach) = Bundled::start(&plan.users.accounts, plan.threads)?;
        plan.target.reach = reach;
        Some(bundled)
    } else {
        None
    };
    let runtime = runtime()?;
    let connector = || Connector::to(&plan.target);
    let facts = runtime.block_on(prepare::facts(&plan, connector()?, Arc::clone(catalogue)))?;
    runtime.block_on(prepare::fill(&plan, connector()?, facts.clone()))?;
    drop(runtime);
    let connector = connector()?;
    observer.begins(&plan);
    let Upgrade { imap, pop3 } = plan.target.upgrade;
    let names = CommandNames::of(plan.workload.scripts.iter().map(|script| &script.program))
        .with(imap.then_some("STARTTLS"))
        .with(imap.then_some("CAPABILITY"))
        .with(pop3.then_some("STLS"))
        .with(pop3.then_some("CAPA"));
    let arena = Arc::new(Arena { plan, names, connector, clock: Clock::start(), facts, virtual_time: false });
    let (tell, told) = mpsc::channel();
    let plan = &arena.plan;
    let threads = plan.threads.min(plan.model.sessions()).max(1);
    // As the lenders divide the accounts.
    let shares = (0..threads).map(|thread| (plan.model.sessions() - thread).div_ceil(threads));
    let mut handles = Vec::new();
    for (thread, sessions) in shares.enumerate() {
        let part =
            Part { thread, threads, sessions, tell: tell.clone(), interrupted: Arc::clone(interrupted) };
        let arena = Arc::clone(&arena);
        let started = std::thread::Builder::new().name(format!("load-{thread}"));
        handles.push(started.spawn(move || on_thread(arena, part, threads))?);
    }
    drop(tell);
    let deliverer = Deliverer::start(&arena, interrupted)?;
    let (total, intervals) = merge(&arena, &told, threads, observer);
    let delivered = deliverer.map(Deliverer::end);
    for handle in handles {
        // What it had to tell, it has told.
        let _ = handle.join();
    }
    Ok(Report::of(&arena, &name, total, intervals, delivered))
}

pub(super) fn runtime() -> std::io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

fn on_thread(arena: Arc<Arena>, part: Part, threads: usize) {
    // Without a runtime there is nobody to tell; the sessions are missing in the report.
    let Ok(runtime) = runtime() else { return };
    let lender = Lender::of(&arena.plan.users, part.thread, threads);
    let stage = Rc::new(Stage::new(arena, lender, part.sessions, Time::ZERO));
    runtime.block_on(worker::work(stage, part));
}

/// Takes in what the threads tell, and tells of each interval once all have.
pub(super) fn merge(
    arena: &Arena,
    told: &Receiver<Told>,
    threads: usize,
    observer: &mut dyn Observer,
) -> (Tally, Vec<Interval>) {
    let mut total = Tally::of(&arena.names);
    let mut intervals = Vec::new();
    let mut waiting: BTreeMap<usize, (usize, Tally)> = BTreeMap::new();
    let mut tell = |number: usize, tally: Tally, total: &mut Tally| {
        let interval = Interval::of(number, &tally, &arena.names, arena.plan.duration);
        observer.interval(&interval);
        intervals.push(interval);
        total.add(tally);
    };
    while let Ok((number, tally)) = told.recv() {
        let Some(tally) = tally else { continue };
        let entry = waiting.entry(number).or_insert_with(|| (0, Tally::of(&arena.names)));
        entry.0 += 1;
        entry.1.add(tally);
        while waiting.first_key_value().is_some_and(|(_, (count, _))| *count == threads) {
            if let Some((number, (_, tally))) = waiting.pop_first() {
                tell(number, tally, &mut total);
            }
        }
    }
    for (number, (_, tally)) in waiting {
        tell(number, tally, &mut total);
    }
    total.outstanding = 0;
    (total, intervals)
}
