//! One thread of the generator: its sessions, and the second hand that takes the tally.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::Sender,
    },
    time::Duration,
};

use rand::{SeedableRng, rngs::SmallRng};
use tokio::task::{JoinSet, LocalSet};

use super::{
    arrivals::Schedule,
    mail::weighted,
    own::thread_time,
    plan::{Model, Plan, SESSION},
    stage::{Outstanding, Stage},
    talk::{self, Cue},
    tally::Tally,
    timer::Timer,
    trouble::Trouble,
    turns::{Seat, Turn},
};
use crate::{
    scenario::workload::Starts,
    session::{Time, transcript::Transcript},
};

/// How long an interval is.
pub(super) const INTERVAL: Duration = Duration::from_secs(1);

/// How often the thread looks whether the run was interrupted.
const GLANCE: Duration = Duration::from_millis(100);

/// Over this time the first connections are spread, so that they do not all come at once.
const RAMP: Duration = Duration::from_secs(1);

/// What a thread tells: the number of the interval, and its tally. The last one is `None`.
pub(super) type Told = (usize, Option<Tally>);

/// A thread's part of the run.
pub(super) struct Part {
    /// The thread's number.
    pub(super) thread: usize,
    /// How many threads there are.
    pub(super) threads: usize,
    /// How many sessions it holds.
    pub(super) sessions: usize,
    /// Where it tells what it has counted.
    pub(super) tell: Sender<Told>,
    /// The user does not want to wait any longer.
    pub(super) interrupted: Arc<AtomicBool>,
}

/// Runs all sessions of a thread to the end of the run.
pub(super) async fn work(stage: Rc<Stage>, part: Part) {
    LocalSet::new().run_until(conduct(stage, &part)).await;
    // Nobody listens where the run has failed elsewhere.
    let _ = part.tell.send((0, None));
}

async fn conduct(stage: Rc<Stage>, part: &Part) {
    // Dropped at the end of this function, they end.
    let mut servants = JoinSet::new();
    let ringing = Rc::clone(&stage);
    let timer = if stage.arena.virtual_time { Timer::coarse() } else { Timer::fine() };
    servants.spawn_local(async move { ringing.alarms.ring(timer).await });
    if let Some(schedule) = schedule(stage.plan(), part) {
        servants.spawn_local(give_turns(Rc::clone(&stage), schedule));
    }
    let mut sessions = JoinSet::new();
    for slot in 0..part.sessions {
        let own = Slot { slot, thread: part.thread, sessions: part.sessions };
        sessions.spawn_local(keep_going(Rc::clone(&stage), own));
    }
    let mut interval = 0;
    let began = (thread_time(), std::time::Instant::now());
    while !stage.is_over() {
        let next = stage.from + INTERVAL * u32::try_from(interval + 1).unwrap_or(u32::MAX);
        glance(&stage, part, &mut sessions, next.min(stage.until.get())).await;
        if stage.now() >= stage.until.get() || stage.is_over() {
            stage.end();
        } else {
            take(&stage, part, interval);
            interval += 1;
        }
    }
    // Of virtual time a processor has no share.
    let busy = if stage.arena.virtual_time { 0.0 } else { busy_since(began) };
    // What is under way may come to its end, for as long as one answer may take.
    let last = stage.now() + stage.plan().timeout;
    while !sessions.is_empty() && stage.now() < last {
        let soon = stage.instant((stage.now() + GLANCE).min(last));
        let _ = tokio::time::timeout_at(soon, sessions.join_next()).await;
    }
    sessions.abort_all();
    unfinished(&stage);
    stage.tally.borrow_mut().busiest = busy;
    take(&stage, part, interval);
}

/// The share of the time since then for which this thread has used a processor; 0 where the system does not tell.
fn busy_since((before, began): (Option<Duration>, std::time::Instant)) -> f64 {
    let used = thread_time().zip(before).map_or(Duration::ZERO, |(now, before)| now.saturating_sub(before));
    used.as_secs_f64() / began.elapsed().as_secs_f64().max(1e-3)
}

/// Waits for the moment, or for an interruption or the end of all sessions, which ends the run.
async fn glance(stage: &Stage, part: &Part, sessions: &mut JoinSet<()>, moment: Time) {
    loop {
        while sessions.try_join_next().is_some() {}
        if part.interrupted.load(Ordering::Relaxed) || sessions.is_empty() {
            stage.end();
            return;
        }
        let now = stage.now();
        if now >= moment {
            return;
        }
        tokio::time::sleep_until(stage.instant((now + GLANCE).min(moment))).await;
    }
}

/// Sends off what was counted in an interval, and begins the next one.
fn take(stage: &Stage, part: &Part, interval: usize) {
    let now = stage.now();
    let mut tally = stage.tally.replace(Tally::of(&stage.arena.names));
    for outstanding in stage.outstanding.borrow().iter().flatten() {
        tally.outstanding += 1;
        tally.oldest = tally.oldest.max(now.saturating_sub(outstanding.planned));
    }
    // What is due and finds no free session is without an answer as well.
    let (waiting, first) = stage.turns.waiting();
    tally.outstanding += waiting as u64;
    tally.oldest = tally.oldest.max(first.map_or(Duration::ZERO, |first| now.saturating_sub(first)));
    let _ = part.tell.send((interval, Some(tally)));
}

/// What has no answer at the end has none.
fn unfinished(stage: &Stage) {
    let left: Vec<Outstanding> = stage.outstanding.borrow().iter().copied().flatten().collect();
    for Outstanding { command, planned, .. } in left {
        stage.error(command, planned, false, Trouble::Unfinished, Transcript::default);
    }
    stage.outstanding.borrow_mut().fill(None);
    let mut tally = stage.tally.borrow_mut();
    tally.unsent += stage.turns.waiting().0 as u64;
    tally.measured = stage.until.get().saturating_sub(stage.from);
}

/// The planned moments of the thread, in the open model.
fn schedule(plan: &Plan, part: &Part) -> Option<Schedule> {
    let Model::Open { rate, arrivals, .. } = plan.model else { return None };
    Some(Schedule::of(rate, arrivals, part.thread, part.threads, rng(plan, part.thread, u32::MAX as usize)))
}

/// Gives out a turn at each planned moment.
async fn give_turns(stage: Rc<Stage>, schedule: Schedule) {
    for planned in schedule {
        let planned = stage.from + planned;
        if !stage.wait_until(planned).await || !stage.counts(planned) {
            return;
        }
        stage.tally.borrow_mut().planned += 1;
        stage.turns.open(planned);
    }
}

/// What a session, or the schedule of a thread, leaves to chance.
fn rng(plan: &Plan, thread: usize, slot: usize) -> SmallRng {
    // Neighbouring seeds give unlike generators.
    let own = ((thread as u64) << 32).wrapping_add(slot as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    SmallRng::seed_from_u64(plan.seed.wrapping_add(own))
}

/// Which session of which thread.
#[derive(Debug, Clone, Copy)]
struct Slot {
    slot: usize,
    thread: usize,
    /// Sessions of the thread.
    sessions: usize,
}

/// One session after another.
async fn keep_going(stage: Rc<Stage>, own: Slot) {
    let rng = RefCell::new(rng(stage.plan(), own.thread, own.slot));
    let place = Place { slot: own.slot, seat: Rc::new(Seat::default()), rng };
    if stage.plan().model.plans(Starts::Sessions) {
        while let Some(turn) = stage.turn(&place.seat).await {
            // There are as many as sessions, or each is lent but once.
            let Some(account) = stage.lender.lend() else { return };
            one(&stage, &place, account, turn).await;
        }
        return;
    }
    let mut planned = stage.from + first_start(stage.plan().duration, own);
    let mut failures = 0;
    while stage.wait_until(planned).await {
        let Some(account) = stage.lender.lend() else { return };
        let succeeded = one(&stage, &place, account, Turn { planned, waited: false }).await;
        failures = if succeeded { 0 } else { failures + 1 };
        // A server that refuses is not to be asked as fast as it can refuse.
        let pause = if failures > 0 { Duration::from_millis(10 << failures.min(6)) } else { Duration::ZERO };
        planned = stage.now() + pause;
        tokio::task::yield_now().await;
    }
}

fn first_start(duration: Duration, own: Slot) -> Duration {
    let real = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    RAMP.min(duration / 10).mul_f64(real(own.slot) / real(own.sessions.max(1)))
}

/// Where one session follows another.
struct Place {
    slot: usize,
    seat: Rc<Seat>,
    rng: RefCell<SmallRng>,
}

/// One session, from its planned start to its end. False: it has failed.
async fn one(stage: &Stage, place: &Place, account: usize, turn: Turn) -> bool {
    let Place { slot, seat, rng } = place;
    let (plan, planned) = (stage.plan(), turn.planned);
    let scripts = &plan.workload.scripts;
    let script = &scripts[weighted(&mut rng.borrow_mut(), scripts.iter().map(|script| script.weight))];
    let counts = stage.counts(planned);
    stage.tally.borrow_mut().begun += u64::from(counts);
    let sent = stage.now();
    stage.begins(turn, sent);
    let cue = Cue { stage, slot: *slot, seat, script, account: &plan.users.accounts[account], rng, planned };
    let succeeded = talk::run(cue).await.is_ok();
    stage.outstanding.borrow_mut()[*slot] = None;
    stage.turns.leave(seat);
    stage.lender.take_back(account);
    if counts {
        let mut tally = stage.tally.borrow_mut();
        tally.completed += u64::from(succeeded);
        tally.failed += u64::from(!succeeded);
    }
    // Of a session that the end of the run has cut short nothing can be said.
    if succeeded && !stage.is_over() {
        stage.answered(Outstanding { command: SESSION, planned, sent }, stage.now());
    }
    succeeded
}
