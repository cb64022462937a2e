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
    mail::weighted,
    plan::SESSION,
    stage::{Outstanding, Stage},
    talk::{self, Cue},
    tally::Tally,
    trouble::Trouble,
};
use crate::session::{Time, transcript::Transcript};

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
    /// How many sessions it holds.
    pub(super) sessions: usize,
    /// Where it tells what it has counted.
    pub(super) tell: Sender<Told>,
    /// The user does not want to wait any longer.
    pub(super) interrupted: Arc<AtomicBool>,
}

/// Runs all sessions of a thread to the end of the run.
pub(super) async fn work(stage: Rc<Stage>, part: Part) {
    let local = LocalSet::new();
    local
        .run_until(async {
            let mut sessions = JoinSet::new();
            for slot in 0..part.sessions {
                sessions.spawn_local(keep_going(Rc::clone(&stage), slot, part.thread, part.sessions));
            }
            let mut interval = 0;
            while !stage.is_over() {
                let next = stage.from + INTERVAL * u32::try_from(interval + 1).unwrap_or(u32::MAX);
                glance(&stage, &part, &mut sessions, next.min(stage.until.get())).await;
                if stage.now() >= stage.until.get() || stage.is_over() {
                    stage.end();
                } else {
                    take(&stage, &part, interval);
                    interval += 1;
                }
            }
            // What is under way may come to its end, for as long as one answer may take.
            let last = stage.now() + stage.plan().timeout;
            while !sessions.is_empty() && stage.now() < last {
                let soon = stage.instant((stage.now() + GLANCE).min(last));
                let _ = tokio::time::timeout_at(soon, sessions.join_next()).await;
            }
            sessions.abort_all();
            unfinished(&stage);
            stage.tally.borrow_mut().measured = stage.until.get().saturating_sub(stage.from);
            take(&stage, &part, interval);
        })
        .await;
    // Nobody listens where the run has failed elsewhere.
    let _ = part.tell.send((0, None));
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
    let _ = part.tell.send((interval, Some(tally)));
}

/// What has no answer at the end has none.
fn unfinished(stage: &Stage) {
    let left: Vec<Outstanding> = stage.outstanding.borrow().iter().copied().flatten().collect();
    for Outstanding { command, planned, .. } in left {
        stage.error(command, planned, false, Trouble::Unfinished, Transcript::default);
    }
    stage.outstanding.borrow_mut().fill(None);
}

/// One session after another.
async fn keep_going(stage: Rc<Stage>, slot: usize, thread: usize, sessions: usize) {
    let plan = stage.plan();
    let own = (thread as u64) << 32 | slot as u64;
    // Neighbouring seeds give unlike generators.
    let rng = RefCell::new(SmallRng::seed_from_u64(
        plan.seed.wrapping_add(own.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
    ));
    let share = f64::from(u32::try_from(slot).unwrap_or(0))
        / f64::from(u32::try_from(sessions).unwrap_or(1)).max(1.0);
    let mut planned = stage.from + RAMP.min(plan.duration / 10).mul_f64(share);
    let mut failures = 0;
    while stage.wait_until(planned).await {
        let Some(account) = stage.lender.lend() else { return };
        let succeeded = one(&stage, slot, account, &rng, planned).await;
        stage.lender.take_back(account);
        failures = if succeeded { 0 } else { failures + 1 };
        // A server that refuses is not to be asked as fast as it can refuse.
        let pause = if failures > 0 { Duration::from_millis(10 << failures.min(6)) } else { Duration::ZERO };
        planned = stage.now() + pause;
        tokio::task::yield_now().await;
    }
}

/// One session, from its planned start to its end. False: it has failed.
async fn one(stage: &Stage, slot: usize, account: usize, rng: &RefCell<SmallRng>, planned: Time) -> bool {
    let plan = stage.plan();
    let scripts = &plan.workload.scripts;
    let script = &scripts[weighted(&mut rng.borrow_mut(), scripts.iter().map(|script| script.weight))];
    let counts = stage.counts(planned);
    if counts {
        stage.tally.borrow_mut().begun += 1;
    }
    let sent = stage.now();
    let account = &plan.users.accounts[account];
    let outcome = talk::run(Cue { stage, slot, script, account, rng, planned }).await;
    stage.outstanding.borrow_mut()[slot] = None;
    let succeeded = outcome.is_ok();
    if counts {
        let mut tally = stage.tally.borrow_mut();
        if succeeded {
            tally.completed += 1;
        } else {
            tally.failed += 1;
        }
    }
    // Of a session that the end of the run has cut short nothing can be said.
    if succeeded && !stage.is_over() {
        stage.answered(Outstanding { command: SESSION, planned, sent }, stage.now());
    }
    succeeded
}
