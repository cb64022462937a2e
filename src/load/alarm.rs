//! Waking at planned moments, more exactly than the timers of the runtime, which count in milliseconds.

use std::{
    cell::{Cell, RefCell},
    cmp::Reverse,
    collections::BinaryHeap,
    future::poll_fn,
    rc::Rc,
    task::{Poll, Waker},
};

use tokio::{sync::Notify, time::Instant};

use super::timer::Timer;

/// The alarms of one thread: a heap of moments, and one timer that is set to the first of them.
#[derive(Default)]
pub(super) struct Alarms {
    heap: RefCell<BinaryHeap<Reverse<Alarm>>>,
    /// Gives alarms for the same moment an order.
    set: Cell<u64>,
    /// An alarm is the first now.
    earlier: Notify,
}

/// One alarm.
struct Alarm {
    at: Instant,
    number: u64,
    bell: Rc<Bell>,
}

#[derive(Default)]
struct Bell {
    rung: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Alarms {
    /// Waits for the moment.
    pub(super) async fn at(&self, at: Instant) {
        if at <= Instant::now() {
            return;
        }
        let bell = Rc::new(Bell::default());
        let number = self.set.get();
        self.set.set(number + 1);
        let first = self.heap.borrow().peek().is_none_or(|first| at < first.0.at);
        self.heap.borrow_mut().push(Reverse(Alarm { at, number, bell: Rc::clone(&bell) }));
        if first {
            self.earlier.notify_one();
        }
        poll_fn(|context| {
            if bell.rung.get() {
                return Poll::Ready(());
            }
            *bell.waker.borrow_mut() = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Rings the alarms, for ever.
    pub(super) async fn ring(&self, mut timer: Timer) {
        loop {
            let next = self.heap.borrow().peek().map(|first| first.0.at);
            match next {
                Some(next) => tokio::select! {
                    () = timer.until(next) => {}
                    () = self.earlier.notified() => continue,
                },
                None => {
                    self.earlier.notified().await;
                    continue;
                }
            }
            let now = Instant::now();
            let is_due = |alarm: &Reverse<Alarm>| alarm.0.at <= now;
            while self.heap.borrow().peek().is_some_and(is_due) {
                let Some(Reverse(alarm)) = self.heap.borrow_mut().pop() else { break };
                alarm.bell.rung.set(true);
                if let Some(waker) = alarm.bell.waker.take() {
                    waker.wake();
                }
            }
        }
    }
}

impl PartialEq for Alarm {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Alarm {}

impl PartialOrd for Alarm {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Alarm {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn alarms_ring_in_the_order_of_their_moments() {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let order = Rc::new(RefCell::new(Vec::new()));
        let local = tokio::task::LocalSet::new();
        let began = runtime.block_on(async { Instant::now() });
        local.block_on(&runtime, async {
            let alarms = Rc::new(Alarms::default());
            let ringing = Rc::clone(&alarms);
            tokio::task::spawn_local(async move { ringing.ring(Timer::coarse()).await });
            let tasks: Vec<_> = [30, 10, 20, 10, 0]
                .into_iter()
                .enumerate()
                .map(|(index, at)| {
                    let (alarms, order) = (Rc::clone(&alarms), Rc::clone(&order));
                    tokio::task::spawn_local(async move {
                        alarms.at(began + Duration::from_millis(at)).await;
                        order.borrow_mut().push((index, began.elapsed().as_millis() >= u128::from(at)));
                    })
                })
                .collect();
            // One that is given up hinders nobody.
            let _ =
                tokio::time::timeout(Duration::from_millis(5), alarms.at(began + Duration::from_millis(15)))
                    .await;
            for task in tasks {
                task.await.unwrap();
            }
        });
        assert_eq!(*order.borrow(), [(4, true), (1, true), (3, true), (2, true), (0, true)]);
    }
}
