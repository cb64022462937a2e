//! Runs what was selected, several at a time.

use std::{
    cell::RefCell,
    collections::VecDeque,
    pin::pin,
    sync::{Arc, mpsc},
};

use super::{
    bench::Bench,
    obstacle,
    one::{self, Ran},
    pool::Pool,
    probe,
    secrets::Secrets,
    select::Selected,
    start::Conduct,
    summary,
    verdict::{Outcome, Verdict},
    waivers::{Ledger, Waivers},
};
use crate::{
    clauses::Catalogue,
    report::{
        Sink,
        event::{Event, Server},
    },
    scenario::program::{Action, Lease, Protocol, Scenario, Step, every_action},
    session::transcript::Entry,
    target::Reach,
};

/// The target can't be examined.
#[derive(Debug, Clone, thiserror::Error)]
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
            probed.map_err(|refusal| {
                let mut why = refusal.to_string();
                Secrets::of(&bench.target.accounts).mask_text(&mut why);
                Unreachable { protocol: name, why }
            })?;
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
    bench: &mut Bench,
    selected: &[Selected],
    waivers: &Waivers,
    jobs: usize,
    conduct: Conduct,
    stop: impl Future<Output = String>,
    sink: &mut dyn Sink,
) {
    // Of the whole run people want to know how long they waited, whatever the clock of the sessions says.
    let began = std::time::Instant::now();
    let heard = conduct.live.then(|| {
        let (listener, heard) = mpsc::channel();
        bench.live = Some(listener);
        heard
    });
    let bench = &*bench;
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
        planned,
        told: 0,
        cut_short: None,
    });
    // Servers slow every login down after a wrong password, and a restart disturbs everybody: both run by themselves.
    let (alone, together): (Vec<Job>, Vec<Job>) = all.into_iter().partition(runs_alone);
    let lanes = async {
        for (lane, width) in [(together, jobs), (alone, 1)] {
            let queue = RefCell::new(lane.into());
            let lane = Lane { bench, pool: &pool, conduct, queue, state: &state, heard: &heard };
            let workers = (0..width).map(|_| lane.work());
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
    planned: usize,
    /// How many results the sink was told of.
    told: usize,
    cut_short: Option<String>,
}

/// Jobs that wait for their turn, and what their workers share.
struct Lane<'r, 's> {
    bench: &'r Bench,
    pool: &'r Pool,
    conduct: Conduct,
    queue: RefCell<VecDeque<Job>>,
    state: &'r RefCell<State<'s>>,
    /// What is said in talks, where the sink wants to know.
    heard: &'r Option<mpsc::Receiver<Entry>>,
}

impl Lane<'_, '_> {
    async fn work(&self) {
        while !self.is_over() {
            let Some(job) = self.queue.borrow_mut().pop_front() else { return };
            self.rows(&job).await;
        }
    }

    fn is_over(&self) -> bool {
        self.state.borrow().cut_short.is_some()
    }

    /// Runs the rows of a job, each in the world that the one before has left, if it may; as many rounds as are asked for.
    async fn rows(&self, job: &Job) {
        let rounds = self.conduct.rounds.get();
        let mut outcomes: Vec<Vec<Outcome>> = job.rows.iter().map(|_| Vec::new()).collect();
        for round in 1..=rounds {
            let mut world = None;
            for (at, &row) in job.rows.iter().enumerate() {
                if self.is_over() {
                    break;
                }
                let id: Arc<str> = super::select::row_id(&job.scenario, row).into();
                if round == 1 {
                    self.state.borrow_mut().sink.take(&Event::Begun { id: id.to_string() });
                }
                let one = one::run(self.bench, self.pool, &job.scenario, &job.scenario.rows[row], &mut world);
                let Ran { outcome, server_gone } = self.telling(&id, one).await;
                outcomes[at].push(outcome);
                if server_gone {
                    let why = format!("the server does not answer any more; the last scenario was {id}");
                    self.state.borrow_mut().cut_short.get_or_insert(why);
                }
                if round == rounds {
                    self.tell(std::mem::take(&mut outcomes[at]));
                }
            }
            if let Some(world) = world {
                world.tidy().await;
            }
        }
        // Those of which fewer rounds ran than were asked for.
        outcomes.into_iter().for_each(|rounds| self.tell(rounds));
    }

    /// Drives `one`, and tells the sink of what is said meanwhile.
    async fn telling(&self, id: &Arc<str>, one: impl Future<Output = Ran>) -> Ran {
        let Some(heard) = self.heard else { return one.await };
        let mut one = pin!(one);
        std::future::poll_fn(|context| {
            let polled = one.as_mut().poll(context);
            for mut entry in heard.try_iter() {
                let mut state = self.state.borrow_mut();
                state.secrets.mask_event(&mut entry.event);
                state.sink.take(&Event::Said { id: Arc::clone(id), entry });
            }
            polled
        })
        .await
    }

    /// Tells the sink what became of a row in its rounds.
    fn tell(&self, rounds: Vec<Outcome>) {
        let Some(mut outcome) = worst(rounds, &self.bench.catalogue) else { return };
        let state = &mut *self.state.borrow_mut();
        state.secrets.mask(&mut outcome);
        state.ledger.enter(&mut outcome, &self.bench.catalogue);
        state.told += 1;
        let outcome_fails = summary::fails(&outcome, self.conduct.require, &self.bench.catalogue);
        let left = state.planned - state.told;
        if self.conduct.fail_fast && outcome_fails && state.cut_short.is_none() && left > 0 {
            state.cut_short = Some(format!("{} fails it, and --fail-fast was given", outcome.id()));
        }
        state.sink.take(&Event::Ended(Arc::new(outcome)));
    }
}

/// The outcome of the worst round; it knows the verdicts of all, where there is more than one.
fn worst(rounds: Vec<Outcome>, catalogue: &Catalogue) -> Option<Outcome> {
    let verdicts: Vec<Verdict> = rounds.iter().map(|outcome| outcome.verdict).collect();
    let cost = |outcome: &Outcome| {
        let findings = outcome.findings.iter().map(|finding| summary::cost(finding, catalogue));
        (outcome.verdict, findings.max())
    };
    // Of equals the first.
    let mut worst = rounds.into_iter().reduce(|a, b| if cost(&b) > cost(&a) { b } else { a })?;
    if verdicts.len() > 1 {
        worst.rounds = verdicts;
    }
    Some(worst)
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
