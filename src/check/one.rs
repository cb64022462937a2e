//! One scenario, or one of its rows, from loan to verdict.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    bench::Bench,
    client::Refusal,
    judge::{Account, Decision, Judge},
    pool::{Loan, NoAccount, Pool},
    scene::Scene,
    steward::Steward,
    talk::{Ended, Stop, Talk},
    verdict::{Outcome, Verdict},
};
use crate::{
    fixtures,
    scenario::{
        pattern::Pattern,
        program::{Action, Directive, Lease, Protocol, Row, Scenario, Step},
    },
    session::transcript::Transcript,
    target::Delivery,
};

/// What running one scenario came to.
pub(crate) struct Ran {
    /// Its result.
    pub outcome: Outcome,
    /// The server does not greet any more.
    pub server_gone: bool,
}

/// Runs one row of a scenario.
pub(crate) async fn run(bench: &Bench, pool: &Pool, scenario: &Arc<Scenario>, row: &Row) -> Ran {
    let began = bench.clock.now();
    let mut ran = match reason_not_to(bench, scenario, row) {
        Some((verdict, reason)) => {
            Ran { outcome: without_talk(scenario, row, verdict, reason), server_gone: false }
        }
        None => lend_and_run(bench, pool, scenario, row).await,
    };
    ran.outcome.took = bench.clock.now() - began;
    ran
}

/// Why it can't run here.
pub(crate) fn reason_not_to(bench: &Bench, scenario: &Scenario, row: &Row) -> Option<(Verdict, String)> {
    let unmet = bench.facts.lacks(scenario.protocol, &scenario.requires);
    if let Some(unmet) = unmet {
        let reason = if unmet.negated { "is advertised" } else { "is not advertised" };
        return Some((Verdict::Unsupported, format!("{} {reason}", unmet.capability)));
    }
    let skipped = |reason: &str| Some((Verdict::Skipped, reason.to_owned()));
    let given = &scenario.given;
    let nested = given.names.iter().chain(&given.free).any(|name| name.contains('/'));
    if nested && bench.facts.separator.is_none() {
        return skipped("the server has no mailbox hierarchy");
    }
    let mut needs = Needs::default();
    needs.read(&row.program.steps);
    if needs.restart && !bench.target.can_restart() {
        return skipped("the profile does not say how to restart the server");
    }
    if needs.kill && !bench.target.can_kill() {
        return skipped("the profile does not say how to kill the server");
    }
    let by_append = bench.target.delivery == Delivery::ImapAppend;
    let delivers = needs.delivery
        || scenario.protocol == Protocol::Pop3 && given.messages.as_ref().is_some_and(|all| !all.is_empty());
    if delivers && by_append && !bench.target.speaks(Protocol::Imap) {
        return skipped("mail can't be delivered: the target has no IMAP, and the profile no other delivery");
    }
    if scenario.protocol == Protocol::Pop3
        && needs.exact_octets
        && delivers
        && !bench.target.delivery.is_exact()
    {
        return skipped("it needs messages octet by octet, and the target's delivery adds to them");
    }
    None
}

/// What the lines of a talk need of the target.
#[derive(Default)]
struct Needs {
    restart: bool,
    kill: bool,
    delivery: bool,
    exact_octets: bool,
}

impl Needs {
    fn read(&mut self, steps: &[Step]) {
        for step in steps {
            match &step.action {
                Action::Direct(Directive::Restart) => self.restart = true,
                Action::Direct(Directive::Kill) => self.kill = true,
                Action::Direct(Directive::Deliver(_)) => self.delivery = true,
                Action::Expect(expect) => self.exact_octets |= matches!(expect.pattern, Pattern::Body(_)),
                Action::If { then, otherwise, .. } => {
                    self.read(then);
                    self.read(otherwise);
                }
                Action::Either { branches, .. } => {
                    branches.iter().for_each(|branch| self.read(&branch.steps));
                }
                Action::Repeat { steps, .. } => self.read(steps),
                Action::Send(_) | Action::Assert(_) | Action::Direct(_) => {}
            }
        }
    }
}

async fn lend_and_run(bench: &Bench, pool: &Pool, scenario: &Arc<Scenario>, row: &Row) -> Ran {
    let count = if scenario.given.sessions.iter().any(|session| session.other_account) { 2 } else { 1 };
    loop {
        let loan = match pool.lend(scenario.lease, count).await {
            Ok(loan) => loan,
            Err(error @ NoAccount::TooFew { .. }) => {
                let outcome = without_talk(scenario, row, Verdict::Skipped, error.to_string());
                return Ran { outcome, server_gone: false };
            }
            Err(error @ NoAccount::Retired(_)) => {
                let outcome = without_talk(scenario, row, Verdict::Error, error.to_string());
                return Ran { outcome, server_gone: false };
            }
        };
        match run_on(bench, &loan, scenario, row).await {
            Ok(ran) => return ran,
            // Another account may do.
            Err(Unfit { account, why }) => {
                pool.retire(account, format!("{}: {why}", bench.account(account).user));
            }
        }
    }
}

/// An account that can't be made ready.
struct Unfit {
    account: usize,
    why: String,
}

async fn run_on(bench: &Bench, loan: &Loan<'_>, scenario: &Arc<Scenario>, row: &Row) -> Result<Ran, Unfit> {
    let main = loan.accounts[0];
    if scenario.lease != Lease::Mailbox {
        for &account in &loan.accounts {
            let mut steward = Steward::of(bench, account);
            let emptied = steward.empty_inbox().await;
            steward.leave().await;
            match emptied {
                Ok(()) => {}
                Err(Refusal::NotConnected(_)) if !bench.is_alive(scenario.protocol).await => {
                    let outcome =
                        without_talk(scenario, row, Verdict::Error, "the server does not answer".into());
                    return Ok(Ran { outcome, server_gone: true });
                }
                Err(refusal) => return Err(Unfit { account, why: refusal.to_string() }),
            }
        }
    }
    let mut steward = Steward::of(bench, main);
    let mut scene = Scene { accounts: loan.accounts.clone(), ..Scene::default() };
    let prepared = prepare(bench, &mut steward, scenario, &mut scene).await;
    let made: Vec<Vec<u8>> = owned_mailboxes(scenario, &scene);
    let transcript = Arc::new(Mutex::new(Transcript::default()));
    let ran = match prepared {
        Ok(()) => {
            let ended = Talk::run(bench, scenario, &row.program, scene, Arc::clone(&transcript)).await;
            conclude(scenario, row, ended, &transcript)
        }
        Err(refusal) => unprepared(bench, scenario, row, &refusal).await,
    };
    let subscribed = subscribes(&row.program.steps);
    for mailbox in made {
        steward.remove(&mailbox, subscribed).await;
    }
    steward.leave().await;
    Ok(ran)
}

/// Sets the scene: mailboxes, names, messages.
async fn prepare(
    bench: &Bench,
    steward: &mut Steward<'_>,
    scenario: &Scenario,
    scene: &mut Scene,
) -> Result<(), Refusal> {
    let given = &scenario.given;
    let base = [bench.facts.prefix.as_slice(), bench.unique_name().as_bytes()].concat();
    let separator = bench.facts.separator.clone().unwrap_or_else(|| b"/".to_vec());
    for name in given.names.iter().chain(&given.free) {
        let inner: Vec<&[u8]> = name.split('/').map(str::as_bytes).collect();
        let full = [base.as_slice(), b"-", &inner.join(separator.as_slice())].concat();
        scene.names.push((name.clone(), full));
    }
    for (name, full) in &scene.names {
        if given.names.contains(name) {
            steward.create(full).await?;
        }
    }
    let Some(messages) = &given.messages else {
        scene.mailbox = if given.inbox { b"INBOX".to_vec() } else { base };
        if scenario.protocol == Protocol::Imap && !given.inbox && wants_box(scenario) {
            steward.create(&scene.mailbox).await?;
        }
        return Ok(());
    };
    for message in messages {
        let octets = fixtures::fixture(&message.mail).unwrap_or_default().to_vec();
        scene.messages.push((message.clone(), octets));
    }
    scene.left = vec![true; messages.len()];
    if scenario.protocol == Protocol::Pop3 {
        return steward.fill_maildrop(&scene.messages).await;
    }
    scene.mailbox = if given.inbox { b"INBOX".to_vec() } else { base };
    if !given.inbox {
        steward.create(&scene.mailbox).await?;
    }
    scene.uids = steward.fill(&scene.mailbox, &scene.messages).await?;
    Ok(())
}

/// Without messages a mailbox is made only for sessions that select it.
fn wants_box(scenario: &Scenario) -> bool {
    use crate::scenario::program::GivenState::{Examined, Selected};
    scenario.given.sessions.iter().any(|session| matches!(session.state, Selected | Examined))
}

/// What has to be removed again, children before their parents.
fn owned_mailboxes(scenario: &Scenario, scene: &Scene) -> Vec<Vec<u8>> {
    let mut all: BTreeSet<Vec<u8>> = scene.names.iter().map(|(_, full)| full.clone()).collect();
    if scenario.protocol == Protocol::Imap && !scenario.given.inbox && !scene.mailbox.is_empty() {
        let made = scenario.given.messages.is_some() || wants_box(scenario);
        all.extend(made.then(|| scene.mailbox.clone()));
    }
    all.into_iter().rev().collect()
}

fn subscribes(steps: &[Step]) -> bool {
    steps.iter().any(|step| match &step.action {
        Action::Send(send) => send.command == "SUBSCRIBE",
        Action::If { then, otherwise, .. } => subscribes(then) || subscribes(otherwise),
        Action::Either { branches, .. } => branches.iter().any(|branch| subscribes(&branch.steps)),
        Action::Repeat { steps, .. } => subscribes(steps),
        Action::Expect(_) | Action::Assert(_) | Action::Direct(_) => false,
    })
}

async fn unprepared(bench: &Bench, scenario: &Arc<Scenario>, row: &Row, refusal: &Refusal) -> Ran {
    if !bench.is_alive(scenario.protocol).await {
        let outcome = without_talk(scenario, row, Verdict::Error, "the server does not answer".into());
        return Ran { outcome, server_gone: true };
    }
    if let Refusal::NotConnected(why) = refusal {
        return Ran { outcome: without_talk(scenario, row, Verdict::Error, why.clone()), server_gone: false };
    }
    let mut judge = Judge::new(&bench.catalogue);
    judge.blocked(Account {
        place: scenario.place,
        expected: "what `given` asks for to be set up".into(),
        came: refusal.to_string(),
        transcript_position: 0,
    });
    let ended =
        Ended { judge, findings: Vec::new(), stop: Some(Stop::Judged), commands: 0, replies: Vec::new() };
    conclude(scenario, row, ended, &Arc::default())
}

fn conclude(scenario: &Arc<Scenario>, row: &Row, ended: Ended<'_>, transcript: &Mutex<Transcript>) -> Ran {
    let Ended { judge, findings, stop, commands, replies } = ended;
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

fn without_talk(scenario: &Arc<Scenario>, row: &Row, verdict: Verdict, reason: String) -> Outcome {
    Outcome {
        scenario: Arc::clone(scenario),
        row: row.name.clone(),
        verdict,
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
