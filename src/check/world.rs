//! What a talk runs in: accounts on loan, and what was set up on them. Rows of one scenario share it.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    bench::Bench,
    client::Refusal,
    pool::{Loan, NoAccount, Pool},
    scene::Scene,
    steward::Steward,
};
use crate::{
    fixtures,
    scenario::program::{Action, GivenState, Lease, Protocol, Scenario, Step, every_action},
};

/// Accounts on loan with what a scenario asks for.
pub(crate) struct World<'b> {
    bench: &'b Bench,
    pool: &'b Pool,
    scenario: Arc<Scenario>,
    loan: Loan<'b>,
    /// Prepares and tidies up.
    pub steward: Steward<'b>,
    /// What was set up.
    pub scene: Scene,
}

/// There is no world to run in.
pub(crate) enum NoWorld {
    /// No account can be had.
    NoAccount(NoAccount),
    /// What `given` asks for could not be set up.
    Refused(Refusal),
}

impl<'b> World<'b> {
    /// Borrows accounts and sets the scene. An account that can't be emptied is set aside, and another one taken.
    ///
    /// # Errors
    /// If there is no account, or the server refuses something; what had been made is removed again.
    pub(crate) async fn set_up(
        bench: &'b Bench,
        pool: &'b Pool,
        scenario: &Arc<Scenario>,
    ) -> Result<Self, NoWorld> {
        let other = scenario.given.sessions.iter().any(|session| session.other_account);
        loop {
            let loan =
                pool.lend(scenario.lease, if other { 2 } else { 1 }).await.map_err(NoWorld::NoAccount)?;
            let scene = Scene { accounts: loan.accounts.clone(), ..Scene::default() };
            let steward = Steward::of(bench, loan.accounts[0]);
            let mut world = Self { bench, pool, scenario: Arc::clone(scenario), loan, steward, scene };
            match world.empty_accounts(Loan::is_clean).await {
                Ok(()) => {}
                Err((_, refusal @ Refusal::NotConnected(_))) if !bench.is_alive(scenario.protocol).await => {
                    return Err(NoWorld::Refused(refusal));
                }
                Err((account, refusal)) => {
                    world.set_aside(account, &refusal);
                    continue;
                }
            }
            return match prepare(bench, &mut world.steward, scenario, &mut world.scene).await {
                Ok(()) => Ok(world),
                Err(refusal) => {
                    world.tidy().await;
                    Err(NoWorld::Refused(refusal))
                }
            };
        }
    }

    /// Removes what was made, and gives the accounts back; one that can't be emptied is set aside.
    pub(crate) async fn tidy(mut self) {
        let subscribed = self.scenario.rows.iter().any(|row| subscribes(&row.program.steps));
        for mailbox in owned_mailboxes(&self.scenario, &self.scene) {
            self.steward.remove(&mailbox, subscribed).await;
        }
        match self.empty_accounts(|_, _| false).await {
            Ok(()) if self.scenario.lease != Lease::Mailbox => self.loan.mark_clean(),
            Ok(()) => {}
            Err((account, refusal)) => self.set_aside(account, &refusal),
        }
        self.steward.leave().await;
    }

    /// Empties the INBOX of each account that is lent for this scenario alone.
    async fn empty_accounts(
        &mut self,
        is_clean: fn(&Loan<'b>, usize) -> bool,
    ) -> Result<(), (usize, Refusal)> {
        if self.scenario.lease == Lease::Mailbox {
            return Ok(());
        }
        for (position, &account) in self.loan.accounts.iter().enumerate() {
            if is_clean(&self.loan, account) {
                continue;
            }
            let emptied = if position == 0 {
                self.steward.empty_inbox().await
            } else {
                let mut steward = Steward::of(self.bench, account);
                let emptied = steward.empty_inbox().await;
                steward.leave().await;
                emptied
            };
            emptied.map_err(|refusal| (account, refusal))?;
        }
        Ok(())
    }

    fn set_aside(&self, account: usize, refusal: &Refusal) {
        self.pool.retire(account, format!("{}: {refusal}", self.bench.account(account).user));
    }
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
        let octets = fixtures::fixture(&message.mail).unwrap_or_default();
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
    let selects = |state| matches!(state, GivenState::Selected | GivenState::Examined);
    scenario.given.sessions.iter().any(|session| selects(session.state))
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
    every_action(steps).any(|action| matches!(action, Action::Send(send) if send.command == "SUBSCRIBE"))
}
