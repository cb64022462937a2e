//! Where sessions wait for their turn in the open model.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use tokio::sync::Notify;

use crate::session::Time;

/// The turns of one thread: planned moments that have come, and sessions that are free for one. One of both is empty.
#[derive(Debug, Default)]
pub(super) struct Turns {
    due: RefCell<VecDeque<Time>>,
    free: RefCell<VecDeque<Rc<Seat>>>,
}

/// A session's place at the gate.
#[derive(Debug, Default)]
pub(super) struct Seat {
    given: Cell<Option<Time>>,
    told: Notify,
    /// It stands in the queue of the free.
    queued: Cell<bool>,
}

/// A turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn {
    /// The moment that it was planned for.
    pub(super) planned: Time,
    /// It has waited for a session to become free.
    pub(super) waited: bool,
}

impl Turns {
    /// A planned moment has come: the session that has been free for longest gets it, or the next one to be free.
    pub(super) fn open(&self, planned: Time) {
        match self.free.borrow_mut().pop_front() {
            Some(seat) => {
                seat.queued.set(false);
                seat.given.set(Some(planned));
                seat.told.notify_one();
            }
            None => self.due.borrow_mut().push_back(planned),
        }
    }

    /// Waits for a turn. Who gives up waiting calls again, or [`leave`](Self::leave).
    pub(super) async fn turn(&self, seat: &Rc<Seat>) -> Turn {
        loop {
            if let Some(planned) = seat.given.take() {
                return Turn { planned, waited: false };
            }
            if !seat.queued.get() {
                if let Some(planned) = self.due.borrow_mut().pop_front() {
                    return Turn { planned, waited: true };
                }
                seat.queued.set(true);
                self.free.borrow_mut().push_back(Rc::clone(seat));
            }
            seat.told.notified().await;
        }
    }

    /// The session is not free any more; a turn that it was given goes to another.
    pub(super) fn leave(&self, seat: &Rc<Seat>) {
        if seat.queued.replace(false) {
            self.free.borrow_mut().retain(|other| !Rc::ptr_eq(other, seat));
        }
        if let Some(planned) = seat.given.take() {
            self.open(planned);
        }
    }

    /// How many turns wait for a session, and the first of them.
    pub(super) fn waiting(&self) -> (usize, Option<Time>) {
        let due = self.due.borrow();
        (due.len(), due.front().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn turns_are_taken_in_order_and_none_is_lost() {
        let turns = Turns::default();
        let seats = [Rc::new(Seat::default()), Rc::new(Seat::default())];
        let at = Time::from_secs;
        turns.open(at(1));
        turns.open(at(2));
        assert_eq!(turns.waiting(), (2, Some(at(1))));
        assert_eq!(turns.turn(&seats[0]).await, Turn { planned: at(1), waited: true });
        assert_eq!(turns.turn(&seats[1]).await, Turn { planned: at(2), waited: true });
        // Both are free; the first gives up after it was given a turn.
        for seat in &seats {
            assert!(futures_now(turns.turn(seat)).await.is_none());
        }
        turns.open(at(3));
        turns.leave(&seats[0]);
        assert_eq!(turns.waiting(), (0, None));
        assert_eq!(turns.turn(&seats[1]).await, Turn { planned: at(3), waited: false });
        turns.leave(&seats[1]);
        turns.open(at(4));
        assert_eq!(turns.waiting(), (1, Some(at(4))));
    }

    /// What a future brings without waiting.
    async fn futures_now<T>(future: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            value = future => Some(value),
            () = std::future::ready(()) => None,
        }
    }
}
