//! Runs what was selected, several at a time.

use std::{cell::RefCell, collections::VecDeque, sync::Arc};

use super::{
    bench::Bench,
    obstacle,
    one::{self, Ran},
    pool::Pool,
    probe,
    secrets::Secrets,
    select::Selected,
    waivers::{Ledger, Waivers},
};
use crate::{
    report::{
        Sink,
        event::{Event, Server},
    },
    scenario::program::{Action, Lease, Protocol, Scenario, Step, every_action},
    target::Reach,
};

/// The target can't be examined.
#[derive(Debug, thiserror::Error)]
#[error("{protocol}: {why}")]
pub struct Unreachable {
    /// Over which protocol.
    pub protocol: &'static str,
    /// Why.
    pub why: String,
}

/// Asks the target what it is.
///
/// # Errors
/// If it can't be reached or does not let the first account in.
pub async fn examine(bench: &mut Bench) -> Result<(), Unreachable> {
    let mut facts = bench.facts.clone();
    for (protocol, name) in [(Protocol::Imap, "IMAP"), (Protocol::Pop3, "POP3")] {
        if bench.target.speaks(protocol) {
            let probed = match protocol {
                Protocol::Imap => probe::imap(bench, &mut facts).await,
                Protocol::Pop3 => probe::pop3(bench, &mut facts).await,
            };
            probed.map_err(|refusal| Unreachable { protocol: name, why: refusal.to_string() })?;
        }
    }
    bench.facts = facts;
    Ok(())
}

/// Rows of one scenario, to be run one after another.
struct Job {
    scenario: Arc<Scenario>,
    rows: Vec<usize>,
}

/// Rows that share a world are one job, others one each.
fn jobs_of(selected: &Selected) -> Vec<Job> {
    let job = |rows: &[usize]| Job { scenario: Arc::clone(&selected.scenario), rows: rows.to_vec() };
    let together = if selected.scenario.fresh { 1 } else { selected.rows.len().max(1) };
    selected.rows.chunks(together).map(job).collect()
}

/// Runs all that is selected on a target that has been examined, `jobs` at a time, and tells `sink` of it. Ends early once `stop` does,
/// which says why.
pub async fn run(
    bench: &Bench,
    selected: &[Selected],
    waivers: &Waivers,
    jobs: usize,
    stop: impl Future<Output = String>,
    sink: &mut dyn Sink,
) {
    // Of the whole run people want to know how long they waited, whatever the clock of the sessions says.
    let began = std::time::Instant::now();
    let jobs = jobs.max(1);
    let share = (bench.target.connections_per_account / 4).clamp(1, jobs);
    let pool = Pool::of(bench.target.accounts.len(), share);
    let planned = selected.iter().map(|selected| selected.rows.len()).sum();
    sink.take(&Event::Started { target: bench.target.to_string(), server: Box::new(server(bench)), planned });
    let all: Vec<Job> = selected.iter().flat_map(jobs_of).collect();
    let state = RefCell::new(State {
        sink,
        ledger: Ledger::new(waivers),
        secrets: Secrets::of(&bench.target.accounts),
        cut_short: None,
    });
    // Servers slow every login down after a wrong password, and a restart disturbs everybody: both run by themselves.
    let (alone, together): (Vec<Job>, Vec<Job>) = all.into_iter().partition(runs_alone);
    let lanes = async {
        for (lane, width) in [(together, jobs), (alone, 1)] {
            let queue = RefCell::new(VecDeque::from(lane));
            let workers = (0..width).map(|_| work(bench, &pool, &queue, &state));
            join_all(workers.collect()).await;
        }
    };
    tokio::select! {
        biased;
        why = stop => state.borrow_mut().cut_short = Some(why),
        () = lanes => {}
    }
    let State { sink, ledger, cut_short, .. } = state.into_inner();
    let complaints = ledger.close(cut_short.is_some());
    sink.take(&Event::Finished { took: began.elapsed(), commands: bench.commands(), cut_short, complaints });
}

/// What reports say of the server under test.
fn server(bench: &Bench) -> Server {
    let Bench { target, facts, .. } = bench;
    let addresses = match &target.reach {
        Reach::Bundled => Vec::new(),
        Reach::Network(listeners) => {
            listeners.iter().map(|(service, address)| format!("{service}://{address}")).collect()
        }
    };
    let advertised = |protocol| facts.advertised(protocol).map(str::to_owned).collect();
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    Server {
        name: target.name.clone(),
        addresses,
        accounts: target.accounts.len(),
        delivery: target.delivery.name(),
        identity: facts.identity.clone(),
        imap: advertised(Protocol::Imap),
        pop3: advertised(Protocol::Pop3),
        prefix: text(&facts.prefix),
        delimiter: facts.separator.as_deref().map(text),
    }
}

struct State<'s> {
    sink: &'s mut dyn Sink,
    ledger: Ledger<'s>,
    secrets: Secrets,
    cut_short: Option<String>,
}

async fn work(bench: &Bench, pool: &Pool, queue: &RefCell<VecDeque<Job>>, state: &RefCell<State<'_>>) {
    while state.borrow().cut_short.is_none() {
        let Some(job) = queue.borrow_mut().pop_front() else { return };
        rows(bench, pool, &job, state).await;
    }
}

/// Runs the rows of a job, each in the world that the one before has left, if it may.
async fn rows(bench: &Bench, pool: &Pool, job: &Job, state: &RefCell<State<'_>>) {
    let mut world = None;
    for &row in &job.rows {
        if state.borrow().cut_short.is_some() {
            break;
        }
        let id = super::select::row_id(&job.scenario, row);
        state.borrow_mut().sink.take(&Event::Begun { id: id.clone() });
        let ran = one::run(bench, pool, &job.scenario, &job.scenario.rows[row], &mut world).await;
        let Ran { mut outcome, server_gone } = ran;
        let mut state = state.borrow_mut();
        state.secrets.mask(&mut outcome);
        state.ledger.enter(&mut outcome, &bench.catalogue);
        state.sink.take(&Event::Ended(Arc::new(outcome)));
        if server_gone && state.cut_short.is_none() {
            state.cut_short =
                Some(format!("the server does not answer any more; the last scenario was {id}"));
        }
    }
    if let Some(world) = world {
        world.tidy().await;
    }
}

/// Polls all of them on this task until each has ended.
async fn join_all<F: Future<Output = ()>>(futures: Vec<F>) {
    let mut futures: Vec<_> = futures.into_iter().map(|future| Some(Box::pin(future))).collect();
    std::future::poll_fn(|context| {
        for slot in &mut futures {
            if let Some(future) = slot
                && future.as_mut().poll(context).is_ready()
            {
                *slot = None;
            }
        }
        if futures.iter().all(Option::is_none) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
}

fn runs_alone(job: &Job) -> bool {
    let rows = job.rows.iter().map(|&row| &job.scenario.rows[row]);
    job.scenario.lease == Lease::Target || rows.into_iter().any(|row| logs_in(&row.program.steps))
}

fn logs_in(steps: &[Step]) -> bool {
    every_action(steps).any(|action| match action {
        Action::Send(send) => obstacle::LOGINS.contains(&send.command.as_str()),
        _ => false,
    })
}
