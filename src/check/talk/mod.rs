//! Runs the program of a scenario: says the client's lines, holds the server's lines against the patterns.

mod assess;
mod blocks;
mod direct;
mod listen;
mod reading;
mod say;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::time::Instant;

use self::{assess::Assessment, reading::Reading};
use super::{
    bench::Bench,
    client::{self, Refusal, Trouble},
    judge::{Account, Judge},
    login,
    one::answered,
    scene::{Scene, stance},
    steward::Steward,
    verdict::{Finding, Verdict},
};
use crate::{
    net::Link,
    scenario::{
        captures::Captures,
        evaluate::{Unknown, explain, holds},
        pattern::Pattern,
        program::{Action, Assert, ExpectMode, GivenState, Place, Program, Protocol, Scenario, Step},
    },
    session::{Closed, EndStatus, ExchangeId, transcript::Transcript},
};

/// One run of a program.
pub(crate) struct Talk<'p, 'b> {
    bench: &'b Bench,
    scenario: &'p Scenario,
    scene: &'p mut Scene,
    steward: &'p mut Steward<'b>,
    seats: Vec<Seat<'p>>,
    captures: Captures,
    judge: Judge<'b>,
    findings: Vec<Finding>,
    transcript: Arc<Mutex<Transcript>>,
    /// What follows the blocks that are being run, the outermost first.
    behind: Vec<&'p [Step]>,
    /// Within `-- repeat`: assertions that did not hold in this round.
    trial: Option<Vec<Problem>>,
    commands: u32,
    replies: Vec<Duration>,
}

/// A session of the talk.
struct Seat<'p> {
    name: String,
    account: usize,
    state: GivenState,
    link: Link,
    reading: Reading<'p>,
}

/// Why a talk ends before its last line.
#[derive(Debug)]
pub(crate) enum Stop {
    /// A MUST is broken, or a precondition refused: the judge knows.
    Judged,
    /// The harness, the network or the set-up; what.
    Error(String),
    /// The server does not greet any more.
    Gone,
}

/// A claim that does not hold.
#[derive(Debug)]
struct Problem {
    clause: Arc<str>,
    place: Place,
    came: String,
    /// The harness can't tell whether it holds.
    trouble: bool,
}

/// What a talk came to.
pub(crate) struct Ended<'b> {
    /// Who saw it all.
    pub judge: Judge<'b>,
    /// What the watch rules found.
    pub findings: Vec<Finding>,
    /// Why it ended early, if it did.
    pub stop: Option<Stop>,
    /// Commands exchanged.
    pub commands: u32,
    /// How long the answers took.
    pub replies: Vec<Duration>,
    /// The world is not what it was before.
    pub spoiled: bool,
}

impl<'p, 'b> Talk<'p, 'b> {
    /// Runs `program` in a scene that has been set up.
    pub(crate) async fn run(
        bench: &'b Bench,
        scenario: &'p Scenario,
        program: &'p Program,
        scene: &'p mut Scene,
        steward: &'p mut Steward<'b>,
        transcript: Arc<Mutex<Transcript>>,
    ) -> Ended<'b> {
        let mut talk = Talk {
            bench,
            scenario,
            scene,
            steward,
            seats: Vec::new(),
            captures: Captures::of(program),
            judge: Judge::new(&bench.catalogue),
            findings: Vec::new(),
            transcript,
            behind: Vec::new(),
            trial: None,
            commands: 0,
            replies: Vec::new(),
        };
        let mut outcome = talk.seat_all().await;
        if outcome.is_ok() {
            outcome = talk.steps(&program.steps).await;
        }
        if outcome.is_ok() {
            outcome = talk.settle_all().await;
        }
        let spoiled = talk.has_spoiled();
        for seat in std::mem::take(&mut talk.seats) {
            talk.leave(seat);
        }
        Ended {
            judge: talk.judge,
            findings: talk.findings,
            stop: outcome.err(),
            commands: talk.commands,
            replies: talk.replies,
            spoiled,
        }
    }

    /// A lost connection or a message that is gone: the next row had better not go on here.
    fn has_spoiled(&mut self) -> bool {
        self.see_what_left();
        let lost = |seat: &Seat<'_>| seat.link.session().closed().is_some();
        self.scene.left.contains(&false) || self.seats.iter().any(lost)
    }

    async fn seat_all(&mut self) -> Result<(), Stop> {
        for given in &self.scenario.given.sessions {
            let account = usize::from(given.other_account);
            let account = self.scene.accounts[account.min(self.scene.accounts.len() - 1)];
            let link = self.connect(&given.name, account, given.state).await?;
            let reading = Reading::after(&link, given.state);
            self.seats.push(Seat { name: given.name.clone(), account, state: given.state, link, reading });
        }
        Ok(())
    }

    /// Connects a session and brings it to `state`.
    async fn connect(&mut self, name: &str, account: usize, state: GivenState) -> Result<Link, Stop> {
        let bench = self.bench;
        let until = Instant::now() + super::steward::LOCK_PATIENCE;
        loop {
            let link = bench.connect(self.scenario.protocol, name, &self.transcript).await;
            let mut link = match link {
                Ok(link) => link,
                Err(_) if !bench.is_alive(self.scenario.protocol).await => return Err(Stop::Gone),
                Err(error) => return Err(Stop::Error(error.to_string())),
            };
            link.session_mut().set_given(self.scene.mailbox.clone(), self.scene.left.clone());
            match login::bring_to(bench, &mut link, bench.account(account), state, &self.scene.mailbox).await
            {
                Ok(()) => return Ok(link),
                Err(Refusal::NotConnected(why)) => return Err(Stop::Error(why)),
                // The maildrop may still be locked by the session before.
                Err(Refusal::Refused { .. })
                    if self.scenario.protocol == Protocol::Pop3 && Instant::now() < until =>
                {
                    self.collect(&mut link);
                    link.disconnect();
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Err(Refusal::Trouble(_)) if !bench.is_alive(self.scenario.protocol).await => {
                    return Err(Stop::Gone);
                }
                Err(Refusal::Trouble(trouble @ Trouble::Silence(_))) => {
                    let account = Account {
                        place: self.scenario.place,
                        expected: "an answer to a command that makes the session ready".into(),
                        came: format!("{trouble}; a new connection is greeted"),
                        transcript_position: link.session().scribe().position(),
                    };
                    self.collect(&mut link);
                    self.judge.broken(&answered(self.scenario.protocol), account);
                    return Err(Stop::Judged);
                }
                Err(refusal) => {
                    self.collect(&mut link);
                    return Err(self.block(
                        self.scenario.place,
                        "the session to be ready for the talk",
                        &refusal.to_string(),
                    ));
                }
            }
        }
    }

    fn block(&mut self, place: Place, expected: &str, came: &str) -> Stop {
        let transcript_position = self.position();
        self.judge.blocked(Account {
            place,
            expected: expected.to_owned(),
            came: came.to_owned(),
            transcript_position,
        });
        Stop::Judged
    }

    fn position(&self) -> usize {
        self.seats.first().map_or(0, |seat| seat.link.session().scribe().position())
    }

    fn leave(&mut self, mut seat: Seat<'p>) {
        self.collect(&mut seat.link);
        seat.link.disconnect();
    }

    /// Takes from a session that is over what the verdict and the report need of it.
    fn collect(&mut self, link: &mut Link) {
        self.findings.extend(link.watch_mut().take_findings());
        let exchanges = link.session().exchanges();
        self.commands += u32::try_from(exchanges.len()).unwrap_or(u32::MAX);
        // How long an IDLE lasts is the client's doing.
        let timed = exchanges.iter().filter(|exchange| exchange.command.name != "IDLE");
        self.replies
            .extend(timed.filter_map(|exchange| Some(exchange.end?.at.saturating_sub(exchange.opened))));
    }

    async fn steps(&mut self, steps: &'p [Step]) -> Result<(), Stop> {
        let mut at = 0;
        while let Some(step) = steps.get(at) {
            let seat = usize::from(step.session.0);
            self.flush_others(seat).await;
            let mut next = at + 1;
            match &step.action {
                Action::Send(send) => self.say(seat, step.place, send, &steps[next..]).await?,
                Action::Expect(_) => {
                    let same = |other: &Step| {
                        matches!(other.action, Action::Expect(_)) && other.session == step.session
                    };
                    next += steps[next..].iter().take_while(|other| same(other)).count();
                    self.expect(seat, &steps[at..next]).await?;
                }
                Action::Assert(assert) => self.assert(seat, step.place, assert)?,
                Action::Direct(directive) => self.direct(seat, step.place, directive).await?,
                Action::Loop { .. } | Action::ForEach { .. } | Action::Choose { .. } => {
                    return Err(Stop::Error("this block is for workloads".to_owned()));
                }
                Action::If { .. } | Action::Either { .. } | Action::Repeat { .. } => {
                    self.behind.push(&steps[next..]);
                    let outcome = Box::pin(self.block_of(seat, step)).await;
                    self.behind.pop();
                    outcome?;
                }
            }
            at = next;
        }
        Ok(())
    }

    /// What one session has to say must be out before another one speaks or listens.
    async fn flush_others(&mut self, seat: usize) {
        let deadline = Instant::now() + self.bench.timeout;
        for (index, other) in self.seats.iter_mut().enumerate() {
            if index != seat && other.link.has_queued() {
                other.link.flush(deadline).await;
            }
        }
    }

    async fn expect(&mut self, seat: usize, group: &'p [Step]) -> Result<(), Stop> {
        let mut patience = self.patience(seat);
        // Messages of a megabyte are not compared until all that is asked of them can be there.
        while self.has_yet_to_end(seat, group) && patience.is_left() {
            self.listen(seat, &mut patience).await;
        }
        loop {
            // Where nothing is awaited, nothing will have to be taken back.
            let moment = self.seats[seat].reading.awaits.then(|| self.moment());
            let assessment = self.assess(seat, group);
            if assessment.problems.is_empty() {
                self.hold(assessment);
                return Ok(());
            }
            if !(assessment.pending && patience.is_left()) {
                return self.judge_all(seat, assessment).await;
            }
            if let Some(moment) = moment {
                self.return_to(moment);
            }
            self.listen(seat, &mut patience).await;
        }
    }

    /// Do the patterns ask for the end of a labelled exchange that is still open?
    fn has_yet_to_end(&self, seat: usize, group: &[Step]) -> bool {
        let Seat { link, reading, .. } = &self.seats[seat];
        let session = link.session();
        let is_open =
            |label| reading.meant(session, Some(label)).is_some_and(|id| session.exchange(id).end.is_none());
        session.closed().is_none()
            && group.iter().any(|step| match &step.action {
                Action::Expect(expect) if expect.mode == ExpectMode::Must => {
                    let ends = matches!(expect.pattern, Pattern::Tagged(_) | Pattern::Reply(_));
                    ends && expect.label.as_deref().is_some_and(is_open)
                }
                _ => false,
            })
    }

    fn hold(&mut self, assessment: Assessment) {
        for clause in assessment.held {
            self.judge.held(&clause);
        }
    }

    async fn judge_all(&mut self, seat: usize, assessment: Assessment) -> Result<(), Stop> {
        let silent = self.seats[seat].link.session().closed().is_some() || assessment.pending;
        if silent && !self.bench.is_alive(self.scenario.protocol).await {
            return Err(Stop::Gone);
        }
        let problems = assessment.problems;
        if let Some(stop) = problems.first().and_then(|problem| self.unframed(seat, problem.place)) {
            return Err(stop);
        }
        for clause in &assessment.held {
            self.judge.held(clause);
        }
        self.break_claims(seat, problems)
    }

    /// Where responses can't be told apart any more, nothing that is missing can be held against the server.
    fn unframed(&mut self, seat: usize, place: Place) -> Option<Stop> {
        let Some(Closed::Unframed(why)) = self.seats[seat].link.session().closed() else { return None };
        let why = why.clone();
        Some(self.block(place, "responses that can be told apart", &why))
    }

    /// Tells the judge. A broken MUST ends the talk, and so does a claim of which the harness can't tell whether it holds.
    fn break_claims(&mut self, seat: usize, problems: Vec<Problem>) -> Result<(), Stop> {
        let mut worst = Verdict::Pass;
        let mut untold = None;
        let transcript_position = self.seats[seat].link.session().scribe().position();
        for Problem { clause, place, came, trouble } in problems {
            let expected = self.source(place);
            if trouble {
                untold = Some(format!("can't tell whether `{expected}` holds: {came}"));
                continue;
            }
            let account = Account { place, expected, came, transcript_position };
            worst = worst.max(self.judge.broken(&clause, account));
        }
        match untold {
            _ if worst == Verdict::Fail => Err(Stop::Judged),
            Some(why) => Err(Stop::Error(why)),
            None => Ok(()),
        }
    }

    fn source(&self, place: Place) -> String {
        self.scenario.source.text.get(place.start..place.end).unwrap_or_default().trim().to_owned()
    }

    fn assert(&mut self, seat: usize, place: Place, assert: &Assert) -> Result<(), Stop> {
        let world =
            stance(self.bench, self.scenario, self.scene, self.seats[seat].account, &self.seats[seat].link);
        let (came, trouble) = match holds(&assert.expression, &world, &self.captures) {
            Ok(true) => {
                self.judge.held(&assert.clause);
                return Ok(());
            }
            Ok(false) => {
                let why = explain(&assert.expression, &world, &self.captures);
                (format!("it does not hold: {why}"), false)
            }
            Err(unknown) => (unknown.to_string(), matches!(unknown, Unknown::Oracle(_))),
        };
        let problem = Problem { clause: Arc::clone(&assert.clause), place, came, trouble };
        match &mut self.trial {
            Some(trial) => {
                trial.push(problem);
                Ok(())
            }
            None => self.break_claims(seat, vec![problem]),
        }
    }

    /// Awaits every open exchange of a session; each must end in OK unless a line said otherwise.
    async fn settle(&mut self, seat: usize) -> Result<(), Stop> {
        while let Some(open) = self.seats[seat].link.session().oldest_open() {
            let place = self.seats[seat].reading.place_of(open).unwrap_or(self.scenario.place);
            let completed = client::complete(self.bench, &mut self.seats[seat].link, open).await;
            match completed {
                Ok(_) => {}
                Err(trouble) => {
                    let may_close = self.seats[seat].reading.may_close;
                    let left = self.trouble(seat, place, &trouble, may_close).await?;
                    if left {
                        break;
                    }
                }
            }
        }
        let bans = std::mem::take(&mut self.seats[seat].reading.bans);
        let breaches: Vec<_> = bans.iter().filter_map(|ban| self.breach(seat, ban)).collect();
        self.break_claims(seat, breaches)?;
        let session = self.seats[seat].link.session();
        let reading = &self.seats[seat].reading;
        let refused = reading.sent.iter().find(|(id, _)| {
            let end = session.exchange(*id).end;
            end.is_some_and(|end| end.status != EndStatus::Ok) && !reading.claimed.contains(id)
        });
        match refused.copied() {
            Some((id, place)) => Err(self.refused(seat, id, place)),
            None => Ok(()),
        }
    }

    /// The OK that no line asked for did not come.
    fn refused(&mut self, seat: usize, id: ExchangeId, place: Place) -> Stop {
        let session = self.seats[seat].link.session();
        let line = session.exchange(id).end.and_then(|end| session.lines().get(end.line));
        let mut answer = String::new();
        crate::fault::escape(line.map_or(&[][..], |line| line.text()), &mut answer);
        self.block(place, "OK, which the rest of the talk needs", &answer)
    }

    async fn settle_all(&mut self) -> Result<(), Stop> {
        for seat in 0..self.seats.len() {
            if self.seats[seat].link.session().closed() != Some(&Closed::ByClient) {
                self.flush_others(self.seats.len()).await;
                self.settle(seat).await?;
            }
        }
        Ok(())
    }

    /// A command has no answer. True: the server has closed in a way that the talk may go on with.
    async fn trouble(
        &mut self,
        seat: usize,
        place: Place,
        trouble: &Trouble,
        expected: bool,
    ) -> Result<bool, Stop> {
        if let Some(stop) = self.unframed(seat, place) {
            return Err(stop);
        }
        let session = self.seats[seat].link.session();
        if matches!(trouble, Trouble::Ended(_)) && (expected || session.said_bye()) {
            return Ok(true);
        }
        if !self.bench.is_alive(self.scenario.protocol).await {
            return Err(Stop::Gone);
        }
        let clause = answered(self.scenario.protocol);
        let transcript_position = self.seats[seat].link.session().scribe().position();
        let account = Account {
            place,
            expected: "an answer to this command".into(),
            came: format!("{trouble}; a new connection is greeted"),
            transcript_position,
        };
        self.judge.broken(&clause, account);
        Err(Stop::Judged)
    }

    fn moment(&self) -> (Vec<Reading<'p>>, Captures) {
        (self.seats.iter().map(|seat| seat.reading.clone()).collect(), self.captures.clone())
    }

    fn return_to(&mut self, (readings, captures): (Vec<Reading<'p>>, Captures)) {
        for (seat, reading) in self.seats.iter_mut().zip(readings) {
            seat.reading = reading;
        }
        self.captures = captures;
    }
}
