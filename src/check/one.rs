//! One scenario, or one of its rows, from loan to verdict.

use std::sync::{Arc, Mutex, PoisonError};

use super::{
    bench::Bench,
    client::{Refusal, Trouble},
    judge::{Account, Decision, Judge},
    obstacle::reason_not_to,
    pool::{NoAccount, Pool},
    talk::{Ended, Stop, Talk},
    verdict::{Outcome, Verdict},
    world::{NoWorld, World},
};
use crate::{
    scenario::program::{Protocol, Row, Scenario},
    session::transcript::Transcript,
};

/// What running one scenario came to.
pub(crate) struct Ran {
    /// Its result.
    pub outcome: Outcome,
    /// The server does not greet any more.
    pub server_gone: bool,
}

/// Runs one row of a scenario in `world`, or in a fresh one; leaves there what the next row may go on with.
pub(crate) async fn run<'b>(
    bench: &'b Bench,
    pool: &'b Pool,
    scenario: &Arc<Scenario>,
    row: &Row,
    world: &mut Option<World<'b>>,
) -> Ran {
    let began = bench.clock.now();
    let mut ran = match reason_not_to(bench, scenario, row) {
        Some((verdict, reason)) => without_talk(scenario, row, verdict, reason).into(),
        None => match world.take() {
            Some(world_of_row) => talk_in(bench, scenario, row, world_of_row, world).await,
            None => match World::set_up(bench, pool, scenario).await {
                Ok(fresh) => talk_in(bench, scenario, row, fresh, world).await,
                Err(none) => no_world(bench, scenario, row, none).await,
            },
        },
    };
    ran.outcome.took = bench.clock.now() - began;
    ran
}

async fn talk_in<'b>(
    bench: &'b Bench,
    scenario: &Arc<Scenario>,
    row: &Row,
    mut world: World<'b>,
    next: &mut Option<World<'b>>,
) -> Ran {
    let transcript = Arc::new(Mutex::new(Transcript::telling(bench.live.clone())));
    let (steward, scene) = (&mut world.steward, &mut world.scene);
    let ended = Talk::run(bench, scenario, &row.program, scene, steward, Arc::clone(&transcript)).await;
    let spoiled = ended.spoiled;
    let ran = conclude(scenario, row, ended, &transcript);
    let failed = !ran.outcome.broken.is_empty() || ran.outcome.verdict == Verdict::Error;
    if !ran.server_gone {
        if spoiled || failed || scenario.fresh {
            world.tidy().await;
        } else {
            *next = Some(world);
        }
    }
    ran
}

async fn no_world(bench: &Bench, scenario: &Arc<Scenario>, row: &Row, none: NoWorld) -> Ran {
    let refusal = match none {
        NoWorld::NoAccount(error) => {
            let verdict = match error {
                NoAccount::TooFew { .. } => Verdict::Skipped,
                NoAccount::Retired(_) => Verdict::Error,
            };
            return without_talk(scenario, row, verdict, error.to_string()).into();
        }
        NoWorld::Refused(refusal) => refusal,
    };
    if !bench.is_alive(scenario.protocol).await {
        let outcome = without_talk(scenario, row, Verdict::Error, "the server does not answer".into());
        return Ran { outcome, server_gone: true };
    }
    if let Refusal::NotConnected(why) = refusal {
        return without_talk(scenario, row, Verdict::Error, why.clone()).into();
    }
    let mut judge = Judge::new(&bench.catalogue);
    let account = Account {
        place: scenario.place,
        expected: "what `given` asks for to be set up".into(),
        came: refusal.to_string(),
        transcript_position: 0,
    };
    match &refusal {
        Refusal::Trouble(Trouble::Silence(command)) => {
            let clause = answered(steward_speaks(scenario.protocol, command));
            let came = format!("{}; a new connection is greeted", account.came);
            judge.broken(&clause, Account { came, ..account });
        }
        _ => judge.blocked(account),
    }
    let stop = Some(Stop::Judged);
    let ended = Ended { judge, findings: Vec::new(), stop, commands: 0, replies: Vec::new(), spoiled: true };
    conclude(scenario, row, ended, &Arc::default())
}

/// The clause that commands are answered.
pub(super) fn answered(protocol: Protocol) -> Arc<str> {
    match protocol {
        Protocol::Imap => "rfc3501-2.2.1-08".into(),
        Protocol::Pop3 => "rfc1939-3-36".into(),
    }
}

/// In which protocol the command of a set-up was given: a maildrop may be filled over IMAP.
fn steward_speaks(protocol: Protocol, command: &str) -> Protocol {
    let pop3 = ["USER", "PASS", "AUTH", "STLS", "CAPA", "STAT", "LIST", "DELE", "QUIT"];
    if protocol == Protocol::Pop3 && pop3.contains(&command) { Protocol::Pop3 } else { Protocol::Imap }
}

fn conclude(scenario: &Arc<Scenario>, row: &Row, ended: Ended<'_>, transcript: &Mutex<Transcript>) -> Ran {
    let Ended { judge, findings, stop, commands, replies, spoiled: _ } = ended;
    let Decision { verdict, broken, notes, clauses } = judge.decide();
    let mut outcome = without_talk(scenario, row, verdict, String::new());
    outcome.reason = None;
    let mut server_gone = false;
    match stop {
        Some(Stop::Error(why)) => {
            outcome.verdict = Verdict::Error;
            outcome.reason = Some(why);
        }
        Some(Stop::Gone) => {
            outcome.verdict = Verdict::Error;
            outcome.reason = Some("the server does not answer any more".into());
            server_gone = true;
        }
        Some(Stop::Judged) | None => {}
    }
    let transcript = std::mem::take(&mut *transcript.lock().unwrap_or_else(PoisonError::into_inner));
    let outcome = Outcome { broken, notes, clauses, findings, commands, replies, transcript, ..outcome };
    Ran { outcome, server_gone }
}

impl From<Outcome> for Ran {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, server_gone: false }
    }
}

fn without_talk(scenario: &Arc<Scenario>, row: &Row, verdict: Verdict, reason: String) -> Outcome {
    Outcome {
        scenario: Arc::clone(scenario),
        row: row.name.clone(),
        verdict,
        rounds: Vec::new(),
        reason: Some(reason),
        waived: None,
        broken: Vec::new(),
        notes: Vec::new(),
        clauses: Vec::new(),
        findings: Vec::new(),
        took: std::time::Duration::ZERO,
        commands: 0,
        replies: Vec::new(),
        transcript: Transcript::default(),
    }
}
