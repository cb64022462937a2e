//! Rounds of commands at the same time, each judged when it is over.

use std::fmt::Write;
use std::ops::Range;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reference_server::config::Config;
use reference_server::net::Server;

use super::client::{Client, Exchange, Order};
use super::generate::{Generator, MAILBOXES};
use super::model::Model;
use super::operation::{Item, Operation, Set};
use super::order::{History, NoOrder, explain};

const SESSIONS: usize = 8;

/// The fresh session that looks at every mailbox at the end of a round.
const AUDITOR: usize = SESSIONS;

/// How often sessions in IDLE are asked again before they count as not told. On threads, it takes a while.
const LOOKS: u32 = 100;

/// How many rounds may have too many orders to look at all of them.
const MOST_GIVEN_UP: u64 = 3;

/// Runs `count` rounds. Behind one that has too many orders to look at, it begins again with a fresh server.
///
/// # Panics
/// If nothing explains what the sessions of a round were told.
pub(crate) async fn run(seed: u64, count: u64) {
    let mut generator = Generator::new(StdRng::seed_from_u64(seed));
    let (mut round, mut given_up) = (0, 0);
    while round < count {
        round = explained(&mut generator, seed, round..count).await + 1;
        given_up += u64::from(round <= count);
        assert!(given_up <= MOST_GIVEN_UP, "CONCURRENCY_SEED={seed}: {given_up} rounds have too many orders");
    }
}

/// Runs these rounds, and returns the number of the first that was given up; without one, that behind the last.
async fn explained(generator: &mut Generator, seed: u64, rounds: Range<u64>) -> u64 {
    let server = Server::in_process(Config::default().user("alice", "secret")).unwrap();
    let order = Order::default();
    let mut clients = Vec::new();
    for _ in 0..SESSIONS {
        let seed = generator.random.random();
        clients.push(Client::log_in(server.connect_imap(), order.clone(), seed).await);
    }
    let mut model = Model::new(SESSIONS + 1);
    for round in rounds.clone() {
        let mut history: History = vec![Vec::new(); SESSIONS + 1];
        act(generator, &model, &mut clients, &mut history).await;
        let auditor = Client::log_in(server.connect_imap(), order.clone(), generator.random.random()).await;
        audit(auditor, &mut clients, &mut history).await;
        look(&mut clients, &mut history).await;
        let mut explained = explain(&model, &history);
        for _ in 0..LOOKS {
            let given_up = explained.as_ref().is_err_and(|none| none.given_up);
            if given_up || explained.is_ok() || !clients.iter().any(Client::is_idle) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
            if look(&mut clients, &mut history).await {
                explained = explain(&model, &history);
            }
        }
        model = match explained {
            Ok(model) => model,
            Err(NoOrder { given_up: true, .. }) => return round,
            Err(NoOrder { why, .. }) => {
                panic!("CONCURRENCY_SEED={seed}, round {round}: {why}\n{}", report(&model, &history))
            }
        };
        for (session, client) in clients.iter_mut().enumerate().filter(|(_, client)| !client.is_idle()) {
            assert!(!client.hears_something().await, "session {session} was told something, and not asked");
        }
    }
    rounds.end
}

/// Some of the sessions send a burst each, all at the same time.
async fn act(generator: &mut Generator, model: &Model, clients: &mut Vec<Client>, history: &mut History) {
    let share = [0.3, 0.5, 1.0][generator.random.random_range(0..3)];
    let mut running = Vec::new();
    for (session, mut client) in std::mem::take(clients).into_iter().enumerate() {
        let burst = match generator.random.random_bool(share) {
            true => generator.burst(model, session),
            false => Vec::new(),
        };
        running.push(tokio::spawn(async move {
            let exchanges = if burst.is_empty() { Vec::new() } else { client.run(burst).await };
            (client, exchanges)
        }));
    }
    for (session, running) in running.into_iter().enumerate() {
        let (client, exchanges) = running.await.unwrap();
        history[session] = exchanges;
        clients.push(client);
    }
}

/// Every session that is not in IDLE asks for all that it may know, and a fresh one looks at every mailbox.
async fn audit(mut auditor: Client, clients: &mut [Client], history: &mut History) {
    let everything =
        || Operation::Fetch { set: Set { uid: true, ranges: vec![(Some(1), None)] }, item: Item::Subject };
    for (session, client) in clients.iter_mut().enumerate().filter(|(_, client)| !client.is_idle()) {
        history[session].extend(client.run(vec![Operation::Noop, everything()]).await);
    }
    let mut tour: Vec<Operation> = MAILBOXES
        .into_iter()
        .flat_map(|mailbox| [Operation::Select { mailbox, read_only: true }, everything()])
        .collect();
    tour.extend([Operation::Unselect]);
    history[AUDITOR] = auditor.run(tour).await;
}

/// Adds what sessions in IDLE have been told since they were last asked; whether that was anything.
async fn look(clients: &mut [Client], history: &mut History) -> bool {
    let mut news = false;
    for (client, exchanges) in clients.iter_mut().zip(history) {
        let Some(so_far) = client.look().await else { continue };
        news |= !so_far.untagged.is_empty();
        match exchanges.last_mut().filter(|last| last.done.is_none()) {
            Some(last) => {
                last.untagged.extend(so_far.untagged);
                last.lines.extend(so_far.lines);
            }
            None => exchanges.push(so_far),
        }
    }
    news
}

/// The round as it was seen, and the state before it.
fn report(model: &Model, history: &History) -> String {
    let mut text = String::from("\nbefore the round:\n");
    // A string takes any text.
    for (name, id) in &model.names {
        let _ = writeln!(text, "  {name} is mailbox {id}: {:?}", model.mailboxes[id]);
    }
    for (session, selection) in model.sessions.iter().enumerate() {
        let Some(selection) = selection else { continue };
        let uids: Vec<u32> = selection.view.iter().map(|viewed| viewed.uid).collect();
        let _ = writeln!(text, "  session {session} is at mailbox {}, UIDs {uids:?}", selection.mailbox);
    }
    for (session, exchanges) in history.iter().enumerate() {
        for Exchange { operation, sent, done, lines, .. } in exchanges {
            let done = done.map_or("open".to_owned(), |done| done.to_string());
            let _ = writeln!(text, "\n{session} C: {}   [{sent} to {done}]", operation.text().escape_debug());
            for line in lines {
                let _ = writeln!(text, "{session} S: {}", line.escape_debug());
            }
        }
    }
    text
}
