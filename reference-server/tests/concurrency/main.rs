//! The server under concurrency: sessions that do many things at once, against a plain sequential model.
//!
//! In each round some of eight sessions send bursts of commands, all at the same time. Then every session asks for all
//! that it may know, and a fresh session looks at every mailbox. All that was said in a round must be explained by some
//! order of its commands ([`order`]), each acting on the model in one instant ([`effect`]).
//!
//! `CONCURRENCY_SEED` and `CONCURRENCY_ROUNDS` repeat a run, or make a longer one:
//! `CONCURRENCY_SEED=7 CONCURRENCY_ROUNDS=10000 cargo test -p reference-server --test concurrency`.

#![allow(clippy::unwrap_used, clippy::panic)] // Helpers of tests may panic as tests do.

mod client;
mod effect;
mod generate;
mod model;
mod operation;
mod order;
mod response;
mod rounds;

use tokio::runtime::Builder;

/// On one thread and in virtual time, sessions change places wherever they wait for octets.
#[test]
fn what_sessions_see_has_an_order_on_one_thread() {
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime.block_on(rounds::run(seed(1), rounds(120)));
}

/// On several threads they change places anywhere.
#[test]
fn what_sessions_see_has_an_order_on_several_threads() {
    let runtime = Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    runtime.block_on(rounds::run(seed(2), rounds(200)));
}

fn seed(default: u64) -> u64 {
    variable("CONCURRENCY_SEED").unwrap_or(default)
}

fn rounds(default: u64) -> u64 {
    variable("CONCURRENCY_ROUNDS").unwrap_or(default)
}

fn variable(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} is not a number: {value:?}")))
}
