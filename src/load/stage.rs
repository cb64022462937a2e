//! What the sessions of one thread share. No lock is on the way of a command.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};

use tokio::{sync::Notify, time::Instant};

use super::{
    alarm::Alarms,
    plan::{CommandIndex, CommandNames, Plan},
    tally::Tally,
    trouble::Trouble,
    turns::{Seat, Turn, Turns},
    users::Lender,
};
use crate::{
    check::probe::Facts,
    net::{Clock, Connector},
    session::{Time, transcript::Transcript},
};

/// What all threads share.
pub(super) struct Arena {
    pub(super) plan: Plan,
    pub(super) names: CommandNames,
    pub(super) connector: Connector,
    pub(super) clock: Clock,
    /// What the server has told of itself.
    pub(super) facts: Facts,
    /// The clock of the runtime is paused.
    pub(super) virtual_time: bool,
}

/// What the sessions of one thread share.
pub(super) struct Stage {
    pub(super) arena: Arc<Arena>,
    pub(super) lender: Lender,
    pub(super) alarms: Alarms,
    pub(super) turns: Turns,
    pub(super) tally: RefCell<Tally>,
    /// For each session of the thread the command that has no answer yet, and when it was planned and sent.
    pub(super) outstanding: RefCell<Vec<Option<Outstanding>>>,
    /// The measured time: what is planned within it counts.
    pub(super) from: Time,
    pub(super) until: Cell<Time>,
    over: Cell<bool>,
    told: Notify,
}

/// A command without an answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outstanding {
    pub(super) command: CommandIndex,
    pub(super) planned: Time,
    pub(super) sent: Time,
}

impl Stage {
    pub(super) fn new(arena: Arc<Arena>, lender: Lender, sessions: usize, from: Time) -> Self {
        let tally = RefCell::new(Tally::of(&arena.names));
        let until = Cell::new(from + arena.plan.duration);
        let (over, told) = (Cell::new(false), Notify::new());
        Self {
            arena,
            lender,
            alarms: Alarms::default(),
            turns: Turns::default(),
            tally,
            outstanding: RefCell::new(vec![None; sessions]),
            from,
            until,
            over,
            told,
        }
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.arena.plan
    }

    pub(super) fn now(&self) -> Time {
        self.arena.clock.now()
    }

    /// Does what was planned for this moment count?
    pub(super) fn counts(&self, planned: Time) -> bool {
        (self.from..self.until.get()).contains(&planned)
    }

    /// Nothing new is begun any more.
    pub(super) fn is_over(&self) -> bool {
        self.over.get()
    }

    /// Ends the run: pauses end now, loops behind the command that is under way.
    pub(super) fn end(&self) {
        self.until.set(self.until.get().min(self.now()));
        self.over.set(true);
        self.told.notify_waiters();
    }

    /// Waits for the moment, or for the end of the run. True: the run goes on.
    pub(super) async fn wait_until(&self, moment: Time) -> bool {
        let told = self.told.notified();
        if self.is_over() {
            return false;
        }
        tokio::select! {
            () = told => false,
            () = self.alarms.at(self.instant(moment)) => true,
        }
    }

    /// Waits for a turn, or for the end of the run.
    pub(super) async fn turn(&self, seat: &Rc<Seat>) -> Option<Turn> {
        tokio::select! {
            biased;
            () = self.wait_for_end() => None,
            turn = self.turns.turn(seat) => Some(turn),
        }
    }

    /// Waits for the end of the run.
    pub(super) async fn wait_for_end(&self) {
        let told = self.told.notified();
        if !self.is_over() {
            told.await;
        }
    }

    /// The moment in the time of the runtime.
    pub(super) fn instant(&self, moment: Time) -> Instant {
        let now = self.now();
        Instant::now() + moment.saturating_sub(now)
    }

    /// Counts by how much the generator is late with what it begins now.
    pub(super) fn begins(&self, turn: Turn, now: Time) {
        if self.counts(turn.planned) {
            let mut tally = self.tally.borrow_mut();
            if turn.waited {
                tally.queued += 1;
            } else {
                tally.lateness.record(now.saturating_sub(turn.planned));
            }
        }
    }

    /// Counts a command that was answered.
    pub(super) fn answered(&self, outstanding: Outstanding, end: Time) {
        if self.counts(outstanding.planned) {
            let mut tally = self.tally.borrow_mut();
            let command = &mut tally.commands[outstanding.command.0];
            command.count += 1;
            command.latency.record(end.saturating_sub(outstanding.planned));
            command.service.record(end.saturating_sub(outstanding.sent));
        }
    }

    /// Counts an error.
    pub(super) fn error(
        &self,
        command: CommandIndex,
        planned: Time,
        answered: bool,
        trouble: Trouble,
        transcript: impl FnOnce() -> Transcript,
    ) {
        if self.counts(planned) {
            self.tally.borrow_mut().error(command, answered, trouble, transcript);
        }
    }
}
